//! The environment variables that programs on Unix take proxies from (options spec 6.11).

use super::ProxyScheme;
use super::ProxyServer;
use super::ProxySettings;
use crate::proto::auth::Credentials;

/// The settings of `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, each also in capitals. An empty
/// variable is none; one that cannot be used is left out.
pub(crate) fn settings(variable: &dyn Fn(&str) -> Option<String>) -> ProxySettings {
    let either = |name: &str| {
        let capitals = name.to_ascii_uppercase();
        // In a CGI program HTTP_PROXY is what a client put into a header named Proxy.
        let forged = name == "http_proxy" && variable("REQUEST_METHOD").is_some();
        let found = variable(name).or_else(|| if forged { None } else { variable(&capitals) });
        found.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let mut proxies = Vec::new();
    let mut credentials = Vec::new();
    for scheme in ["http", "https"] {
        let text = either(&format!("{scheme}_proxy")).or_else(|| either("all_proxy"));
        let Some((server, login)) = text.as_deref().and_then(proxy) else { continue };
        let to_proxy = if server.scheme == ProxyScheme::Https { "https://" } else { "" };
        proxies.push(format!("{scheme}={to_proxy}{server}"));
        if let Some(login) = login {
            credentials.push((server, login));
        }
    }
    let bypass = either("no_proxy").map(|list| bypass(&list)).unwrap_or_default();
    if proxies.is_empty() {
        return ProxySettings::default();
    }
    ProxySettings { credentials, ..ProxySettings::default() }.with_fixed(proxies.join(";"), bypass)
}

/// `[scheme://][user:password@]host[:port][/...]`.
fn proxy(text: &str) -> Option<(ProxyServer, Option<Credentials>)> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (login, server) = match authority.rsplit_once('@') {
        Some((login, server)) => (Some(login), server),
        None => (None, authority),
    };
    let server = ProxyServer::parse(&format!("{scheme}://{server}"), ProxyScheme::Http)
        .filter(|server| server.scheme != ProxyScheme::Socks);
    if server.is_none() {
        log::warn!("a proxy variable of the environment names none that can be used");
    }
    let login = login.map(|login| {
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        Credentials { user: unescape(user), password: unescape(password) }
    });
    server.map(|server| (server, login))
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = || {
            let digits = std::str::from_utf8(after.get(..2).filter(|_| byte == b'%')?).ok()?;
            u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))
        };
        match escaped() {
            Some(escaped) => {
                bytes.push(escaped);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `no_proxy` as a bypass list: a name stands for its subdomains, too.
fn bypass(list: &str) -> String {
    let entries = list.split(|c: char| c == ',' || c == ';' || c.is_ascii_whitespace());
    let mut bypass: Vec<String> = Vec::new();
    for entry in entries.filter(|entry| !entry.is_empty()) {
        let host = entry.rsplit_once(':').map_or(entry, |(host, _)| host);
        let is_address = entry.contains(['[', '/'])
            || entry.matches(':').count() > 1
            || host.parse::<std::net::Ipv4Addr>().is_ok();
        match entry.strip_prefix('.') {
            _ if is_address || entry.contains(['*', '<']) => bypass.push(entry.to_owned()),
            Some(domain) => bypass.extend([domain.to_owned(), format!("*.{domain}")]),
            None => bypass.extend([entry.to_owned(), format!("*.{entry}")]),
        }
    }
    bypass.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> ProxySettings {
        settings(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn proxies() {
        for (variables, expected) in [
            (&[][..], None),
            (&[("http_proxy", "")], None),
            (&[("http_proxy", "h:3128")], Some("http=h:3128")),
            (&[("http_proxy", "http://h:3128/")], Some("http=h:3128")),
            (&[("http_proxy", "HTTP://h/path?x#y")], Some("http=h:80")),
            (&[("HTTP_PROXY", "h:1")], Some("http=h:1")),
            (&[("HTTP_PROXY", "h:1"), ("REQUEST_METHOD", "GET")], None),
            (&[("http_proxy", "h:1"), ("REQUEST_METHOD", "GET")], Some("http=h:1")),
            (&[("http_proxy", "h:1"), ("HTTP_PROXY", "i:1")], Some("http=h:1")),
            (&[("https_proxy", "h:1"), ("HTTP_PROXY", "i:1")], Some("http=i:1;https=h:1")),
            (&[("ALL_PROXY", "h:1")], Some("http=h:1;https=h:1")),
            (&[("all_proxy", "a:1"), ("https_proxy", "h:1")], Some("http=a:1;https=h:1")),
            (&[("all_proxy", "socks5://a:1"), ("https_proxy", "h:1")], Some("https=h:1")),
            (&[("http_proxy", "https://h")], Some("http=https://h:443")),
            (&[("http_proxy", "[::1]:8")], Some("http=[::1]:8")),
            (&[("http_proxy", "socks://h"), ("all_proxy", "a:1")], Some("https=a:1")),
            (&[("http_proxy", "h:port")], None),
            (&[("http_proxy", "://")], None),
            (&[("http_proxy", "\u{fc}:1")], None),
        ] {
            assert_eq!(of(variables).proxy.as_deref(), expected, "{variables:?}");
        }
    }

    #[test]
    fn credentials_are_kept_apart() {
        let settings = of(&[("http_proxy", "http://us%40er:p%3aw:x@h:3128/"), ("https_proxy", "u@i:1")]);
        assert_eq!(settings.proxy.as_deref(), Some("http=h:3128;https=i:1"));
        let shown: Vec<_> = settings
            .credentials
            .iter()
            .map(|(server, login)| format!("{server} {} {}", login.user, login.password))
            .collect();
        assert_eq!(shown, ["h:3128 us@er p:w:x", "i:1 u "]);
        assert!(!format!("{settings:?}").contains("p:w"));
    }

    #[test]
    fn what_goes_without_a_proxy() {
        for (list, expected) in [
            ("", None),
            ("*", Some("*")),
            ("localhost", Some("localhost;*.localhost")),
            (".example.org, b.c:8", Some("example.org;*.example.org;b.c:8;*.b.c:8")),
            ("127.0.0.1 10.0.0.0/8,::1,[::1]:8", Some("127.0.0.1;10.0.0.0/8;::1;[::1]:8")),
            ("1.2.3.4:80", Some("1.2.3.4:80")),
            ("*.a.b,<local>", Some("*.a.b;<local>")),
            (" , ,", None),
        ] {
            assert_eq!(
                of(&[("http_proxy", "h:1"), ("no_proxy", list)]).bypass.as_deref(),
                expected,
                "{list:?}"
            );
        }
        assert_eq!(of(&[("no_proxy", "a")]), ProxySettings::default());
    }
}
