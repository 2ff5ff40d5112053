//! A lock for moments: taking it is one atomic step, letting it go a plain store.
//!
//! An ordinary lock pays a second atomic step to learn whether somebody sleeps who must be woken. Here
//! nobody sleeps for long: who finds the lock taken looks again, first at once, then after giving up
//! the processor, then every few microseconds. That suits what every message takes and hardly two
//! threads want at the same time, and what is never held over anything that may block.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

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
}

// SAFETY: whoever changes `taken` from false to true has the lock, until it stores false.
unsafe impl RawMutex for RawBrief {
    // The constant is what a lock begins as; each use of it is a lock of its own.
    #[allow(clippy::declare_interior_mutable_const)]
    const INIT: RawBrief = RawBrief { taken: AtomicBool::new(false) };
    type GuardMarker = GuardSend;

    #[inline]
    fn lock(&self) {
        if !self.try_lock() {
            look_again(|| (!self.taken.load(Ordering::Relaxed) && self.try_lock()).then_some(()));
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
