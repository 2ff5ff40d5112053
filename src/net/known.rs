//! Every connection that there is, at rest or in use, for `WinHttpQueryConnectionGroup`.

use std::collections::BTreeMap;

use crate::base::Mutex;

/// A GUID's bytes, as C has them in memory.
pub(crate) type Guid = [u8; 16];

/// The place of one connection in the list; ends with its drop.
pub(super) struct Known(u64);

struct Entry {
    host: String,
    secure: bool,
    guid: Option<Guid>,
}

impl Known {
    /// `host` in lower case.
    pub(super) fn new(host: &str, secure: bool) -> Known {
        let mut all = ALL.lock();
        let number = all.last_key_value().map_or(0, |(last, _)| last + 1);
        all.insert(number, Entry { host: host.to_owned(), secure, guid: None });
        Known(number)
    }

    pub(super) fn mark(&self, guid: Guid) {
        if let Some(entry) = ALL.lock().get_mut(&self.0) {
            entry.guid = Some(guid);
        }
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        ALL.lock().remove(&self.0);
    }
}

/// How many connections there are to `host` (in lower case), with or without TLS, by the GUID that they
/// are marked with.
pub(crate) fn groups(host: &str, secure: bool) -> BTreeMap<Option<Guid>, u32> {
    let mut groups = BTreeMap::new();
    for entry in ALL.lock().values().filter(|entry| entry.host == host && entry.secure == secure) {
        *groups.entry(entry.guid).or_default() += 1;
    }
    groups
}

/// Guards only itself.
static ALL: Mutex<BTreeMap<u64, Entry>> = Mutex::new(BTreeMap::new());
