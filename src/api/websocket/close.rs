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
use crate::base::BriefGuard;
use crate::base::Code;
use crate::base::MutexGuard;
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
            return self.drain(send).1;
        }
        match send.pump(&self.connection) {
            Ok(Pumped::Blocked) => {
                send.shutting_down = self.node.lease().ok();
                Ok(())
            }
            Ok(Pumped::Empty) => {
                drop(send);
                self.complete(Completion::ShutDown.into());
                Ok(())
            }
            Err(error) => {
                let error = send.fail(&error);
                drop(send);
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
        receive.close_deadline = Some(Instant::now() + self.close_limit());
        let cancelled = receive.interrupt(Code::OPERATION_CANCELLED);
        if receive.receiver.close().is_some() {
            receive.close_delivered = true;
            self.peer_closed.store(true, Ordering::SeqCst);
        }
        if !self.is_async() {
            drop(send);
            drop(receive);
            self.sleepers.wake_all();
            return self.close_blocking();
        }
        let pumped = send.pump(&self.connection);
        let ended = match pumped {
            Ok(_) => self.finish_close(&mut send),
            Err(error) => {
                let error = send.fail(&error);
                send.phase = Phase::Closed;
                let completion = Completion::Failed { operation: WsOperation::Close, error };
                Some(Ended { completion, lease: send.closing.take() })
            }
        };
        let receive_lease = receive.idle_lease();
        drop(send);
        drop(receive);
        if cancelled {
            let error = Code::OPERATION_CANCELLED;
            self.deliver(Completion::Failed { operation: WsOperation::Receive, error }.into());
        }
        drop(receive_lease);
        match ended {
            Some(ended) => self.complete(ended),
            None => {
                self.set_alarm();
                self.post();
            }
        }
        Ok(())
    }

    fn close_blocking(&self) -> Result<()> {
        let (send, sent) = self.drain(self.send.lock());
        drop(send);
        let closed = sent.and_then(|()| self.await_peer_close());
        self.send.lock().phase = Phase::Closed;
        if let Err(code) = closed {
            self.receive.lock().set_dead(code);
            self.send.lock().failed.get_or_insert(Code::CONNECTION_ERROR);
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
        let due = receive.close_deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if send.phase != Phase::Closing || !due {
            return None;
        }
        send.phase = Phase::Closed;
        send.failed.get_or_insert(Code::CONNECTION_ERROR);
        receive.set_dead(Code::TIMEOUT);
        self.hang_up(&receive, &send);
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
            _ => Err(match receive.dead() {
                Some(Code::INVALID_SERVER_RESPONSE) => Code::INVALID_SERVER_RESPONSE,
                _ => Code::INVALID_OPERATION,
            }),
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

    /// Ends the connection; what the transport has accepted still arrives.
    fn hang_up(&self, _receive: &BriefGuard<'_, ReceiveSide>, send: &MutexGuard<'_, SendSide>) {
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
