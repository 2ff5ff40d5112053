//! Asking the network's DHCP servers, by the system's client. Its library is only there while it is asked.

use std::ffi::c_void;
use std::mem;
use std::ptr;

use windows_sys::Win32::Foundation::ERROR_MORE_DATA;
use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::NetworkManagement::Dhcp::DHCPAPI_PARAMS;
use windows_sys::Win32::NetworkManagement::Dhcp::DHCPCAPI_PARAMS_ARRAY;
use windows_sys::Win32::NetworkManagement::Dhcp::DHCPCAPI_REQUEST_SYNCHRONOUS;

use super::adapters::adapters;
use super::library::Library;

/// What the servers of each network say to an option that is a text, one network after the other. Blocks,
/// for seconds where there is no server.
pub(crate) fn dhcp_answers(option: u32) -> impl Iterator<Item = Vec<u8>> {
    let client = Client::start();
    let adapters = if client.is_some() { adapters() } else { Vec::new() };
    adapters.into_iter().filter_map(move |adapter| client.as_ref()?.ask(&adapter.name, option))
}

type RequestParams = unsafe extern "system" fn(
    u32,
    *mut c_void,
    *const u16,
    *mut c_void,
    DHCPCAPI_PARAMS_ARRAY,
    DHCPCAPI_PARAMS_ARRAY,
    *mut u8,
    *mut u32,
    *const u16,
) -> u32;

struct Client {
    request: RequestParams,
    end: unsafe extern "system" fn(),
    /// What both are in.
    _library: Library,
}

impl Client {
    fn start() -> Option<Client> {
        type Untyped = unsafe extern "system" fn() -> isize;
        let library = Library::load("dhcpcsvc.dll")?;
        let begin = library.function(c"DhcpCApiInitialize")?;
        let end = library.function(c"DhcpCApiCleanup")?;
        let request = library.function(c"DhcpRequestParams")?;
        // SAFETY: these are its parameter and its result.
        let begin = unsafe { mem::transmute::<Untyped, unsafe extern "system" fn(*mut u32) -> u32>(begin) };
        // SAFETY: it has neither.
        let end = unsafe { mem::transmute::<Untyped, unsafe extern "system" fn()>(end) };
        // SAFETY: this is its signature.
        let request = unsafe { mem::transmute::<Untyped, RequestParams>(request) };
        let mut version = 0;
        // SAFETY: the variable is writable.
        let error = unsafe { begin(&raw mut version) };
        (error == ERROR_SUCCESS).then_some(Client { request, end, _library: library })
    }

    fn ask(&self, adapter: &str, option: u32) -> Option<Vec<u8>> {
        let name: Vec<u16> = adapter.encode_utf16().chain([0]).collect();
        let nothing = DHCPCAPI_PARAMS_ARRAY { nParams: 0, Params: ptr::null_mut() };
        let mut room = vec![0u8; 1024];
        for _ in 0..4 {
            let mut wanted = DHCPAPI_PARAMS {
                Flags: 0,
                OptionId: option,
                IsVendor: 0,
                Data: ptr::null_mut(),
                nBytesData: 0,
            };
            let list = DHCPCAPI_PARAMS_ARRAY { nParams: 1, Params: &raw mut wanted };
            let mut size = room.len() as u32;
            // SAFETY: the name ends in a NUL, the lists have as many entries as they say, the room is as large
            // as is said; all of it outlives the call, which is over when it returns. The rest may be null.
            let error = unsafe {
                (self.request)(
                    DHCPCAPI_REQUEST_SYNCHRONOUS,
                    ptr::null_mut(),
                    name.as_ptr(),
                    ptr::null_mut(),
                    nothing,
                    list,
                    room.as_mut_ptr(),
                    &raw mut size,
                    ptr::null(),
                )
            };
            match error {
                ERROR_MORE_DATA if size as usize > room.len() && size <= MOST => {
                    room.resize(size as usize, 0)
                }
                // The answer is somewhere in the room.
                ERROR_SUCCESS if !wanted.Data.is_null() => {
                    let start = (wanted.Data.addr()).checked_sub(room.as_ptr().addr())?;
                    let end = start.checked_add(wanted.nBytesData as usize)?;
                    return room.get(start..end).map(<[u8]>::to_vec);
                }
                error => {
                    log::debug!("DHCP gives no option {option} on {adapter}: {error}");
                    return None;
                }
            }
        }
        None
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // SAFETY: `start` has begun it.
        unsafe { (self.end)() };
    }
}

/// Bytes; an option has 255, some servers cut longer ones in pieces.
const MOST: u32 = 64 * 1024;
