//! How many connections a session has in use to one server at a time (http spec 5.4). Those at rest do
//! not count: whoever may have one more takes them first.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use crate::base::Mutex;
use crate::net::Want;
use crate::net::op::Fault;
use crate::net::op::Waiting;
use crate::net::pool::Origin;

/// The servers of one session to which it has counted connections. Guards only itself.
pub(crate) struct Limits(Mutex<HashMap<Server, Slots>>);

/// Host and port.
type Server = (String, u16);

#[derive(Default)]
struct Slots {
    used: u32,
    /// It has answered in HTTP/1.0.
    is_1_0: bool,
    /// Woken all at once; who still finds no place comes back.
    waiting: Vec<Waker>,
}

/// The right to use one connection; ends with its drop.
pub(crate) struct Permit {
    limits: Arc<Limits>,
    server: Server,
}

impl Limits {
    pub(crate) fn new() -> Limits {
        Limits(Mutex::new(HashMap::new()))
    }

    /// Remembers that the server speaks HTTP/1.0.
    pub(crate) fn learn_1_0(&self, origin: &Origin) {
        self.0.lock().entry((origin.host.clone(), origin.port)).or_default().is_1_0 = true;
    }

    /// Waits until fewer than `most` connections to this server are in use, or `most_1_0` if it is known
    /// to speak HTTP/1.0.
    pub(crate) async fn permit(
        self: &Arc<Self>,
        waiting: &Waiting,
        origin: &Origin,
        (most, most_1_0): (u32, u32),
        deadline: Option<Instant>,
    ) -> Result<Permit, Fault> {
        let server = (origin.host.clone(), origin.port);
        waiting
            .until(Want { socket: None, deadline }, |waker| {
                let mut servers = self.0.lock();
                let slots = servers.entry(server.clone()).or_default();
                if slots.used < if slots.is_1_0 { most_1_0 } else { most } {
                    slots.used += 1;
                    return Some(Ok(Permit { limits: self.clone(), server: server.clone() }));
                }
                slots.waiting.push(waker.clone());
                None
            })
            .await
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let waiting = {
            let mut servers = self.limits.0.lock();
            let Some(slots) = servers.get_mut(&self.server) else { return };
            slots.used -= 1;
            let waiting = std::mem::take(&mut slots.waiting);
            if slots.used == 0 && !slots.is_1_0 {
                servers.remove(&self.server);
            }
            waiting
        };
        waiting.into_iter().for_each(Waker::wake);
    }
}
