//! TCP connections: options, statistics, and errors as Winsock numbers them.

use std::io;
use std::io::IoSlice;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::os::fd::FromRawFd;
use std::time::Duration;

use mio::net::TcpStream;

use crate::platform::SocketId;
use crate::platform::TcpStatistics;
use crate::platform::linux::socket_address;

/// Never blocks, and never raises SIGPIPE.
const SEND_FLAGS: libc::c_int = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;

/// Begins to connect by the network interface of that index.
pub(crate) fn connect_through(interface: u32, to: SocketAddr) -> io::Result<TcpStream> {
    let family = if to.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    // SAFETY: a plain system call.
    let fd = unsafe { libc::socket(family, libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is a new TCP socket and nobody else's.
    let tcp = unsafe { TcpStream::from_raw_fd(fd) };
    set(fd, libc::SOL_SOCKET, libc::SO_BINDTOIFINDEX, interface.cast_signed())?;
    let address = socket_address(to);
    // SAFETY: the bytes are an address of this system's, as long as they say.
    let failed = unsafe { libc::connect(fd, address.as_ptr().cast(), address.len() as libc::socklen_t) } != 0;
    let error = io::Error::last_os_error();
    if failed && error.raw_os_error() != Some(libc::EINPROGRESS) {
        return Err(error);
    }
    Ok(tcp)
}

/// How long [`receive_or_wait`] waits. Short, for only bytes of the peer's, or its end, end it before.
pub(crate) const PATIENCE: Option<Duration> = Some(Duration::from_millis(PATIENCE_MS));
const PATIENCE_MS: u64 = 20;

/// Has [`receive_or_wait`] wait from now on. All else here never does, so that the mode of a socket does not matter.
pub(crate) fn prepare_to_wait(tcp: &TcpStream) -> io::Result<()> {
    let limit = libc::timeval { tv_sec: 0, tv_usec: (PATIENCE_MS * 1000) as _ };
    set(tcp.as_raw_fd(), libc::SOL_SOCKET, libc::SO_RCVTIMEO, limit)?;
    let mut nonblocking: libc::c_int = 0;
    // SAFETY: this command reads one integer.
    if unsafe { libc::ioctl(tcp.as_raw_fd(), libc::FIONBIO, &raw mut nonblocking) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Reads what is there, or waits for it for [`PATIENCE`]. A signal ends the wait: begun again and again, it would
/// never end in a program with a timer.
pub(crate) fn receive_or_wait(tcp: &TcpStream, into: &mut [u8]) -> io::Result<usize> {
    receive_by(tcp, into, 0).map_err(|error| match error.kind() {
        io::ErrorKind::Interrupted => io::ErrorKind::WouldBlock.into(),
        _ => error,
    })
}

/// Reads what is there.
pub(crate) fn receive(tcp: &TcpStream, into: &mut [u8]) -> io::Result<usize> {
    receive_by(tcp, into, libc::MSG_DONTWAIT)
}

fn receive_by(tcp: &TcpStream, into: &mut [u8], flags: libc::c_int) -> io::Result<usize> {
    // SAFETY: the room is writable for its length.
    let received = unsafe { libc::recv(tcp.as_raw_fd(), into.as_mut_ptr().cast(), into.len(), flags) };
    usize::try_from(received).map_err(|_| io::Error::last_os_error())
}

/// Sends as much as there is room for.
pub(crate) fn send(tcp: &TcpStream, from: &[u8]) -> io::Result<usize> {
    // SAFETY: the bytes are readable for their length.
    let sent = unsafe { libc::send(tcp.as_raw_fd(), from.as_ptr().cast(), from.len(), SEND_FLAGS) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// Sends several pieces at once, as much as there is room for. Not as `Write::write_vectored` does, for `writev`
/// raises SIGPIPE, and that is the program's to decide about.
pub(crate) fn send_pieces(tcp: &TcpStream, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
    // SAFETY: all its fields may be zero.
    let mut message: libc::msghdr = unsafe { mem::zeroed() };
    message.msg_iov = pieces.as_ptr().cast_mut().cast();
    message.msg_iovlen = pieces.len() as _;
    // SAFETY: an `IoSlice` is laid out as an `iovec`; they and what they point to are readable, and are only read.
    let sent = unsafe { libc::sendmsg(tcp.as_raw_fd(), &raw const message, SEND_FLAGS) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// Has the system probe an idle connection after `time`, each `interval`.
pub(crate) fn set_keep_alive(socket: SocketId, time: Duration, interval: Duration) -> io::Result<()> {
    let seconds =
        |duration: Duration| i32::try_from(duration.as_secs().max(1)).unwrap_or(i32::MAX).min(32767);
    set(socket, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, seconds(time))?;
    set(socket, libc::IPPROTO_TCP, libc::TCP_KEEPINTVL, seconds(interval))?;
    set(socket, libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1)
}

/// How important the connection's traffic is: Windows' `SOCKET_PRIORITY_HINT`, 0 (very low) to 2 (normal).
pub(crate) fn set_priority(socket: SocketId, hint: u32) -> io::Result<()> {
    // The kernel's filler, bulk and best-effort bands.
    let priority = match hint {
        0 => 1,
        1 => 2,
        _ => 0,
    };
    set(socket, libc::SOL_SOCKET, libc::SO_PRIORITY, priority)
}

fn set<T: Copy>(socket: SocketId, level: i32, name: i32, value: T) -> io::Result<()> {
    // SAFETY: the value is readable for its length.
    let failed = unsafe {
        libc::setsockopt(socket, level, name, (&raw const value).cast(), size_of::<T>() as libc::socklen_t)
    };
    if failed != 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// What the system knows of the connection; `None` where it does not tell.
pub(crate) fn statistics(socket: SocketId) -> Option<TcpStatistics> {
    // `struct tcp_info` of linux/tcp.h, of which the C library's header has only the beginning. The kernel
    // writes as much of it as it has.
    let mut info = [0u8; 240];
    let mut len = info.len() as libc::socklen_t;
    // SAFETY: the array is writable for the length given.
    let failed = unsafe {
        libc::getsockopt(socket, libc::IPPROTO_TCP, libc::TCP_INFO, info.as_mut_ptr().cast(), &raw mut len)
    };
    if failed != 0 {
        return None;
    }
    let u32_at = |at: usize| u32::from_ne_bytes([info[at], info[at + 1], info[at + 2], info[at + 3]]);
    let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
    // The kernel's numbers of states, from 1, as Windows' `TCPSTATE`.
    const STATES: [u32; 11] = [4, 2, 3, 5, 6, 10, 0, 7, 9, 1, 8];
    let mss = u32_at(16);
    Some(TcpStatistics {
        state: STATES.get(usize::from(info[0]).wrapping_sub(1)).copied().unwrap_or(0),
        mss,
        connection_ms: 0,
        timestamps: info[5] & 1 != 0,
        rtt_us: u32_at(68),
        min_rtt_us: u32_at(148),
        bytes_in_flight: u32_at(24).saturating_mul(mss),
        congestion_window: u32_at(80).saturating_mul(mss),
        send_window: u32_at(228),
        receive_window: u32_at(232),
        receive_buffer: u32_at(96),
        bytes_out: u64_at(200),
        bytes_in: u64_at(128),
        bytes_reordered: 0,
        bytes_retransmitted: u32::try_from(u64_at(208)).unwrap_or(u32::MAX),
        fast_retransmits: u32_at(100),
        duplicate_acks: u32_at(216),
        timeouts: 0,
        syn_retransmits: 0,
        limited_by_receiver_ms: u32::try_from(u64_at(176) / 1000).unwrap_or(u32::MAX),
        limited_by_congestion_ms: 0,
        limited_by_sender_ms: u32::try_from(u64_at(184) / 1000).unwrap_or(u32::MAX),
    })
}

/// The error as Winsock numbers it; `None` for one that is not the system's.
pub(crate) fn winsock_code(error: &io::Error) -> Option<u32> {
    let code = match error.raw_os_error()? {
        libc::EACCES | libc::EPERM => 10013,
        libc::EINVAL => 10022,
        libc::EMFILE | libc::ENFILE => 10024,
        libc::EAFNOSUPPORT => 10047,
        libc::EADDRINUSE => 10048,
        libc::EADDRNOTAVAIL => 10049,
        libc::ENETDOWN => 10050,
        libc::ENETUNREACH => 10051,
        libc::ENETRESET => 10052,
        libc::ECONNABORTED => 10053,
        libc::ECONNRESET | libc::EPIPE => 10054,
        libc::ENOBUFS | libc::ENOMEM => 10055,
        libc::ENOTCONN => 10057,
        libc::ETIMEDOUT => 10060,
        libc::ECONNREFUSED => 10061,
        libc::EHOSTDOWN => 10064,
        libc::EHOSTUNREACH => 10065,
        // WSASYSCALLFAILURE.
        _ => 10107,
    };
    Some(code)
}
