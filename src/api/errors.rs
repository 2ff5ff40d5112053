//! How what happened becomes the one number that C sees. Exhaustive matches: a new variant asks.

use crate::base::Code;
use crate::net::op::Fault;
use crate::net::tls;
use crate::proto::coding::Corrupt;
use crate::proto::h1::BodyError;
use crate::proto::h1::HeadError;
use crate::proto::headers::HeaderError;

/// A step's I/O ended early; `broken` is what a broken connection means at this step.
pub(super) fn fault(fault: &Fault, broken: Code) -> Code {
    match fault {
        Fault::Cancelled => Code::OPERATION_CANCELLED,
        Fault::TimedOut => Code::TIMEOUT,
        Fault::Io(error) => {
            log::debug!("{error}");
            broken
        }
    }
}

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
        BodyError::SizeLineTooLong => Code::CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW,
        BodyError::TrailersTooBig => Code::HEADER_SIZE_OVERFLOW,
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
    let tls::Problems { unknown_ca, name, date, usage, revoked, invalid } = problems;
    [(invalid, 0x02), (revoked, 0x04), (unknown_ca, 0x08), (name, 0x10), (date, 0x20), (usage, 0x40)]
        .into_iter()
        .filter(|(present, _)| *present)
        .fold(0, |flags, (_, flag)| flags | flag)
}

/// `WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR`: TLS failed, and not for a certificate.
pub(super) const CHANNEL_ERROR: u32 = 0x8000_0000;
