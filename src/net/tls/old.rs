//! Servers' certificates of version 1 (and 2), which webpki does not read. They have no extensions, so there is little to
//! judge: who has signed them, until when, and how strongly. Small devices still come with such ones.

use rustls::DigitallySignedStruct;
use rustls::RootCertStore;
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::SignatureVerificationAlgorithm;

use super::chain::WEAK;
use super::signed::is_signed;
use super::signed::verifies;
use crate::platform::ChainProblems;
use crate::proto::x509::Certificate;
use crate::proto::x509::PublicKey;

/// The certificate, if it is an old one.
pub(super) fn read<'a>(der: &'a CertificateDer<'_>) -> Option<Certificate<'a>> {
    Certificate::read(der).ok().filter(|certificate| certificate.version < VERSION_3)
}

/// Adds to a certificate's problems those of its chain: one of the roots has signed it, or nobody is known to have.
/// Nothing tells whether it is revoked.
pub(super) fn judge(
    problems: &mut ChainProblems,
    certificate: &Certificate<'_>,
    roots: &RootCertStore,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
) {
    let named = |root: &&rustls::pki_types::TrustAnchor<'_>| {
        *root.subject == *certificate.issuer_content() && root.name_constraints.is_none()
    };
    let signed_in = |ways: &[&dyn SignatureVerificationAlgorithm]| {
        roots.roots.iter().filter(named).any(|root| {
            let key = PublicKey::of_content(&root.subject_public_key_info);
            key.is_ok_and(|key| is_signed(&certificate.signed, &key, ways))
        })
    };
    if signed_in(algorithms) {
        return;
    }
    if signed_in(WEAK.all) {
        problems.weak = true;
    } else {
        problems.unknown_ca = true;
    }
}

/// Whether its holder has signed the handshake.
pub(super) fn has_signed(
    certificate: &Certificate<'_>,
    message: &[u8],
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
    tls13: bool,
) -> bool {
    let Some((_, ways)) = algorithms.mapping.iter().find(|(scheme, _)| *scheme == signed.scheme) else {
        return false;
    };
    // TLS 1.3 has one key for each scheme, and RSA in the newer way only.
    let ways = if tls13 { ways.get(..1).unwrap_or(ways) } else { ways };
    let is_old_way = matches!(
        signed.scheme,
        SignatureScheme::RSA_PKCS1_SHA256
            | SignatureScheme::RSA_PKCS1_SHA384
            | SignatureScheme::RSA_PKCS1_SHA512
    );
    !(tls13 && is_old_way)
        && ways.iter().any(|way| verifies(*way, &certificate.key, message, signed.signature()))
}

/// As it is counted.
const VERSION_3: u8 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    const SELF_SIGNED: &[u8] = include_bytes!("../../../fuzz/corpus/certificate/version1");

    fn judged(roots: &RootCertStore, der: &[u8]) -> ChainProblems {
        let certificate = Certificate::read(der).unwrap();
        assert_eq!(certificate.version, 0);
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        let mut problems = ChainProblems::default();
        judge(&mut problems, &certificate, roots, algorithms.all);
        problems
    }

    #[test]
    fn who_has_not_signed_is_not_the_authority() {
        let unknown = ChainProblems { unknown_ca: true, ..ChainProblems::default() };
        assert_eq!(judged(&RootCertStore::empty(), SELF_SIGNED), unknown);
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(SELF_SIGNED)).unwrap();
        assert_eq!(judged(&roots, SELF_SIGNED), ChainProblems::default());
        // A digit of its date; its signature is at the end.
        let date = SELF_SIGNED.windows(5).position(|part| part.ends_with(b"Z")).unwrap();
        for at in [date, SELF_SIGNED.len() - 1] {
            let mut changed = SELF_SIGNED.to_vec();
            changed[at] ^= 1;
            assert_eq!(judged(&roots, &changed), unknown, "{at}");
        }
    }
}
