//! The proxy string of `WinHttpOpen`, `WINHTTP_OPTION_PROXY` and the system's settings: which proxy
//! serves which scheme (options spec 6.2).

use super::ProxyScheme;
use super::ProxyServer;
use super::entries;

/// A proxy string, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NamedProxies {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    of: Requests,
    server: ProxyServer,
}

/// What stands left of the `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Requests {
    All,
    Http,
    Https,
}

/// An entry that names no proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl NamedProxies {
    /// Reads a proxy string: `[scheme=][scheme://]server[:port]`, more of them after semicolons or
    /// blanks. Entries for schemes other than http and https, and SOCKS proxies, are of no use here and
    /// are left out.
    pub(crate) fn parse(text: &str) -> Result<NamedProxies, Malformed> {
        let rules = entries(text).map(rule).filter_map(Result::transpose).collect::<Result<_, _>>()?;
        Ok(NamedProxies { rules })
    }

    /// The same for settings that nobody could be told about: what cannot be read is left out.
    pub(crate) fn parse_leniently(text: &str) -> NamedProxies {
        NamedProxies { rules: entries(text).filter_map(|entry| rule(entry).ok().flatten()).collect() }
    }

    /// The proxies for http or for https (`secure`) requests. Those named for just this scheme come
    /// first, then those for all.
    pub(crate) fn of(&self, secure: bool) -> impl Iterator<Item = &ProxyServer> {
        let own = if secure { Requests::Https } else { Requests::Http };
        [own, Requests::All]
            .into_iter()
            .flat_map(|of| self.rules.iter().filter(move |rule| rule.of == of))
            .map(|rule| &rule.server)
    }
}

/// Reads one entry; `None` for one that no request of ours uses.
fn rule(entry: &str) -> Result<Option<Rule>, Malformed> {
    let (of, server) = match entry.split_once('=') {
        None => (Requests::All, entry),
        Some((scheme, server)) if scheme.eq_ignore_ascii_case("http") => (Requests::Http, server),
        Some((scheme, server)) if scheme.eq_ignore_ascii_case("https") => (Requests::Https, server),
        Some((scheme, _))
            if !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            return Ok(None);
        }
        Some(_) => return Err(Malformed),
    };
    if of != Requests::All && server.is_empty() {
        return Ok(None);
    }
    let server = ProxyServer::parse(server, ProxyScheme::Http).ok_or(Malformed)?;
    Ok((server.scheme != ProxyScheme::Socks).then_some(Rule { of, server }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str, secure: bool) -> Vec<String> {
        NamedProxies::parse(text).unwrap().of(secure).map(ToString::to_string).collect()
    }

    #[test]
    fn entries_serve_the_scheme_they_name() {
        for (text, http, https) in [
            ("a:8080", "a:8080", "a:8080"),
            ("http://a:8080", "a:8080", "a:8080"),
            ("http=a;https=b:81", "a:80", "b:81"),
            ("HTTP=a HTTPS=http://b/\t", "a:80", "b:80"),
            ("http=a:1", "a:1", ""),
            ("https=b:2;ftp=c:3;socks=d:4", "", "b:2"),
            ("c:3;https=b:2", "c:3", "b:2 c:3"),
            ("a:1;b:2 c:3", "a:1 b:2 c:3", "a:1 b:2 c:3"),
            ("socks://a:1", "", ""),
            ("https=;http=a:1", "a:1", ""),
            ("https=https://a", "", "a:443"),
            ("http=[::1]:8", "[::1]:8", ""),
            (" ;; ", "", ""),
        ] {
            assert_eq!(chosen(text, false).join(" "), http, "{text:?}");
            assert_eq!(chosen(text, true).join(" "), https, "{text:?}");
        }
    }

    #[test]
    fn one_bad_entry_spoils_a_string_that_is_read_strictly() {
        for text in ["a:99999", "good:1;bad:x", "http=bad:x", "=a:1", "ht tp://:1", "http://u:p@a:1"] {
            assert_eq!(NamedProxies::parse(text), Err(Malformed), "{text:?}");
        }
        let proxies = NamedProxies::parse_leniently("bad:x;good:1");
        assert_eq!(proxies.of(false).map(ToString::to_string).collect::<Vec<_>>(), ["good:1"]);
    }
}
