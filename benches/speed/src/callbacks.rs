//! The library, asynchronous: the callback posts the next operation.

use std::cell::UnsafeCell;
use std::process::exit;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::thread::Thread;
use std::time::Duration;
use std::time::Instant;

use crate::abi::constants::*;
use crate::abi::types::*;

use crate::api::Api;
use crate::system;
use crate::system::Usage;
use crate::system::median_of;
use crate::task::Job;
use crate::task::Sample;
use crate::task::Task;

pub(super) fn run(task: &Task, port: u16) -> Sample {
    let run: &'static Run = Box::leak(Box::new(Run::new(*task)));
    let server = run.api.server(port, Some(callback), WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS);
    _ = run.server.set(server.0 as usize);
    let mut links = vec![Link::open(run, server, true)];
    run.wait_for(|| matches!(task.job, Job::Get | Job::Download) || run.upgraded.load(SeqCst) == 1);
    if task.job == Job::Idle {
        run.echo_once(&links);
    }
    let before = system::resident();
    for n in links.len()..task.connections {
        links.push(Link::open(run, server, n < task.connections.saturating_sub(BUSY)));
        run.wait_for(|| run.upgraded.load(SeqCst) + AT_ONCE > n);
    }
    let http = matches!(task.job, Job::Get | Job::Download);
    run.wait_for(|| http || run.upgraded.load(SeqCst) == links.len());
    match task.job {
        Job::Get | Job::Download => {
            run.wait_for(|| run.end.get().is_some());
            run.sample()
        }
        Job::Threads => threads(run, &links),
        Job::Handles | Job::Start => Sample::NONE,
        Job::Idle => {
            run.echo_once(&links[1..]);
            let resident = (system::resident() - before) / 1024.0 / (links.len() - 1) as f64;
            Sample { resident, ..Sample::NONE }
        }
        Job::Sleepers => sleepers(run, &links),
        Job::Echo | Job::Receive | Job::Send => {
            run.start(&links);
            run.wait_for(|| run.end.get().is_some());
            run.sample()
        }
    }
}

/// Threads while every callback sleeps, and seven seconds after the last; `worst` and `resident`.
fn threads(run: &'static Run, links: &[&'static Link]) -> Sample {
    run.asleep.store(true, SeqCst);
    run.start(links);
    thread::sleep(Duration::from_millis(200));
    let most = system::threads();
    thread::sleep(Duration::from_secs(7));
    Sample { worst: most, resident: system::threads(), ..Sample::NONE }
}

/// How late the busy ones get while the others sleep in their callbacks.
fn sleepers(run: &'static Run, links: &[&'static Link]) -> Sample {
    run.start(links);
    thread::sleep(Duration::from_millis(100));
    run.worst.store(0, SeqCst);
    run.asleep.store(true, SeqCst);
    thread::sleep(Duration::from_millis(run.task.operations as u64));
    let now = run.clock();
    let overdue =
        links.iter().filter(|link| !link.sleeper).map(|link| now.saturating_sub(link.sent_at.load(SeqCst)));
    let worst = overdue.max().unwrap_or(0).max(run.worst.load(SeqCst));
    Sample { worst: worst as f64 / 1e6, ..Sample::NONE }
}

/// What all connections share.
struct Run {
    api: &'static Api,
    task: Task,
    message: &'static [u8],
    zero: Instant,
    main: Thread,
    /// The connection handle.
    server: OnceLock<usize>,
    upgraded: AtomicUsize,
    /// Messages received or sent; when receiving in bulk, bytes.
    count: AtomicUsize,
    /// Nanoseconds of each measured echo.
    times: Vec<AtomicU32>,
    begin: OnceLock<Usage>,
    end: OnceLock<Usage>,
    /// The longest echo, in nanoseconds.
    worst: AtomicU64,
    /// The sleepers sleep.
    asleep: AtomicBool,
}

/// One connection. Callbacks for one handle never overlap, so its own fields need no more than
/// relaxed order.
struct Link {
    run: &'static Run,
    socket: AtomicUsize,
    sleeper: bool,
    sent_at: AtomicU64,
    room: UnsafeCell<Vec<u8>>,
}

impl Run {
    fn new(task: Task) -> Run {
        let echoes =
            if matches!(task.job, Job::Echo | Job::Get) && task.connections == 1 { task.total() } else { 0 };
        Run {
            api: Api::get(),
            task,
            message: vec![b'x'; task.size].leak(),
            zero: Instant::now(),
            main: thread::current(),
            server: OnceLock::new(),
            upgraded: AtomicUsize::new(0),
            count: AtomicUsize::new(0),
            times: (0..echoes).map(|_| AtomicU32::new(0)).collect(),
            begin: OnceLock::new(),
            end: OnceLock::new(),
            worst: AtomicU64::new(0),
            asleep: AtomicBool::new(false),
        }
    }

    fn clock(&self) -> u64 {
        self.zero.elapsed().as_nanos() as u64
    }

    fn wait_for(&self, done: impl Fn() -> bool) {
        while !done() {
            thread::park_timeout(Duration::from_secs(1));
        }
    }

    fn start(&self, links: &[&'static Link]) {
        for link in links {
            match self.task.job {
                Job::Receive => link.receive(),
                _ => link.send(),
            }
        }
    }

    fn echo_once(&self, links: &[&'static Link]) {
        for link in links {
            let before = self.count.load(SeqCst);
            link.send();
            self.wait_for(|| self.count.load(SeqCst) > before);
        }
    }

    /// Counts, takes the time at the two ends; false: that was the last.
    fn go_on(&self, more: usize, warm_up: usize, total: usize) -> bool {
        let before = if self.task.connections == 1 {
            let before = self.count.load(Relaxed);
            self.count.store(before + more, Relaxed);
            before
        } else {
            self.count.fetch_add(more, Relaxed)
        };
        let now = before + more;
        if before < warm_up && now >= warm_up {
            _ = self.begin.set(Usage::now());
        }
        now < total
    }

    fn sample(&self) -> Sample {
        let (Some(start), Some(end)) = (self.begin.get(), self.end.get()) else { return Sample::NONE };
        let times = self.times.iter().map(|time| time.load(Relaxed)).filter(|&time| time != 0);
        Sample { p50: median_of(times.collect()), ..start.to(end, &self.task) }
    }

    fn finish(&self) {
        _ = self.end.set(Usage::now());
        self.main.unpark();
    }
}

impl Link {
    fn open(run: &'static Run, server: HINTERNET, sleeper: bool) -> &'static Link {
        let link: &'static Link = Box::leak(Box::new(Link {
            run,
            socket: AtomicUsize::new(0),
            sleeper: sleeper && run.task.job == Job::Sleepers && run.task.connections > BUSY,
            sent_at: AtomicU64::new(0),
            room: UnsafeCell::new(Vec::new()),
        }));
        link.sent_at.store(run.clock(), Relaxed);
        run.api.request(server, &run.task, link.context());
        link
    }

    /// The request's head is there, or a piece of its body.
    fn read_on(&'static self, request: HINTERNET, read: Option<usize>) {
        let Run { task, .. } = self.run;
        match (read, task.job) {
            (Some(0), Job::Get) => {
                if let Some(time) = self.run.times.get(self.run.count.load(Relaxed)) {
                    time.store((self.run.clock() - self.sent_at.load(Relaxed)) as u32, Relaxed);
                }
                self.run.api.close(request);
                if self.run.go_on(1, task.warm_up(), task.total()) {
                    self.sent_at.store(self.run.clock(), Relaxed);
                    let server = HINTERNET(self.run.server.get().copied().unwrap_or(0) as *mut _);
                    self.run.api.request(server, &self.run.task, self.context());
                } else {
                    self.run.finish();
                }
                return;
            }
            (Some(0), _) => return self.run.finish(),
            (Some(n), Job::Download) => {
                self.run.go_on(n, task.warm_up() * task.size, usize::MAX);
            }
            _ => {}
        }
        let room = self.room.get();
        // SAFETY: no read is pending, so nobody else uses the room.
        let room = unsafe { &mut *room };
        room.resize(if task.job == Job::Get { ROOM } else { task.size }, 0);
        // SAFETY: the room is not touched before the completion.
        unsafe { self.run.api.read_data(request, room.as_mut_ptr(), room.len()) };
    }

    fn context(&'static self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    fn is_http(&self) -> bool {
        matches!(self.run.task.job, Job::Get | Job::Download)
    }

    fn socket(&self) -> HINTERNET {
        HINTERNET(self.socket.load(Relaxed) as *mut _)
    }

    fn upgraded(&'static self, request: HINTERNET) {
        let socket = self.run.api.upgrade(request, self.context());
        self.socket.store(socket.0 as usize, SeqCst);
        self.run.upgraded.fetch_add(1, SeqCst);
        self.run.main.unpark();
    }

    fn send(&self) {
        if matches!(self.run.task.job, Job::Echo | Job::Sleepers) {
            self.sent_at.store(self.run.clock(), Relaxed);
        }
        self.run.api.send(self.socket(), self.run.message);
    }

    fn receive(&self) {
        let room = self.room.get();
        // SAFETY: no Receive is pending, so nobody else uses the room.
        let room = unsafe { &mut *room };
        // An idle connection needs none.
        room.resize(if self.run.task.job == Job::Idle { 64 } else { self.run.task.size.max(ROOM) }, 0);
        // SAFETY: the room is not touched before the completion.
        unsafe { self.run.api.post_receive(self.socket(), room.as_mut_ptr(), room.len()) };
    }

    fn received(&self, bytes: usize) {
        let Run { task, .. } = self.run;
        match task.job {
            Job::Echo => {
                assert_eq!(bytes, task.size);
                if let Some(time) = self.run.times.get(self.run.count.load(Relaxed)) {
                    let nanoseconds = self.run.clock() - self.sent_at.load(Relaxed);
                    time.store(nanoseconds as u32, Relaxed);
                }
                if self.run.go_on(1, task.warm_up(), task.total()) { self.send() } else { self.run.finish() }
            }
            Job::Receive => {
                let (warm_up, total) = (task.warm_up() * task.size, task.total() * task.size);
                if self.run.go_on(bytes, warm_up, total) { self.receive() } else { self.run.finish() }
            }
            Job::Threads if self.run.asleep.load(Relaxed) => thread::sleep(Duration::from_millis(300)),
            Job::Threads => self.send(),
            Job::Get | Job::Download | Job::Handles | Job::Start => {}
            Job::Send => self.run.finish(),
            Job::Sleepers => {
                if !self.sleeper {
                    self.run.worst.fetch_max(self.run.clock() - self.sent_at.load(Relaxed), Relaxed);
                } else if self.run.asleep.load(Relaxed) {
                    thread::sleep(Duration::from_millis(200));
                }
                self.send();
            }
            Job::Idle => {
                self.run.count.fetch_add(1, SeqCst);
                self.run.main.unpark();
            }
        }
    }

    fn sent(&self) {
        let Run { task, .. } = self.run;
        if task.job == Job::Send && self.run.go_on(1, task.warm_up(), task.total()) {
            self.send();
        } else {
            self.receive();
        }
    }
}

unsafe extern "system" fn callback(
    handle: HINTERNET,
    context: DWORD_PTR,
    status: DWORD,
    information: LPVOID,
    length: DWORD,
) {
    if context == 0 {
        return;
    }
    // SAFETY: every context is a `Link` that lives as long as the process.
    let link: &'static Link = unsafe { &*(context as *const Link) };
    match status {
        WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE => link.run.api.receive_response(handle),
        WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE if link.is_http() => link.read_on(handle, None),
        WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE => link.upgraded(handle),
        WINHTTP_CALLBACK_STATUS_READ_COMPLETE if link.is_http() => {
            link.read_on(handle, Some(length as usize))
        }
        WINHTTP_CALLBACK_STATUS_READ_COMPLETE => {
            let status = information.cast::<WINHTTP_WEB_SOCKET_STATUS>();
            // SAFETY: a WebSocket's completion comes with this structure.
            link.received(unsafe { (*status).dwBytesTransferred } as usize);
        }
        WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE => link.sent(),
        WINHTTP_CALLBACK_STATUS_REQUEST_ERROR => {
            eprintln!("an operation failed");
            exit(1);
        }
        _ => {}
    }
}

/// How many connections are made at once.
const AT_ONCE: usize = 64;
/// In the task with sleepers, how many connections stay awake; the others sleep.
const BUSY: usize = 16;
/// What an application gives at least.
const ROOM: usize = 4096;
