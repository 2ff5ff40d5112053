//! The ordinary lock, and waiting for what it guards to change.
//!
//! A thread that waits sleeps in the system and leaves nothing behind. Locks that park threads in a list of
//! their own, as parking_lot's do, register a thread-local destructor with the C library; on a thread of the
//! application that would keep our code mapped for as long as the thread lives, whether the library is still
//! wanted or not (decision 7). Those of the standard library poison, and ThreadSanitizer does not see them.

use std::hint::spin_loop;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parking_lot::lock_api;
use parking_lot::lock_api::GuardNoSend;
use parking_lot::lock_api::RawMutex;

use super::futex::Futex;

/// A value behind a lock.
pub(crate) type Mutex<T> = lock_api::Mutex<RawLock, T>;
/// The right to use it.
pub(crate) type MutexGuard<'a, T> = lock_api::MutexGuard<'a, RawLock, T>;

/// [`FREE`], [`TAKEN`], or [`WANTED`] by somebody who may sleep.
pub(crate) struct RawLock(Futex);

// SAFETY: whoever changes the word from `FREE` to another value has the lock, until it stores `FREE`.
unsafe impl RawMutex for RawLock {
    // The constant is what a lock begins as; each use of it is a lock of its own.
    #[allow(clippy::declare_interior_mutable_const)]
    const INIT: RawLock = RawLock(Futex::new());
    type GuardMarker = GuardNoSend;

    #[inline]
    fn lock(&self) {
        if !self.try_lock() {
            self.wait();
        }
    }

    #[inline]
    fn try_lock(&self) -> bool {
        self.0.0.compare_exchange(FREE, TAKEN, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    #[inline]
    unsafe fn unlock(&self) {
        if self.0.0.swap(FREE, Ordering::Release) == WANTED {
            self.0.wake_one();
        }
    }
}

impl RawLock {
    /// Locks are held for moments: looks again for as long as that, then sleeps.
    #[cold]
    fn wait(&self) {
        for _ in 0..SPINS {
            spin_loop();
            if self.0.0.load(Ordering::Relaxed) == FREE && self.try_lock() {
                return;
            }
        }
        // Others may sleep, too, so from here on it is taken as wanted.
        while self.0.0.swap(WANTED, Ordering::Acquire) != FREE {
            self.0.sleep(WANTED, None);
        }
    }
}

/// Where threads wait for what a [`Mutex`] guards to change; now and then one wakes for nothing.
#[derive(Debug, Default)]
pub(crate) struct Condvar {
    /// Counts the changes.
    changes: Futex,
    /// How many threads wait, or are about to: nobody to wake costs no system call. Raised under the lock, so
    /// whoever changes what it guards, and tells of that afterwards, sees all who have not seen the change.
    waiting: AtomicU32,
}

impl Condvar {
    pub(crate) const fn new() -> Condvar {
        Condvar { changes: Futex::new(), waiting: AtomicU32::new(0) }
    }

    pub(crate) fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        self.sleep(guard, None);
    }

    /// True: the time is over.
    pub(crate) fn wait_for<T>(&self, guard: &mut MutexGuard<'_, T>, time: Duration) -> bool {
        self.sleep(guard, Some(time))
    }

    pub(crate) fn notify_one(&self) {
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.changes.0.fetch_add(1, Ordering::Relaxed);
            self.changes.wake_one();
        }
    }

    pub(crate) fn notify_all(&self) {
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.changes.0.fetch_add(1, Ordering::Relaxed);
            self.changes.wake_all();
        }
    }

    fn sleep<T>(&self, guard: &mut MutexGuard<'_, T>, time: Option<Duration>) -> bool {
        // Read under the lock: what changes afterwards is counted, and then there is no sleep.
        let seen = self.changes.0.load(Ordering::Relaxed);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let in_time = MutexGuard::unlocked(guard, || self.changes.sleep(seen, time));
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        in_time
    }
}

const FREE: u32 = 0;
const TAKEN: u32 = 1;
const WANTED: u32 = 2;
const SPINS: u32 = 100;

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn one_thread_at_a_time() {
        let number = Mutex::new(0u32);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        let mut number = number.lock();
                        let seen = *number;
                        thread::yield_now();
                        *number = seen + 1;
                    }
                });
            }
        });
        assert_eq!(*number.lock(), 4000);
        assert!(number.try_lock().is_some());
        let _held = number.lock();
        assert!(number.try_lock().is_none());
    }

    #[test]
    fn waiting_ends_with_a_change() {
        let (turn, changed) = (Mutex::new(0u32), Condvar::new());
        thread::scope(|scope| {
            for mine in 0..4 {
                let (turn, changed) = (&turn, &changed);
                scope.spawn(move || {
                    for round in 0..250 {
                        let mut turn = turn.lock();
                        while *turn != round * 4 + mine {
                            changed.wait(&mut turn);
                        }
                        *turn += 1;
                        changed.notify_all();
                    }
                });
            }
        });
        assert_eq!(*turn.lock(), 1000);
    }

    #[test]
    fn waiting_ends_with_the_time() {
        let (nothing, changed) = (Mutex::new(()), Condvar::new());
        let mut guard = nothing.lock();
        while !changed.wait_for(&mut guard, Duration::from_millis(1)) {}
        assert!(nothing.try_lock().is_none());
    }
}
