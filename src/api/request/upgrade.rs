//! From a 101 to a WebSocket.

use std::sync::Arc;

use crate::api::Handle;
use crate::api::Notice;
use crate::api::WebSocket;
use crate::api::request::Request;
use crate::api::request::receive::SWITCHING_PROTOCOLS;
use crate::api::request::state::Phase;
use crate::api::websocket::Upgrade;
use crate::base::Code;
use crate::base::Result;
use crate::proto::h1::ResponseHead;
use crate::proto::ws;

impl Request {
    /// Checks that a 101 accepts what this request offered.
    pub(super) fn check_upgrade(&self, head: &ResponseHead) -> Result<()> {
        let state = self.state.lock();
        let leg = state.leg.as_ref().ok_or(Code::INTERNAL_ERROR)?;
        let offer = ws::Offer {
            key: leg.key.as_deref().ok_or(Code::INTERNAL_ERROR)?,
            protocols: &leg.offered(b"Sec-WebSocket-Protocol"),
            extensions: &leg.offered(b"Sec-WebSocket-Extensions"),
        };
        let header = |name: &str| {
            let fields = head.headers.iter();
            fields
                .filter(|field| field.name().eq_ignore_ascii_case(name.as_bytes()))
                // A value that is no text is not what is looked for, but it is there.
                .map(|field| std::str::from_utf8(field.value()).unwrap_or("\u{fffd}"))
                .collect()
        };
        ws::check_response(&offer, &header).map_err(|error| {
            log::warn!("the server's WebSocket handshake is wrong: {error}");
            Code::INVALID_SERVER_RESPONSE
        })
    }

    /// `WinHttpWebSocketCompleteUpgrade`.
    pub(crate) fn complete_upgrade(self: &Arc<Self>, context: usize) -> Result<Handle> {
        let _lease = self.node.lease()?;
        let exchange = {
            let mut state = self.state.lock();
            let accepted = state.response.as_ref().is_some_and(|head| head.status == SWITCHING_PROTOCOLS);
            if !accepted || state.phase != Phase::Response {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            let exchange = state.exchange.take().ok_or(Code::INCORRECT_HANDLE_STATE)?;
            state.phase = Phase::Upgraded;
            exchange
        };
        let settings = self.settings.lock().clone();
        let handle = WebSocket::open(Upgrade {
            connect: self.connect.clone(),
            from: &self.node,
            context,
            connection: exchange.connection,
            surplus: exchange.input.unread(),
            receive_buffer: settings.ws_receive_buffer,
            close_timeout: settings.ws_close_timeout,
            send_timeout: settings.timeouts.send,
            receive_timeout: settings.timeouts.receive,
        })?;
        self.node.notify(&Notice::HandleCreated(handle));
        Ok(handle)
    }
}
