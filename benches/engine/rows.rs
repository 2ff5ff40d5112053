//! What is measured, against what, and where it should come out.

use super::task::Job;
use super::task::Sample;
use super::task::Task;
use super::task::Who;

pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) job: Job,
    pub(super) size: usize,
    pub(super) connections: usize,
    pub(super) operations: usize,
    pub(super) limit: Who,
    pub(super) subjects: &'static [Who],
    pub(super) figures: &'static [Figure],
}

/// One number of a row, and its goals: the line to reach, and the one to aim at.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) of: fn(&Sample) -> f64,
    /// What the raw number is divided by to be shown.
    pub(super) unit: f64,
    pub(super) judged: Judged,
    pub(super) goals: (f64, f64),
}

/// What is compared with the goals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// The ratio to the limit of the same round; less is better.
    Ratio,
    /// The same; more is better.
    Share,
    /// The number itself; less is better.
    Number,
}

impl Row {
    /// The task of `who` in this row.
    pub(super) fn task(&self, who: Who, short: bool) -> Task {
        let Row { job, size, connections, mut operations, .. } = *self;
        if short {
            operations = match job {
                Job::Idle => operations,
                Job::Sleepers => operations / 2,
                Job::Echo | Job::Receive | Job::Send => operations / 5,
            };
        }
        // The limit of the row with sleepers is the same without them.
        let connections =
            if job == Job::Sleepers && who == self.limit { connections - 8 } else { connections };
        Task { who, job, size, connections, operations }
    }
}

const fn figure(
    name: &'static str,
    of: fn(&Sample) -> f64,
    unit: f64,
    judged: Judged,
    goals: (f64, f64),
) -> Figure {
    Figure { name, of, unit, judged, goals }
}

const fn p50(reach: f64, aim: f64) -> Figure {
    figure("p50, us", |sample| sample.p50, 1e3, Judged::Ratio, (reach, aim))
}

const fn cpu(reach: f64, aim: f64) -> Figure {
    figure("CPU a message, us", |sample| sample.cpu, 1e3, Judged::Ratio, (reach, aim))
}

const fn cpu_ns(reach: f64, aim: f64) -> Figure {
    figure("CPU a message, ns", |sample| sample.cpu, 1.0, Judged::Number, (reach, aim))
}

const fn rate(reach: f64, aim: f64) -> Figure {
    figure("MB/s", |sample| sample.rate, 1.0, Judged::Share, (reach, aim))
}

const SWITCHES: Figure =
    figure("context switches", |sample| sample.switches, 1.0, Judged::Ratio, (1.05, 1.02));
const ALLOCATIONS: Figure =
    figure("allocations a message", |sample| sample.allocations, 1.0, Judged::Number, (0.01, 0.0));
const WORST: Figure = figure("longest echo, ms", |sample| sample.worst, 1.0, Judged::Number, (40.0, 15.0));
const RESIDENT: Figure = figure("resident, KB", |sample| sample.resident, 1.0, Judged::Number, (6.0, 2.0));

/// Every row. The goals are ratios to the limit, unless the figure's name says otherwise.
pub(super) const ROWS: &[Row] = &[
    Row {
        name: "sync-echo",
        job: Job::Echo,
        size: 64,
        connections: 1,
        operations: 50_000,
        limit: Who::Raw,
        subjects: &[Who::Sync, Who::Tungstenite],
        figures: &[cpu(1.20, 1.10), p50(1.15, 1.07), ALLOCATIONS],
    },
    Row {
        name: "async-echo",
        job: Job::Echo,
        size: 64,
        connections: 1,
        operations: 50_000,
        limit: Who::Epoll,
        subjects: &[Who::Async],
        figures: &[cpu(1.25, 1.12), p50(1.15, 1.07), SWITCHES, ALLOCATIONS],
    },
    Row {
        name: "async-echo-100",
        job: Job::Echo,
        size: 64,
        connections: 100,
        operations: 100_000,
        limit: Who::Epoll,
        subjects: &[Who::Async],
        figures: &[cpu(1.35, 1.2)],
    },
    Row {
        name: "async-echo-1000",
        job: Job::Echo,
        size: 64,
        connections: 1_000,
        operations: 100_000,
        limit: Who::Epoll,
        subjects: &[Who::Async],
        figures: &[cpu(1.5, 1.3)],
    },
    Row {
        name: "flood-async",
        job: Job::Receive,
        size: 32,
        connections: 1,
        operations: 5_000_000,
        limit: Who::Raw,
        subjects: &[Who::Async],
        figures: &[cpu_ns(70.0, 40.0), ALLOCATIONS],
    },
    Row {
        name: "flood-sync",
        job: Job::Receive,
        size: 32,
        connections: 1,
        operations: 5_000_000,
        limit: Who::Raw,
        subjects: &[Who::Sync, Who::Tungstenite],
        figures: &[cpu_ns(70.0, 30.0), ALLOCATIONS],
    },
    bulk("receive-64k", Job::Receive, 64 << 10, &[rate(0.85, 0.95), cpu(1.3, 1.1)]),
    bulk("receive-1m", Job::Receive, 1 << 20, &[rate(0.85, 0.95), cpu(1.3, 1.1)]),
    bulk("send-64k", Job::Send, 64 << 10, &[rate(0.88, 0.93), cpu(1.2, 1.12)]),
    bulk("send-1m", Job::Send, 1 << 20, &[rate(0.85, 0.92), cpu(1.9, 1.4)]),
    Row {
        name: "sleepers",
        job: Job::Sleepers,
        size: 64,
        connections: 24,
        operations: 2_000,
        limit: Who::Epoll,
        subjects: &[Who::Async],
        figures: &[WORST],
    },
    Row {
        name: "idle",
        job: Job::Idle,
        size: 64,
        connections: 2_000,
        operations: 0,
        limit: Who::Raw,
        subjects: &[Who::Sync, Who::Async],
        figures: &[RESIDENT],
    },
];

/// Half a gigabyte in messages of `size`.
const fn bulk(name: &'static str, job: Job, size: usize, figures: &'static [Figure]) -> Row {
    Row {
        name,
        job,
        size,
        connections: 1,
        operations: (512 << 20) / size,
        limit: Who::Raw,
        subjects: &[Who::Sync, Who::Async, Who::Tungstenite],
        figures,
    }
}
