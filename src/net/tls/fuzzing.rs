//! Fuzz targets for what a TLS server sends; see `src/fuzzing.rs`.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::UnixTime;

use super::chain;
use super::revocation;
use super::revocation::Revocation;
use crate::proto::x509;
use crate::proto::x509::Certificate;
use crate::proto::x509::ocsp::Response;

/// A certificate that nobody has vouched for is looked at from all sides, and never trusted.
pub(crate) fn certificate(bytes: &[u8]) {
    if let Ok(certificate) = Certificate::read(bytes) {
        _ = certificate.is_good_at(0);
        _ = certificate.is_for_servers();
        _ = certificate.has_alternative_names();
        _ = certificate.signature.hash();
        _ = certificate.key.rsa_bits();
        assert!(certificate.subject.ends_with(certificate.subject_content()));
        for url in certificate.revocation_lists() {
            assert!(url.len() >= "http://".len());
        }
        for name in [certificate.subject, certificate.issuer] {
            _ = x509::lines(name);
            _ = x509::matches_common_name(name, "a.example");
        }
    }
    let roots = RootCertStore::empty();
    let der = CertificateDer::from(bytes);
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
    let revocation = Some((Revocation { cache_only: true }, bytes));
    let itself = std::slice::from_ref(&der);
    let problems = chain::problems(&roots, &der, itself, algorithms.all, revocation, UnixTime::now());
    assert!(problems.unknown_ca || problems.invalid, "{problems:?}");
    assert!(chain::path(&[bytes.to_vec()], &[]).len() <= 1);
}

/// What is stapled to a certificate, read.
pub(crate) fn stapled_response(bytes: &[u8]) {
    let Ok(response) = Response::read(bytes) else { return };
    let message = response.signed.message;
    assert!(bytes.windows(message.len()).any(|part| part == message));
    for der in &response.certificates {
        if let Ok(certificate) = Certificate::read(der) {
            _ = response.names(certificate.subject, &certificate.key);
            _ = response.status(&certificate, &certificate.key, 0);
        }
    }
}

/// A list of what is revoked, read.
pub(crate) fn revocation_list(bytes: &[u8]) {
    if let Some(list) = revocation::read(bytes) {
        _ = list.find_serial(&[1]);
    }
}
