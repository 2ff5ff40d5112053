//! A connection in use, with what has been read from it and not been consumed.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use crate::base::OutBuf;
use crate::net::Connection;
use crate::net::WhenEmpty;
use crate::net::buffers;
use crate::net::limits::Permit;
use crate::net::op::Fault;
use crate::net::op::Waiting;
use crate::proto::coding::Decoder;
use crate::proto::h1::BodyReader;
use crate::proto::h1::Step;

pub(super) struct Exchange {
    /// Shared only while a body is written beside the response.
    pub(super) connection: Arc<Connection>,
    /// Goes when the connection is at rest or closed.
    permit: Option<Permit>,
    pub(super) input: Input,
    /// Present once the final response head is there.
    pub(super) body: Option<BodyReader>,
    /// Present when the body is coded and the application wants it plain.
    pub(super) decoder: Option<Decoder>,
    /// How many bytes of it have been decoded.
    pub(super) coded: u64,
    /// Request and response let the connection serve another request afterwards.
    pub(super) keep: bool,
    /// They would, but for the rest of the request's body, which is still to be written.
    pub(super) keep_when_sent: bool,
    /// The request said `Connection: close`: the application is told of the end.
    pub(super) tell_end: bool,
    /// A head has come.
    pub(super) heard: bool,
}

/// A connection for the next leg.
pub(super) struct Held {
    pub(super) connection: Connection,
    pub(super) permit: Option<Permit>,
}

impl Exchange {
    pub(super) fn new(connection: Connection, permit: Option<Permit>) -> Exchange {
        Exchange {
            connection: Arc::new(connection),
            permit,
            input: Input::default(),
            body: None,
            decoder: None,
            coded: 0,
            keep: false,
            keep_when_sent: false,
            tell_end: false,
            heard: false,
        }
    }

    /// Whether the connection has served others and has said nothing to this request.
    pub(super) fn is_stale(&self) -> bool {
        self.connection.is_used() && !self.heard && self.input.unread().is_empty()
    }

    /// The connection, for another leg; what came on it has been read. `None` while it is shared.
    pub(super) fn hold(self) -> Option<Held> {
        Some(Held { connection: Arc::into_inner(self.connection)?, permit: self.permit })
    }

    /// Whether all of the body has been taken, as far as what has arrived can tell.
    pub(super) fn has_ended(&mut self) -> bool {
        let Some(body) = &mut self.body else { return false };
        match body.advance(self.input.unread()) {
            Ok(Step::NeedInput { used } | Step::Done { used } | Step::Data { skip: used, .. }) => {
                self.input.consume(used);
            }
            // The next read says so.
            Err(_) => {}
        }
        if !body.is_done() {
            return false;
        }
        match &mut self.decoder {
            Some(decoder) => decoder.end().is_ok() && decoder.ready().is_empty(),
            None => true,
        }
    }

    /// Takes what is ready, at most `payload` bytes of it, into the application's room.
    pub(super) fn take(&mut self, payload: usize, into: &mut OutBuf) {
        let n = into.fill(self.ready(payload));
        self.taken(n);
    }

    /// Of what is ready, at most `payload` bytes.
    pub(super) fn ready(&self, payload: usize) -> &[u8] {
        let ready = self.decoder.as_ref().map_or(self.input.unread(), Decoder::ready);
        ready.get(..payload).unwrap_or(ready)
    }

    /// Says that `n` bytes of what is ready are done with.
    pub(super) fn taken(&mut self, n: usize) {
        match (&mut self.decoder, &mut self.body) {
            (Some(decoder), _) => decoder.taken(n),
            (None, Some(body)) => {
                self.input.consume(n);
                body.consumed(n);
            }
            (None, None) => {}
        }
    }

    /// Reads what is left of a body that nobody wants, so that the connection can be used again. Gives
    /// up beyond `limit` bytes and at the deadline. True: the end has been reached.
    pub(super) async fn drain(&mut self, waiting: &Waiting, limit: u32, until: Instant) -> bool {
        let Some(body) = &mut self.body else { return false };
        if !self.keep || body.remaining().is_some_and(|left| left > limit.into()) {
            return false;
        }
        let mut allowance = limit as usize;
        loop {
            match body.advance(self.input.unread()) {
                Ok(Step::Done { used }) => {
                    self.input.consume(used);
                    return true;
                }
                Ok(Step::Data { len, .. }) if len > allowance => return false,
                Ok(Step::Data { skip, len }) => {
                    allowance -= len;
                    self.input.consume(skip + len);
                    body.consumed(len);
                }
                Ok(Step::NeedInput { used }) => {
                    self.input.consume(used);
                    match self.input.fill(&self.connection, waiting, Some(until)).await {
                        Ok(1..) => {}
                        _ => return false,
                    }
                }
                Err(_) => return false,
            }
        }
    }
}

/// Bytes of the peer that wait.
#[derive(Default)]
pub(in crate::api) struct Input {
    /// Borrowed only while something waits in it; one of its own where more waits than a borrowed one holds.
    buffer: Option<Box<[u8]>>,
    start: usize,
    end: usize,
}

impl Input {
    pub(in crate::api) fn unread(&self) -> &[u8] {
        self.buffer.as_ref().and_then(|buffer| buffer.get(self.start..self.end)).unwrap_or_default()
    }

    pub(in crate::api) fn consume(&mut self, n: usize) {
        self.start = (self.start + n).min(self.end);
        if self.start == self.end {
            self.give_back();
        }
    }

    /// Reads more behind what waits; 0 is the peer's end.
    pub(in crate::api) async fn fill(
        &mut self,
        connection: &Connection,
        waiting: &Waiting,
        deadline: Option<Instant>,
    ) -> Result<usize, Fault> {
        connection.receive_by(waiting, deadline, |when_empty| self.read(connection, when_empty)).await
    }

    fn read(&mut self, connection: &Connection, when_empty: WhenEmpty) -> io::Result<usize> {
        let read = connection.read_with(when_empty, self.room());
        self.end += read.as_ref().copied().unwrap_or(0);
        if self.start == self.end {
            self.give_back();
        }
        read
    }

    /// Behind what waits.
    fn room(&mut self) -> &mut [u8] {
        let Input { buffer, start, end } = self;
        let buffer = buffer.get_or_insert_with(buffers::borrow);
        if buffer.len() - *end < buffers::READ {
            buffer.copy_within(*start..*end, 0);
            (*start, *end) = (0, *end - *start);
        }
        if buffer.len() - *end < buffers::READ {
            let mut longer = vec![0; 2 * buffer.len()].into_boxed_slice();
            longer[..*end].copy_from_slice(&buffer[..*end]);
            buffers::give_back(std::mem::replace(buffer, longer));
        }
        &mut buffer[*end..*end + buffers::READ]
    }

    fn give_back(&mut self) {
        (self.start, self.end) = (0, 0);
        if let Some(buffer) = self.buffer.take() {
            buffers::give_back(buffer);
        }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.give_back();
    }
}
