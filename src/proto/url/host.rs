//! Host names and IPv6 literals.

use std::fmt;
use std::net::Ipv6Addr;

use super::UrlError;

/// A name, an IPv4 or an IPv6 address, in the caller's spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Host {
    name: String,
    scope: Option<String>,
    is_ipv6: bool,
}

impl Host {
    /// The server name of `WinHttpConnect` (http spec 1.2): a name, or an IPv6 literal with or
    /// without brackets and with or without a scope. Empty, with a scheme, a port, blanks or
    /// anything else no host name has: [`UrlError::Invalid`]. International names are
    /// Punycode by now.
    pub(crate) fn of_connect(text: &[u16]) -> Result<Host, UrlError> {
        let text = ascii(text).ok_or(UrlError::Invalid)?;
        if text.matches(':').nth(1).is_some() && !text.starts_with('[') {
            return ipv6(&text);
        }
        Host::of_url(&text)
    }

    /// The host part of a URL: IPv6 only in brackets (RFC 3986 3.2.2).
    pub(in crate::proto) fn of_url(text: &str) -> Result<Host, UrlError> {
        if let Some(rest) = text.strip_prefix('[') {
            return ipv6(rest.strip_suffix(']').ok_or(UrlError::Invalid)?);
        }
        let good = |byte: u8| byte.is_ascii_alphanumeric() || NAME_MARKS.contains(&byte);
        if text.is_empty() || !text.bytes().all(good) {
            return Err(UrlError::Invalid);
        }
        Ok(Host { name: text.to_owned(), scope: None, is_ipv6: false })
    }

    /// Without brackets and scope: what a certificate is checked against.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Without brackets, with the scope: what is resolved.
    pub(crate) fn dial_name(&self) -> String {
        match &self.scope {
            Some(scope) => format!("{}%{scope}", self.name),
            None => self.name.clone(),
        }
    }

    /// Whether it is an IPv6 literal.
    pub(crate) fn is_ipv6(&self) -> bool {
        self.is_ipv6
    }

    /// Whether both name the same host; case is ignored.
    pub(crate) fn is_same(&self, other: &Host) -> bool {
        self.name.eq_ignore_ascii_case(&other.name) && self.scope == other.scope
    }
}

/// As in `Host` and in URLs: IPv6 in brackets, scope removed (http spec 3.5).
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ipv6 { write!(f, "[{}]", self.name) } else { f.write_str(&self.name) }
    }
}

fn ipv6(text: &str) -> Result<Host, UrlError> {
    let (address, scope) = match text.split_once('%') {
        Some((address, scope)) => (address, Some(scope)),
        None => (text, None),
    };
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let good_scope = scope.is_none_or(|scope| !scope.is_empty() && scope.bytes().all(good));
    if !good_scope || address.parse::<Ipv6Addr>().is_err() {
        return Err(UrlError::Invalid);
    }
    Ok(Host { name: address.to_owned(), scope: scope.map(str::to_owned), is_ipv6: true })
}

fn ascii(text: &[u16]) -> Option<String> {
    text.iter().map(|&unit| u8::try_from(unit).ok().filter(u8::is_ascii).map(char::from)).collect()
}

/// What a registered name may have beside letters and digits (RFC 3986 3.2.2, no escapes).
const NAME_MARKS: &[u8] = b"-._~!$&'()*+,;=";

#[cfg(test)]
mod tests {
    use super::super::tests::wide;
    use super::*;

    #[test]
    fn names_and_literals() {
        for (text, name, dial, shown) in [
            ("example.org", "example.org", "example.org", "example.org"),
            ("EXAMPLE.org.", "EXAMPLE.org.", "EXAMPLE.org.", "EXAMPLE.org."),
            ("under_score-1", "under_score-1", "under_score-1", "under_score-1"),
            ("127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"),
            ("::1", "::1", "::1", "[::1]"),
            ("[::1]", "::1", "::1", "[::1]"),
            ("[::ffff:1.2.3.4]", "::ffff:1.2.3.4", "::ffff:1.2.3.4", "[::ffff:1.2.3.4]"),
            ("[fe80::1%4]", "fe80::1", "fe80::1%4", "[fe80::1]"),
            ("fe80::1%eth0", "fe80::1", "fe80::1%eth0", "[fe80::1]"),
        ] {
            let host = Host::of_connect(&wide(text)).unwrap();
            assert_eq!((host.name(), &*host.dial_name(), &*host.to_string()), (name, dial, shown));
            assert_eq!(host.is_ipv6(), shown.starts_with('['));
        }
    }

    #[test]
    fn the_same_host() {
        let host = |text| Host::of_connect(&wide(text)).unwrap();
        assert!(host("Example.org").is_same(&host("example.ORG")));
        assert!(host("[::1]").is_same(&host("::1")));
        assert!(!host("example.org").is_same(&host("example.com")));
        assert!(!host("fe80::1%1").is_same(&host("fe80::1%2")));
    }

    #[test]
    fn what_is_no_host() {
        for text in [
            "",
            " ",
            "a b",
            "a\tb",
            "http://host",
            "host/",
            "/host",
            "host:80",
            "host:",
            "user@host",
            "a\\b",
            "a?b",
            "a#b",
            "a%20b",
            "a<b",
            "a\"b",
            "[::1",
            "::1]",
            "[::1]:80",
            "[]",
            "[host]",
            "[1.2.3.4]",
            "1::2::3",
            "[fe80::1%]",
            "fe80::1%a b",
            "fe80::1%a]",
            "[::1]x",
            "münchen.de",
            "a\0b",
            "a\r\nb",
            "x[::1]",
        ] {
            assert_eq!(Host::of_connect(&wide(text)), Err(UrlError::Invalid), "{text:?}");
        }
        assert_eq!(Host::of_url("::1"), Err(UrlError::Invalid));
    }
}
