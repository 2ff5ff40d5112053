//! Threads that keep the library's code mapped.

use std::cell::Cell;
use std::io;
use std::thread;

/// Starts a thread that keeps the library's code mapped until it ends.
pub(crate) fn spawn_thread(
    name: &'static str,
    stack: usize,
    body: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    thread::Builder::new().name(name.into()).stack_size(stack).spawn(move || {
        PIN.with(|pin| pin.0.set(true));
        body();
    })?;
    Ok(())
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
