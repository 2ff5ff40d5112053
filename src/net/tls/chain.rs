//! Chains judged by webpki against roots of ours. webpki stops at the first fault; here each fault is
//! looked for, as WinHTTP reports them all.

use ring::signature;
use rustls::RootCertStore;
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::AlgorithmIdentifier;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::InvalidSignature;
use rustls::pki_types::SignatureVerificationAlgorithm;
use rustls::pki_types::TrustAnchor;
use rustls::pki_types::UnixTime;
use rustls::pki_types::alg_id;
use webpki::CertRevocationList;
use webpki::EndEntityCert;
use webpki::Error;
use webpki::ExpirationPolicy;
use webpki::ExtendedKeyUsageValidator;
use webpki::KeyPurposeId;
use webpki::KeyPurposeIdIter;
use webpki::KeyUsage;
use webpki::RequiredEkuNotFoundContext;
use webpki::RevocationOptions;
use webpki::RevocationOptionsBuilder;
use webpki::UnknownStatusPolicy;
use webpki::VerifiedPath;

use super::old;
use super::revocation::Revocation;
use super::stapled;
use crate::platform::ChainProblems;
use crate::proto::x509::Certificate;
use crate::proto::x509::ocsp::Status;

/// The problems of a server's chain, the name aside. What is stapled to it goes with the way in which revocation is
/// looked up.
pub(super) fn problems(
    roots: &RootCertStore,
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    algorithms: &[&dyn SignatureVerificationAlgorithm],
    revocation: Option<(Revocation, &[u8])>,
    now: UnixTime,
) -> ChainProblems {
    let Ok(leaf) = Certificate::read(end_entity) else { return ChainProblems::INVALID };
    let mut problems = ChainProblems {
        date: !leaf.is_good_at(now.as_secs()),
        usage: !leaf.is_for_servers(),
        weak: leaf.key.rsa_bits().is_some_and(|bits| bits < LEAST_RSA_BITS),
        ..ChainProblems::default()
    };
    if roots.roots.iter().any(|root| is_itself(root, &leaf)) {
        return problems;
    }
    if old::read(end_entity).is_some() {
        old::judge(&mut problems, &leaf, roots, algorithms);
        problems.unchecked = revocation.is_some();
        return problems;
    }
    let Ok(parsed) = EndEntityCert::try_from(end_entity) else { return ChainProblems::INVALID };
    let look = Look { roots, parsed: &parsed, intermediates, algorithms };
    let mut terms = Terms { at: now, any_usage: problems.usage, weak: false };
    let mut other_times = other_times(&leaf, intermediates);
    loop {
        match look.along(&terms) {
            Ok(()) => break,
            Err(Error::CertExpired { .. } | Error::CertNotValidYet { .. }) => {
                problems.date = true;
                match other_times.pop() {
                    Some(at) => terms.at = at,
                    // Never good at one time: nothing has led to a root.
                    None => {
                        problems.unknown_ca = true;
                        break;
                    }
                }
            }
            Err(Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension) if !terms.any_usage => {
                problems.usage = true;
                terms.any_usage = true;
            }
            Err(
                Error::UnsupportedSignatureAlgorithmContext(_)
                | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
                | Error::InvalidSignatureForPublicKey,
            ) if !terms.weak => terms.weak = true,
            Err(Error::UnknownIssuer) => {
                problems.unknown_ca = true;
                break;
            }
            // A self-signed certificate that says it is an authority.
            Err(Error::CaUsedAsEndEntity) if leaf.is_self_issued() => {
                problems.unknown_ca = true;
                break;
            }
            Err(error) => {
                log::debug!("certificate chain: {error}");
                problems.invalid = true;
                break;
            }
        }
    }
    let led_to_root = !problems.unknown_ca && !problems.invalid;
    problems.weak |= led_to_root && terms.weak;
    if let Some((revocation, stapled)) = revocation {
        let outcome = if led_to_root {
            look.revocation(&terms, &leaf, revocation, stapled, now)
        } else {
            Outcome::Unknown
        };
        problems.revoked = outcome == Outcome::Revoked;
        problems.unchecked = outcome == Outcome::Unknown;
    }
    problems
}

/// The way from the first certificate up, through what was sent and to a root, as far as it is known.
/// Nothing is verified for it.
pub(super) fn path(sent: &[Vec<u8>], roots: &[CertificateDer<'_>]) -> Vec<Vec<u8>> {
    let mut path: Vec<Vec<u8>> = Vec::new();
    let mut next = sent.first().map(Vec::as_slice);
    while let Some(der) = next.take() {
        let Ok(certificate) = Certificate::read(der) else { break };
        path.push(der.to_vec());
        if certificate.is_self_issued() || path.len() > sent.len() {
            break;
        }
        let issues =
            |other: &&[u8]| Certificate::read(other).is_ok_and(|other| other.subject == certificate.issuer);
        let new = sent.iter().map(Vec::as_slice).filter(|other| !path.iter().any(|der| der == other));
        next = roots.iter().map(AsRef::as_ref).find(issues).or_else(|| new.into_iter().find(issues));
    }
    path
}

/// Whether the certificate itself is a root that is trusted: it vouches for itself then. webpki keeps
/// of a root what is inside of the two sequences.
fn is_itself(root: &TrustAnchor<'_>, leaf: &Certificate<'_>) -> bool {
    leaf.is_self_issued()
        && *root.subject == *leaf.subject_content()
        && *root.subject_public_key_info == *leaf.key.der
        && root.name_constraints.is_none()
}

/// Times at which a chain might be good that is not good now: the ends of what it is made of.
fn other_times(leaf: &Certificate<'_>, intermediates: &[CertificateDer<'_>]) -> Vec<UnixTime> {
    let parsed: Vec<_> =
        intermediates.iter().take(MOST_INTERMEDIATES).filter_map(|der| Certificate::read(der).ok()).collect();
    // Taken from the end: the leaf's first.
    parsed
        .iter()
        .chain([leaf])
        .flat_map(|certificate| [certificate.not_before, certificate.not_after])
        .map(|seconds| UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
        .collect()
}

/// What a chain is asked for.
struct Terms {
    at: UnixTime,
    any_usage: bool,
    weak: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Good,
    Revoked,
    Unknown,
}

struct Look<'a> {
    roots: &'a RootCertStore,
    parsed: &'a EndEntityCert<'a>,
    intermediates: &'a [CertificateDer<'a>],
    algorithms: &'a [&'a dyn SignatureVerificationAlgorithm],
}

impl Look<'_> {
    fn along(&self, terms: &Terms) -> Result<(), Error> {
        self.verify(terms, None).map(|_| ())
    }

    fn verify(
        &self,
        terms: &Terms,
        revocation: Option<RevocationOptions<'_>>,
    ) -> Result<VerifiedPath<'_>, Error> {
        let usage = Usage { any: terms.any_usage };
        let Look { roots, parsed, intermediates, algorithms } = self;
        let mut algorithms = algorithms.to_vec();
        if terms.weak {
            algorithms.extend(WEAK.all.iter().copied());
        }
        parsed.verify_for_usage(&algorithms, &roots.roots, intermediates, terms.at, usage, revocation, None)
    }

    /// Looks up a chain that is known to lead to a root: in what is stapled, which is about its first certificate, and
    /// in lists.
    fn revocation(
        &self,
        terms: &Terms,
        leaf: &Certificate<'_>,
        revocation: Revocation,
        stapled: &[u8],
        now: UnixTime,
    ) -> Outcome {
        let Ok(path) = self.verify(terms, None) else { return Outcome::Unknown };
        let between: Vec<_> = path.intermediate_certificates().map(webpki::Cert::der).collect();
        let issuer = match between.first() {
            Some(issuer) => webpki::anchor_from_trusted_cert(issuer).ok(),
            None => Some(path.anchor().clone()),
        };
        let word = issuer.and_then(|issuer| stapled::status(stapled, leaf, &issuer, self.algorithms, now));
        let between: Vec<_> = between.iter().filter_map(|der| Certificate::read(der).ok()).collect();
        let unsaid = match word {
            Some(Status::Revoked) => return Outcome::Revoked,
            Some(Status::Good) if between.is_empty() => return Outcome::Good,
            Some(Status::Good) => None,
            None => Some(leaf),
        };
        let lists = revocation.lists(between.iter().chain(unsaid));
        let lists: Vec<_> = lists.iter().map(AsRef::as_ref).collect();
        let Ok(strict) = RevocationOptionsBuilder::new(&lists) else { return Outcome::Unknown };
        let expiration = if terms.at == now { ExpirationPolicy::Enforce } else { ExpirationPolicy::Ignore };
        let strict = strict.with_expiration_policy(expiration);
        match self.verify(terms, Some(strict.build())) {
            Ok(_) => return Outcome::Good,
            Err(Error::CertRevoked) => return Outcome::Revoked,
            Err(error) => log::debug!("revocation: {error}"),
        }
        // One of the chain may be revoked though nothing is known of another.
        let Ok(lenient) = RevocationOptionsBuilder::new(&lists) else { return Outcome::Unknown };
        let expiration = if unsaid.is_none() { expiration } else { ExpirationPolicy::Ignore };
        let lenient =
            lenient.with_status_policy(UnknownStatusPolicy::Allow).with_expiration_policy(expiration);
        match self.verify(terms, Some(lenient.build())) {
            Err(Error::CertRevoked) => Outcome::Revoked,
            // The lists about the others are sound; is there one about each?
            Ok(_) if unsaid.is_none() && between.iter().all(|one| is_listed(one, &lists)) => Outcome::Good,
            _ => Outcome::Unknown,
        }
    }
}

/// Whether one of the lists is about an authority's certificate.
fn is_listed(certificate: &Certificate<'_>, lists: &[&CertRevocationList<'_>]) -> bool {
    lists.iter().any(|list| {
        list.issuer() == certificate.issuer_content()
            && certificate.is_in_scope_of(list.issuing_distribution_point())
    })
}

/// A server's, or any when that has been found wanting already.
struct Usage {
    any: bool,
}

impl ExtendedKeyUsageValidator for Usage {
    fn validate(&self, usages: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        let (mut said, mut fits) = (false, self.any);
        for usage in usages {
            let usage = usage?;
            said = true;
            fits |= usage == SERVER_AUTHENTICATION || usage == ANY_USAGE;
        }
        if fits || !said {
            return Ok(());
        }
        let required = KeyUsage::server_auth();
        Err(Error::RequiredEkuNotFoundContext(RequiredEkuNotFoundContext { required, present: Vec::new() }))
    }
}

const SERVER_AUTHENTICATION: KeyPurposeId<'static> =
    KeyPurposeId::new(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]);
const ANY_USAGE: KeyPurposeId<'static> = KeyPurposeId::new(&[0x55, 0x1d, 0x25, 0x00]);

/// What *ring* verifies and this provider does not offer: SHA-1, and RSA keys from 1024 bits.
#[derive(Debug)]
struct Legacy {
    signature: AlgorithmIdentifier,
    algorithm: &'static signature::RsaParameters,
}

impl SignatureVerificationAlgorithm for Legacy {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }

    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = signature::UnparsedPublicKey::new(self.algorithm, key);
        key.verify(message, signature).map_err(|_| InvalidSignature)
    }
}

static SHA1: Legacy = Legacy {
    // `sha1WithRSAEncryption`, then NULL.
    signature: AlgorithmIdentifier::from_slice(&[
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
    ]),
    algorithm: &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
};
static SHORT_SHA256: Legacy = Legacy {
    signature: alg_id::RSA_PKCS1_SHA256,
    algorithm: &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
};
static SHORT_SHA512: Legacy = Legacy {
    signature: alg_id::RSA_PKCS1_SHA512,
    algorithm: &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
};

/// As [`Legacy`] says, for chains, and for handshakes of TLS 1.2.
pub(super) static WEAK: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[&SHA1, &SHORT_SHA256, &SHORT_SHA512],
    mapping: &[
        (SignatureScheme::RSA_PKCS1_SHA256, &[&SHORT_SHA256]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[&SHORT_SHA512]),
    ],
};

/// What others refuse, too: shorter ones are reported as weak.
const LEAST_RSA_BITS: usize = 2048;
/// Beyond that many, an intermediate's dates are not tried.
const MOST_INTERMEDIATES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::x509::samples;

    fn roots(of: &[&str]) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        let ders = of.iter().map(|name| CertificateDer::from(samples::decode(name)));
        assert_eq!(roots.add_parsable_certificates(ders).1, 0);
        roots
    }

    fn judge(roots: &RootCertStore, der: Vec<u8>, at: u64) -> ChainProblems {
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(at));
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        problems(roots, &CertificateDer::from(der), &[], algorithms.all, None, now)
    }

    #[test]
    fn a_root_vouches_for_itself() {
        let trusted = roots(&[samples::ODD]);
        let unknown = ChainProblems { unknown_ca: true, ..ChainProblems::default() };
        let date = ChainProblems { date: true, ..ChainProblems::default() };
        let (der, day) = (samples::decode(samples::ODD), samples::ODD_DAY);
        assert_eq!(judge(&trusted, der.clone(), day), ChainProblems::default());
        assert_eq!(judge(&trusted, der.clone(), day - 1), date);
        assert_eq!(judge(&roots(&[]), der, day), unknown);
    }

    /// It has the name, and another key: whole, or cut to the end of the right one.
    #[test]
    fn nobody_else_is_that_root() {
        let trusted = roots(&[samples::ODD]);
        let der = samples::decode(samples::ODD);
        let key = Certificate::read(&der).unwrap().key.der.to_vec();
        let at = der.windows(key.len()).position(|part| part == key).unwrap();
        for changed in at..at + key.len() {
            let mut der = der.clone();
            der[changed] ^= 1;
            assert!(judge(&trusted, der, samples::ODD_DAY) != ChainProblems::default(), "{changed}");
        }
    }
}
