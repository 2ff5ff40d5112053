//! `WinHttpCreateUrl` (URL spec 4.7).

use super::crack::reads;
use super::default_port;
use super::escape;

/// The caller's `URL_COMPONENTS`: texts by the pointer and length rules, `None` for NULL.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct UrlParts<'a> {
    /// `lpszScheme`.
    pub(crate) scheme: Option<&'a [u16]>,
    /// `nScheme`: 1 http, 2 https, 3 ftp; 0 counts as http.
    pub(crate) scheme_number: u32,
    /// `lpszUserName`.
    pub(crate) user: Option<&'a [u16]>,
    /// `lpszPassword`.
    pub(crate) password: Option<&'a [u16]>,
    /// `lpszHostName`.
    pub(crate) host: Option<&'a [u16]>,
    /// `nPort`.
    pub(crate) port: u16,
    /// `lpszUrlPath`.
    pub(crate) path: Option<&'a [u16]>,
    /// `lpszExtraInfo`.
    pub(crate) extra: Option<&'a [u16]>,
}

/// The `ICU_*` flags that matter here (URL spec 4.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CreateFlags {
    escape: bool,
    escape_authority: bool,
    include_default_port: bool,
    reject_credentials: bool,
}

impl CreateFlags {
    /// From `dwFlags`.
    pub(crate) const fn from_bits(flags: u32) -> CreateFlags {
        CreateFlags {
            escape: flags & 0x8000_0000 != 0,
            escape_authority: flags & 0x0000_2000 != 0,
            include_default_port: flags & 0x0000_8000 != 0,
            reject_credentials: flags & 0x0000_4000 != 0,
        }
    }
}

/// Why no URL can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CreateError {
    /// A password without a user: `INVALID_PARAMETER`.
    InvalidParameter,
    /// Credentials with `ICU_REJECT_USERPWD`: `INVALID_URL`.
    Credentials,
    /// A scheme number without a name: `UNRECOGNIZED_SCHEME`.
    UnrecognizedScheme,
}

/// Puts a URL together, by the numbered rules of URL spec 4.7. No terminator; the caller does the
/// buffer contract.
pub(crate) fn create(parts: &UrlParts<'_>, flags: CreateFlags) -> Result<Vec<u16>, CreateError> {
    if parts.password.is_some() && parts.user.is_none() {
        return Err(CreateError::InvalidParameter);
    }
    if flags.reject_credentials && parts.user.is_some() {
        return Err(CreateError::Credentials);
    }
    let mut url = scheme(parts)?;
    let default = default_of(&url);
    push(&mut url, "://");
    if let Some(user) = parts.user {
        push_text(&mut url, user, flags.escape_authority);
        if let Some(password) = parts.password {
            push(&mut url, ":");
            push_text(&mut url, password, flags.escape_authority);
        }
        push(&mut url, "@");
    }
    if let Some(host) = parts.host {
        push_text(&mut url, host, flags.escape_authority);
        if shows_port(parts.port, default, flags) {
            push(&mut url, &format!(":{}", parts.port));
        }
    }
    if let Some(path @ [first, ..]) = parts.path {
        if *first != u16::from(b'/') {
            push(&mut url, "/");
        }
        push_text(&mut url, path, flags.escape);
    }
    if let Some(extra) = parts.extra {
        push_text(&mut url, extra, flags.escape);
    }
    Ok(url)
}

/// Rule 1: the text wins over the number.
fn scheme(parts: &UrlParts<'_>) -> Result<Vec<u16>, CreateError> {
    let name = match (parts.scheme, parts.scheme_number) {
        (Some(text), _) => return Ok(text.to_vec()),
        (None, 0 | 1) => "http",
        (None, 2) => "https",
        (None, 3) => "ftp",
        _ => return Err(CreateError::UnrecognizedScheme),
    };
    Ok(name.encode_utf16().collect())
}

fn default_of(scheme: &[u16]) -> Option<u16> {
    if reads(scheme, "http") {
        Some(default_port(false))
    } else if reads(scheme, "https") {
        Some(default_port(true))
    } else {
        None
    }
}

/// Rule 5; a scheme without a default shows any port but 0.
fn shows_port(port: u16, default: Option<u16>, flags: CreateFlags) -> bool {
    match default {
        Some(default) => flags.include_default_port || port != default,
        None => port != 0,
    }
}

fn push(url: &mut Vec<u16>, text: &str) {
    url.extend(text.encode_utf16());
}

fn push_text(url: &mut Vec<u16>, text: &[u16], escaped: bool) {
    if escaped {
        url.extend(escape::icu(text));
    } else {
        url.extend_from_slice(text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::wide;
    use super::*;

    const ESCAPE: u32 = 0x8000_0000;
    const DEFAULT_PORT: u32 = 0x0000_8000;
    const REJECT: u32 = 0x0000_4000;
    const AUTHORITY: u32 = 0x0000_2000;

    /// The members as text; `None` is NULL.
    #[derive(Clone, Copy, Default)]
    struct Given {
        scheme: Option<&'static str>,
        number: u32,
        user: Option<&'static str>,
        password: Option<&'static str>,
        host: Option<&'static str>,
        port: u16,
        path: Option<&'static str>,
        extra: Option<&'static str>,
    }

    fn make(given: Given, flags: u32) -> Result<String, CreateError> {
        let texts = [given.scheme, given.user, given.password, given.host, given.path, given.extra];
        let [scheme, user, password, host, path, extra] = texts.map(|text| text.map(wide));
        let parts = UrlParts {
            scheme: scheme.as_deref(),
            scheme_number: given.number,
            user: user.as_deref(),
            password: password.as_deref(),
            host: host.as_deref(),
            port: given.port,
            path: path.as_deref(),
            extra: extra.as_deref(),
        };
        create(&parts, CreateFlags::from_bits(flags)).map(|url| String::from_utf16(&url).unwrap())
    }

    const BASE: Given = Given {
        scheme: Some("http"),
        number: 1,
        user: Some("username"),
        password: Some("password"),
        host: Some("www.example.org"),
        port: 80,
        path: Some("/site/about"),
        extra: Some("?query"),
    };

    #[test]
    fn rules_of_spec_4_7() {
        let nothing = Given { host: Some("h"), port: 80, ..Given::default() };
        for (given, expected) in [
            (BASE, "http://username:password@www.example.org/site/about?query"),
            (
                Given { scheme: None, number: 2, ..BASE },
                "https://username:password@www.example.org:80/site/about?query",
            ),
            (Given { scheme: None, number: 0, ..nothing }, "http://h"),
            (Given { scheme: None, number: 3, ..nothing }, "ftp://h:80"),
            (Given { scheme: Some("ftp"), number: 1, ..nothing }, "ftp://h:80"),
            (Given { scheme: Some("nhttp"), port: 0, ..nothing }, "nhttp://h"),
            (Given { scheme: Some("HTTPS"), port: 443, ..nothing }, "HTTPS://h"),
            (Given { user: Some("u"), ..nothing }, "http://u@h"),
            (Given { user: Some("username"), password: Some(""), ..nothing }, "http://username:@h"),
            (Given { user: Some(""), password: Some(""), ..nothing }, "http://:@h"),
            (Given { host: Some("[::1]"), port: 8080, ..nothing }, "http://[::1]:8080"),
            (Given { port: 0, ..nothing }, "http://h:0"),
            (Given { port: 42, ..nothing }, "http://h:42"),
            (Given { host: None, port: 42, extra: Some("?text"), ..nothing }, "http://?text"),
            (Given { host: None, path: Some("/text"), ..nothing }, "http:///text"),
            (Given { path: Some("site"), ..nothing }, "http://h/site"),
            (Given { path: Some(""), extra: Some("?q"), ..nothing }, "http://h?q"),
            (
                Given { path: Some("/ä b%20"), extra: Some("?\u{416}#"), ..nothing },
                "http://h/ä b%20?\u{416}#",
            ),
        ] {
            assert_eq!(make(given, 0).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn refusals() {
        let given = Given { user: None, ..BASE };
        assert_eq!(make(given, 0), Err(CreateError::InvalidParameter));
        assert_eq!(make(BASE, REJECT), Err(CreateError::Credentials));
        assert!(make(Given { user: None, password: None, ..BASE }, REJECT).is_ok());
        for number in [4, 5, u32::MAX] {
            assert_eq!(make(Given { scheme: None, number, ..BASE }, 0), Err(CreateError::UnrecognizedScheme));
        }
    }

    #[test]
    fn flags_of_spec_4_5() {
        let given = Given {
            user: Some("u r"),
            password: None,
            host: Some("h h"),
            path: Some("/a b%20~"),
            extra: Some("?c d"),
            ..BASE
        };
        for (flags, expected) in [
            (0, "http://u r@h h/a b%20~?c d"),
            (ESCAPE, "http://u r@h h/a%20b%2520%7E?c%20d"),
            (AUTHORITY, "http://u%20r@h%20h/a b%20~?c d"),
            (DEFAULT_PORT, "http://u r@h h:80/a b%20~?c d"),
        ] {
            assert_eq!(make(given, flags).as_deref(), Ok(expected), "{flags:x}");
        }
    }
}
