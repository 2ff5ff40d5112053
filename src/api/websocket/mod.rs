//! A WebSocket: two independent sides over one connection, and the close that joins them.
//!
//! - `send.rs` takes the application's data and the library's control frames to the connection.
//! - `receive.rs` takes the peer's frames to the application.
//! - `close.rs` has Shutdown, Close, the close status, and the end by `WinHttpCloseHandle`.
//! - `run.rs` is what the engine calls, `deferred.rs` what waits for that.
//! - `greeting.rs` catches up on an answer to the upgrade that nobody waited for.
//!
//! Locks: `receive` before `send`; neither is held while the application runs. On an asynchronous
//! session one thread at a time *drives* the receive side (reads, delivers, goes on), so a callback
//! that posts the next Receive returns to a loop that takes it up: no recursion, no hand-over.

mod close;
mod deferred;
mod greeting;
mod receive;
mod run;
mod send;

use std::sync::Arc;
use std::sync::Weak;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU32;

use crate::api::Connect;
use crate::api::Handle;
use crate::api::Notice;
use crate::api::Object;
use crate::api::WsOperation;
use crate::api::handles;
use crate::api::handles::Lease;
use crate::api::node::Node;
use crate::api::node::may_complete_inline;
use crate::base::Brief;
use crate::base::Code;
use crate::base::Condvar;
use crate::base::Mutex;
use crate::base::Result;
use crate::net::Connection;
use crate::net::Sleepers;
use crate::net::engine::Alarm;
use crate::net::engine::Engine;
use crate::net::engine::Habit;
use crate::net::engine::Reactive;
use deferred::Deferred;
pub(in crate::api) use greeting::Greeting;
use receive::ReceiveSide;
use send::SendSide;

pub(crate) struct WebSocket {
    node: Node,
    /// Present on an asynchronous session.
    engine: Option<Arc<Engine>>,
    connection: Arc<Connection>,
    /// Present when the answer to the upgrade is still to be read (synchronous sessions only).
    greeting: Option<Greeting>,
    receive: Brief<ReceiveSide>,
    send: Mutex<SendSide>,
    /// The peer's close frame has been read. Written under `receive`.
    peer_closed: AtomicBool,
    /// Threads of a synchronous session that wait for the socket.
    sleepers: Sleepers,
    /// Synchronous Sends of other threads wait here, under `send`, for their turn.
    turn: Condvar,
    /// Guards only itself.
    deferred: Mutex<Deferred>,
    alarm: Alarm,
    habit: Habit,
    close_timeout: AtomicU32,
    keepalive: AtomicU32,
    send_timeout: AtomicU32,
    receive_timeout: AtomicU32,
    this: Weak<WebSocket>,
}

/// `WINHTTP_WEB_SOCKET_BUFFER_TYPE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BufferKind {
    BinaryMessage = 0,
    BinaryFragment = 1,
    TextMessage = 2,
    TextFragment = 3,
    Close = 4,
}

/// How an accepted asynchronous operation ended.
#[derive(Clone, Copy, Debug)]
enum Completion {
    Read { bytes: u32, kind: BufferKind },
    Written { bytes: u32, kind: BufferKind },
    ShutDown,
    Closed,
    Failed { operation: WsOperation, error: Code },
}

/// An operation that has ended, of which the application is still to be told.
struct Ended {
    completion: Completion,
    /// The operation's; none if it ended inside the call that began it, which has a lease itself.
    lease: Option<Lease>,
}

/// What a request hands over to its WebSocket.
pub(in crate::api) struct Upgrade<'a> {
    pub(crate) connect: Arc<Connect>,
    /// The request: its callback is inherited.
    pub(crate) from: &'a Node,
    pub(crate) context: usize,
    pub(crate) connection: Arc<Connection>,
    pub(crate) greeting: Option<Greeting>,
    /// What followed the response head.
    pub(crate) surplus: &'a [u8],
    pub(crate) receive_buffer: u32,
    pub(crate) close_timeout: u32,
    pub(crate) send_timeout: u32,
    pub(crate) receive_timeout: u32,
}

impl WebSocket {
    pub(super) fn open(upgrade: Upgrade<'_>) -> Result<Handle> {
        let engine = upgrade.connect.session().engine().cloned();
        let node = Node::below(upgrade.connect.node())?.inherit(upgrade.from, upgrade.context);
        let socket = Arc::new_cyclic(|this| WebSocket {
            node,
            engine,
            receive: Brief::new(ReceiveSide::new(upgrade.receive_buffer as usize, upgrade.surplus)),
            send: Mutex::new(SendSide::new()),
            connection: upgrade.connection,
            greeting: upgrade.greeting,
            peer_closed: AtomicBool::new(false),
            sleepers: Sleepers::new(),
            turn: Condvar::new(),
            deferred: Mutex::new(Deferred::default()),
            alarm: Alarm::new(),
            habit: Habit::default(),
            close_timeout: AtomicU32::new(upgrade.close_timeout),
            keepalive: AtomicU32::new(DEFAULT_KEEPALIVE),
            send_timeout: AtomicU32::new(upgrade.send_timeout),
            receive_timeout: AtomicU32::new(upgrade.receive_timeout),
            this: this.clone(),
        });
        let handle = handles::publish(Object::WebSocket(socket.clone()))?;
        socket.set_keepalive(DEFAULT_KEEPALIVE);
        if let Some(registration) = socket.connection.socket().registration() {
            registration.set_target(&(socket.clone() as Arc<dyn Reactive>));
            // What came with the response head, or since, has had its edge.
            socket.post();
        }
        Ok(handle)
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    fn is_async(&self) -> bool {
        self.engine.is_some()
    }

    /// Has the engine run this socket.
    fn post(&self) {
        if let (Some(engine), Some(this)) = (&self.engine, self.this.upgrade()) {
            engine.post(this);
        }
    }

    /// Delivers a completion: on this thread when that is allowed, else on an engine thread. The
    /// caller holds a lease and no lock.
    fn complete(&self, ended: Ended) {
        if may_complete_inline() {
            self.deliver(ended);
        } else if self.defer(ended) {
            self.post();
        }
    }

    /// Leaves a completion to the engine. True: it has to be asked to come, once no lock is held.
    #[must_use]
    fn defer(&self, ended: Ended) -> bool {
        let lease = ended.lease.or_else(|| self.node.lease().ok());
        self.deferred.lock().push(Ended { lease, ..ended })
    }

    /// Tells the application and ends the operation's lease.
    fn deliver(&self, Ended { completion, lease }: Ended) {
        self.node.notify(&match completion {
            Completion::Read { bytes, kind } => Notice::WsReadComplete { bytes, kind },
            Completion::Written { bytes, kind } => Notice::WsWriteComplete { bytes, kind },
            Completion::ShutDown => Notice::WsShutdownComplete,
            Completion::Closed => Notice::WsCloseComplete,
            Completion::Failed { operation, error } => Notice::WsError { operation, error },
        });
        drop(lease);
    }

    /// `WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT`, in milliseconds.
    pub(crate) fn close_timeout(&self) -> &AtomicU32 {
        &self.close_timeout
    }

    /// `WINHTTP_OPTION_SEND_TIMEOUT`, in milliseconds; 0 and `u32::MAX` are none.
    pub(crate) fn send_timeout(&self) -> &AtomicU32 {
        &self.send_timeout
    }

    /// `WINHTTP_OPTION_RECEIVE_TIMEOUT`: kept, but an idle WebSocket never times out.
    pub(crate) fn receive_timeout(&self) -> &AtomicU32 {
        &self.receive_timeout
    }
}

impl From<Completion> for Ended {
    fn from(completion: Completion) -> Ended {
        Ended { completion, lease: None }
    }
}

impl BufferKind {
    /// The kind behind C's number.
    pub(crate) fn from_raw(raw: i32) -> Option<BufferKind> {
        Some(match raw {
            0 => BufferKind::BinaryMessage,
            1 => BufferKind::BinaryFragment,
            2 => BufferKind::TextMessage,
            3 => BufferKind::TextFragment,
            4 => BufferKind::Close,
            _ => return None,
        })
    }
}

/// Milliseconds.
const DEFAULT_KEEPALIVE: u32 = 30_000;
