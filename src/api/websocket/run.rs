//! What the engine calls: completions that were put off, deadlines, then both sides.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crate::api::websocket::WebSocket;
use crate::api::websocket::send::Phase;
use crate::api::websocket::send::SendSide;
use crate::net::engine::Alarm;
use crate::net::engine::Habit;
use crate::net::engine::Reactive;
use crate::net::engine::Turn;
use crate::proto::ws;

impl Reactive for WebSocket {
    fn run(self: Arc<Self>, turn: &mut Turn<'_>) {
        self.deliver_deferred(turn);
        if self.node.is_closing() {
            return;
        }
        let mut all_ended = self.drive_send();
        if self.alarm.take_rang() {
            all_ended.extend(self.expire_close());
            all_ended.extend(self.expire_send());
            self.keep_alive();
        }
        for ended in all_ended {
            self.deliver(ended);
            turn.beat();
        }
        self.drive_receive(turn);
    }

    fn habit(&self) -> Option<&Habit> {
        Some(&self.habit)
    }

    fn alarm(&self) -> &Alarm {
        &self.alarm
    }
}

/// How many completions are delivered before others get a turn.
pub(super) const TURN: usize = 64;

impl WebSocket {
    fn deliver_deferred(&self, turn: &mut Turn<'_>) {
        let mut next = self.deferred.lock().begin();
        let mut left = TURN;
        while let Some(ended) = next {
            self.deliver(ended);
            turn.beat();
            left -= 1;
            if left == 0 {
                if self.deferred.lock().rest() {
                    self.post();
                }
                return;
            }
            next = self.deferred.lock().next();
        }
    }

    /// When something has to be done although nobody sends and nobody receives.
    pub(super) fn deadline_of(&self, send: &SendSide) -> Option<Instant> {
        match send.phase {
            Phase::Closing => send.close_deadline,
            _ => {
                let keep_alive = send.keep_alive_at(self.keepalive_interval());
                keep_alive.into_iter().chain(self.send_deadline(send)).min()
            }
        }
    }

    /// Under the lock: a later deadline that another thread has found before must not come after this one.
    pub(super) fn set_alarm(&self, send: &SendSide) {
        if let (Some(engine), Some(this)) = (&self.engine, self.this.upgrade()) {
            engine.set_alarm(&(this as _), self.deadline_of(send));
        }
    }

    /// Sets `WINHTTP_OPTION_SEND_TIMEOUT`, in milliseconds; for what waits now, too.
    pub(crate) fn set_send_timeout(&self, limit: u32) {
        self.send_timeout.store(limit, Ordering::Relaxed);
        self.set_alarm(&self.send.lock());
        self.sleepers.wake_all();
    }

    /// Sets `WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL`, in milliseconds.
    pub(crate) fn set_keepalive(&self, interval: u32) {
        self.keepalive.store(interval, Ordering::Relaxed);
        self.set_alarm(&self.send.lock());
    }

    pub(super) fn keepalive_interval(&self) -> Duration {
        Duration::from_millis(self.keepalive.load(Ordering::Relaxed).into())
    }

    /// Sends an unsolicited pong when nothing has been sent for the keep-alive interval.
    pub(super) fn keep_alive(&self) {
        let due = self.send.lock().keep_alive_at(self.keepalive_interval());
        if due.is_some_and(|due| due <= Instant::now()) {
            self.send_control(|key| ws::pong(b"", key));
        }
        self.set_alarm(&self.send.lock());
    }
}
