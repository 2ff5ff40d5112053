//! One measurement: who does what, and what it used. Both travel as text between processes.

use std::fmt;

use crate::callbacks;
use crate::curl;
use crate::handles;
use crate::peer;
use crate::raw;
use crate::sync;
use crate::system;
use crate::tokio_peers;

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
    /// libcurl, WebSocket and HTTP.
    Curl,
    // Others on tokio, one thread.
    FastWebSockets,
    TokioTungstenite,
    /// One connection, driven by hand.
    Hyper,
    /// The client with a pool.
    HyperPool,
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
    /// GET of a small body on a kept connection, again and again.
    Get,
    /// GET of a large body, read in pieces of `size`.
    Download,
    /// `connections` threads open and close handles.
    Handles,
    /// From loading the library to the first answer.
    Start,
    /// Threads while `connections` callbacks sleep, and after they have been idle.
    Threads,
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
    pub(super) tls: bool,
}

/// What a task used; what it did not measure is NaN.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Nanoseconds an echo, median.
    pub(super) p50: f64,
    /// Nanoseconds of processor time a message, user and system, all threads.
    pub(super) cpu: f64,
    pub(super) switches: f64,
    /// Operations a second.
    pub(super) each_second: f64,
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
            Who::Sync if matches!(self.job, Job::Handles | Job::Start) => handles::run(self, port),
            Who::Sync => sync::run(self, port),
            Who::Async => callbacks::run(self, port),
            Who::Tungstenite => peer::run(self, port),
            Who::Curl => curl::run(self, port),
            Who::FastWebSockets | Who::TokioTungstenite | Who::Hyper | Who::HyperPool => {
                tokio_peers::run(self, port)
            }
        }
    }

    /// What comes before the measured part, on all connections together.
    pub(super) fn warm_up(&self) -> usize {
        (self.operations / 10).max(self.connections).max(1)
    }

    /// Messages in all.
    pub(super) fn total(&self) -> usize {
        self.warm_up() + self.operations
    }

    pub(super) fn parse(arguments: &[&str]) -> Option<Task> {
        let [who, job, size, connections, operations, tls @ ..] = arguments else { return None };
        Some(Task {
            who: match *who {
                "raw" => Who::Raw,
                "epoll" => Who::Epoll,
                "sync" => Who::Sync,
                "async" => Who::Async,
                "tungstenite" => Who::Tungstenite,
                "fastwebsockets" => Who::FastWebSockets,
                "tokiotungstenite" => Who::TokioTungstenite,
                "curl" => Who::Curl,
                "hyper" => Who::Hyper,
                "hyperpool" => Who::HyperPool,
                _ => return None,
            },
            job: match *job {
                "echo" => Job::Echo,
                "receive" => Job::Receive,
                "send" => Job::Send,
                "sleepers" => Job::Sleepers,
                "idle" => Job::Idle,
                "get" => Job::Get,
                "download" => Job::Download,
                "handles" => Job::Handles,
                "start" => Job::Start,
                "threads" => Job::Threads,
                _ => return None,
            },
            size: size.parse().ok()?,
            connections: connections.parse().ok()?,
            operations: operations.parse().ok()?,
            tls: tls == ["tls"],
        })
    }
}

impl Sample {
    pub(super) const NONE: Sample = Sample {
        p50: f64::NAN,
        cpu: f64::NAN,
        switches: f64::NAN,
        each_second: f64::NAN,
        rate: f64::NAN,
        worst: f64::NAN,
        resident: f64::NAN,
    };
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sample { p50, cpu, switches, each_second, rate, worst, resident } = self;
        writeln!(f, "{p50} {cpu} {switches} {each_second} {rate} {worst} {resident}")
    }
}
