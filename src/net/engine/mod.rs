//! The asynchronous engine: leader/follower threads over one poll loop.
//!
//! One thread waits for the operating system (whoever holds the `poll` lock); what it finds it runs
//! itself, callbacks included, so that nothing is handed over between the arrival of bytes and the
//! application's callback. The other threads are parked. The monitor watches: when every running
//! thread has been stuck in one callback for a tick, it wakes or starts another thread, which goes
//! on with the queue and the poll loop. See `docs/decisions/0002-engine.md` for the measurements.
//!
//! Nothing runs before the first asynchronous session needs it and everything ends after the last:
//! sessions share one [`EngineOwner`], and its end stops the threads.

mod crew;
mod readiness;
mod timers;
mod turn;

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::Weak;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use mio::Token;

use crate::base::Condvar;
use crate::base::Key;
use crate::base::Mutex;
use crate::base::SlotTable;
use crate::net::pool;
use crew::Crew;
pub(crate) use readiness::Registration;
pub(crate) use timers::Alarm;
use timers::Timers;
pub(crate) use turn::Habit;
pub(crate) use turn::Turn;

/// Something the engine runs: a request or a WebSocket with work to do.
pub(crate) trait Reactive: Send + Sync {
    /// A socket became ready, the alarm went off, or somebody asked for it by [`Engine::post`].
    /// Runs on an engine thread with no engine lock held; must cope with spurious and concurrent
    /// calls.
    fn run(self: Arc<Self>, turn: &mut Turn<'_>);

    /// How long its turns take; none: nobody remembers.
    fn habit(&self) -> Option<&Habit> {
        None
    }

    /// The object's own alarm clock.
    fn alarm(&self) -> &Alarm;
}

/// The running engine, shared by all asynchronous sessions of the process.
pub(crate) struct Engine {
    registry: mio::Registry,
    waker: mio::Waker,
    /// Holding this lock is the right to wait for the operating system.
    poll: Mutex<Poll>,
    /// Somebody does; for the monitor.
    is_led: AtomicBool,
    /// Whether the holder of `poll` is, or is about to be, asleep.
    asleep: AtomicBool,
    /// What is ready to run; the poll loop and posts put it in, any engine thread takes it out.
    queue: Mutex<Queue>,
    registrations: SlotTable<Arc<readiness::Shared>>,
    timers: Timers,
    /// How many threads there are and how many are parked.
    crew: Mutex<Crew>,
    parked: Condvar,
    /// Threads inside [`Reactive::run`] at the moment.
    running: AtomicUsize,
    /// Changes with every item and every delivery; the monitor sees by it whether things move.
    progress: AtomicU64,
    /// Counts the monitor's ticks: a clock that costs nothing to read.
    ticks: AtomicU64,
    monitor_asleep: AtomicBool,
    monitor_wakes: Condvar,
    stopping: AtomicBool,
}

#[derive(Default)]
struct Queue {
    items: VecDeque<Arc<dyn Reactive>>,
    /// Those whose last turn was long; they let the others go first.
    slow: VecDeque<Arc<dyn Reactive>>,
    /// The engine has stopped: nobody will run what comes now.
    closed: bool,
}

impl Queue {
    fn push(&mut self, item: Arc<dyn Reactive>) {
        match item.habit() {
            Some(habit) if habit.is_slow() => self.slow.push_back(item),
            _ => self.items.push_back(item),
        }
    }

    /// The next one, and whether its turn may be long.
    fn pop(&mut self, slow_first: bool) -> Option<(Arc<dyn Reactive>, bool)> {
        let quick = if slow_first && !self.slow.is_empty() { None } else { self.items.pop_front() };
        quick.map(|item| (item, false)).or_else(|| Some((self.slow.pop_front()?, true)))
    }

    fn len(&self) -> usize {
        self.items.len() + self.slow.len()
    }
}

struct Poll {
    poll: mio::Poll,
    events: mio::Events,
}

/// What a session holds; the last one to go stops the engine.
pub(crate) struct EngineOwner(Arc<Engine>);

impl EngineOwner {
    /// The process's engine, started if it is not running.
    pub(crate) fn shared() -> io::Result<Arc<EngineOwner>> {
        let mut current = CURRENT.lock();
        if let Some(owner) = current.upgrade() {
            return Ok(owner);
        }
        let owner = Arc::new(EngineOwner(Engine::start()?));
        *current = Arc::downgrade(&owner);
        Ok(owner)
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.0
    }
}

impl Drop for EngineOwner {
    fn drop(&mut self) {
        self.0.stop();
        pool::part(&self.0);
    }
}

/// The engine that new sessions share. Guards nothing else.
static CURRENT: Mutex<Weak<EngineOwner>> = Mutex::new(Weak::new());

impl Engine {
    fn start() -> io::Result<Arc<Engine>> {
        let poll = mio::Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let waker = mio::Waker::new(&registry, WAKE)?;
        let engine = Arc::new(Engine {
            registry,
            waker,
            poll: Mutex::new(Poll { poll, events: mio::Events::with_capacity(EVENTS) }),
            is_led: AtomicBool::new(false),
            asleep: AtomicBool::new(false),
            queue: Mutex::new(Queue::default()),
            registrations: SlotTable::new(),
            timers: Timers::new(),
            crew: Mutex::new(Crew::default()),
            parked: Condvar::new(),
            running: AtomicUsize::new(0),
            progress: AtomicU64::new(0),
            ticks: AtomicU64::new(0),
            monitor_asleep: AtomicBool::new(true),
            monitor_wakes: Condvar::new(),
            stopping: AtomicBool::new(false),
        });
        if let Err(error) = engine.spawn_monitor().and_then(|()| engine.spawn_worker()) {
            engine.stop();
            return Err(error);
        }
        Ok(engine)
    }

    /// Has `target` run soon on an engine thread.
    pub(crate) fn post(&self, target: Arc<dyn Reactive>) {
        {
            let mut queue = self.queue.lock();
            if queue.closed {
                return;
            }
            queue.push(target);
        }
        self.interrupt();
    }

    /// Wakes the poll loop when it sleeps. The order (publish, then look at `asleep`) mirrors
    /// `wait` (say asleep, then look at what is published), so one of the two always sees the other.
    fn interrupt(&self) {
        if self.asleep.swap(false, Ordering::SeqCst)
            && let Err(error) = self.waker.wake()
        {
            log::error!("cannot wake the poll loop: {error}");
        }
    }

    /// One engine thread's life: run what is ready, else wait for the operating system, else park.
    /// However much is ready, the operating system is asked now and then.
    fn work(self: &Arc<Self>) {
        let mut ran = 0;
        loop {
            if ran == FAIR_SHARE
                && let Some(mut poll) = self.poll.try_lock()
            {
                self.lead(&mut poll);
            }
            let (item, slow_left) = {
                let mut queue = self.queue.lock();
                let item = queue.pop(ran == FAIR_SHARE);
                if item.is_none() && self.stopping.load(Ordering::SeqCst) {
                    queue.closed = true;
                    return;
                }
                (item, queue.slow.len())
            };
            if let Some((item, slow)) = item {
                if slow {
                    self.hand_over(slow_left);
                }
                self.run(item);
                ran = if ran == FAIR_SHARE { 0 } else { ran + 1 };
            } else if let Some(mut poll) = self.poll.try_lock() {
                self.lead(&mut poll);
            } else if !self.park() {
                return;
            }
        }
    }

    fn run(&self, item: Arc<dyn Reactive>) {
        self.progress.fetch_add(1, Ordering::Relaxed);
        self.running.fetch_add(1, Ordering::SeqCst);
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut turn = Turn::begin(self);
            item.clone().run(&mut turn);
            turn.end(&*item);
            drop(item);
        }));
        self.running.fetch_sub(1, Ordering::SeqCst);
        if ran.is_err() {
            log::error!("a piece of work panicked on an engine thread");
        }
    }

    fn lead(&self, poll: &mut Poll) {
        self.is_led.store(true, Ordering::Relaxed);
        self.wait(poll);
        self.is_led.store(false, Ordering::Relaxed);
    }

    /// Waits for sockets, alarms or a wake-up and queues what is ready.
    fn wait(&self, poll: &mut Poll) {
        self.asleep.store(true, Ordering::SeqCst);
        let timeout = if self.stopping.load(Ordering::SeqCst) || self.queue.lock().len() > 0 {
            Some(Duration::ZERO)
        } else if self.monitor_asleep.load(Ordering::SeqCst) {
            self.timers.next().map(|at| at.saturating_duration_since(Instant::now()))
        } else {
            // The monitor looks at the alarms in every tick: a wait without a time limit is cheaper.
            None
        };
        let waited = poll.poll.poll(&mut poll.events, timeout);
        self.asleep.store(false, Ordering::SeqCst);
        if let Err(error) = waited {
            if error.kind() != io::ErrorKind::Interrupted {
                log::error!("waiting for sockets failed: {error}");
            }
            return;
        }
        let due = self.timers.due();
        if poll.events.is_empty() && due.is_empty() {
            return;
        }
        let mut queue = self.queue.lock();
        for event in poll.events.iter().filter(|event| event.token() != WAKE) {
            if let Some(shared) = self.registrations.get(Key::from_raw(event.token().0))
                && let Some(target) = shared.ready(event)
            {
                queue.push(target);
            }
        }
        due.into_iter().for_each(|target| queue.push(target));
        let work = queue.len() > 0;
        drop(queue);
        // Not when it was the monitor that ended the wait, for it goes to sleep then.
        if work && self.monitor_asleep.load(Ordering::SeqCst) {
            self.wake_monitor();
        }
    }

    /// Ends the threads. Whatever could still want a callback held a session open, and the last
    /// session is gone.
    fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        if let Err(error) = self.waker.wake() {
            log::error!("cannot wake the poll loop: {error}");
        }
        let _crew = self.crew.lock();
        self.parked.notify_all();
        self.monitor_wakes.notify_all();
    }
}

/// How many items a thread runs before it looks whether the operating system has more.
const FAIR_SHARE: u32 = 64;
const WAKE: Token = Token(0);
/// How many events one wait fetches at most.
const EVENTS: usize = 256;
