//! From the numbers that C holds to objects, and the one way to close.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use crate::api::Connect;
use crate::api::Request;
use crate::api::Resolver;
use crate::api::Session;
use crate::api::WebSocket;
use crate::api::node::Node;
use crate::base::Code;
use crate::base::Key;
use crate::base::Occupant;
use crate::base::Result;
use crate::base::SlotTable;
use crate::base::Use;

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
    Resolver(Arc<Resolver>),
    WebSocket(Arc<WebSocket>),
}

impl Object {
    pub(crate) fn node(&self) -> &Node {
        match self {
            Object::Session(session) => session.node(),
            Object::Connect(connect) => connect.node(),
            Object::Request(request) => request.node(),
            Object::Resolver(resolver) => resolver.node(),
            Object::WebSocket(socket) => socket.node(),
        }
    }
}

impl Handle {
    pub(super) const fn key(self) -> Key {
        Key::from_raw(self.0)
    }
}

impl Occupant for Object {
    fn leave(&self) {
        self.node().end();
    }
}

/// A reason why an object's closing notice must wait; see `node.rs`.
pub(crate) type Lease = Use<'static, Object>;

/// A kind of object that calls ask for.
pub(crate) trait Kind: Sized {
    /// The object as this kind, if it is of this kind.
    fn of(object: &Object) -> Option<&Arc<Self>>;
}

impl Kind for Session {
    fn of(object: &Object) -> Option<&Arc<Session>> {
        if let Object::Session(session) = object { Some(session) } else { None }
    }
}

impl Kind for Connect {
    fn of(object: &Object) -> Option<&Arc<Connect>> {
        if let Object::Connect(connect) = object { Some(connect) } else { None }
    }
}

impl Kind for Request {
    fn of(object: &Object) -> Option<&Arc<Request>> {
        if let Object::Request(request) = object { Some(request) } else { None }
    }
}

impl Kind for Resolver {
    fn of(object: &Object) -> Option<&Arc<Resolver>> {
        if let Object::Resolver(resolver) = object { Some(resolver) } else { None }
    }
}

impl Kind for WebSocket {
    fn of(object: &Object) -> Option<&Arc<WebSocket>> {
        if let Object::WebSocket(socket) = object { Some(socket) } else { None }
    }
}

/// An object of a known kind, with the lease that a running call has.
pub(crate) struct Called<T> {
    lease: Lease,
    kind: PhantomData<T>,
}

impl<T: Kind> Deref for Called<T> {
    type Target = Arc<T>;

    #[inline]
    fn deref(&self) -> &Arc<T> {
        match T::of(&self.lease) {
            Some(object) => object,
            None => unreachable!("`get` has looked at the kind"),
        }
    }
}

/// The object behind a handle, of whatever kind; stale, foreign or NULL: `INVALID_HANDLE`.
#[inline]
pub(crate) fn object(handle: Handle) -> Result<Lease> {
    TABLE.get(handle.key()).ok_or(Code::INVALID_HANDLE)
}

/// The object behind a handle; of another kind: `INCORRECT_HANDLE_TYPE`.
#[inline]
pub(crate) fn get<T: Kind>(handle: Handle) -> Result<Called<T>> {
    let lease = object(handle)?;
    if T::of(&lease).is_none() {
        return Err(Code::INCORRECT_HANDLE_TYPE);
    }
    Ok(Called { lease, kind: PhantomData })
}

/// Runs a call for the object behind a handle; errors as of [`get`]. For the calls that must be quick:
/// inside the object's own callback it needs no lease of its own.
#[inline]
pub(crate) fn with<T: Kind, R>(handle: Handle, call: impl FnOnce(&T) -> Result<R>) -> Result<R> {
    let call =
        |object: &Object| T::of(object).map_or(Err(Code::INCORRECT_HANDLE_TYPE), |object| call(object));
    TABLE.with(handle.key(), call).unwrap_or(Err(Code::INVALID_HANDLE))
}

/// One more lease on an object whose handle may have been closed; none when its end has come.
pub(super) fn lease(handle: Handle) -> Option<Lease> {
    TABLE.get_removed(handle.key())
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
    let object = TABLE.remove(handle.key()).ok_or(Code::INVALID_HANDLE)?;
    object.node().start_closing();
    match &*object {
        Object::Request(request) => request.cancel(),
        Object::Resolver(resolver) => resolver.cancel(),
        Object::WebSocket(socket) => socket.cancel(),
        Object::Session(_) | Object::Connect(_) => {}
    }
    Ok(())
}

static TABLE: SlotTable<Object> = SlotTable::new();
