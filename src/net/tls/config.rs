//! TLS configurations, made once for each combination of settings.

use std::collections::HashMap;
use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;

use parking_lot::Mutex;
use rustls::ClientConfig;
use rustls::RootCertStore;
use rustls::SupportedProtocolVersion;
use rustls::crypto::CryptoProvider;

use super::verify::Forgive;
use super::verify::Trust;
use super::verify::Verifier;
use crate::platform;

/// Which protocol versions may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Protocols {
    pub(crate) tls12: bool,
    pub(crate) tls13: bool,
}

/// The configurations of one session. Connections that forgive different things share none, so
/// that a resumed TLS session never skips a check that is made now.
pub(crate) struct Configs(Mutex<HashMap<(Protocols, Forgive), Arc<ClientConfig>>>);

impl Configs {
    pub(crate) fn new() -> Configs {
        Configs(Mutex::new(HashMap::new()))
    }

    /// The configuration for these settings; `None` when no protocol version is left.
    pub(crate) fn get(&self, protocols: Protocols, forgive: Forgive) -> Option<Arc<ClientConfig>> {
        let mut configs = self.0.lock();
        if let Some(config) = configs.get(&(protocols, forgive)) {
            return Some(config.clone());
        }
        let config = Arc::new(make(protocols, forgive)?);
        configs.insert((protocols, forgive), config.clone());
        Some(config)
    }
}

fn make(protocols: Protocols, forgive: Forgive) -> Option<ClientConfig> {
    let mut versions: Vec<&'static SupportedProtocolVersion> = Vec::new();
    if protocols.tls12 {
        versions.push(&rustls::version::TLS12);
    }
    if protocols.tls13 {
        versions.push(&rustls::version::TLS13);
    }
    if versions.is_empty() {
        return None;
    }
    let provider = provider();
    let verifier = Verifier::new(trust(), provider.signature_verification_algorithms, forgive);
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&versions)
        .inspect_err(|error| log::error!("TLS configuration: {error}"))
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Some(config)
}

fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(rustls::crypto::ring::default_provider()))
}

/// The system's own judgement where it has one, else its trusted roots. `SSL_CERT_FILE` and
/// `SSL_CERT_DIR` take the place of either.
fn trust() -> Trust {
    let is_named = [FILE, DIRECTORY].iter().any(|name| env::var_os(name).is_some());
    if platform::JUDGES_CHAINS && !is_named { Trust::System } else { Trust::Roots(roots()) }
}

const FILE: &str = "SSL_CERT_FILE";
const DIRECTORY: &str = "SSL_CERT_DIR";

/// The trusted roots, read once.
fn roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    ROOTS
        .get_or_init(|| {
            let found = if platform::JUDGES_CHAINS {
                let [file, directory] = [FILE, DIRECTORY].map(|name| env::var_os(name).map(PathBuf::from));
                rustls_native_certs::load_certs_from_paths(file.as_deref(), directory.as_deref())
            } else {
                rustls_native_certs::load_native_certs()
            };
            for error in &found.errors {
                log::warn!("trusted roots: {error}");
            }
            let mut roots = RootCertStore::empty();
            let (added, ignored) = roots.add_parsable_certificates(found.certs);
            log::debug!("trusted roots: {added}, unusable: {ignored}");
            Arc::new(roots)
        })
        .clone()
}
