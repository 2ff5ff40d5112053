//! What becomes of a connection when its response has been read, or when nobody wants the rest.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use crate::api::Notice;
use crate::api::request::Request;
use crate::api::request::input::Exchange;
use crate::api::request::input::Held;
use crate::api::request::measures::Moment;
use crate::api::request::receive::SWITCHING_PROTOCOLS;
use crate::api::request::state::Upload;
use crate::api::settings::Settings;
use crate::base::Result;
use crate::net::op::Waiting;
use crate::net::pool;
use crate::proto::h1::BodyReader;

impl Request {
    /// Puts the exchange back for the next operation. With the last byte of the body the connection is
    /// free for other requests, without one more call that reads nothing (http spec 4.7).
    pub(super) fn put_back(&self, mut exchange: Exchange) -> Result<()> {
        let ended = exchange.has_ended();
        {
            let mut state = self.state.lock();
            if ended && exchange.keep_when_sent && state.body_is_out() {
                exchange.keep = true;
                state.upload = Upload::Over;
            }
            exchange.keep &= !state.expired;
            state.trailers = exchange.body.as_ref().and_then(BodyReader::trailers).cloned();
            let upgraded = state.response.as_ref().is_some_and(|head| head.status == SWITCHING_PROTOCOLS);
            if ended {
                state.measures.mark(Moment::ReceiveEnd);
            }
            if !ended || upgraded {
                state.exchange = Some(exchange);
                return Ok(());
            }
        }
        if !exchange.tell_end {
            exchange.end();
            return Ok(());
        }
        self.inform(&Notice::ClosingConnection)?;
        exchange.end();
        self.inform(&Notice::ConnectionClosed)
    }

    /// Leaves a response whose body is of no interest: this request goes on elsewhere. A short rest is
    /// worth a short wait.
    pub(super) async fn leave(&self, mut exchange: Exchange, settings: &Settings) {
        self.main.waiting.postpone(None);
        if exchange.drain(&self.main.waiting, settings.max_drain_size, Instant::now() + PATIENCE).await {
            exchange.end();
        }
    }

    /// As [`Request::leave`], but the connection is kept for the next leg; `None` when it is not fit for that.
    pub(super) async fn hold(&self, mut exchange: Exchange, settings: &Settings) -> Option<Held> {
        self.main.waiting.postpone(None);
        let until = Instant::now() + PATIENCE;
        let drained = exchange.drain(&self.main.waiting, settings.max_drain_size, until).await;
        if drained && exchange.keep && exchange.input.unread().is_empty() { exchange.hold() } else { None }
    }

    /// The handle has been closed: what has arrived of the body is read, nothing is waited for.
    pub(super) fn abandon(&self) {
        let (exchange, expired, held) = {
            let mut state = self.state.lock();
            state.upload = Upload::Over;
            (state.exchange.take(), state.expired, state.held.take())
        };
        drop(held);
        let Some(mut exchange) = exchange.filter(|_| !expired) else { return };
        let limit = self.settings.lock().max_drain_size;
        let waiting = Waiting::new();
        if waiting.block_on(exchange.drain(&waiting, limit, Instant::now())) {
            exchange.end();
        }
    }
}

impl Exchange {
    /// The response has been read: the connection is for the next request, or is closed.
    fn end(self) {
        if self.keep
            && self.input.unread().is_empty()
            && let Some(connection) = Arc::into_inner(self.connection)
        {
            pool::put(connection);
        }
    }
}

/// How long the rest of an unwanted body may take; a new connection takes less than a slow server.
const PATIENCE: Duration = Duration::from_secs(1);
