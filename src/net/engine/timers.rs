//! Deadlines: one alarm an object, one heap for all.

use std::cmp::Ordering as Order;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::OnceLock;
use std::sync::Weak;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use super::Engine;
use super::Reactive;

use crate::base::Mutex;

/// An object's alarm clock. Setting it later, or off, costs one atomic store: the heap keeps its
/// one early entry and looks here again when that comes up. It lies apart from its object, so that an
/// entry of the heap does not keep the memory of an object that is gone.
pub(crate) struct Alarm(Arc<Clock>);

struct Clock {
    /// Whom it wakes; known from the first time it is set.
    target: OnceLock<Weak<dyn Reactive>>,
    /// When the object wants to run, in [`ticks`]; `NEVER` when it does not.
    due: AtomicU64,
    /// When the heap will look, in ticks; `NEVER` when it has no entry. Written under the heap's lock.
    looked_at: AtomicU64,
    /// It has gone off and the object has not asked yet.
    rang: AtomicBool,
}

impl Alarm {
    pub(crate) fn new() -> Alarm {
        Alarm(Arc::new(Clock {
            target: OnceLock::new(),
            due: AtomicU64::new(NEVER),
            looked_at: AtomicU64::new(NEVER),
            rang: AtomicBool::new(false),
        }))
    }

    /// Whether the alarm has gone off since the last time this was asked.
    pub(crate) fn take_rang(&self) -> bool {
        self.0.rang.load(Ordering::Relaxed) && self.0.rang.swap(false, Ordering::SeqCst)
    }
}

/// All alarms that are set.
pub(super) struct Timers {
    heap: Mutex<Heap>,
    /// The heap's first entry in ticks, readable without its lock.
    first: AtomicU64,
}

/// Entries of objects that are gone lie here until they would have been due; they are swept when they
/// may be half of all.
struct Heap {
    entries: BinaryHeap<Entry>,
    /// How many entries set off the next sweep.
    sweep_at: usize,
}

impl Heap {
    fn push(&mut self, entry: Entry) {
        if self.entries.len() >= self.sweep_at {
            self.entries.retain(|entry| entry.clock.strong_count() > 0);
            self.sweep_at = LEAST_SWEEP.max(2 * self.entries.len());
        }
        self.entries.push(entry);
    }
}

const LEAST_SWEEP: usize = 64;

struct Entry {
    at: u64,
    clock: Weak<Clock>,
}

impl Timers {
    pub(super) fn new() -> Timers {
        let heap = Heap { entries: BinaryHeap::new(), sweep_at: LEAST_SWEEP };
        Timers { heap: Mutex::new(heap), first: AtomicU64::new(NEVER) }
    }

    /// When the next alarm goes off.
    pub(super) fn next(&self) -> Option<Instant> {
        match self.first.load(Ordering::SeqCst) {
            NEVER => None,
            at => Some(*START + Duration::from_millis(at)),
        }
    }

    /// Takes out what is due now.
    pub(super) fn due(&self) -> Vec<Arc<dyn Reactive>> {
        let first = self.first.load(Ordering::SeqCst);
        if first == NEVER || first > ticks(Instant::now()) {
            return Vec::new();
        }
        let mut due = Vec::new();
        let mut heap = self.heap.lock();
        let now = ticks(Instant::now());
        while heap.entries.peek().is_some_and(|entry| entry.at <= now) {
            let Some(Entry { at, clock }) = heap.entries.pop() else { break };
            let Some(alarm) = clock.upgrade() else { continue };
            let Some(object) = alarm.target.get().and_then(Weak::upgrade) else { continue };
            if alarm.looked_at.load(Ordering::SeqCst) != at {
                continue; // an earlier entry has replaced this one
            }
            alarm.looked_at.store(NEVER, Ordering::SeqCst);
            match alarm.due.load(Ordering::SeqCst) {
                NEVER => {}
                wanted if wanted > now => {
                    alarm.looked_at.store(wanted, Ordering::SeqCst);
                    heap.push(Entry { at: wanted, clock });
                }
                _ => {
                    alarm.rang.store(true, Ordering::SeqCst);
                    due.push(object);
                }
            }
        }
        self.first.store(heap.entries.peek().map_or(NEVER, |entry| entry.at), Ordering::SeqCst);
        due
    }
}

impl Engine {
    /// Sets `target`'s alarm to `due`, or off. A going-off alarm runs the target once and stays due
    /// until it is set again.
    pub(crate) fn set_alarm(&self, target: &Arc<dyn Reactive>, due: Option<Instant>) {
        let alarm = &target.alarm().0;
        alarm.target.get_or_init(|| Arc::downgrade(target));
        let due = due.map_or(NEVER, |due| ticks(due).saturating_add(1));
        alarm.due.store(due, Ordering::SeqCst);
        if due >= alarm.looked_at.load(Ordering::SeqCst) {
            return;
        }
        let mut heap = self.timers.heap.lock();
        if due >= alarm.looked_at.load(Ordering::SeqCst) {
            return;
        }
        alarm.looked_at.store(due, Ordering::SeqCst);
        heap.push(Entry { at: due, clock: Arc::downgrade(alarm) });
        if due < self.timers.first.load(Ordering::SeqCst) {
            self.timers.first.store(due, Ordering::SeqCst);
            drop(heap);
            self.interrupt();
        }
    }
}

impl Ord for Entry {
    /// The earliest entry is the greatest, so that the heap gives it first.
    fn cmp(&self, other: &Entry) -> Order {
        other.at.cmp(&self.at)
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Order> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.at == other.at
    }
}

impl Eq for Entry {}

/// Milliseconds since the first use.
fn ticks(at: Instant) -> u64 {
    u64::try_from(at.saturating_duration_since(*START).as_millis()).unwrap_or(NEVER - 1)
}

const NEVER: u64 = u64::MAX;
static START: LazyLock<Instant> = LazyLock::new(Instant::now);
