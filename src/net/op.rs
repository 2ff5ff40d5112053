//! Operations that can wait: written once as `async` code, driven in two ways.
//!
//! A synchronous session drives an operation on the calling thread: poll, and block in one system
//! call for what the operation wants. An asynchronous session polls it from the engine whenever its
//! socket, its deadline or a helper thread says so. Either way the leaf that cannot go on leaves a
//! [`Want`] in its [`Waiting`].

use std::future::Future;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::task::Wake;
use std::task::Waker;
use std::time::Instant;

use crate::base::Mutex;
use crate::net::Sleepers;
use crate::net::Socket;
use crate::net::Want;
pub(crate) use crate::net::wait::Interest;
use crate::platform::Signal;

/// Why an operation could not finish its I/O.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The handle was closed.
    Cancelled,
    /// The step's deadline passed.
    TimedOut,
    /// The system or the peer said no.
    Io(io::Error),
}

/// Where an object's operations say what they wait for and learn that they should stop.
pub(crate) struct Waiting {
    cancelled: AtomicBool,
    want: Mutex<Option<Want>>,
    /// No deadline is over before this.
    grace: Mutex<Option<Instant>>,
    sleepers: Sleepers,
}

impl Waiting {
    pub(crate) const fn new() -> Waiting {
        Waiting {
            cancelled: AtomicBool::new(false),
            want: Mutex::new(None),
            grace: Mutex::new(None),
            sleepers: Sleepers::new(),
        }
    }

    /// Makes the present and every further operation fail with [`Fault::Cancelled`] at its next
    /// step, and wakes a thread that is blocked in one.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.sleepers.wake_all();
    }

    /// Fails once the object has been cancelled; to be asked after every callback.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        if self.cancelled.load(Ordering::SeqCst) { Err(Fault::Cancelled) } else { Ok(()) }
    }

    /// Has a thread that is blocked in an operation look again.
    pub(crate) fn wake(&self) {
        self.sleepers.wake_all();
    }

    /// No deadline of the present waits is over before `grace`.
    pub(crate) fn postpone(&self, grace: Option<Instant>) {
        *self.grace.lock() = grace;
    }

    /// When a deadline is to be looked at again; `None` when it is over.
    pub(crate) fn left(&self, deadline: Instant) -> Option<Instant> {
        let now = Instant::now();
        if now < deadline { Some(deadline) } else { self.grace.lock().filter(|grace| now < *grace) }
    }

    /// What the operation that has just returned `Pending` waits for.
    pub(crate) fn want(&self) -> Option<Want> {
        *self.want.lock()
    }

    /// Repeats `attempt` until it no longer says `WouldBlock`.
    pub(crate) async fn io<T>(
        &self,
        socket: &Socket,
        interest: Interest,
        deadline: Option<Instant>,
        mut attempt: impl FnMut() -> io::Result<T>,
    ) -> Result<T, Fault> {
        self.until(Want { socket: Some((socket.id(), interest)), deadline }, move |_| match attempt() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            done => Some(done.map_err(Fault::Io)),
        })
        .await
    }

    /// Repeats `attempt` until it has a result; in between waits for `want` or the waker.
    pub(crate) async fn until<T>(
        &self,
        mut want: Want,
        mut attempt: impl FnMut(&Waker) -> Option<Result<T, Fault>>,
    ) -> Result<T, Fault> {
        poll_fn(|context| {
            if let Err(fault) = self.check() {
                return Poll::Ready(Err(fault));
            }
            if let Some(done) = attempt(context.waker()) {
                return Poll::Ready(done);
            }
            if let Some(deadline) = want.deadline {
                match self.left(deadline) {
                    None => return Poll::Ready(Err(Fault::TimedOut)),
                    later => want.deadline = later,
                }
            }
            *self.want.lock() = Some(want);
            Poll::Pending
        })
        .await
    }

    /// Drives `operation` to its end on the calling thread.
    pub(crate) fn block_on<T>(&self, operation: impl Future<Output = T>) -> T {
        let mut operation = pin!(operation);
        *self.want.lock() = None;
        if let Poll::Ready(done) = operation.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return done;
        }
        // Without a descriptor for the signal the wait could not be ended from outside.
        let sleep = self.sleepers.prepare().inspect_err(|error| log::error!("cannot wait: {error}")).ok();
        let waker = match &sleep {
            Some(sleep) => Waker::from(Arc::new(SignalWaker(sleep.signal().clone()))),
            None => {
                self.cancelled.store(true, Ordering::SeqCst);
                Waker::noop().clone()
            }
        };
        // What waits for a socket needs no waker and can be waited for at once, unless it was cancelled
        // before the thread could be woken.
        let mut tried = self.want().is_some_and(|want| want.socket.is_some()) && self.check().is_ok();
        loop {
            if !std::mem::take(&mut tried)
                && let Poll::Ready(done) = operation.as_mut().poll(&mut Context::from_waker(&waker))
            {
                return done;
            }
            let want = self.want().unwrap_or(Want { socket: None, deadline: None });
            if let Some(Err(error)) = sleep.as_ref().map(|sleep| sleep.wait(&want)) {
                log::error!("waiting failed: {error}");
                self.cancelled.store(true, Ordering::SeqCst);
            }
        }
    }
}

struct SignalWaker(Arc<Signal>);

impl Wake for SignalWaker {
    fn wake(self: Arc<Self>) {
        self.0.set();
    }
}
