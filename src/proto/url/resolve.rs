//! Where a `Location` leads (http spec 6.4, RFC 3986 5.2).

use super::Host;
use super::Url;
use super::UrlError;
use super::default_port;
use super::escape;
use super::port_number;
use crate::proto::headers::trim;

impl Url {
    /// Resolves `Location` against this URL: absolute, scheme-relative, absolute path, relative
    /// path or query only. Fragments are cut, not inherited; credentials in it are ignored.
    pub(crate) fn resolve(&self, location: &[u8]) -> Result<Url, UrlError> {
        let text = before(trim(location), |byte| byte == b'#');
        if let Some((scheme, rest)) = split_scheme(text) {
            return absolute(is_secure(scheme)?, rest.strip_prefix(b"//").ok_or(UrlError::Invalid)?);
        }
        if let Some(rest) = text.strip_prefix(b"//") {
            return absolute(self.secure, rest);
        }
        Ok(Url { target: self.relative(text), ..self.clone() })
    }

    /// An absolute URL; credentials and fragment in it are ignored.
    pub(crate) fn parse(text: &[u8]) -> Result<Url, UrlError> {
        let text = before(trim(text), |byte| byte == b'#');
        let (scheme, rest) = split_scheme(text).ok_or(UrlError::Invalid)?;
        absolute(is_secure(scheme)?, rest.strip_prefix(b"//").ok_or(UrlError::Invalid)?)
    }

    fn relative(&self, reference: &[u8]) -> String {
        let path = before(reference, |byte| byte == b'?');
        let query = escape::redirect(reference.get(path.len()..).unwrap_or_default());
        if reference.is_empty() {
            return self.target.clone();
        }
        let path = escape::redirect(path);
        if path.is_empty() {
            return format!("{}{query}", self.path());
        }
        if path.starts_with('/') {
            return without_dots(&path) + &query;
        }
        let folder = self.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        without_dots(&format!("{folder}/{path}")) + &query
    }
}

/// Whether `Location` has a user's name in it, be it empty.
pub(crate) fn names_a_user(location: &[u8]) -> bool {
    let rest = split_scheme(trim(location)).map_or(trim(location), |(_, rest)| rest);
    let authority = rest.strip_prefix(b"//").map(|rest| before(rest, |byte| b"/?#".contains(&byte)));
    authority.is_some_and(|authority| authority.contains(&b'@'))
}

fn is_secure(scheme: &[u8]) -> Result<bool, UrlError> {
    let secure = scheme.eq_ignore_ascii_case(b"https");
    if secure || scheme.eq_ignore_ascii_case(b"http") {
        Ok(secure)
    } else {
        Err(UrlError::UnrecognizedScheme)
    }
}

/// What follows `scheme://`.
fn absolute(secure: bool, text: &[u8]) -> Result<Url, UrlError> {
    let authority = before(text, |byte| matches!(byte, b'/' | b'?'));
    let rest = text.get(authority.len()..).unwrap_or_default();
    let place = authority.rsplit(|&byte| byte == b'@').next().unwrap_or_default();
    let place = std::str::from_utf8(place).map_err(|_| UrlError::Invalid)?;
    let name_end = match place.find(']') {
        Some(bracket) if place.starts_with('[') => bracket + 1,
        _ => place.find(':').unwrap_or(place.len()),
    };
    let (name, port) = place.split_at_checked(name_end).ok_or(UrlError::Invalid)?;
    let host = Host::of_url(name)?;
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => default_port(secure),
        Some("") => default_port(secure),
        Some(digits) => {
            port_number(digits.bytes().map(u16::from)).filter(|&port| port != 0).ok_or(UrlError::Invalid)?
        }
        None => return Err(UrlError::Invalid),
    };
    let path = before(rest, |byte| byte == b'?');
    let query = escape::redirect(rest.get(path.len()..).unwrap_or_default());
    let target = without_dots(&escape::redirect(path)) + &query;
    Ok(Url { secure, host, port, target })
}

/// The scheme before the first colon, if there is one and a relative reference is ruled out
/// (RFC 3986 3.1).
fn split_scheme(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = text.iter().position(|&byte| byte == b':')?;
    let (scheme, rest) = text.split_at_checked(colon)?;
    let good = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    if !scheme.first()?.is_ascii_alphabetic() || !scheme.iter().all(good) {
        return None;
    }
    Some((scheme, rest.get(1..)?))
}

fn before(text: &[u8], is_end: impl Fn(u8) -> bool) -> &[u8] {
    text.split(|&byte| is_end(byte)).next().unwrap_or_default()
}

/// Removes dot segments (RFC 3986 5.2.4) from an absolute path; empty becomes `/`.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            other => {
                kept.push(other);
                continue;
            }
        }
        // A folder was named last: the path ends with a slash.
        if segments.peek().is_none() {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::ObjectRules;
    use super::super::tests::wide;
    use super::*;
    use crate::proto::h1::noise::Noise;

    fn url(secure: bool, host: &str, port: u16, object: &str) -> Url {
        let host = Host::of_connect(&wide(host)).unwrap();
        Url::of_request(secure, host, port, &wide(object), ObjectRules::default())
    }

    fn resolve(base: &Url, location: &str) -> Result<String, UrlError> {
        base.resolve(location.as_bytes()).map(|url| url.to_string())
    }

    #[test]
    fn references_of_rfc_3986_5_4() {
        let base = url(false, "a", 0, "/b/c/d;p?q");
        for (reference, expected) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g#s", "http://a/b/c/g"),
            ("g?y#s", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("g;x?y#s", "http://a/b/c/g;x?y"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/../h", "http://a/b/c/h"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g#s/../x", "http://a/b/c/g"),
        ] {
            assert_eq!(resolve(&base, reference).as_deref(), Ok(expected), "{reference}");
        }
    }

    #[test]
    fn redirects_of_spec_6_4() {
        let base = url(true, "old.example", 8443, "/dir/page?q=1");
        for (location, expected) in [
            ("http://new.example", "http://new.example/"),
            ("HTTPS://New.example/x", "https://New.example/x"),
            ("https://new.example:443/x", "https://new.example/x"),
            ("http://new.example:443/x", "http://new.example:443/x"),
            ("http://new.example:/x", "http://new.example/x"),
            ("http://new.example?x=/y", "http://new.example/?x=/y"),
            ("http://new.example#frag", "http://new.example/"),
            ("http://user:p@ss@new.example:81/x", "http://new.example:81/x"),
            ("http://[::1]:81/x", "http://[::1]:81/x"),
            ("http://user@[fe80::1%4]/x", "http://[fe80::1]/x"),
            ("//new.example:81/x", "https://new.example:81/x"),
            ("/x", "https://old.example:8443/x"),
            ("x?y", "https://old.example:8443/dir/x?y"),
            ("?y", "https://old.example:8443/dir/page?y"),
            ("?", "https://old.example:8443/dir/page?"),
            ("#f", "https://old.example:8443/dir/page?q=1"),
            (" /x\t", "https://old.example:8443/x"),
            ("/a b%20c%zz", "https://old.example:8443/a%20b%20c%zz"),
            ("/\u{e4}?\u{416}", "https://old.example:8443/%C3%A4?%D0%96"),
            ("/a|b\"c", "https://old.example:8443/a|b\"c"),
            ("/x?http://y", "https://old.example:8443/x?http://y"),
            ("1:x", "https://old.example:8443/dir/1:x"),
        ] {
            assert_eq!(resolve(&base, location).as_deref(), Ok(expected), "{location}");
        }
        let latin = base.resolve(b"/\xe4").unwrap();
        assert_eq!(latin.target(), "/%E4");
    }

    #[test]
    fn what_leads_nowhere() {
        let base = url(false, "a", 0, "/");
        for location in [
            "http:",
            "http:x",
            "http:/x",
            "http://",
            "http:///x",
            "http://:80/",
            "http://h:65536/",
            "http://h:0/",
            "http://h:8x/",
            "http://[::1/",
            "http://[::1]x/",
            "http://::1/",
            "http://h h/",
            "http://\u{e4}/",
            "http://user@/",
            "//",
            "///x",
            "http://h:80:80/",
            "http://a\\b/",
        ] {
            assert_eq!(resolve(&base, location), Err(UrlError::Invalid), "{location}");
        }
        for location in ["ftp://h/", "file:///x", "javascript:x", "localhost:80/x", "ws://h/"] {
            assert_eq!(resolve(&base, location), Err(UrlError::UnrecognizedScheme), "{location}");
        }
    }

    #[test]
    fn noise_gives_a_sound_target_or_an_error() {
        let mut noise = Noise::new(11);
        let mut base = url(false, "a", 0, "/x/y?z");
        for round in 0..5000 {
            let location =
                if round % 2 == 0 { noise.bytes(40) } else { noise.text(b"htp:s//..?#@[]:%a1 \xff\t", 40) };
            let location = [&b"http:"[..round % 3 * 5 / 2], &location].concat();
            if let Ok(next) = base.resolve(&location) {
                let target = next.target();
                assert!(target.starts_with('/') && target.bytes().all(|byte| byte.is_ascii_graphic()));
                assert!(next.port() != 0);
                base = next;
            }
            if base.target().len() > 200 {
                base = url(true, "::1", 1, "/");
            }
        }
    }

    #[test]
    fn names_before_an_at_sign() {
        for location in ["http://u:p@host/", "//u@host", "http://:@host", "http://@host/"] {
            assert!(names_a_user(location.as_bytes()), "{location}");
        }
        for location in ["http://host/a@b", "/a@b", "//host?a@b", "http://host/#u@h", "a@b", "", "mailto:a@b"]
        {
            assert!(!names_a_user(location.as_bytes()), "{location}");
        }
    }
}
