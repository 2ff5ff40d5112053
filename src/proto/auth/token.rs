//! The tokens of NTLM and Negotiate (RFC 4559), which security packages make and read.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::proto::auth::Scheme;

/// The value of `Authorization` that carries a token.
pub(crate) fn token_value(scheme: Scheme, token: &[u8]) -> Vec<u8> {
    format!("{} {}", scheme.name(), BASE64_STANDARD.encode(token)).into_bytes()
}

/// The bytes of a challenge's token; `None` when it is no Base64.
pub(crate) fn token_bytes(token: &[u8]) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(token).ok()
}

/// Whether a token is, or carries, the first message of NTLM.
pub(crate) fn is_ntlm_opening(token: &[u8]) -> bool {
    token.windows(NTLM_OPENING.len()).any(|part| part == NTLM_OPENING)
}

/// Signature and message type.
const NTLM_OPENING: &[u8] = b"NTLMSSP\0\x01\0\0\0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_base64_behind_the_scheme() {
        let value = token_value(Scheme::Ntlm, b"NTLMSSP\0");
        assert_eq!(value, b"NTLM TlRMTVNTUAA=");
        assert_eq!(token_bytes(&value[5..]).as_deref(), Some(&b"NTLMSSP\0"[..]));
        assert_eq!(token_bytes(b"not base64!"), None);
        assert_eq!(token_bytes(b"TlRMTVNTUAA"), None);
    }

    #[test]
    fn the_first_message_of_ntlm_is_known_plain_and_wrapped() {
        assert!(is_ntlm_opening(b"NTLMSSP\0\x01\0\0\0\x97"));
        assert!(is_ntlm_opening(b"\x60\x30\x06\x06NTLMSSP\0\x01\0\0\0"));
        assert!(!is_ntlm_opening(b"NTLMSSP\0\x03\0\0\0"));
        assert!(!is_ntlm_opening(b"NTLMSSP"));
        assert!(!is_ntlm_opening(b""));
    }
}
