//! Proxy settings: a file of the user's, or else of the machine's, or else the environment. One file says
//! all: there is no difference between the machine's settings and the user's.

use std::env;
use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use crate::platform::KeptProxies;

/// What proxies the machine uses.
pub(crate) fn machine_proxies() -> Option<KeptProxies> {
    let text = proxy_files().iter().find_map(|path| read(path));
    Some(text.map_or(KeptProxies::Environment, KeptProxies::File))
}

/// What proxies the user wants.
pub(crate) fn user_proxies() -> Option<KeptProxies> {
    machine_proxies()
}

/// Writes the user's file, at once or not at all.
pub(crate) fn keep_machine_proxies(text: &[u8]) -> io::Result<()> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let path = user_file().ok_or(io::ErrorKind::NotFound)?;
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(folder)?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let new = folder.join(format!(".{NAME}.{}.{number}", process::id()));
    let written = File::create(&new)
        .and_then(|mut file| file.write_all(text).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, &path));
    if written.is_err() {
        _ = fs::remove_file(&new);
    }
    written
}

/// The files that may hold the settings, the one that counts first (XDG Base Directory Specification).
pub(super) fn proxy_files() -> Vec<PathBuf> {
    let dirs = env::var_os("XDG_CONFIG_DIRS").filter(|dirs| !dirs.is_empty());
    let dirs = dirs.unwrap_or_else(|| "/etc/xdg".into());
    let machine = env::split_paths(&dirs).filter(|dir| dir.is_absolute()).map(|dir| in_folder(&dir));
    user_file().into_iter().chain(machine).collect()
}

fn user_file() -> Option<PathBuf> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))?;
    Some(in_folder(&config))
}

fn in_folder(config: &Path) -> PathBuf {
    config.join("winhttp").join(NAME)
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut text));
    match read {
        Ok(_) => Some(text),
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                log::warn!("{}: {error}", path.display());
            }
            None
        }
    }
}

const NAME: &str = "proxy.conf";
/// Nobody's proxies take more.
const MOST: u64 = 64 * 1024;
