//! UTF-8 checking of a text message that arrives in pieces (RFC 6455, 8.1).

use simdutf8::compat::from_utf8;

use crate::proto::ws::violation::Violation;

/// Checks one message after the other; a piece may end at any byte.
///
/// Fails with the first byte that no valid text can continue with, not at the end of the character.
#[derive(Debug, Default)]
pub(crate) struct Utf8Checker {
    /// The start of a character whose end has not come yet: `pending[..held]`, at most 3 bytes.
    pending: [u8; 4],
    held: usize,
}

impl Utf8Checker {
    /// Checks the next bytes of the message.
    #[inline]
    pub(crate) fn check(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        if self.held == 0 && bytes.len() <= SHORT && is_ascii(bytes) {
            return Ok(());
        }
        self.check_any(bytes)
    }

    /// The message is over: it must not end inside a character. The next message may begin.
    #[inline]
    pub(crate) fn finish(&mut self) -> Result<(), Violation> {
        if std::mem::take(&mut self.held) == 0 { Ok(()) } else { Err(Violation::InvalidUtf8) }
    }

    fn check_any(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        let bytes = self.complete_pending(bytes)?;
        let Err(error) = from_utf8(bytes) else { return Ok(()) };
        if error.error_len().is_some() {
            return Err(Violation::InvalidUtf8);
        }
        let tail = &bytes[error.valid_up_to()..];
        self.pending[..tail.len()].copy_from_slice(tail);
        self.held = tail.len();
        Ok(())
    }

    /// Adds bytes to the character that is still open until it is whole; returns those behind it.
    fn complete_pending<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Violation> {
        let mut bytes = bytes;
        while self.held != 0 {
            let Some((first, rest)) = bytes.split_first() else { break };
            self.pending[self.held] = *first;
            bytes = rest;
            match std::str::from_utf8(&self.pending[..=self.held]) {
                Ok(_) => self.held = 0,
                // A valid start of a character is at most 3 bytes long, so the next byte has room.
                Err(error) if error.error_len().is_none() => self.held += 1,
                Err(_) => return Err(Violation::InvalidUtf8),
            }
        }
        Ok(bytes)
    }
}

/// Like the method of slices, but without its search for aligned words.
#[inline]
fn is_ascii(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let bits = words.iter().fold(0, |bits, word| bits | u64::from_ne_bytes(*word));
    let rest = rest.iter().fold(0, |bits, byte| bits | byte);
    bits & 0x8080_8080_8080_8080 == 0 && rest < 0x80
}

/// Up to here a plain test for ASCII comes first: it is over before the vector code is set up.
const SHORT: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bytes are accepted before the error, feeding one byte at a time; `None` if all are.
    fn first_bad_byte(bytes: &[u8]) -> Option<usize> {
        let mut checker = Utf8Checker::default();
        bytes.iter().position(|byte| checker.check(&[*byte]).is_err())
    }

    /// Feeds `bytes` as two pieces and asks whether the message is valid.
    fn valid_when_cut(bytes: &[u8], cut: usize) -> bool {
        let mut checker = Utf8Checker::default();
        checker.check(&bytes[..cut]).is_ok()
            && checker.check(&bytes[cut..]).is_ok()
            && checker.finish().is_ok()
    }

    #[test]
    fn every_cut_agrees_with_the_standard_library() {
        let texts: &[&[u8]] = &[
            b"",
            b"Hello",
            "Hello-µ@ßöäüàá-UTF-8!!".as_bytes(),
            "κόσμε € 𐍈 \u{10ffff} \u{fffe} \u{d7ff}\u{e000}".as_bytes(),
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xc0\xaf",
            b"\xe0\x80\xaf",
            b"\xf8\x88\x80\x80\x80",
            b"abc\x80",
            b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
            b"\xe2\x82",
            b"\xf0\x90\x8d",
            b"\xff",
        ];
        for text in texts {
            for padding in [0, 1, 63, 64, 65, 127, 128, 200] {
                let bytes = [&vec![b'x'; padding], *text, &vec![b'y'; padding]].concat();
                let expected = std::str::from_utf8(&bytes).is_ok();
                for cut in 0..=bytes.len() {
                    assert_eq!(valid_when_cut(&bytes, cut), expected, "{text:x?} +{padding} cut {cut}");
                }
            }
        }
    }

    #[test]
    fn fails_with_the_first_byte_that_proves_it() {
        assert_eq!(first_bad_byte(b"\xce\xba\xf4\x90\x80\x80"), Some(3));
        assert_eq!(first_bad_byte(b"\xed\xa0\x80"), Some(1));
        assert_eq!(first_bad_byte(b"\xf5"), Some(0));
        assert_eq!(first_bad_byte(b"\xc1"), Some(0));
        assert_eq!(first_bad_byte(b"a\x80"), Some(1));
        assert_eq!(first_bad_byte(b"\xe2\x82a"), Some(2));
        assert_eq!(first_bad_byte("€𐍈".as_bytes()), None);
    }

    #[test]
    fn every_start_of_a_character_agrees_with_the_standard_library() {
        for first in 0x80..=0xff_u8 {
            for second in 0..=0xff_u8 {
                for third in [0x00, 0x7f, 0x80, 0xbf, 0xc0] {
                    let bytes = [first, second, third];
                    let proven = |n: &usize| {
                        std::str::from_utf8(&bytes[..=*n]).is_err_and(|error| error.error_len().is_some())
                    };
                    assert_eq!(first_bad_byte(&bytes), (0..bytes.len()).find(proven), "{bytes:x?}");
                }
            }
        }
    }

    #[test]
    fn finish_forgets_the_unfinished_character() {
        let mut checker = Utf8Checker::default();
        checker.check(b"\xe2\x82").unwrap();
        assert_eq!(checker.finish(), Err(Violation::InvalidUtf8));
        checker.check(b"\xe2\x82").unwrap();
        checker.check(b"\xac").unwrap();
        assert_eq!(checker.finish(), Ok(()));
    }
}
