//! Blocking for a socket: `poll` on it and on an `eventfd`.

use std::io;
use std::os::fd::AsRawFd;
use std::os::fd::FromRawFd;
use std::os::fd::OwnedFd;
use std::os::fd::RawFd;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mio::net::TcpStream;

use crate::platform::Interest;

/// A socket's descriptor.
pub(crate) type SocketId = RawFd;

/// The descriptor of `tcp`, good for as long as `tcp` lives.
pub(crate) fn socket_id(tcp: &TcpStream) -> SocketId {
    tcp.as_raw_fd()
}

/// Something a blocked thread can be woken by: stays set until it is cleared.
#[derive(Debug)]
pub(crate) struct Signal {
    fd: OwnedFd,
    /// It may be set: without this, clearing would cost a system call every time.
    touched: AtomicBool,
}

impl Signal {
    pub(crate) fn new() -> io::Result<Signal> {
        // SAFETY: a plain system call.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `eventfd` has just given the descriptor to us alone.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Signal { fd, touched: AtomicBool::new(false) })
    }

    pub(crate) fn set(&self) {
        self.touched.store(true, Ordering::SeqCst);
        let one = 1u64.to_ne_bytes();
        // SAFETY: the buffer is readable for its length. It fails only when the signal is set anyway.
        unsafe { libc::write(self.fd.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    }

    pub(crate) fn clear(&self) {
        if self.touched.swap(false, Ordering::SeqCst) {
            self.drain();
        }
    }

    fn drain(&self) {
        let mut count = [0u8; 8];
        // SAFETY: the buffer is writable for its length. It fails only when the signal is clear anyway.
        unsafe { libc::read(self.fd.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
    }
}

/// Blocks until the socket is as wanted (or broken), the signal is set, or the time is up. Clears
/// the signal. An interrupted wait counts as woken.
pub(crate) fn wait(
    socket: Option<(SocketId, Interest)>,
    signal: &Signal,
    timeout: Option<Duration>,
) -> io::Result<()> {
    let (fd, events) = match socket {
        Some((fd, Interest::Read)) => (fd, libc::POLLIN),
        Some((fd, Interest::Write)) => (fd, libc::POLLOUT),
        Some((fd, Interest::ReadOrWrite)) => (fd, libc::POLLIN | libc::POLLOUT),
        None => (-1, 0),
    };
    let mut fds = [
        libc::pollfd { fd: signal.fd.as_raw_fd(), events: libc::POLLIN, revents: 0 },
        libc::pollfd { fd, events, revents: 0 },
    ];
    let timeout = timeout.map_or(-1, |left| i32::try_from(left.as_millis()).unwrap_or(i32::MAX));
    // SAFETY: the array is valid for its length; a negative descriptor is skipped.
    let ready = unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, timeout) };
    if ready < 0 {
        let error = io::Error::last_os_error();
        return if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) };
    }
    if fds[0].revents != 0 {
        signal.drain();
    }
    Ok(())
}
