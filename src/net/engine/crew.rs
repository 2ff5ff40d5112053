//! How many threads the engine has: one that works, more when callbacks block, fewer when idle.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::available_parallelism;
use std::time::Duration;
use std::time::Instant;

use super::Engine;
use crate::net::thread;

/// Guarded by [`Engine::crew`].
#[derive(Default)]
pub(super) struct Crew {
    threads: usize,
    parked: usize,
    /// Wake-ups granted and not yet taken: a notification cannot get lost before the wait.
    wakes: usize,
    /// New threads that have not got to work yet.
    starting: usize,
}

impl Crew {
    /// Counts one more, who has not begun yet.
    fn hire(&mut self) {
        self.threads += 1;
        self.starting += 1;
    }

    /// How many have been set to work and have not begun yet: a busy machine takes its time to let them.
    fn coming(&self) -> usize {
        self.wakes + self.starting
    }
}

impl Engine {
    /// The first worker, which is there from the start.
    pub(super) fn spawn_worker(self: &Arc<Self>) -> io::Result<()> {
        self.crew.lock().hire();
        self.start_worker()
    }

    /// Starts a worker that the crew counts already.
    fn start_worker(self: &Arc<Self>) -> io::Result<()> {
        let engine = self.clone();
        let started = thread::spawn("winhttp-worker", move || {
            engine.crew.lock().starting -= 1;
            engine.work();
            engine.crew.lock().threads -= 1;
        });
        if started.is_err() {
            let mut crew = self.crew.lock();
            crew.threads -= 1;
            crew.starting -= 1;
        }
        started
    }

    /// Parks the calling worker until it is needed. False: it is not, and should end.
    pub(super) fn park(&self) -> bool {
        let mut crew = self.crew.lock();
        crew.parked += 1;
        while crew.wakes == 0 && !self.stopping.load(Ordering::SeqCst) {
            let timed_out = self.parked.wait_for(&mut crew, IDLE);
            if timed_out && crew.wakes == 0 && crew.threads > KEPT {
                crew.parked -= 1;
                return false;
            }
        }
        crew.parked -= 1;
        crew.wakes = crew.wakes.saturating_sub(1);
        true
    }

    /// Before a turn that may be long: there is somebody to wait for the operating system and to run what is
    /// queued, `slow_left` more such turns among it. On a busy machine turns are long that block nowhere, and more
    /// threads make them longer, so this goes only so far; the monitor knows more.
    pub(super) fn hand_over(self: &Arc<Self>, slow_left: usize) {
        let wanted = slow_left + usize::from(!self.is_led.load(Ordering::Relaxed));
        self.muster(wanted, HANDY);
    }

    /// Sets `wanted` more workers to work, counting those that have been told and have not begun: parked ones
    /// first, then new ones, as long as there are fewer than `most`.
    fn muster(self: &Arc<Self>, wanted: usize, most: usize) {
        let mut new = 0;
        {
            let mut crew = self.crew.lock();
            for _ in crew.coming()..wanted {
                if crew.parked > crew.wakes {
                    crew.wakes += 1;
                    self.parked.notify_one();
                } else if crew.threads < most {
                    // At once: others may be here at the same time.
                    crew.hire();
                    new += 1;
                }
            }
        }
        for _ in 0..new {
            if let Err(error) = self.start_worker() {
                log::warn!("cannot start another worker: {error}");
            }
        }
    }

    pub(super) fn spawn_monitor(self: &Arc<Self>) -> io::Result<()> {
        let engine = self.clone();
        thread::spawn("winhttp-monitor", move || engine.watch())
    }

    pub(super) fn wake_monitor(&self) {
        let _crew = self.crew.lock();
        self.monitor_asleep.store(false, Ordering::Relaxed);
        self.monitor_wakes.notify_one();
    }

    /// The monitor's life: a tick a millisecond while there is work, asleep otherwise. While all goes well, each tick
    /// would take the processor from the work for nothing, so that ticks become longer, and count as more.
    ///
    /// A tick in which work was running, nobody waited for the operating system and nothing was begun or
    /// delivered means that every running thread is stuck in a callback: one more thread is set to
    /// work, and twice as many with each further such tick as long as the queue has work for them,
    /// so that 200 callbacks that block at once cost a few ticks and not 200.
    fn watch(self: &Arc<Self>) {
        let cores = available_parallelism().map_or(1, usize::from);
        let (mut seen, mut quiet, mut stuck, mut backlog, mut well) = (0, 0, 0u32, 0, 0u32);
        loop {
            let length = if well < WELL { 1 } else { CALM };
            {
                let mut crew = self.crew.lock();
                if self.stopping.load(Ordering::SeqCst) {
                    return;
                }
                if quiet > QUIET_TICKS {
                    self.monitor_asleep.store(true, Ordering::SeqCst);
                    // Whoever waits for the operating system relied on us for the alarms.
                    self.interrupt();
                    while self.monitor_asleep.load(Ordering::Relaxed) && !self.stopping.load(Ordering::SeqCst)
                    {
                        // Work that has begun since the last tick; what begins later wakes us from the poll loop.
                        if self.running.load(Ordering::SeqCst) > 0 || self.queue.lock().len() > 0 {
                            self.monitor_asleep.store(false, Ordering::Relaxed);
                        } else {
                            self.monitor_wakes.wait_for(&mut crew, IDLE);
                        }
                    }
                    (quiet, well) = (0, 0);
                } else {
                    self.monitor_wakes.wait_for(&mut crew, TICK * length);
                }
            }
            if self.timers.next().is_some_and(|at| at <= Instant::now()) {
                self.interrupt();
            }
            self.ticks.fetch_add(length.into(), Ordering::Relaxed);
            let progress = self.progress.load(Ordering::Relaxed);
            let running = self.running.load(Ordering::SeqCst);
            let waiting = self.is_led.load(Ordering::Relaxed);
            let queued = self.queue.lock().len();
            let moved = std::mem::replace(&mut seen, progress) != progress;
            quiet = if moved || running > 0 || queued > 0 { 0 } else { quiet + length };
            backlog = if queued > 0 { backlog + 1 } else { 0 };
            well = if moved && running <= 1 { well.saturating_add(1) } else { 0 };
            if running > 0 && !waiting && !moved {
                stuck = (stuck + 1).min(8);
                self.muster((1 << (stuck - 1)).min(queued.max(1)), MOST);
            } else {
                stuck = 0;
                if backlog > 1 && running < cores {
                    self.muster(1, MOST);
                }
            }
        }
    }
}

const TICK: Duration = Duration::from_millis(1);
/// After so many ticks in which something moved and one thread was enough, all goes well.
const WELL: u32 = 50;
/// How many ticks long one is then.
const CALM: u32 = 4;
/// How many ticks without any work until the monitor goes to sleep.
const QUIET_TICKS: u32 = 50;
/// How long a worker stays parked before it ends, and how many stay all the same.
const IDLE: Duration = Duration::from_secs(5);
const KEPT: usize = 2;
/// The most workers there can be: as many callbacks can block at once.
const MOST: usize = 1024;
/// Up to so many workers are set to work before anybody is known to be stuck.
const HANDY: usize = 32;

#[cfg(test)]
mod tests {
    use std::thread::scope;

    use crate::net::engine::EngineOwner;

    #[test]
    fn many_who_ask_at_once_do_not_get_more_workers_than_there_may_be() {
        let owner = EngineOwner::shared().unwrap();
        let engine = owner.engine();
        scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        engine.muster(100, 16);
                        assert!(engine.crew.lock().threads <= 16);
                    }
                });
            }
        });
    }
}
