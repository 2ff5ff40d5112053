//! Versions of HTTP beyond 1.1: what can be wished for, and what came of it. Negotiation always ends at 1.1
//! here, as it does on Windows with a server that has nothing newer, so what tunes the newer versions is
//! taken and has no effect.

use crate::api::options::row::*;
use crate::base::Code;
use crate::base::Result;

pub(super) static ROWS: &[Row] = &[
    row(
        133,
        "ENABLE_HTTP_PROTOCOL",
        SR,
        NONE,
        knob!(protocol.wished, |flags| flags & !PROTOCOLS == 0).wrong_size(Code::INVALID_PARAMETER),
    ),
    row(134, "HTTP_PROTOCOL_USED", NONE, R, dword_out(|_| Ok(0))),
    row(139, "DISABLE_STREAM_QUEUE", SR, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(145, "HTTP_PROTOCOL_REQUIRED", SR, NONE, switch!(protocol.required)),
    row(159, "STREAM_ERROR_CODE", NONE, R, dword_out(no_stream)),
    row(160, "REQUIRE_STREAM_END", SR, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(161, "ENABLE_HTTP2_PLUS_CLIENT_CERT", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(
        164,
        "HTTP2_KEEPALIVE",
        S,
        NONE,
        dword_in(|_, ms| if ms < LEAST_KEEPALIVE { Err(Code::INVALID_PARAMETER) } else { Ok(()) }),
    )
    .without_effect(),
    row(169, "HTTP2_PLUS_TRANSFER_ENCODING", SR, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(183, "HTTP2_RECEIVE_WINDOW", SR, NONE, struct_in(8, |_, _| Ok(()))).without_effect(),
    row(185, "QUIC_STATS", NONE, R, Access::Bytes { get: no_stream }),
    row(188, "HTTP3_KEEPALIVE", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(189, "HTTP3_HANDSHAKE_TIMEOUT", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(190, "HTTP3_INITIAL_RTT", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(191, "HTTP3_STREAM_ERROR_CODE", NONE, R, struct_out(8, no_stream)),
    row(200, "QUIC_STATS_V2", NONE, R, Access::Bytes { get: no_stream }),
    row(202, "QUIC_STREAM_STATS", NONE, R, Access::Bytes { get: no_stream }),
    row(205, "ENABLE_FAST_FORWARDING", R, NONE, refused(no_forwarding)),
    row(206, "FAST_FORWARDING_RESPONSE_DATA", R, NONE, refused(no_forwarding)),
    row(209, "FAST_FORWARDING_STATUS", NONE, R, Access::Bytes { get: no_stream }),
];

/// There is no stream of HTTP/2 or 3 that could be told of.
fn no_stream<T>(_: Target<'_>) -> Result<T> {
    Err(Code::INCORRECT_HANDLE_STATE)
}

fn no_forwarding(_: Target<'_>, (): ()) -> Result<()> {
    Err(Code::FAST_FORWARDING_NOT_SUPPORTED)
}

/// `WINHTTP_PROTOCOL_FLAG_HTTP2` and `_HTTP3`.
const PROTOCOLS: u32 = 3;
/// Milliseconds.
const LEAST_KEEPALIVE: u32 = 5000;
