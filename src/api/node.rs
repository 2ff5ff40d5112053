//! What every object behind a handle has: context, callback, and an end that comes in order.
//!
//! An object's *leases* are the reasons why its closing notice must wait: the open handle itself,
//! every accepted operation until its completion has been delivered, every call that is running,
//! and every child. They are uses of its slot in the handle table, so a look-up is a lease. When the
//! last one goes, the object tells the application that it is closing (its last notice, so never at
//! the same time as another one) and gives up its lease on the parent.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use crate::api::Handle;
use crate::api::Notice;
use crate::api::handles;
use crate::api::handles::Lease;
use crate::base::Code;
use crate::base::Mutex;
use crate::base::Result;
use crate::base::give_way;

/// The application's callback, as the C border gave it.
#[derive(Clone, Copy)]
pub(crate) struct Callback {
    /// The C function; never 0.
    pub(crate) function: usize,
    /// Which notices the application wants.
    pub(crate) mask: u32,
}

/// Turns a notice into the C call.
pub(crate) type Deliver = fn(&Callback, handle: Handle, context: usize, notice: &Notice<'_>);

pub(crate) struct Node {
    handle: OnceLock<Handle>,
    parent: Handle,
    /// Guards only itself: present until the closing notice has been sent.
    parent_lease: Mutex<Option<Lease>>,
    context: AtomicUsize,
    callback: CallbackCell,
    deliver: Deliver,
    closing: AtomicBool,
}

impl Node {
    /// The node of a session.
    pub(crate) fn root(deliver: Deliver) -> Node {
        Node {
            handle: OnceLock::new(),
            parent: Handle::NULL,
            parent_lease: Mutex::new(None),
            context: AtomicUsize::new(0),
            callback: CallbackCell::new(None),
            deliver,
            closing: AtomicBool::new(false),
        }
    }

    /// A node below `parent`. Callback and context are the parent's at this moment; later changes to
    /// the parent do not reach it.
    pub(crate) fn below(parent: &Node) -> Result<Node> {
        Ok(Node {
            handle: OnceLock::new(),
            parent: parent.handle(),
            parent_lease: Mutex::new(Some(parent.lease()?)),
            context: AtomicUsize::new(parent.context()),
            callback: CallbackCell::new(parent.callback()),
            deliver: parent.deliver,
            closing: AtomicBool::new(false),
        })
    }

    /// The callback of another object instead of the parent's (a WebSocket takes its request's).
    pub(crate) fn inherit(self, from: &Node, context: usize) -> Node {
        self.callback.set(from.callback());
        self.set_context(context);
        self
    }

    pub(crate) fn handle(&self) -> Handle {
        self.handle.get().copied().unwrap_or(Handle::NULL)
    }

    pub(super) fn set_handle(&self, handle: Handle) {
        _ = self.handle.set(handle);
    }

    /// The parent's handle, NULL for a session.
    pub(crate) fn parent(&self) -> Handle {
        self.parent
    }

    pub(crate) fn context(&self) -> usize {
        self.context.load(Ordering::SeqCst)
    }

    pub(crate) fn set_context(&self, context: usize) {
        self.context.store(context, Ordering::SeqCst);
    }

    pub(crate) fn callback(&self) -> Option<Callback> {
        self.callback.get()
    }

    /// Sets or removes the callback; gives the one before.
    pub(crate) fn set_callback(&self, callback: Option<Callback>) -> Option<Callback> {
        self.callback.set(callback)
    }

    /// Whether the handle has been closed.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst)
    }

    pub(super) fn start_closing(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }

    /// One more lease; an object whose closing notice is due gives none.
    pub(crate) fn lease(&self) -> Result<Lease> {
        handles::lease(self.handle()).ok_or(Code::INVALID_HANDLE)
    }

    /// Tells the application. The caller holds a lease and no lock.
    #[inline]
    pub(crate) fn notify(&self, notice: &Notice<'_>) {
        let Some(callback) = self.callback.get() else { return };
        let _nested = Nested::enter();
        (self.deliver)(&callback, self.handle(), self.context(), notice);
    }

    /// The last lease has gone.
    pub(super) fn end(&self) {
        self.notify(&Notice::HandleClosing);
        let parent = self.parent_lease.lock().take();
        drop(parent);
    }
}

/// A callback that is read at every notice and hardly ever written: readers take no lock, they read
/// again when a writer was about (a sequence lock).
struct CallbackCell {
    /// Odd while a writer is about.
    version: AtomicU32,
    /// 0: no callback.
    function: AtomicUsize,
    mask: AtomicU32,
    /// Keeps writers apart.
    writing: Mutex<()>,
}

impl CallbackCell {
    fn new(callback: Option<Callback>) -> CallbackCell {
        let Callback { function, mask } = callback.unwrap_or(Callback { function: 0, mask: 0 });
        CallbackCell {
            version: AtomicU32::new(0),
            function: AtomicUsize::new(function),
            mask: AtomicU32::new(mask),
            writing: Mutex::new(()),
        }
    }

    #[inline]
    fn get(&self) -> Option<Callback> {
        loop {
            let version = self.version.load(Ordering::Acquire);
            // Reading what a writer wrote makes its odd version visible to the load that follows.
            let function = self.function.load(Ordering::Acquire);
            let mask = self.mask.load(Ordering::Acquire);
            if version & 1 == 0 && self.version.load(Ordering::Relaxed) == version {
                return (function != 0).then_some(Callback { function, mask });
            }
            give_way();
        }
    }

    fn set(&self, callback: Option<Callback>) -> Option<Callback> {
        let _writing = self.writing.lock();
        let before = self.get();
        let Callback { function, mask } = callback.unwrap_or(Callback { function: 0, mask: 0 });
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version.wrapping_add(1), Ordering::Relaxed);
        self.function.store(function, Ordering::Release);
        self.mask.store(mask, Ordering::Release);
        self.version.store(version.wrapping_add(2), Ordering::Release);
        before
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

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn function_and_mask_of_a_callback_always_belong_together() {
        let cell = CallbackCell::new(None);
        let pair = |n: u32| Callback { function: n as usize, mask: n };
        thread::scope(|scope| {
            let readers: Vec<_> = (0..2)
                .map(|_| {
                    scope.spawn(|| {
                        loop {
                            match cell.get() {
                                Some(Callback { function, mask }) => assert_eq!(function, mask as usize),
                                None => thread::yield_now(),
                            }
                            if cell.get().is_some_and(|callback| callback.mask == u32::MAX) {
                                return;
                            }
                        }
                    })
                })
                .collect();
            for n in 1..20_000 {
                cell.set((n % 7 != 0).then_some(pair(n)));
            }
            cell.set(Some(pair(u32::MAX)));
            for reader in readers {
                reader.join().unwrap();
            }
        });
    }
}
