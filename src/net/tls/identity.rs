//! Client certificates: what the application has said about them, and the key that signs for one.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::Hash;
use std::hash::Hasher;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use ring::digest;
use rustls::Error;
use rustls::SignatureAlgorithm;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::CertifiedKey;
use rustls::sign::Signer;
use rustls::sign::SigningKey;

use crate::base::Mutex;
use crate::platform::ClientCertificate;
use crate::platform::HeldKey;
use crate::platform::KeyTrouble;
use crate::platform::PrivateKey;
use crate::platform::Signing;

/// What the application has said about client certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    /// Nothing yet: a server that asks for one ends the handshake, and the application decides.
    #[default]
    Unsaid,
    /// There is none: whether that is enough, the server says.
    Anonymous,
    Identity(Arc<Identity>),
}

/// A certificate with its private key.
#[derive(Debug)]
pub(crate) struct Identity {
    certificate: ClientCertificate,
    /// Looked for when it is first needed, since it may be asked from a device.
    key: OnceLock<Result<Arc<CertifiedKey>, KeyTrouble>>,
}

impl Identity {
    pub(crate) fn new(certificate: ClientCertificate) -> Identity {
        Identity { certificate, key: OnceLock::new() }
    }

    /// The certificate's key, in a form that signs.
    pub(super) fn key(&self) -> Result<&Arc<CertifiedKey>, KeyTrouble> {
        self.key.get_or_init(|| self.find_key()).as_ref().map_err(|trouble| *trouble)
    }

    fn find_key(&self) -> Result<Arc<CertifiedKey>, KeyTrouble> {
        let key: Arc<dyn SigningKey> = match self.certificate.key()? {
            PrivateKey::Der(der) => {
                let der = PrivateKeyDer::try_from(der).map_err(|error| {
                    log::warn!("private key of the client certificate: {error}");
                    KeyTrouble::NoAccess
                })?;
                rustls::crypto::ring::sign::any_supported_type(&der).map_err(|error| {
                    log::warn!("private key of the client certificate: {error}");
                    KeyTrouble::NoAccess
                })?
            }
            PrivateKey::Held(key) => Arc::new(Held(Arc::new(key))),
        };
        let chain = self.certificate.chain().into_iter().map(CertificateDer::from).collect();
        let key = CertifiedKey::new(chain, key);
        if let Err(Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) = key.keys_match() {
            log::warn!("the client certificate's key is not its own");
            return Err(KeyTrouble::Missing);
        }
        Ok(Arc::new(key))
    }

    /// Whether its key can sign in TLS 1.3, which has no PKCS #1 signatures.
    pub(super) fn knows_tls13(&self) -> bool {
        let Ok(key) = self.key() else { return false };
        let schemes = [
            SignatureScheme::RSA_PSS_SHA256,
            SignatureScheme::RSA_PSS_SHA384,
            SignatureScheme::RSA_PSS_SHA512,
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::ECDSA_NISTP384_SHA384,
            SignatureScheme::ED25519,
        ];
        key.key.choose_scheme(&schemes).is_some()
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Identity) -> bool {
        self.certificate.der() == other.certificate.der()
    }
}

impl Eq for Identity {}

impl Hash for Identity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.certificate.der().hash(state);
    }
}

/// Answers servers that ask for a certificate. It belongs to a configuration and so to many
/// handshakes; what a server has said is for the one that [`Resolver::watch`] runs.
#[derive(Debug)]
pub(super) struct Resolver {
    key: Option<Arc<CertifiedKey>>,
    /// What servers have said, by the number of the watch, until that ends.
    asked: Mutex<HashMap<u64, Vec<Vec<u8>>>>,
}

thread_local!(static WATCH: Cell<u64> = const { Cell::new(0) });

impl Resolver {
    pub(super) fn new(key: Option<Arc<CertifiedKey>>) -> Resolver {
        Resolver { key, asked: Mutex::new(HashMap::new()) }
    }

    /// Runs a step of a handshake; also gives the authorities that the server takes, if it has asked
    /// in this step.
    pub(super) fn watch<T>(&self, step: impl FnOnce() -> T) -> (T, Option<Vec<Vec<u8>>>) {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let before = WATCH.replace(number);
        let done = step();
        WATCH.set(before);
        (done, self.asked.lock().remove(&number))
    }
}

impl ResolvesClientCert for Resolver {
    fn resolve(&self, authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let authorities = authorities.iter().map(|name| name.to_vec()).collect();
        self.asked.lock().insert(WATCH.get(), authorities);
        self.key.clone()
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A key that the system signs with, and does not show.
#[derive(Debug)]
struct Held(Arc<HeldKey>);

impl SigningKey for Held {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let (scheme, way) = WAYS
            .into_iter()
            .find(|(scheme, way)| offered.contains(scheme) && self.0.can(way.signing, way.hash_bytes()))?;
        Some(Box::new(HeldSigner { key: self.0.clone(), scheme, way }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        if self.0.is_rsa() { SignatureAlgorithm::RSA } else { SignatureAlgorithm::ECDSA }
    }
}

#[derive(Debug)]
struct HeldSigner {
    key: Arc<HeldKey>,
    scheme: SignatureScheme,
    way: Way,
}

impl Signer for HeldSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let hash = digest::digest(self.way.hash, message);
        let signature = self.key.sign(self.way.signing, hash.as_ref()).map_err(|error| {
            log::warn!("signing with the client certificate's key: {error}");
            Error::General("the key did not sign".to_owned())
        })?;
        Ok(if self.way.signing == Signing::Ecdsa { ecdsa_in_der(&signature) } else { signature })
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

#[derive(Clone, Copy, Debug)]
struct Way {
    signing: Signing,
    hash: &'static digest::Algorithm,
}

impl Way {
    fn hash_bytes(self) -> usize {
        self.hash.output_len()
    }
}

const fn way(signing: Signing, hash: &'static digest::Algorithm) -> Way {
    Way { signing, hash }
}

/// The best first.
const WAYS: [(SignatureScheme, Way); 8] = [
    (SignatureScheme::ECDSA_NISTP256_SHA256, way(Signing::Ecdsa, &digest::SHA256)),
    (SignatureScheme::ECDSA_NISTP384_SHA384, way(Signing::Ecdsa, &digest::SHA384)),
    (SignatureScheme::RSA_PSS_SHA256, way(Signing::RsaPss, &digest::SHA256)),
    (SignatureScheme::RSA_PSS_SHA384, way(Signing::RsaPss, &digest::SHA384)),
    (SignatureScheme::RSA_PSS_SHA512, way(Signing::RsaPss, &digest::SHA512)),
    (SignatureScheme::RSA_PKCS1_SHA256, way(Signing::RsaPkcs1, &digest::SHA256)),
    (SignatureScheme::RSA_PKCS1_SHA384, way(Signing::RsaPkcs1, &digest::SHA384)),
    (SignatureScheme::RSA_PKCS1_SHA512, way(Signing::RsaPkcs1, &digest::SHA512)),
];

/// The two numbers of an ECDSA signature, each half of `raw`, as TLS wants them: a DER sequence of
/// two integers.
fn ecdsa_in_der(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at(raw.len() / 2);
    let mut content = Vec::new();
    for number in [r, s] {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        let number = number.get(zeros..).unwrap_or_default();
        let sign = number.first().is_none_or(|first| *first >= 0x80);
        content.push(0x02);
        content.push((number.len() + usize::from(sign)) as u8);
        content.extend(sign.then_some(0));
        content.extend_from_slice(number);
    }
    // Below 128 bytes: both curves have numbers of at most 48.
    [&[0x30, content.len() as u8], &content[..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecdsa_numbers_are_minimal_and_positive() {
        assert_eq!(ecdsa_in_der(&[0, 1, 0x80, 0]), [0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]);
        assert_eq!(ecdsa_in_der(&[0, 0]), [0x30, 6, 2, 1, 0, 2, 1, 0]);
    }
}
