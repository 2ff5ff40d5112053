//! This machine: its addresses, its domain, its calendar.

use std::fs;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::ptr;

/// The addresses of the interfaces that are up, loopback aside, in the system's order.
pub(crate) fn own_addresses() -> Vec<IpAddr> {
    let mut list = ptr::null_mut();
    // SAFETY: the variable is writable.
    if unsafe { libc::getifaddrs(&raw mut list) } != 0 {
        return Vec::new();
    }
    let mut addresses = Vec::new();
    let mut at = list;
    // SAFETY: the list is the system's until it is freed below.
    while let Some(interface) = unsafe { at.as_ref() } {
        if let Some(address) = address_of(interface)
            && !address.is_loopback()
            && !addresses.contains(&address)
        {
            addresses.push(address);
        }
        at = interface.ifa_next;
    }
    // SAFETY: `getifaddrs` gave it, and nothing of it is used any more.
    unsafe { libc::freeifaddrs(list) };
    addresses
}

fn address_of(interface: &libc::ifaddrs) -> Option<IpAddr> {
    if interface.ifa_flags & libc::IFF_UP as u32 == 0 {
        return None;
    }
    // SAFETY: null, or an address of the system's.
    let address = unsafe { interface.ifa_addr.as_ref() }?;
    match i32::from(address.sa_family) {
        libc::AF_INET => {
            // SAFETY: an address of this family is such a structure.
            let v4 = unsafe { ptr::from_ref(address).cast::<libc::sockaddr_in>().read_unaligned() };
            Some(Ipv4Addr::from(v4.sin_addr.s_addr.to_ne_bytes()).into())
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let v6 = unsafe { ptr::from_ref(address).cast::<libc::sockaddr_in6>().read_unaligned() };
            Some(Ipv6Addr::from(v6.sin6_addr.s6_addr).into())
        }
        _ => None,
    }
}

/// The DNS domain of this machine: what follows its own name, else what the resolver adds to names.
pub(crate) fn domain() -> Option<String> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if let Some((_, domain)) = name.trim().split_once('.') {
        return Some(domain.to_owned());
    }
    let settings = fs::read_to_string("/etc/resolv.conf").ok()?;
    // Of `domain` and `search` the last one counts.
    let mut domain = None;
    for line in settings.lines() {
        let mut words = line.split_ascii_whitespace();
        if let Some("domain" | "search") = words.next() {
            domain = words.next();
        }
    }
    domain.map(str::to_owned)
}

/// The address of a proxy script that the network's DHCP server gives: there is no portable way to ask
/// for it.
pub(crate) fn dhcp_script_url() -> Option<String> {
    None
}

/// The present moment, in UTC or local time: year, month, week day (0 is Sunday), day, hour, minute,
/// second.
pub(crate) fn calendar(utc: bool) -> [u16; 7] {
    // SAFETY: null asks for the result alone.
    let now = unsafe { libc::time(ptr::null_mut()) };
    // SAFETY: the structure is numbers and a pointer that may be null.
    let mut parts: libc::tm = unsafe { std::mem::zeroed() };
    if utc {
        // SAFETY: both variables are ours.
        unsafe { libc::gmtime_r(&raw const now, &raw mut parts) };
    } else {
        // SAFETY: as above.
        unsafe { libc::localtime_r(&raw const now, &raw mut parts) };
    }
    let numbers = [
        parts.tm_year + 1900,
        parts.tm_mon + 1,
        parts.tm_wday,
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec,
    ];
    numbers.map(|number| u16::try_from(number).unwrap_or_default())
}
