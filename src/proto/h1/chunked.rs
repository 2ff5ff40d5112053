//! The chunked coding (RFC 9112 7.1), with the tolerances of http spec 4.4.

use super::body::BodyError;
use super::body::Step;
use super::body::bounded;
use super::fields;
use super::fields::FieldsError;
use crate::proto::headers::Headers;

/// Finds the payload between the chunk framing; keeps nothing but a few numbers, and the trailers.
#[derive(Debug)]
pub(super) struct Chunked {
    at: At,
    /// Bytes of the current size line so far.
    line: usize,
    trailer: Vec<u8>,
    trailer_limit: usize,
    trailers: Headers,
}

/// What the next byte is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// The first digit of a size.
    Size,
    /// The digits of a size.
    Digits(u64),
    /// Blanks behind the size.
    Blanks(u64),
    /// An extension, which nobody asks for.
    Extension(u64),
    /// The LF behind the CR of a size line.
    SizeEnd(u64),
    /// Payload: so many bytes are left.
    Data(u64),
    /// The CR behind the payload.
    DataCr,
    /// The LF behind the payload.
    DataLf,
    /// A trailer line, or the empty one.
    TrailerStart,
    /// Within a trailer line.
    Trailer,
    /// The LF of the empty line.
    LastLf,
    /// Nothing: the body has ended.
    End,
}

impl Chunked {
    pub(super) fn new(trailer_limit: usize) -> Chunked {
        Chunked { at: At::Size, line: 0, trailer: Vec::new(), trailer_limit, trailers: Headers::new() }
    }

    /// See `BodyReader::advance`.
    pub(super) fn advance(&mut self, input: &[u8]) -> Result<Step, BodyError> {
        for (index, &byte) in input.iter().enumerate() {
            match self.at {
                At::Data(left) => {
                    return Ok(Step::Data { skip: index, len: bounded(input.len() - index, left) });
                }
                At::End => return Ok(Step::Done { used: index }),
                _ => self.at = self.framing(byte)?,
            }
        }
        if self.at == At::End {
            return Ok(Step::Done { used: input.len() });
        }
        Ok(Step::NeedInput { used: input.len() })
    }

    /// See `BodyReader::consumed`.
    pub(super) fn consumed(&mut self, n: usize) {
        if let At::Data(left) = self.at {
            let left = left.saturating_sub(n as u64);
            self.at = if left == 0 { At::DataCr } else { At::Data(left) };
        }
    }

    /// See `BodyReader::direct`.
    pub(super) fn direct(&self) -> u64 {
        match self.at {
            At::Data(left) => left,
            _ => 0,
        }
    }

    /// Whether the chunk of size 0 has been read.
    pub(super) fn past_last_chunk(&self) -> bool {
        matches!(self.at, At::TrailerStart | At::Trailer | At::LastLf | At::End)
    }

    /// The trailers, once the body has ended.
    pub(super) fn take_trailers(&mut self) -> Headers {
        std::mem::take(&mut self.trailers)
    }

    /// One byte that is no payload.
    fn framing(&mut self, byte: u8) -> Result<At, BodyError> {
        match self.at {
            At::Size | At::Digits(_) | At::Blanks(_) | At::Extension(_) | At::SizeEnd(_) => {
                self.line += 1;
                if self.line > MAX_SIZE_LINE {
                    return Err(BodyError::SizeLineTooLong);
                }
                self.size_line(byte)
            }
            At::DataCr if byte == b'\r' => Ok(At::DataLf),
            At::DataLf if byte == b'\n' => Ok(At::Size),
            At::TrailerStart if byte == b'\r' => Ok(At::LastLf),
            At::TrailerStart | At::LastLf if byte == b'\n' => self.end(),
            At::TrailerStart | At::Trailer => self.trailer(byte),
            At::DataCr | At::DataLf | At::LastLf | At::Data(_) | At::End => Err(BodyError::Malformed),
        }
    }

    /// Hex digits, then blanks or an extension, then CRLF or bare LF (http spec 4.4).
    fn size_line(&mut self, byte: u8) -> Result<At, BodyError> {
        match (self.at, byte) {
            (At::Size, _) => Ok(At::Digits(hex(byte)?)),
            (At::SizeEnd(size) | At::Digits(size) | At::Blanks(size) | At::Extension(size), b'\n') => {
                self.line = 0;
                Ok(if size == 0 { At::TrailerStart } else { At::Data(size) })
            }
            (At::Digits(size) | At::Blanks(size) | At::Extension(size), b'\r') => Ok(At::SizeEnd(size)),
            (At::Extension(size), _) => Ok(At::Extension(size)),
            (At::Digits(size) | At::Blanks(size), b';') => Ok(At::Extension(size)),
            (At::Digits(size) | At::Blanks(size), b' ' | b'\t') => Ok(At::Blanks(size)),
            (At::Digits(size), _) => {
                let shifted = size.checked_mul(16).ok_or(BodyError::Malformed)?;
                Ok(At::Digits(shifted | hex(byte)?))
            }
            _ => Err(BodyError::Malformed),
        }
    }

    fn trailer(&mut self, byte: u8) -> Result<At, BodyError> {
        if self.trailer.len() >= self.trailer_limit {
            return Err(BodyError::TrailersTooBig);
        }
        self.trailer.push(byte);
        Ok(if byte == b'\n' { At::TrailerStart } else { At::Trailer })
    }

    fn end(&mut self) -> Result<At, BodyError> {
        if !self.trailer.is_empty() {
            let mut block = std::mem::take(&mut self.trailer);
            block.extend_from_slice(b"\r\n");
            self.trailers = fields::parse(&block, MAX_TRAILERS).map_err(|error| match error {
                FieldsError::Malformed => BodyError::Malformed,
                FieldsError::TooMany => BodyError::TrailersTooBig,
            })?;
        }
        Ok(At::End)
    }
}

fn hex(byte: u8) -> Result<u64, BodyError> {
    char::from(byte).to_digit(16).map(u64::from).ok_or(BodyError::Malformed)
}

/// A longer size line never ends, as far as we are concerned (http spec 4.1: error 12183).
const MAX_SIZE_LINE: usize = 8192;
const MAX_TRAILERS: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::h1::BodyFraming;
    use crate::proto::h1::BodyReader;
    use crate::proto::h1::noise::Noise;

    const LIMIT: usize = 100;

    /// Payload and trailers, or the error; plus what was left behind the body.
    type Outcome = (Result<(Vec<u8>, Headers), BodyError>, Vec<u8>);

    /// Reads `wire` given in pieces of `sizes`, taking at most `most` bytes of payload at a time.
    fn read(wire: &[u8], mut sizes: impl FnMut() -> usize, most: usize) -> Outcome {
        let mut reader = BodyReader::new(BodyFraming::Chunked, LIMIT);
        let (mut ahead, mut buffer, mut payload) = (wire, Vec::new(), Vec::new());
        loop {
            match reader.advance(&buffer) {
                Ok(Step::NeedInput { used }) => {
                    assert_eq!(used, buffer.len());
                    buffer.clear();
                    let size = sizes().clamp(1, ahead.len().max(1));
                    let Some((piece, rest)) = ahead.split_at_checked(size) else {
                        return (reader.eof().map(|()| (payload, Headers::new())), Vec::new());
                    };
                    (buffer, ahead) = (piece.to_vec(), rest);
                }
                Ok(Step::Data { skip, len }) => {
                    assert!(len > 0 && reader.direct() >= len as u64);
                    let taken = len.min(most);
                    payload.extend_from_slice(&buffer[skip..skip + taken]);
                    reader.consumed(taken);
                    buffer.drain(..skip + taken);
                }
                Ok(Step::Done { used }) => {
                    let left = [&buffer[used..], ahead].concat();
                    return (Ok((payload, reader.trailers().cloned().unwrap())), left);
                }
                Err(error) => {
                    assert_eq!(reader.advance(b"0\r\n\r\n"), Err(error));
                    assert_eq!(reader.eof(), Err(error));
                    return (Err(error), Vec::new());
                }
            }
        }
    }

    /// In one piece; and every cut and every small take must agree.
    fn read_all_ways(wire: &[u8]) -> Outcome {
        let whole = read(wire, || usize::MAX, usize::MAX);
        for cut in 1..wire.len().min(80) {
            let mut first = true;
            let two = || if std::mem::take(&mut first) { cut } else { usize::MAX };
            assert_eq!(read(wire, two, usize::MAX), whole, "cut at {cut}: {wire:?}");
        }
        assert_eq!(read(wire, || 1, 1), whole);
        assert_eq!(read(wire, || usize::MAX, 1), whole);
        whole
    }

    #[test]
    fn accepted_chunks() {
        for (wire, payload) in [
            ("0\r\n\r\n", ""),
            ("5\r\nhello\r\n0\r\n\r\n", "hello"),
            ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
            ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
            ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
            ("00000000000000000000005\r\nhello\r\n000\r\n\r\n", "hello"),
            ("5 \r\nhello\r\n0\r\n\r\n", "hello"),
            ("5 \t \r\nhello\r\n0 \t\r\n\r\n", "hello"),
            ("5;name=value\r\nhello\r\n0;x\r\n\r\n", "hello"),
            ("5 ; name=\"v;\"\r\nhello\r\n0\r\n\r\n", "hello"),
            ("5;\r\nhello\r\n0\r\n\r\n", "hello"),
            ("5\nhello\r\n0\n\n", "hello"),
            ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ] {
            for surplus in ["", "HTTP/1.1 200 OK"] {
                let (body, left) = read_all_ways(format!("{wire}{surplus}").as_bytes());
                assert_eq!(body, Ok((payload.into(), Headers::new())), "{wire:?}");
                assert_eq!(left, surplus.as_bytes());
            }
        }
    }

    #[test]
    fn rejected_chunks() {
        for wire in [
            "\r\n",
            "\n",
            " \r\n",
            "\t\r\n",
            " 5\r\nhello\r\n0\r\n\r\n",
            "10000000000000000\r\n",
            "FFFFFFFFFFFFFFFFF\r\n",
            "g\r\n",
            "xyz\r\n",
            "-5\r\nhello",
            "+5\r\nhello",
            "0x5\r\nhello",
            "7gibberish\r\nabcdefg\r\n0\r\n\r\n",
            "7\x0b\x0c\r\nabcdefg\r\n0\r\n\r\n",
            "5 5\r\nhello",
            "5\rhello",
            "5;a\rb\r\nhello",
            ";x\r\n",
            "5\r\nhello0\r\n\r\n",
            "5\r\nhello\n0\r\n\r\n",
            "5\r\nhelloworld\r\n0\r\n\r\n",
            "5\r\nhello\r0\r\n\r\n",
            "5\r\nhello\r\n\r\n0\r\n\r\n",
            "0\r\n\rX",
            "0\r\nbad trailer\r\n\r\n",
            "0\r\n folded: x\r\n\r\n",
            "0\r\n: x\r\n\r\n",
        ] {
            assert_eq!(read_all_ways(wire.as_bytes()).0, Err(BodyError::Malformed), "{wire:?}");
        }
    }

    #[test]
    fn a_64_bit_size_is_taken() {
        let mut reader = BodyReader::new(BodyFraming::Chunked, LIMIT);
        let step = reader.advance(b"FFFFFFFFFFFFFFFF\r\nab");
        assert_eq!(step, Ok(Step::Data { skip: 18, len: 2 }));
        assert_eq!(reader.direct(), u64::MAX);
    }

    #[test]
    fn trailers_are_kept_apart_and_limited() {
        let (body, left) = read_all_ways(b"1\r\nx\r\n0\r\nA: 1\r\nB : two\r\n\tfold\nA: 3\r\n\r\nnext");
        let (payload, trailers) = body.unwrap();
        assert_eq!((&payload[..], &left[..]), (&b"x"[..], &b"next"[..]));
        assert_eq!((trailers.iter().count(), trailers.find(b"a", 1)), (3, Some(&b"3"[..])));
        assert_eq!(trailers.get(b"B"), Some(&b"two fold"[..]));
        let line = |n: usize| format!("0\r\nA:{}\r\n\r\n", "x".repeat(n - 4));
        assert!(read_all_ways(line(LIMIT).as_bytes()).0.is_ok());
        assert_eq!(read_all_ways(line(LIMIT + 1).as_bytes()).0, Err(BodyError::TrailersTooBig));
    }

    #[test]
    fn an_endless_size_line_has_its_own_error() {
        for start in ["5;", "5 ", "0", "5"] {
            let filler = if start == "0" {
                "0"
            } else if start == "5" {
                ";"
            } else {
                " "
            };
            let wire = format!("{start}{}", filler.repeat(MAX_SIZE_LINE));
            assert_eq!(read(wire.as_bytes(), || 1000, 1).0, Err(BodyError::SizeLineTooLong), "{start}");
        }
    }

    #[test]
    fn noise_never_panics_and_cuts_do_not_matter() {
        let mut noise = Noise::new(99);
        for _ in 0..3000 {
            let wire = noise.text(b"0012a;\r\n\r\n\r\n \tx:", 40);
            let _ = read_all_ways(&wire);
            let _ = read(&noise.bytes(60), || 3, 2);
        }
    }

    #[test]
    fn random_bodies_come_back_whole() {
        let mut noise = Noise::new(5);
        for _ in 0..200 {
            let (mut wire, mut payload) = (Vec::new(), Vec::new());
            for _ in 0..noise.below(10) {
                let chunk = [&b"!"[..], &noise.bytes(70)].concat();
                wire.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                wire.extend_from_slice(&chunk);
                wire.extend_from_slice(b"\r\n");
                payload.extend_from_slice(&chunk);
            }
            wire.extend_from_slice(b"0\r\n\r\n");
            let (body, _) = read(&wire, || 1 + noise.below(20), 7);
            assert_eq!(body.unwrap().0, payload);
        }
    }
}
