//! This machine: its addresses, its domain, its calendar.

use std::net::IpAddr;
use std::net::ToSocketAddrs;

use windows_sys::Win32::Foundation::SYSTEMTIME;
use windows_sys::Win32::System::SystemInformation::ComputerNameDnsDomain;
use windows_sys::Win32::System::SystemInformation::GetComputerNameExW;
use windows_sys::Win32::System::SystemInformation::GetLocalTime;
use windows_sys::Win32::System::SystemInformation::GetSystemTime;

use super::adapters::adapters;

/// The addresses of this machine, loopback aside, in the system's order.
pub(crate) fn own_addresses() -> Vec<IpAddr> {
    // The empty name is that of this machine.
    let Ok(found) = ("", 0).to_socket_addrs() else { return Vec::new() };
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found.map(|address| address.ip()) {
        if !address.is_loopback() && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// The DNS domains that this machine is in: its own, then those of its networks.
pub(crate) fn domains() -> Vec<String> {
    own_domain().into_iter().chain(adapters().into_iter().map(|adapter| adapter.domain)).collect()
}

fn own_domain() -> Option<String> {
    let mut name = [0u16; 256];
    let mut length = name.len() as u32;
    // SAFETY: the buffer is writable for so many characters.
    let named = unsafe { GetComputerNameExW(ComputerNameDnsDomain, name.as_mut_ptr(), &raw mut length) };
    let name = name.get(..length as usize).filter(|name| named != 0 && !name.is_empty())?;
    String::from_utf16(name).ok()
}

/// The present moment, in UTC or local time: year, month, week day (0 is Sunday), day, hour, minute,
/// second.
pub(crate) fn calendar(utc: bool) -> [u16; 7] {
    // SAFETY: the structure is all numbers.
    let mut now: SYSTEMTIME = unsafe { std::mem::zeroed() };
    if utc {
        // SAFETY: the variable is writable.
        unsafe { GetSystemTime(&raw mut now) };
    } else {
        // SAFETY: as above.
        unsafe { GetLocalTime(&raw mut now) };
    }
    [now.wYear, now.wMonth, now.wDayOfWeek, now.wDay, now.wHour, now.wMinute, now.wSecond]
}
