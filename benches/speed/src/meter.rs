//! Takes a task's measurement: its warm-up passes unmeasured.

use std::time::Instant;

use crate::system::Usage;
use crate::system::median_of;
use crate::task::Sample;
use crate::task::Task;

pub(super) struct Meter<'a> {
    task: &'a Task,
    /// Operations are counted in this: 1, or the bytes of one.
    unit: usize,
    done: usize,
    /// Since the end of the warm-up.
    start: Option<Usage>,
    /// Nanoseconds.
    times: Vec<u32>,
}

impl<'a> Meter<'a> {
    pub(super) fn of_operations(task: &'a Task) -> Meter<'a> {
        Meter { task, unit: 1, done: 0, start: None, times: Vec::with_capacity(task.total()) }
    }

    pub(super) fn of_bytes(task: &'a Task, each: usize) -> Meter<'a> {
        Meter { task, unit: each, done: 0, start: None, times: Vec::new() }
    }

    /// Whether there is more to do. To be asked before each step.
    pub(super) fn go_on(&mut self) -> bool {
        if self.start.is_none() && self.done >= self.task.warm_up() * self.unit {
            self.times.clear();
            self.start = Some(Usage::now());
        }
        self.done < self.task.total() * self.unit
    }

    /// A step has done so much.
    pub(super) fn count(&mut self, n: usize) {
        self.done += n;
    }

    /// A step was one operation, begun at that time, which counts.
    pub(super) fn time(&mut self, began: Instant) {
        self.times.push(began.elapsed().as_nanos() as u32);
        self.done += 1;
    }

    /// All is done.
    pub(super) fn end(self) -> Sample {
        assert!(self.done >= self.task.total() * self.unit);
        let start = self.start.expect("there is a warm-up");
        let sample = start.to(&Usage::now(), self.task);
        Sample { p50: median_of(self.times), ..sample }
    }
}
