//! Cores, resources and epoll.

use std::env;
use std::fs;
use std::io;
use std::mem;
use std::os::fd::AsRawFd;
use std::os::fd::FromRawFd;
use std::os::fd::OwnedFd;
use std::time::Instant;

use crate::task::Sample;
use crate::task::Task;

/// Names the core to keep to.
pub(super) const CORE: &str = "SPEED_CORE";

/// Pins the process to the core that its environment names, if any.
pub(super) fn pin_as_told() {
    if let Some(core) = env::var(CORE).ok().and_then(|core| core.parse().ok()) {
        pin(core);
    }
}

/// Keeps this thread, and those it starts, on one core.
pub(super) fn pin(core: usize) {
    // SAFETY: the set is all numbers.
    let mut set: libc::cpu_set_t = unsafe { mem::zeroed() };
    // SAFETY: the set is ours; the macro checks the range.
    unsafe { libc::CPU_SET(core, &mut set) };
    // SAFETY: the set is readable for its length.
    let pinned = unsafe { libc::sched_setaffinity(0, size_of_val(&set), &raw const set) };
    check(pinned.into(), "sched_setaffinity");
}

/// Allows as many descriptors as the system lets us.
pub(super) fn raise_descriptor_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure is writable.
    check(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }.into(), "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: the structure is readable.
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }.into(), "setrlimit");
}

/// Resident memory of this process, in bytes.
pub(super) fn resident() -> f64 {
    let pages = fs::read_to_string("/proc/self/statm").expect("statm");
    let pages: f64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("statm's format");
    pages * 4096.0
}

/// How many threads this process has.
pub(super) fn threads() -> f64 {
    fs::read_dir("/proc/self/task").expect("tasks").count() as f64
}

/// What this process has used so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    at: Instant,
    /// Nanoseconds.
    cpu: f64,
    switches: f64,
}

impl Usage {
    pub(super) fn now() -> Usage {
        // SAFETY: the structure is all numbers.
        let mut usage: libc::rusage = unsafe { mem::zeroed() };
        // SAFETY: the structure is writable.
        check(unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) }.into(), "getrusage");
        let nanoseconds = |time: libc::timeval| time.tv_sec as f64 * 1e9 + time.tv_usec as f64 * 1e3;
        Usage {
            at: Instant::now(),
            cpu: nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime),
            switches: (usage.ru_nvcsw + usage.ru_nivcsw) as f64,
        }
    }

    /// What `task` has used from `self` to `end`.
    pub(super) fn to(&self, end: &Usage, task: &Task) -> Sample {
        let operations = task.operations as f64;
        let seconds = (end.at - self.at).as_secs_f64();
        Sample {
            cpu: (end.cpu - self.cpu) / operations,
            switches: (end.switches - self.switches) / operations,
            each_second: operations / seconds,
            rate: operations * task.size as f64 / 1e6 / seconds,
            ..Sample::NONE
        }
    }
}

/// The median of `times`, in what they are in.
pub(super) fn median_of(mut times: Vec<u32>) -> f64 {
    if times.is_empty() {
        return f64::NAN;
    }
    let middle = times.len() / 2;
    f64::from(*times.select_nth_unstable(middle).1)
}

pub(super) struct Epoll(OwnedFd);

impl Epoll {
    pub(super) fn new() -> Epoll {
        // SAFETY: a plain system call.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        check(fd.into(), "epoll_create1");
        // SAFETY: the descriptor has just been given to us alone.
        Epoll(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    pub(super) fn add(&self, fd: &impl AsRawFd, token: usize, events: libc::c_int) {
        self.control(libc::EPOLL_CTL_ADD, fd, token, events);
    }

    pub(super) fn change(&self, fd: &impl AsRawFd, token: usize, events: libc::c_int) {
        self.control(libc::EPOLL_CTL_MOD, fd, token, events);
    }

    fn control(&self, what: libc::c_int, fd: &impl AsRawFd, token: usize, events: libc::c_int) {
        let mut event = libc::epoll_event { events: events as u32, u64: token as u64 };
        // SAFETY: both descriptors are open, the structure is readable.
        let done = unsafe { libc::epoll_ctl(self.0.as_raw_fd(), what, fd.as_raw_fd(), &raw mut event) };
        check(done.into(), "epoll_ctl");
    }

    /// Waits; gives the tokens of what is ready.
    pub(super) fn wait<'a>(
        &self,
        room: &'a mut [libc::epoll_event],
    ) -> impl Iterator<Item = usize> + use<'a> {
        // SAFETY: the array is writable for its length.
        let n = unsafe { libc::epoll_wait(self.0.as_raw_fd(), room.as_mut_ptr(), room.len() as i32, -1) };
        room[..usize::try_from(n).unwrap_or(0)].iter().map(|event| event.u64 as usize)
    }
}

/// Waits until a socket is as wanted (`POLLIN`, `POLLOUT`).
pub(super) fn wait_for(socket: libc::c_int, wanted: libc::c_short) {
    let mut one = libc::pollfd { fd: socket, events: wanted, revents: 0 };
    // SAFETY: the structure is writable, and one.
    check(unsafe { libc::poll(&raw mut one, 1, -1) }.into(), "poll");
}

/// Room for `Epoll::wait`.
pub(super) fn events() -> [libc::epoll_event; 256] {
    [libc::epoll_event { events: 0, u64: 0 }; 256]
}

fn check(result: i64, call: &str) {
    assert!(result >= 0, "{call}: {}", io::Error::last_os_error());
}
