//! TCP connections: options, statistics, and errors as Winsock numbers them.

use std::ffi::c_void;
use std::io;
use std::io::IoSlice;
use std::io::Read;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::TcpStream as StdStream;
use std::net::UdpSocket;
use std::os::windows::io::AsRawSocket;
use std::os::windows::io::FromRawSocket;
use std::os::windows::io::RawSocket;
use std::ptr;
use std::time::Duration;

use mio::net::TcpStream;
use windows_sys::Win32::Networking::WinSock::AF_INET;
use windows_sys::Win32::Networking::WinSock::AF_INET6;
use windows_sys::Win32::Networking::WinSock::FIONBIO;
use windows_sys::Win32::Networking::WinSock::INVALID_SOCKET;
use windows_sys::Win32::Networking::WinSock::IP_UNICAST_IF;
use windows_sys::Win32::Networking::WinSock::IPPROTO_IP;
use windows_sys::Win32::Networking::WinSock::IPPROTO_IPV6;
use windows_sys::Win32::Networking::WinSock::IPV6_UNICAST_IF;
use windows_sys::Win32::Networking::WinSock::SIO_KEEPALIVE_VALS;
use windows_sys::Win32::Networking::WinSock::SIO_PRIORITY_HINT;
use windows_sys::Win32::Networking::WinSock::SIO_TCP_INFO;
use windows_sys::Win32::Networking::WinSock::SOCK_STREAM;
use windows_sys::Win32::Networking::WinSock::TCP_INFO_v1;
use windows_sys::Win32::Networking::WinSock::WSA_FLAG_NO_HANDLE_INHERIT;
use windows_sys::Win32::Networking::WinSock::WSA_FLAG_OVERLAPPED;
use windows_sys::Win32::Networking::WinSock::WSAECONNRESET;
use windows_sys::Win32::Networking::WinSock::WSAEWOULDBLOCK;
use windows_sys::Win32::Networking::WinSock::WSAIoctl;
use windows_sys::Win32::Networking::WinSock::WSASocketW;
use windows_sys::Win32::Networking::WinSock::connect;
use windows_sys::Win32::Networking::WinSock::ioctlsocket;
use windows_sys::Win32::Networking::WinSock::setsockopt;

use crate::base::is_ending;
use crate::platform::SocketId;
use crate::platform::TcpStatistics;
use crate::platform::windows::socket_address;

/// Begins to connect by the network interface of that index.
pub(crate) fn connect_through(interface: u32, to: SocketAddr) -> io::Result<TcpStream> {
    // The standard library starts Winsock with its first socket.
    drop(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)));
    let family = if to.is_ipv4() { AF_INET } else { AF_INET6 };
    // As the sockets of `mio` and of the standard library are: programs that this one starts must not inherit it,
    // or the connection would stay open for as long as they run.
    const FLAGS: u32 = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
    // SAFETY: a plain system call; there is no description of the protocol.
    let id = unsafe { WSASocketW(family.into(), SOCK_STREAM, 0, ptr::null(), 0, FLAGS) };
    if id == INVALID_SOCKET {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the socket is a new TCP one and nobody else's.
    let tcp = unsafe { TcpStream::from_raw_socket(id as RawSocket) };
    let mut yes = 1;
    // SAFETY: the variable is writable.
    succeeded(unsafe { ioctlsocket(id, FIONBIO, &raw mut yes) })?;
    let (level, name, index) = match to {
        SocketAddr::V4(_) => (IPPROTO_IP, IP_UNICAST_IF, interface.to_be_bytes()),
        SocketAddr::V6(_) => (IPPROTO_IPV6, IPV6_UNICAST_IF, interface.to_ne_bytes()),
    };
    // SAFETY: the value is readable for its length.
    succeeded(unsafe { setsockopt(id, level, name, index.as_ptr(), index.len() as i32) })?;
    let address = socket_address(to);
    // SAFETY: the bytes are an address of this system's, as long as they say.
    let failed = unsafe { connect(id, address.as_ptr().cast(), address.len() as i32) } != 0;
    let error = io::Error::last_os_error();
    if failed && error.raw_os_error() != Some(WSAEWOULDBLOCK) {
        return Err(error);
    }
    Ok(tcp)
}

/// Reads do not wait.
pub(crate) const PATIENCE: Option<Duration> = None;

/// Nothing: see [`PATIENCE`].
pub(crate) fn prepare_to_wait(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

/// As [`receive`].
pub(crate) fn receive_or_wait(tcp: &TcpStream, into: &mut [u8]) -> io::Result<usize> {
    receive(tcp, into)
}

/// Reads what is there. Wine's server takes a reset connection's error when it looks at the socket for us; it then reads
/// like one that the peer has ended, but knows no peer any more.
pub(crate) fn receive(tcp: &TcpStream, into: &mut [u8]) -> io::Result<usize> {
    match attempt(tcp, |mut socket| socket.read(into))? {
        0 if !into.is_empty() && tcp.peer_addr().is_err() => Err(io::Error::from_raw_os_error(WSAECONNRESET)),
        read => Ok(read),
    }
}

/// Sends as much as there is room for, [`MOST_AT_ONCE`] at most.
pub(crate) fn send(tcp: &TcpStream, from: &[u8]) -> io::Result<usize> {
    attempt(tcp, |mut socket| socket.write(&from[..from.len().min(MOST_AT_ONCE)]))
}

/// Sends several pieces at once, or the beginning of them.
pub(crate) fn send_pieces(tcp: &TcpStream, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
    let mut room = MOST_AT_ONCE;
    if pieces.iter().map(|piece| piece.len()).sum::<usize>() <= room {
        return attempt(tcp, |mut socket| socket.write_vectored(pieces));
    }
    let mut first = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let part = &piece[..piece.len().min(room)];
        room -= part.len();
        first.push(IoSlice::new(part));
    }
    attempt(tcp, |mut socket| socket.write_vectored(&first))
}

/// One call that does not wait. Only one that would have waited concerns `mio`, which then looks at the socket again;
/// at the end of the process it is let alone, for its locks may be nobody's any more.
fn attempt<T>(tcp: &TcpStream, call: impl FnOnce(&StdStream) -> io::Result<T>) -> io::Result<T> {
    // SAFETY: the socket stays `tcp`'s, which outlives this and alone closes it.
    let socket = ManuallyDrop::new(unsafe { StdStream::from_raw_socket(tcp.as_raw_socket()) });
    match call(&socket) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock && !is_ending() => tcp.try_io(|| Err(error)),
        done => done,
    }
}

/// Bytes. Winsock takes a send whole while its buffer has any room left, however large it is: all of it would
/// be copied to the system's memory (which may have none: `WSAENOBUFS`), and no wait would tell that the peer does
/// not read.
const MOST_AT_ONCE: usize = 256 * 1024;

/// Has the system probe an idle connection after `time`, each `interval`.
pub(crate) fn set_keep_alive(socket: SocketId, time: Duration, interval: Duration) -> io::Result<()> {
    let ms = |duration: Duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
    control::<()>(socket, SIO_KEEPALIVE_VALS, &[1, ms(time), ms(interval)], &mut []).map(|_| ())
}

/// How important the connection's traffic is: `SOCKET_PRIORITY_HINT`, 0 (very low) to 2 (normal).
pub(crate) fn set_priority(socket: SocketId, hint: u32) -> io::Result<()> {
    control::<()>(socket, SIO_PRIORITY_HINT, &[hint], &mut []).map(|_| ())
}

/// What the system knows of the connection; `None` where it does not tell.
pub(crate) fn statistics(socket: SocketId) -> Option<TcpStatistics> {
    let mut info = [TCP_INFO_v1::default()];
    let written = control(socket, SIO_TCP_INFO, &[1], &mut info).ok()?;
    let [info] = info;
    (written == size_of::<TCP_INFO_v1>()).then_some(TcpStatistics {
        state: info.State.cast_unsigned(),
        mss: info.Mss,
        connection_ms: info.ConnectionTimeMs,
        timestamps: info.TimestampsEnabled,
        rtt_us: info.RttUs,
        min_rtt_us: info.MinRttUs,
        bytes_in_flight: info.BytesInFlight,
        congestion_window: info.Cwnd,
        send_window: info.SndWnd,
        receive_window: info.RcvWnd,
        receive_buffer: info.RcvBuf,
        bytes_out: info.BytesOut,
        bytes_in: info.BytesIn,
        bytes_reordered: info.BytesReordered,
        bytes_retransmitted: info.BytesRetrans,
        fast_retransmits: info.FastRetrans,
        duplicate_acks: info.DupAcksIn,
        timeouts: info.TimeoutEpisodes,
        syn_retransmits: info.SynRetrans,
        limited_by_receiver_ms: info.SndLimTimeRwin,
        limited_by_congestion_ms: info.SndLimTimeCwnd,
        limited_by_sender_ms: info.SndLimTimeSnd,
    })
}

/// The error as Winsock numbers it; `None` for one that is not the system's.
pub(crate) fn winsock_code(error: &io::Error) -> Option<u32> {
    error.raw_os_error().map(i32::cast_unsigned)
}

/// One `WSAIoctl`; how many bytes it wrote.
fn control<T>(socket: SocketId, code: u32, input: &[u32], output: &mut [T]) -> io::Result<usize> {
    let mut written = 0;
    // SAFETY: both slices are valid for their lengths, the count is writable, and nothing is overlapped.
    let failed = unsafe {
        WSAIoctl(
            socket,
            code,
            input.as_ptr().cast::<c_void>(),
            size_of_val(input) as u32,
            output.as_mut_ptr().cast(),
            size_of_val(output) as u32,
            &raw mut written,
            ptr::null_mut(),
            None,
        )
    };
    succeeded(failed)?;
    Ok(written as usize)
}

fn succeeded(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
