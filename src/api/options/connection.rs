//! Connections: how they are made, kept, shared and told of.

use std::net::SocketAddr;
use std::time::Duration;

use crate::api::options::dword_at;
use crate::api::options::put;
use crate::api::options::row::*;
use crate::api::settings::RETRY_408;
use crate::api::settings::RETRY_HANDSHAKE;
use crate::api::settings::RETRY_STALE;
use crate::api::settings::Retries;
use crate::base::Code;
use crate::base::Result;
use crate::net::pool::MatchGuid;
use crate::platform;
use crate::proto::url::Host;

/// How many connections there may be; 0 means 2.
macro_rules! limit {
    ($field:ident) => {
        dword(
            |on| on.read(|settings| settings.$field),
            |on, count| on.change(|settings| settings.$field = if count == 0 { 2 } else { count }),
        )
    };
}

pub(super) static ROWS: &[Row] = &[
    row(4, "CONNECT_RETRIES", SR, SR, knob!(connect_retries)),
    row(73, "MAX_CONNS_PER_SERVER", S, S, limit!(max_conns_per_server)),
    row(74, "MAX_CONNS_PER_1_0_SERVER", S, S, limit!(max_conns_per_1_0_server)),
    row(
        93,
        "CONNECTION_INFO",
        NONE,
        R,
        struct_out(CONNECTION_INFO_SIZE, |on| {
            let (local, peer) = on.request()?.addresses()?;
            Ok(connection_info(local, peer))
        }),
    ),
    row(105, "NETWORK_INTERFACE_AFFINITY", SR, SR, knob!(socket.how.interface)),
    row(
        128,
        "TCP_PRIORITY_HINT",
        SR,
        NONE,
        dword_in(|on, hint| match hint {
            0..=2 => on.change(|settings| settings.socket.how.priority = Some(hint)),
            _ => Err(Code::INVALID_PARAMETER),
        }),
    ),
    row(140, "IPV6_FAST_FALLBACK", S, NONE, switch!(socket.fast_fallback)),
    row(
        141,
        "CONNECTION_STATS_V0",
        NONE,
        R,
        struct_out(TCP_INFO_V0_SIZE, |on| tcp_info(on, TCP_INFO_V0_SIZE)),
    ),
    row(143, "EXPIRE_CONNECTION", R, NONE, flag(|on, ()| on.request()?.expire_connection())),
    row(
        150,
        "CONNECTION_STATS_V1",
        NONE,
        R,
        struct_out(TCP_INFO_V1_SIZE, |on| tcp_info(on, TCP_INFO_V1_SIZE)),
    ),
    row(152, "TCP_KEEPALIVE", S, NONE, struct_in(12, set_keep_alive)),
    row(153, "TCP_FAST_OPEN", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(162, "FAILED_CONNECTION_RETRIES", S, NONE, struct_in(8, set_retries)),
    row(
        165,
        "RESOLUTION_HOSTNAME",
        R,
        NONE,
        text_in(|on, name| {
            if !on.request()?.is_unsent() {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            let name = Host::of_connect(name).map_err(|_| Code::INVALID_PARAMETER)?;
            on.change(|settings| settings.request.resolution_host = Some(name.dial_name()))
        })
        .in_bytes(),
    ),
    row(172, "BACKGROUND_CONNECTIONS", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(173, "FIRST_AVAILABLE_CONNECTION", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(
        177,
        "TCP_PRIORITY_STATUS",
        NONE,
        R,
        dword_out(|on| {
            on.request()?.addresses()?;
            on.read(|settings| settings.socket.how.priority.is_some().into())
        }),
    ),
    row(
        178,
        "CONNECTION_GUID",
        R,
        R,
        Access::Struct {
            size: 16,
            get: |on| Ok(on.request()?.guid().unwrap_or_default().to_vec()),
            set: |on, guid| {
                on.request()?.mark_connection(guid.try_into().map_err(|_| Code::INTERNAL_ERROR)?);
                Ok(())
            },
        },
    ),
    row(179, "MATCH_CONNECTION_GUID", R, NONE, struct_in(24, set_match)),
    row(195, "DISABLE_GLOBAL_POOLING", S, NONE, switch!(own_pool)),
];

/// `WINHTTP_FAILED_CONNECTION_RETRIES`: how often, and after what.
fn set_retries(on: Target<'_>, value: &[u8]) -> Result<()> {
    let (most, conditions) = (dword_at(value, 0), dword_at(value, 4));
    if conditions & !(RETRY_408 | RETRY_HANDSHAKE | RETRY_STALE) != 0 {
        return Err(Code::INVALID_PARAMETER);
    }
    if on.session()?.has_children() {
        return Err(Code::INCORRECT_HANDLE_STATE);
    }
    on.change(|settings| settings.socket.retries = Retries { most, conditions })
}

/// `WINHTTP_MATCH_CONNECTION_GUID`: the GUID, and 64 bits of flags.
fn set_match(on: Target<'_>, value: &[u8]) -> Result<()> {
    const ONLY_MARKED: u32 = 1;
    let guid = value.first_chunk().copied().ok_or(Code::INTERNAL_ERROR)?;
    let flags = dword_at(value, 16);
    if flags & !ONLY_MARKED != 0 || dword_at(value, 20) != 0 {
        return Err(Code::INVALID_PARAMETER);
    }
    on.change(|settings| {
        settings.socket.match_guid = Some(MatchGuid { guid, only_marked: flags & ONLY_MARKED != 0 });
    })
}

/// `tcp_keepalive`: on or off, and two times in milliseconds.
fn set_keep_alive(on: Target<'_>, value: &[u8]) -> Result<()> {
    let ms = |at: usize| Duration::from_millis(dword_at(value, at).into());
    let wish = (dword_at(value, 0) != 0).then(|| (ms(4), ms(8)));
    on.change(|settings| settings.socket.how.keep_alive = wish)
}

/// `TCP_INFO_v1`, or as much of it as `TCP_INFO_v0` has.
fn tcp_info(on: Target<'_>, size: usize) -> Result<Vec<u8>> {
    let tcp = on.request()?.statistics()?;
    let mut info = vec![0; TCP_INFO_V1_SIZE];
    for (at, dword) in [
        (0, tcp.state),
        (4, tcp.mss),
        (20, tcp.rtt_us),
        (24, tcp.min_rtt_us),
        (28, tcp.bytes_in_flight),
        (32, tcp.congestion_window),
        (36, tcp.send_window),
        (40, tcp.receive_window),
        (44, tcp.receive_buffer),
        (64, tcp.bytes_reordered),
        (68, tcp.bytes_retransmitted),
        (72, tcp.fast_retransmits),
        (76, tcp.duplicate_acks),
        (80, tcp.timeouts),
        (92, tcp.limited_by_receiver_ms),
        (108, tcp.limited_by_congestion_ms),
        (124, tcp.limited_by_sender_ms),
    ] {
        put(&mut info, at, &dword.to_ne_bytes());
    }
    for (at, number) in [(8, tcp.connection_ms), (48, tcp.bytes_out), (56, tcp.bytes_in)] {
        put(&mut info, at, &number.to_ne_bytes());
    }
    put(&mut info, 16, &[tcp.timestamps.into()]);
    put(&mut info, 84, &[tcp.syn_retransmits]);
    info.truncate(size);
    Ok(info)
}

/// `WINHTTP_CONNECTION_INFO`: its size, then the local and the remote `SOCKADDR_STORAGE`.
fn connection_info(local: SocketAddr, peer: SocketAddr) -> Vec<u8> {
    let mut info = vec![0; CONNECTION_INFO_SIZE];
    put(&mut info, 0, &(CONNECTION_INFO_SIZE as u32).to_ne_bytes());
    let first = CONNECTION_INFO_SIZE - 2 * SOCKADDR_STORAGE_SIZE;
    put(&mut info, first, &platform::socket_address(local));
    put(&mut info, first + SOCKADDR_STORAGE_SIZE, &platform::socket_address(peer));
    info
}

const TCP_INFO_V0_SIZE: usize = 88;
const TCP_INFO_V1_SIZE: usize = 136;
const SOCKADDR_STORAGE_SIZE: usize = 128;
#[cfg(target_pointer_width = "64")]
const CONNECTION_INFO_SIZE: usize = 264;
#[cfg(target_pointer_width = "32")]
const CONNECTION_INFO_SIZE: usize = 260;
