//! TLS configurations, made once for each combination of terms.

use std::collections::HashMap;
use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;

use rustls::ClientConfig;
use rustls::KeyLogFile;
use rustls::RootCertStore;
use rustls::SupportedProtocolVersion;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;

use super::identity::Client;
use super::identity::Resolver;
use super::problems::Forgive;
use super::revocation::Revocation;
use super::verify::Trust;
use super::verify::Verifier;
use crate::base::Mutex;
use crate::platform;
use crate::platform::KeyTrouble;

/// Which protocol versions may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Protocols {
    pub(crate) tls12: bool,
    pub(crate) tls13: bool,
}

/// How a server's chain is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Building {
    /// Whether revocation is checked, and how.
    pub(crate) revocation: Option<Revocation>,
    /// Further wishes, for a system that builds chains itself.
    pub(crate) flags: u32,
    /// Nothing is fetched for the chain.
    pub(crate) own_only: bool,
}

/// All that decides whom a connection trusts, and as whom it speaks. Connections on different terms
/// share nothing, so that neither a kept connection nor a resumed session skips a check that is made
/// now, or speaks for somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Terms {
    pub(crate) protocols: Protocols,
    pub(crate) forgive: Forgive,
    pub(crate) building: Building,
    pub(crate) client: Client,
}

/// What handshakes on the same terms share, their resumable sessions among it.
pub(crate) struct Config {
    pub(super) tls: Arc<ClientConfig>,
    pub(super) resolver: Arc<Resolver>,
    /// A server that asks for a certificate ends the handshake.
    pub(super) may_be_asked: bool,
}

/// Why there is no configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoConfig {
    /// No protocol version is left.
    Protocols,
    /// The client certificate's key cannot be used.
    Key(KeyTrouble),
}

/// The configurations of one session.
pub(crate) struct Configs {
    /// Guards only itself.
    made: Mutex<HashMap<Terms, Arc<Config>>>,
    /// Secrets of all connections, for who watches them with a tool, when the user has named a file.
    key_log: OnceLock<Option<Arc<KeyLogFile>>>,
}

impl Configs {
    pub(crate) fn new() -> Configs {
        Configs { made: Mutex::new(HashMap::new()), key_log: OnceLock::new() }
    }

    /// The configuration for these terms.
    pub(crate) fn get(&self, terms: &Terms) -> Result<Arc<Config>, NoConfig> {
        if let Some(config) = self.made.lock().get(terms) {
            return Ok(config.clone());
        }
        let config = Arc::new(self.make(terms)?);
        let mut made = self.made.lock();
        // A program may use ever new certificates; what is kept is only worth time.
        if made.len() >= MOST_KEPT {
            made.clear();
        }
        Ok(made.entry(terms.clone()).or_insert(config).clone())
    }

    fn make(&self, terms: &Terms) -> Result<Config, NoConfig> {
        let Protocols { tls12, mut tls13 } = terms.protocols;
        let key = match &terms.client {
            Client::Identity(identity) => {
                let key = identity.key().map_err(NoConfig::Key)?;
                if tls13 && !identity.knows_tls13() {
                    log::info!("TLS 1.2: the client certificate's key cannot sign in TLS 1.3");
                    tls13 = false;
                }
                Some(key.clone())
            }
            Client::Unsaid | Client::Anonymous => None,
        };
        let mut versions: Vec<&'static SupportedProtocolVersion> = Vec::new();
        versions.extend(tls12.then_some(&rustls::version::TLS12));
        versions.extend(tls13.then_some(&rustls::version::TLS13));
        if versions.is_empty() {
            return Err(NoConfig::Protocols);
        }
        let provider = provider();
        let verifier = verifier(terms.forgive, terms.building);
        let resolver = Arc::new(Resolver::new(key));
        let mut tls = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&versions)
            .map_err(|error| {
                log::error!("TLS configuration: {error}");
                NoConfig::Protocols
            })?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_client_cert_resolver(resolver.clone());
        if let Some(key_log) = self.key_log() {
            tls.key_log = key_log;
        }
        Ok(Config { tls: Arc::new(tls), resolver, may_be_asked: terms.client == Client::Unsaid })
    }

    /// Only the user's environment switches this on, never the program, and never in a program that
    /// runs with more rights than its user has.
    fn key_log(&self) -> Option<Arc<KeyLogFile>> {
        let open = || {
            env::var_os(KEY_LOG).filter(|name| !name.is_empty() && !platform::has_more_rights()).map(|name| {
                log::warn!("{KEY_LOG}: secrets of all TLS connections are written to {}", name.display());
                Arc::new(KeyLogFile::new())
            })
        };
        self.key_log.get_or_init(open).clone()
    }
}

pub(super) fn verifier(forgive: Forgive, building: Building) -> Verifier {
    Verifier::new(trust(), provider().signature_verification_algorithms, forgive, building)
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

const KEY_LOG: &str = "SSLKEYLOGFILE";
/// How many configurations a session keeps.
const MOST_KEPT: usize = 64;
const FILE: &str = "SSL_CERT_FILE";
const DIRECTORY: &str = "SSL_CERT_DIR";

/// The trusted roots, read once.
fn roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    ROOTS
        .get_or_init(|| {
            let mut roots = RootCertStore::empty();
            let (added, ignored) = roots.add_parsable_certificates(root_certificates());
            log::debug!("trusted roots: {added}, unusable: {ignored}");
            Arc::new(roots)
        })
        .clone()
}

/// The trusted roots as they are now, in full.
pub(super) fn root_certificates() -> Vec<CertificateDer<'static>> {
    let found = if platform::JUDGES_CHAINS {
        let [file, directory] = [FILE, DIRECTORY].map(|name| env::var_os(name).map(PathBuf::from));
        rustls_native_certs::load_certs_from_paths(file.as_deref(), directory.as_deref())
    } else {
        rustls_native_certs::load_native_certs()
    };
    for error in &found.errors {
        log::warn!("trusted roots: {error}");
    }
    found.certs
}
