//! URLs: what a request is aimed at, where a redirect leads, and the two URL functions of the API.

mod code_page;
mod components;
mod crack;
mod create;
mod escape;
mod host;
mod resolve;

use std::fmt;

pub(crate) use code_page::CodePage;
pub(crate) use components::Components;
pub(crate) use components::CrackError;
pub(crate) use components::CrackFlags;
pub(crate) use components::Fill;
pub(crate) use components::Want;
pub(crate) use components::answer;
pub(crate) use create::CreateError;
pub(crate) use create::CreateFlags;
pub(crate) use create::UrlParts;
pub(crate) use create::create;
pub(crate) use escape::ObjectRules;
pub(crate) use host::Host;
pub(crate) use resolve::names_a_user;

/// Why a text is no URL of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UrlError {
    /// `INVALID_URL`.
    Invalid,
    /// Another scheme than http and https: `UNRECOGNIZED_SCHEME`.
    UnrecognizedScheme,
}

/// Where a request goes: an http or https URL, ready for the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    secure: bool,
    host: Host,
    port: u16,
    target: String,
}

impl Url {
    /// The URL of `WinHttpOpenRequest`. Port 0 is the scheme's default (http spec 1.2); `object`
    /// is escaped by the table of http spec 1.3.1 and gets its leading slash.
    pub(crate) fn of_request(secure: bool, host: Host, port: u16, object: &[u16], rules: ObjectRules) -> Url {
        Url { secure, host, port: or_default(port, secure), target: escape::object(object, rules) }
    }

    /// Whether it is of the server that the program connected to; port 0 is the scheme's default.
    pub(crate) fn is_at(&self, host: &Host, port: u16) -> bool {
        self.host.is_same(host) && self.port == or_default(port, self.secure)
    }

    /// Whether it is https.
    pub(crate) fn secure(&self) -> bool {
        self.secure
    }

    /// The host.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// The port, never "default".
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Path and query as on the request line; begins with a slash. The whole URL's text (`Display`)
    /// is the absolute form, for a proxy and for `WINHTTP_OPTION_URL`.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// The path alone.
    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// The value of `Host`: no default port, IPv6 in brackets without its scope (http spec 3.5).
    pub(crate) fn authority(&self) -> String {
        if self.port == default_port(self.secure) {
            self.host.to_string()
        } else {
            self.authority_with_port()
        }
    }

    /// The target of CONNECT: always with the port (http spec 11, trap 63).
    pub(crate) fn authority_with_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// The text of `WINHTTP_OPTION_URL`: `scheme://host[:port]/path` (http spec 1.3).
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.target)
    }
}

fn or_default(port: u16, secure: bool) -> u16 {
    if port == 0 { default_port(secure) } else { port }
}

fn default_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

/// At least one decimal digit and at most 65535.
pub(super) fn port_number(digits: impl IntoIterator<Item = u16>) -> Option<u16> {
    let mut port = None;
    for unit in digits {
        let digit = char::from_u32(unit.into())?.to_digit(10)?;
        let value = u32::from(port.unwrap_or(0)) * 10 + digit;
        port = Some(u16::try_from(value).ok()?);
    }
    port
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    #[test]
    fn text_and_authority() {
        for (secure, host, port, object, authority, text) in [
            (false, "example.org", 0, "", "example.org", "http://example.org/"),
            (true, "example.org", 0, "big", "example.org", "https://example.org/big"),
            (false, "example.org", 80, "/a?b", "example.org", "http://example.org/a?b"),
            (true, "example.org", 80, "/", "example.org:80", "https://example.org:80/"),
            (false, "example.org", 443, "/", "example.org:443", "http://example.org:443/"),
            (false, "::1234", 8080, "/", "[::1234]:8080", "http://[::1234]:8080/"),
            (true, "[fe80::1%4]", 0, "*", "[fe80::1]", "https://[fe80::1]/*"),
        ] {
            let host = Host::of_connect(&wide(host)).unwrap();
            let url = Url::of_request(secure, host, port, &wide(object), ObjectRules::default());
            assert_eq!((url.authority(), url.to_string()), (authority.into(), text.into()));
        }
    }

    #[test]
    fn whose_url_it_is() {
        let host = |name| Host::of_connect(&wide(name)).unwrap();
        let url = |secure, port| Url::of_request(secure, host("a.test"), port, &[], ObjectRules::default());
        for (secure, port, other, expected) in [
            (true, 0, 0, true),
            (true, 0, 443, true),
            (true, 443, 0, true),
            (true, 0, 80, false),
            (false, 80, 0, true),
            (true, 444, 444, true),
            (true, 444, 0, false),
        ] {
            assert_eq!(url(secure, port).is_at(&host("A.test"), other), expected, "{port} {other}");
            assert!(!url(secure, port).is_at(&host("b.test"), other));
        }
    }

    #[test]
    fn ports() {
        for (text, port) in [("0", Some(0)), ("00080", Some(80)), ("65535", Some(65535))] {
            assert_eq!(port_number(wide(text)), port);
        }
        for text in ["", "65536", "99999999999999999999", "-1", "+1", "8x", " 80", "\u{0661}"] {
            assert_eq!(port_number(wide(text)), None, "{text}");
        }
    }
}
