//! The send side: data frames of the application's, control frames of ours, one after the other.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crate::api::WsOperation;
use crate::api::handles::Lease;
use crate::api::websocket::BufferKind;
use crate::api::websocket::Completion;
use crate::api::websocket::Ended;
use crate::api::websocket::WebSocket;
use crate::base::Code;
use crate::base::InBuf;
use crate::base::MutexGuard;
use crate::base::Result;
use crate::net::Connection;
use crate::net::Want;
use crate::net::buffers;
use crate::net::op::Interest;
use crate::proto::ws;

/// Guarded by [`WebSocket::send`].
pub(super) struct SendSide {
    sequence: ws::Sequence,
    keys: ws::MaskKeys,
    pub(super) phase: Phase,
    /// The Send that has been accepted and not yet been handed to the transport whole.
    current: Option<Outgoing>,
    /// Control frames that go out at the next frame boundary.
    control: Vec<u8>,
    /// The pong that goes out behind them, for all pings that came while there were too many.
    last_pong: Vec<u8>,
    /// Wire bytes that the transport has not taken; a buffer is borrowed only while there are some.
    wire: Wire,
    /// The lease of a Shutdown that waits for its close frame to go out.
    pub(super) shutting_down: Option<Lease>,
    /// The lease of an asynchronous Close, while `phase` is `Closing`.
    pub(super) closing: Option<Lease>,
    /// How long Close waits for the peer.
    pub(super) close_deadline: Option<Instant>,
    /// Why nothing can be sent any more.
    pub(super) failed: Option<Code>,
    /// When something was sent last, for the keep-alive.
    pub(super) last_sent: Instant,
    /// When the socket took something last, or was first found full; for the timeout.
    pub(super) moved: Instant,
    /// The transport could not hand all to the socket: TLS may hold back what it has taken.
    held_back: bool,
}

/// How far the application has closed the send direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Open,
    /// Shutdown was called.
    Shut,
    /// Close was called and waits for the peer.
    Closing,
    /// Close has ended.
    Closed,
}

struct Outgoing {
    data: InBuf,
    kind: BufferKind,
    header: ws::HeaderBytes,
    key: [u8; 4],
    /// How much of `data` has been masked into `wire`; `None` before the header.
    done: Option<usize>,
    /// The operation's, once an asynchronous Send outlives its call.
    lease: Option<Lease>,
}

#[derive(Default)]
struct Wire {
    buffer: Option<Box<[u8]>>,
    start: usize,
    end: usize,
}

/// How far a pump came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pumped {
    /// All is with the transport.
    Empty,
    /// The transport takes no more for now.
    Blocked,
}

impl WebSocket {
    /// `WinHttpWebSocketSend`. `kind` is what C gave.
    pub(crate) fn send(&self, kind: i32, data: InBuf) -> Result<()> {
        self.await_welcome()?;
        let mut side = self.send.lock();
        while !self.is_async() && side.current.is_some() && side.failed.is_none() {
            self.turn.wait(&mut side);
        }
        self.check_open(&side)?;
        if side.phase != Phase::Open || self.close_was_delivered() || side.current.is_some() {
            return Err(Code::INVALID_OPERATION);
        }
        let kind = BufferKind::from_raw(kind).ok_or(Code::INVALID_PARAMETER)?;
        let bytes = u32::try_from(data.len()).map_err(|_| Code::INVALID_PARAMETER)?;
        let (opcode, fin) = side.sequence.next(kind.to_send()?).map_err(|_| Code::INVALID_PARAMETER)?;
        let key = side.keys.next().map_err(|_| Code::INTERNAL_ERROR)?;
        let header = ws::encode(fin, opcode, data.len() as u64, key);
        side.current = Some(Outgoing { data, kind, header, key, done: None, lease: None });
        if !self.is_async() {
            return self.send_blocking(side);
        }
        match side.pump(&self.connection) {
            Ok(Pumped::Blocked) => {
                let lease = self.node.lease().ok();
                if let Some(current) = &mut side.current {
                    current.lease = lease;
                }
                side.moved = side.last_sent;
                self.set_alarm(&side);
                Ok(())
            }
            Ok(Pumped::Empty) => {
                side.current = None;
                drop(side);
                self.complete(Completion::Written { bytes, kind }.into());
                Ok(())
            }
            Err(error) => {
                let error = side.fail(&error);
                side.current = None;
                drop(side);
                self.complete(Completion::Failed { operation: WsOperation::Send, error }.into());
                Ok(())
            }
        }
    }

    /// Fails once the handle is closed or the transport has failed.
    pub(super) fn check_open(&self, side: &SendSide) -> Result<()> {
        if self.node.is_closing() {
            return Err(Code::INVALID_HANDLE);
        }
        side.failed.map_or(Ok(()), Err)
    }

    fn send_blocking(&self, side: MutexGuard<'_, SendSide>) -> Result<()> {
        let (mut side, sent) = self.drain(side, None);
        side.current = None;
        if let Err(code) = sent {
            side.fail_with(code);
        }
        drop(side);
        // All: a Shutdown that waits as well does not pass the turn on.
        self.turn.notify_all();
        sent
    }

    /// Pumps on the calling thread until all is with the transport (synchronous sessions), `until` at most.
    pub(super) fn drain<'a>(
        &'a self,
        mut side: MutexGuard<'a, SendSide>,
        until: Option<Instant>,
    ) -> (MutexGuard<'a, SendSide>, Result<()>) {
        let mut has_waited = false;
        loop {
            // Also when whoever receives has found that the connection is dead.
            if let Some(code) = side.failed {
                return (side, Err(code));
            }
            match side.pump(&self.connection) {
                Ok(Pumped::Empty) => return (side, Ok(())),
                Ok(Pumped::Blocked) => {}
                Err(error) => {
                    let code = side.fail(&error);
                    return (side, Err(code));
                }
            }
            if !std::mem::replace(&mut has_waited, true) {
                side.moved = side.last_sent;
            }
            drop(side);
            let waited = self.wait_writable(until);
            side = self.send.lock();
            if let Err(code) = waited {
                return (side, Err(code));
            }
            if self.node.is_closing() {
                return (side, Err(Code::OPERATION_CANCELLED));
            }
        }
    }

    fn wait_writable(&self, until: Option<Instant>) -> Result<()> {
        let sleep = self.sleepers.prepare().map_err(|_| Code::NOT_ENOUGH_MEMORY)?;
        if self.node.is_closing() {
            return Err(Code::OPERATION_CANCELLED);
        }
        let stuck = {
            let side = self.send.lock();
            if side.failed.is_some() {
                return Ok(());
            }
            self.send_limit().map(|limit| side.moved + limit)
        };
        let deadline = stuck.into_iter().chain(until).min();
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(Code::TIMEOUT);
        }
        let socket = Some((self.connection.socket().id(), Interest::Write));
        sleep.wait(&Want { socket, deadline }).map_err(|_| Code::INTERNAL_ERROR)?;
        Ok(())
    }

    /// How long the socket may take nothing.
    fn send_limit(&self) -> Option<Duration> {
        match self.send_timeout.load(Ordering::Relaxed) {
            0 | u32::MAX => None,
            ms => Some(Duration::from_millis(ms.into())),
        }
    }

    /// When an asynchronous Send or Shutdown that waits has waited too long.
    pub(super) fn send_deadline(&self, side: &SendSide) -> Option<Instant> {
        let waits = self.is_async() && (side.is_sending() || side.shutting_down.is_some());
        if waits { Some(side.moved + self.send_limit()?) } else { None }
    }

    /// Ends what has; called by the engine, which has just tried: a socket that has little room may take something
    /// without saying that it is writable.
    pub(super) fn expire_send(&self) -> Vec<Ended> {
        let mut side = self.send.lock();
        if self.send_deadline(&side).is_none_or(|deadline| Instant::now() < deadline) {
            return Vec::new();
        }
        let code = side.fail_with(Code::TIMEOUT);
        side.abandon(code)
    }

    /// Queues a control frame and sends it as far as the transport takes it at once. A failure shows
    /// in the operations that wait or follow.
    pub(super) fn send_control(&self, make: impl FnOnce([u8; 4]) -> ws::SmallFrame) {
        self.send_queued(|side| side.queue(make));
    }

    /// Answers a ping, in the same way.
    pub(super) fn send_pong(&self, payload: &[u8]) {
        self.send_queued(|side| side.queue_pong(payload));
    }

    fn send_queued(&self, queue: impl FnOnce(&mut SendSide) -> Result<()>) {
        let mut side = self.send.lock();
        // The transport was full then: whoever goes on sending takes this along.
        let waits = !side.is_empty();
        if side.failed.is_some() || queue(&mut side).is_err() {
            return;
        }
        if waits {
            side.last_sent = Instant::now();
            return;
        }
        let pumped = side.pump(&self.connection);
        if let Err(error) = pumped {
            side.fail(&error);
            if !side.is_idle() {
                self.post();
            }
        }
    }

    /// Goes on sending; called by the engine. Gives what has ended.
    pub(super) fn drive_send(&self) -> Vec<Ended> {
        let mut side = self.send.lock();
        if side.is_idle() {
            return Vec::new();
        }
        // It was noticed elsewhere, where another operation was told of it, or none.
        if let Some(code) = side.failed {
            return side.abandon(code);
        }
        let pumped = side.pump(&self.connection);
        let mut ended = Vec::new();
        match pumped {
            Ok(Pumped::Blocked) => {}
            Ok(Pumped::Empty) => {
                if let Some(Outgoing { data, kind, lease, .. }) = side.current.take() {
                    ended.push(Ended {
                        completion: Completion::Written { bytes: data.len() as u32, kind },
                        lease,
                    });
                }
                if let Some(lease) = side.shutting_down.take() {
                    ended.push(Ended { completion: Completion::ShutDown, lease: Some(lease) });
                }
                ended.extend(self.finish_close(&mut side));
            }
            Err(error) => {
                let code = side.fail(&error);
                ended.extend(side.abandon(code));
            }
        }
        ended
    }
}

impl SendSide {
    pub(super) fn new() -> SendSide {
        SendSide {
            sequence: ws::Sequence::default(),
            keys: ws::MaskKeys::new(),
            phase: Phase::Open,
            current: None,
            control: Vec::new(),
            last_pong: Vec::new(),
            wire: Wire::default(),
            shutting_down: None,
            closing: None,
            close_deadline: None,
            failed: None,
            last_sent: Instant::now(),
            moved: Instant::now(),
            held_back: false,
        }
    }

    /// Whether a Send is outstanding.
    pub(super) fn is_sending(&self) -> bool {
        self.current.is_some()
    }

    /// Whether all is with the transport, as far as this side knows.
    pub(super) fn is_empty(&self) -> bool {
        self.current.is_none() && self.control.is_empty() && self.wire.is_empty()
    }

    /// Whether that is so, and all is with the socket, too.
    pub(super) fn is_out(&self) -> bool {
        self.is_empty() && !self.held_back
    }

    /// When the keep-alive is due: the interval after what was sent last. Never once nothing may follow.
    pub(super) fn keep_alive_at(&self, interval: Duration) -> Option<Instant> {
        (self.phase == Phase::Open && self.failed.is_none()).then(|| self.last_sent + interval)
    }

    /// Whether nothing waits for this side to go on.
    pub(super) fn is_idle(&self) -> bool {
        self.is_out() && self.shutting_down.is_none() && self.phase != Phase::Closing
    }

    /// Queues a control frame behind the frame that is on its way.
    pub(super) fn queue(&mut self, make: impl FnOnce([u8; 4]) -> ws::SmallFrame) -> Result<()> {
        let key = self.keys.next().map_err(|_| Code::INTERNAL_ERROR)?;
        self.control.extend_from_slice(make(key).as_slice());
        Ok(())
    }

    /// As `queue`, of the answer to a ping. A peer that pings and does not read must not fill the memory:
    /// beyond some, only the latest ping is still answered (RFC 6455, 5.5.3).
    fn queue_pong(&mut self, payload: &[u8]) -> Result<()> {
        if self.control.len() < MOST_CONTROL {
            self.control.append(&mut self.last_pong);
            return self.queue(|key| ws::pong(payload, key));
        }
        let key = self.keys.next().map_err(|_| Code::INTERNAL_ERROR)?;
        self.last_pong.clear();
        self.last_pong.extend_from_slice(ws::pong(payload, key).as_slice());
        Ok(())
    }

    /// Hands as much as possible to the transport.
    pub(super) fn pump(&mut self, to: &Connection) -> io::Result<Pumped> {
        self.last_sent = Instant::now();
        let pumped = self.push(to);
        self.held_back = pumped.is_err();
        if self.held_back && to.socket().take_progress() {
            self.moved = self.last_sent;
        }
        match pumped {
            Ok(()) => {
                self.wire.give_back();
                Ok(Pumped::Empty)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Pumped::Blocked),
            Err(error) => Err(error),
        }
    }

    fn push(&mut self, to: &Connection) -> io::Result<()> {
        if self.wire.is_empty() && self.control.is_empty() {
            match &self.current {
                Some(Outgoing { data, done: None, .. }) if data.len() <= TINY => {
                    self.push_whole::<{ TINY + ws::MAX_HEADER }>(to)?;
                }
                Some(Outgoing { data, done: None, .. }) if data.len() <= SMALL => {
                    self.push_whole::<{ SMALL + ws::MAX_HEADER }>(to)?;
                }
                _ => {}
            }
        }
        loop {
            while !self.wire.is_empty() {
                let written = to.write(self.wire.bytes())?;
                self.wire.start += written;
            }
            if !self.refill() {
                return to.flush();
            }
        }
    }

    /// The whole frame on the stack, in one write.
    fn push_whole<const ROOM: usize>(&mut self, to: &Connection) -> io::Result<()> {
        let Some(current) = &mut self.current else { return Ok(()) };
        let mut frame = [0; ROOM];
        let (header, data) = (current.header.as_slice(), current.data.as_slice());
        let len = header.len() + data.len();
        frame[..header.len()].copy_from_slice(header);
        ws::mask::copy(current.key, 0, data, &mut frame[header.len()..len]);
        current.done = Some(data.len());
        let written = match to.write(&frame[..len]) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            written => written?,
        };
        if written < len {
            self.wire.put(&frame[written..len]);
        }
        Ok(())
    }

    /// Puts the next bytes into the empty `wire`; false when there are none.
    fn refill(&mut self) -> bool {
        if let Some(current) = &mut self.current
            && current.done != Some(current.data.len())
        {
            let room = self.wire.room();
            // The payload, not the header, stands where masking is fastest.
            let body = room.as_ptr().addr().wrapping_neg() % ws::mask::ALIGNMENT + ws::mask::ALIGNMENT;
            let header = if current.done.is_none() { current.header.as_slice() } else { &[] };
            let start = body - header.len();
            room[start..body].copy_from_slice(header);
            let from = current.done.unwrap_or(0);
            let rest = &current.data.as_slice()[from..];
            let n = rest.len().min(buffers::PIECE);
            ws::mask::copy(current.key, from, &rest[..n], &mut room[body..body + n]);
            current.done = Some(from + n);
            (self.wire.start, self.wire.end) = (start, body + n);
            return true;
        }
        if self.control.is_empty() {
            self.control.append(&mut self.last_pong);
        }
        if self.control.is_empty() {
            return false;
        }
        let n = self.control.len().min(buffers::SIZE);
        self.wire.put(&self.control[..n]);
        self.control.drain(..n);
        true
    }

    /// Notes that the transport has failed.
    pub(super) fn fail(&mut self, error: &io::Error) -> Code {
        log::debug!("sending on a WebSocket failed: {error}");
        self.fail_with(Code::CONNECTION_ERROR)
    }

    /// Nothing can be sent any more; the first reason counts.
    pub(super) fn fail_with(&mut self, code: Code) -> Code {
        self.wire.give_back();
        self.control = Vec::new();
        self.last_pong = Vec::new();
        self.held_back = false;
        *self.failed.get_or_insert(code)
    }

    /// Takes what is outstanding, to be told that it failed with `error`.
    pub(super) fn abandon(&mut self, error: Code) -> Vec<Ended> {
        let mut ended = Vec::new();
        let mut failed = |operation, lease| {
            ended.push(Ended { completion: Completion::Failed { operation, error }, lease })
        };
        if let Some(current) = self.current.take() {
            failed(WsOperation::Send, current.lease);
        }
        if let Some(lease) = self.shutting_down.take() {
            failed(WsOperation::Shutdown, Some(lease));
        }
        if self.phase == Phase::Closing {
            self.phase = Phase::Closed;
            failed(WsOperation::Close, self.closing.take());
        }
        ended
    }
}

impl Wire {
    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    fn bytes(&self) -> &[u8] {
        self.buffer.as_ref().map_or(&[], |buffer| &buffer[self.start..self.end])
    }

    /// All of the buffer; only when empty.
    fn room(&mut self) -> &mut [u8] {
        (self.start, self.end) = (0, 0);
        self.buffer.get_or_insert_with(buffers::borrow)
    }

    /// Holds `bytes`; only when empty, at most a buffer full.
    fn put(&mut self, bytes: &[u8]) {
        self.room()[..bytes.len()].copy_from_slice(bytes);
        self.end = bytes.len();
    }

    fn give_back(&mut self) {
        (self.start, self.end) = (0, 0);
        if let Some(buffer) = self.buffer.take() {
            buffers::give_back(buffer);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl BufferKind {
    fn to_send(self) -> Result<ws::SendKind> {
        Ok(match self {
            BufferKind::BinaryMessage => ws::SendKind::BinaryMessage,
            BufferKind::BinaryFragment => ws::SendKind::BinaryFragment,
            BufferKind::TextMessage => ws::SendKind::TextMessage,
            BufferKind::TextFragment => ws::SendKind::TextFragment,
            BufferKind::Close => return Err(Code::INVALID_PARAMETER),
        })
    }
}

/// So many bytes of control frames may wait before pings are no longer answered one by one.
const MOST_CONTROL: usize = 64 * 1024;
/// Up to this many bytes a message is framed on the stack and sent in one write.
const SMALL: usize = 2048;
/// Up to this many, in less room: to clear it costs as much as to mask as many bytes.
const TINY: usize = 256;
