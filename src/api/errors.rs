//! How what happened becomes the one number that C sees. Exhaustive matches: a new variant asks.

use std::cell::Cell;

use crate::base::Code;
use crate::net::op::Fault;
use crate::net::tls;
use crate::platform;
use crate::platform::ChainProblems;
use crate::platform::KeyTrouble;
use crate::proto::coding::Corrupt;
use crate::proto::h1::BodyError;
use crate::proto::h1::HeadError;
use crate::proto::headers::HeaderError;

/// A step's I/O ended early; `broken` is what a broken connection means at this step.
pub(super) fn fault(fault: &Fault, broken: Code) -> Code {
    let (code, socket_code) = match fault {
        Fault::Cancelled => (Code::OPERATION_CANCELLED, 0),
        Fault::TimedOut => (Code::TIMEOUT, 0),
        Fault::Io(error) => {
            log::debug!("{error}");
            match tls::Refusal::of(error) {
                Some(tls::Refusal::Needed) => (Code::CLIENT_AUTH_CERT_NEEDED, 0),
                Some(tls::Refusal::Rejected) => (Code::SECURE_FAILURE, 0),
                None => {
                    let unknown = if broken == Code::NAME_NOT_RESOLVED { WSAHOST_NOT_FOUND } else { 0 };
                    (broken, platform::winsock_code(error).unwrap_or(unknown))
                }
            }
        }
    };
    SOCKET_CODE.set(socket_code);
    code
}

/// The Winsock code behind the last I/O error that this thread has been told of
/// (`WINHTTP_OPTION_EXTENDED_ERROR`); 0 when it had none.
pub(super) fn socket_code() -> u32 {
    SOCKET_CODE.get()
}

thread_local!(static SOCKET_CODE: Cell<u32> = const { Cell::new(0) });

const WSAHOST_NOT_FOUND: u32 = 11001;

pub(super) fn head(error: HeadError) -> Code {
    match error {
        HeadError::Malformed => Code::INVALID_SERVER_RESPONSE,
        HeadError::TooBig => Code::HEADER_SIZE_OVERFLOW,
        HeadError::TooMany => Code::HEADER_COUNT_EXCEEDED,
    }
}

pub(super) fn body(error: BodyError) -> Code {
    match error {
        BodyError::Malformed => Code::INVALID_SERVER_RESPONSE,
        BodyError::SizeLineTooLong | BodyError::TrailersTooBig => Code::CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW,
        BodyError::Truncated => Code::CONNECTION_ERROR,
    }
}

pub(super) fn coding(Corrupt: Corrupt) -> Code {
    Code::INVALID_SERVER_RESPONSE
}

pub(super) fn header(error: HeaderError) -> Code {
    match error {
        HeaderError::Invalid => Code::INVALID_PARAMETER,
        HeaderError::AlreadyExists => Code::HEADER_ALREADY_EXISTS,
        HeaderError::NotFound => Code::HEADER_NOT_FOUND,
    }
}

/// The `WINHTTP_CALLBACK_STATUS_FLAG_*` bits of a certificate's problems.
pub(super) fn certificate_flags(problems: tls::Problems) -> u32 {
    let tls::Problems { name, chain } = problems;
    let ChainProblems { unknown_ca, date, usage, revoked, unchecked, weak, invalid } = chain;
    let bits = [
        (unchecked, 0x01),
        // A weak signature has no bit of its own.
        (invalid || weak, 0x02),
        (revoked, 0x04),
        (unknown_ca, 0x08),
        (name, 0x10),
        (date, 0x20),
        (usage, 0x40),
    ];
    bits.into_iter().filter(|(present, _)| *present).fold(0, |flags, (_, flag)| flags | flag)
}

/// What went wrong with TLS to a proxy.
pub(super) fn of_proxy(code: Code) -> Code {
    match code {
        Code::SECURE_FAILURE => Code::SECURE_FAILURE_PROXY,
        Code::CLIENT_AUTH_CERT_NEEDED => Code::CLIENT_AUTH_CERT_NEEDED_PROXY,
        other => other,
    }
}

/// Why a client certificate has no private key.
pub(super) fn key(trouble: KeyTrouble) -> Code {
    match trouble {
        KeyTrouble::Missing => Code::CLIENT_CERT_NO_PRIVATE_KEY,
        KeyTrouble::NoAccess => Code::CLIENT_CERT_NO_ACCESS_PRIVATE_KEY,
    }
}

/// `WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR`: TLS failed, and not for a certificate.
pub(super) const CHANNEL_ERROR: u32 = 0x8000_0000;
