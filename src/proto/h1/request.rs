//! The head of a request, serialised in WinHTTP's canonical order (http spec 3.5).

use super::Version;
use super::raw;
use crate::proto::headers::Header;
use crate::proto::headers::Headers;
use crate::proto::headers::is_token;
use crate::proto::headers::narrow;

/// One leg's request head. The parts must be free of CR and LF: `method` comes from [`request_method`],
/// the target from `proto::url`, and [`Headers`] lets no line ends in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestHead<'a> {
    /// The verb as the application spelled it.
    pub(crate) method: &'a [u8],
    /// Origin form, or absolute form through a proxy, or authority form for CONNECT.
    pub(crate) target: &'a str,
    /// The version the application asked for.
    pub(crate) version: Version,
    /// All fields, Host and framing included, in the order they were added.
    pub(crate) headers: &'a Headers,
}

impl RequestHead<'_> {
    /// Appends the wire form.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        raw::with_crlf(out, &self.start_line(), in_wire_order(self.headers).into_iter());
    }

    /// `RAW_HEADERS_CRLF` with the request flag: the wire form (http spec 4.5).
    pub(crate) fn raw_crlf(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// `RAW_HEADERS` with the request flag: NUL after every line; the terminator is not included.
    pub(crate) fn raw_nul(&self) -> Vec<u8> {
        let mut out = Vec::new();
        raw::with_nul(&mut out, &self.start_line(), in_wire_order(self.headers).into_iter());
        out
    }

    fn start_line(&self) -> Vec<u8> {
        [self.method, b" ", self.target.as_bytes(), b" ", self.version.to_string().as_bytes()].concat()
    }
}

/// The verb of `WinHttpOpenRequest` (http spec 1.3): absent or empty means `GET`, the case is kept;
/// `None` when it is no token.
pub(crate) fn request_method(text: &[u16]) -> Option<Vec<u8>> {
    if text.is_empty() {
        return Some(b"GET".to_vec());
    }
    narrow(text).filter(|name| is_token(name))
}

/// Known fields in the order of the http.sys enumeration, then the others as added, then
/// Content-Length, then Host. Fields of one name keep their order.
fn in_wire_order(headers: &Headers) -> Vec<&Header> {
    let mut ordered: Vec<&Header> = headers.iter().collect();
    ordered.sort_by_cached_key(|header| rank(header.name()));
    ordered
}

fn rank(name: &[u8]) -> usize {
    if name.eq_ignore_ascii_case(b"Host") {
        return usize::MAX;
    }
    if name.eq_ignore_ascii_case(b"Content-Length") {
        return usize::MAX - 1;
    }
    KNOWN.iter().position(|known| name.eq_ignore_ascii_case(known.as_bytes())).unwrap_or(KNOWN.len())
}

const KNOWN: [&str; 38] = [
    "Cache-Control",
    "Connection",
    "Date",
    "Keep-Alive",
    "Pragma",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Via",
    "Warning",
    "Allow",
    "Content-Type",
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Content-MD5",
    "Content-Range",
    "Expires",
    "Last-Modified",
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Cookie",
    "Expect",
    "From",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Max-Forwards",
    "Proxy-Authorization",
    "Referer",
    "Range",
    "TE",
    "User-Agent",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names_on_the_wire(given: &[&str]) -> String {
        let mut headers = Headers::new();
        for name in given {
            headers.push(name.as_bytes(), b"x");
        }
        let shown = |h: &&Header| String::from_utf8_lossy(h.name()).into_owned();
        in_wire_order(&headers).iter().map(shown).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn captured_orders_of_spec_3_5() {
        for expected in [
            "Connection, Accept, User-Agent, Host",
            "Cache-Control, Connection, Pragma, Accept, User-Agent, Host",
            "Connection, Accept, If-Modified-Since, User-Agent, Host",
            "Connection, Accept, Accept-Encoding, User-Agent, Host",
            "Cache-Control, Connection, Pragma, Content-Type, Accept-Encoding, User-Agent, SOAPAction, X-Custom, \
             Content-Length, Host",
            "Connection, Content-Type, Authorization, User-Agent, Content-Length, Host",
            "Connection, User-Agent, Depth, translate, Content-Length, Host",
            "Connection, Content-Type, Content-Length, Host",
        ] {
            let given: Vec<&str> = expected.split(", ").collect();
            assert_eq!(names_on_the_wire(&given), expected);
            // Unknown names keep their order, the rest may come in any.
            let (unknown, mut known): (Vec<&str>, Vec<&str>) =
                given.iter().partition(|name| rank(name.as_bytes()) == KNOWN.len());
            known.reverse();
            assert_eq!(names_on_the_wire(&[known, unknown].concat()), expected);
        }
    }

    #[test]
    fn spelling_duplicates_and_empty_values_are_kept() {
        let mut headers = Headers::new();
        for (name, value) in
            [("b", "1"), ("HOST", "h"), ("accept", "x"), ("A", ""), ("b", "2"), ("Accept", "y")]
        {
            headers.push(name.as_bytes(), value.as_bytes());
        }
        let head =
            RequestHead { method: b"get", target: "/a?b", version: Version::HTTP_10, headers: &headers };
        let lines = ["get /a?b HTTP/1.0", "accept: x", "Accept: y", "b: 1", "A: ", "b: 2", "HOST: h"];
        assert_eq!(String::from_utf8(head.raw_crlf()).unwrap(), lines.join("\r\n") + "\r\n\r\n");
        assert_eq!(String::from_utf8(head.raw_nul()).unwrap(), lines.join("\0") + "\0");
    }

    /// Websocket spec, trap 44: a strict test server searches case-sensitively in 255 bytes.
    #[test]
    fn websocket_handshake_is_compact_and_spelled_exactly() {
        let mut headers = Headers::new();
        headers.push(b"Connection", b"Upgrade");
        headers.push(b"Upgrade", b"websocket");
        headers.push(b"User-Agent", b"winhttp test");
        headers.push(b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ==");
        headers.push(b"Sec-WebSocket-Version", b"13");
        headers.push(b"Host", b"localhost:65535");
        let head = RequestHead { method: b"GET", target: "/", version: Version::HTTP_11, headers: &headers };
        let wire = String::from_utf8(head.raw_crlf()).unwrap();
        assert!(wire.len() <= 255);
        for text in [
            "Connection: Upgrade\r\n",
            "Upgrade: websocket\r\n",
            "Sec-WebSocket-Key: dGhl",
            "Sec-WebSocket-Version: 13\r\n",
            "Host: localhost:65535\r\n\r\n",
        ] {
            assert!(wire.contains(text), "{text}");
        }
    }

    #[test]
    fn methods() {
        let wide = |text: &str| request_method(&text.encode_utf16().collect::<Vec<u16>>());
        assert_eq!(wide(""), Some(b"GET".to_vec()));
        assert_eq!(wide("pRopfind"), Some(b"pRopfind".to_vec()));
        for bad in ["GET /", "A\r\nB", "Ж", "ä"] {
            assert_eq!(wide(bad), None, "{bad:?}");
        }
    }
}
