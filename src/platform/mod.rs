//! What differs by operating system. Every system provides:
//!
//! - `SocketId`, `socket_id`: a socket's number, for `wait`
//! - `Signal`: something a blocked thread can be woken by
//! - `wait`: blocks until a socket is ready, the signal is set, or time is up
//! - `event_support`, `signal_event`: sets a Win32 event object of the application's
//! - `socket_address`: an address as C sees it
//! - `ticks`: the performance counter
//! - `spawn_thread`: a thread that keeps the library's code mapped until it ends
//! - `JUDGES_CHAINS`, `chain_problems`: whether the system itself judges certificates, and its verdict
//! - `IS_UNLOADED_AT_ONCE`: whether unloading takes the library away though an application's thread has
//!   used it, so that what its statics hold is lost each time
//! - `A_SHORT_READ_EMPTIES`: whether a registered socket that gave fewer bytes than there was room
//!   for reports the next ones without having said `WouldBlock` in between

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
mod linux;
#[cfg(windows)]
#[allow(unsafe_code)]
mod windows;

#[cfg(target_os = "linux")]
pub(crate) use linux::*;
#[cfg(windows)]
pub(crate) use windows::*;

/// What a socket should become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Something to read, or the peer's end.
    Read,
    /// Room to write.
    Write,
    /// Either.
    ReadOrWrite,
}

/// What the system finds wrong with a server's certificate, the name aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChainProblems {
    /// The chain does not lead to a trusted root.
    pub(crate) unknown_ca: bool,
    /// Expired, or not valid yet.
    pub(crate) date: bool,
    /// Not a server's certificate.
    pub(crate) usage: bool,
    pub(crate) revoked: bool,
    /// Malformed, badly signed, prohibited, or otherwise unusable.
    pub(crate) invalid: bool,
}
