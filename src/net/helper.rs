//! Work that blocks and cannot be interrupted runs on a thread of its own; the operation that wants its
//! result waits for it like for anything else. Who gives up waiting leaves the thread to end by itself;
//! its result is dropped.

use std::io;
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use crate::base::Mutex;
use crate::net::Want;
use crate::net::op::Fault;
use crate::net::op::Waiting;
use crate::net::thread;

/// What `work` gives on a new thread with this name.
pub(crate) async fn elsewhere<T: Send + 'static>(
    waiting: &Waiting,
    name: &'static str,
    deadline: Option<Instant>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    let errand = Arc::new(Errand(Mutex::new(State { result: None, waker: None })));
    let mut work = Some(work);
    waiting
        .until(Want { socket: None, deadline }, |waker| {
            let mut state = errand.0.lock();
            if let Some(result) = state.result.take() {
                return Some(Ok(result));
            }
            state.waker = Some(waker.clone());
            drop(state);
            let work = work.take()?;
            start(errand.clone(), name, work).err().map(|error| Err(Fault::Io(error)))
        })
        .await
}

struct Errand<T>(Mutex<State<T>>);

struct State<T> {
    result: Option<T>,
    waker: Option<Waker>,
}

fn start<T: Send + 'static>(
    errand: Arc<Errand<T>>,
    name: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<()> {
    thread::spawn(name, move || {
        let result = work();
        let waker = {
            let mut state = errand.0.lock();
            state.result = Some(result);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    })
}
