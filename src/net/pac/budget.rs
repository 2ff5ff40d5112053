//! How long a run may take.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use super::Limits;
use crate::net::op::Waiting;

/// The time that a run has left. Once it is over it stays so.
pub(super) struct Budget {
    waiting: Arc<Waiting>,
    limits: Limits,
    /// Nothing is counted before: the script's turn has not come.
    began: Cell<Option<Instant>>,
    /// Of the time since then: how much went by in look-ups.
    looked_up: Cell<Duration>,
    over: Cell<bool>,
    /// Allocations that the engine has not given back in the end.
    lost: Cell<usize>,
}

impl Budget {
    pub(super) fn new(waiting: Arc<Waiting>, limits: Limits) -> Budget {
        Budget {
            waiting,
            limits,
            began: Cell::new(None),
            looked_up: Cell::new(Duration::ZERO),
            over: Cell::new(false),
            lost: Cell::new(0),
        }
    }

    /// From now on the run is the script's.
    pub(super) fn begin(&self) {
        self.began.set(Some(Instant::now()));
    }

    pub(super) fn has_begun(&self) -> bool {
        self.began.get().is_some()
    }

    pub(super) fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Ends the run as soon as the engine asks next.
    pub(super) fn end(&self) {
        self.over.set(true);
    }

    /// What has been found out, without looking at the clock.
    pub(super) fn was_over(&self) -> bool {
        self.over.get()
    }

    /// Notes what was left when the engine had gone.
    pub(super) fn set_lost(&self, lost: usize) {
        self.lost.set(lost);
    }

    pub(super) fn lost(&self) -> usize {
        self.lost.get()
    }

    pub(super) fn is_over(&self) -> bool {
        if let Some(began) = self.began.get()
            && !self.over.get()
        {
            let whole = began.elapsed();
            let computing = whole.saturating_sub(self.looked_up.get());
            let late = whole > self.limits.whole || computing > self.limits.computing;
            self.over.set(late || self.waiting.check().is_err());
        }
        self.over.get()
    }

    /// Runs a look-up, which must end at the moment it is given.
    pub(super) fn look_up<T>(&self, ask: impl FnOnce(Instant) -> T) -> T {
        let asked = Instant::now();
        let answer = ask(self.began.get().unwrap_or(asked) + self.limits.whole);
        self.looked_up.set(self.looked_up.get() + asked.elapsed());
        answer
    }
}
