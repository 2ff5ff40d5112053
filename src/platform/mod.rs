//! What differs by operating system. Every system provides:
//!
//! - `SocketId`, `socket_id`: a socket's number, for `wait`
//! - `Signal`: something a blocked thread can be woken by
//! - `wait`: blocks until a socket is ready, the signal is set, or time is up
//! - `event_support`, `signal_event`: sets a Win32 event object of the application's
//! - `socket_address`: an address as C sees it
//! - `spawn_thread`: a thread that keeps the library's code mapped until it ends
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
