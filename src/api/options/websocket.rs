//! The upgrade to a WebSocket, and the WebSocket itself.

use std::sync::atomic::Ordering;

use crate::api::Object;
use crate::api::options::row::*;
use crate::api::options::timeout::store;
use crate::base::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        114,
        "UPGRADE_TO_WEB_SOCKET",
        R,
        NONE,
        flag(|on, ()| {
            on.request()?.ask_for_upgrade();
            Ok(())
        }),
    ),
    row(
        115,
        "WEB_SOCKET_CLOSE_TIMEOUT",
        RW,
        RW,
        dword(
            |on| match on.object()? {
                Object::WebSocket(socket) => Ok(socket.close_timeout().load(Ordering::Relaxed)),
                _ => on.read(|settings| settings.ws_close_timeout),
            },
            |on, ms| match on.object()? {
                Object::WebSocket(socket) => store(socket.close_timeout(), ms),
                _ => on.change(|settings| settings.ws_close_timeout = ms),
            },
        ),
    ),
    row(
        116,
        "WEB_SOCKET_KEEPALIVE_INTERVAL",
        W,
        NONE,
        dword_in(|on, ms| {
            if ms < LEAST_KEEPALIVE {
                return Err(Code::INVALID_PARAMETER);
            }
            on.websocket()?.set_keepalive(ms);
            Ok(())
        })
        .wrong_size(Code::INVALID_PARAMETER),
    ),
    row(122, "WEB_SOCKET_RECEIVE_BUFFER_SIZE", SR, SR, knob!(ws_receive_buffer)),
    // Any value is taken; one that is too small is noticed when the request is sent.
    row(123, "WEB_SOCKET_SEND_BUFFER_SIZE", SR, SR, knob!(ws_send_buffer)),
];

/// `WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE`, milliseconds.
const LEAST_KEEPALIVE: u32 = 15_000;
