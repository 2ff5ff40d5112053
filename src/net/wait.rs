//! Waiting on the calling thread: for a socket, a deadline, or being woken by another thread.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use crate::base::Mutex;
use crate::platform;
pub(crate) use crate::platform::Interest;
use crate::platform::Signal;
use crate::platform::SocketId;

/// What an operation that cannot go on waits for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Want {
    /// The socket, and whether it should become readable or writable.
    pub(crate) socket: Option<(SocketId, Interest)>,
    pub(crate) deadline: Option<Instant>,
}

/// The threads that are blocked on behalf of one object, so that another thread can wake them.
pub(crate) struct Sleepers(Mutex<Vec<Arc<Signal>>>);

impl Sleepers {
    pub(crate) const fn new() -> Sleepers {
        Sleepers(Mutex::new(Vec::new()))
    }

    /// Ends every wait that has begun with `prepare`, also one that has not reached its system call.
    pub(crate) fn wake_all(&self) {
        for signal in self.0.lock().iter() {
            signal.set();
        }
    }

    /// Announces a wait. After this, look once more at whatever a waker changes, then `wait`.
    pub(crate) fn prepare(&self) -> io::Result<Sleep<'_>> {
        let kept = SIGNALS.lock().pop();
        let signal = match kept {
            Some(signal) => signal,
            None => Arc::new(Signal::new()?),
        };
        self.0.lock().push(signal.clone());
        Ok(Sleep { sleepers: self, signal })
    }
}

/// A wait that others can end.
pub(crate) struct Sleep<'a> {
    sleepers: &'a Sleepers,
    signal: Arc<Signal>,
}

impl Sleep<'_> {
    /// Blocks until the socket is as wanted, the deadline passes, or somebody wakes this thread.
    /// Which of these it was the caller finds out by trying again; true: it was only the socket.
    pub(crate) fn wait(&self, want: &Want) -> io::Result<bool> {
        platform::wait(want.socket, &self.signal, want.deadline)
    }

    /// Wakes this very wait from another thread.
    pub(crate) fn signal(&self) -> &Arc<Signal> {
        &self.signal
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        let mut sleepers = self.sleepers.0.lock();
        if let Some(at) = sleepers.iter().position(|other| Arc::ptr_eq(other, &self.signal)) {
            sleepers.swap_remove(at);
        }
        drop(sleepers);
        if Arc::strong_count(&self.signal) > 1 {
            return;
        }
        self.signal.clear();
        let mut kept = SIGNALS.lock();
        if kept.len() < MOST {
            kept.push(self.signal.clone());
        }
    }
}

/// Frees the signals at rest.
pub(super) fn release_signals() {
    *SIGNALS.lock() = Vec::new();
}

/// Signals at rest. They are pooled, not thread-local: a thread-local with a destructor would keep
/// the library mapped for as long as the application's thread lives.
static SIGNALS: Mutex<Vec<Arc<Signal>>> = Mutex::new(Vec::new());
const MOST: usize = 64;
