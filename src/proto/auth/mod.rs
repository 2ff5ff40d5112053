//! HTTP authentication without I/O (http spec 8, RFC 9110 11): what a peer asks for, and the answers that
//! take no security package of the system.

mod basic;
mod challenge;
mod digest;
mod token;

use std::fmt;

pub(crate) use basic::basic;
pub(crate) use challenge::Challenge;
pub(crate) use challenge::challenges;
pub(crate) use digest::Digest;
pub(crate) use digest::Subject;
pub(crate) use token::is_ntlm_opening;
pub(crate) use token::token_bytes;
pub(crate) use token::token_value;

/// The schemes that WinHTTP knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    Basic,
    Digest,
    Ntlm,
    Negotiate,
    Passport,
}

impl Scheme {
    /// `WINHTTP_AUTH_SCHEME_*`.
    pub(crate) const fn bit(self) -> u32 {
        match self {
            Scheme::Basic => 1,
            Scheme::Ntlm => 2,
            Scheme::Passport => 4,
            Scheme::Digest => 8,
            Scheme::Negotiate => 0x10,
        }
    }

    /// The scheme of exactly one `WINHTTP_AUTH_SCHEME_*` bit.
    pub(crate) fn of_bit(bit: u32) -> Option<Scheme> {
        ALL.into_iter().find(|scheme| scheme.bit() == bit)
    }

    /// How it is spelled in a header.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Scheme::Basic => "Basic",
            Scheme::Digest => "Digest",
            Scheme::Ntlm => "NTLM",
            Scheme::Negotiate => "Negotiate",
            Scheme::Passport => "Passport1.4",
        }
    }

    fn of_name(name: &[u8]) -> Option<Scheme> {
        ALL.into_iter().find(|scheme| scheme.name().as_bytes().eq_ignore_ascii_case(name))
    }
}

/// A user's name, `DOMAIN\user` and `user@domain` included, and password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
}

/// Neither is for a log.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

const ALL: [Scheme; 5] = [Scheme::Basic, Scheme::Digest, Scheme::Ntlm, Scheme::Negotiate, Scheme::Passport];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_is_one_scheme() {
        for scheme in ALL {
            assert_eq!(Scheme::of_bit(scheme.bit()), Some(scheme));
            assert_eq!(Scheme::of_name(scheme.name().to_lowercase().as_bytes()), Some(scheme));
        }
        for bits in [0, 3, 0x20, 0x1f, u32::MAX] {
            assert_eq!(Scheme::of_bit(bits), None);
        }
    }

    #[test]
    fn credentials_do_not_print_themselves() {
        let credentials = Credentials { user: "mallory".to_owned(), password: "secret".to_owned() };
        let text = format!("{credentials:?}");
        assert!(!text.contains("mallory") && !text.contains("secret"));
    }
}
