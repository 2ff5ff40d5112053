//! Content codings: `gzip` and `deflate` (http spec 4.9).

use std::io;
use std::io::Write;

use flate2::write::DeflateDecoder;
use flate2::write::MultiGzDecoder;
use flate2::write::ZlibDecoder;

use crate::proto::headers::Headers;
use crate::proto::headers::elements;

/// Decodes a body as it arrives.
pub(crate) struct Decoder {
    stage: Stage,
    /// Decoded and not taken yet: from `start` on.
    ready: Vec<u8>,
    start: usize,
}

/// The body is not what its coding says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Corrupt;

enum Stage {
    /// Fewer than two bytes are there. With `deflate` they tell zlib's form, which the standard means,
    /// from the bare one, which some servers send.
    Beginning {
        gzip: bool,
        first: Vec<u8>,
    },
    Running(Box<dyn Inflate>),
    /// What comes now belongs to no one.
    Ended,
    Failed,
}

/// A decoder that writes into its own buffer.
trait Inflate: Write + Send {
    fn output(&mut self) -> &mut Vec<u8>;
    /// Nothing more will come.
    fn end(&mut self) -> io::Result<()>;
}

impl Decoder {
    /// The decoder for a response with these fields. Those that describe the coded body are removed:
    /// they are not true of what is read.
    pub(crate) fn of_response(headers: &mut Headers) -> Option<Decoder> {
        let mut codings = headers.all(b"Content-Encoding").flat_map(elements);
        let coding = codings.next()?.to_ascii_lowercase();
        if codings.next().is_some() {
            return None;
        }
        let gzip = match &coding[..] {
            b"gzip" | b"x-gzip" => true,
            b"deflate" => false,
            _ => return None,
        };
        drop(codings);
        headers.remove(b"Content-Encoding");
        headers.remove(b"Content-Length");
        let stage = Stage::Beginning { gzip, first: Vec::new() };
        Some(Decoder { stage, ready: Vec::new(), start: 0 })
    }

    /// What has been decoded and not been taken.
    pub(crate) fn ready(&self) -> &[u8] {
        self.ready.get(self.start..).unwrap_or_default()
    }

    /// The first `n` bytes of [`Decoder::ready`] have been taken.
    pub(crate) fn taken(&mut self, n: usize) {
        self.start += n;
        if self.start >= self.ready.len() {
            self.ready.clear();
            self.start = 0;
        }
    }

    /// Decodes a piece; how many of the bytes that was. What a few bytes can become is limited by taking
    /// few at a time.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<usize, Corrupt> {
        let piece = bytes.get(..PIECE).unwrap_or(bytes);
        if let Stage::Beginning { gzip, first } = &mut self.stage {
            first.extend_from_slice(piece);
            if let [a, b, ..] = first[..] {
                let first = std::mem::take(first);
                let is_zlib = a & 15 == 8 && u16::from_be_bytes([a, b]).is_multiple_of(31);
                self.stage = Stage::Running(if *gzip {
                    Box::new(MultiGzDecoder::new(Vec::new()))
                } else if is_zlib {
                    Box::new(ZlibDecoder::new(Vec::new()))
                } else {
                    Box::new(DeflateDecoder::new(Vec::new()))
                });
                self.run(&first)?;
            }
        } else {
            self.run(piece)?;
        }
        Ok(piece.len())
    }

    /// The body has ended. An empty one is none at all.
    pub(crate) fn end(&mut self) -> Result<(), Corrupt> {
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Running(mut decoder) => {
                let ended = decoder.end();
                self.ready.append(decoder.output());
                if ended.is_err() {
                    return self.fail();
                }
            }
            Stage::Beginning { first, .. } if !first.is_empty() => return self.fail(),
            Stage::Failed => return self.fail(),
            Stage::Beginning { .. } | Stage::Ended => {}
        }
        Ok(())
    }

    fn run(&mut self, mut bytes: &[u8]) -> Result<(), Corrupt> {
        let decoder = match &mut self.stage {
            Stage::Running(decoder) => decoder,
            Stage::Failed => return Err(Corrupt),
            Stage::Ended | Stage::Beginning { .. } => return Ok(()),
        };
        let mut outcome = Ok(());
        while !bytes.is_empty() && outcome.is_ok() {
            match decoder.write(bytes) {
                // Behind the end of the coded data.
                Ok(0) => break,
                Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
                Err(error) => outcome = Err(error),
            }
        }
        let outcome = outcome.and_then(|()| decoder.flush());
        self.ready.append(decoder.output());
        match outcome {
            Ok(()) => Ok(()),
            Err(error) => {
                log::debug!("a body cannot be decoded: {error}");
                self.fail()
            }
        }
    }

    fn fail(&mut self) -> Result<(), Corrupt> {
        self.stage = Stage::Failed;
        Err(Corrupt)
    }
}

impl Inflate for MultiGzDecoder<Vec<u8>> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn end(&mut self) -> io::Result<()> {
        self.try_finish()
    }
}

impl Inflate for ZlibDecoder<Vec<u8>> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn end(&mut self) -> io::Result<()> {
        self.try_finish()
    }
}

impl Inflate for DeflateDecoder<Vec<u8>> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn end(&mut self) -> io::Result<()> {
        self.try_finish()
    }
}

/// How many bytes are decoded at once; they become a thousand times as many at most.
const PIECE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use flate2::write::GzEncoder;
    use flate2::write::ZlibEncoder;

    fn text() -> Vec<u8> {
        (0..40_000u32).flat_map(|n| (n * n % 1000).to_string().into_bytes()).collect()
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn bare(text: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn decoder(coding: &str) -> Option<Decoder> {
        let mut headers = Headers::new();
        headers.push(b"Content-Encoding", coding.as_bytes());
        Decoder::of_response(&mut headers)
    }

    /// Decodes what arrives in steps of so many bytes.
    fn decode(coding: &str, coded: &[u8], step: usize) -> Result<Vec<u8>, Corrupt> {
        let mut decoder = decoder(coding).unwrap();
        let mut text = Vec::new();
        for mut piece in coded.chunks(step) {
            while !piece.is_empty() {
                piece = &piece[decoder.feed(piece)?..];
                let n = decoder.ready().len().min(100);
                text.extend_from_slice(&decoder.ready()[..n]);
                decoder.taken(n);
            }
        }
        decoder.end()?;
        text.extend_from_slice(decoder.ready());
        Ok(text)
    }

    #[test]
    fn all_forms_in_all_steps() {
        let text = text();
        for (coding, coded) in [
            ("gzip", gzip(&text)),
            ("X-GZip", gzip(&text)),
            ("deflate", zlib(&text)),
            ("deflate", bare(&text)),
            ("gzip", [gzip(&text[..100]), gzip(&text[100..])].concat()),
            ("deflate", [zlib(&text), b"behind".to_vec()].concat()),
        ] {
            for step in [1, 7, 1024, 100_000] {
                assert!(decode(coding, &coded, step).unwrap() == text, "{coding} in steps of {step}");
            }
        }
    }

    #[test]
    fn an_empty_body_is_none() {
        for coding in ["gzip", "deflate"] {
            assert_eq!(decode(coding, b"", 1), Ok(Vec::new()), "{coding}");
        }
    }

    #[test]
    fn corrupt_ones_are_noticed_and_stay_so() {
        let mut wrong_sum = gzip(b"text");
        let at = wrong_sum.len() - 8;
        wrong_sum[at] ^= 1;
        let cut = &gzip(&text())[..50];
        for (coding, coded) in [
            ("gzip", &wrong_sum[..]),
            ("gzip", cut),
            ("gzip", b"not gzip at all"),
            ("deflate", b"\x78\x9cno"),
        ] {
            for step in [1, 1000] {
                assert_eq!(decode(coding, coded, step), Err(Corrupt), "{coding} {coded:?}");
            }
        }
        let mut decoder = decoder("gzip").unwrap();
        assert_eq!(decoder.feed(b"not gzip at all"), Err(Corrupt));
        assert_eq!(decoder.feed(b"more"), Err(Corrupt));
        assert_eq!(decoder.end(), Err(Corrupt));
    }

    #[test]
    fn a_few_bytes_do_not_fill_the_memory() {
        let coded = gzip(&vec![0; 50_000_000]);
        let mut decoder = decoder("gzip").unwrap();
        let used = decoder.feed(&coded).unwrap();
        assert!(used <= PIECE && decoder.ready().len() < 2_000_000);
    }

    #[test]
    fn fields_of_the_coded_body_go_with_it() {
        for (coding, decodes) in [("gzip", true), ("br", false), ("gzip, br", false), ("identity", false)] {
            let mut headers = Headers::new();
            headers.push(b"Content-Encoding", coding.as_bytes());
            headers.push(b"Content-Length", b"5");
            headers.push(b"ETag", b"x");
            assert_eq!(Decoder::of_response(&mut headers).is_some(), decodes, "{coding}");
            assert_eq!(headers.iter().count(), if decodes { 1 } else { 3 }, "{coding}");
        }
    }
}
