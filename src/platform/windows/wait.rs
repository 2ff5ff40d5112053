//! Blocking for a socket: `select` on it and on a loopback socket that others write to.
//!
//! Event objects (`WSAEventSelect`) would need no second socket, but a socket has only one, and in a
//! synchronous session one thread may wait to receive while another waits to send.

use std::io;
use std::net::Ipv4Addr;
use std::net::UdpSocket;
use std::os::windows::io::AsRawSocket;
use std::ptr;
use std::time::Duration;
use std::time::Instant;

use mio::net::TcpStream;
use windows_sys::Win32::Networking::WinSock::FD_SET;
use windows_sys::Win32::Networking::WinSock::SOCKET;
use windows_sys::Win32::Networking::WinSock::SOCKET_ERROR;
use windows_sys::Win32::Networking::WinSock::TIMEVAL;
use windows_sys::Win32::Networking::WinSock::select;

use crate::platform::Interest;

/// A socket's number.
pub(crate) type SocketId = SOCKET;

/// The socket of `tcp`, good for as long as `tcp` lives.
pub(crate) fn socket_id(tcp: &TcpStream) -> SocketId {
    tcp.as_raw_socket() as SocketId
}

/// Something a blocked thread can be woken by: stays set until it is cleared. A datagram socket
/// connected to itself; it is set while a datagram waits in it.
#[derive(Debug)]
pub(crate) struct Signal(UdpSocket);

impl Signal {
    pub(crate) fn new() -> io::Result<Signal> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        // Connected, so that nobody else's datagrams come in.
        socket.connect(socket.local_addr()?)?;
        socket.set_nonblocking(true)?;
        Ok(Signal(socket))
    }

    pub(crate) fn set(&self) {
        // It fails only when the socket is full of earlier ones.
        _ = self.0.send(&[1]);
    }

    pub(crate) fn clear(&self) {
        while self.0.recv(&mut [0; 8]).is_ok() {}
    }

    fn socket(&self) -> SOCKET {
        self.0.as_raw_socket() as SOCKET
    }
}

/// Blocks until the socket is as wanted (or broken), the signal is set, or the deadline has passed.
/// Clears the signal. False: it may have been anything.
pub(crate) fn wait(
    socket: Option<(SocketId, Interest)>,
    signal: &Signal,
    deadline: Option<Instant>,
) -> io::Result<bool> {
    let mut readable = set(signal.socket());
    let mut writable = EMPTY;
    let mut failed = EMPTY;
    if let Some((id, interest)) = socket {
        if matches!(interest, Interest::Read | Interest::ReadOrWrite) {
            add(&mut readable, id);
        }
        if interest != Interest::Read {
            add(&mut writable, id);
        }
        if interest == Interest::Connect {
            // A connection that could not be made is told only here. So are, later, urgent data, which nobody
            // reads: the peer could keep us awake with them.
            add(&mut failed, id);
        }
    }
    // The system counts in milliseconds: round up, or the wait ends just before the deadline.
    let left = deadline.map(|at| {
        let left = at.saturating_duration_since(Instant::now());
        left.checked_add(Duration::from_micros(999)).unwrap_or(left)
    });
    let timeout = left.map(|left| TIMEVAL {
        tv_sec: i32::try_from(left.as_secs()).unwrap_or(i32::MAX),
        tv_usec: left.subsec_micros() as i32,
    });
    let timeout = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the sets and the time outlive the call; the first parameter is ignored.
    let ready = unsafe { select(0, &mut readable, &mut writable, &mut failed, timeout) };
    if ready == SOCKET_ERROR {
        return Err(io::Error::last_os_error());
    }
    if members(&readable).contains(&signal.socket()) {
        signal.clear();
    }
    Ok(false)
}

const EMPTY: FD_SET = FD_SET { fd_count: 0, fd_array: [0; 64] };

fn set(socket: SOCKET) -> FD_SET {
    let mut set = EMPTY;
    add(&mut set, socket);
    set
}

fn add(set: &mut FD_SET, socket: SOCKET) {
    set.fd_array[set.fd_count as usize] = socket;
    set.fd_count += 1;
}

fn members(set: &FD_SET) -> &[SOCKET] {
    &set.fd_array[..set.fd_count as usize]
}
