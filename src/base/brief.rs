//! A lock for moments: taking it is one atomic step, letting it go a plain store.
//!
//! An ordinary lock pays a second atomic step to learn whether somebody sleeps who must be woken. Here
//! nobody sleeps for long: who finds the lock taken looks again, first at once, then after giving up
//! the processor, then every few microseconds. That suits what every message takes and hardly two
//! threads want at the same time, and what is never held over anything that may block.

use std::hint::spin_loop;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::thread::yield_now;
use std::time::Duration;

use parking_lot::lock_api::GuardSend;
use parking_lot::lock_api::Mutex;
use parking_lot::lock_api::MutexGuard;
use parking_lot::lock_api::RawMutex;

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
            self.look_again();
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

impl RawBrief {
    #[cold]
    fn look_again(&self) {
        for tries in 0u32.. {
            match tries {
                0..SPINS => spin_loop(),
                SPINS..YIELDS => yield_now(),
                _ => sleep(NAP),
            }
            if !self.taken.load(Ordering::Relaxed) && self.try_lock() {
                return;
            }
        }
    }
}

const SPINS: u32 = 50;
const YIELDS: u32 = 100;
const NAP: Duration = Duration::from_micros(20);

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
                            yield_now();
                        }
                        *count = seen + 1;
                    }
                });
            }
        });
        assert_eq!(*count.lock(), 40_000);
    }
}
