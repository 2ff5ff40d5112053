//! What a proxy script returns: `PROXY a:80; SOCKS b; DIRECT` (options spec 6.10, 6.6).

use crate::proto::proxy::ProxyEntry;
use crate::proto::proxy::ProxyList;
use crate::proto::proxy::ProxyScheme;
use crate::proto::proxy::ProxyServer;

/// Reads the answer. Unknown words and what is no server are skipped; when nothing is left, and for an
/// empty text, it is direct.
pub(crate) fn parse(text: &str) -> ProxyList {
    ProxyList::new(text.split(';').take(MOST).filter_map(entry).collect())
}

/// The answer as `WinHttpGetProxyForUrl` gives it: the http proxies, in their order, up to the first
/// DIRECT. None is direct.
pub(crate) fn proxies_only(list: &ProxyList) -> Vec<&ProxyServer> {
    let entries = list.entries().iter().map_while(|entry| match entry {
        ProxyEntry::Proxy(server) => Some(server),
        ProxyEntry::Direct { .. } => None,
    });
    entries.filter(|server| server.scheme == ProxyScheme::Http).collect()
}

fn entry(text: &str) -> Option<ProxyEntry> {
    let text = text.trim();
    let (word, rest) = text.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((text, ""));
    if word.eq_ignore_ascii_case("DIRECT") {
        return Some(ProxyEntry::Direct { bypassed: false });
    }
    let scheme = WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known))?.1;
    let server: String = rest.chars().filter(|c| !c.is_ascii_whitespace()).take(LONGEST + 1).collect();
    if server.len() > LONGEST {
        return None;
    }
    ProxyServer::parse(&server, scheme).map(ProxyEntry::Proxy)
}

const WORDS: [(&str, ProxyScheme); 6] = [
    ("PROXY", ProxyScheme::Http),
    ("HTTP", ProxyScheme::Http),
    ("HTTPS", ProxyScheme::Https),
    ("SOCKS", ProxyScheme::Socks),
    ("SOCKS4", ProxyScheme::Socks),
    ("SOCKS5", ProxyScheme::Socks),
];

/// Nobody tries more proxies than this.
const MOST: usize = 64;
/// No server's name and port are longer: bytes.
const LONGEST: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::h1::noise::Noise;

    fn shown(text: &str) -> String {
        let entries = parse(text).entries().to_vec();
        let show = |entry: &ProxyEntry| match entry {
            ProxyEntry::Direct { bypassed } => {
                assert!(!bypassed);
                "DIRECT".to_owned()
            }
            ProxyEntry::Proxy(server) => format!("{:?} {server}", server.scheme),
        };
        entries.iter().map(show).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn grammar() {
        for (text, expected) in [
            ("DIRECT", "DIRECT"),
            ("", "DIRECT"),
            (" ; ;", "DIRECT"),
            ("PROXY proxy:8080", "Http proxy:8080"),
            ("proxy Proxy", "Http Proxy:80"),
            ("PROXY\tproxy:8080 ", "Http proxy:8080"),
            ("PROXY a:1;PROXY b:2; DIRECT", "Http a:1; Http b:2; DIRECT"),
            (
                "HTTP a; HTTPS b; SOCKS c; SOCKS4 d:1; SOCKS5 e",
                "Http a:80; Https b:443; Socks c:1080; Socks d:1; Socks e:1080",
            ),
            ("PROXY [::1]:3128", "Http [::1]:3128"),
            ("PROXY a : 80", "Http a:80"),
            ("PROXY a:99999; PROXY b", "Http b:80"),
            ("PROXY", "DIRECT"),
            ("PROXY ;DIRECT", "DIRECT"),
            ("QUIC a:1; PROXY b:1", "Http b:1"),
            ("proxy.example.org:8080", "DIRECT"),
            ("PROXY a:1, PROXY b:1", "DIRECT"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
        assert_eq!(parse(&"PROXY a;".repeat(1000)).entries().len(), MOST);
    }

    #[test]
    fn older_function_gets_http_proxies_up_to_direct() {
        for (text, expected) in [
            ("DIRECT; PROXY a:1", ""),
            ("PROXY a:1; HTTP b; DIRECT; PROXY c", "a:1;b:80"),
            ("SOCKS s; PROXY a:1; HTTPS h; PROXY b:2", "a:1;b:2"),
            ("SOCKS s", ""),
        ] {
            let list = parse(text);
            let shown: Vec<_> = proxies_only(&list).iter().map(ToString::to_string).collect();
            assert_eq!(shown.join(";"), expected, "{text:?}");
        }
    }

    /// Whatever a script returns, there is at least one way, and servers have names and ports.
    #[test]
    fn noise_is_survived() {
        let words = [
            "PROXY", "DIRECT", "SOCKS5", ";", " ", ":", "[", "]", "::1", "a.b", "80", "\u{e9}", "\0", "://",
            "https", "/", "99999",
        ];
        let mut noise = Noise::new(6);
        for _ in 0..20_000 {
            let text: String = (0..noise.below(12)).map(|_| words[noise.below(words.len())]).collect();
            let list = parse(&text);
            assert!(!list.entries().is_empty());
            for server in proxies_only(&list) {
                assert!(server.port != 0 && !server.host.name().is_empty(), "{text:?}");
            }
        }
    }
}
