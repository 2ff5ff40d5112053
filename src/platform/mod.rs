//! What differs by operating system. Every system provides:
//!
//! - `SocketId`, `socket_id`: a socket's number, for `wait`
//! - `Signal`: something a blocked thread can be woken by
//! - `wait`: blocks until a socket is ready, the signal is set, or time is up
//! - `event_support`, `signal_event`: sets a Win32 event object of the application's
//! - `socket_address`: an address as C sees it
//! - `ticks`: the performance counter

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
mod linux;

#[cfg(target_os = "linux")]
pub(crate) use linux::*;

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
