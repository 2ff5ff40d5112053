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

use super::fetch::PATIENCE;
use super::fetch::fetch;
use crate::base::Condvar;
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
                if !self.cache_only {
                    FETCHED.refresh(url);
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
struct Fetched {
    /// Guards only itself; nothing is fetched under it.
    kept: Mutex<Option<HashMap<String, Entry>>>,
    /// A fetch has ended.
    ended: Condvar,
}

static FETCHED: Fetched = Fetched { kept: Mutex::new(None), ended: Condvar::new() };

/// What is known of an address.
struct Entry {
    since: Instant,
    /// `None`: it could not be fetched.
    list: Option<List>,
    /// Somebody has been fetching it since then.
    is_awaited: bool,
}

impl Fetched {
    /// Fetches what is missing or old; who comes while somebody else does waits for that.
    fn refresh(&self, url: &str) {
        let mut kept = self.kept.lock();
        loop {
            let entry = kept.as_ref().and_then(|kept| kept.get(url));
            match entry {
                Some(entry) if entry.is_awaited && entry.since.elapsed() < PATIENCE => {
                    let rest = PATIENCE.saturating_sub(entry.since.elapsed());
                    self.ended.wait_for(&mut kept, rest);
                }
                Some(entry) if !entry.is_due() => return,
                _ => break,
            }
        }
        let entries = kept.get_or_insert_with(HashMap::new);
        if entries.len() >= MOST_KEPT {
            entries.retain(|_, entry| entry.is_awaited);
        }
        let old = entries.remove(url).and_then(|entry| entry.list);
        entries.insert(url.to_owned(), Entry { since: Instant::now(), list: old, is_awaited: true });
        drop(kept);
        let entry = Entry { list: get(url), since: Instant::now(), is_awaited: false };
        self.kept.lock().get_or_insert_with(HashMap::new).insert(url.to_owned(), entry);
        self.ended.notify_all();
    }

    fn all(&self) -> Vec<List> {
        let kept = self.kept.lock();
        kept.iter().flatten().filter_map(|(_, entry)| entry.list.clone()).collect()
    }
}

impl Entry {
    fn is_due(&self) -> bool {
        self.is_awaited || self.since.elapsed() > if self.list.is_some() { LIFETIME } else { RETRY }
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
