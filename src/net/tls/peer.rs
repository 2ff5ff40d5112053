//! What a handshake has told of the server, kept for the application's queries.

use std::fmt;

use ring::digest;
use rustls::CipherSuite;
use rustls::ClientConnection;
use rustls::HandshakeKind;
use rustls::NamedGroup;
use rustls::ProtocolVersion;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::UnixTime;

use super::Building;
use super::chain;
use super::config;
use super::problems::Forgive;
use crate::platform::ChainProblems;
use crate::proto::x509::Certificate;
use crate::proto::x509::Hash;

/// A server, also one that was refused.
#[derive(Clone)]
pub(crate) struct Peer {
    /// The server's certificate, then what it sent with it; DER.
    pub(crate) chain: Vec<Vec<u8>>,
    /// Names of the authorities whose client certificates the server takes, when it asked for one; DER.
    pub(crate) authorities: Option<Vec<Vec<u8>>>,
    /// Absent when the handshake came to no end.
    pub(crate) channel: Option<Channel>,
}

/// What was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) tls13: bool,
    /// Its number and its properties.
    pub(crate) suite: Suite,
    /// The strength of the key exchange.
    pub(crate) exchange_bits: u32,
    /// An earlier session goes on.
    pub(crate) resumed: bool,
}

/// A cipher suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Suite {
    /// As registered with IANA.
    pub(crate) number: u16,
    pub(crate) name: &'static str,
    pub(crate) cipher: Cipher,
    pub(crate) key_bits: u32,
    /// `RSA` or `ECDSA`; TLS 1.3 leaves that open.
    pub(crate) certificate: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes,
    ChaCha20,
}

impl Peer {
    pub(super) fn of_chain(chain: &[CertificateDer<'_>]) -> Peer {
        Peer { chain: chain.iter().map(|der| der.to_vec()).collect(), authorities: None, channel: None }
    }

    /// Once the server has shown its certificate.
    pub(super) fn of(tls: &ClientConnection, authorities: Option<Vec<Vec<u8>>>) -> Peer {
        let chain = tls.peer_certificates().unwrap_or_default();
        Peer { authorities, channel: channel(tls), ..Peer::of_chain(chain) }
    }

    /// The chain as it would be judged now: from the server's certificate up to the root where that is
    /// known, and what is wrong with it, the name aside.
    pub(crate) fn judged(&self, building: Building) -> (Vec<Vec<u8>>, ChainProblems) {
        let sent: Vec<_> = self.chain.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let Some((end_entity, intermediates)) = sent.split_first() else {
            return (Vec::new(), ChainProblems::INVALID);
        };
        let problems = config::verifier(Forgive::default(), building).chain(
            end_entity,
            intermediates,
            &[],
            UnixTime::now(),
        );
        (chain::path(&self.chain, &config::root_certificates()), problems)
    }

    /// The channel binding `tls-server-end-point` (RFC 5929), its prefix included: a hash of the
    /// server's certificate.
    pub(crate) fn channel_binding(&self) -> Option<Vec<u8>> {
        let der = self.chain.first()?;
        let certificate = Certificate::read(der).ok()?;
        let algorithm = match certificate.signature.hash() {
            Some(Hash::Sha384) => &digest::SHA384,
            Some(Hash::Sha512) => &digest::SHA512,
            Some(Hash::Weak | Hash::Sha256) | None => &digest::SHA256,
        };
        let hash = digest::digest(algorithm, der);
        Some([b"tls-server-end-point:", hash.as_ref()].concat())
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("certificates", &self.chain.len()).finish_non_exhaustive()
    }
}

fn channel(tls: &ClientConnection) -> Option<Channel> {
    if tls.is_handshaking() {
        return None;
    }
    let number = tls.negotiated_cipher_suite()?.suite();
    let suite = SUITES.iter().find(|suite| CipherSuite::from(suite.number) == number)?;
    let exchange_bits = match tls.negotiated_key_exchange_group().map(|group| group.name()) {
        Some(NamedGroup::X25519) => 255,
        Some(NamedGroup::secp384r1) => 384,
        _ => 256,
    };
    Some(Channel {
        tls13: tls.protocol_version() == Some(ProtocolVersion::TLSv1_3),
        suite: *suite,
        exchange_bits,
        resumed: tls.handshake_kind() == Some(HandshakeKind::Resumed),
    })
}

const fn suite(
    number: u16,
    name: &'static str,
    cipher: Cipher,
    key_bits: u32,
    certificate: &'static str,
) -> Suite {
    Suite { number, name, cipher, key_bits, certificate }
}

/// All that our provider has; a test compares.
const SUITES: [Suite; 9] = [
    suite(0x1301, "TLS_AES_128_GCM_SHA256", Cipher::Aes, 128, ""),
    suite(0x1302, "TLS_AES_256_GCM_SHA384", Cipher::Aes, 256, ""),
    suite(0x1303, "TLS_CHACHA20_POLY1305_SHA256", Cipher::ChaCha20, 256, ""),
    suite(0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", Cipher::Aes, 128, "ECDSA"),
    suite(0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", Cipher::Aes, 256, "ECDSA"),
    suite(0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", Cipher::Aes, 128, "RSA"),
    suite(0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", Cipher::Aes, 256, "RSA"),
    suite(0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", Cipher::ChaCha20, 256, "RSA"),
    suite(0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", Cipher::ChaCha20, 256, "ECDSA"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_of_the_provider_is_known() {
        let provider = rustls::crypto::ring::default_provider();
        for suite in &provider.cipher_suites {
            let known = SUITES.iter().find(|known| CipherSuite::from(known.number) == suite.suite());
            let name = suite.suite().as_str().unwrap().replace("TLS13_", "TLS_");
            assert_eq!(known.map(|known| known.name), Some(name.as_str()));
        }
    }
}
