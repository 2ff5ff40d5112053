//! Connection handles.

use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::Connect;
use crate::api::Session;
use crate::base::Code;

/// Names a server; nothing goes on the wire yet.
///
/// # Safety
///
/// `pswzServerName` is null, or UTF-16 text that ends in a NUL, until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpConnect(
    hSession: HINTERNET,
    pswzServerName: LPCWSTR,
    nServerPort: INTERNET_PORT,
    dwReserved: DWORD,
) -> HINTERNET {
    entry("WinHttpConnect", || {
        // SAFETY: the caller's promise.
        let name = unsafe { wide::text(pswzServerName) }.ok_or(Code::INVALID_PARAMETER)?;
        if dwReserved != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        let session = api::get::<Session>(handle(hSession))?;
        Connect::open(&session, name, nServerPort)
    })
}
