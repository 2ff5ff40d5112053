//! The authority's word that a server brings along: counts when the authority has signed it, or somebody whom it has
//! appointed (RFC 6960, section 4.2.2.2).

use rustls::pki_types::CertificateDer;
use rustls::pki_types::SignatureVerificationAlgorithm;
use rustls::pki_types::TrustAnchor;
use rustls::pki_types::UnixTime;
use webpki::EndEntityCert;
use webpki::KeyUsage;

use super::signed::is_signed;
use crate::proto::x509::Certificate;
use crate::proto::x509::PublicKey;
use crate::proto::x509::ocsp::Response;
use crate::proto::x509::ocsp::Status;

/// What a response says of a certificate, if it says something now and may be believed.
pub(super) fn status(
    response: &[u8],
    leaf: &Certificate<'_>,
    issuer: &TrustAnchor<'_>,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
    now: UnixTime,
) -> Option<Status> {
    if response.is_empty() {
        return None;
    }
    let said = Response::read(response).ok().and_then(|response| {
        let key = PublicKey::of_content(&issuer.subject_public_key_info).ok()?;
        let status = response.status(leaf, &key, now.as_secs())?;
        let believed = response.names(leaf.issuer, &key) && is_signed(&response.signed, &key, algorithms);
        (believed || by_appointed(&response, issuer, algorithms, now)).then_some(status)
    });
    match said {
        Some(said) => log::debug!("the stapled word on revocation: {said:?}"),
        None => log::warn!("the stapled word on revocation does not count"),
    }
    said
}

/// Whether a certificate that came along is of the same authority, for this purpose, and its holder has signed.
fn by_appointed(
    response: &Response<'_>,
    issuer: &TrustAnchor<'_>,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
    now: UnixTime,
) -> bool {
    response.certificates.iter().take(MOST_APPOINTED).any(|der| {
        let Ok(certificate) = Certificate::read(der) else { return false };
        if !response.names(certificate.subject, &certificate.key) {
            return false;
        }
        let der = CertificateDer::from(*der);
        let usage = KeyUsage::required(OCSP_SIGNING);
        let appointed = EndEntityCert::try_from(&der).is_ok_and(|parsed| {
            let anchors = std::slice::from_ref(issuer);
            parsed.verify_for_usage(algorithms, anchors, &[], now, usage, None, None).is_ok()
        });
        appointed && is_signed(&response.signed, &certificate.key, algorithms)
    })
}

const OCSP_SIGNING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09];
/// Nobody sends more.
const MOST_APPOINTED: usize = 4;
