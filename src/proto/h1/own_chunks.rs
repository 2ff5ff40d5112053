//! Where the body of a request ends that the application frames itself.

use super::BodyFraming;
use super::BodyReader;
use super::Step;
use super::body::ends_in_chunked;
use crate::proto::headers::Headers;

/// Watches a body that the application chunks itself go by; changes and keeps nothing of it. What is no
/// chunked body has no end.
#[derive(Debug)]
pub(crate) struct OwnChunks {
    reader: BodyReader,
    /// Something came behind the end.
    surplus: bool,
}

impl OwnChunks {
    /// For a request with these fields; `None` when the last coding is not `chunked`, so that nobody
    /// can know the end.
    pub(crate) fn of(headers: &Headers) -> Option<OwnChunks> {
        let reader = || BodyReader::new(BodyFraming::Chunked, TRAILER_LIMIT);
        ends_in_chunked(headers).then(|| OwnChunks { reader: reader(), surplus: false })
    }

    /// These bytes of the body go out.
    pub(crate) fn pass(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.reader.advance(bytes) {
                Ok(Step::Data { skip, len }) => {
                    self.reader.consumed(len);
                    bytes = bytes.get(skip + len..).unwrap_or_default();
                }
                Ok(Step::Done { used }) => {
                    self.surplus |= used < bytes.len();
                    return;
                }
                // An error stays, so that there is no end any more.
                Ok(Step::NeedInput { .. }) | Err(_) => return,
            }
        }
    }

    /// Whether all of the body has gone by, and nothing behind it.
    pub(crate) fn have_ended(&self) -> bool {
        self.reader.is_done() && !self.surplus
    }
}

/// With more bytes of trailers the connection is not used again.
const TRAILER_LIMIT: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(value: &[u8]) -> Option<OwnChunks> {
        let mut headers = Headers::new();
        headers.push(b"Transfer-Encoding", value);
        OwnChunks::of(&headers)
    }

    #[test]
    fn only_where_chunked_comes_last() {
        assert!(chunks(b"chunked").is_some() && chunks(b"gzip, Chunked").is_some());
        assert!(chunks(b"gzip").is_none() && chunks(b"chunked, gzip").is_none());
        assert!(OwnChunks::of(&Headers::new()).is_none());
    }

    #[test]
    fn the_end_wherever_it_is_cut() {
        for (wire, ended) in [
            ("0\r\n\r\n", true),
            ("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", true),
            ("3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n", true),
            ("", false),
            ("3\r\nabc\r\n", false),
            ("3\r\nabc\r\n0\r\n", false),
            ("3\r\nabc\r\n0\r\n\r", false),
            ("3\r\nabcd\r\n0\r\n\r\n", false),
            ("0\r\n\r\nx", false),
            ("0\r\n\r\n0\r\n\r\n", false),
            ("post", false),
        ] {
            for cut in 0..=wire.len() {
                let mut chunks = chunks(b"chunked").unwrap();
                let (first, rest) = wire.as_bytes().split_at(cut);
                chunks.pass(first);
                chunks.pass(b"");
                chunks.pass(rest);
                assert_eq!(chunks.have_ended(), ended, "{wire:?} cut at {cut}");
            }
            let mut single = chunks(b"chunked").unwrap();
            wire.as_bytes().iter().for_each(|byte| single.pass(&[*byte]));
            assert_eq!(single.have_ended(), ended, "{wire:?}");
        }
    }
}
