//! Runs proxy scripts in QuickJS (decision 15). A script comes from the network, so it gets the
//! functions of `proto::pac` and nothing else, and has its limits: time, memory, stack, look-ups.
//!
//! - `run.rs` one call of FindProxyForURL
//! - `budget.rs` how long it may take
//! - `heap.rs` the engine's memory
//! - `guard.js` what is taken away from the engine's library
//! - `world.rs` what the functions learn of the machine and the network
//!
//! Everything of a run lives and dies on the thread that calls [`find_proxy`], which blocks.

#[cfg(feature = "pac")]
mod budget;
#[cfg(feature = "pac")]
#[allow(unsafe_code)]
mod heap;
#[cfg(feature = "pac")]
mod run;
#[cfg(feature = "pac")]
mod world;

use std::sync::Arc;
use std::time::Duration;

use crate::net::op::Waiting;

/// How far a script may go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// From beginning to end, look-ups included.
    pub(crate) whole: Duration,
    /// Of that, computing.
    pub(crate) computing: Duration,
    /// Bytes on the heap.
    pub(crate) heap: usize,
    /// Different names that it may look up.
    pub(crate) names: usize,
}

impl Limits {
    /// Windows gives a script 60 seconds. The one that computes for so long does not end, so that has
    /// a limit of its own.
    pub(crate) const USUAL: Limits = Limits {
        whole: Duration::from_secs(60),
        computing: Duration::from_secs(5),
        heap: 16 << 20,
        names: 64,
    };
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The waiting object was cancelled.
    Cancelled,
    /// The script is wrong, or went too far.
    Script,
    /// There is no engine in this build.
    #[cfg_attr(feature = "pac", expect(dead_code, reason = "there is one"))]
    NoEngine,
}

/// What the script says of a URL: the text that FindProxyForURL returns, empty when it is none. Blocks;
/// `waiting` can end it early.
#[cfg(feature = "pac")]
pub(crate) fn find_proxy(
    script: &str,
    url: &str,
    host: &str,
    waiting: &Arc<Waiting>,
    limits: Limits,
) -> Result<String, Failure> {
    run::find_proxy(script, url, host, waiting, limits)
}

/// As above.
#[cfg(not(feature = "pac"))]
pub(crate) fn find_proxy(_: &str, _: &str, _: &str, _: &Arc<Waiting>, _: Limits) -> Result<String, Failure> {
    log::error!("this build of the library runs no proxy scripts");
    Err(Failure::NoEngine)
}
