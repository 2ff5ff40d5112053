//! A connection in use, with what has been read from it and not been consumed.

use std::sync::Arc;
use std::time::Instant;

use crate::net::Connection;
use crate::net::op::Fault;
use crate::net::op::Waiting;
use crate::proto::h1::BodyReader;

pub(super) struct Exchange {
    pub(super) connection: Arc<Connection>,
    pub(super) input: Input,
    /// Present once the final response head is there.
    pub(super) body: Option<BodyReader>,
}

/// Bytes of the peer that wait.
#[derive(Default)]
pub(in crate::api) struct Input {
    bytes: Vec<u8>,
    start: usize,
}

impl Input {
    pub(in crate::api) fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    pub(in crate::api) fn consume(&mut self, n: usize) {
        self.start = (self.start + n).min(self.bytes.len());
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        }
    }

    /// Reads more behind what waits; 0 is the peer's end.
    pub(in crate::api) async fn fill(
        &mut self,
        connection: &Connection,
        waiting: &Waiting,
        deadline: Option<Instant>,
    ) -> Result<usize, Fault> {
        self.bytes.drain(..self.start);
        self.start = 0;
        let end = self.bytes.len();
        self.bytes.resize(end + STEP, 0);
        let room = self.bytes.get_mut(end..).unwrap_or_default();
        let read = connection.receive(waiting, room, deadline).await;
        self.bytes.truncate(end + read.as_ref().copied().unwrap_or(0));
        read
    }
}

/// How much is read at once.
const STEP: usize = 16 * 1024;
