//! The library's own threads.

use std::io;

use crate::platform;

/// Starts a thread that keeps the library's code mapped until it ends.
pub(crate) fn spawn(name: &'static str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    platform::spawn_thread(name, STACK, body)
}

/// Callbacks run on these stacks, so they are as large as a Windows thread's by default.
const STACK: usize = 1 << 20;
