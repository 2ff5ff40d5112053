//! What every object behind a handle has: context, callback, and an end that comes in order.
//!
//! An object's *leases* are the reasons why its closing notice must wait: the open handle itself,
//! every accepted operation until its completion has been delivered, every call that is running,
//! and every child. When the last lease goes, the object tells the application that it is closing
//! (its last notice, so never at the same time as another one) and gives up its lease on the parent.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use parking_lot::Mutex;

use crate::api::Handle;
use crate::api::Notice;
use crate::api::Object;
use crate::base::Code;
use crate::base::Result;

/// The application's callback, as the C border gave it.
#[derive(Clone, Copy)]
pub(crate) struct Callback {
    /// The C function; never 0.
    pub(crate) function: usize,
    /// Which notices the application wants.
    pub(crate) mask: u32,
    /// Turns a notice into the C call.
    pub(crate) deliver: fn(&Callback, handle: Handle, context: usize, notice: &Notice<'_>),
}

pub(crate) struct Node {
    handle: OnceLock<Handle>,
    parent: Option<Object>,
    context: AtomicUsize,
    /// Guards only itself; never held while the application runs.
    callback: Mutex<Option<Callback>>,
    closing: AtomicBool,
    leases: AtomicUsize,
}

impl Node {
    /// A node with one lease, that of the handle. Callback and context are the parent's at this
    /// moment; later changes to the parent do not reach it.
    pub(crate) fn new(parent: Option<Object>) -> Result<Node> {
        let (context, callback) = match &parent {
            Some(parent) => {
                parent.node().hold()?;
                (parent.node().context(), *parent.node().callback.lock())
            }
            None => (0, None),
        };
        Ok(Node {
            handle: OnceLock::new(),
            parent,
            context: AtomicUsize::new(context),
            callback: Mutex::new(callback),
            closing: AtomicBool::new(false),
            leases: AtomicUsize::new(1),
        })
    }

    /// The callback of another object instead of the parent's (a WebSocket takes its request's).
    pub(crate) fn inherit(self, from: &Node, context: usize) -> Node {
        *self.callback.lock() = *from.callback.lock();
        self.context.store(context, Ordering::SeqCst);
        self
    }

    pub(crate) fn handle(&self) -> Handle {
        self.handle.get().copied().unwrap_or(Handle::NULL)
    }

    pub(super) fn set_handle(&self, handle: Handle) {
        _ = self.handle.set(handle);
    }

    pub(crate) fn parent(&self) -> Option<&Object> {
        self.parent.as_ref()
    }

    pub(crate) fn context(&self) -> usize {
        self.context.load(Ordering::SeqCst)
    }

    pub(crate) fn set_context(&self, context: usize) {
        self.context.store(context, Ordering::SeqCst);
    }

    pub(crate) fn callback(&self) -> Option<Callback> {
        *self.callback.lock()
    }

    /// Sets or removes the callback; gives the one before.
    pub(crate) fn set_callback(&self, callback: Option<Callback>) -> Option<Callback> {
        std::mem::replace(&mut *self.callback.lock(), callback)
    }

    /// Whether the handle has been closed.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    pub(super) fn start_closing(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }

    /// Takes a lease; an object whose closing notice is due gives none.
    pub(crate) fn hold(&self) -> Result<()> {
        let one_more = |leases: usize| if leases == 0 { None } else { Some(leases + 1) };
        match self.leases.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more) {
            Ok(_) => Ok(()),
            Err(_) => Err(Code::INVALID_HANDLE),
        }
    }

    /// Gives a lease back; the last one ends the object.
    pub(crate) fn release(&self) {
        if self.leases.fetch_sub(1, Ordering::SeqCst) != 1 {
            return;
        }
        self.notify(&Notice::HandleClosing);
        if let Some(parent) = &self.parent {
            parent.node().release();
        }
    }

    /// A lease for the duration of a call.
    pub(crate) fn lease(&self) -> Result<Lease<'_>> {
        self.hold()?;
        Ok(Lease(self))
    }

    /// Tells the application. The caller holds a lease and no lock.
    pub(crate) fn notify(&self, notice: &Notice<'_>) {
        let Some(callback) = *self.callback.lock() else { return };
        let _nested = Nested::enter();
        (callback.deliver)(&callback, self.handle(), self.context(), notice);
    }
}

/// A lease that ends with a scope.
pub(crate) struct Lease<'a>(&'a Node);

impl Lease<'_> {
    /// The lease becomes that of an accepted operation, whose completion gives it back.
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// Whether a completion may run inside the call that started the operation: the calling thread is
/// not yet three callbacks deep (the limit of Windows since version 7).
pub(crate) fn may_complete_inline() -> bool {
    NESTING.get() < 3
}

/// The calling thread is inside one more callback.
struct Nested;

impl Nested {
    fn enter() -> Nested {
        NESTING.set(NESTING.get() + 1);
        Nested
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        NESTING.set(NESTING.get() - 1);
    }
}

thread_local!(static NESTING: Cell<u32> = const { Cell::new(0) });
