//! From a 101 to a WebSocket.

use std::sync::Arc;

use crate::api::Handle;
use crate::api::Notice;
use crate::api::WebSocket;
use crate::api::request::Request;
use crate::api::request::receive::SWITCHING_PROTOCOLS;
use crate::api::request::state::Phase;
use crate::api::websocket::Greeting;
use crate::api::websocket::Upgrade;
use crate::base::Code;
use crate::base::Result;

impl Request {
    /// `WinHttpWebSocketCompleteUpgrade`.
    pub(crate) fn complete_upgrade(self: &Arc<Self>, context: usize) -> Result<Handle> {
        let settings = self.settings.lock().clone();
        let (exchange, greeting) = {
            let mut state = self.state.lock();
            let accepted = state.response.as_ref().is_some_and(|head| head.status == SWITCHING_PROTOCOLS);
            let greeting = match state.phase {
                Phase::Response if accepted => None,
                // A synchronous program need not wait for the answer first: the WebSocket looks at
                // it before its first frame.
                Phase::Sent if state.upgrade && !state.refused && !self.is_async() => {
                    let leg = state.leg.clone().ok_or(Code::INTERNAL_ERROR)?;
                    Some(Greeting::new(leg, &settings))
                }
                _ => return Err(Code::INCORRECT_HANDLE_STATE),
            };
            let exchange = state.exchange.take().ok_or(Code::INCORRECT_HANDLE_STATE)?;
            state.phase = Phase::Upgraded;
            (exchange, greeting)
        };
        let handle = WebSocket::open(Upgrade {
            connect: self.connect.clone(),
            from: &self.node,
            context,
            connection: exchange.connection,
            greeting,
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
