//! Basic (RFC 7617).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::proto::auth::Credentials;

/// The value of `Authorization`. Text goes out as UTF-8, a domain as part of the name (http spec 8.2).
pub(crate) fn basic(credentials: &Credentials) -> Vec<u8> {
    let Credentials { user, password } = credentials;
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_password_as_rfc_7617_has_them() {
        for (user, password, expected) in [
            ("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("test", "123\u{a3}", "Basic dGVzdDoxMjPCow=="),
            ("user", "pwd", "Basic dXNlcjpwd2Q="),
            ("", "", "Basic Og=="),
        ] {
            let credentials = Credentials { user: user.to_owned(), password: password.to_owned() };
            assert_eq!(basic(&credentials), expected.as_bytes());
        }
    }
}
