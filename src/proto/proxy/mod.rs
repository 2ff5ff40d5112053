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

    /// `scheme://host:port`.
    pub(crate) fn url(&self) -> String {
        format!("{}://{self}", self.scheme.name())
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
        let all = [ProxyScheme::Http, ProxyScheme::Https, ProxyScheme::Socks];
        all.into_iter().find(|scheme| name.eq_ignore_ascii_case(scheme.name()))
    }

    fn name(self) -> &'static str {
        match self {
            ProxyScheme::Http => "http",
            ProxyScheme::Https => "https",
            ProxyScheme::Socks => "socks",
        }
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
    use crate::proto::url::ObjectRules;
    use crate::proto::url::Url;

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

    /// Whatever is in a string, a list, a file, a variable or the registry: it is read or not, in short time.
    #[test]
    fn noise_is_read_or_not() {
        const SEEDS: [&[u8]; 6] = [
            b"http=a:1;https=https://[::1]:2 c;socks=d",
            b"<local>*.a;b:80;http://c;10.0.0.0/8;[fe80::]/10",
            b"proxy = a:1\nbypass = <local>\nscript = http://s/\ndetect = yes\n",
            b"http://us%40er:p%3aw@host:3128/path?x#y",
            b"\x46\0\0\0\x05\0\0\0\x0f\0\0\0\x04\0\0\0a:80\x07\0\0\0<local>\x03\0\0\0s:/",
            b"\x18\0\0\0\0\0\0\0\x03\0\0\0\x04\0\0\0a:80\xff\xff\xff\xff",
        ];
        let url = Url::of_request(true, Host::of_url("a.example").unwrap(), 0, &[], ObjectRules::default());
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = move |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random >> 16) as usize % below.max(1)
        };
        for round in 0..10_000 {
            let mut bytes = SEEDS[round % SEEDS.len()].to_vec();
            for _ in 0..=next(6) {
                let at = next(bytes.len());
                match next(4) {
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at, next(256) as u8),
                    2 => bytes.extend_from_within(at..),
                    _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = next(256) as u8),
                }
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Ok(proxies) = NamedProxies::parse(&text) {
                assert_eq!(proxies, NamedProxies::parse_leniently(&text));
            }
            _ = Bypass::parse(&text).holds(&url);
            _ = environment::settings(&|_| Some(text.clone())).fixed_ways(&url);
            for settings in [Some(file::settings(&bytes)), registry::connection(&bytes)].into_iter().flatten()
            {
                assert!(!settings.fixed_ways(&url).entries().is_empty());
            }
            if let Some(settings) = registry::machine(&bytes)
                .filter(|settings| settings.proxy.iter().chain(&settings.bypass).all(|text| text.is_ascii()))
            {
                assert_eq!(
                    registry::machine(&registry::machine_value(&settings)).unwrap().proxy,
                    settings.proxy
                );
            }
        }
    }

    #[test]
    fn a_list_is_never_empty() {
        assert_eq!(ProxyList::new(Vec::new()).entries(), [ProxyEntry::Direct { bypassed: false }]);
    }
}
