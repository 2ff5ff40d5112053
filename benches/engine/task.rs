//! One measurement: who does what, and what it used. Both travel as text between processes.

use std::fmt;

use super::callbacks;
use super::peer;
use super::raw;
use super::sync;
use super::system;

/// Who does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Blocking sockets: the limit of synchronous and bulk work.
    Raw,
    /// A bare epoll loop on one thread: the limit of asynchronous work.
    Epoll,
    /// The library, synchronous.
    Sync,
    /// The library, with a callback that posts the next operation.
    Async,
    /// Another WebSocket library, synchronous.
    Tungstenite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Send, receive the same, again.
    Echo,
    /// Receive what the server floods us with.
    Receive,
    /// Send as fast as possible.
    Send,
    /// Echo on all connections, while the callbacks of eight others sleep.
    Sleepers,
    /// One echo on each connection, then look at the memory.
    Idle,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    pub(super) who: Who,
    pub(super) job: Job,
    /// Bytes of payload a message.
    pub(super) size: usize,
    pub(super) connections: usize,
    /// Messages on all connections together; a tenth as many go before, unmeasured. For `Sleepers`:
    /// milliseconds.
    pub(super) operations: usize,
}

/// What a task used; what it did not measure is NaN.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Nanoseconds an echo, median.
    pub(super) p50: f64,
    /// Nanoseconds of processor time a message, user and system, all threads.
    pub(super) cpu: f64,
    pub(super) switches: f64,
    /// Allocations a message.
    pub(super) allocations: f64,
    /// Payload, MB a second.
    pub(super) rate: f64,
    /// The longest echo, in milliseconds.
    pub(super) worst: f64,
    /// Resident KB a connection.
    pub(super) resident: f64,
}

impl Task {
    pub(super) fn run(&self, port: u16) -> Sample {
        system::pin_as_told();
        system::raise_descriptor_limit();
        match self.who {
            Who::Raw => raw::run(self, port),
            Who::Epoll => raw::run_epoll(self, port),
            Who::Sync => sync::run(self, port),
            Who::Async => callbacks::run(self, port),
            Who::Tungstenite => peer::run(self, port),
        }
    }

    /// What comes before the measured part, on all connections together.
    pub(super) fn warm_up(&self) -> usize {
        (self.operations / 10).max(self.connections)
    }

    /// Messages in all.
    pub(super) fn total(&self) -> usize {
        self.warm_up() + self.operations
    }

    pub(super) fn arguments(&self) -> [String; 5] {
        let name = |value: &dyn fmt::Debug| format!("{value:?}").to_lowercase();
        [
            name(&self.who),
            name(&self.job),
            self.size.to_string(),
            self.connections.to_string(),
            self.operations.to_string(),
        ]
    }

    pub(super) fn parse(arguments: &[&str]) -> Option<Task> {
        let [who, job, size, connections, operations] = arguments else { return None };
        Some(Task {
            who: match *who {
                "raw" => Who::Raw,
                "epoll" => Who::Epoll,
                "sync" => Who::Sync,
                "async" => Who::Async,
                "tungstenite" => Who::Tungstenite,
                _ => return None,
            },
            job: match *job {
                "echo" => Job::Echo,
                "receive" => Job::Receive,
                "send" => Job::Send,
                "sleepers" => Job::Sleepers,
                "idle" => Job::Idle,
                _ => return None,
            },
            size: size.parse().ok()?,
            connections: connections.parse().ok()?,
            operations: operations.parse().ok()?,
        })
    }
}

impl Sample {
    pub(super) const NONE: Sample = Sample {
        p50: f64::NAN,
        cpu: f64::NAN,
        switches: f64::NAN,
        allocations: f64::NAN,
        rate: f64::NAN,
        worst: f64::NAN,
        resident: f64::NAN,
    };

    pub(super) fn parse(text: &str) -> Option<Sample> {
        let numbers: Vec<f64> = text.split_whitespace().map_while(|number| number.parse().ok()).collect();
        let [p50, cpu, switches, allocations, rate, worst, resident] = numbers.try_into().ok()?;
        Some(Sample { p50, cpu, switches, allocations, rate, worst, resident })
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sample { p50, cpu, switches, allocations, rate, worst, resident } = self;
        writeln!(f, "{p50} {cpu} {switches} {allocations} {rate} {worst} {resident}")
    }
}
