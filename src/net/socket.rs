//! A TCP socket whose calls do not block, but for one; known to the engine when its session is asynchronous.

use std::io;
use std::io::IoSlice;
use std::net::Shutdown;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mio::net::TcpStream;

use crate::base::NotAtTheEnd;
use crate::base::is_ending;
use crate::net::engine::Engine;
use crate::net::engine::Registration;
use crate::platform;

/// How sockets are made: `WINHTTP_OPTION_NETWORK_INTERFACE_AFFINITY`, `_TCP_PRIORITY_HINT` and
/// `_TCP_KEEPALIVE`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dialing {
    /// The index of the network interface to go by; 0 is any.
    pub(crate) interface: u32,
    /// Windows' `SOCKET_PRIORITY_HINT`.
    pub(crate) priority: Option<u32>,
    /// After how long, and how often, the system probes an idle connection.
    pub(crate) keep_alive: Option<(Duration, Duration)>,
}

/// Reads and writes never block; `WouldBlock` says to wait.
pub(crate) struct Socket {
    /// Its drop takes `mio`'s locks.
    tcp: NotAtTheEnd<TcpStream>,
    /// Absent in a synchronous session, whose calls wait for the socket themselves.
    registration: Option<Registration>,
    /// In a synchronous session: the last read did not fill its room. A hint, so relaxed order does.
    emptied: AtomicBool,
    /// It has been prepared for reads that wait.
    patient: AtomicBool,
    /// It has taken something to send since that was last asked; relaxed order, as whoever asks is who sends.
    progress: AtomicBool,
}

impl Socket {
    /// Begins to connect; the socket is connected when [`Socket::connected`] says so.
    pub(crate) fn connect(to: SocketAddr, how: Dialing, engine: Option<&Arc<Engine>>) -> io::Result<Socket> {
        let tcp = match how.interface {
            0 => TcpStream::connect(to)?,
            interface => platform::connect_through(interface, to)?,
        };
        let mut socket = Socket {
            tcp: NotAtTheEnd::new(tcp),
            registration: None,
            // Nobody has asked the server anything.
            emptied: AtomicBool::new(true),
            patient: AtomicBool::new(false),
            progress: AtomicBool::new(false),
        };
        let wishes = [
            how.keep_alive.map(|(time, interval)| platform::set_keep_alive(socket.id(), time, interval)),
            how.priority.map(|hint| platform::set_priority(socket.id(), hint)),
        ];
        for failed in wishes.into_iter().flatten().filter_map(Result::err) {
            log::warn!("a socket option is not to be had: {failed}");
        }
        if let Some(engine) = engine {
            socket.register(engine)?;
        }
        Ok(socket)
    }

    /// Has the engine, and no other, watch the socket.
    pub(super) fn register(&mut self, engine: &Arc<Engine>) -> io::Result<()> {
        if !self.is_with(engine) {
            self.unregister();
            self.registration = Some(Registration::new(engine, &mut self.tcp)?);
        }
        Ok(())
    }

    /// Whether this engine watches it.
    pub(super) fn is_with(&self, engine: &Arc<Engine>) -> bool {
        self.registration.as_ref().is_some_and(|registration| registration.is_with(engine))
    }

    /// The engine forgets the socket.
    pub(super) fn unregister(&mut self) {
        if let Some(registration) = self.registration.take()
            && !is_ending()
        {
            registration.end(&mut self.tcp);
        }
    }

    /// The next read asks the system, whatever is known.
    pub(super) fn suspect(&self) {
        if let Some(registration) = &self.registration {
            registration.more();
        }
    }

    /// `WouldBlock` while connecting, then the peer's address, or why there is no connection.
    pub(crate) fn connected(&self) -> io::Result<SocketAddr> {
        if let Some(error) = self.tcp.take_error()? {
            return Err(error);
        }
        match self.tcp.peer_addr() {
            Ok(peer) => {
                // Small messages must not wait for acknowledgements of earlier ones.
                self.tcp.set_nodelay(true)?;
                Ok(peer)
            }
            Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                Err(io::ErrorKind::WouldBlock.into())
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn local(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// As `read`, but waits a moment for the first byte. Only in a synchronous session, and where the system can.
    pub(crate) fn read_or_wait(&self, into: &mut [u8]) -> io::Result<usize> {
        if !self.patient.load(Ordering::Relaxed) {
            platform::prepare_to_wait(&self.tcp)?;
            self.patient.store(true, Ordering::Relaxed);
        }
        self.note(into.len(), platform::receive_or_wait(&self.tcp, into))
    }

    /// Reads what is there. A registered socket that is known to be empty is not asked again until
    /// the engine has seen an edge, which saves the system call that would only say so.
    pub(crate) fn read(&self, into: &mut [u8]) -> io::Result<usize> {
        let Some(registration) = &self.registration else {
            return self.note(into.len(), platform::receive(&self.tcp, into));
        };
        if !registration.take_readable() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let read = platform::receive(&self.tcp, into);
        match &read {
            Ok(n) if *n == into.len() || !platform::A_SHORT_READ_EMPTIES => registration.more(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => registration.more(),
            _ => {}
        }
        read
    }

    /// Whether such a read has left anything.
    fn note(&self, room: usize, read: io::Result<usize>) -> io::Result<usize> {
        let full = read.as_ref().is_ok_and(|n| *n == 0 || *n == room);
        self.emptied.store(!full, Ordering::Relaxed);
        read
    }

    pub(crate) fn write(&self, from: &[u8]) -> io::Result<usize> {
        self.note_sent(platform::send(&self.tcp, from))
    }

    /// As `write`, of several pieces at once.
    pub(crate) fn write_pieces(&self, from: &[IoSlice<'_>]) -> io::Result<usize> {
        self.note_sent(platform::send_pieces(&self.tcp, from))
    }

    #[inline]
    fn note_sent(&self, sent: io::Result<usize>) -> io::Result<usize> {
        if sent.is_ok() {
            self.progress.store(true, Ordering::Relaxed);
        }
        sent
    }

    /// Whether it has taken something to send since the last time this was asked.
    pub(crate) fn take_progress(&self) -> bool {
        self.progress.swap(false, Ordering::Relaxed)
    }

    /// Whether the last read of a synchronous session took all that there was.
    pub(crate) fn seems_empty(&self) -> bool {
        self.registration.is_none() && platform::A_SHORT_READ_EMPTIES && self.emptied.load(Ordering::Relaxed)
    }

    /// Whether a read might find something.
    pub(crate) fn maybe_readable(&self) -> bool {
        self.registration.as_ref().is_none_or(Registration::is_readable)
    }

    pub(crate) fn registration(&self) -> Option<&Registration> {
        self.registration.as_ref()
    }

    pub(crate) fn id(&self) -> platform::SocketId {
        platform::socket_id(&self.tcp)
    }

    /// Nothing can be read or written any more.
    pub(super) fn shut_down(&self) {
        // It fails when the peer has been faster.
        _ = self.tcp.shutdown(Shutdown::Both);
    }

    /// Ends the connection so that what the transport has accepted still arrives: bytes of the peer
    /// that nobody has read would turn the close into a reset, so they are taken first.
    pub(crate) fn hang_up(&self) {
        if self.tcp.shutdown(Shutdown::Write).is_err() {
            return;
        }
        let mut scrap = [0; 16 * 1024];
        for _ in 0..MOST_SCRAP {
            match platform::receive(&self.tcp, &mut scrap) {
                Ok(1..) => {}
                _ => break,
            }
        }
    }
}

/// How many reads [`Socket::hang_up`] makes at most.
const MOST_SCRAP: usize = 64;
