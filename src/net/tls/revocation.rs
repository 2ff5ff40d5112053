//! Where revocation lists come from when webpki judges a chain: a file that the user names, and the
//! addresses in the certificates.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use rustls::pki_types::CertificateRevocationListDer;
use rustls::pki_types::pem::PemObject;
use webpki::CertRevocationList;
use webpki::OwnedCertRevocationList;

use super::fetch::fetch;
use crate::base::Mutex;
use crate::proto::x509::Certificate;

/// How revocation is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Revocation {
    /// Nothing is fetched for it.
    pub(crate) cache_only: bool,
}

pub(super) type List = Arc<CertRevocationList<'static>>;

impl Revocation {
    /// All lists that may say something of these certificates.
    pub(super) fn lists<'a>(self, certificates: impl Iterator<Item = &'a Certificate<'a>>) -> Vec<List> {
        let mut lists = named();
        for certificate in certificates {
            for url in certificate.revocation_lists().into_iter().take(MOST_PLACES) {
                if !self.cache_only && FETCHED.is_due(url) {
                    FETCHED.put(url, get(url));
                }
            }
        }
        lists.extend(FETCHED.all());
        lists
    }
}

fn get(url: &str) -> Option<List> {
    let fetched = fetch(url).inspect_err(|error| log::warn!("revocation list {url}: {error}"));
    read(&fetched.ok()?)
}

/// Lists that were fetched.
struct Fetched(Mutex<Option<ByUrl>>);

/// When, and `None` where that failed.
type ByUrl = HashMap<String, (Instant, Option<List>)>;

/// Guards only itself; nothing is fetched under it.
static FETCHED: Fetched = Fetched(Mutex::new(None));

impl Fetched {
    /// Whether what is there is missing or old.
    fn is_due(&self, url: &str) -> bool {
        let fetched = self.0.lock();
        let Some((since, list)) = fetched.as_ref().and_then(|fetched| fetched.get(url)) else { return true };
        since.elapsed() > if list.is_some() { LIFETIME } else { RETRY }
    }

    fn put(&self, url: &str, list: Option<List>) {
        let mut fetched = self.0.lock();
        let fetched = fetched.get_or_insert_with(HashMap::new);
        if fetched.len() >= MOST_KEPT {
            fetched.clear();
        }
        fetched.insert(url.to_owned(), (Instant::now(), list));
    }

    fn all(&self) -> Vec<List> {
        let fetched = self.0.lock();
        fetched.iter().flatten().filter_map(|(_, (_, list))| list.clone()).collect()
    }
}

/// The lists in the file that `WINHTTP_CRL_FILE` names, PEM or DER. It is read anew each time: lists
/// are replaced often, and are small beside a handshake.
fn named() -> Vec<List> {
    let Some(path) = env::var_os(FILE).map(PathBuf::from) else { return Vec::new() };
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            log::warn!("{FILE}: {}: {error}", path.display());
            return Vec::new();
        }
    };
    let mut lists: Vec<_> = CertificateRevocationListDer::pem_slice_iter(&bytes)
        .filter_map(Result::ok)
        .filter_map(|der| read(&der))
        .collect();
    if lists.is_empty() {
        lists.extend(read(&bytes));
    }
    if lists.is_empty() {
        log::warn!("{FILE}: {}: no revocation list", path.display());
    }
    lists
}

pub(super) fn read(der: &[u8]) -> Option<List> {
    OwnedCertRevocationList::from_der(der)
        .inspect_err(|error| log::debug!("revocation list: {error}"))
        .ok()
        .map(|list| Arc::new(CertRevocationList::from(list)))
}

/// How long a list is used before it is fetched anew.
const LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long one that could not be fetched is left alone.
const RETRY: Duration = Duration::from_secs(60);
/// How many lists are kept.
const MOST_KEPT: usize = 64;
/// How many addresses of a certificate are tried.
const MOST_PLACES: usize = 2;
const FILE: &str = "WINHTTP_CRL_FILE";
