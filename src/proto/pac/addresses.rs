//! Functions of IP addresses.

use std::net::IpAddr;
use std::net::Ipv4Addr;

/// An address as text, IPv6 with or without a scope.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    without_scope(text.trim()).parse().ok()
}

/// An IPv4 address as a number; 0 for anything else.
pub(super) fn number(text: &str) -> u32 {
    text.trim().parse::<Ipv4Addr>().map_or(0, Ipv4Addr::to_bits)
}

/// `isInNet`'s network.
#[derive(Clone, Copy)]
pub(super) struct Net4 {
    address: u32,
    mask: u32,
}

impl Net4 {
    pub(super) fn parse(address: &str, mask: &str) -> Option<Net4> {
        let bits = |text: &str| text.trim().parse().ok().map(Ipv4Addr::to_bits);
        Some(Net4 { address: bits(address)?, mask: bits(mask)? })
    }

    pub(super) fn holds(self, address: Ipv4Addr) -> bool {
        (address.to_bits() ^ self.address) & self.mask == 0
    }
}

/// `isInNetEx`'s network: the addresses of one family that begin with so many bits.
#[derive(Clone, Copy)]
pub(super) struct Net {
    address: IpAddr,
    bits: u32,
}

impl Net {
    /// Reads `address/bits`.
    pub(super) fn parse(text: &str) -> Option<Net> {
        let (address, bits) = text.trim().split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let bits = bits.parse().ok()?;
        (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some(Net { address, bits })
    }

    pub(super) fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= self.bits,
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= self.bits,
            _ => false,
        }
    }
}

/// Addresses as a list with semicolons.
pub(super) fn join(addresses: &[IpAddr]) -> String {
    addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(";")
}

/// The list sorted, IPv6 before IPv4, each in its own spelling; `None` when something in it is no
/// address.
pub(super) fn sorted(list: &str) -> Option<String> {
    let texts: Vec<&str> = list.split(';').map(str::trim).collect();
    let mut addresses =
        texts.into_iter().map(|text| Some((parse(text)?, text))).collect::<Option<Vec<_>>>()?;
    addresses.sort_by_key(|(address, _)| (address.is_ipv4(), *address));
    Some(addresses.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(";"))
}

fn without_scope(text: &str) -> &str {
    text.split_once('%').filter(|(address, _)| address.contains(':')).map_or(text, |(address, _)| address)
}
