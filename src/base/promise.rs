//! A value that one thread waits for and another gives.

use std::sync::Arc;

use super::Condvar;
use super::Mutex;

/// Both ends of a promise.
pub(crate) fn promise<T>() -> (Giver<T>, Promise<T>) {
    let shared = Arc::new(Shared { state: Mutex::new(State::Open), changed: Condvar::new() });
    (Giver(shared.clone()), Promise(shared))
}

/// The end that gives. Its drop without a value breaks the promise.
pub(crate) struct Giver<T>(Arc<Shared<T>>);

/// The end that waits.
pub(crate) struct Promise<T>(Arc<Shared<T>>);

struct Shared<T> {
    /// Guards only itself.
    state: Mutex<State<T>>,
    changed: Condvar,
}

enum State<T> {
    Open,
    Kept(T),
    Broken,
}

impl<T> Giver<T> {
    pub(crate) fn give(self, value: T) {
        *self.0.state.lock() = State::Kept(value);
    }
}

impl<T> Drop for Giver<T> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        if matches!(*state, State::Open) {
            *state = State::Broken;
        }
        drop(state);
        self.0.changed.notify_all();
    }
}

impl<T> Promise<T> {
    /// Blocks until the value is there; none if it never will be.
    pub(crate) fn wait(self) -> Option<T> {
        let mut state = self.0.state.lock();
        loop {
            match std::mem::replace(&mut *state, State::Open) {
                State::Open => self.0.changed.wait(&mut state),
                State::Kept(value) => return Some(value),
                State::Broken => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_promise_is_kept_or_broken() {
        let (giver, kept) = promise();
        let (other, broken) = promise::<u32>();
        let thread = thread::spawn(move || {
            giver.give(7);
            drop(other);
        });
        assert_eq!((kept.wait(), broken.wait()), (Some(7), None));
        thread.join().unwrap();
    }
}
