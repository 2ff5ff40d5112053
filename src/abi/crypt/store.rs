//! Certificate stores: lists in memory.

use std::sync::Arc;

use super::Context;
use super::Registry;
use super::context::Entry;

use crate::base::Mutex;

pub(in crate::abi) struct Store {
    /// Guards only itself.
    entries: Mutex<Vec<Arc<Entry>>>,
}

static STORES: Registry<Store> = Registry::new();

impl Store {
    pub(in crate::abi) fn new(entries: Vec<Entry>) -> Arc<Store> {
        Arc::new(Store { entries: Mutex::new(entries.into_iter().map(Arc::new).collect()) })
    }

    /// The store behind C's handle: one that is open, or that a context leads to.
    pub(super) fn at(handle: usize) -> Option<Arc<Store>> {
        STORES.get(handle)
    }

    /// Gives C a handle.
    pub(super) fn hand_out(self: Arc<Self>) -> usize {
        STORES.hand_out(self)
    }

    pub(super) fn let_go(handle: usize) -> bool {
        STORES.let_go(handle)
    }

    pub(super) fn add(&self, entry: Arc<Entry>) -> usize {
        let mut entries = self.entries.lock();
        entries.push(entry);
        entries.len() - 1
    }

    /// A context of the first certificate from `index` on that is wanted.
    pub(in crate::abi) fn find(
        self: &Arc<Self>,
        index: usize,
        wanted: impl Fn(&Context) -> bool,
    ) -> Option<Arc<Context>> {
        let entries = self.entries.lock().clone();
        for (index, entry) in entries.iter().enumerate().skip(index) {
            // What cannot be read is not there.
            let Ok(context) = Context::new(entry, Some((self, index))) else { continue };
            if wanted(&context) {
                return Some(context);
            }
        }
        None
    }
}
