//! The head of a response, read as it arrives (http spec 4.2, 4.3).

use super::Version;
use super::fields;
use super::fields::FieldsError;
use super::raw;
use crate::proto::headers::Headers;
use crate::proto::headers::trim;

/// A complete response head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResponseHead {
    /// The version the server named.
    pub(crate) version: Version,
    /// The three-digit code.
    pub(crate) status: u16,
    /// The status text, possibly empty, as bytes.
    pub(crate) reason: Vec<u8>,
    /// The fields in the order of arrival.
    pub(crate) headers: Headers,
}

impl ResponseHead {
    /// `RAW_HEADERS_CRLF`: status line and fields, written anew (http spec 4.5).
    pub(crate) fn raw_crlf(&self) -> Vec<u8> {
        let mut out = Vec::new();
        raw::with_crlf(&mut out, &self.status_line(), self.headers.iter());
        out
    }

    /// `RAW_HEADERS`: NUL after every line; the terminator is not included (http spec 4.5).
    pub(crate) fn raw_nul(&self) -> Vec<u8> {
        let mut out = Vec::new();
        raw::with_nul(&mut out, &self.status_line(), self.headers.iter());
        out
    }

    fn status_line(&self) -> Vec<u8> {
        let mut line = format!("{} {:03}", self.version, self.status).into_bytes();
        if !self.reason.is_empty() {
            line.push(b' ');
            line.extend_from_slice(&self.reason);
        }
        line
    }
}

/// Why a head is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadError {
    /// `INVALID_SERVER_RESPONSE`.
    Malformed,
    /// Longer than `MAX_RESPONSE_HEADER_SIZE`: `HEADER_SIZE_OVERFLOW`.
    TooBig,
    /// `HEADER_COUNT_EXCEEDED`.
    TooMany,
}

/// How much a server may send before the body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadLimits {
    /// Bytes of one head, status line and empty line included (option 91, http spec 4.3).
    pub(crate) bytes: usize,
    /// Fields of one head.
    pub(crate) fields: usize,
}

impl Default for HeadLimits {
    fn default() -> HeadLimits {
        HeadLimits { bytes: 65_536, fields: 4096 }
    }
}

/// What the bytes so far amount to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// More bytes are needed.
    Incomplete,
    /// The head takes the first `used` bytes; the body begins there.
    Complete {
        /// The head.
        head: ResponseHead,
        /// Its length.
        used: usize,
    },
}

/// Reads one head out of a buffer that grows at its end. It remembers how far it has looked, so
/// the work stays linear however small the steps are.
#[derive(Debug)]
pub(crate) struct HeadReader {
    limits: HeadLimits,
    /// No head ends within these first bytes.
    searched: usize,
    status_line: Option<StatusLine>,
}

impl HeadReader {
    /// A reader for one head; interim responses each get their own (http spec 4.3).
    pub(crate) fn new(limits: HeadLimits) -> HeadReader {
        HeadReader { limits, searched: 0, status_line: None }
    }

    /// Looks at `buffer`: all bytes since the head's first one, so each call gets at least what
    /// the one before got. What can be told early is: a bad beginning or status line without
    /// waiting for the rest, a head above the limit without waiting for a line end.
    pub(crate) fn parse(&mut self, buffer: &[u8]) -> Result<Parsed, HeadError> {
        if buffer.iter().zip(PREFIX).any(|(byte, expected)| byte != expected) {
            return Err(HeadError::Malformed);
        }
        let window = buffer.get(..self.limits.bytes).unwrap_or(buffer);
        match self.find_end(window)? {
            Some(used) => Ok(Parsed::Complete { head: self.head(window, used)?, used }),
            None if buffer.len() > self.limits.bytes => Err(HeadError::TooBig),
            None => Ok(Parsed::Incomplete),
        }
    }

    /// Where the body begins, once that is known. The status line is parsed as soon as it is there.
    fn find_end(&mut self, window: &[u8]) -> Result<Option<usize>, HeadError> {
        while let Some(at) = self.next_line_feed(window) {
            if self.status_line.is_none() {
                let text = window.get(..at).unwrap_or_default();
                self.status_line = Some(StatusLine::parse(text, at + 1).ok_or(HeadError::Malformed)?);
            }
            match window.get(at + 1..).unwrap_or_default() {
                [b'\n', ..] => return Ok(Some(at + 2)),
                [b'\r', b'\n', ..] => return Ok(Some(at + 3)),
                // The next bytes decide: look at this line end again.
                [] | [b'\r'] => break,
                _ => self.searched = at + 1,
            }
        }
        Ok(None)
    }

    /// The next LF not looked at; what is before it need not be searched again.
    fn next_line_feed(&mut self, window: &[u8]) -> Option<usize> {
        let ahead = window.get(self.searched..)?;
        let found = ahead.iter().position(|&byte| byte == b'\n');
        self.searched += found.unwrap_or(ahead.len());
        found.map(|_| self.searched)
    }

    fn head(&self, window: &[u8], end: usize) -> Result<ResponseHead, HeadError> {
        let line = self.status_line.as_ref().ok_or(HeadError::Malformed)?;
        let block = window.get(line.len..end).ok_or(HeadError::Malformed)?;
        let headers = fields::parse(block, self.limits.fields).map_err(|error| match error {
            FieldsError::Malformed => HeadError::Malformed,
            FieldsError::TooMany => HeadError::TooMany,
        })?;
        let reason = line.reason.clone();
        Ok(ResponseHead { version: line.version, status: line.status, reason, headers })
    }
}

#[derive(Debug)]
struct StatusLine {
    version: Version,
    status: u16,
    reason: Vec<u8>,
    /// With its line end.
    len: usize,
}

impl StatusLine {
    /// `HTTP/1.d`, blanks, three digits, then nothing or blanks and text (http spec 4.2). A CR may
    /// only end the line.
    fn parse(line: &[u8], len: usize) -> Option<StatusLine> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (version, rest) = line.split_at_checked(VERSION_LEN)?;
        let version = Version::parse(version)?;
        let [b' ' | b'\t', rest @ ..] = rest else { return None };
        let (status, reason) = match trim(rest) {
            [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', reason @ ..] => {
                let digit = |byte: u8| u16::from(byte - b'0');
                (digit(*a) * 100 + digit(*b) * 10 + digit(*c), reason)
            }
            _ => return None,
        };
        if !matches!(reason, [] | [b' ' | b'\t', ..]) || reason.iter().any(|byte| matches!(byte, b'\r' | 0)) {
            return None;
        }
        Some(StatusLine { version, status, reason: trim(reason).to_vec(), len })
    }
}

const PREFIX: &[u8] = b"HTTP/";
const VERSION_LEN: usize = b"HTTP/1.1".len();

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::h1::noise::Noise;

    /// Parses in one piece, and checks that every cut and byte-by-byte give the same.
    fn parse_with(wire: &[u8], limits: HeadLimits) -> Result<Parsed, HeadError> {
        let whole = HeadReader::new(limits).parse(wire);
        let cuts = if wire.len() < 300 { wire.len() } else { 0 };
        for cut in 0..cuts {
            let mut reader = HeadReader::new(limits);
            let early = reader.parse(&wire[..cut]);
            if early == Ok(Parsed::Incomplete) {
                assert_eq!(reader.parse(wire), whole, "cut at {cut}");
            } else {
                assert_eq!(early, whole, "cut at {cut}");
            }
        }
        let mut reader = HeadReader::new(limits);
        let mut steps = (0..=wire.len()).map(|len| reader.parse(&wire[..len]));
        let slow = steps.find(|step| *step != Ok(Parsed::Incomplete)).unwrap_or(Ok(Parsed::Incomplete));
        assert_eq!(slow, whole);
        whole
    }

    fn parse(wire: &str) -> Result<ResponseHead, HeadError> {
        match parse_with(wire.as_bytes(), HeadLimits::default())? {
            Parsed::Complete { head, .. } => Ok(head),
            Parsed::Incomplete => panic!("incomplete: {wire:?}"),
        }
    }

    #[test]
    fn accepted_status_lines_of_spec_4_2() {
        for (line, version, status, reason) in [
            ("HTTP/1.1 200 OK\r\n", "HTTP/1.1", 200, "OK"),
            ("HTTP/1.0 200 OK\r\n", "HTTP/1.0", 200, "OK"),
            ("HTTP/1.2 200 OK\r\n", "HTTP/1.2", 200, "OK"),
            ("HTTP/1.7 200 OK\r\n", "HTTP/1.7", 200, "OK"),
            ("HTTP/1.1 200\r\n", "HTTP/1.1", 200, ""),
            ("HTTP/1.1 200 \r\n", "HTTP/1.1", 200, ""),
            ("HTTP/1.1  200  OK\r\n", "HTTP/1.1", 200, "OK"),
            ("HTTP/1.1 200      Something\r\n", "HTTP/1.1", 200, "Something"),
            ("HTTP/1.1 200 O\tK\r\n", "HTTP/1.1", 200, "O\tK"),
            ("HTTP/1.1\t200 OK\r\n", "HTTP/1.1", 200, "OK"),
            ("HTTP/1.1 200\tOK\r\n", "HTTP/1.1", 200, "OK"),
            ("HTTP/1.1 200\t\r\n", "HTTP/1.1", 200, ""),
            ("HTTP/1.1 200 O\n", "HTTP/1.1", 200, "O"),
            ("HTTP/1.1 999 Odd code \r\n", "HTTP/1.1", 999, "Odd code"),
        ] {
            for rest in ["\r\n", "\n", "A: b\r\n\r\n", "A: b\n\n"] {
                let head = parse(&format!("{line}{rest}")).unwrap();
                assert_eq!(head.version.to_string(), version, "{line:?}");
                assert_eq!((head.status, &*head.reason), (status, reason.as_bytes()), "{line:?}");
                assert_eq!(head.headers.iter().next().is_none(), rest.len() < 3);
            }
        }
    }

    #[test]
    fn rejected_status_lines_of_spec_4_2() {
        let versions = [
            "HTTP/0.9",
            "HTTP/2.0",
            "HTTP/2.1",
            "HTTP/3.0",
            "HTTP/3.5",
            "HTTP/4.2",
            "HTTP/12.1",
            "HTTP/1.12",
            "HTTP/1.A",
            "HTTP/A.1",
            "HTTP/X.Y.Z",
            "NOTHTTP/1.1",
            "ABCD/1.1",
            "HTTP 1.1",
            "HTTP\\1.1",
            "http/1.1",
            " HTTP/1.1",
            "",
            "\r\nHTTP/1.1",
            "HTTP/1.1\r\n",
        ];
        let codes =
            ["23", "99", "1000", "2345", "20c", "2bc", "!11", "abc", "200OK", "", "2 00", "-20", "+20"];
        let lines = versions.iter().map(|version| format!("{version} 200 OK"));
        let lines = lines.chain(codes.iter().map(|code| format!("HTTP/1.1 {code} OK")));
        let others =
            ["HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1\t", "HTTP/1.1 200 O\rK", "HTTP/1.1 200\rOK", "HTTP/1.1\r200"];
        let lines = lines.chain(codes.iter().map(|code| format!("HTTP/1.1 {code}")));
        for line in lines.chain(others.iter().map(|line| line.to_string())) {
            assert_eq!(parse(&format!("{line}\r\nA: b\r\n\r\n")), Err(HeadError::Malformed), "{line:?}");
        }
        assert_eq!(parse("<html>no status line</html>"), Err(HeadError::Malformed));
    }

    #[test]
    fn accepted_header_lines_of_spec_4_2() {
        for (lines, expected) in [
            ("Name: value\r\n", "Name=value"),
            ("Name: value\n", "Name=value"),
            ("Name  :   value  \r\n", "Name=value"),
            ("Name\t:\tvalue\t\r\n", "Name=value"),
            ("Name:value:more\r\n", "Name=value:more"),
            ("Name:\r\n", "Name="),
            ("Name: \r\nB: c\r\n", "Name=|B=c"),
            ("Name: one\r\n two\r\n", "Name=one two"),
            ("Name: one\n\ttwo\nB: c\n", "Name=one two|B=c"),
            ("Name:\r\n value\r\n", "Name=value"),
            ("Name: \r\n\t value\r\n \r\nB: c\r\n", "Name=value|B=c"),
            ("a: 1\r\nb: 2\r\nA: 3\r\n", "a=1|b=2|A=3"),
            ("a: \u{e4}\r\n", "a=\u{e4}"),
        ] {
            let head = parse(&format!("HTTP/1.1 200 OK\r\n{lines}\r\n")).unwrap();
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let shown = head.headers.iter().map(|h| format!("{}={}", text(h.name()), text(h.value())));
            assert_eq!(shown.collect::<Vec<_>>().join("|"), expected, "{lines:?}");
        }
    }

    #[test]
    fn rejected_header_lines_of_spec_4_2() {
        for line in [
            "nocolon",
            "no colon",
            "Content-Length      ",
            ":",
            ": value",
            " : value",
            " first: folded",
            "a b: c",
            "a(b): c",
            "\u{e4}: c",
            "a: b\rc",
            "a: b\0c",
        ] {
            let wire = format!("HTTP/1.1 200 OK\r\n{line}\r\nB: c\r\n\r\n");
            assert_eq!(parse(&wire), Err(HeadError::Malformed), "{line:?}");
        }
    }

    #[test]
    fn raw_forms_are_written_anew() {
        let head = parse("HTTP/1.1\t200  OK\nName  :  value\nFold:\n one\n two\n\n").unwrap();
        let lines = ["HTTP/1.1 200 OK", "Name: value", "Fold: one two"];
        assert_eq!(String::from_utf8(head.raw_crlf()).unwrap(), lines.join("\r\n") + "\r\n\r\n");
        assert_eq!(String::from_utf8(head.raw_nul()).unwrap(), lines.join("\0") + "\0");
        let bare = parse("HTTP/1.0 204 \r\n\r\n").unwrap();
        assert_eq!(bare.raw_crlf(), b"HTTP/1.0 204\r\n\r\n");
    }

    #[test]
    fn the_body_is_left_alone() {
        let wire = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\r\n\r\n";
        let Ok(Parsed::Complete { used, .. }) = HeadReader::new(HeadLimits::default()).parse(wire) else {
            panic!("no head")
        };
        assert_eq!(&wire[used..], b"body\r\n\r\n");
    }

    #[test]
    fn size_limit_of_spec_4_3() {
        for limit in [1024, 31 * 1024, 64 * 1024, 128 * 1024] {
            let limits = HeadLimits { bytes: limit, fields: 4096 };
            let head = |size: usize| {
                let fixed = "HTTP/1.1 200 OK\r\nA: \r\n\r\n".len();
                format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "x".repeat(size - fixed))
            };
            let (fits, over) = (head(limit), head(limit + 1));
            assert!(matches!(
                HeadReader::new(limits).parse(format!("{fits}body").as_bytes()),
                Ok(Parsed::Complete { used, .. }) if used == limit
            ));
            assert_eq!(HeadReader::new(limits).parse(over.as_bytes()), Err(HeadError::TooBig));
            // Without any line end: as soon as the limit is passed.
            let endless = format!("HTTP/1.1 200 {}", "x".repeat(limit));
            let mut reader = HeadReader::new(limits);
            assert_eq!(reader.parse(&endless.as_bytes()[..limit]), Ok(Parsed::Incomplete));
            assert_eq!(reader.parse(&endless.as_bytes()[..limit + 1]), Err(HeadError::TooBig));
        }
    }

    #[test]
    fn number_of_fields() {
        let limits = HeadLimits::default();
        let head = |n: usize| format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(n));
        let most = limits.fields;
        assert!(matches!(HeadReader::new(limits).parse(head(most).as_bytes()), Ok(Parsed::Complete { .. })));
        assert_eq!(HeadReader::new(limits).parse(head(most + 1).as_bytes()), Err(HeadError::TooMany));
    }

    #[test]
    fn noise_never_panics_and_cuts_do_not_matter() {
        let mut noise = Noise::new(7);
        for round in 0..4000 {
            let start = ["", "HTTP/1.", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\nA:"][round % 4];
            let rest = if round % 3 == 0 { noise.bytes(60) } else { noise.text(b"aB: \t\r\r\n\n\n12\0", 60) };
            let wire = [start.as_bytes(), &rest].concat();
            let _ = parse_with(&wire, HeadLimits { bytes: 40, fields: 3 });
        }
    }

    #[test]
    fn byte_by_byte_is_linear() {
        let wire = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(4000));
        let limits = HeadLimits { bytes: 1 << 20, fields: 4096 };
        let mut reader = HeadReader::new(limits);
        let mut looked = 0;
        for len in 1..wire.len() {
            let before = reader.searched;
            assert_eq!(reader.parse(&wire.as_bytes()[..len]), Ok(Parsed::Incomplete));
            looked += len.saturating_sub(before);
        }
        assert!(looked < 5 * wire.len());
        assert!(matches!(reader.parse(wire.as_bytes()), Ok(Parsed::Complete { .. })));
    }
}
