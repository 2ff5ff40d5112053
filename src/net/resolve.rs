//! Names to addresses. The system's resolver blocks, so it runs on a helper thread of its own.

use std::net::IpAddr;
use std::net::SocketAddr;
use std::net::ToSocketAddrs;
use std::time::Instant;

use crate::net::helper;
use crate::net::op::Fault;
use crate::net::op::Waiting;

/// The addresses of `host` (a name, or an address without brackets), in the system's order.
/// An abandoned look-up ends by itself; its result is dropped.
pub(crate) async fn resolve(
    waiting: &Waiting,
    host: &str,
    port: u16,
    deadline: Option<Instant>,
) -> Result<Vec<SocketAddr>, Fault> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let host = host.to_owned();
    let ask = move || (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
    helper::elsewhere(waiting, "winhttp-resolve", deadline, ask).await?.map_err(Fault::Io)
}
