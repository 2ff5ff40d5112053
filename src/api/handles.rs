//! From the numbers that C holds to objects, and the one way to close.

use std::sync::Arc;

use crate::api::Connect;
use crate::api::Request;
use crate::api::Session;
use crate::api::WebSocket;
use crate::api::node::Node;
use crate::base::Code;
use crate::base::Key;
use crate::base::Result;
use crate::base::SlotTable;

/// What C sees as `HINTERNET`: slot and generation, never an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handle(usize);

impl Handle {
    pub(crate) const NULL: Handle = Handle(0);

    pub(crate) const fn raw(self) -> usize {
        self.0
    }

    pub(crate) const fn from_raw(raw: usize) -> Handle {
        Handle(raw)
    }
}

/// Any object that has a handle.
#[derive(Clone)]
pub(crate) enum Object {
    Session(Arc<Session>),
    Connect(Arc<Connect>),
    Request(Arc<Request>),
    WebSocket(Arc<WebSocket>),
}

impl Object {
    pub(crate) fn node(&self) -> &Node {
        match self {
            Object::Session(session) => session.node(),
            Object::Connect(connect) => connect.node(),
            Object::Request(request) => request.node(),
            Object::WebSocket(socket) => socket.node(),
        }
    }
}

/// A kind of object that calls ask for.
pub(crate) trait Kind: Sized {
    /// The object as this kind, if it is of this kind.
    fn of(object: Object) -> Option<Arc<Self>>;
}

impl Kind for Session {
    fn of(object: Object) -> Option<Arc<Session>> {
        if let Object::Session(session) = object { Some(session) } else { None }
    }
}

impl Kind for Connect {
    fn of(object: Object) -> Option<Arc<Connect>> {
        if let Object::Connect(connect) = object { Some(connect) } else { None }
    }
}

impl Kind for Request {
    fn of(object: Object) -> Option<Arc<Request>> {
        if let Object::Request(request) = object { Some(request) } else { None }
    }
}

impl Kind for WebSocket {
    fn of(object: Object) -> Option<Arc<WebSocket>> {
        if let Object::WebSocket(socket) = object { Some(socket) } else { None }
    }
}

/// The object behind a handle, of whatever kind; stale, foreign or NULL: `INVALID_HANDLE`.
pub(crate) fn object(handle: Handle) -> Result<Object> {
    TABLE.get(Key::from_raw(handle.0)).ok_or(Code::INVALID_HANDLE)
}

/// The object behind a handle; of another kind: `INCORRECT_HANDLE_TYPE`.
pub(crate) fn get<T: Kind>(handle: Handle) -> Result<Arc<T>> {
    T::of(object(handle)?).ok_or(Code::INCORRECT_HANDLE_TYPE)
}

/// Gives a new object its handle.
pub(super) fn publish(object: Object) -> Result<Handle> {
    let key = TABLE.insert(object.clone()).ok_or(Code::NOT_ENOUGH_MEMORY)?;
    let handle = Handle(key.raw());
    object.node().set_handle(handle);
    Ok(handle)
}

/// Closes a handle: from now on the number is invalid, what is pending is cancelled, and the
/// closing notice follows as soon as nothing else is left to be told.
pub(crate) fn close(handle: Handle) -> Result<()> {
    let object = TABLE.remove(Key::from_raw(handle.0)).ok_or(Code::INVALID_HANDLE)?;
    object.node().start_closing();
    match &object {
        Object::Request(request) => request.cancel(),
        Object::WebSocket(socket) => socket.cancel(),
        Object::Session(_) | Object::Connect(_) => {}
    }
    object.node().release();
    Ok(())
}

static TABLE: SlotTable<Object> = SlotTable::new();
