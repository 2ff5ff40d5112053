//! Where the body of a response ends, and reading up to there (http spec 4.4).

use super::ResponseHead;
use super::chunked::Chunked;
use crate::proto::headers::Headers;
use crate::proto::headers::elements;

/// Why a body cannot be read on. The connection is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// Contradicting or unreadable lengths, bad chunks, bad trailers: `INVALID_SERVER_RESPONSE`.
    Malformed,
    /// A chunk-size line that does not end: `CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW`.
    SizeLineTooLong,
    /// Trailers above their limit, in bytes or in number: the same error (options spec 3.1).
    TrailersTooBig,
    /// The peer closed inside a chunked body: `CONNECTION_ERROR`.
    Truncated,
}

/// How a response body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFraming {
    /// There is none, whatever the fields say.
    None,
    /// Exactly so many bytes, or fewer when the peer closes.
    Length(u64),
    /// Chunks (RFC 9112 7.1).
    Chunked,
    /// All until the peer closes; the connection cannot be used again.
    UntilClose,
}

impl BodyFraming {
    /// The decision of http spec 4.4, in its order; also none for a successful CONNECT
    /// (RFC 9112 6.3). `method` is the request's.
    pub(crate) fn decide(method: &[u8], head: &ResponseHead) -> Result<BodyFraming, BodyError> {
        let to_head = method.eq_ignore_ascii_case(b"HEAD");
        let tunnel = method.eq_ignore_ascii_case(b"CONNECT") && (200..300).contains(&head.status);
        if to_head || tunnel || matches!(head.status, 100..200 | 204 | 304) {
            return Ok(BodyFraming::None);
        }
        if ends_in_chunked(&head.headers) {
            return Ok(BodyFraming::Chunked);
        }
        match content_length(&head.headers)? {
            Some(length) => Ok(BodyFraming::Length(length)),
            None => Ok(BodyFraming::UntilClose),
        }
    }
}

/// What to do with the bytes given to [`BodyReader::advance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Drop the first `used` bytes (all there were); more must arrive.
    NeedInput {
        /// Bytes of framing.
        used: usize,
    },
    /// Drop the first `skip` bytes; `len` bytes of payload (at least 1) are behind them. Say with
    /// [`BodyReader::consumed`] how many of those were taken and drop them too.
    Data {
        /// Bytes of framing.
        skip: usize,
        /// Bytes of payload.
        len: usize,
    },
    /// The body has ended: drop the first `used` bytes. What is behind them belongs to no one.
    Done {
        /// Bytes of framing.
        used: usize,
    },
}

/// Finds the payload in a body without copying it. The caller keeps the bytes: it gives what has
/// arrived to `advance`, takes payload from where the step says, or, when `direct` is not 0 and
/// nothing is buffered, lets the socket write straight into its own buffer and says `consumed`.
#[derive(Debug)]
pub(crate) struct BodyReader {
    state: State,
}

#[derive(Debug)]
enum State {
    Length(u64),
    UntilClose,
    Chunked(Chunked),
    Done(Headers),
    Failed(BodyError),
}

impl BodyReader {
    /// A reader for one body; `trailer_limit` is the most bytes of trailers it keeps.
    pub(crate) fn new(framing: BodyFraming, trailer_limit: usize) -> BodyReader {
        let state = match framing {
            BodyFraming::None | BodyFraming::Length(0) => State::Done(Headers::new()),
            BodyFraming::Length(length) => State::Length(length),
            BodyFraming::Chunked => State::Chunked(Chunked::new(trailer_limit)),
            BodyFraming::UntilClose => State::UntilClose,
        };
        BodyReader { state }
    }

    /// Looks at the bytes that have arrived and are not dropped yet. An error stays.
    pub(crate) fn advance(&mut self, input: &[u8]) -> Result<Step, BodyError> {
        let step = match &mut self.state {
            State::Length(left) => data(input, *left),
            State::UntilClose => data(input, u64::MAX),
            State::Chunked(chunked) => chunked.advance(input),
            State::Done(_) => Ok(Step::Done { used: 0 }),
            State::Failed(error) => Err(*error),
        };
        if let (State::Chunked(chunked), Ok(Step::Done { .. })) = (&mut self.state, &step) {
            self.state = State::Done(chunked.take_trailers());
        }
        step.inspect_err(|error| self.state = State::Failed(*error))
    }

    /// `n` bytes of payload were taken, after `advance` or `direct` announced at least that many.
    pub(crate) fn consumed(&mut self, n: usize) {
        match &mut self.state {
            State::Length(left) => {
                *left = left.saturating_sub(n as u64);
                if *left == 0 {
                    self.state = State::Done(Headers::new());
                }
            }
            State::Chunked(chunked) => chunked.consumed(n),
            State::UntilClose | State::Done(_) | State::Failed(_) => {}
        }
    }

    /// How many of the next bytes on the wire are payload for sure; 0 when framing comes first.
    pub(crate) fn direct(&self) -> u64 {
        match &self.state {
            State::Length(left) => *left,
            State::UntilClose => u64::MAX,
            State::Chunked(chunked) => chunked.direct(),
            State::Done(_) | State::Failed(_) => 0,
        }
    }

    /// How many bytes of payload are still to come, where the framing tells: for the drain limit
    /// (http spec 12.2).
    pub(crate) fn remaining(&self) -> Option<u64> {
        match &self.state {
            State::Length(left) => Some(*left),
            State::Done(_) => Some(0),
            State::UntilClose | State::Chunked(_) | State::Failed(_) => None,
        }
    }

    /// Whether the body has ended.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.state, State::Done(_))
    }

    /// The peer closed, all that had arrived was looked at. Short of `Content-Length` that is an
    /// ordinary end; in a chunked body only behind the last chunk (http spec 4.4, trap 25 and 26).
    pub(crate) fn eof(&mut self) -> Result<(), BodyError> {
        let trailers = match &self.state {
            State::Failed(error) => return Err(*error),
            State::Done(_) => return Ok(()),
            State::Chunked(chunked) if !chunked.past_last_chunk() => {
                self.state = State::Failed(BodyError::Truncated);
                return Err(BodyError::Truncated);
            }
            State::Length(_) | State::UntilClose | State::Chunked(_) => Headers::new(),
        };
        self.state = State::Done(trailers);
        Ok(())
    }

    /// The trailers, once the body has ended; not merged into the headers (http spec 4.4).
    pub(crate) fn trailers(&self) -> Option<&Headers> {
        match &self.state {
            State::Done(trailers) => Some(trailers),
            _ => None,
        }
    }
}

fn data(input: &[u8], left: u64) -> Result<Step, BodyError> {
    if input.is_empty() {
        return Ok(Step::NeedInput { used: 0 });
    }
    Ok(Step::Data { skip: 0, len: bounded(input.len(), left) })
}

/// The smaller of a buffer's length and a count on the wire.
pub(super) fn bounded(len: usize, left: u64) -> usize {
    usize::try_from(left).map_or(len, |left| len.min(left))
}

/// Whether the last coding of all `Transfer-Encoding` fields together is `chunked`.
pub(super) fn ends_in_chunked(headers: &Headers) -> bool {
    let last = headers.all(b"Transfer-Encoding").flat_map(elements).last();
    last.is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked"))
}

/// The one value of all `Content-Length` fields and list elements (RFC 9112 6.3).
fn content_length(headers: &Headers) -> Result<Option<u64>, BodyError> {
    let mut length = None;
    for field in headers.all(b"Content-Length") {
        for element in field.split(|&byte| byte == b',') {
            let value = decimal(element.trim_ascii()).ok_or(BodyError::Malformed)?;
            if length.is_some_and(|known| known != value) {
                return Err(BodyError::Malformed);
            }
            length = Some(value);
        }
    }
    Ok(length)
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::h1::Version;

    fn head(status: u16, fields: &[(&str, &str)]) -> ResponseHead {
        let mut headers = Headers::new();
        for (name, value) in fields {
            headers.push(name.as_bytes(), value.as_bytes());
        }
        ResponseHead { version: Version::HTTP_11, status, reason: Vec::new(), headers }
    }

    fn decide(method: &str, status: u16, fields: &[(&str, &str)]) -> Result<BodyFraming, BodyError> {
        BodyFraming::decide(method.as_bytes(), &head(status, fields))
    }

    const TE: &str = "transfer-encoding";
    const CL: &str = "content-length";

    #[test]
    fn no_body_whatever_the_fields_say() {
        for (method, status) in [
            ("HEAD", 200),
            ("GET", 100),
            ("GET", 101),
            ("GET", 199),
            ("POST", 204),
            ("GET", 304),
            ("CONNECT", 200),
        ] {
            for fields in [&[][..], &[(CL, "5")], &[(TE, "chunked")], &[(CL, "bad")]] {
                assert_eq!(decide(method, status, fields), Ok(BodyFraming::None), "{method} {status}");
            }
        }
    }

    #[test]
    fn chunked_before_length_before_close() {
        use BodyFraming::Chunked;
        use BodyFraming::Length;
        use BodyFraming::UntilClose;
        for (fields, expected) in [
            (&[(TE, "chunked")][..], Chunked),
            (&[(TE, "gzip, Chunked")], Chunked),
            (&[(TE, "gzip"), (TE, "chunked")], Chunked),
            (&[(TE, "chunked"), (CL, "7")], Chunked),
            (&[(TE, "chunked"), (CL, "bad")], Chunked),
            (&[(TE, "chunked, gzip")], UntilClose),
            (&[(TE, "identity"), (CL, "7")], Length(7)),
            (&[(CL, "0")], Length(0)),
            (&[(CL, "007")], Length(7)),
            (&[(CL, "18446744073709551615")], Length(u64::MAX)),
            (&[(CL, "7, 7"), (CL, "7")], Length(7)),
            (&[], UntilClose),
        ] {
            assert_eq!(decide("GET", 200, fields), Ok(expected), "{fields:?}");
        }
        assert_eq!(decide("CONNECT", 407, &[(CL, "7")]), Ok(Length(7)));
    }

    #[test]
    fn unusable_lengths() {
        for fields in [
            &[(CL, "")][..],
            &[(CL, "+7")],
            &[(CL, "-7")],
            &[(CL, "0x7")],
            &[(CL, "7 7")],
            &[(CL, "7, 8")],
            &[(CL, "7,")],
            &[(CL, "7"), (CL, "8")],
            &[(CL, "18446744073709551616")],
        ] {
            assert_eq!(decide("GET", 200, fields), Err(BodyError::Malformed), "{fields:?}");
        }
    }

    #[test]
    fn a_length_is_counted_down() {
        let mut reader = BodyReader::new(BodyFraming::Length(5), 0);
        assert_eq!(reader.advance(b""), Ok(Step::NeedInput { used: 0 }));
        assert_eq!(reader.advance(b"abc"), Ok(Step::Data { skip: 0, len: 3 }));
        reader.consumed(2);
        assert_eq!((reader.direct(), reader.remaining()), (3, Some(3)));
        assert_eq!(reader.advance(b"cdefg"), Ok(Step::Data { skip: 0, len: 3 }));
        assert!(!reader.is_done());
        reader.consumed(3);
        assert!(reader.is_done());
        assert_eq!((reader.direct(), reader.remaining()), (0, Some(0)));
        assert_eq!(reader.advance(b"fg"), Ok(Step::Done { used: 0 }));
        assert_eq!(reader.eof(), Ok(()));
    }

    #[test]
    fn an_early_end_is_an_end_unless_chunked() {
        for framing in [BodyFraming::Length(5), BodyFraming::UntilClose, BodyFraming::None] {
            let mut reader = BodyReader::new(framing, 0);
            if reader.advance(b"ab") == Ok(Step::Data { skip: 0, len: 2 }) {
                reader.consumed(2);
            }
            assert_eq!(reader.eof(), Ok(()));
            assert!(reader.is_done());
            assert_eq!(reader.advance(b""), Ok(Step::Done { used: 0 }));
        }
        for (wire, expected) in [
            ("", Err(BodyError::Truncated)),
            ("5", Err(BodyError::Truncated)),
            ("5\r\n", Err(BodyError::Truncated)),
            ("5\r\nab", Err(BodyError::Truncated)),
            ("2\r\nab\r\n", Err(BodyError::Truncated)),
            ("2\r\nab\r\n0", Err(BodyError::Truncated)),
            ("0\r\n", Ok(())),
            ("0\r\nA: b\r\n", Ok(())),
            ("0\r\n\r\n", Ok(())),
        ] {
            let mut reader = BodyReader::new(BodyFraming::Chunked, 100);
            let mut rest = wire.as_bytes();
            while let Ok(Step::Data { skip, len }) = reader.advance(rest) {
                reader.consumed(len);
                rest = &rest[skip + len..];
            }
            assert_eq!(reader.eof(), expected, "{wire:?}");
            assert_eq!(reader.is_done(), expected.is_ok());
        }
    }

    #[test]
    fn until_close_takes_everything() {
        let mut reader = BodyReader::new(BodyFraming::UntilClose, 0);
        assert_eq!((reader.direct(), reader.remaining()), (u64::MAX, None));
        assert_eq!(reader.advance(b"abc"), Ok(Step::Data { skip: 0, len: 3 }));
        reader.consumed(3);
        assert!(!reader.is_done());
    }
}
