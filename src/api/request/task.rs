//! A request's operations: one at a time, written as `async` code, each told once how it ended.

use std::future::Future;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Weak;
use std::task::Context;
use std::task::Poll;
use std::task::Wake;

use crate::api::Notice;
use crate::api::handles::Lease;
use crate::api::node::Node;
use crate::api::node::may_complete_inline;
use crate::api::request::Request;
use crate::base::Code;
use crate::base::Mutex;
use crate::base::Result;
use crate::net::engine::Alarm;
use crate::net::engine::Reactive;

/// The API that an operation belongs to; the numbers are C's `API_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    ReceiveResponse = 1,
    QueryDataAvailable = 2,
    ReadData = 3,
    WriteData = 4,
    SendRequest = 5,
}

/// How an operation ended well.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Done {
    Sent,
    HeadersAvailable,
    DataAvailable(u32),
    Read { buffer: usize, bytes: u32 },
    Written(u32),
}

/// Where an asynchronous operation begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// Inside the call, as far as it gets without waiting.
    Here,
    /// On an engine thread.
    Elsewhere,
}

/// An operation under way.
pub(super) struct Operation {
    api: Api,
    /// Until the application has been told of the end.
    lease: Lease,
    future: Pin<Box<dyn Future<Output = Result<Done>> + Send>>,
}

/// The operation slot of a request.
pub(super) struct Task(Mutex<Slot>);

struct Slot {
    current: Current,
    /// A ReceiveResponse that was called before the send had ended.
    queued: Option<Operation>,
    /// The current operation wants to go on on an engine thread.
    elsewhere: bool,
}

enum Current {
    None,
    /// Waits for its socket, its deadline or a helper thread.
    Waiting(Operation),
    /// Some thread is polling it; `again`: something happened meanwhile.
    Polling {
        again: bool,
    },
}

impl Task {
    pub(super) const fn new() -> Task {
        Task(Mutex::new(Slot { current: Current::None, queued: None, elsewhere: false }))
    }

    pub(super) fn is_idle(&self) -> bool {
        matches!(self.0.lock().current, Current::None)
    }
}

impl Operation {
    /// An operation on the object of `node`.
    pub(super) fn new(
        node: &Node,
        api: Api,
        future: impl Future<Output = Result<Done>> + Send + 'static,
    ) -> Result<Operation> {
        Ok(Operation { api, lease: node.lease()?, future: Box::pin(future) })
    }
}

impl Request {
    /// Runs an operation of a synchronous session to its end.
    pub(super) fn run_blocking(&self, operation: impl Future<Output = Result<Done>>) -> Result<Done> {
        {
            let mut slot = self.task.0.lock();
            if !matches!(slot.current, Current::None) {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            slot.current = Current::Polling { again: false };
        }
        let done = self.waiting.block_on(operation);
        self.task.0.lock().current = Current::None;
        done
    }

    /// Starts an operation of an asynchronous session. True: it has already ended, and the
    /// application has been told, on this thread.
    pub(super) fn start(self: &Arc<Self>, begin: Begin, operation: Operation) -> Result<bool> {
        {
            let mut slot = self.task.0.lock();
            match &slot.current {
                Current::None => slot.current = Current::Waiting(operation),
                _ if operation.api == Api::ReceiveResponse && slot.queued.is_none() => {
                    slot.queued = Some(operation);
                    return Ok(false);
                }
                _ => {
                    return Err(Code::INCORRECT_HANDLE_STATE);
                }
            }
        }
        if begin == Begin::Here && may_complete_inline() {
            return Ok(self.drive());
        }
        self.post();
        Ok(false)
    }

    /// Goes on with the current operation as far as it gets. True: it has ended.
    fn drive(self: &Arc<Self>) -> bool {
        let mut ended = false;
        loop {
            let mut operation = {
                let mut slot = self.task.0.lock();
                match std::mem::replace(&mut slot.current, Current::Polling { again: true }) {
                    Current::Waiting(operation) => {
                        slot.current = Current::Polling { again: false };
                        operation
                    }
                    // What is queued behind an operation starts when the application has been told of
                    // that operation's end, so it is left to the thread that tells.
                    Current::None => match slot.queued.take_if(|_| ended) {
                        Some(queued) => {
                            slot.current = Current::Polling { again: false };
                            queued
                        }
                        None => {
                            slot.current = Current::None;
                            return ended;
                        }
                    },
                    Current::Polling { .. } => return ended,
                }
            };
            loop {
                let mut context = Context::from_waker(&self.waker);
                let polled = catch_unwind(AssertUnwindSafe(|| operation.future.as_mut().poll(&mut context)));
                let done = match polled {
                    Ok(Poll::Ready(done)) => done,
                    Ok(Poll::Pending) => {
                        // The alarm first: once the operation is back in its place, another thread
                        // may go on with it and set the alarm for its own next wait.
                        let deadline = self.waiting.want().and_then(|want| want.deadline);
                        let mut slot = self.task.0.lock();
                        if std::mem::take(&mut slot.elsewhere) {
                            slot.current = Current::Waiting(operation);
                            drop(slot);
                            self.post();
                            return ended;
                        }
                        if matches!(slot.current, Current::Polling { again: true }) {
                            slot.current = Current::Polling { again: false };
                            continue;
                        }
                        if let Some(engine) = &self.engine {
                            engine.set_alarm(&(self.clone() as Arc<dyn Reactive>), deadline);
                        }
                        slot.current = Current::Waiting(operation);
                        return ended;
                    }
                    Err(_) => {
                        log::error!("an operation panicked");
                        Err(Code::INTERNAL_ERROR)
                    }
                };
                let Operation { api, lease, future } = operation;
                drop(future);
                // Cleared before the application is told: it starts the next operation right there.
                self.task.0.lock().current = Current::None;
                self.deliver(api, done);
                drop(lease);
                ended = true;
                break;
            }
        }
    }

    /// Leaves the thread that made the call: an engine thread goes on with the operation. Nothing on a
    /// synchronous session.
    pub(super) async fn go_elsewhere(&self) {
        let mut left = self.engine.is_none();
        poll_fn(|_| {
            if std::mem::replace(&mut left, true) {
                return Poll::Ready(());
            }
            self.task.0.lock().elsewhere = true;
            Poll::Pending
        })
        .await;
    }

    fn deliver(&self, api: Api, done: Result<Done>) {
        self.node.notify(&match done {
            Ok(Done::Sent) => Notice::SendRequestComplete,
            Ok(Done::HeadersAvailable) => Notice::HeadersAvailable,
            Ok(Done::DataAvailable(bytes)) => Notice::DataAvailable(bytes),
            Ok(Done::Read { buffer, bytes }) => Notice::ReadComplete { buffer, bytes },
            Ok(Done::Written(bytes)) => Notice::WriteComplete(bytes),
            Err(error) => Notice::RequestError { api: api as u32, error },
        });
    }

    /// Has the engine go on with the current operation.
    pub(super) fn post(self: &Arc<Self>) {
        if let Some(engine) = &self.engine {
            engine.post(self.clone());
        }
    }
}

impl Reactive for Request {
    fn run(self: Arc<Self>) {
        self.drive();
    }

    fn alarm(&self) -> &Alarm {
        &self.alarm
    }
}

/// Has a request go on; a helper thread that outlives the request holds nothing of it.
pub(super) struct Poke(pub(super) Weak<Request>);

impl Wake for Poke {
    fn wake(self: Arc<Self>) {
        if let Some(request) = self.0.upgrade() {
            request.post();
        }
    }
}
