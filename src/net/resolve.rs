//! Names to addresses. The system's resolver blocks, so it runs on a helper thread of its own.

use std::io;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::net::ToSocketAddrs;
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use parking_lot::Mutex;

use crate::net::Want;
use crate::net::op::Fault;
use crate::net::op::Waiting;
use crate::net::thread;

/// The addresses of `host` (a name, or an address without brackets), in the system's order.
/// An abandoned look-up ends by itself; its result is dropped.
pub(crate) async fn resolve(
    waiting: &Waiting,
    host: &str,
    port: u16,
    deadline: Option<Instant>,
) -> Result<Vec<SocketAddr>, Fault> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let lookup = Arc::new(Lookup(Mutex::new(State { answer: None, waker: None })));
    let mut started = false;
    waiting
        .until(Want { socket: None, deadline }, |waker| {
            let mut state = lookup.0.lock();
            if let Some(answer) = state.answer.take() {
                return Some(answer.map_err(Fault::Io));
            }
            state.waker = Some(waker.clone());
            drop(state);
            if !std::mem::replace(&mut started, true)
                && let Err(error) = start(lookup.clone(), host.to_owned(), port)
            {
                return Some(Err(Fault::Io(error)));
            }
            None
        })
        .await
}

struct Lookup(Mutex<State>);

struct State {
    answer: Option<io::Result<Vec<SocketAddr>>>,
    waker: Option<Waker>,
}

fn start(lookup: Arc<Lookup>, host: String, port: u16) -> io::Result<()> {
    thread::spawn("winhttp-resolve", move || {
        let answer = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
        let waker = {
            let mut state = lookup.0.lock();
            state.answer = Some(answer);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    })
}
