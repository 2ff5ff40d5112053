//! TLS and certificates.

use crate::api::options::row::*;
use crate::base::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        31,
        "SECURITY_FLAGS",
        R,
        R,
        dword(
            |on| {
                let set = on.read(|settings| settings.security_flags)?;
                Ok(if on.request()?.secured() { set | SECURITY_FLAG_SECURE } else { set })
            },
            |on, flags| {
                if flags & !SECURITY_FLAGS_IGNORE != 0 {
                    return Err(Code::INVALID_PARAMETER);
                }
                on.change(|settings| settings.security_flags = flags)
            },
        ),
    ),
    row(
        84,
        "SECURE_PROTOCOLS",
        S,
        NONE,
        dword_in(|on, protocols| {
            if protocols & !SECURE_PROTOCOLS_KNOWN != 0 {
                return Err(Code::INVALID_PARAMETER);
            }
            if on.session()?.secure_defaults() && protocols & SECURE_PROTOCOLS_WEAK != 0 {
                return Err(Code::ACCESS_DENIED);
            }
            on.change(|settings| settings.secure_protocols = protocols)
        }),
    ),
];

const SECURITY_FLAG_SECURE: u32 = 1;
/// `SECURITY_FLAG_IGNORE_*`: unknown CA, wrong usage, name, date, weak signature.
const SECURITY_FLAGS_IGNORE: u32 = 0x0001_3300;
/// `WINHTTP_FLAG_SECURE_PROTOCOL_*`: SSL 2 and 3, TLS 1.0 to 1.3.
const SECURE_PROTOCOLS_KNOWN: u32 = 0x2AA8;
const SECURE_PROTOCOLS_WEAK: u32 = 0x02A8;
