//! How long what an engine thread runs takes, told by the monitor's ticks.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use super::Engine;
use super::Reactive;

/// One run of an object on an engine thread.
pub(crate) struct Turn<'a> {
    engine: &'a Engine,
    /// The tick of the last beat.
    since: u64,
    slow: bool,
}

/// What is remembered of an object's turns. The callback of one whose last turn was slow may block again, so
/// somebody else is set to work before it runs.
#[derive(Default)]
pub(crate) struct Habit(AtomicBool);

impl<'a> Turn<'a> {
    pub(super) fn begin(engine: &'a Engine) -> Turn<'a> {
        Turn { engine, since: engine.ticks.load(Ordering::Relaxed), slow: false }
    }

    /// Something has been done: a turn that takes long by doing much is not stuck.
    pub(crate) fn beat(&mut self) {
        // Not one step: that it changes is all that counts, and this is cheaper.
        let progress = self.engine.progress.load(Ordering::Relaxed);
        self.engine.progress.store(progress.wrapping_add(1), Ordering::Relaxed);
        self.measure();
    }

    pub(super) fn end(mut self, object: &dyn Reactive) {
        self.measure();
        if let Some(Habit(slow)) = object.habit()
            && slow.load(Ordering::Relaxed) != self.slow
        {
            slow.store(self.slow, Ordering::Relaxed);
        }
    }

    fn measure(&mut self) {
        let now = self.engine.ticks.load(Ordering::Relaxed);
        self.slow |= now.wrapping_sub(self.since) >= SLOW;
        self.since = now;
    }
}

impl Habit {
    pub(super) fn is_slow(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// From so many ticks on something was slow. On a busy machine a few pass while a thread waits for its processor.
const SLOW: u64 = 5;
