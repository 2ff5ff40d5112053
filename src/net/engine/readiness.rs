//! A socket's place in the poll loop: edge-triggered, with the edges remembered.

use std::io;
use std::sync::Arc;
use std::sync::Weak;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering;

use mio::Interest;
use mio::Token;
use mio::event::Event;
use mio::net::TcpStream;

use super::Engine;
use super::Reactive;
use crate::base::Key;
use crate::base::Mutex;
use crate::base::Occupant;

/// A registered socket. Dropping it forgets the number; the socket itself leaves the poll loop when
/// it is closed.
pub(crate) struct Registration {
    engine: Arc<Engine>,
    key: Key,
    shared: Arc<Shared>,
}

/// What the poll loop and the owner share.
pub(super) struct Shared {
    /// `READABLE`, `WRITABLE`: there has been an edge since the owner last found nothing.
    /// `ENDED`: the peer has closed, reading is worth a try for ever.
    edges: AtomicU8,
    /// Who runs when an edge comes.
    target: Mutex<Option<Weak<dyn Reactive>>>,
}

impl Registration {
    pub(crate) fn new(engine: &Arc<Engine>, socket: &mut TcpStream) -> io::Result<Registration> {
        let shared = Arc::new(Shared { edges: AtomicU8::new(READABLE | WRITABLE), target: Mutex::new(None) });
        let key = engine
            .registrations
            .insert(shared.clone())
            .ok_or_else(|| io::Error::other("too many sockets"))?;
        let registration = Registration { engine: engine.clone(), key, shared };
        engine.registry.register(socket, Token(key.raw()), Interest::READABLE | Interest::WRITABLE)?;
        Ok(registration)
    }

    /// Whether it is this engine's.
    pub(crate) fn is_with(&self, engine: &Arc<Engine>) -> bool {
        Arc::ptr_eq(&self.engine, engine)
    }

    /// Takes the socket, which stays open, out of the poll loop.
    pub(crate) fn end(self, socket: &mut TcpStream) {
        if let Err(error) = self.engine.registry.deregister(socket) {
            log::error!("cannot take a socket out of the poll loop: {error}");
        }
    }

    /// From now on `target` runs at every edge.
    pub(crate) fn set_target(&self, target: &Arc<dyn Reactive>) {
        *self.shared.target.lock() = Some(Arc::downgrade(target));
    }

    /// From now on nobody does.
    pub(crate) fn clear_target(&self) {
        *self.shared.target.lock() = None;
    }

    /// Whether a read is worth a system call. Ask before each read, and call [`Registration::more`]
    /// afterwards when the read filled all the room it had: the edge is taken first, so one that
    /// comes meanwhile is not lost.
    pub(crate) fn take_readable(&self) -> bool {
        self.shared.edges.fetch_and(!READABLE, Ordering::AcqRel) & (READABLE | ENDED) != 0
    }

    /// There may be more to read.
    pub(crate) fn more(&self) {
        self.shared.edges.fetch_or(READABLE, Ordering::AcqRel);
    }

    /// As `take_readable`, without taking.
    pub(crate) fn is_readable(&self) -> bool {
        self.shared.edges.load(Ordering::Acquire) & (READABLE | ENDED) != 0
    }
}

impl Occupant for Arc<Shared> {}

impl Drop for Registration {
    fn drop(&mut self) {
        self.engine.registrations.remove(self.key);
    }
}

impl Shared {
    /// Notes the edge and tells whom to run.
    pub(super) fn ready(&self, event: &Event) -> Option<Arc<dyn Reactive>> {
        let mut edges = 0;
        if event.is_readable() {
            edges |= READABLE;
        }
        if event.is_writable() {
            edges |= WRITABLE;
        }
        if event.is_read_closed() || event.is_error() {
            edges |= ENDED | READABLE | WRITABLE;
        }
        self.edges.fetch_or(edges, Ordering::AcqRel);
        self.target.lock().as_ref()?.upgrade()
    }
}

const READABLE: u8 = 1;
const WRITABLE: u8 = 2;
const ENDED: u8 = 4;
