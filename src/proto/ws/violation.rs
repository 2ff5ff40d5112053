//! What a server can do wrong once the connection is a WebSocket.

use std::fmt;

/// A breach of RFC 6455 by the server; the connection cannot go on after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Violation {
    /// RSV1, RSV2 or RSV3 is set although no extension was negotiated (5.2).
    RsvBits,
    /// A server must not mask (5.1).
    MaskedByServer,
    /// Opcode 3..=7 or 11..=15 (5.2).
    ReservedOpcode(u8),
    /// A control frame without FIN (5.5).
    FragmentedControl,
    /// A control frame with more than 125 bytes of payload (5.5).
    ControlTooLong,
    /// A 64-bit length with its top bit set (5.2).
    LengthTooBig,
    /// A continuation frame although no message is open (5.4).
    ContinuationWithoutStart,
    /// A text or binary frame although a message is open (5.4).
    DataInsideMessage,
    /// A text message that is not UTF-8 (8.1).
    InvalidUtf8,
    /// A close frame whose payload is too short for a code (5.5.1).
    CloseOfOneByte,
    /// A close code that must not be sent (7.4).
    BadCloseCode(u16),
    /// A close reason that is not UTF-8 (5.5.1).
    BadCloseReason,
}

impl Violation {
    /// The code of the close frame that tells the server: 1007 for wrong text, else 1002 (7.4.1).
    pub(crate) fn close_code(&self) -> u16 {
        match self {
            Violation::InvalidUtf8 | Violation::BadCloseReason => INVALID_PAYLOAD,
            _ => PROTOCOL_ERROR,
        }
    }

    /// Whether it is about the contents of a close frame.
    pub(crate) fn is_of_close(&self) -> bool {
        matches!(self, Violation::CloseOfOneByte | Violation::BadCloseCode(_) | Violation::BadCloseReason)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Violation::RsvBits => f.write_str("reserved header bits are set"),
            Violation::MaskedByServer => f.write_str("the server masked a frame"),
            Violation::ReservedOpcode(opcode) => write!(f, "reserved opcode {opcode}"),
            Violation::FragmentedControl => f.write_str("fragmented control frame"),
            Violation::ControlTooLong => f.write_str("control frame longer than 125 bytes"),
            Violation::LengthTooBig => f.write_str("frame length with its top bit set"),
            Violation::ContinuationWithoutStart => f.write_str("continuation of no message"),
            Violation::DataInsideMessage => f.write_str("new message inside an unfinished one"),
            Violation::InvalidUtf8 => f.write_str("text is not UTF-8"),
            Violation::CloseOfOneByte => f.write_str("close frame of one byte"),
            Violation::BadCloseCode(code) => write!(f, "close code {code} must not be sent"),
            Violation::BadCloseReason => f.write_str("close reason is not UTF-8"),
        }
    }
}

const PROTOCOL_ERROR: u16 = 1002;
const INVALID_PAYLOAD: u16 = 1007;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wrong_text_is_an_invalid_payload() {
        assert_eq!(Violation::InvalidUtf8.close_code(), 1007);
        assert_eq!(Violation::BadCloseReason.close_code(), 1007);
        assert_eq!(Violation::RsvBits.close_code(), 1002);
        assert_eq!(Violation::BadCloseCode(999).close_code(), 1002);
        assert_eq!(Violation::LengthTooBig.close_code(), 1002);
    }
}
