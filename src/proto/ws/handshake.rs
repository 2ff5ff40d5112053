//! The opening handshake: the client's key and the check of the server's 101 (RFC 6455, 4.1).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Digest;
use sha1::Sha1;

use crate::proto::ws::keys::NoRandomness;
use crate::proto::ws::keys::fill_random;

/// What the request asked for, as far as the answer depends on it. The header values may each be a
/// comma-separated list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'a> {
    /// `Sec-WebSocket-Key` as sent.
    pub(crate) key: &'a str,
    /// The values of every `Sec-WebSocket-Protocol`.
    pub(crate) protocols: &'a [&'a str],
    /// The values of every `Sec-WebSocket-Extensions`.
    pub(crate) extensions: &'a [&'a str],
}

/// Why a 101 does not open a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandshakeError {
    /// `Upgrade` is missing or names something else than `websocket`.
    Upgrade,
    /// `Connection` is missing or lacks the token `upgrade`.
    Connection,
    /// `Sec-WebSocket-Accept` is missing, not the only one, or not the answer to our key.
    Accept,
    /// `Sec-WebSocket-Protocol` is not the only one, or names a protocol that was not offered.
    Protocol,
    /// `Sec-WebSocket-Extensions` names an extension that was not offered.
    Extension,
}

/// A new value for `Sec-WebSocket-Key`: base64 of 16 random bytes, 24 characters. Each request
/// needs its own.
pub(crate) fn new_key() -> Result<String, NoRandomness> {
    let mut nonce = [0; 16];
    fill_random(&mut nonce)?;
    Ok(STANDARD.encode(nonce))
}

/// The `Sec-WebSocket-Accept` that answers `key`.
pub(crate) fn accept_for(key: &str) -> String {
    let digest = Sha1::new().chain_update(key).chain_update(ACCEPT_GUID).finalize();
    STANDARD.encode(digest)
}

/// Checks the header of a 101. `header` gives all values of the header with that name, which it
/// must compare without regard to case.
pub(crate) fn check_response<'h>(
    offer: &Offer<'_>,
    header: &dyn Fn(&str) -> Vec<&'h str>,
) -> Result<(), HandshakeError> {
    let upgrade = header("Upgrade");
    if upgrade.is_empty() || !upgrade.iter().all(|value| trim(value).eq_ignore_ascii_case("websocket")) {
        return Err(HandshakeError::Upgrade);
    }
    if !list(&header("Connection")).any(|token| token.eq_ignore_ascii_case("upgrade")) {
        return Err(HandshakeError::Connection);
    }
    match header("Sec-WebSocket-Accept")[..] {
        [accept] if trim(accept) == accept_for(offer.key) => {}
        _ => return Err(HandshakeError::Accept),
    }
    let protocols = header("Sec-WebSocket-Protocol");
    // An empty value chooses no protocol; some servers send it instead of leaving the header out.
    let mut chosen = list(&protocols);
    let offered = |name| list(offer.protocols).any(|offered| offered == name);
    if chosen.next().is_some_and(|name| !offered(name)) || chosen.next().is_some() {
        return Err(HandshakeError::Protocol);
    }
    let offered = |name| list(offer.extensions).any(|offered| extension_name(offered) == name);
    if !list(&header("Sec-WebSocket-Extensions")).all(|used| offered(extension_name(used))) {
        return Err(HandshakeError::Extension);
    }
    Ok(())
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HandshakeError::Upgrade => "Upgrade is not websocket",
            HandshakeError::Connection => "Connection lacks upgrade",
            HandshakeError::Accept => "Sec-WebSocket-Accept does not answer our key",
            HandshakeError::Protocol => "Sec-WebSocket-Protocol was not offered",
            HandshakeError::Extension => "Sec-WebSocket-Extensions was not offered",
        })
    }
}

/// The elements of header values that are comma-separated lists; empty elements do not count
/// (RFC 9110, 5.6.1).
fn list<'a>(values: &'a [&str]) -> impl Iterator<Item = &'a str> {
    values.iter().flat_map(|value| value.split(',')).map(trim).filter(|element| !element.is_empty())
}

/// An extension without its parameters. Their values are tokens, even when quoted, so a comma
/// cannot stand in them (RFC 6455, 9.1).
fn extension_name(element: &str) -> &str {
    trim(element.split(';').next().unwrap_or_default())
}

/// Without the blanks of HTTP at both ends; what else Unicode counts among them belongs to the value.
fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

/// RFC 6455, 1.3.
const ACCEPT_GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
    const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    const PLAIN: Offer<'_> = Offer { key: KEY, protocols: &[], extensions: &[] };

    /// Checks a 101 that is good but for `changes`: each replaces all headers of its names.
    fn check(offer: &Offer<'_>, changes: &[(&str, &[&'static str])]) -> Result<(), HandshakeError> {
        let header = |name: &str| {
            if let Some((_, values)) = changes.iter().find(|(changed, _)| changed.eq_ignore_ascii_case(name))
            {
                return values.to_vec();
            }
            match name.to_ascii_lowercase().as_str() {
                "upgrade" => vec!["websocket"],
                "connection" => vec!["Upgrade"],
                "sec-websocket-accept" => vec![ACCEPT],
                _ => vec![],
            }
        };
        check_response(offer, &header)
    }

    #[test]
    fn rfc_test_vector() {
        assert_eq!(accept_for(KEY), ACCEPT);
        assert_eq!(check(&PLAIN, &[]), Ok(()));
    }

    #[test]
    fn keys_are_16_bytes_and_differ() {
        let (one, two) = (new_key().unwrap(), new_key().unwrap());
        assert_eq!(one.len(), 24);
        assert_eq!(STANDARD.decode(&one).unwrap().len(), 16);
        assert_ne!(one, two);
    }

    #[test]
    fn upgrade_must_be_websocket() {
        for good in ["WebSocket", " websocket "] {
            assert_eq!(check(&PLAIN, &[("Upgrade", &[good])]), Ok(()));
        }
        for bad in [&[][..], &[""], &["websockets"], &["h2c"], &["websocket, h2c"], &["websocket", "h2c"]] {
            assert_eq!(check(&PLAIN, &[("Upgrade", bad)]), Err(HandshakeError::Upgrade), "{bad:?}");
        }
    }

    #[test]
    fn connection_must_hold_upgrade() {
        for good in [&["keep-alive, UPGRADE"][..], &["keep-alive", "upgrade"], &["upgrade,"]] {
            assert_eq!(check(&PLAIN, &[("Connection", good)]), Ok(()), "{good:?}");
        }
        for bad in [&[][..], &["keep-alive"], &["upgrades"], &["up grade"]] {
            assert_eq!(check(&PLAIN, &[("Connection", bad)]), Err(HandshakeError::Connection), "{bad:?}");
        }
    }

    #[test]
    fn accept_must_answer_the_key() {
        assert_eq!(check(&PLAIN, &[("Sec-WebSocket-Accept", &[" s3pPLMBiTxaQ9kYGzzhZRbK+xOo= "])]), Ok(()));
        let bad: [&[&str]; 4] =
            [&[], &[""], &["S3PPLMBITXAQ9KYGZZHZRBK+XOO="], &[ACCEPT, "dGhlIHNhbXBsZSBub25jZQ=="]];
        for bad in bad {
            assert_eq!(check(&PLAIN, &[("Sec-WebSocket-Accept", bad)]), Err(HandshakeError::Accept));
        }
    }

    #[test]
    fn only_the_blanks_of_http_may_surround_a_value() {
        for (name, bad, error) in [
            ("Upgrade", "websocket\u{a0}", HandshakeError::Upgrade),
            ("Connection", "upgrade\u{b}", HandshakeError::Connection),
            ("Sec-WebSocket-Accept", "\u{b}s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", HandshakeError::Accept),
            ("Sec-WebSocket-Extensions", "x-a\u{2003}", HandshakeError::Extension),
        ] {
            let offer = Offer { extensions: &["x-a"], ..PLAIN };
            assert_eq!(check(&offer, &[(name, &[bad])]), Err(error), "{name}");
        }
    }

    #[test]
    fn protocol_must_be_one_that_was_offered() {
        const NAME: &str = "Sec-WebSocket-Protocol";
        let offer = Offer { protocols: &["chat, superchat", "mqtt"], ..PLAIN };
        for good in [&[][..], &["chat"], &["superchat"], &[" mqtt "], &[""]] {
            assert_eq!(check(&offer, &[(NAME, good)]), Ok(()), "{good:?}");
        }
        let bad: [&[&str]; 6] = [
            &["wamp"],
            &["Chat"],
            &["chat, mqtt"],
            &["chat", "chat"],
            &["chat", "mqtt"],
            &["chat, superchat"],
        ];
        for bad in bad {
            assert_eq!(check(&offer, &[(NAME, bad)]), Err(HandshakeError::Protocol), "{bad:?}");
        }
        assert_eq!(check(&PLAIN, &[(NAME, &["chat"])]), Err(HandshakeError::Protocol));
        assert_eq!(check(&PLAIN, &[(NAME, &[""])]), Ok(()));
    }

    #[test]
    fn extensions_must_have_been_offered() {
        const NAME: &str = "Sec-WebSocket-Extensions";
        assert_eq!(check(&PLAIN, &[(NAME, &["permessage-deflate"])]), Err(HandshakeError::Extension));
        let offer = Offer { extensions: &["permessage-deflate; client_max_window_bits, x-a"], ..PLAIN };
        let good: [&[&str]; 4] = [
            &[],
            &["permessage-deflate;server_no_context_takeover"],
            &["x-a"],
            &["permessage-deflate", "x-a"],
        ];
        for good in good {
            assert_eq!(check(&offer, &[(NAME, good)]), Ok(()), "{good:?}");
        }
        let bad: [&[&str]; 3] = [&["x-b"], &["permessage-deflate, x-b"], &["client_max_window_bits"]];
        for bad in bad {
            assert_eq!(check(&offer, &[(NAME, bad)]), Err(HandshakeError::Extension), "{bad:?}");
        }
    }
}
