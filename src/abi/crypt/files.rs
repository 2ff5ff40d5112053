//! The user's own certificates: PEM files.

use std::env;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;

use super::context::Entry;

/// What the store `MY` holds: a certificate from each file that `WINHTTP_CLIENT_CERTS` names, which is a
/// file or a folder of `.pem` files; without it the folder is `winhttp/my` in the user's configuration.
pub(super) fn own() -> Vec<Entry> {
    let Some(place) = place() else { return Vec::new() };
    let mut files = Vec::new();
    match fs::read_dir(&place) {
        Ok(entries) => {
            files.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
            files.retain(|path| path.extension().is_some_and(|extension| extension == "pem"));
            files.sort();
        }
        Err(_) => files.push(place),
    }
    files.iter().filter_map(|path| read(path)).collect()
}

fn place() -> Option<PathBuf> {
    let of = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    of(VARIABLE).or_else(|| {
        let configuration = of("XDG_CONFIG_HOME").or_else(|| of("HOME").map(|home| home.join(".config")));
        configuration.map(|folder| folder.join("winhttp/my"))
    })
}

fn read(path: &Path) -> Option<Entry> {
    let text = fs::read(path)
        .inspect_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => log::debug!("{}: {error}", path.display()),
            _ => log::warn!("{}: {error}", path.display()),
        })
        .ok()?;
    let entry = parse(&text);
    if entry.is_none() {
        log::warn!("{}: no certificate in it", path.display());
    }
    entry
}

/// The first certificate is the one, what follows leads to its authority, and the key may stand anywhere.
fn parse(text: &[u8]) -> Option<Entry> {
    let mut certificates =
        CertificateDer::pem_slice_iter(text).filter_map(Result::ok).map(|der| der.as_ref().to_vec());
    let der = certificates.next()?.into();
    let rest = certificates.collect();
    let key = PrivateKeyDer::from_pem_slice(text)
        .inspect_err(|error| log::warn!("no private key: {error}"))
        .ok()
        .map(|key| key.secret_der().to_vec());
    Some(Entry { der, rest, key })
}

const VARIABLE: &str = "WINHTTP_CLIENT_CERTS";
