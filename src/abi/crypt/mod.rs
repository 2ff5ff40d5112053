//! The part of crypt32 that WinHTTP's contract needs off Windows: certificate contexts and chains that
//! queries hand out, and the store that client certificates come from. Exported beside WinHTTP's own;
//! declared in `include/win32/crypt.h`. `docs/decisions/0016-certificates.md` says why it is
//! like this.
//!
//! A context or store that is freed once too often, or that somebody else made, is recognised by its
//! address and left alone.

mod chain;
mod context;
mod files;
mod functions;
mod store;
pub mod types;

pub(super) use chain::chain_context;
pub(super) use context::Context;
pub(super) use context::Entry;
pub use functions::*;
pub(super) use store::Store;

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::Mutex;

/// Objects that C has pointers to, each with the number of its references.
struct Registry<T>(Mutex<Option<ByAddress<T>>>);

type ByAddress<T> = HashMap<usize, (Arc<T>, usize)>;

impl<T> Registry<T> {
    const fn new() -> Registry<T> {
        Registry(Mutex::new(None))
    }

    /// Gives C a reference; its address.
    fn hand_out(&self, object: Arc<T>) -> usize {
        let at = Arc::as_ptr(&object).expose_provenance();
        let mut all = self.0.lock();
        all.get_or_insert_with(HashMap::new).entry(at).or_insert((object, 0)).1 += 1;
        at
    }

    fn get(&self, at: usize) -> Option<Arc<T>> {
        Some(self.0.lock().as_ref()?.get(&at)?.0.clone())
    }

    /// One more reference; whether there is such an object.
    fn hold(&self, at: usize) -> bool {
        let mut all = self.0.lock();
        let Some((_, count)) = all.as_mut().and_then(|all| all.get_mut(&at)) else { return false };
        *count += 1;
        true
    }

    /// One reference less; whether there is such an object.
    fn let_go(&self, at: usize) -> bool {
        let last = {
            let mut all = self.0.lock();
            let Some(all) = all.as_mut() else { return false };
            let Some((_, count)) = all.get_mut(&at) else { return false };
            *count -= 1;
            if *count > 0 { None } else { all.remove(&at) }
        };
        // Dropped without the lock: an object may hold others of its kind.
        drop(last);
        true
    }
}
