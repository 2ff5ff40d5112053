//! Connections: how they are made, kept, shared and told of.

use std::net::SocketAddr;

use crate::api::options::put;
use crate::api::options::row::*;
use crate::platform;

pub(super) static ROWS: &[Row] = &[
    row(4, "CONNECT_RETRIES", SR, SR, knob!(connect_retries)),
    row(
        73,
        "MAX_CONNS_PER_SERVER",
        S,
        S,
        dword(
            |on| on.read(|settings| settings.max_conns_per_server),
            |on, count| on.change(|settings| settings.max_conns_per_server = at_least_two(count)),
        ),
    ),
    row(
        74,
        "MAX_CONNS_PER_1_0_SERVER",
        S,
        S,
        dword(
            |on| on.read(|settings| settings.max_conns_per_1_0_server),
            |on, count| on.change(|settings| settings.max_conns_per_1_0_server = at_least_two(count)),
        ),
    ),
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
    row(143, "EXPIRE_CONNECTION", R, NONE, flag(|on, ()| on.request()?.expire_connection())),
    row(195, "DISABLE_GLOBAL_POOLING", S, NONE, switch!(own_pool)),
];

/// 0 connections means 2.
fn at_least_two(count: u32) -> u32 {
    if count == 0 { 2 } else { count }
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

const SOCKADDR_STORAGE_SIZE: usize = 128;
#[cfg(target_pointer_width = "64")]
const CONNECTION_INFO_SIZE: usize = 264;
#[cfg(target_pointer_width = "32")]
const CONNECTION_INFO_SIZE: usize = 260;
