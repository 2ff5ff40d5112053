//! Judging a server's certificate as WinHTTP reports it: every problem has a name of its own, and
//! the application may forgive each by itself.

use std::fmt;
use std::sync::Arc;

use rustls::CertificateError;
use rustls::DigitallySignedStruct;
use rustls::Error;
use rustls::OtherError;
use rustls::RootCertStore;
use rustls::SignatureScheme;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::danger::ServerCertVerified;
use rustls::client::danger::ServerCertVerifier;
use rustls::client::verify_server_name;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::crypto::verify_tls12_signature;
use rustls::crypto::verify_tls13_signature;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::UnixTime;
use rustls::server::ParsedCertificate;

use super::Building;
use super::Peer;
use super::chain;
use super::old;
use super::problems::Forgive;
use super::problems::Problems;
use crate::platform;
use crate::platform::ChainProblems;
use crate::proto::x509;
use crate::proto::x509::Certificate;

/// Who says whether a chain is to be trusted.
#[derive(Clone, Debug)]
pub(super) enum Trust {
    /// These roots, and the rules of webpki.
    Roots(Arc<RootCertStore>),
    /// The operating system.
    System,
}

#[derive(Debug)]
pub(super) struct Verifier {
    trust: Trust,
    algorithms: WebPkiSupportedAlgorithms,
    forgive: Forgive,
    building: Building,
}

impl Verifier {
    pub(super) fn new(
        trust: Trust,
        algorithms: WebPkiSupportedAlgorithms,
        forgive: Forgive,
        building: Building,
    ) -> Verifier {
        Verifier { trust, algorithms, forgive, building }
    }

    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Problems {
        let has_name = match ParsedCertificate::try_from(end_entity) {
            Ok(parsed) => verify_server_name(&parsed, name).is_ok(),
            Err(_) if old::read(end_entity).is_some() => false,
            Err(_) => return Problems::INVALID,
        };
        let named = has_name || has_common_name(end_entity, name);
        Problems { name: !named, chain: self.chain(end_entity, intermediates, stapled, now) }
    }

    fn old_has_signed(
        &self,
        certificate: &Certificate<'_>,
        message: &[u8],
        signed: &DigitallySignedStruct,
        tls13: bool,
    ) -> Result<HandshakeSignatureValid, Error> {
        if old::has_signed(certificate, message, signed, &self.algorithms, tls13) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        Err(Error::InvalidCertificate(CertificateError::BadSignature))
    }

    /// The chain's problems, the name aside. `stapled`: an OCSP response that came with it, or nothing.
    pub(super) fn chain(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        stapled: &[u8],
        now: UnixTime,
    ) -> ChainProblems {
        match &self.trust {
            Trust::Roots(roots) => {
                let all = self.algorithms.all;
                let revocation = self.building.revocation.map(|how| (how, stapled));
                chain::problems(roots, end_entity, intermediates, all, revocation, now)
            }
            Trust::System => system_chain(end_entity, intermediates, stapled, self.building, now),
        }
    }
}

/// Windows takes the common name of a certificate that has no alternative names.
fn has_common_name(end_entity: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    let (ServerName::DnsName(host), Ok(certificate)) = (name, Certificate::read(end_entity)) else {
        return false;
    };
    !certificate.has_alternative_names() && x509::matches_common_name(certificate.subject, host.as_ref())
}

fn system_chain(
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    stapled: &[u8],
    building: Building,
    now: UnixTime,
) -> ChainProblems {
    let intermediates: Vec<&[u8]> = intermediates.iter().map(AsRef::as_ref).collect();
    let how = platform::ChainBuilding {
        check_revocation: building.revocation.is_some(),
        flags: building.flags,
        own_only: building.own_only,
    };
    let judged = platform::chain_problems(end_entity, &intermediates, stapled, how, now.as_secs());
    judged.unwrap_or_else(|error| {
        log::error!("the system could not judge a certificate: {error}");
        ChainProblems::INVALID
    })
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let problems = self.judge(end_entity, intermediates, name, ocsp_response, now);
        let remaining = problems.beyond(self.forgive);
        if !remaining.any() {
            return Ok(ServerCertVerified::assertion());
        }
        let chain: Vec<_> = std::iter::once(end_entity).chain(intermediates).cloned().collect();
        let verdict = Verdict { problems: remaining, peer: Peer::of_chain(&chain) };
        Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(verdict)))))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let done = match old::read(certificate) {
            Some(old) => self.old_has_signed(&old, message, signed, false),
            None => verify_tls12_signature(message, certificate, signed, &self.algorithms),
        };
        // TLS 1.3 signs in ways for which *ring* takes no short keys.
        if done.is_err() && self.forgive.weak {
            return verify_tls12_signature(message, certificate, signed, &chain::WEAK).or(done);
        }
        done
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match old::read(certificate) {
            Some(old) => self.old_has_signed(&old, message, signed, true),
            None => verify_tls13_signature(message, certificate, signed, &self.algorithms),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.algorithms.supported_schemes();
        if self.forgive.weak {
            // Short keys are verified in the older way only, so that is asked for first.
            schemes.sort_by_key(|scheme| !WEAK_FIRST.contains(scheme));
        }
        schemes
    }
}

const WEAK_FIRST: [SignatureScheme; 2] =
    [SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme::RSA_PKCS1_SHA512];

/// A refusal on its way through rustls.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) problems: Problems,
    pub(super) peer: Peer,
}

impl Verdict {
    /// The verdict in an error, when it is this verifier's.
    pub(super) fn of(error: &Error) -> Option<&Verdict> {
        match error {
            Error::InvalidCertificate(CertificateError::Other(OtherError(verdict))) => verdict.downcast_ref(),
            _ => None,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificate was rejected: {:?}", self.problems)
    }
}

impl std::error::Error for Verdict {}
