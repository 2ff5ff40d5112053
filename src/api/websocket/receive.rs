//! The receive side: the peer's frames to the pending Receive, or past it.

use std::io;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::api::WsOperation;
use crate::api::handles::Lease;
use crate::api::websocket::BufferKind;
use crate::api::websocket::Completion;
use crate::api::websocket::Ended;
use crate::api::websocket::WebSocket;
use crate::api::websocket::run::TURN;
use crate::api::websocket::send::Phase;
use crate::base::BriefGuard;
use crate::base::Code;
use crate::base::OutBuf;
use crate::base::Result;
use crate::base::let_others;
use crate::net::Connection;
use crate::net::Sleep;
use crate::net::Want;
use crate::net::WhenEmpty;
use crate::net::buffers;
use crate::net::engine::Turn;
use crate::net::op::Interest;
use crate::proto::ws;

/// Guarded by [`WebSocket::receive`].
pub(super) struct ReceiveSide {
    pub(super) receiver: ws::Receiver,
    /// The Receive that waits for data.
    pending: Option<OutBuf>,
    /// On an asynchronous session present while a Receive is pending and nobody drives; a drive takes
    /// it along, so that a callback that posts the next Receive needs no other.
    lease: Option<Lease>,
    /// Why a synchronous Receive that another thread waits in ends now.
    interrupted: Option<Code>,
    /// A thread reads and delivers, and looks again before it stops.
    driving: bool,
    look_again: bool,
    /// A thread of a synchronous session reads without the lock; nobody else may read.
    pub(super) reading_apart: bool,
    /// Close was called: data is thrown away, no Receive is taken.
    pub(super) closing: bool,
    /// The peer's close frame has been delivered to a Receive or a Close.
    pub(super) close_delivered: bool,
    /// Why nothing more comes, and whether an operation has been told.
    failed: Option<(Code, Told)>,
    /// The close code that tells the peer how it broke the protocol; it goes out when an operation
    /// is told, for what came before the violation is still to be answered.
    complaint: Option<u16>,
    /// It was a close frame that broke the protocol.
    pub(super) malformed_close: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    No,
    Yes,
}

/// What a Receive got.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received {
    pub(crate) bytes: u32,
    pub(crate) kind: BufferKind,
}

/// What a look at the peer's bytes came to.
enum Found {
    /// The pending Receive is complete.
    Received(Received),
    /// The Close that waited for the peer's close frame has it.
    PeerClosed,
    /// The connection is dead.
    Failed(Code),
    /// Nothing yet, but the peer does not stop: others get a turn before the next look.
    More,
    /// Nothing can go on before the socket is readable or another operation is posted.
    Nothing,
}

impl WebSocket {
    /// `WinHttpWebSocketReceive`. Gives the data on a synchronous session, nothing on an
    /// asynchronous one.
    pub(crate) fn receive(&self, mut into: OutBuf) -> Result<Option<Received>> {
        self.await_welcome()?;
        let mut side = self.receive.lock();
        if self.node.is_closing() {
            return Err(Code::INVALID_HANDLE);
        }
        if side.closing || side.close_delivered || side.pending.is_some() {
            return Err(Code::INVALID_OPERATION);
        }
        if let Some((code, Told::Yes)) = side.failed {
            return Err(code);
        }
        if !self.is_async() {
            if side.failed.is_none()
                && let Some(received) = take_message(&mut side.receiver, &mut into)
            {
                return Ok(Some(received));
            }
            side.pending = Some(into);
            side.interrupted = None;
            return self.receive_blocking(side).map(Some);
        }
        if side.lease.is_none() && !side.driving {
            side.lease = Some(self.node.lease()?);
        }
        side.pending = Some(into);
        // Whoever drives looks again before it stops; otherwise the next edge starts a drive, unless
        // what it would find is here already.
        let wake = !side.driving && (side.has_input() || self.connection.maybe_readable());
        drop(side);
        if wake {
            self.post();
        }
        Ok(None)
    }

    #[inline(never)]
    fn receive_blocking<'a>(&'a self, mut side: BriefGuard<'a, ReceiveSide>) -> Result<Received> {
        // An echo is not there yet when its Receive is called.
        let mut wait_first = !side.has_input() && self.connection.seems_empty();
        loop {
            let found = if std::mem::take(&mut wait_first) { Found::Nothing } else { side.look(self) };
            match found {
                Found::Received(received) => return Ok(received),
                Found::Failed(code) => {
                    side.pending = None;
                    self.die(&mut side, &mut self.send.lock(), code);
                    drop(side);
                    // A Send that waits in another thread ends, too.
                    self.sleepers.wake_all();
                    return Err(code);
                }
                Found::More => {
                    drop(side);
                    self.before_waiting();
                    let_others(&self.receive);
                    side = self.receive.lock();
                    if side.pending.is_none() {
                        return Err(side.why_interrupted());
                    }
                    continue;
                }
                Found::PeerClosed | Found::Nothing => {}
            }
            if self.may_read_apart(&side) {
                let news;
                (side, news) = self.read_apart(side);
                if side.pending.is_none() {
                    return Err(side.why_interrupted());
                }
                if news {
                    continue;
                }
            }
            drop(side);
            let sleep = self.sleepers.prepare().map_err(|_| Code::NOT_ENOUGH_MEMORY);
            side = self.receive.lock();
            let sleep = match sleep {
                Ok(sleep) => sleep,
                Err(code) => {
                    side.pending = None;
                    return Err(code);
                }
            };
            // From here on whoever takes the Receive away also ends the wait.
            if side.pending.is_some() {
                drop(side);
                let waited = self.wait_readable(&sleep);
                side = self.receive.lock();
                if let Err(code) = waited {
                    side.pending = None;
                    return Err(code);
                }
            }
            if side.pending.is_none() {
                return Err(side.why_interrupted());
            }
        }
    }

    /// Whether waiting and reading can be one system call.
    fn may_read_apart(&self, side: &ReceiveSide) -> bool {
        self.connection.when_empty(None) == WhenEmpty::Wait
            && side.receiver.needs_buffer()
            && side.pending.as_ref().is_some_and(|into| side.receiver.direct(into) == 0)
            && match self.before_waiting() {
                (Interest::Read, deadline) => self.connection.when_empty(deadline) == WhenEmpty::Wait,
                _ => false,
            }
    }

    /// Reads what comes in the next moment, without the lock. True: there is something to look at.
    fn read_apart<'a>(
        &'a self,
        mut side: BriefGuard<'a, ReceiveSide>,
    ) -> (BriefGuard<'a, ReceiveSide>, bool) {
        side.reading_apart = true;
        drop(side);
        let mut buffer = buffers::borrow();
        let read = self.connection.read_with(WhenEmpty::Wait, &mut buffer[..buffers::READ]);
        let mut side = self.receive.lock();
        side.reading_apart = false;
        match read {
            Ok(n @ 1..) => {
                side.receiver.attach(buffer);
                side.receiver.received(n);
            }
            // An end, or an error, is found again.
            _ => buffers::give_back(buffer),
        }
        if side.closing {
            // A Close waits for its turn to read.
            self.sleepers.wake_all();
        }
        let nothing = read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        (side, !nothing)
    }

    /// Throws data away until the peer's close frame comes or the time is up (a synchronous Close).
    pub(super) fn await_peer_close(&self, deadline: Instant) -> Result<()> {
        loop {
            let sleep = self.sleepers.prepare().map_err(|_| Code::NOT_ENOUGH_MEMORY)?;
            if self.node.is_closing() {
                return Err(Code::OPERATION_CANCELLED);
            }
            let mut side = self.receive.lock();
            let apart = side.reading_apart;
            let found = if apart { Found::Nothing } else { side.look(self) };
            match found {
                _ if side.close_delivered => {
                    self.peer_closed.store(true, Ordering::SeqCst);
                    return Ok(());
                }
                Found::Failed(code) => return Err(code),
                _ if Instant::now() >= deadline => return Err(Code::TIMEOUT),
                _ => {}
            }
            drop(side);
            if let Found::More = found {
                let_others(&self.receive);
            } else if apart {
                sleep
                    .wait(&Want { socket: None, deadline: Some(deadline) })
                    .map_err(|_| Code::INTERNAL_ERROR)?;
            } else {
                self.wait_readable(&sleep)?;
            }
        }
    }

    /// Waits on the calling thread for the peer; sends what is still to be sent, and a keep-alive when it is due.
    pub(super) fn wait_readable(&self, sleep: &Sleep<'_>) -> Result<()> {
        let (interest, deadline) = self.before_waiting();
        let socket = Some((self.connection.socket().id(), interest));
        let only_the_socket = sleep.wait(&Want { socket, deadline }).map_err(|error| {
            log::error!("waiting failed: {error}");
            Code::INTERNAL_ERROR
        })?;
        if !only_the_socket {
            self.keep_alive();
        }
        Ok(())
    }

    /// Sends what the transport did not take before; what to wait for, and until when.
    fn before_waiting(&self) -> (Interest, Option<Instant>) {
        let mut interest = Interest::Read;
        let mut send = self.send.lock();
        if !send.is_out() && !send.is_sending() && send.failed.is_none() {
            let pumped = send.pump(&self.connection);
            if let Err(error) = pumped {
                send.fail(&error);
            } else if !send.is_out() {
                interest = Interest::ReadOrWrite;
            }
        }
        (interest, self.deadline_of(&send))
    }

    /// Reads and delivers until nothing more can be done; called by the engine. One thread at a
    /// time does it, another only leaves word to look again. A peer and an application that never
    /// stop get a turn among others after a while.
    pub(super) fn drive_receive(&self, turn: &mut Turn<'_>) {
        let mut side = self.receive.lock();
        if side.driving {
            side.look_again = true;
            return;
        }
        side.driving = true;
        let lease = side.lease.take().or_else(|| self.node.lease().ok());
        let mut deliveries = 0;
        let mut more = false;
        while deliveries < TURN {
            side.look_again = false;
            // Mostly there is nothing yet for the Receive that a callback has posted.
            let worth_it = side.has_input() || self.connection.maybe_readable();
            let found = if worth_it { side.look(self) } else { Found::Nothing };
            let ended = match found {
                Found::Received(Received { bytes, kind }) => Some(Completion::Read { bytes, kind }.into()),
                Found::PeerClosed => {
                    self.peer_closed.store(true, Ordering::SeqCst);
                    self.finish_close(&mut self.send.lock())
                }
                Found::Failed(error) => self.fail_operation(&mut side, error),
                Found::More => {
                    more = true;
                    break;
                }
                Found::Nothing => None,
            };
            if let Some(ended) = ended {
                drop(side);
                match &lease {
                    Some(lease) => lease.lend(self.node.handle().key(), || self.deliver(ended)),
                    None => self.deliver(ended),
                }
                deliveries += 1;
                turn.beat();
                side = self.receive.lock();
            } else if !side.look_again {
                break;
            }
        }
        side.driving = false;
        let over = if side.pending.is_some() { std::mem::replace(&mut side.lease, lease) } else { lease };
        // Only one operation has been told that the connection is dead.
        more |= deliveries == TURN || side.dead().is_some() && !self.send.lock().is_idle();
        drop(side);
        drop(over);
        if more {
            self.post();
        }
    }

    /// Tells the operation that waits for the peer, if there is one, that the connection is dead.
    fn fail_operation(&self, side: &mut ReceiveSide, error: Code) -> Option<Ended> {
        let (operation, lease) = if side.pending.take().is_some() {
            (WsOperation::Receive, None)
        } else {
            let mut send = self.send.lock();
            if send.phase != Phase::Closing {
                return None;
            }
            send.phase = Phase::Closed;
            (WsOperation::Close, send.closing.take())
        };
        self.die(side, &mut self.send.lock(), error);
        Some(Ended { completion: Completion::Failed { operation, error }, lease })
    }

    /// Whether the application knows that the peer has closed.
    pub(super) fn close_was_delivered(&self) -> bool {
        self.peer_closed.load(Ordering::SeqCst)
    }
}

impl ReceiveSide {
    pub(super) fn new(fill_limit: usize, surplus: &[u8]) -> ReceiveSide {
        let mut side = ReceiveSide {
            receiver: ws::Receiver::new(fill_limit),
            pending: None,
            lease: None,
            interrupted: None,
            driving: false,
            reading_apart: false,
            look_again: false,
            closing: false,
            close_delivered: false,
            failed: None,
            complaint: None,
            malformed_close: false,
        };
        side.put_surplus(surplus);
        side
    }

    /// Takes what followed the head of the answer to the upgrade, before anything has been read.
    pub(super) fn put_surplus(&mut self, surplus: &[u8]) {
        if surplus.is_empty() {
            return;
        }
        self.receiver.attach(buffers::borrow());
        let space = self.receiver.space();
        let n = surplus.len().min(space.len());
        space[..n].copy_from_slice(&surplus[..n]);
        self.receiver.received(n);
    }

    /// Whether bytes of the peer, or its end, wait here and not in the socket.
    fn has_input(&self) -> bool {
        self.failed.is_some() || self.receiver.has_input()
    }

    /// Takes the pending Receive away; a thread blocked in it ends with `code`.
    pub(super) fn interrupt(&mut self, code: Code) -> bool {
        self.interrupted = Some(code);
        self.pending.take().is_some()
    }

    /// Why the Receive that a thread was blocked in has been taken away.
    fn why_interrupted(&mut self) -> Code {
        self.interrupted.take().unwrap_or(Code::OPERATION_CANCELLED)
    }

    /// The lease, when nothing needs it any more; the caller drops it when it has let go of the lock.
    pub(super) fn idle_lease(&mut self) -> Option<Lease> {
        if self.pending.is_none() { self.lease.take() } else { None }
    }

    /// Why the connection is dead, once an operation has been told.
    pub(super) fn dead(&self) -> Option<Code> {
        match self.failed {
            Some((code, Told::Yes)) => Some(code),
            _ => None,
        }
    }

    pub(super) fn set_dead(&mut self, code: Code) {
        self.failed = Some((code, Told::Yes));
    }

    /// Works through the peer's bytes, reading as much as there is, up to the next thing to tell.
    #[inline]
    fn look(&mut self, socket: &WebSocket) -> Found {
        if self.failed.is_none()
            && let Some(into) = &mut self.pending
            && let Some(received) = take_message(&mut self.receiver, into)
        {
            self.pending = None;
            return Found::Received(received);
        }
        let found = self.look_at_frames(socket);
        give_back_buffer(&mut self.receiver);
        found
    }

    #[inline(never)]
    fn look_at_frames(&mut self, socket: &WebSocket) -> Found {
        if self.failed.is_some() {
            return self.report_failure(socket);
        }
        let mut effort = 0;
        loop {
            if effort >= MOST_EFFORT {
                return Found::More;
            }
            let event = match self.receiver.advance(self.pending.as_mut()) {
                Ok(event) => event,
                Err(violation) => return self.violated(socket, &violation),
            };
            match event {
                ws::Event::NeedInput => match self.read(&socket.connection) {
                    Ok(Read::Some) => effort += A_READ,
                    Ok(Read::Violation(violation)) => return self.violated(socket, &violation),
                    Ok(Read::End) => {
                        log::debug!("the WebSocket peer ended the connection without a close frame");
                        return self.fail(socket, Code::CONNECTION_ERROR);
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        let Some(into) = &self.pending else { return Found::Nothing };
                        return match self.receiver.settle(into) {
                            Some(ws::Event::Data { family, last }) => self.received(family, last),
                            _ => Found::Nothing,
                        };
                    }
                    Err(error) => {
                        log::debug!("receiving on a WebSocket failed: {error}");
                        return self.fail(socket, Code::CONNECTION_ERROR);
                    }
                },
                ws::Event::Data { family, last } => return self.received(family, last),
                ws::Event::DataWaiting => return Found::Nothing,
                // While Close waits, a pong could meet a peer that has closed already, and the reset
                // that it answers with would take its close frame away from us.
                ws::Event::Ping(_) if self.closing => effort += 1,
                ws::Event::Ping(payload) => {
                    socket.send_pong(payload.as_slice());
                    effort += 1;
                }
                ws::Event::Close if self.close_delivered => return Found::Nothing,
                ws::Event::Close if self.pending.take().is_some() => {
                    self.close_delivered = true;
                    socket.peer_closed.store(true, Ordering::SeqCst);
                    return Found::Received(Received { bytes: 0, kind: BufferKind::Close });
                }
                ws::Event::Close if self.closing => {
                    self.close_delivered = true;
                    return Found::PeerClosed;
                }
                ws::Event::Close => return Found::Nothing,
            }
        }
    }

    fn received(&mut self, family: ws::Family, last: bool) -> Found {
        let Some(into) = self.pending.take() else { return Found::Nothing };
        // A buffer's length came as a DWORD.
        Found::Received(Received { bytes: into.filled() as u32, kind: kind_of(family, last) })
    }

    fn violated(&mut self, socket: &WebSocket, violation: &ws::Violation) -> Found {
        log::warn!("the WebSocket peer broke the protocol: {violation}");
        self.complaint = Some(violation.close_code());
        self.malformed_close = violation.is_of_close();
        self.fail(socket, Code::INVALID_SERVER_RESPONSE)
    }

    fn fail(&mut self, socket: &WebSocket, code: Code) -> Found {
        self.failed = Some((code, Told::No));
        self.report_failure(socket)
    }

    /// The failure, when there is an operation that waits to be told of it.
    fn report_failure(&mut self, socket: &WebSocket) -> Found {
        match self.failed {
            Some((code, Told::No)) if self.pending.is_some() || self.closing => {
                if let Some(complaint) = self.complaint.take()
                    && socket.send.lock().phase == Phase::Open
                {
                    socket.send_control(|key| ws::close(Some(complaint), b"", key));
                }
                Found::Failed(code)
            }
            _ => Found::Nothing,
        }
    }

    /// Reads from the connection: the payload of a large frame straight into the caller's room,
    /// everything else into a borrowed buffer.
    fn read(&mut self, from: &Connection) -> io::Result<Read> {
        if let Some(into) = &mut self.pending {
            let direct = self.receiver.direct(into);
            if direct > 0 {
                let n = from.read(&mut into.spare()[..direct])?;
                if n == 0 {
                    return Ok(Read::End);
                }
                into.advance(n);
                return Ok(match self.receiver.received_direct(into, n) {
                    Ok(()) => Read::Some,
                    Err(violation) => Read::Violation(violation),
                });
            }
        }
        if self.receiver.needs_buffer() {
            self.receiver.attach(buffers::borrow());
        }
        let space = self.receiver.space();
        let room = space.len().min(buffers::READ);
        let n = from.read(&mut space[..room])?;
        self.receiver.received(n);
        Ok(if n == 0 { Read::End } else { Read::Some })
    }
}

impl Drop for ReceiveSide {
    fn drop(&mut self) {
        give_back_buffer(&mut self.receiver);
    }
}

/// What most Receives come to: a short message that has been read already.
#[inline]
fn take_message(receiver: &mut ws::Receiver, into: &mut OutBuf) -> Option<Received> {
    // A violation is found again by the closer look that follows.
    let Ok(ws::Event::Data { family, last }) = receiver.take_message(into)? else { return None };
    give_back_buffer(receiver);
    // A buffer's length came as a DWORD.
    Some(Received { bytes: into.filled() as u32, kind: kind_of(family, last) })
}

/// Keeps no buffer in which nothing waits.
#[inline]
fn give_back_buffer(receiver: &mut ws::Receiver) {
    if let Some(buffer) = receiver.detach() {
        buffers::give_back(buffer);
    }
}

fn kind_of(family: ws::Family, last: bool) -> BufferKind {
    match (family, last) {
        (ws::Family::Binary, true) => BufferKind::BinaryMessage,
        (ws::Family::Binary, false) => BufferKind::BinaryFragment,
        (ws::Family::Text, true) => BufferKind::TextMessage,
        (ws::Family::Text, false) => BufferKind::TextFragment,
    }
}

/// How many pings one look deals with: neither the lock nor the thread is the peer's for as long as it likes.
const MOST_EFFORT: u32 = 256;
/// A read, with all in it that is no ping, counts as much as so many.
const A_READ: u32 = 32;

/// What a read gave.
enum Read {
    Some,
    End,
    Violation(ws::Violation),
}
