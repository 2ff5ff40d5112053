//! Completions that must not run on the thread that caused them.

use std::collections::VecDeque;

use crate::api::websocket::Ended;

/// They wait for the engine, which is asked once for all of them.
#[derive(Default)]
pub(super) struct Deferred {
    ended: VecDeque<Ended>,
    /// The engine has been asked and has not come yet.
    asked: bool,
}

impl Deferred {
    /// Adds one, which has a lease. True: the engine has to be asked.
    #[must_use]
    pub(super) fn push(&mut self, ended: Ended) -> bool {
        self.ended.push_back(ended);
        self.ask()
    }

    /// The engine has come: the first one.
    pub(super) fn begin(&mut self) -> Option<Ended> {
        self.asked = false;
        self.next()
    }

    pub(super) fn next(&mut self) -> Option<Ended> {
        self.ended.pop_front()
    }

    /// Others get their turn. True: the engine has to be asked to come again.
    #[must_use]
    pub(super) fn rest(&mut self) -> bool {
        !self.ended.is_empty() && self.ask()
    }

    fn ask(&mut self) -> bool {
        !std::mem::replace(&mut self.asked, true)
    }
}
