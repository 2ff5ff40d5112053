//! Blocking for a socket: `poll` on it and on a `timerfd`, which is both a wake-up and an alarm.
//!
//! A time limit of `poll` itself costs a kernel timer, set and taken back, in every wait. Deadlines are
//! seldom reached and mostly move into the future, so the alarm stays set from one wait to the next:
//! it is only set anew when it would ring too late. One that rings too early wakes a thread for
//! nothing, once.

use std::io;
use std::os::fd::AsRawFd;
use std::os::fd::FromRawFd;
use std::os::fd::OwnedFd;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use mio::net::TcpStream;

use crate::platform::Interest;

/// A socket's descriptor.
pub(crate) type SocketId = RawFd;

/// The descriptor of `tcp`, good for as long as `tcp` lives.
pub(crate) fn socket_id(tcp: &TcpStream) -> SocketId {
    tcp.as_raw_fd()
}

/// Something a blocked thread can be woken by: stays set until it is cleared. One thread waits with
/// it at a time, any may set it.
#[derive(Debug)]
pub(crate) struct Signal {
    timer: OwnedFd,
    /// It may be set: without this, clearing would cost a system call every time.
    touched: AtomicBool,
    /// When the alarm rings, in nanoseconds since `START`; written by the thread that waits.
    rings: AtomicU64,
}

impl Signal {
    pub(crate) fn new() -> io::Result<Signal> {
        // SAFETY: a plain system call.
        let fd =
            unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `timerfd_create` has just given the descriptor to us alone.
        let timer = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Signal { timer, touched: AtomicBool::new(false), rings: AtomicU64::new(NEVER) })
    }

    pub(crate) fn set(&self) {
        self.touched.store(true, Ordering::SeqCst);
        if let Err(error) = self.ring_in(Duration::from_nanos(1)) {
            log::error!("cannot wake a thread: {error}");
        }
    }

    pub(crate) fn clear(&self) {
        if self.touched.swap(false, Ordering::SeqCst) {
            self.drain();
        }
    }

    /// Has the alarm ring at `deadline` or before.
    fn ring_by(&self, deadline: Instant) -> io::Result<()> {
        let at = deadline.saturating_duration_since(*START).as_nanos();
        let at = u64::try_from(at).unwrap_or(NEVER - 1);
        if self.rings.load(Ordering::Relaxed) <= at {
            return Ok(());
        }
        self.rings.store(at, Ordering::Relaxed);
        self.ring_in(deadline.saturating_duration_since(Instant::now()))
    }

    fn ring_in(&self, left: Duration) -> io::Result<()> {
        // 0 would stop the clock.
        let left = left.max(Duration::from_nanos(1));
        let value = libc::timespec {
            tv_sec: left.as_secs().try_into().unwrap_or(libc::time_t::MAX),
            tv_nsec: left.subsec_nanos().into(),
        };
        let once =
            libc::itimerspec { it_interval: libc::timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        // SAFETY: the structure is readable; the old value is not asked for.
        let set =
            unsafe { libc::timerfd_settime(self.timer.as_raw_fd(), 0, &raw const once, ptr::null_mut()) };
        if set < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// The alarm has rung, or may have.
    fn drain(&self) {
        self.rings.store(NEVER, Ordering::Relaxed);
        let mut count = [0u8; 8];
        // SAFETY: the buffer is writable for its length. It fails only when the signal is clear anyway.
        unsafe { libc::read(self.timer.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
    }
}

/// Blocks until the socket is as wanted (or broken), the signal is set, or the deadline has passed;
/// now and then for nothing. Clears the signal. True: it was the socket, and nothing else.
pub(crate) fn wait(
    socket: Option<(SocketId, Interest)>,
    signal: &Signal,
    deadline: Option<Instant>,
) -> io::Result<bool> {
    if let Some(deadline) = deadline {
        signal.ring_by(deadline)?;
    }
    // Setting the alarm may have undone a wake-up that came just before.
    if signal.touched.swap(false, Ordering::SeqCst) {
        signal.drain();
        return Ok(false);
    }
    let (fd, events) = match socket {
        Some((fd, Interest::Read)) => (fd, libc::POLLIN),
        Some((fd, Interest::Connect | Interest::Write)) => (fd, libc::POLLOUT),
        Some((fd, Interest::ReadOrWrite)) => (fd, libc::POLLIN | libc::POLLOUT),
        None => (-1, 0),
    };
    let mut fds = [
        libc::pollfd { fd, events, revents: 0 },
        libc::pollfd { fd: signal.timer.as_raw_fd(), events: libc::POLLIN, revents: 0 },
    ];
    // SAFETY: the array is valid for its length; a negative descriptor is skipped.
    let ready = unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, -1) };
    if ready < 0 {
        let error = io::Error::last_os_error();
        return if error.kind() == io::ErrorKind::Interrupted { Ok(false) } else { Err(error) };
    }
    if fds[1].revents == 0 {
        return Ok(true);
    }
    signal.touched.swap(false, Ordering::SeqCst);
    signal.drain();
    Ok(false)
}

const NEVER: u64 = u64::MAX;
static START: LazyLock<Instant> = LazyLock::new(Instant::now);
