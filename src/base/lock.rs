//! The ordinary lock: parking_lot's, but a thread that finds it taken is never parked.
//!
//! Parking registers a thread-local destructor with the C library, and on a thread of the application
//! that keeps our code mapped for as long as the thread lives, whether the library is still wanted or
//! not (decision 7). Our locks are held for moments, so to look again costs no more.

use std::fmt;

use parking_lot::MutexGuard;

use crate::base::backoff::look_again;

/// A value behind a lock. The guard is parking_lot's, so its `Condvar` goes with it.
#[derive(Default)]
pub(crate) struct Mutex<T: ?Sized>(parking_lot::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Mutex<T> {
        Mutex(parking_lot::Mutex::new(value))
    }
}

impl<T: ?Sized> Mutex<T> {
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.try_lock().unwrap_or_else(|| look_again(|| self.0.try_lock()))
    }

    #[inline]
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.0.try_lock()
    }

    /// Whether somebody has it at the moment.
    pub(crate) fn is_locked(&self) -> bool {
        self.0.is_locked()
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

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
    }
}
