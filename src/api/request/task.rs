//! A request's operations: one at a time, written as `async` code, each told once how it ended. With
//! `WINHTTP_FLAG_AUTOMATIC_CHUNKING` a WriteData may be under way beside another one.

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
use std::task::Waker;

use crate::api::Notice;
use crate::api::handles::Lease;
use crate::api::node::Node;
use crate::api::node::may_complete_inline;
use crate::api::request::Request;
use crate::base::Code;
use crate::base::Mutex;
use crate::base::Result;
use crate::net::engine::Alarm;
use crate::net::engine::Habit;
use crate::net::engine::Reactive;
use crate::net::engine::Turn;
use crate::net::op::Waiting;

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

/// Which of a request's operations: those of one side come one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Main,
    /// WriteData; the same as `Main` where nothing may be written beside something else.
    Upload,
}

/// A place for one operation at a time, with all that it needs to wait.
pub(super) struct Lane {
    slot: Mutex<Slot>,
    /// Where the operation says what it waits for.
    pub(super) waiting: Waiting,
    /// Has the engine go on with the operation.
    waker: Waker,
    alarm: Alarm,
    habit: Habit,
}

/// A second lane, which has its own alarm and its own turns in the engine.
pub(super) struct UploadLane {
    lane: Lane,
    request: Weak<Request>,
}

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

impl Lane {
    pub(super) fn new(request: &Weak<Request>, side: Side) -> Lane {
        Lane {
            slot: Mutex::new(Slot { current: Current::None, queued: None, elsewhere: false }),
            waiting: Waiting::new(),
            waker: Waker::from(Arc::new(Poke { request: request.clone(), side })),
            alarm: Alarm::new(),
            habit: Habit::default(),
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        matches!(self.slot.lock().current, Current::None)
    }
}

impl UploadLane {
    pub(super) fn new(request: &Weak<Request>) -> Arc<UploadLane> {
        Arc::new(UploadLane { lane: Lane::new(request, Side::Upload), request: request.clone() })
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
    pub(super) fn lane(&self, side: Side) -> &Lane {
        match (side, &self.upload) {
            (Side::Upload, Some(upload)) => &upload.lane,
            _ => &self.main,
        }
    }

    fn reactive(self: &Arc<Self>, side: Side) -> Arc<dyn Reactive> {
        match (side, &self.upload) {
            (Side::Upload, Some(upload)) => upload.clone(),
            _ => self.clone(),
        }
    }

    /// Runs an operation of a synchronous session to its end.
    pub(super) fn run_blocking(
        &self,
        side: Side,
        operation: impl Future<Output = Result<Done>>,
    ) -> Result<Done> {
        let lane = self.lane(side);
        {
            let mut slot = lane.slot.lock();
            if !matches!(slot.current, Current::None) {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            slot.current = Current::Polling { again: false };
        }
        let done = lane.waiting.block_on(operation);
        lane.slot.lock().current = Current::None;
        done
    }

    /// Starts an operation of an asynchronous session. True: it has already ended, and the
    /// application has been told, on this thread.
    pub(super) fn start(self: &Arc<Self>, side: Side, begin: Begin, operation: Operation) -> Result<bool> {
        {
            let mut slot = self.lane(side).slot.lock();
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
            return Ok(self.drive(side));
        }
        self.post(side);
        Ok(false)
    }

    /// Goes on with the current operation as far as it gets. True: it has ended.
    fn drive(self: &Arc<Self>, side: Side) -> bool {
        let lane = self.lane(side);
        let mut ended = false;
        loop {
            let mut operation = {
                let mut slot = lane.slot.lock();
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
                let mut context = Context::from_waker(&lane.waker);
                let polled = catch_unwind(AssertUnwindSafe(|| operation.future.as_mut().poll(&mut context)));
                let done = match polled {
                    Ok(Poll::Ready(done)) => done,
                    Ok(Poll::Pending) => {
                        // The alarm first: once the operation is back in its place, another thread
                        // may go on with it and set the alarm for its own next wait.
                        let deadline = lane.waiting.want().and_then(|want| want.deadline);
                        let mut slot = lane.slot.lock();
                        if std::mem::take(&mut slot.elsewhere) {
                            slot.current = Current::Waiting(operation);
                            drop(slot);
                            self.post(side);
                            return ended;
                        }
                        if matches!(slot.current, Current::Polling { again: true }) {
                            slot.current = Current::Polling { again: false };
                            continue;
                        }
                        if let Some(engine) = &self.engine {
                            engine.set_alarm(&self.reactive(side), deadline);
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
                lane.slot.lock().current = Current::None;
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
            self.main.slot.lock().elsewhere = true;
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
    pub(super) fn post(self: &Arc<Self>, side: Side) {
        if let Some(engine) = &self.engine {
            engine.post(self.reactive(side));
        }
    }
}

impl Reactive for Request {
    fn run(self: Arc<Self>, _turn: &mut Turn<'_>) {
        // Not here: the application may stay long in the callback of either side.
        if self.upload.as_ref().is_some_and(|upload| !upload.lane.is_idle()) {
            self.post(Side::Upload);
        }
        self.drive(Side::Main);
    }

    fn habit(&self) -> Option<&Habit> {
        Some(&self.main.habit)
    }

    fn alarm(&self) -> &Alarm {
        &self.main.alarm
    }
}

impl Reactive for UploadLane {
    fn run(self: Arc<Self>, _turn: &mut Turn<'_>) {
        if let Some(request) = self.request.upgrade() {
            request.drive(Side::Upload);
        }
    }

    fn habit(&self) -> Option<&Habit> {
        Some(&self.lane.habit)
    }

    fn alarm(&self) -> &Alarm {
        &self.lane.alarm
    }
}

/// Has a request go on; a helper thread that outlives the request holds nothing of it.
struct Poke {
    request: Weak<Request>,
    side: Side,
}

impl Wake for Poke {
    fn wake(self: Arc<Self>) {
        if let Some(request) = self.request.upgrade() {
            request.post(self.side);
        }
    }
}
