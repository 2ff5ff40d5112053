//! Which framing header a request gets (http spec 3.3, 3.4).

use super::Version;
use crate::proto::headers::Headers;

/// How the body of one request leg is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestFraming {
    /// The application announced `Transfer-Encoding`: it frames the body itself.
    AppTransferEncoding,
    /// The application announced `Content-Length`.
    AppContentLength,
    /// No body and no header.
    None,
    /// `Content-Length: n`.
    Length(u64),
    /// `Transfer-Encoding: chunked`; the library frames what is written.
    Chunked,
}

impl RequestFraming {
    /// The table of http spec 3.4, first row that fits. `total` is `dwTotalLength`,
    /// `automatic_chunking` is `WINHTTP_FLAG_AUTOMATIC_CHUNKING`. Not asked for a request that a
    /// redirect rewrote to GET: there the application's own framing headers go too (http spec 6.2).
    pub(crate) fn decide(
        method: &[u8],
        version: Version,
        headers: &Headers,
        total: u64,
        automatic_chunking: bool,
    ) -> RequestFraming {
        if headers.contains(TRANSFER_ENCODING) {
            RequestFraming::AppTransferEncoding
        } else if headers.contains(CONTENT_LENGTH) {
            RequestFraming::AppContentLength
        } else if total > 0 {
            RequestFraming::Length(total)
        } else if automatic_chunking && version >= Version::HTTP_11 {
            RequestFraming::Chunked
        } else if BODYLESS.iter().any(|name| method.eq_ignore_ascii_case(name)) {
            RequestFraming::None
        } else {
            RequestFraming::Length(0)
        }
    }

    /// Leaves exactly the decided header in the fields of a leg (http spec 3.3: one of the two,
    /// Transfer-Encoding wins).
    pub(crate) fn apply(self, headers: &mut Headers) {
        match self {
            RequestFraming::AppTransferEncoding => {
                headers.remove(CONTENT_LENGTH);
            }
            RequestFraming::AppContentLength | RequestFraming::None => {}
            RequestFraming::Length(total) => headers.push(CONTENT_LENGTH, total.to_string().as_bytes()),
            RequestFraming::Chunked => headers.push(TRANSFER_ENCODING, b"chunked"),
        }
    }
}

const CONTENT_LENGTH: &[u8] = b"Content-Length";
const TRANSFER_ENCODING: &[u8] = b"Transfer-Encoding";

/// Methods that announce nothing when there is no body (http spec 3.4; 11, traps 15 and 16).
const BODYLESS: [&[u8]; 6] = [b"GET", b"HEAD", b"OPTIONS", b"DELETE", b"TRACE", b"CONNECT"];

#[cfg(test)]
mod tests {
    use super::RequestFraming as F;
    use super::*;

    fn decide(method: &str, fields: &[(&str, &str)], total: u64, automatic: bool) -> (F, String) {
        let mut headers = Headers::new();
        for (name, value) in fields {
            headers.push(name.as_bytes(), value.as_bytes());
        }
        let framing = F::decide(method.as_bytes(), Version::HTTP_11, &headers, total, automatic);
        framing.apply(&mut headers);
        let shown = headers
            .iter()
            .map(|h| format!("{}={}", String::from_utf8_lossy(h.name()), String::from_utf8_lossy(h.value())));
        (framing, shown.collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn rows_of_spec_3_4() {
        for (method, total, framing, header) in [
            ("GET", 5, F::Length(5), "Content-Length=5"),
            ("DELETE", 5, F::Length(5), "Content-Length=5"),
            ("OPTIONS", 5, F::Length(5), "Content-Length=5"),
            ("CUSTOM", 5_000_000_000, F::Length(5_000_000_000), "Content-Length=5000000000"),
            ("POST", 0, F::Length(0), "Content-Length=0"),
            ("PUT", 0, F::Length(0), "Content-Length=0"),
            ("PROPFIND", 0, F::Length(0), "Content-Length=0"),
            ("MOVE", 0, F::Length(0), "Content-Length=0"),
            ("GET", 0, F::None, ""),
            ("get", 0, F::None, ""),
            ("HEAD", 0, F::None, ""),
            ("OPTIONS", 0, F::None, ""),
            ("DELETE", 0, F::None, ""),
            ("TRACE", 0, F::None, ""),
            ("CONNECT", 0, F::None, ""),
        ] {
            assert_eq!(decide(method, &[], total, false), (framing, header.to_string()), "{method} {total}");
        }
    }

    #[test]
    fn the_application_wins() {
        let te = ("transfer-encoding", "chunked");
        let length = ("content-length", "7");
        for total in [0, 4] {
            let (framing, shown) = decide("POST", &[te], total, true);
            assert_eq!((framing, &*shown), (F::AppTransferEncoding, "transfer-encoding=chunked"));
            let (framing, shown) = decide("GET", &[length], total, true);
            assert_eq!((framing, &*shown), (F::AppContentLength, "content-length=7"));
            let (framing, shown) = decide("POST", &[length, te], total, false);
            assert_eq!((framing, &*shown), (F::AppTransferEncoding, "transfer-encoding=chunked"));
        }
    }

    #[test]
    fn automatic_chunking_needs_http_1_1() {
        let expected = (F::Chunked, "Transfer-Encoding=chunked".to_string());
        assert_eq!(decide("POST", &[], 0, true), expected);
        assert_eq!(decide("POST", &[], 3, true).0, F::Length(3));
        let old = F::decide(b"POST", Version::HTTP_10, &Headers::new(), 0, true);
        assert_eq!(old, F::Length(0));
    }
}
