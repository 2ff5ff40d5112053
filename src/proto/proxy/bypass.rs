//! The bypass list: which servers are reached without the proxy (options spec 6.2).

use std::net::IpAddr;

use super::entries;
use crate::proto::url::Url;
use crate::proto::url::port_number;
use crate::proto::wildcard::is_like;

/// A bypass list, read. Matching looks at the name as the application gave it; nothing is resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bypass {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// Only http, or only https.
    secure: Option<bool>,
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    /// `<local>`: every name without a dot.
    Local,
    /// In lower case, IPv6 in brackets; `*` is any run of characters.
    Like(String),
    /// The addresses that begin with so many bits of this one. `no_proxy` has this form, WinHTTP's own
    /// lists do not.
    Network(IpAddr, u32),
}

impl Bypass {
    /// Reads a list. Nothing is wrong in one: what cannot be a server's name matches none.
    pub(crate) fn parse(text: &str) -> Bypass {
        let mut list = Vec::new();
        for mut text in entries(text) {
            // `<local>` may stick to the next entry (options spec 6.2).
            while let Some((mark, rest)) = leading_mark(text) {
                if mark.eq_ignore_ascii_case("<local>") {
                    list.push(Entry { secure: None, hosts: Hosts::Local, port: None });
                }
                text = rest;
            }
            if !text.is_empty() {
                list.push(entry(text));
            }
        }
        Bypass { entries: list }
    }

    /// Whether the URL's server is on the list.
    pub(crate) fn holds(&self, url: &Url) -> bool {
        let host = url.host().to_string().to_ascii_lowercase();
        self.entries.iter().any(|entry| {
            entry.secure.is_none_or(|secure| secure == url.secure())
                && entry.port.is_none_or(|port| port == url.port())
                && match &entry.hosts {
                    Hosts::Local => !host.contains('.') && !url.host().is_ipv6(),
                    Hosts::Like(pattern) => is_like(pattern.as_bytes(), host.as_bytes(), b'*', None),
                    Hosts::Network(network, bits) => {
                        url.host().name().parse().is_ok_and(|address| same_network(*network, address, *bits))
                    }
                }
        })
    }
}

/// `<local>` and other words in angle brackets, such as `<-loopback>`, which has nothing to undo here:
/// addresses of this machine are proxied like others.
fn leading_mark(text: &str) -> Option<(&str, &str)> {
    if !text.starts_with('<') {
        return None;
    }
    text.split_at_checked(text.find('>')? + 1)
}

fn entry(text: &str) -> Entry {
    let (secure, rest) = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Some(false), rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Some(true), rest),
        _ => (None, text),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if let Some((network, bits)) = network(rest) {
        return Entry { secure, hosts: Hosts::Network(network, bits), port: None };
    }
    // An IPv6 address without brackets has colons, but no port.
    let bare_ipv6 = rest.matches(':').nth(1).is_some() && !rest.starts_with('[');
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, digits)) if !bare_ipv6 && !host.is_empty() => match port_number(digits.encode_utf16()) {
            Some(port) => (host, Some(port)),
            None => (rest, None),
        },
        _ => (rest, None),
    };
    let host = if bare_ipv6 { format!("[{host}]") } else { host.to_owned() };
    Entry { secure, hosts: Hosts::Like(host.to_ascii_lowercase()), port }
}

fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = text.split_once('/')?;
    let address: IpAddr = address.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let bits: u32 = bits.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    (bits <= most).then_some((address, bits))
}

fn same_network(a: IpAddr, b: IpAddr, bits: u32) -> bool {
    match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::url::Host;
    use crate::proto::url::ObjectRules;

    fn holds(list: &str, url: &str) -> bool {
        let (scheme, host) = url.split_once("://").unwrap();
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().unwrap()),
            _ => (host, 0),
        };
        let host = Host::of_connect(&host.encode_utf16().collect::<Vec<_>>()).unwrap();
        let url = Url::of_request(scheme == "https", host, port, &[], ObjectRules::default());
        Bypass::parse(list).holds(&url)
    }

    #[test]
    fn rows_of_spec_6_2() {
        for (list, url, expected) in [
            ("", "http://a", false),
            ("example.org", "http://EXAMPLE.org:81", true),
            ("example.org", "http://www.example.org", false),
            ("*.example.org", "https://www.example.org", true),
            ("*.example.org", "https://example.org", false),
            (".example.org", "http://www.example.org", false),
            ("*example.org", "http://example.org", true),
            ("*foo*", "http://a.foo.b", true),
            ("10.*", "http://10.1.2.3", true),
            ("10.*", "http://110.1.2.3", false),
            ("1*2*3", "http://1.2.2.3", true),
            ("*", "http://anything", true),
            ("a:81", "http://a:81", true),
            ("a:81", "http://a", false),
            ("a:80", "http://a", true),
            ("http://a", "http://a:5", true),
            ("http://a", "https://a", false),
            ("https://a:443/", "https://a", true),
            ("<local>", "http://intranet", true),
            ("<local>", "http://a.b", false),
            ("<LOCAL>", "http://intranet", true),
            ("<local>", "http://[::1]", false),
            ("<local>bar.org", "http://bar.org", true),
            ("<local>bar.org", "http://x", true),
            ("<-loopback>;x.y", "http://127.0.0.1", false),
            ("<-loopback>;x.y", "http://x.y", true),
            ("a.b;c.d\te.f\r\ng.h", "http://g.h", true),
            ("a.b c.d", "http://c.d", true),
            ("127.0.0.1", "http://localhost", false),
            ("localhost", "http://localhost:99", true),
            ("[::1]", "http://[::1]:8", true),
            ("::1", "http://[::1]", true),
            ("[::1]:80", "http://[::1]:8", false),
            ("[::1]:8", "http://[::1]:8", true),
            ("10.0.0.0/8", "http://10.9.8.7", true),
            ("10.0.0.0/8", "http://11.9.8.7", false),
            ("0.0.0.0/0", "http://1.2.3.4", true),
            ("fe80::/10", "http://[fe80::1]", true),
            ("10.0.0.0/33", "http://10.0.0.0", false),
            ("10.0.0.0/8", "http://ten.example.org", false),
            ("<", "http://a", false),
            ("<>", "http://a", false),
            (":80", "http://a", false),
            ("a:", "http://a", false),
            ("a:99999", "http://a", false),
        ] {
            assert_eq!(holds(list, url), expected, "{list:?} {url}");
        }
    }

    /// Each star could be tried at each place; the time must not grow with their power.
    #[test]
    fn many_stars_take_no_time() {
        let list = "*a".repeat(200) + "b";
        assert!(!holds(&list, &format!("http://{}", "a".repeat(2000))));
    }
}
