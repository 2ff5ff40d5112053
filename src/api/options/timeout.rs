//! How long each step may take, in milliseconds.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use crate::api::Object;
use crate::api::options::row::*;
use crate::base::Result;

pub(super) static ROWS: &[Row] = &[
    row(2, "RESOLVE_TIMEOUT", SR, SCR, knob!(timeouts.resolve)),
    row(3, "CONNECT_TIMEOUT", SR, SCR, knob!(timeouts.connect)),
    row(
        5,
        "SEND_TIMEOUT",
        SRW,
        SCRW,
        dword(
            |on| match on.object()? {
                Object::WebSocket(socket) => Ok(socket.send_timeout().load(Ordering::Relaxed)),
                _ => on.read(|settings| settings.timeouts.send),
            },
            |on, ms| match on.object()? {
                Object::WebSocket(socket) => {
                    socket.set_send_timeout(ms);
                    Ok(())
                }
                _ => on.change(|settings| settings.timeouts.send = ms),
            },
        ),
    ),
    row(
        6,
        "RECEIVE_TIMEOUT",
        SRW,
        SCRW,
        dword(
            |on| match on.object()? {
                Object::WebSocket(socket) => Ok(socket.receive_timeout().load(Ordering::Relaxed)),
                _ => on.read(|settings| settings.timeouts.receive),
            },
            |on, ms| match on.object()? {
                Object::WebSocket(socket) => store(socket.receive_timeout(), ms),
                _ => on.change(|settings| settings.timeouts.receive = ms),
            },
        ),
    ),
    row(
        7,
        "RECEIVE_RESPONSE_TIMEOUT",
        SR,
        SCR,
        dword(
            |on| on.read(|settings| settings.timeouts.response_effective()),
            |on, ms| on.change(|settings| settings.timeouts.response = ms),
        ),
    ),
];

pub(super) fn store(place: &AtomicU32, value: u32) -> Result<()> {
    place.store(value, Ordering::Relaxed);
    Ok(())
}
