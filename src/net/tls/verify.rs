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
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::client::verify_server_name;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::crypto::verify_tls12_signature;
use rustls::crypto::verify_tls13_signature;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::ServerName;
use rustls::pki_types::UnixTime;
use rustls::server::ParsedCertificate;

use crate::platform;

/// What is wrong with a certificate; several things can be at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    /// The chain does not lead to a trusted root.
    pub(crate) unknown_ca: bool,
    /// The certificate is for another name.
    pub(crate) name: bool,
    /// Expired, or not valid yet.
    pub(crate) date: bool,
    /// Not a server's certificate.
    pub(crate) usage: bool,
    pub(crate) revoked: bool,
    /// Malformed, badly signed, or otherwise unusable.
    pub(crate) invalid: bool,
}

/// Which problems the application forgives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Forgive {
    pub(crate) unknown_ca: bool,
    pub(crate) name: bool,
    pub(crate) date: bool,
    pub(crate) usage: bool,
}

impl Problems {
    fn beyond(self, forgive: Forgive) -> Problems {
        Problems {
            unknown_ca: self.unknown_ca && !forgive.unknown_ca,
            name: self.name && !forgive.name,
            date: self.date && !forgive.date,
            usage: self.usage && !forgive.usage,
            ..self
        }
    }
}

/// The problems that `error` reports, when it is this verifier's verdict.
pub(super) fn problems(error: &Error) -> Option<Problems> {
    match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(verdict))) => {
            verdict.downcast_ref::<Verdict>().map(|verdict| verdict.0)
        }
        Error::InvalidCertificate(_) => Some(Problems { invalid: true, ..Problems::default() }),
        _ => None,
    }
}

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
}

impl Verifier {
    pub(super) fn new(trust: Trust, algorithms: WebPkiSupportedAlgorithms, forgive: Forgive) -> Verifier {
        Verifier { trust, algorithms, forgive }
    }

    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Problems {
        let Ok(parsed) = ParsedCertificate::try_from(end_entity) else {
            return Problems { invalid: true, ..Problems::default() };
        };
        let mut problems = match &self.trust {
            Trust::Roots(roots) => self.chain(roots, &parsed, intermediates, now),
            Trust::System => system_chain(end_entity, intermediates, now),
        };
        problems.name = verify_server_name(&parsed, name).is_err();
        problems
    }

    fn chain(
        &self,
        roots: &RootCertStore,
        parsed: &ParsedCertificate<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Problems {
        let mut problems = Problems::default();
        let chain = |at| {
            verify_server_cert_signed_by_trust_anchor(parsed, roots, intermediates, at, self.algorithms.all)
        };
        let mut at = now;
        // A wrong date hides everything else, so look once more with a date that is right.
        for _ in 0..2 {
            let Err(error) = chain(at) else { break };
            let Some(inside) = problems.note(&error) else { break };
            at = inside;
        }
        problems
    }
}

fn system_chain(
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    now: UnixTime,
) -> Problems {
    let intermediates: Vec<&[u8]> = intermediates.iter().map(AsRef::as_ref).collect();
    match platform::chain_problems(end_entity, &intermediates, now.as_secs()) {
        Ok(platform::ChainProblems { unknown_ca, date, usage, revoked, invalid }) => {
            Problems { unknown_ca, name: false, date, usage, revoked, invalid }
        }
        Err(error) => {
            log::error!("the system could not judge a certificate: {error}");
            Problems { invalid: true, ..Problems::default() }
        }
    }
}

impl Problems {
    /// Notes a chain error; for a wrong date, gives a time inside the validity.
    fn note(&mut self, error: &Error) -> Option<UnixTime> {
        let Error::InvalidCertificate(error) = error else {
            self.invalid = true;
            return None;
        };
        match error {
            CertificateError::ExpiredContext { not_after, .. } => {
                self.date = true;
                return Some(*not_after);
            }
            CertificateError::NotValidYetContext { not_before, .. } => {
                self.date = true;
                return Some(*not_before);
            }
            CertificateError::Expired | CertificateError::NotValidYet => self.date = true,
            CertificateError::UnknownIssuer => self.unknown_ca = true,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                self.usage = true;
            }
            CertificateError::Revoked => self.revoked = true,
            // webpki's word for a self-signed certificate that says it is an authority.
            CertificateError::Other(OtherError(other)) if other.to_string() == "CaUsedAsEndEntity" => {
                self.unknown_ca = true;
            }
            _ => self.invalid = true,
        }
        None
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let problems = self.judge(end_entity, intermediates, name, now);
        let remaining = problems.beyond(self.forgive);
        if remaining == Problems::default() {
            return Ok(ServerCertVerified::assertion());
        }
        let verdict = OtherError(Arc::new(Verdict(remaining)));
        Err(Error::InvalidCertificate(CertificateError::Other(verdict)))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The problems, on their way through rustls.
#[derive(Debug)]
struct Verdict(Problems);

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificate was rejected: {:?}", self.0)
    }
}

impl std::error::Error for Verdict {}
