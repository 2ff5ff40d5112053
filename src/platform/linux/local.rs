//! This machine: its addresses, its domain, its calendar.

use std::env;
use std::fs;
use std::iter;
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

/// The DNS domains that this machine is in: what follows its own name, then what the resolver adds to names
/// (resolv.conf(5)).
pub(crate) fn domains() -> Vec<String> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let own = name.trim().split_once('.').map(|(_, domain)| domain.to_owned());
    let added = match env::var("LOCALDOMAIN") {
        Ok(list) => list,
        Err(_) => search_list(&fs::read_to_string("/etc/resolv.conf").unwrap_or_default()),
    };
    own.into_iter().chain(added.split_ascii_whitespace().map(str::to_owned)).collect()
}

/// Of `domain` and `search` lines the last one counts.
fn search_list(settings: &str) -> String {
    let mut list = "";
    for line in settings.lines() {
        if let Some(("domain" | "search", rest)) = line.trim_start().split_once([' ', '\t']) {
            list = rest;
        }
    }
    list.to_owned()
}

/// What DHCP servers have said to an option: nobody knows. Each of the clients for Linux keeps their answers in
/// a place and a form of its own, if at all, and says that they are its own affair.
pub(crate) fn dhcp_answers(_option: u32) -> impl Iterator<Item = Vec<u8>> {
    iter::empty()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_list_of_domains_counts() {
        for (settings, list) in [
            ("", ""),
            ("nameserver 127.0.0.1\n# search a.example\n", ""),
            ("search a.example b.example\nnameserver 127.0.0.1\n", "a.example b.example"),
            ("search a.example\ndomain\tb.example", "b.example"),
            ("searching a.example\nsearch\n", ""),
        ] {
            assert_eq!(search_list(settings).trim(), list, "{settings:?}");
        }
    }
}
