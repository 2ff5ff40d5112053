//! Proxies as values: what leads to a server, the texts that name proxies and what goes past them.
//!
//! - `named.rs` the proxy string: which proxy for which scheme
//! - `bypass.rs` the bypass list: what needs no proxy
//! - `settings.rs` what a system knows; `registry.rs`, `file.rs` and `environment.rs` how it keeps that

mod bypass;
pub(crate) mod environment;
pub(crate) mod file;
mod named;
pub(crate) mod registry;
mod settings;

use std::fmt;

pub(crate) use bypass::Bypass;
pub(crate) use named::NamedProxies;
pub(crate) use settings::Credentials;
pub(crate) use settings::ProxySettings;

use crate::proto::url::Host;
use crate::proto::url::port_number;

/// The ways to a server, to be tried in their order. There is always at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProxyList {
    entries: Vec<ProxyEntry>,
}

/// One way to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ProxyEntry {
    /// Without a proxy. `bypassed`: there is one, but the server is on the bypass list.
    Direct { bypassed: bool },
    /// Through this one.
    Proxy(ProxyServer),
}

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ProxyServer {
    pub(crate) scheme: ProxyScheme,
    pub(crate) host: Host,
    pub(crate) port: u16,
}

/// What is spoken with a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ProxyScheme {
    Http,
    /// HTTP over TLS.
    Https,
    Socks,
}

impl ProxyList {
    /// No proxy.
    pub(crate) fn direct() -> ProxyList {
        ProxyEntry::Direct { bypassed: false }.into()
    }

    /// These ways; none at all means direct.
    pub(crate) fn new(entries: Vec<ProxyEntry>) -> ProxyList {
        if entries.is_empty() { ProxyList::direct() } else { ProxyList { entries } }
    }

    pub(crate) fn entries(&self) -> &[ProxyEntry] {
        &self.entries
    }
}

impl From<ProxyEntry> for ProxyList {
    fn from(entry: ProxyEntry) -> ProxyList {
        ProxyList { entries: vec![entry] }
    }
}

impl ProxyServer {
    /// Reads `[scheme://]host[:port][/]`. Without a scheme it is `scheme`, without a port that of the
    /// scheme: 80, 443, 1080. An IPv6 address stands in brackets. `None` for anything else.
    pub(crate) fn parse(text: &str, scheme: ProxyScheme) -> Option<ProxyServer> {
        let (scheme, rest) = match text.split_once("://") {
            Some((name, rest)) => (ProxyScheme::named(name)?, rest),
            None => (scheme, text),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, digits)) if !digits.ends_with(']') => (host, port_number(digits.encode_utf16())?),
            _ => (rest, scheme.default_port()),
        };
        if port == 0 {
            return None;
        }
        Some(ProxyServer { scheme, host: Host::of_url(host).ok()?, port })
    }
}

/// As in the result of a proxy script: `host:port`.
impl fmt::Display for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl ProxyScheme {
    /// `http`, `https` or `socks` in any case.
    fn named(name: &str) -> Option<ProxyScheme> {
        let known =
            [("http", ProxyScheme::Http), ("https", ProxyScheme::Https), ("socks", ProxyScheme::Socks)];
        known.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, scheme)| *scheme)
    }

    pub(crate) fn default_port(self) -> u16 {
        match self {
            ProxyScheme::Http => 80,
            ProxyScheme::Https => 443,
            ProxyScheme::Socks => 1080,
        }
    }
}

/// The entries of a proxy string or a bypass list: semicolons or blanks separate them.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ';' || c.is_ascii_whitespace()).filter(|entry| !entry.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers() {
        for (text, shown, scheme) in [
            ("proxy", "proxy:80", ProxyScheme::Http),
            ("proxy:3128", "proxy:3128", ProxyScheme::Http),
            ("HTTP://Proxy:3128/", "Proxy:3128", ProxyScheme::Http),
            ("https://proxy", "proxy:443", ProxyScheme::Https),
            ("socks://proxy", "proxy:1080", ProxyScheme::Socks),
            ("127.0.0.1:8", "127.0.0.1:8", ProxyScheme::Http),
            ("[::1]", "[::1]:80", ProxyScheme::Http),
            ("http://[::1]:8080/", "[::1]:8080", ProxyScheme::Http),
        ] {
            let server = ProxyServer::parse(text, ProxyScheme::Http).unwrap();
            assert_eq!((server.to_string().as_str(), server.scheme), (shown, scheme), "{text}");
        }
        for text in [
            "",
            ":",
            ":80",
            "proxy:",
            "proxy:x",
            "proxy:65536",
            "proxy:0",
            "proxy:80:80",
            "::1",
            "[::1",
            "[::1]x:1",
            "http://",
            "ftp://proxy",
            "http://user:password@proxy",
            "http://proxy/path",
            "pro xy",
            "pr\u{f6}xy",
            "a\0b",
        ] {
            assert_eq!(ProxyServer::parse(text, ProxyScheme::Http), None, "{text:?}");
        }
    }

    #[test]
    fn a_list_is_never_empty() {
        assert_eq!(ProxyList::new(Vec::new()).entries(), [ProxyEntry::Direct { bypassed: false }]);
    }
}
