//! `WWW-Authenticate` and `Proxy-Authenticate` (RFC 9110 11.6.1): lists of challenges whose commas also
//! part the parameters within each. Lenient where servers are: blanks around `=`, values without
//! quotes, a quote that is never closed.

use crate::proto::auth::Scheme;
use crate::proto::headers::Headers;
use crate::proto::headers::is_token;
use crate::proto::headers::trim;

/// One challenge of a scheme that WinHTTP knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    scheme: Scheme,
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Nothing,
    /// What NTLM and Negotiate say, in Base64.
    Token(Vec<u8>),
    /// Name and value, quotes resolved.
    Parameters(Vec<(Vec<u8>, Vec<u8>)>),
}

impl Challenge {
    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The value of a parameter; case of its name is ignored, the first of several counts.
    pub(crate) fn parameter(&self, name: &str) -> Option<&[u8]> {
        let Content::Parameters(parameters) = &self.content else { return None };
        let found = parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| &value[..])
    }

    /// The Base64 behind the scheme; `None` when there is nothing.
    pub(crate) fn token(&self) -> Option<&[u8]> {
        match &self.content {
            Content::Token(token) => Some(token),
            Content::Nothing | Content::Parameters(_) => None,
        }
    }
}

/// What the response's fields called `name` ask for, in their order; unknown schemes are skipped.
pub(crate) fn challenges(headers: &Headers, name: &[u8]) -> Vec<Challenge> {
    headers.all(name).flat_map(parse).collect()
}

fn parse(value: &[u8]) -> Vec<Challenge> {
    let mut found = Vec::new();
    let mut rest = Reader(value);
    loop {
        rest.skip(|byte| matches!(byte, b' ' | b'\t' | b','));
        if rest.0.is_empty() {
            return found;
        }
        let name = rest.take(|byte| !matches!(byte, b' ' | b'\t' | b','));
        rest.skip(is_blank);
        let content = rest.content();
        if let Some(scheme) = Scheme::of_name(name) {
            found.push(Challenge { scheme, content });
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|&byte| !wanted(byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    fn skip(&mut self, unwanted: impl Fn(u8) -> bool) {
        self.take(unwanted);
    }

    /// What stands behind a scheme, up to the next challenge.
    fn content(&mut self) -> Content {
        if self.0.is_empty() || self.0.starts_with(b",") {
            return Content::Nothing;
        }
        let mut parameters = Vec::new();
        while let Some((name, value)) = self.parameter(parameters.is_empty()) {
            parameters.push((name.to_vec(), value));
        }
        if !parameters.is_empty() {
            return Content::Parameters(parameters);
        }
        Content::Token(trim(self.take(|byte| byte != b',')).to_vec())
    }

    /// The next parameter, if one comes next and not a token or another challenge.
    fn parameter(&mut self, first: bool) -> Option<(&'a [u8], Vec<u8>)> {
        let mut ahead = Reader(self.0);
        ahead.skip(|byte| matches!(byte, b' ' | b'\t' | b','));
        let name = ahead.take(|byte| !matches!(byte, b' ' | b'\t' | b',' | b'=' | b'"'));
        ahead.skip(is_blank);
        ahead.0 = ahead.0.strip_prefix(b"=")?;
        ahead.skip(is_blank);
        // Base64 may end in `=`, and nothing else follows it.
        let is_base64 = first && matches!(ahead.0.first(), None | Some(b'=' | b','));
        if !is_token(name) || is_base64 {
            return None;
        }
        let value = match ahead.0.strip_prefix(b"\"") {
            Some(quoted) => {
                ahead.0 = quoted;
                let value = ahead.quoted();
                // Whatever stands between the quote and the comma.
                ahead.skip(|byte| byte != b',');
                value
            }
            None => trim(ahead.take(|byte| byte != b',')).to_vec(),
        };
        self.0 = ahead.0;
        Some((name, value))
    }

    /// The rest of a quoted string, its closing quote taken, too.
    fn quoted(&mut self) -> Vec<u8> {
        let mut value = Vec::new();
        loop {
            match self.0 {
                [] => return value,
                [b'"', rest @ ..] => {
                    self.0 = rest;
                    return value;
                }
                [b'\\', byte, rest @ ..] | [byte, rest @ ..] => {
                    value.push(*byte);
                    self.0 = rest;
                }
            }
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line a challenge: scheme, then `name=value` in brackets, or the token.
    fn show(value: &str) -> String {
        let shown = parse(value.as_bytes()).into_iter().map(|challenge| {
            let content = match &challenge.content {
                Content::Nothing => String::new(),
                Content::Token(token) => format!(" {}", String::from_utf8_lossy(token)),
                Content::Parameters(list) => list
                    .iter()
                    .map(|(name, value)| {
                        format!(" [{}={}]", String::from_utf8_lossy(name), String::from_utf8_lossy(value))
                    })
                    .collect(),
            };
            format!("{}{content}", challenge.scheme.name())
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn challenges_and_their_parts() {
        for (value, expected) in [
            ("Basic realm=\"x\"", "Basic [realm=x]"),
            ("bASIC REALM = \"x\"", "Basic [REALM=x]"),
            ("Basic", "Basic"),
            ("Basic realm=withoutquotes", "Basic [realm=withoutquotes]"),
            ("Basic realm=two words", "Basic [realm=two words]"),
            ("Basic realm=\"a, Digest b=\\\"c\\\"\"", "Basic [realm=a, Digest b=\"c\"]"),
            (
                "Basic realm=\"x\", Digest realm=\"y\", nonce=\"n==\"",
                "Basic [realm=x]; Digest [realm=y] [nonce=n==]",
            ),
            (
                "Digest realm=y,nonce=n , qop=\"auth,auth-int\",Basic realm=z",
                "Digest [realm=y] [nonce=n] [qop=auth,auth-int]; Basic [realm=z]",
            ),
            ("NTLM, Negotiate", "NTLM; Negotiate"),
            ("NTLM TlRMTVNTUAACAA==, Basic realm=\"x\"", "NTLM TlRMTVNTUAACAA==; Basic [realm=x]"),
            ("Negotiate YII=", "Negotiate YII="),
            ("Negotiate\tYII", "Negotiate YII"),
            ("Digest nonce=n, opaque=, realm=", "Digest [nonce=n] [opaque=] [realm=]"),
            ("Bearer, NTLM,, ,Basic ,", "NTLM; Basic"),
            ("Bearer realm=\"x\", scope=y, Basic realm=\"z\"", "Basic [realm=z]"),
            ("Basic something, Digest something", "Basic something; Digest something"),
            ("Passport1.4 da=status=failed,srealm=x", "Passport1.4 [da=status=failed] [srealm=x]"),
            ("Basic realm=\"never closed", "Basic [realm=never closed]"),
            ("Basic realm=\"ends in \\", "Basic [realm=ends in \\]"),
            ("Basic realm=\"x\" junk, Digest nonce=a", "Basic [realm=x]; Digest [nonce=a]"),
            ("", ""),
            (" , ,", ""),
            ("Unknown", ""),
            ("=, ==\"", ""),
        ] {
            assert_eq!(show(value), expected, "{value}");
        }
    }

    #[test]
    fn all_fields_count_in_their_order() {
        let mut headers = Headers::new();
        headers.push(b"WWW-Authenticate", b"Bearer");
        headers.push(b"www-authenticate", b"Basic realm=\"x\"");
        headers.push(b"Proxy-Authenticate", b"Digest nonce=1");
        headers.push(b"WWW-Authenticate", b"NTLM");
        let found = challenges(&headers, b"WWW-Authenticate");
        let schemes: Vec<_> = found.iter().map(Challenge::scheme).collect();
        assert_eq!(schemes, [Scheme::Basic, Scheme::Ntlm]);
        assert_eq!(found[0].parameter("REALM"), Some(&b"x"[..]));
        assert_eq!(found[1].token(), None);
    }

    #[test]
    fn any_bytes_are_read_to_their_end() {
        let alphabet = b"Digest Basic,=\"\\ \tnonce\xff\0aA1";
        let mut seed = 1u64;
        for round in 0..20_000 {
            let mut value = Vec::new();
            for _ in 0..round % 60 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                value.push(alphabet[(seed >> 33) as usize % alphabet.len()]);
            }
            for challenge in parse(&value) {
                let _ = (challenge.parameter("nonce"), challenge.token());
            }
        }
    }

    #[test]
    fn a_huge_list_takes_no_more_than_its_length() {
        let value = b"Digest a=\"\\".repeat(5000);
        assert!(parse(&value).len() <= 5000);
        assert_eq!(parse(&b"NTLM,".repeat(10_000)).len(), 10_000);
    }
}
