//! Whether a connection may serve another request (http spec 5.1).

use super::BodyFraming;
use super::ResponseHead;
use super::Version;
use crate::proto::headers::Headers;

/// One finished request and response on a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange<'a> {
    /// The fields of the request as sent.
    pub(crate) request: &'a Headers,
    /// The head of the final response.
    pub(crate) response: &'a ResponseHead,
    /// How its body was delimited.
    pub(crate) framing: BodyFraming,
    /// Whether the peer is a proxy that sees the request: `Proxy-Connection` counts too.
    pub(crate) through_proxy: bool,
}

impl Exchange<'_> {
    /// The part of the rule that heads decide. The caller adds: body read to its framed end (not
    /// to an early close), no surplus bytes, `WINHTTP_DISABLE_KEEP_ALIVE` not set.
    pub(crate) fn keeps_alive(&self) -> bool {
        let response = &self.response.headers;
        if self.framing == BodyFraming::UntilClose || self.response.status == 101 {
            return false;
        }
        if self.says(self.request, b"close") || self.says(response, b"close") {
            return false;
        }
        self.response.version >= Version::HTTP_11 || self.says(response, b"keep-alive")
    }

    fn says(&self, headers: &Headers, token: &[u8]) -> bool {
        headers.has_token(b"Connection", token)
            || (self.through_proxy && headers.has_token(b"Proxy-Connection", token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_spec_5_1() {
        const LENGTH: BodyFraming = BodyFraming::Length(1);
        for (request, version, response, framing, through_proxy, expected) in [
            ("Connection: Keep-Alive", 1, "", LENGTH, false, true),
            ("Connection: Keep-Alive", 1, "", BodyFraming::Chunked, false, true),
            ("Connection: Keep-Alive", 1, "", BodyFraming::None, false, true),
            ("Connection: Keep-Alive", 1, "", BodyFraming::UntilClose, false, false),
            ("Connection: Keep-Alive", 1, "Connection: close", LENGTH, false, false),
            ("Connection: Keep-Alive", 1, "connection: x, CLOSE", LENGTH, false, false),
            ("Connection: close", 1, "", LENGTH, false, false),
            ("Connection: close", 1, "Connection: keep-alive", LENGTH, false, false),
            ("Connection: Keep-Alive", 0, "", LENGTH, false, false),
            ("Connection: Keep-Alive", 0, "Connection: Keep-Alive", LENGTH, false, true),
            ("", 0, "Proxy-Connection: keep-alive", LENGTH, false, false),
            ("", 0, "Proxy-Connection: keep-alive", LENGTH, true, true),
            ("", 1, "Proxy-Connection: close", LENGTH, true, false),
            ("", 1, "Proxy-Connection: close", LENGTH, false, true),
            ("", 7, "", LENGTH, false, true),
        ] {
            let fields = |line: &str| {
                let mut headers = Headers::new();
                if let Some((name, value)) = line.split_once(": ") {
                    headers.push(name.as_bytes(), value.as_bytes());
                }
                headers
            };
            let version = Version::parse(format!("HTTP/1.{version}").as_bytes()).unwrap();
            let head = ResponseHead { version, status: 200, reason: Vec::new(), headers: fields(response) };
            let request_fields = fields(request);
            let exchange = Exchange { request: &request_fields, response: &head, framing, through_proxy };
            assert_eq!(exchange.keeps_alive(), expected, "{request:?} {version} {response:?} {framing:?}");
        }
    }
}
