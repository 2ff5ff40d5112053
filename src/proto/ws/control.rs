//! Control frames: what the server's mean, and the ones a client sends (RFC 6455, 5.5).

use crate::proto::ws::frame;
use crate::proto::ws::frame::MAX_CONTROL;
use crate::proto::ws::frame::MAX_HEADER;
use crate::proto::ws::frame::Opcode;
use crate::proto::ws::mask;
use crate::proto::ws::violation::Violation;

/// The payload of a control frame, without a heap.
#[derive(Clone, Copy)]
pub(crate) struct ControlPayload {
    bytes: [u8; MAX_CONTROL],
    len: u8,
}

impl ControlPayload {
    /// Copies `payload`, which the frame header has shown to be no longer than a control frame's;
    /// what is longer is cut.
    pub(crate) fn new(payload: &[u8]) -> ControlPayload {
        let len = payload.len().min(MAX_CONTROL);
        let mut bytes = [0; MAX_CONTROL];
        bytes[..len].copy_from_slice(&payload[..len]);
        ControlPayload { bytes, len: len as u8 }
    }

    /// The bytes, at most 125.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl std::fmt::Debug for ControlPayload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ControlPayload({})", self.as_slice().escape_ascii())
    }
}

impl PartialEq for ControlPayload {
    fn eq(&self, other: &ControlPayload) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for ControlPayload {}

/// What the server's close frame said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CloseFrame {
    payload: ControlPayload,
}

impl CloseFrame {
    /// Reads the payload of a close frame: empty, or a code that may be sent and a reason in UTF-8.
    pub(crate) fn parse(payload: &[u8]) -> Result<CloseFrame, Violation> {
        match payload.split_first_chunk::<2>() {
            None if payload.is_empty() => {}
            None => return Err(Violation::CloseOfOneByte),
            Some((code, reason)) => {
                let code = u16::from_be_bytes(*code);
                if !may_be_sent(code) {
                    return Err(Violation::BadCloseCode(code));
                }
                if std::str::from_utf8(reason).is_err() {
                    return Err(Violation::BadCloseReason);
                }
            }
        }
        Ok(CloseFrame { payload: ControlPayload::new(payload) })
    }

    /// The server's code; 1005 when it sent none.
    pub(crate) fn code(&self) -> u16 {
        self.payload.as_slice().first_chunk::<2>().map_or(NO_STATUS, |code| u16::from_be_bytes(*code))
    }

    /// The server's reason, UTF-8, at most 123 bytes.
    pub(crate) fn reason(&self) -> &[u8] {
        self.payload.as_slice().get(2..).unwrap_or_default()
    }
}

/// A whole masked control frame, without a heap.
#[derive(Clone, Copy)]
pub(crate) struct SmallFrame {
    bytes: [u8; MAX_HEADER + MAX_CONTROL],
    len: u8,
}

impl SmallFrame {
    /// The bytes for the wire.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    fn new(opcode: Opcode, parts: [&[u8]; 2], key: [u8; 4]) -> SmallFrame {
        let len = parts[0].len() + parts[1].len();
        let header = frame::encode(true, opcode, len as u64, key);
        let header = header.as_slice();
        let mut bytes = [0; MAX_HEADER + MAX_CONTROL];
        bytes[..header.len()].copy_from_slice(header);
        let (first, second) = bytes[header.len()..].split_at_mut(parts[0].len());
        mask::copy(key, 0, parts[0], first);
        mask::copy(key, parts[0].len(), parts[1], second);
        SmallFrame { bytes, len: (header.len() + len) as u8 }
    }
}

impl std::fmt::Debug for SmallFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SmallFrame({:02x?})", self.as_slice())
    }
}

/// A pong: the answer to a ping, with the same payload, or the keep-alive, with none. A payload is
/// cut at 125 bytes.
pub(crate) fn pong(payload: &[u8], key: [u8; 4]) -> SmallFrame {
    SmallFrame::new(Opcode::Pong, [&payload[..payload.len().min(MAX_CONTROL)], &[]], key)
}

/// A close frame. No code, or one that only stands for "there was none" (1005, 1006, 1015), makes
/// an empty payload, without the reason. A reason is cut at 123 bytes.
pub(crate) fn close(code: Option<u16>, reason: &[u8], key: [u8; 4]) -> SmallFrame {
    match code {
        None | Some(NO_STATUS | ABORTED | TLS_FAILED) => SmallFrame::new(Opcode::Close, [&[], &[]], key),
        Some(code) => {
            let reason = &reason[..reason.len().min(MAX_CONTROL - 2)];
            SmallFrame::new(Opcode::Close, [&code.to_be_bytes(), reason], key)
        }
    }
}

/// Whether the code of a close frame may stand on the wire (RFC 6455, 7.4, and the IANA registry).
fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

const NO_STATUS: u16 = 1005;
const ABORTED: u16 = 1006;
const TLS_FAILED: u16 = 1015;

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

    fn unmasked_payload(frame: &SmallFrame) -> Vec<u8> {
        let wire = frame.as_slice();
        assert_eq!(&wire[2..6], KEY);
        assert_eq!(usize::from(wire[1] & 0x7f), wire.len() - 6);
        let mut payload = wire[6..].to_vec();
        mask::apply(KEY, 0, &mut payload);
        payload
    }

    #[test]
    fn rfc_masked_pong() {
        assert_eq!(pong(b"Hello", KEY).as_slice(), b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
        assert_eq!(pong(b"", KEY).as_slice(), b"\x8a\x80\x37\xfa\x21\x3d");
        assert_eq!(unmasked_payload(&pong(&[7; 125], KEY)), [7; 125]);
        assert_eq!(unmasked_payload(&pong(&[7; 126], KEY)), [7; 125]);
    }

    #[test]
    fn close_carries_code_and_reason() {
        let frame = close(Some(1000), b"bye", KEY);
        assert_eq!(frame.as_slice()[0], 0x88);
        assert_eq!(unmasked_payload(&frame), b"\x03\xe8bye");
        let longest = close(Some(4999), &[b'r'; 130], KEY);
        assert_eq!(unmasked_payload(&longest).len(), 125);
        assert_eq!(unmasked_payload(&close(Some(0), b"", KEY)), [0, 0]);
    }

    #[test]
    fn codes_that_stand_for_none_make_an_empty_close() {
        for code in [None, Some(1005), Some(1006), Some(1015)] {
            assert_eq!(close(code, b"reason", KEY).as_slice(), b"\x88\x80\x37\xfa\x21\x3d");
        }
    }

    #[test]
    fn close_frames_of_the_server() {
        let empty = CloseFrame::parse(b"").unwrap();
        assert_eq!((empty.code(), empty.reason()), (1005, &b""[..]));
        let plain = CloseFrame::parse(b"\x03\xe8").unwrap();
        assert_eq!((plain.code(), plain.reason()), (1000, &b""[..]));
        let longest = [b"\x03\xe9", &[b'r'; 123][..]].concat();
        let longest = CloseFrame::parse(&longest).unwrap();
        assert_eq!((longest.code(), longest.reason()), (1001, &[b'r'; 123][..]));
        assert_eq!(CloseFrame::parse(b"\x03"), Err(Violation::CloseOfOneByte));
        assert_eq!(CloseFrame::parse(b"\x03\xe8\xce\xba\xe1"), Err(Violation::BadCloseReason));
    }

    #[test]
    fn close_codes_on_the_wire() {
        let good = [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
        let bad = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535];
        for code in good {
            assert_eq!(CloseFrame::parse(&u16::to_be_bytes(code)).unwrap().code(), code);
        }
        for code in bad {
            assert_eq!(CloseFrame::parse(&u16::to_be_bytes(code)), Err(Violation::BadCloseCode(code)));
        }
    }
}
