//! The grammar of `WinHttpCrackUrl` (URL spec 4.4).

use super::UrlError;
use super::default_port;
use super::port_number;

/// A stretch of the caller's URL, in UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where it begins.
    pub(crate) start: usize,
    /// How long it is.
    pub(crate) len: usize,
}

impl Part {
    /// The text of this part of `url`, the URL it was found in.
    pub(crate) fn of(self, url: &[u16]) -> &[u16] {
        self.start.checked_add(self.len).and_then(|end| url.get(self.start..end)).unwrap_or_default()
    }
}

/// A URL in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cracked {
    /// In the input's spelling.
    pub(crate) scheme: Part,
    /// Whether the scheme is https (scheme number 2) and not http (1).
    pub(crate) secure: bool,
    /// Before the `@`, if there is one.
    pub(crate) user: Option<Part>,
    /// Behind the first colon of the credentials, if there is one.
    pub(crate) password: Option<Part>,
    /// With the brackets of an IPv6 literal.
    pub(crate) host: Part,
    /// The default when absent; 0 when the URL says 0.
    pub(crate) port: u16,
    /// From the slash on; without one, nothing at the end of the URL.
    pub(crate) path: Part,
    /// From the first `?` or `#` of the path on; without one, nothing at the end of the URL.
    pub(crate) extra: Part,
}

impl Cracked {
    /// The path when the extra information is not asked for: both together (URL spec 4.2).
    pub(crate) fn path_and_extra(&self) -> Part {
        Part { start: self.path.start, len: self.path.len + self.extra.len }
    }
}

/// Takes a URL apart. Nothing is trimmed, decoded or repaired.
pub(crate) fn crack(url: &[u16]) -> Result<Cracked, UrlError> {
    let all = Part { start: 0, len: url.len() };
    let (scheme, rest) = all.split(url, |unit| is(unit, b':')).ok_or(UrlError::UnrecognizedScheme)?;
    let secure = if reads(scheme.of(url), "https") {
        true
    } else if reads(scheme.of(url), "http") {
        false
    } else {
        return Err(UrlError::UnrecognizedScheme);
    };
    if !matches!(rest.of(url), [a, b, ..] if is(*a, b'/') && is(*b, b'/')) {
        return Err(UrlError::Invalid);
    }
    let (_, rest) = rest.cut(2);
    // Only a slash ends the authority: `?` without a path stays in the host.
    let (authority, path) = rest.cut(rest.find(url, |unit| is(unit, b'/')).unwrap_or(rest.len));
    let (path, extra) = path.cut(path.find(url, |unit| is(unit, b'?') || is(unit, b'#')).unwrap_or(path.len));

    let (credentials, place) = match authority.of(url).iter().rposition(|&unit| is(unit, b'@')) {
        Some(at) => {
            let (credentials, place) = authority.cut(at);
            (Some(credentials), place.cut(1).1)
        }
        None => (None, authority),
    };
    let (user, password) = match credentials {
        None => (None, None),
        Some(both) => match both.split(url, |unit| is(unit, b':')) {
            Some((user, password)) => (Some(user), Some(password)),
            None => (Some(both), None),
        },
    };
    let (host, port) = host_and_port(url, place, secure)?;
    Ok(Cracked { scheme, secure, user, password, host, port, path, extra })
}

/// `host [ ":" port ]`. The first `]` ends a bracketed host before a colon is searched.
fn host_and_port(url: &[u16], place: Part, secure: bool) -> Result<(Part, u16), UrlError> {
    let bracketed = place.of(url).first().is_some_and(|&unit| is(unit, b'['));
    let host_end = if bracketed {
        place.find(url, |unit| is(unit, b']')).ok_or(UrlError::Invalid)? + 1
    } else {
        place.find(url, |unit| is(unit, b':')).unwrap_or(place.len)
    };
    let (host, port) = place.cut(host_end);
    if host.len == 0 {
        return Err(UrlError::Invalid);
    }
    let port = match port.of(url) {
        [] => default_port(secure),
        [colon] if is(*colon, b':') => default_port(secure),
        [colon, digits @ ..] if is(*colon, b':') => {
            port_number(digits.iter().copied()).ok_or(UrlError::Invalid)?
        }
        _ => return Err(UrlError::Invalid),
    };
    Ok((host, port))
}

impl Part {
    fn find(self, url: &[u16], wanted: impl Fn(u16) -> bool) -> Option<usize> {
        self.of(url).iter().position(|&unit| wanted(unit))
    }

    /// The first `n` units and the rest.
    fn cut(self, n: usize) -> (Part, Part) {
        let n = n.min(self.len);
        (Part { start: self.start, len: n }, Part { start: self.start + n, len: self.len - n })
    }

    /// What is before and behind the first wanted unit.
    fn split(self, url: &[u16], wanted: impl Fn(u16) -> bool) -> Option<(Part, Part)> {
        let (before, rest) = self.cut(self.find(url, wanted)?);
        Some((before, rest.cut(1).1))
    }
}

fn is(unit: u16, byte: u8) -> bool {
    unit == u16::from(byte)
}

/// Whether `text` is `word`, an ASCII word in lower case; case is ignored.
pub(super) fn reads(text: &[u16], word: &str) -> bool {
    let lower = |unit: &u16| u8::try_from(*unit).map_or(0, |byte| byte.to_ascii_lowercase());
    text.len() == word.len() && text.iter().map(lower).eq(word.bytes())
}

#[cfg(test)]
mod tests {
    use super::super::tests::wide;
    use super::*;
    use crate::proto::h1::noise::Noise;

    /// `scheme|user|password|host|port|path|extra`, with `-` for what is absent.
    fn cracked(url: &str) -> Result<String, UrlError> {
        let url = wide(url);
        let parts = crack(&url)?;
        for part in [parts.path, parts.extra] {
            assert!(part.len > 0 || part.start == url.len() || parts.extra.len > 0);
        }
        let text = |part: Part| String::from_utf16(part.of(&url)).unwrap();
        let maybe = |part: Option<Part>| part.map_or("-".to_string(), text);
        assert_eq!(parts.secure, parts.scheme.len == 5);
        Ok(format!(
            "{}|{}|{}|{}|{}|{}|{}",
            text(parts.scheme),
            maybe(parts.user),
            maybe(parts.password),
            text(parts.host),
            parts.port,
            text(parts.path),
            text(parts.extra)
        ))
    }

    #[test]
    fn rows_of_spec_4_4() {
        for (url, expected) in [
            ("http://host", "http|-|-|host|80||"),
            ("https://host", "https|-|-|host|443||"),
            ("HtTp://host/", "HtTp|-|-|host|80|/|"),
            ("http://host:", "http|-|-|host|80||"),
            ("https://host:/", "https|-|-|host|443|/|"),
            ("http://host:0", "http|-|-|host|0||"),
            ("http://host:65535/x", "http|-|-|host|65535|/x|"),
            ("http://host/post?", "http|-|-|host|80|/post|?"),
            ("http://host/post;a", "http|-|-|host|80|/post;a|"),
            ("http://host/a?b#c", "http|-|-|host|80|/a|?b#c"),
            ("http://host/a#b?c", "http|-|-|host|80|/a|#b?c"),
            ("http://host?", "http|-|-|host?|80||"),
            ("http://host?x=1", "http|-|-|host?x=1|80||"),
            ("http://example.net/path?a=b@c&d=e", "http|-|-|example.net|80|/path|?a=b@c&d=e"),
            ("http://user@host", "http|user|-|host|80||"),
            ("http://user:pw@host:81/x", "http|user|pw|host|81|/x|"),
            ("http://user:p:w@host", "http|user|p:w|host|80||"),
            ("http://user:@host", "http|user||host|80||"),
            ("http://:pw@host", "http||pw|host|80||"),
            ("http://@host", "http||-|host|80||"),
            ("http://u:p@ss@host/", "http|u|p@ss|host|80|/|"),
            ("http://[::1]:8080/x", "http|-|-|[::1]|8080|/x|"),
            ("https://[::1]", "https|-|-|[::1]|443||"),
            ("http://winehq.o g/a b", "http|-|-|winehq.o g|80|/a b|"),
            ("http://a\\b/", "http|-|-|a\\b|80|/|"),
            ("http://a%20b/%20", "http|-|-|a%20b|80|/%20|"),
            ("http://host//x", "http|-|-|host|80|//x|"),
            ("http://höst/\u{416}", "http|-|-|höst|80|/\u{416}|"),
        ] {
            assert_eq!(cracked(url).as_deref(), Ok(expected), "{url}");
        }
    }

    #[test]
    fn refused_rows_of_spec_4_4() {
        use UrlError::Invalid;
        use UrlError::UnrecognizedScheme;
        for (url, expected) in [
            ("", UnrecognizedScheme),
            ("http", UnrecognizedScheme),
            ("www", UnrecognizedScheme),
            ("www.example.org", UnrecognizedScheme),
            ("ftp://host/", UnrecognizedScheme),
            ("file:///x", UnrecognizedScheme),
            ("://host", UnrecognizedScheme),
            (" http://host", UnrecognizedScheme),
            ("httpſ://host", UnrecognizedScheme),
            ("HTTP:www.example.org", Invalid),
            ("http:/www.example.org", Invalid),
            ("http:", Invalid),
            ("http://", Invalid),
            ("http:///x", Invalid),
            ("http://:80/", Invalid),
            ("http://user@/", Invalid),
            ("http://host:65536", Invalid),
            ("http://host:99999999999999", Invalid),
            ("http://host:80x/", Invalid),
            ("http://host:-1/", Invalid),
            ("http://[::1/", Invalid),
            ("http://[::1]80/", Invalid),
        ] {
            assert_eq!(cracked(url), Err(expected), "{url}");
        }
    }

    #[test]
    fn noise_is_cracked_or_refused() {
        let mut noise = Noise::new(17);
        for _ in 0..5000 {
            let text = [&b"http://"[..], &noise.text(b"ab:/?#@[]0189. ", 30)].concat();
            let url: Vec<u16> = text.iter().map(|&byte| byte.into()).collect();
            if let Ok(parts) = crack(&url) {
                assert_eq!(parts.path_and_extra().start + parts.path_and_extra().len, url.len());
                assert!(!parts.host.of(&url).is_empty());
            }
        }
    }
}
