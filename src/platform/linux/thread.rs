//! Threads that keep the library's code mapped.
//!
//! They are not started by the standard library, which registers a thread-local destructor on the
//! thread that starts one: on a thread of the application that would keep us mapped for good.

use std::cell::Cell;
use std::ffi::CString;
use std::ffi::c_void;
use std::io;
use std::mem::MaybeUninit;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::ptr;

use crate::base::Giver;
use crate::base::promise;

/// Starts a thread that keeps the library's code mapped until it ends.
pub(crate) fn spawn_thread(
    name: &'static str,
    stack: usize,
    body: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let (pinned, is_pinned) = promise();
    let start = Start { name, pinned, body: Box::new(body) };
    create(stack, Box::into_raw(Box::new(start)))?;
    // Until the thread has its destructor, unloading could take the code from under it.
    is_pinned.wait();
    Ok(())
}

struct Start {
    name: &'static str,
    pinned: Giver<()>,
    body: Box<dyn FnOnce() + Send>,
}

/// Creates a detached thread that takes `start`.
fn create(stack: usize, start: *mut Start) -> io::Result<()> {
    let mut attributes = MaybeUninit::uninit();
    // SAFETY: the place is writable.
    unsafe { libc::pthread_attr_init(attributes.as_mut_ptr()) };
    // SAFETY: initialised above.
    unsafe { libc::pthread_attr_setdetachstate(attributes.as_mut_ptr(), libc::PTHREAD_CREATE_DETACHED) };
    // SAFETY: as above; a size that does not suit is refused and the default stays.
    unsafe { libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack) };
    let mut thread = MaybeUninit::uninit();
    // SAFETY: `run` takes what is passed here, which from now on is the thread's.
    let failed = unsafe { libc::pthread_create(thread.as_mut_ptr(), attributes.as_ptr(), run, start.cast()) };
    // SAFETY: initialised above and not used any more.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    if failed != 0 {
        // SAFETY: there is no thread, so it is still ours.
        drop(unsafe { Box::from_raw(start) });
        return Err(io::Error::from_raw_os_error(failed));
    }
    Ok(())
}

extern "C" fn run(start: *mut c_void) -> *mut c_void {
    // SAFETY: `spawn_thread` made it a box and gave it to this thread alone.
    let Start { name, pinned, body } = *unsafe { Box::from_raw(start.cast::<Start>()) };
    PIN.with(|pin| pin.0.set(true));
    pinned.give(());
    if let Ok(name) = CString::new(name) {
        // SAFETY: this only asks who we are.
        let this = unsafe { libc::pthread_self() };
        // SAFETY: the name ends in a NUL; one that is too long is refused.
        unsafe { libc::pthread_setname_np(this, name.as_ptr()) };
    }
    if catch_unwind(AssertUnwindSafe(body)).is_err() {
        log::error!("the thread {name} panicked");
    }
    ptr::null_mut()
}

/// glibc does not unmap a library for which a thread-local destructor is outstanding, and forgets
/// about it only after the destructor has returned into the C library. So unloading us while one of
/// our threads runs cannot pull the code from under it.
struct Pin(Cell<bool>);

impl Drop for Pin {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

thread_local!(static PIN: Pin = const { Pin(Cell::new(false)) });
