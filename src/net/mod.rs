//! Sockets, TLS, name resolution, and the two ways to wait for them: blocking on the calling thread
//! (synchronous sessions; no engine involved) and the [`engine`] (asynchronous sessions).

pub(crate) mod buffers;
mod connection;
pub(crate) mod engine;
pub(crate) mod helper;
pub(crate) mod known;
pub(crate) mod limits;
mod local;
pub(crate) mod op;
pub(crate) mod pac;
pub(crate) mod pool;
mod resolve;
mod socket;
pub(crate) mod thread;
pub(crate) mod tls;
mod wait;

use crate::platform;
pub(crate) use connection::Connection;
pub(crate) use connection::WhenEmpty;
pub(crate) use resolve::resolve;
pub(crate) use socket::Dialing;
pub(crate) use socket::Socket;
pub(crate) use thread::spawn;
pub(crate) use wait::Sleep;
pub(crate) use wait::Sleepers;
pub(crate) use wait::Want;

/// Frees what is kept for reuse: unloading the library would leak it. To be called when a session ends.
pub(crate) fn release_pools() {
    wait::release_signals();
    // Freeing these costs more than losing a few where the library mostly stays.
    if platform::IS_UNLOADED_AT_ONCE {
        buffers::release();
    }
}
