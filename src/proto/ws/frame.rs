//! Frame headers (RFC 6455, 5.2).

use crate::proto::ws::violation::Violation;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

/// What a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Text,
    Binary,
}

/// The header of a frame from the server, all rules of section 5.2 and 5.5 kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    /// The last frame of its message.
    pub(crate) fin: bool,
    pub(crate) opcode: Opcode,
    /// Bytes of payload; below 2^63, and at most 125 in a control frame.
    pub(crate) len: u64,
}

/// The header of a frame from the client, ready to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeaderBytes {
    bytes: [u8; MAX_HEADER],
    used: u8,
}

/// Reads the header at the start of `bytes`; also says how many bytes it takes.
///
/// `None`: more bytes are needed. A breach is reported with the first byte that proves it. A length
/// need not be in its shortest form: that breaks the RFC but harms nobody.
pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(FrameHeader, usize)>, Violation> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    if first & RSV != 0 {
        return Err(Violation::RsvBits);
    }
    let fin = first & FIN != 0;
    let opcode = Opcode::from_wire(first & 0x0f)?;
    if opcode.is_control() && !fin {
        return Err(Violation::FragmentedControl);
    }
    let Some(&second) = bytes.get(1) else { return Ok(None) };
    if second & MASKED != 0 {
        return Err(Violation::MaskedByServer);
    }
    let short = second & 0x7f;
    if opcode.is_control() && short > MAX_CONTROL as u8 {
        return Err(Violation::ControlTooLong);
    }
    let (len, used) = match short {
        LENGTH_16 => match bytes[2..].first_chunk::<2>() {
            Some(len) => (u16::from_be_bytes(*len).into(), 4),
            None => return Ok(None),
        },
        LENGTH_64 => {
            if bytes.get(2).is_some_and(|top| top & 0x80 != 0) {
                return Err(Violation::LengthTooBig);
            }
            match bytes[2..].first_chunk::<8>() {
                Some(len) => (u64::from_be_bytes(*len), 10),
                None => return Ok(None),
            }
        }
        len => (len.into(), 2),
    };
    Ok(Some((FrameHeader { fin, opcode, len }, used)))
}

/// The payload at the start of `bytes` when that is a whole message in one short frame, and nothing
/// is wrong with it: the common case, found with few steps. `None` says nothing at all: `parse`.
#[inline]
pub(crate) fn whole_message(bytes: &[u8]) -> Option<(Family, &[u8])> {
    let [first, len, rest @ ..] = bytes else { return None };
    let family = match *first {
        FINAL_TEXT => Family::Text,
        FINAL_BINARY => Family::Binary,
        _ => return None,
    };
    // With the mask bit set, or with a longer length behind it, the byte is above 125.
    let len = usize::from(*len);
    if len > MAX_CONTROL { None } else { Some((family, rest.get(..len)?)) }
}

/// Writes the header of a masked frame, its length in the shortest form.
#[inline]
pub(crate) fn encode(fin: bool, opcode: Opcode, len: u64, key: [u8; 4]) -> HeaderBytes {
    let mut bytes = [0; MAX_HEADER];
    bytes[0] = if fin { FIN | opcode.wire() } else { opcode.wire() };
    let key_at = if len <= MAX_CONTROL as u64 {
        bytes[1] = MASKED | len as u8;
        2
    } else if let Ok(len) = u16::try_from(len) {
        bytes[1] = MASKED | LENGTH_16;
        bytes[2..4].copy_from_slice(&len.to_be_bytes());
        4
    } else {
        bytes[1] = MASKED | LENGTH_64;
        bytes[2..10].copy_from_slice(&len.to_be_bytes());
        10
    };
    bytes[key_at..key_at + 4].copy_from_slice(&key);
    HeaderBytes { bytes, used: key_at as u8 + 4 }
}

impl HeaderBytes {
    /// The bytes for the wire.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.used)]
    }
}

impl Opcode {
    /// Close, ping or pong (5.5).
    fn is_control(self) -> bool {
        matches!(self, Opcode::Close | Opcode::Ping | Opcode::Pong)
    }

    fn wire(self) -> u8 {
        match self {
            Opcode::Continuation => 0,
            Opcode::Text => 1,
            Opcode::Binary => 2,
            Opcode::Close => 8,
            Opcode::Ping => 9,
            Opcode::Pong => 10,
        }
    }

    fn from_wire(wire: u8) -> Result<Opcode, Violation> {
        match wire {
            0 => Ok(Opcode::Continuation),
            1 => Ok(Opcode::Text),
            2 => Ok(Opcode::Binary),
            8 => Ok(Opcode::Close),
            9 => Ok(Opcode::Ping),
            10 => Ok(Opcode::Pong),
            other => Err(Violation::ReservedOpcode(other)),
        }
    }
}

/// The longest payload of a control frame, and of a length that stands in the second byte.
pub(crate) const MAX_CONTROL: usize = 125;

/// The longest header: two bytes, a 64-bit length, a key.
pub(crate) const MAX_HEADER: usize = 14;

const FIN: u8 = 0x80;
const RSV: u8 = 0x70;
const MASKED: u8 = 0x80;
const FINAL_TEXT: u8 = 0x81;
const FINAL_BINARY: u8 = 0x82;
const LENGTH_16: u8 = 126;
const LENGTH_64: u8 = 127;

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [1, 2, 3, 4];

    fn header(fin: bool, opcode: Opcode, len: u64) -> FrameHeader {
        FrameHeader { fin, opcode, len }
    }

    #[test]
    fn rfc_examples() {
        let cases: &[(&[u8], FrameHeader)] = &[
            (b"\x81\x05Hello", header(true, Opcode::Text, 5)),
            (b"\x01\x03Hel", header(false, Opcode::Text, 3)),
            (b"\x80\x02lo", header(true, Opcode::Continuation, 2)),
            (b"\x89\x05Hello", header(true, Opcode::Ping, 5)),
            (b"\x8a\x00", header(true, Opcode::Pong, 0)),
            (b"\x82\x7e\x01\x00", header(true, Opcode::Binary, 256)),
            (b"\x82\x7f\0\0\0\0\0\x01\0\0", header(true, Opcode::Binary, 65536)),
            (b"\x88\x02\x03\xe8", header(true, Opcode::Close, 2)),
        ];
        for (wire, expected) in cases {
            let used = match wire[1] {
                126 => 4,
                127 => 10,
                _ => 2,
            };
            assert_eq!(parse(wire), Ok(Some((*expected, used))));
            for cut in 0..used {
                assert_eq!(parse(&wire[..cut]), Ok(None), "{wire:x?} cut at {cut}");
            }
        }
    }

    #[test]
    fn lengths_need_not_be_shortest() {
        assert_eq!(parse(b"\x82\x7e\0\x01"), Ok(Some((header(true, Opcode::Binary, 1), 4))));
        assert_eq!(parse(b"\x82\x7f\0\0\0\0\0\0\0\x01"), Ok(Some((header(true, Opcode::Binary, 1), 10))));
        let longest = b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff";
        assert_eq!(parse(longest), Ok(Some((header(true, Opcode::Binary, (1 << 63) - 1), 10))));
    }

    #[test]
    fn violations_show_with_the_byte_that_proves_them() {
        let cases: &[(&[u8], Violation)] = &[
            (b"\xc1", Violation::RsvBits),
            (b"\xa1", Violation::RsvBits),
            (b"\x91", Violation::RsvBits),
            (b"\x83", Violation::ReservedOpcode(3)),
            (b"\x07", Violation::ReservedOpcode(7)),
            (b"\x8b", Violation::ReservedOpcode(11)),
            (b"\x8f", Violation::ReservedOpcode(15)),
            (b"\x08", Violation::FragmentedControl),
            (b"\x09", Violation::FragmentedControl),
            (b"\x0a", Violation::FragmentedControl),
            (b"\x81\x85", Violation::MaskedByServer),
            (b"\x88\x7e", Violation::ControlTooLong),
            (b"\x89\x7e", Violation::ControlTooLong),
            (b"\x8a\x7f", Violation::ControlTooLong),
            (b"\x82\x7f\x80", Violation::LengthTooBig),
        ];
        for (wire, violation) in cases {
            for cut in 0..wire.len() {
                assert_eq!(parse(&wire[..cut]), Ok(None));
            }
            assert_eq!(parse(wire), Err(*violation), "{wire:x?}");
            assert_eq!(parse(&[*wire, &[0; 10]].concat()), Err(*violation), "{wire:x?}");
        }
    }

    #[test]
    fn whole_messages_are_those_that_parse_so() {
        assert_eq!(whole_message(b"\x81\x02abc"), Some((Family::Text, &b"ab"[..])));
        assert_eq!(whole_message(b"\x82\x00"), Some((Family::Binary, &b""[..])));
        for first in 0..=255 {
            for second in 0..=255 {
                let bytes = [&[first, second][..], &[7; 130]].concat();
                let Some((family, payload)) = whole_message(&bytes) else { continue };
                let opcode = if family == Family::Text { Opcode::Text } else { Opcode::Binary };
                assert_eq!(parse(&bytes), Ok(Some((header(true, opcode, payload.len() as u64), 2))));
                assert_eq!(whole_message(&bytes[..1 + payload.len()]), None);
            }
        }
    }

    #[test]
    fn encoded_lengths_are_shortest() {
        let cases: &[(u64, &[u8])] = &[
            (0, b"\x82\x80"),
            (125, b"\x82\xfd"),
            (126, b"\x82\xfe\0\x7e"),
            (0xffff, b"\x82\xfe\xff\xff"),
            (0x10000, b"\x82\xff\0\0\0\0\0\x01\0\0"),
            (0xffff_ffff, b"\x82\xff\0\0\0\0\xff\xff\xff\xff"),
        ];
        for (len, expected) in cases {
            let bytes = encode(true, Opcode::Binary, *len, KEY);
            assert_eq!(bytes.as_slice(), [*expected, &KEY].concat(), "{len}");
        }
        assert_eq!(encode(false, Opcode::Text, 0, KEY).as_slice()[0], 0x01);
        assert_eq!(encode(true, Opcode::Continuation, 0, KEY).as_slice()[0], 0x80);
    }

    #[test]
    fn what_is_encoded_parses_back_once_the_mask_bit_is_gone() {
        for opcode in [Opcode::Continuation, Opcode::Text, Opcode::Binary] {
            for len in [0, 1, 125, 126, 127, 65535, 65536, 1 << 40] {
                for fin in [false, true] {
                    let mut bytes = encode(fin, opcode, len, KEY).as_slice().to_vec();
                    bytes[1] &= 0x7f;
                    assert_eq!(parse(&bytes), Ok(Some((header(fin, opcode, len), bytes.len() - 4))));
                }
            }
        }
    }
}
