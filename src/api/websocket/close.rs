//! Shutdown, Close, the close status, and the end by `WinHttpCloseHandle`.

use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crate::api::WsOperation;
use crate::api::websocket::Completion;
use crate::api::websocket::Ended;
use crate::api::websocket::WebSocket;
use crate::api::websocket::receive::ReceiveSide;
use crate::api::websocket::send::Phase;
use crate::api::websocket::send::Pumped;
use crate::api::websocket::send::SendSide;
use crate::base::Code;
use crate::base::Result;
use crate::proto::ws;

/// What the peer's close frame said.
pub(crate) struct CloseStatus {
    pub(crate) code: u16,
    pub(crate) reason: Vec<u8>,
}

impl WebSocket {
    /// `WinHttpWebSocketShutdown`: sends the close frame; receiving goes on.
    pub(crate) fn shutdown(&self, status: u16, reason: &[u8]) -> Result<()> {
        check_status(status, reason)?;
        self.await_welcome()?;
        let mut send = self.send.lock();
        self.check_open(&send)?;
        if send.phase != Phase::Open {
            return Err(Code::INVALID_OPERATION);
        }
        send.queue(|key| ws::close(Some(status), reason, key))?;
        send.phase = Phase::Shut;
        if !self.is_async() {
            while send.is_sending() && send.failed.is_none() {
                self.turn.wait(&mut send);
            }
            return self.drain(send, None).1;
        }
        match send.pump(&self.connection) {
            Ok(Pumped::Blocked) => {
                if !send.is_sending() {
                    send.moved = send.last_sent;
                }
                send.shutting_down = self.node.lease().ok();
                self.set_alarm(&send);
                Ok(())
            }
            Ok(Pumped::Empty) => {
                drop(send);
                self.complete(Completion::ShutDown.into());
                Ok(())
            }
            Err(error) => {
                let error = send.fail(&error);
                // Of a Send that waits.
                let ended = send.abandon(error);
                drop(send);
                ended.into_iter().for_each(|ended| self.complete(ended));
                self.complete(Completion::Failed { operation: WsOperation::Shutdown, error }.into());
                Ok(())
            }
        }
    }

    /// `WinHttpWebSocketClose`: the whole close handshake. A pending Receive is cancelled inside this
    /// call, before anything else is told.
    pub(crate) fn close(&self, status: u16, reason: &[u8]) -> Result<()> {
        check_status(status, reason)?;
        self.await_welcome()?;
        let mut receive = self.receive.lock();
        let mut send = self.send.lock();
        if self.node.is_closing() {
            return Err(Code::INVALID_HANDLE);
        }
        if matches!(send.phase, Phase::Closing | Phase::Closed) || send.is_sending() {
            return Err(Code::INVALID_OPERATION);
        }
        if let Some(code) = receive.dead().or(send.failed) {
            return Err(code);
        }
        if send.phase == Phase::Open {
            send.queue(|key| ws::close(Some(status), reason, key))?;
        }
        send.closing = if self.is_async() { Some(self.node.lease()?) } else { None };
        send.phase = Phase::Closing;
        receive.closing = true;
        receive.receiver.discard();
        let deadline = Instant::now() + self.close_limit();
        send.close_deadline = Some(deadline);
        let cancelled = receive.interrupt(Code::OPERATION_CANCELLED);
        if receive.receiver.close().is_some() {
            receive.close_delivered = true;
            self.peer_closed.store(true, Ordering::SeqCst);
        }
        if !self.is_async() {
            drop(send);
            drop(receive);
            self.sleepers.wake_all();
            return self.close_blocking(deadline);
        }
        let pumped = send.pump(&self.connection);
        let ended = match pumped {
            Ok(_) => self.finish_close(&mut send).into_iter().collect(),
            Err(error) => {
                let error = send.fail(&error);
                send.abandon(error)
            }
        };
        let waits = send.phase == Phase::Closing;
        if waits {
            self.set_alarm(&send);
        }
        let receive_lease = receive.idle_lease();
        drop(send);
        drop(receive);
        if cancelled {
            let error = Code::OPERATION_CANCELLED;
            self.deliver(Completion::Failed { operation: WsOperation::Receive, error }.into());
        }
        drop(receive_lease);
        ended.into_iter().for_each(|ended| self.complete(ended));
        if waits {
            self.post();
        }
        Ok(())
    }

    fn close_blocking(&self, deadline: Instant) -> Result<()> {
        let (send, sent) = self.drain(self.send.lock(), Some(deadline));
        drop(send);
        let closed = sent.and_then(|()| self.await_peer_close(deadline));
        let mut receive = self.receive.lock();
        let mut send = self.send.lock();
        send.phase = Phase::Closed;
        if let Err(code) = closed {
            self.die(&mut receive, &mut send, code);
        }
        closed
    }

    /// Whether a waiting Close has now got all it waited for; then it ends, once.
    pub(super) fn finish_close(&self, send: &mut SendSide) -> Option<Ended> {
        let done = send.phase == Phase::Closing && send.is_empty() && self.peer_closed.load(Ordering::SeqCst);
        if !done {
            return None;
        }
        send.phase = Phase::Closed;
        Some(Ended { completion: Completion::Closed, lease: send.closing.take() })
    }

    /// Ends a Close whose time is up; called by the engine.
    pub(super) fn expire_close(&self) -> Option<Ended> {
        let mut receive = self.receive.lock();
        let mut send = self.send.lock();
        let due = send.close_deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if send.phase != Phase::Closing || !due {
            return None;
        }
        send.phase = Phase::Closed;
        self.die(&mut receive, &mut send, Code::TIMEOUT);
        let completion = Completion::Failed { operation: WsOperation::Close, error: Code::TIMEOUT };
        Some(Ended { completion, lease: send.closing.take() })
    }

    /// `WinHttpWebSocketQueryCloseStatus`.
    pub(crate) fn close_status(&self) -> Result<CloseStatus> {
        let receive = self.receive.lock();
        let send = self.send.lock();
        let waiting = send.phase == Phase::Closing;
        match receive.receiver.close() {
            Some(close) if receive.close_delivered && !waiting => {
                Ok(CloseStatus { code: close.code(), reason: close.reason().to_vec() })
            }
            // A malformed close frame is reported as what it was.
            _ if receive.malformed_close && receive.dead().is_some() => Err(Code::INVALID_SERVER_RESPONSE),
            _ => Err(Code::INVALID_OPERATION),
        }
    }

    /// `WinHttpCloseHandle`: ends the connection without a handshake and every operation with
    /// `OPERATION_CANCELLED`. The completions come on an engine thread: callers close while they hold
    /// their own locks.
    pub(crate) fn cancel(&self) {
        if let Some(greeting) = &self.greeting {
            greeting.cancel();
        }
        let mut receive = self.receive.lock();
        let mut send = self.send.lock();
        let receiving = receive.interrupt(Code::OPERATION_CANCELLED);
        let mut ask = false;
        if self.is_async() {
            let error = Code::OPERATION_CANCELLED;
            if receiving {
                ask |= self.defer(Completion::Failed { operation: WsOperation::Receive, error }.into());
            }
            for ended in send.abandon(error) {
                ask |= self.defer(ended);
            }
        }
        let lease = receive.idle_lease();
        self.hang_up(&receive, &send);
        if receive.reading_apart {
            // Nothing else wakes that thread.
            self.connection.abort();
        }
        drop(send);
        drop(receive);
        self.sleepers.wake_all();
        self.turn.notify_all();
        drop(lease);
        if ask {
            self.post();
        }
    }

    /// A Receive or a Close is told by `code` that the connection is dead: it is ended, and nothing more
    /// comes or goes.
    pub(super) fn die(&self, receive: &mut ReceiveSide, send: &mut SendSide, code: Code) {
        receive.set_dead(code);
        self.hang_up(receive, send);
        send.fail_with(Code::CONNECTION_ERROR);
    }

    /// Ends the connection; what the transport has accepted still arrives. The caller has both locks.
    fn hang_up(&self, _receive: &ReceiveSide, send: &SendSide) {
        if send.is_empty()
            && let Some(tls) = self.connection.tls()
        {
            tls.close_notify(self.connection.socket());
        }
        self.connection.socket().hang_up();
    }

    pub(super) fn close_limit(&self) -> Duration {
        Duration::from_millis(self.close_timeout.load(Ordering::Relaxed).into())
    }
}

/// Which close codes are taken: any, but "no status" cannot come with a reason.
fn check_status(status: u16, reason: &[u8]) -> Result<()> {
    if status == NO_STATUS && !reason.is_empty() {
        return Err(Code::INVALID_PARAMETER);
    }
    Ok(())
}

const NO_STATUS: u16 = 1005;
