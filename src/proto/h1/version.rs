//! The HTTP/1.x version of a message.

use std::fmt;

/// HTTP/1.x. Other major versions never reach this parser's users (http spec 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    minor: u8,
}

impl Version {
    #[cfg(test)]
    pub(super) const HTTP_10: Version = Version { minor: 0 };
    /// HTTP/1.1.
    pub(crate) const HTTP_11: Version = Version { minor: 1 };

    /// Exactly `HTTP/1.` and one digit; anything else is `None` (http spec 4.2).
    pub(crate) fn parse(text: &[u8]) -> Option<Version> {
        match text {
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', digit @ b'0'..=b'9'] => {
                Some(Version { minor: digit - b'0' })
            }
            _ => None,
        }
    }

    /// The version string of `WinHttpOpenRequest` (http spec 1.3): absent or empty means HTTP/1.1. So do the
    /// newer ones, which programs name although only negotiation leads there (http spec 10.2).
    pub(crate) fn of_request(text: &[u16]) -> Option<Version> {
        match &crate::proto::headers::narrow(text)?[..] {
            b"" | b"HTTP/2" | b"HTTP/2.0" | b"HTTP/3" | b"HTTP/3.0" => Some(Version::HTTP_11),
            text => Version::parse(text),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP/1.{}", self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_major_version_1_with_one_digit() {
        for good in ["HTTP/1.0", "HTTP/1.1", "HTTP/1.2", "HTTP/1.7"] {
            assert_eq!(Version::parse(good.as_bytes()).unwrap().to_string(), good);
        }
        for bad in ["HTTP/0.9", "HTTP/2.0", "HTTP/12.1", "HTTP/1.12", "HTTP/1.A", "http/1.1", "HTTP/1.", ""] {
            assert_eq!(Version::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn no_version_and_newer_ones_mean_1_1() {
        let of = |text: &str| Version::of_request(&text.encode_utf16().collect::<Vec<u16>>());
        for text in ["", "HTTP/1.1", "HTTP/2", "HTTP/2.0", "HTTP/3", "HTTP/3.0"] {
            assert_eq!(of(text), Some(Version::HTTP_11), "{text}");
        }
        assert_eq!(of("HTTP/1.0"), Some(Version::HTTP_10));
        for text in ["HTTP/2.1", "HTTP/4", "HTTP/2 ", "\u{416}"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
