//! A lock for moments: taking it is one atomic step, letting it go a plain store.
//!
//! An ordinary lock pays a second atomic step to learn whether somebody sleeps who must be woken. Here
//! nobody sleeps for long: who finds the lock taken looks again, first at once, then after giving up
//! the processor, then every few microseconds. That suits what every message takes and hardly two
//! threads want at the same time, and what is never held over anything that may block.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::thread::yield_now;
use std::time::Duration;

use parking_lot::lock_api::GuardSend;
use parking_lot::lock_api::Mutex;
use parking_lot::lock_api::MutexGuard;
use parking_lot::lock_api::RawMutex;

use crate::base::backoff::look_again;

/// A value behind such a lock.
pub(crate) type Brief<T> = Mutex<RawBrief, T>;
/// The right to use it.
pub(crate) type BriefGuard<'a, T> = MutexGuard<'a, RawBrief, T>;

pub(crate) struct RawBrief {
    taken: AtomicBool,
    /// How many threads look again. A hint, so relaxed order does.
    waiting: AtomicU32,
}

/// For a thread that has let a lock go only to take it again, over and over: others who want it would hardly ever
/// find it free. Waits until they have had it, a while at most.
pub(crate) fn let_others<T>(lock: &Brief<T>) {
    // SAFETY: the lock is neither taken nor let go here.
    let waiting = unsafe { &lock.raw().waiting };
    yield_now();
    for _ in 0..MOST_NAPS {
        if waiting.load(Ordering::Relaxed) == 0 {
            return;
        }
        sleep(NAP);
    }
}

// SAFETY: whoever changes `taken` from false to true has the lock, until it stores false.
unsafe impl RawMutex for RawBrief {
    // The constant is what a lock begins as; each use of it is a lock of its own.
    #[allow(clippy::declare_interior_mutable_const)]
    const INIT: RawBrief = RawBrief { taken: AtomicBool::new(false), waiting: AtomicU32::new(0) };
    type GuardMarker = GuardSend;

    #[inline]
    fn lock(&self) {
        if !self.try_lock() {
            self.waiting.fetch_add(1, Ordering::Relaxed);
            look_again(|| (!self.taken.load(Ordering::Relaxed) && self.try_lock()).then_some(()));
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }

    #[inline]
    fn try_lock(&self) -> bool {
        self.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    #[inline]
    unsafe fn unlock(&self) {
        self.taken.store(false, Ordering::Release);
    }
}

/// How long `let_others` sleeps between two looks, and how often: a tenth of a second in all.
const NAP: Duration = Duration::from_micros(100);
const MOST_NAPS: u32 = 1000;

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn one_thread_at_a_time_has_it() {
        let count = Brief::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        let mut count = count.lock();
                        let seen = *count;
                        if seen % 1_000 == 0 {
                            thread::yield_now();
                        }
                        *count = seen + 1;
                    }
                });
            }
        });
        assert_eq!(*count.lock(), 40_000);
    }
}
