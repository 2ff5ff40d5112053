//! TLS and certificates.

use crate::api::options::made::ChainStatus;
use crate::api::options::made::Made;
use crate::api::options::put;
use crate::api::options::record::Member;
use crate::api::options::record::Value;
use crate::api::options::row::*;
use crate::base::Code;
use crate::base::Result;
use crate::net::tls::Channel;
use crate::net::tls::Cipher;
use crate::net::tls::Client;
use crate::net::tls::Identity;
use crate::platform::ChainProblems;
use crate::proto::x509;
use crate::proto::x509::Certificate;

pub(super) static ROWS: &[Row] = &[
    row(
        31,
        "SECURITY_FLAGS",
        R,
        R,
        dword(
            |on| {
                let set = on.read(|settings| settings.tls.ignored)?;
                let is_secure = on.request()?.secured();
                Ok(if is_secure { set | SECURITY_FLAG_SECURE | SECURITY_FLAG_STRENGTH_STRONG } else { set })
            },
            |on, flags| {
                if flags & !SECURITY_FLAGS_IGNORE != 0 {
                    return Err(Code::INVALID_PARAMETER);
                }
                on.change(|settings| settings.tls.ignored = flags)
            },
        ),
    ),
    row(32, "SECURITY_CERTIFICATE_STRUCT", NONE, R, record_out(CERTIFICATE_INFO, certificate_info)),
    row(
        36,
        "SECURITY_KEY_BITNESS",
        NONE,
        R,
        dword_out(|on| Ok(channel(on).map_or(0, |it| it.suite.key_bits))),
    ),
    row(
        47,
        "CLIENT_CERT_CONTEXT",
        R,
        NONE,
        certificate_in(|on, certificate| {
            if !on.request()?.is_secure() {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            let client = match certificate {
                None => Client::Anonymous,
                Some(certificate) => Client::Identity(Identity::new(certificate).into()),
            };
            on.change(|settings| settings.tls.client = client)
        }),
    ),
    row(
        78,
        "SERVER_CERT_CONTEXT",
        NONE,
        R,
        made_out(|on| Ok(Made::Certificate(on.request()?.tls()?.chain.clone()))),
    ),
    row(
        79,
        "ENABLE_FEATURE",
        SR,
        NONE,
        dword_in(|on, features| match (on.request(), features) {
            (Ok(_), ENABLE_REVOCATION) => on.change(|settings| settings.tls.check_revocation = true),
            // There is no impersonation that would have to be reverted.
            (Err(_), ENABLE_REVERT_IMPERSONATION) => Ok(()),
            _ => Err(Code::INVALID_PARAMETER),
        })
        .wrong_size(Code::INVALID_PARAMETER),
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
            on.change(|settings| settings.tls.protocols = protocols)
        }),
    ),
    row(
        94,
        "CLIENT_CERT_ISSUER_LIST",
        NONE,
        R,
        made_out(|on| {
            let peer = on.request()?.tls()?;
            peer.authorities.clone().map(Made::Issuers).ok_or(Code::INCORRECT_HANDLE_STATE)
        }),
    ),
    row(
        108,
        "SERVER_CBT",
        NONE,
        R,
        bindings_out(|on| on.request()?.tls()?.channel_binding().ok_or(Code::INCORRECT_HANDLE_STATE)),
    ),
    // There is no fallback to older protocols that would have to be switched off.
    row(144, "DISABLE_SECURE_PROTOCOL_FALLBACK", S, NONE, dword_in(|_, _| Ok(()))),
    row(
        147,
        "SERVER_CERT_CHAIN_CONTEXT",
        NONE,
        R,
        made_out(|on| {
            let building = on.read(|settings| settings.tls.building())?;
            let (chain, problems) = on.request()?.tls()?.judged(building);
            let status = chain_status(&chain, problems);
            Ok(Made::Chain { chain, status })
        }),
    ),
    row(
        148,
        "SERVER_CERT_CHAIN_BUILD_FLAGS",
        SR,
        NONE,
        dword_in(|on, flags| {
            if flags & !CHAIN_BUILD_FLAGS != 0 {
                return Err(Code::INVALID_PARAMETER);
            }
            on.change(|settings| settings.tls.chain_flags = flags)
        }),
    ),
    row(151, "SECURITY_INFO", NONE, R, struct_out(SECURITY_INFO_SIZE, |on| Ok(security_info(&channel(on)?)))),
    row(154, "TLS_FALSE_START", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(
        155,
        "IGNORE_CERT_REVOCATION_OFFLINE",
        R,
        NONE,
        dword_in(|on, yes| on.change(|settings| settings.tls.ignore_offline = yes != 0)),
    ),
    row(158, "TLS_PROTOCOL_INSECURE_FALLBACK", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(
        171,
        "DISABLE_CERT_CHAIN_BUILDING",
        S,
        NONE,
        dword_in(|on, yes| on.change(|settings| settings.tls.own_chain_only = yes != 0)),
    ),
    row(194, "REVERT_IMPERSONATION_SERVER_CERT", SR, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(196, "USE_SESSION_SCH_CRED", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
];

/// What was agreed on with the server, once it was.
fn channel(on: Target<'_>) -> Result<Channel> {
    on.request()?.tls()?.channel.ok_or(Code::INCORRECT_HANDLE_STATE)
}

/// `CERT_TRUST_*`, as far as it is known which certificate is at fault.
fn chain_status(chain: &[Vec<u8>], problems: ChainProblems) -> ChainStatus {
    let leaf = chain.first().and_then(|der| Certificate::read(der).ok());
    let is_own_root = leaf.is_some_and(|leaf| leaf.is_self_issued());
    let bits = |of: &[(bool, u32)]| of.iter().filter(|(is, _)| *is).fold(0, |all, (_, bit)| all | bit);
    let leaf = bits(&[
        (problems.date, 0x0001),
        (problems.revoked, 0x0004),
        (problems.invalid, 0x0008),
        (problems.usage, 0x0010),
        (problems.unknown_ca && is_own_root, 0x0020),
        (problems.unchecked, 0x0040 | 0x0100_0000),
        (problems.weak, 0x0010_0000),
    ]);
    ChainStatus { leaf, all: leaf | bits(&[(problems.unknown_ca && !is_own_root, 0x0001_0000)]) }
}

/// `WINHTTP_CERTIFICATE_INFO`: expiry, start, subject, issuer, three texts that are always NULL, and
/// the strength of the cipher.
const CERTIFICATE_INFO: &[Member] = &[
    Member::Dword,
    Member::Dword,
    Member::Dword,
    Member::Dword,
    Member::Text,
    Member::Text,
    Member::Text,
    Member::Text,
    Member::Text,
    Member::Dword,
];

fn certificate_info(on: Target<'_>) -> Result<Vec<Value>> {
    let peer = on.request()?.tls()?;
    let der = peer.chain.first().ok_or(Code::INCORRECT_HANDLE_STATE)?;
    let certificate = Certificate::read(der).map_err(|_| Code::INTERNAL_ERROR)?;
    let time = |seconds: u64| {
        let ticks = x509::file_time(seconds);
        [Value::Dword(ticks as u32), Value::Dword((ticks >> 32) as u32)]
    };
    let text = |name: &[u8]| Value::Text(Some(x509::lines(name).encode_utf16().collect()));
    let bits = peer.channel.map_or(0, |channel| channel.suite.key_bits);
    let mut info = Vec::new();
    info.extend(time(certificate.not_after));
    info.extend(time(certificate.not_before));
    info.extend([text(certificate.subject), text(certificate.issuer)]);
    info.extend([Value::Text(None), Value::Text(None), Value::Text(None)]);
    info.push(Value::Dword(bits));
    Ok(info)
}

/// `WINHTTP_SECURITY_INFO`: `SecPkgContext_ConnectionInfo`, then `SecPkgContext_CipherInfo`.
fn security_info(channel: &Channel) -> Vec<u8> {
    const CIPHER_INFO: usize = 28;
    let suite = channel.suite;
    let mut info = vec![0; SECURITY_INFO_SIZE];
    let mut number = |at: usize, number: u32| put(&mut info, at, &number.to_ne_bytes());
    let protocol = if channel.tls13 { TLS1_3_CLIENT } else { TLS1_2_CLIENT };
    let cipher = match (suite.cipher, suite.key_bits) {
        (Cipher::Aes, 128) => CALG_AES_128,
        (Cipher::Aes, _) => CALG_AES_256,
        // Windows has no number for it.
        (Cipher::ChaCha20, _) => 0,
    };
    // The hash is left at 0: all suites here authenticate by their cipher.
    for (at, value) in
        [(0, protocol), (4, cipher), (8, suite.key_bits), (20, CALG_ECDHE), (24, channel.exchange_bits)]
    {
        number(at, value);
    }
    let version = if channel.tls13 { 0x0304 } else { 0x0303 };
    let block = if suite.cipher == Cipher::Aes { 16 } else { 64 };
    for (at, value) in [
        (0, 1),
        (4, version),
        (8, suite.number.into()),
        (12, suite.number.into()),
        (272, suite.key_bits),
        (276, block),
        (544, 65_536),
    ] {
        number(CIPHER_INFO + at, value);
    }
    let mut text = |at: usize, text: &str| {
        for (nth, unit) in text.encode_utf16().take(63).enumerate() {
            put(&mut info, CIPHER_INFO + at + 2 * nth, &unit.to_ne_bytes());
        }
    };
    text(16, suite.name);
    text(144, if suite.cipher == Cipher::Aes { "AES" } else { "CHACHA20_POLY1305" });
    text(412, if channel.tls13 { "" } else { "ECDH" });
    text(548, suite.certificate);
    info
}

const SECURITY_INFO_SIZE: usize = 708;
const TLS1_2_CLIENT: u32 = 0x0800;
const TLS1_3_CLIENT: u32 = 0x2000;
const CALG_AES_128: u32 = 0x660e;
const CALG_AES_256: u32 = 0x6610;
const CALG_ECDHE: u32 = 0xae06;

const SECURITY_FLAG_SECURE: u32 = 1;
/// At least 128 bits, which all suites here have.
const SECURITY_FLAG_STRENGTH_STRONG: u32 = 0x2000_0000;
/// `SECURITY_FLAG_IGNORE_*`: unknown CA, wrong usage, name, date, weak signature.
const SECURITY_FLAGS_IGNORE: u32 = 0x0001_3300;
/// `WINHTTP_FLAG_SECURE_PROTOCOL_*`: SSL 2 and 3, TLS 1.0 to 1.3.
const SECURE_PROTOCOLS_KNOWN: u32 = 0x2AA8;
const SECURE_PROTOCOLS_WEAK: u32 = 0x02A8;
const ENABLE_REVOCATION: u32 = 1;
const ENABLE_REVERT_IMPERSONATION: u32 = 2;
/// `CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL`, `CERT_CHAIN_DISABLE_AIA`,
/// `CERT_CHAIN_REVOCATION_CHECK_CACHE_ONLY`.
const CHAIN_BUILD_FLAGS: u32 = 0x8000_2004;
