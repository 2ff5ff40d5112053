//! The network adapters that are up.

use std::ffi::CStr;
use std::ffi::c_void;
use std::mem;
use std::ptr;

use windows_sys::Win32::Foundation::ERROR_BUFFER_OVERFLOW;
use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::NetworkManagement::IpHelper::GAA_FLAG_SKIP_ANYCAST;
use windows_sys::Win32::NetworkManagement::IpHelper::GAA_FLAG_SKIP_DNS_SERVER;
use windows_sys::Win32::NetworkManagement::IpHelper::GAA_FLAG_SKIP_FRIENDLY_NAME;
use windows_sys::Win32::NetworkManagement::IpHelper::GAA_FLAG_SKIP_MULTICAST;
use windows_sys::Win32::NetworkManagement::IpHelper::GAA_FLAG_SKIP_UNICAST;
use windows_sys::Win32::NetworkManagement::IpHelper::IP_ADAPTER_ADDRESSES_LH;
use windows_sys::Win32::NetworkManagement::Ndis::IfOperStatusUp;

use super::library::Library;

pub(super) struct Adapter {
    /// As other functions want it: a GUID in braces.
    pub(super) name: String,
    /// The DNS domain of its network; empty when it has none.
    pub(super) domain: String,
}

/// Those that are up, in the system's order.
pub(super) fn adapters() -> Vec<Adapter> {
    type Function = unsafe extern "system" fn(u32, u32, *const c_void, *mut c_void, *mut u32) -> u32;
    let Some(library) = Library::load("iphlpapi.dll") else { return Vec::new() };
    let Some(function) = library.function(c"GetAdaptersAddresses") else { return Vec::new() };
    // SAFETY: this is its signature.
    let list = unsafe { mem::transmute::<unsafe extern "system" fn() -> isize, Function>(function) };
    const WHAT: u32 = GAA_FLAG_SKIP_UNICAST
        | GAA_FLAG_SKIP_ANYCAST
        | GAA_FLAG_SKIP_MULTICAST
        | GAA_FLAG_SKIP_DNS_SERVER
        | GAA_FLAG_SKIP_FRIENDLY_NAME;
    // Whole words, since there are structures with pointers in it.
    let mut room = vec![0u64; 2048];
    // Adapters may come between two calls.
    for _ in 0..8 {
        let mut size = (room.len() * 8) as u32;
        // SAFETY: the room is as large as is said.
        match unsafe { list(0, WHAT, ptr::null(), room.as_mut_ptr().cast(), &raw mut size) } {
            // SAFETY: the system has just put the list there.
            ERROR_SUCCESS => return unsafe { read(room.as_ptr().cast()) },
            ERROR_BUFFER_OVERFLOW => room.resize(size as usize / 8 + 1, 0),
            _ => return Vec::new(),
        }
    }
    Vec::new()
}

/// # Safety
/// `at` is null or the first entry of a list of the system's.
unsafe fn read(mut at: *const IP_ADAPTER_ADDRESSES_LH) -> Vec<Adapter> {
    let mut found = Vec::new();
    // SAFETY: the caller's promise; each entry points to the next one or to nothing.
    while let Some(entry) = unsafe { at.as_ref() } {
        if entry.OperStatus == IfOperStatusUp && !entry.AdapterName.is_null() {
            // SAFETY: a text of the list's, which ends in a NUL.
            let name = unsafe { CStr::from_ptr(entry.AdapterName.cast()) };
            // SAFETY: as above.
            let domain = unsafe { text(entry.DnsSuffix) };
            found.push(Adapter { name: name.to_string_lossy().into_owned(), domain });
        }
        at = entry.Next;
    }
    found
}

/// # Safety
/// `at` is null or ends in a NUL.
unsafe fn text(at: *const u16) -> String {
    let mut units = Vec::new();
    let mut next = at;
    // SAFETY: the caller's promise; this ends at the NUL.
    while let Some(&unit) = unsafe { next.as_ref() }
        && unit != 0
    {
        units.push(unit);
        next = next.wrapping_add(1);
    }
    String::from_utf16_lossy(&units)
}
