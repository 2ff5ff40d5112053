//! This machine's place in the network.

use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::UdpSocket;

/// The IPv4 address that connections to the Internet come from. A datagram socket that is "connected"
/// has the address that the system's routes choose; nothing is sent.
pub(crate) fn outbound_ipv4() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(SOMEWHERE).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(address) if !address.is_unspecified() && !address.is_loopback() => Some(address),
        _ => None,
    }
}

/// An address for documentation, which no network of one's own has.
const SOMEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);
