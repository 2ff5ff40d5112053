//! A connection to a server: TCP, with or without TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use crate::base::Mutex;
use crate::net::Socket;
use crate::net::engine::Engine;
use crate::net::known::Guid;
use crate::net::known::Known;
use crate::net::op::Fault;
use crate::net::op::Interest;
use crate::net::op::Waiting;
use crate::net::pool::Identity;
use crate::net::pool::Origin;
use crate::net::tls;
use crate::platform;
use crate::platform::TcpStatistics;

/// Belongs to whoever uses it at the moment: a request, then the pool and other requests, or a WebSocket.
/// One thread may read and another write.
pub(crate) struct Connection {
    origin: Origin,
    socket: Socket,
    tls: Option<tls::Session>,
    local: SocketAddr,
    peer: SocketAddr,
    /// How many requests have gone out on it.
    requests: u32,
    since: Instant,
    /// What its last marking user called it. Guards only itself.
    guid: Mutex<Option<Guid>>,
    known: Known,
}

impl Connection {
    pub(crate) fn new(
        origin: Origin,
        socket: Socket,
        tls: Option<tls::Session>,
        peer: SocketAddr,
    ) -> io::Result<Connection> {
        let local = socket.local()?;
        let known = Known::new(&origin.host, tls.is_some());
        let since = Instant::now();
        Ok(Connection { origin, socket, tls, local, peer, requests: 0, since, guid: Mutex::new(None), known })
    }

    /// The same connection when it leads on to another place, by a session over the present one.
    pub(crate) fn through(self, origin: Origin, tls: Option<tls::Session>) -> Connection {
        let known = Known::new(&origin.host, tls.is_some());
        Connection { origin, tls, known, ..self }
    }

    /// The session, for one that is to be made over it.
    pub(crate) fn take_tls(&mut self) -> Option<tls::Session> {
        self.tls.take()
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// From now on the connection is this identity's and nobody else's.
    pub(crate) fn bind(&mut self, identity: Option<Identity>) {
        self.origin.identity = identity;
    }

    /// Counts one more request; how many there were before.
    pub(crate) fn begin_request(&mut self) -> u32 {
        self.requests += 1;
        self.requests - 1
    }

    /// Whether it has served a request before the present one.
    pub(crate) fn is_used(&self) -> bool {
        self.requests > 1
    }

    pub(crate) fn guid(&self) -> Option<Guid> {
        *self.guid.lock()
    }

    /// Gives it a name by which other requests can ask for it.
    pub(crate) fn mark(&self, guid: Guid) {
        *self.guid.lock() = Some(guid);
        self.known.mark(guid);
    }

    /// Nobody waits for this connection. It stays with its engine, which its next user most likely has, too.
    pub(super) fn rest(&self) {
        if let Some(registration) = self.socket.registration() {
            registration.clear_target();
        }
    }

    /// Whether an engine has it.
    pub(super) fn is_registered(&self) -> bool {
        self.socket.registration().is_some()
    }

    /// Whether it is with this engine.
    pub(super) fn is_with(&self, engine: &Arc<Engine>) -> bool {
        self.socket.is_with(engine)
    }

    /// Leaves its engine.
    pub(super) fn part(&mut self) {
        self.socket.unregister();
    }

    /// Joins the engine of its next user, if that one has any.
    pub(crate) fn join(&mut self, engine: Option<&Arc<Engine>>) -> io::Result<()> {
        match engine {
            Some(engine) => self.socket.register(engine),
            None => {
                self.part();
                Ok(())
            }
        }
    }

    /// Whether the peer has neither closed nor said anything unasked. TLS may have had its own to say.
    pub(super) fn is_quiet(&self) -> bool {
        // The poll loop may not have got round to what has happened.
        self.socket.suspect();
        self.read(&mut [0]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Reads plain bytes; 0 is the peer's end, `WouldBlock` asks to wait for the socket.
    pub(crate) fn read(&self, into: &mut [u8]) -> io::Result<usize> {
        self.read_with(WhenEmpty::Refuse, into)
    }

    /// The same; `when_empty` says what it does where nothing is there yet.
    pub(crate) fn read_with(&self, when_empty: WhenEmpty, into: &mut [u8]) -> io::Result<usize> {
        retry(|| match (&self.tls, when_empty) {
            (Some(tls), _) => tls.read(&self.socket, into),
            (None, WhenEmpty::Refuse) => self.socket.read(into),
            (None, WhenEmpty::Wait) => self.socket.read_or_wait(into),
        })
    }

    /// What a read before `deadline` may do: where nothing seems to be there, and nobody but the calling thread is
    /// kept from anything, wait.
    pub(crate) fn when_empty(&self, deadline: Option<Instant>) -> WhenEmpty {
        match platform::PATIENCE {
            // A TLS session is locked while it reads, and others want to write.
            Some(patience)
                if self.tls.is_none()
                    && self.socket.seems_empty()
                    && deadline.is_none_or(|deadline| Instant::now() + patience < deadline) =>
            {
                WhenEmpty::Wait
            }
            _ => WhenEmpty::Refuse,
        }
    }

    /// Takes plain bytes; `WouldBlock` asks to wait until the socket is writable. What TLS has taken
    /// but not yet sent is sent by [`Connection::flush`].
    pub(crate) fn write(&self, from: &[u8]) -> io::Result<usize> {
        retry(|| match &self.tls {
            Some(tls) => tls.write(&self.socket, from),
            None => self.socket.write(from),
        })
    }

    /// Sends what is still held back; `WouldBlock` asks to wait until the socket is writable.
    pub(crate) fn flush(&self) -> io::Result<()> {
        match &self.tls {
            Some(tls) => tls.flush(&self.socket),
            None => Ok(()),
        }
    }

    /// Whether a read might find something.
    pub(crate) fn maybe_readable(&self) -> bool {
        self.socket.maybe_readable() || self.tls.as_ref().is_some_and(tls::Session::has_news)
    }

    /// Whether all that had come was read the last time, so that waiting should come before reading.
    pub(crate) fn seems_empty(&self) -> bool {
        self.socket.seems_empty() && self.tls.as_ref().is_none_or(|tls| !tls.has_news())
    }

    /// Reads at least one byte, or 0 at the peer's end.
    pub(crate) async fn receive(
        &self,
        waiting: &Waiting,
        into: &mut [u8],
        deadline: Option<Instant>,
    ) -> Result<usize, Fault> {
        self.receive_by(waiting, deadline, |when_empty| self.read_with(when_empty, into)).await
    }

    /// The same by a `read` of the caller's, whose room need only be there while it reads.
    pub(crate) async fn receive_by(
        &self,
        waiting: &Waiting,
        deadline: Option<Instant>,
        mut read: impl FnMut(WhenEmpty) -> io::Result<usize>,
    ) -> Result<usize, Fault> {
        // Right after all that had come was read there is nothing: no system call to learn that.
        let mut wait_first = self.seems_empty();
        let attempt = || match std::mem::take(&mut wait_first).then(|| self.when_empty(deadline)) {
            None => read(WhenEmpty::Refuse),
            Some(WhenEmpty::Refuse) => Err(io::ErrorKind::WouldBlock.into()),
            Some(WhenEmpty::Wait) => read(WhenEmpty::Wait),
        };
        waiting.io(&self.socket, Interest::Read, deadline, attempt).await
    }

    /// Hands all of `bytes` to the transport.
    pub(crate) async fn send(
        &self,
        waiting: &Waiting,
        mut bytes: &[u8],
        deadline: Option<Instant>,
    ) -> Result<(), Fault> {
        while !bytes.is_empty() {
            let sent = waiting.io(&self.socket, Interest::Write, deadline, || self.write(bytes)).await?;
            bytes = bytes.get(sent..).unwrap_or_default();
        }
        waiting.io(&self.socket, Interest::Write, deadline, || self.flush()).await
    }

    /// Ends both directions: whoever waits for one of them learns it by an error.
    pub(crate) fn abort(&self) {
        self.socket.shut_down();
    }

    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    pub(crate) fn tls(&self) -> Option<&tls::Session> {
        self.tls.as_ref()
    }

    /// What the system knows of it; `None` where it does not tell.
    pub(crate) fn statistics(&self) -> Option<TcpStatistics> {
        let mut statistics = platform::statistics(self.socket.id())?;
        if statistics.connection_ms == 0 {
            statistics.connection_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        }
        Some(statistics)
    }

    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    pub(crate) fn peer(&self) -> SocketAddr {
        self.peer
    }
}

/// What a read does where there is nothing yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenEmpty {
    /// It says `WouldBlock`.
    Refuse,
    /// It waits a moment first, so that waiting and reading are one system call and not two. Only its bytes or
    /// its end wake the thread, for [`platform::PATIENCE`].
    Wait,
}

/// A system call that a signal interrupted is made again.
pub(super) fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
