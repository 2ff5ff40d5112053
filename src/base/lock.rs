//! The ordinary lock and what goes with it: the standard library's, without poisoning.
//!
//! A thread that waits here sleeps in the system and leaves nothing behind. Locks that park threads by
//! a list of their own, as parking_lot's do, register a thread-local destructor with the C library; on a
//! thread of the application that would keep our code mapped for as long as the thread lives, whether the
//! library is still wanted or not (decision 7).

use std::fmt;
use std::sync;
use std::sync::PoisonError;
use std::sync::TryLockError;
use std::time::Duration;

/// The right to use what a [`Mutex`] guards.
pub(crate) use std::sync::MutexGuard;

/// A value behind a lock. One that a panic has left is used as it is.
#[derive(Default)]
pub(crate) struct Mutex<T: ?Sized>(sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Mutex<T> {
        Mutex(sync::Mutex::new(value))
    }
}

impl<T: ?Sized> Mutex<T> {
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        match self.0.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where threads wait for what a [`Mutex`] guards to change; now and then one wakes for nothing.
#[derive(Debug, Default)]
pub(crate) struct Condvar(sync::Condvar);

impl Condvar {
    pub(crate) const fn new() -> Condvar {
        Condvar(sync::Condvar::new())
    }

    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    /// True: the time is over.
    pub(crate) fn wait_for<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        time: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let (guard, result) = self.0.wait_timeout(guard, time).unwrap_or_else(PoisonError::into_inner);
        (guard, result.timed_out())
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::AssertUnwindSafe;
    use std::panic::catch_unwind;
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

    #[test]
    fn a_panic_does_not_lock_others_out() {
        let number = Mutex::new(0u32);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let mut number = number.lock();
            *number = 1;
            panic!("on purpose");
        }));
        assert!(panicked.is_err());
        assert_eq!(*number.lock(), 1);
        assert_eq!(number.try_lock().as_deref(), Some(&1));
    }

    #[test]
    fn waiting_ends_with_a_change_or_with_the_time() {
        let (turn, changed) = (Mutex::new(0u32), Condvar::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                *turn.lock() = 1;
                changed.notify_all();
            });
            let mut turn = turn.lock();
            while *turn == 0 {
                turn = changed.wait(turn);
            }
        });
        let mut late = (turn.lock(), false);
        while !late.1 {
            late = changed.wait_for(late.0, Duration::from_millis(1));
        }
        assert_eq!(*late.0, 1);
    }
}
