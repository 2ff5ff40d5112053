//! A session's cookies (http spec 7, RFC 6265): in memory only, newest first.
//!
//! No clock here: the caller says what time it is, in seconds since 1970.

use crate::proto::date::Date;
use crate::proto::headers::trim;
use crate::proto::url::Url;

/// The cookies of one session.
#[derive(Debug, Default)]
pub(crate) struct Jar {
    /// The one stored last comes first, which is also the order of sending.
    list: Vec<Cookie>,
}

#[derive(Debug)]
struct Cookie {
    /// Case counts.
    name: Vec<u8>,
    value: Vec<u8>,
    /// Lower case, without a leading dot.
    domain: String,
    /// Only for this very host: it came without `Domain`.
    host_only: bool,
    path: String,
    secure: bool,
    /// None: as long as the session.
    expires: Option<u64>,
}

impl Jar {
    /// No cookies.
    pub(crate) const fn new() -> Jar {
        Jar { list: Vec::new() }
    }

    /// Takes in one `Set-Cookie` of a response from `url`. What is no cookie, or not for this server to
    /// set, is ignored.
    pub(crate) fn store(&mut self, url: &Url, set_cookie: &[u8], now: u64) {
        let Some(cookie) = Cookie::parse(url, set_cookie, now) else { return };
        self.list.retain(|old| !old.is_replaced_by(&cookie) && !old.has_expired(now));
        if !cookie.has_expired(now) {
            self.list.truncate(MOST - 1);
            self.list.insert(0, cookie);
        }
    }

    /// Removes what would go to `url`.
    pub(crate) fn forget(&mut self, url: &Url) {
        self.list.retain(|cookie| !cookie.is_for(url));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The value of `Cookie` for a request to `url`.
    pub(crate) fn header(&self, url: &Url, now: u64) -> Option<Vec<u8>> {
        let wanted = self.list.iter().filter(|cookie| !cookie.has_expired(now) && cookie.is_for(url));
        let pairs: Vec<Vec<u8>> = wanted.map(Cookie::pair).collect();
        (!pairs.is_empty()).then(|| pairs.join(&b"; "[..]))
    }
}

impl Cookie {
    fn parse(url: &Url, text: &[u8], now: u64) -> Option<Cookie> {
        let mut parts = text.split(|&byte| byte == b';');
        let (name, value) = pair(parts.next()?);
        let value = value?;
        if name.is_empty() {
            return None;
        }
        let host = url.host().name().to_ascii_lowercase();
        let mut cookie = Cookie {
            name: name.to_vec(),
            value: value.to_vec(),
            domain: host.clone(),
            host_only: true,
            path: directory(url.path()).to_owned(),
            secure: false,
            expires: None,
        };
        let mut max_age = None;
        for (name, value) in parts.map(pair) {
            let value = String::from_utf8_lossy(value.unwrap_or_default());
            match &name.to_ascii_lowercase()[..] {
                b"domain" => {
                    let domain = value.strip_prefix('.').unwrap_or(&value).to_ascii_lowercase();
                    if domain.is_empty() {
                        continue;
                    }
                    // A domain that others share as a parent needs a dot: nobody sets cookies for all of `com`.
                    if domain != host && !(domain.contains('.') && is_below(&host, &domain)) {
                        return None;
                    }
                    (cookie.domain, cookie.host_only) = (domain, false);
                }
                b"path" if value.starts_with('/') => cookie.path = value.into_owned(),
                b"secure" => cookie.secure = true,
                b"max-age" => max_age = value.parse::<i64>().ok().or(max_age),
                b"expires" => {
                    let date = Date::parse(value.as_bytes());
                    cookie.expires = date.map(|date| date.since_1970()).or(cookie.expires);
                }
                _ => {}
            }
        }
        if let Some(seconds) = max_age {
            cookie.expires = Some(now.saturating_add_signed(seconds.max(0)));
        }
        Some(cookie)
    }

    fn is_replaced_by(&self, other: &Cookie) -> bool {
        self.name == other.name && self.domain == other.domain && self.path == other.path
    }

    fn has_expired(&self, now: u64) -> bool {
        self.expires.is_some_and(|at| at <= now)
    }

    fn is_for(&self, url: &Url) -> bool {
        let host = url.host().name().to_ascii_lowercase();
        let host_matches = host == self.domain || !self.host_only && is_below(&host, &self.domain);
        host_matches && (!self.secure || url.secure()) && covers(&self.path, url.path())
    }

    fn pair(&self) -> Vec<u8> {
        [&self.name[..], b"=", &self.value].concat()
    }
}

/// `name = value`, blanks removed; no value without `=`.
fn pair(part: &[u8]) -> (&[u8], Option<&[u8]>) {
    match part.iter().position(|&byte| byte == b'=') {
        Some(at) => (trim(&part[..at]), Some(trim(&part[at + 1..]))),
        None => (trim(part), None),
    }
}

/// Whether `host` is a name below `domain`. Addresses are below nothing.
fn is_below(host: &str, domain: &str) -> bool {
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    !is_address && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// The default path: up to the last slash, which counts only as the first character (RFC 6265 5.1.4).
fn directory(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

/// RFC 6265 5.1.4.
fn covers(cookie: &str, path: &str) -> bool {
    let Some(rest) = path.strip_prefix(cookie) else { return false };
    rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/')
}

/// How many cookies a session keeps; the oldest go first. A server could fill the memory otherwise.
const MOST: usize = 3000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::url::Host;
    use crate::proto::url::ObjectRules;

    const NOW: u64 = 1_800_000_000;

    fn url(text: &str) -> Url {
        let (scheme, rest) = text.split_once("://").unwrap();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let wide = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        let host = Host::of_connect(&wide(host)).unwrap();
        Url::of_request(scheme == "https", host, 0, &wide(&format!("/{path}")), ObjectRules::default())
    }

    fn sent(jar: &Jar, to: &str) -> String {
        String::from_utf8(jar.header(&url(to), NOW).unwrap_or_default()).unwrap()
    }

    /// What is sent to `to` after `set` came from `from`.
    fn after(from: &str, set: &str, to: &str) -> String {
        let mut jar = Jar::new();
        jar.store(&url(from), set.as_bytes(), NOW);
        sent(&jar, to)
    }

    #[test]
    fn newest_first_and_case_counts() {
        let mut jar = Jar::new();
        for set in ["name=value", "NAME=value", "third=3"] {
            jar.store(&url("http://localhost/cookie"), set.as_bytes(), NOW);
        }
        assert_eq!(sent(&jar, "http://localhost/cookie2"), "third=3; NAME=value; name=value");
        jar.store(&url("http://localhost/"), b"name=other", NOW);
        assert_eq!(sent(&jar, "http://localhost/"), "name=other; third=3; NAME=value");
    }

    #[test]
    fn forms() {
        for (set, expected) in [
            ("name = value ", "name=value"),
            ("a=\"b c\" ; ", "a=\"b c\""),
            ("a=b=c;HttpOnly;SameSite=Lax;Nonsense", "a=b=c"),
            ("a=", "a="),
            ("a", ""),
            ("=b", ""),
            ("", ""),
            ("a=1; Domain = h.org ; Path = /", "a=1"),
            ("a=1; max-age=1", "a=1"),
            ("a=1; max-age=0", ""),
            ("a=1; max-age=-5", ""),
            ("a=1; max-age=99999999999999999", "a=1"),
            ("a=1; max-age=x", "a=1"),
            ("a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT", ""),
            ("a=1; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=9", "a=1"),
            ("a=1; expires=Fri, 15-Jan-2027 08:00:01 GMT", "a=1"),
            ("a=1; expires=Fri, 15-Jan-2027 08:00:00 GMT", ""),
            ("a=1; expires=some day", "a=1"),
        ] {
            assert_eq!(after("http://h.org/", set, "http://h.org/"), expected, "{set}");
        }
    }

    #[test]
    fn hosts() {
        for (from, domain, to, goes) in [
            ("a.org", "", "a.org", true),
            ("a.org", "", "A.ORG", true),
            ("a.org", "", "b.a.org", false),
            ("b.a.org", "; domain=a.org", "a.org", true),
            ("b.a.org", "; domain=.A.org", "c.a.org", true),
            ("b.a.org", "; domain=a.org", "xa.org", false),
            ("a.org", "; domain=b.a.org", "b.a.org", false),
            ("a.org", "; domain=org", "b.org", false),
            ("a.org", "; domain=org", "a.org", false),
            ("localhost", "; domain=localhost", "localhost", true),
            ("127.0.0.1", "; domain=0.0.1", "127.0.0.1", false),
            ("127.0.0.1", "; domain=127.0.0.1", "127.0.0.1", true),
            ("a.org", "; domain=", "a.org", true),
        ] {
            let (from, to) = (format!("http://{from}/"), format!("http://{to}/"));
            let expected = if goes { "n=v" } else { "" };
            assert_eq!(after(&from, &format!("n=v{domain}"), &to), expected, "{from} {domain} {to}");
        }
    }

    #[test]
    fn paths() {
        for (from, path, to, goes) in [
            ("/cookie", "", "/cookie2", true),
            ("/a/b", "", "/a/c?x", true),
            ("/a/b", "", "/a", true),
            ("/a/b", "", "/ab", false),
            ("/cookie4", "; path=/cookie5", "/cookie5", true),
            ("/cookie4", "; path=/cookie5", "/cookie5/x", true),
            ("/cookie4", "; path=/cookie5", "/cookie56", false),
            ("/cookie4", "; path=/cookie5", "/cookie4", false),
            ("/a/b", "; path=", "/a/z", true),
            ("/a/b", "; path=/c/", "/c/d", true),
        ] {
            let (from, to) = (format!("http://h{from}"), format!("http://h{to}"));
            let expected = if goes { "n=v" } else { "" };
            assert_eq!(after(&from, &format!("n=v{path}"), &to), expected, "{from} {path} {to}");
        }
    }

    #[test]
    fn secure_ones_need_tls() {
        assert_eq!(after("https://h/", "n=v; Secure", "http://h/"), "");
        assert_eq!(after("https://h/", "n=v; Secure", "https://h/"), "n=v");
    }

    #[test]
    fn an_expired_one_removes_what_was_there() {
        let mut jar = Jar::new();
        jar.store(&url("http://h/"), b"n=v", NOW);
        jar.store(&url("http://h/"), b"n=; max-age=0", NOW);
        assert!(jar.list.is_empty());
    }

    #[test]
    fn the_jar_has_a_bottom() {
        let mut jar = Jar::new();
        for n in 0..MOST + 5 {
            jar.store(&url("http://h/"), format!("n{n}=v").as_bytes(), NOW);
        }
        assert_eq!(jar.list.len(), MOST);
        assert!(sent(&jar, "http://h/").starts_with(&format!("n{}=v; ", MOST + 4)));
    }
}
