//! Digest (RFC 7616, RFC 2617, and without `qop` RFC 2069): MD5, SHA-256, SHA-512-256, each also in its
//! session form; quality `auth`.

use md5::Digest as _;
use md5::Md5;
use sha2::Sha256;
use sha2::Sha512_256;

use crate::proto::auth::Challenge;
use crate::proto::auth::Credentials;
use crate::proto::auth::Scheme;

/// A Digest challenge that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    realm: Vec<u8>,
    nonce: Vec<u8>,
    opaque: Option<Vec<u8>>,
    /// As the server spelled it, for the echo.
    algorithm: Option<Vec<u8>>,
    hash: Hash,
    /// The `-sess` form.
    session: bool,
    /// The server knows `qop=auth`; without it the old form is used.
    quality: bool,
    stale: bool,
    hashed_user: bool,
}

/// The request that an answer speaks of.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) method: &'a [u8],
    /// The target as the request line has it.
    pub(crate) target: &'a [u8],
    /// How many answers with this nonce there have been, this one included.
    pub(crate) count: u32,
    /// Random text of the client.
    pub(crate) client_nonce: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Md5,
    Sha256,
    Sha512_256,
}

impl Digest {
    /// The strongest that is offered and can be answered.
    pub(crate) fn strongest(challenges: &[Challenge]) -> Option<Digest> {
        // `max_by_key` gives the last of equals; the server's first is meant.
        challenges.iter().rev().filter_map(Digest::of).max_by_key(|digest| digest.hash)
    }

    fn of(challenge: &Challenge) -> Option<Digest> {
        if challenge.scheme() != Scheme::Digest {
            return None;
        }
        let text = |name| challenge.parameter(name).map(<[u8]>::to_vec);
        let is = |name, word: &str| {
            challenge.parameter(name).is_some_and(|value| value.eq_ignore_ascii_case(word.as_bytes()))
        };
        let algorithm = text("algorithm");
        let (hash, session) = match &algorithm {
            None => (Hash::Md5, false),
            Some(name) => match &name.to_ascii_lowercase()[..] {
                b"md5" => (Hash::Md5, false),
                b"md5-sess" => (Hash::Md5, true),
                b"sha-256" => (Hash::Sha256, false),
                b"sha-256-sess" => (Hash::Sha256, true),
                b"sha-512-256" => (Hash::Sha512_256, false),
                b"sha-512-256-sess" => (Hash::Sha512_256, true),
                _ => return None,
            },
        };
        let quality = match challenge.parameter("qop") {
            None => false,
            Some(list) => {
                let mut words = list.split(|byte| matches!(byte, b',' | b' ' | b'\t'));
                if !words.any(|word| word.eq_ignore_ascii_case(b"auth")) {
                    return None;
                }
                true
            }
        };
        Some(Digest {
            realm: text("realm").unwrap_or_default(),
            nonce: text("nonce")?,
            opaque: text("opaque"),
            algorithm,
            hash,
            session,
            quality,
            stale: is("stale", "true"),
            hashed_user: is("userhash", "true"),
        })
    }

    pub(crate) fn nonce(&self) -> &[u8] {
        &self.nonce
    }

    /// The credentials were right, only the nonce is too old.
    pub(crate) fn is_stale(&self) -> bool {
        self.stale
    }

    /// The value of `Authorization`.
    pub(crate) fn answer(&self, credentials: &Credentials, subject: Subject<'_>) -> Vec<u8> {
        let Subject { method, target, count, client_nonce } = subject;
        let user = credentials.user.as_bytes();
        let count = format!("{count:08x}");
        let mut first = self.hash(&[user, &self.realm, credentials.password.as_bytes()]);
        if self.session {
            first = self.hash(&[first.as_bytes(), &self.nonce, client_nonce.as_bytes()]);
        }
        let second = self.hash(&[method, target]);
        let response = if self.quality {
            let middle = [count.as_bytes(), client_nonce.as_bytes(), b"auth"].join(&b':');
            self.hash(&[first.as_bytes(), &self.nonce, &middle, second.as_bytes()])
        } else {
            self.hash(&[first.as_bytes(), &self.nonce, second.as_bytes()])
        };
        let mut answer = b"Digest ".to_vec();
        let mut add = |name: &str, value: &[u8]| {
            if answer.last() != Some(&b' ') {
                answer.extend_from_slice(b", ");
            }
            answer.extend_from_slice(name.as_bytes());
            answer.push(b'=');
            answer.extend_from_slice(value);
        };
        if self.hashed_user {
            add("username", &quote(self.hash(&[user, &self.realm]).as_bytes()));
        } else {
            add("username", &quote(user));
        }
        add("realm", &quote(&self.realm));
        add("nonce", &quote(&self.nonce));
        add("uri", &quote(target));
        if let Some(algorithm) = &self.algorithm {
            add("algorithm", algorithm);
        }
        add("response", &quote(response.as_bytes()));
        if let Some(opaque) = &self.opaque {
            add("opaque", &quote(opaque));
        }
        if self.quality {
            add("qop", b"auth");
            add("nc", count.as_bytes());
        }
        if self.quality || self.session {
            add("cnonce", &quote(client_nonce.as_bytes()));
        }
        if self.hashed_user {
            add("userhash", b"true");
        }
        answer
    }

    /// The hash of the parts with colons between them, in hex.
    fn hash(&self, parts: &[&[u8]]) -> String {
        let text = parts.join(&b':');
        let bytes = match self.hash {
            Hash::Md5 => Md5::digest(&text).to_vec(),
            Hash::Sha256 => Sha256::digest(&text).to_vec(),
            Hash::Sha512_256 => Sha512_256::digest(&text).to_vec(),
        };
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn quote(text: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for &byte in text {
        if matches!(byte, b'"' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::auth::challenges;
    use crate::proto::headers::Headers;

    fn of(values: &[&str]) -> Option<Digest> {
        let mut headers = Headers::new();
        values.iter().for_each(|value| headers.push(b"WWW-Authenticate", value.as_bytes()));
        Digest::strongest(&challenges(&headers, b"WWW-Authenticate"))
    }

    fn answer(challenge: &str, user: &str, password: &str, client_nonce: &str) -> String {
        let credentials = Credentials { user: user.to_owned(), password: password.to_owned() };
        let subject = Subject { method: b"GET", target: b"/dir/index.html", count: 1, client_nonce };
        String::from_utf8(of(&[challenge]).unwrap().answer(&credentials, subject)).unwrap()
    }

    fn part<'a>(answer: &'a str, name: &str) -> &'a str {
        let start = answer.find(&format!("{name}=")).unwrap() + name.len() + 1;
        answer[start..].split(',').next().unwrap().trim_matches('"')
    }

    #[test]
    fn the_example_of_rfc_2617() {
        let challenge = "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
                         nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
        let answer = answer(challenge, "Mufasa", "Circle Of Life", "0a4f113b");
        assert_eq!(
            answer,
            "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
             nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", \
             response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", \
             qop=auth, nc=00000001, cnonce=\"0a4f113b\""
        );
    }

    #[test]
    fn the_examples_of_rfc_7616() {
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let challenge = format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
                 opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            );
            let client_nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
            let answer = answer(&challenge, "Mufasa", "Circle of Life", client_nonce);
            assert_eq!(part(&answer, "response"), response);
            assert_eq!(part(&answer, "algorithm"), algorithm);
        }
    }

    #[test]
    fn the_user_s_hash_of_rfc_7616() {
        let challenge = "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, userhash=true, \
                         nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", charset=UTF-8";
        let client_nonce = "NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm";
        let credentials =
            Credentials { user: "J\u{e4}s\u{f8}n Doe".to_owned(), password: "Secret, or not?".to_owned() };
        let subject = Subject { method: b"GET", target: b"/doe.json", count: 1, client_nonce };
        let answer = String::from_utf8(of(&[challenge]).unwrap().answer(&credentials, subject)).unwrap();
        // The RFC prints values of another function; these are OpenSSL's.
        assert_eq!(
            part(&answer, "username"),
            "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
        );
        assert_eq!(
            part(&answer, "response"),
            "7a4e1192babbba02e91182d2895bfdbf7adafc6e48d4e517ca301974843d840c"
        );
        assert!(answer.ends_with("userhash=true"));
    }

    #[test]
    fn forms_without_quality_and_with_a_session() {
        // H(H(a):n:H(b)), and the session's A1, computed apart from this code.
        let old = answer("Digest realm=r, nonce=n, algorithm=md5", "u", "p", "c");
        assert_eq!(part(&old, "response"), "fef71a1ed020d5dbc919be49210d36ef");
        assert_eq!(part(&old, "algorithm"), "md5");
        assert!(!old.contains("qop") && !old.contains("cnonce"));
        let session = answer("Digest realm=r, nonce=n, algorithm=MD5-sess, qop=auth", "u", "p", "c");
        assert_eq!(part(&session, "response"), "0abe11747db4fe75b9d027c31a167c62");
        let session = answer("Digest realm=r, nonce=n, algorithm=SHA-256-sess, qop=auth", "u", "p", "c");
        assert_eq!(
            part(&session, "response"),
            "4bce2566c0752865fa313f8e48f337b1ae2b8ea714835e307efc7d52526b00a3"
        );
    }

    #[test]
    fn what_cannot_be_answered_is_passed_over() {
        for challenge in [
            "Digest realm=r",
            "Digest realm=r, nonce=n, qop=auth-int",
            "Digest realm=r, nonce=n, algorithm=SHA-1",
            "Digest something",
            "Digest",
            "Basic realm=r, nonce=n",
        ] {
            assert_eq!(of(&[challenge]), None, "{challenge}");
        }
        let offers = ["Digest nonce=a, algorithm=MD5", "Digest nonce=b, algorithm=SHA-256", "Digest nonce=c"];
        assert_eq!(of(&offers).unwrap().nonce(), b"b");
        assert_eq!(of(&offers[2..]).unwrap().nonce(), b"c");
        assert_eq!(of(&["Digest nonce=1", "Digest nonce=2"]).unwrap().nonce(), b"1");
        assert!(of(&["Digest nonce=1, stale=TRUE"]).unwrap().is_stale());
        assert!(!of(&["Digest nonce=1, stale=false"]).unwrap().is_stale());
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        let answer = answer("Digest realm=\"a\\\"b\", nonce=n", "DOMAIN\\u\"x", "p", "c");
        assert!(answer.starts_with("Digest username=\"DOMAIN\\\\u\\\"x\", realm=\"a\\\"b\","), "{answer}");
    }
}
