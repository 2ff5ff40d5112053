//! The URL that a script is asked about, as the script sees it.

use crate::proto::url::Url;
use crate::proto::url::UrlError;

/// What FindProxyForURL gets, and the URL for everybody else.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) url: Url,
    /// With the scheme in lower case and without credentials and fragment. Of https nothing but the
    /// server: the rest is nobody's business (options spec 6.6).
    pub(crate) text: String,
    /// Without port and brackets.
    pub(crate) host: String,
}

impl Target {
    /// Reads what the application asks about; `lower` has the host in lower case. Besides http and
    /// https there are the schemes whose proxies programs ask for, too.
    pub(crate) fn parse(text: &str, lower: bool) -> Result<Target, UrlError> {
        let (scheme, rest) = text.trim().split_once(':').ok_or(UrlError::Invalid)?;
        let scheme = scheme.to_ascii_lowercase();
        let secure = match scheme.as_str() {
            "http" | "ws" | "ftp" => false,
            "https" | "wss" => true,
            _ => return Err(UrlError::UnrecognizedScheme),
        };
        let rest = rest.strip_prefix("//").ok_or(UrlError::Invalid)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let behind = rest.get(authority.len()..).unwrap_or_default();
        let behind = behind.split('#').next().unwrap_or_default();
        let place = authority.rsplit('@').next().unwrap_or_default();
        let place = if lower { place.to_ascii_lowercase() } else { place.to_owned() };
        let http = if secure { "https" } else { "http" };
        let url = Url::parse(format!("{http}://{place}{behind}").as_bytes())?;
        let slash = if behind.starts_with('/') { "" } else { "/" };
        let behind = if secure { "" } else { behind };
        let slash = if secure { "/" } else { slash };
        Ok(Target {
            host: url.host().name().to_owned(),
            text: format!("{scheme}://{place}{slash}{behind}"),
            url,
        })
    }

    /// The same for a request.
    pub(crate) fn of(url: &Url) -> Target {
        let text = if url.secure() { format!("https://{}/", url.authority()) } else { url.to_string() };
        Target { url: url.clone(), text, host: url.host().name().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_script_sees() {
        for (given, lower, text, host) in [
            ("http://Example.org/a/../b?c#d", false, "http://Example.org/a/../b?c", "Example.org"),
            ("HTTP://Example.org", true, "http://example.org/", "example.org"),
            ("http://example.org?a", false, "http://example.org/?a", "example.org"),
            ("http://user:word@example.org:81/", false, "http://example.org:81/", "example.org"),
            ("https://Example.org:444/secret?b", false, "https://Example.org:444/", "Example.org"),
            ("wss://example.org/chat", false, "wss://example.org/", "example.org"),
            ("ftp://example.org/file", false, "ftp://example.org/file", "example.org"),
            ("http://[::1]:8080/x", false, "http://[::1]:8080/x", "::1"),
        ] {
            let target = Target::parse(given, lower).unwrap();
            assert_eq!((target.text.as_str(), target.host.as_str()), (text, host), "{given}");
        }
        for given in ["", "http", "http:", "http:/x", "http://", "http:///x", "http://a b/", "http://a:x/"] {
            assert_eq!(Target::parse(given, false).unwrap_err(), UrlError::Invalid, "{given}");
        }
        assert_eq!(Target::parse("gopher://a/", false).unwrap_err(), UrlError::UnrecognizedScheme);
    }

    #[test]
    fn a_request_shows_as_much() {
        for (url, text) in [
            ("http://a.b:81/c?d", "http://a.b:81/c?d"),
            ("https://a.b/c?d", "https://a.b/"),
            ("https://[::1]:8/c", "https://[::1]:8/"),
        ] {
            assert_eq!(Target::of(&Url::parse(url.as_bytes()).unwrap()).text, text);
        }
    }
}
