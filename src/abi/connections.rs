//! Which connections there are.

use std::ptr;

use crate::abi::constants::*;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::heap;
use crate::abi::out;
use crate::abi::out::Out;
use crate::abi::types::*;
use crate::api;
use crate::api::ConnectionGroups;
use crate::base::Code;
use crate::base::Result;

/// Describes the connections to a server, by the GUIDs that they are marked with.
///
/// The server is that of a request or of a connection handle. The latter means connections with TLS, or,
/// with `WINHTTP_QUERY_CONNECTION_GROUP_FLAG_INSECURE`, those without.
///
/// # Safety
///
/// `connection_guid` is null, or readable; `result_variable` is null, or writable; both until the call
/// returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryConnectionGroup(
    internet: HINTERNET,
    connection_guid: *const GUID,
    flags: ULONGLONG,
    result_variable: *mut *mut WINHTTP_QUERY_CONNECTION_GROUP_RESULT,
) -> DWORD {
    entry("WinHttpQueryConnectionGroup", || {
        // SAFETY: the caller's promise.
        let result = unsafe { Out::new(result_variable) };
        let insecure = ULONGLONG::from(WINHTTP_QUERY_CONNECTION_GROUP_FLAG_INSECURE);
        if result.is_null() || flags & !insecure != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise; nothing is written to it.
        let guid = unsafe { Out::new(connection_guid.cast_mut().cast::<[u8; 16]>()) }.get();
        let groups = api::connection_groups(handle(internet), flags & insecure != 0, guid)?;
        result.put(packed(&groups)?);
        Ok(())
    })
}

/// Frees what `WinHttpQueryConnectionGroup` gave; NULL does no harm.
///
/// # Safety
///
/// `result` is null or such a result, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpFreeQueryConnectionGroupResult(
    result: *mut WINHTTP_QUERY_CONNECTION_GROUP_RESULT,
) {
    // SAFETY: the caller's promise; it is one block.
    unsafe { heap::free(result.cast()) };
}

/// One block of memory: the result, the host, its groups, its name.
fn packed(found: &ConnectionGroups) -> Result<*mut WINHTTP_QUERY_CONNECTION_GROUP_RESULT> {
    let name: Vec<u16> = found.host.encode_utf16().collect();
    let host_at = size_of::<WINHTTP_QUERY_CONNECTION_GROUP_RESULT>();
    let groups_at = host_at + size_of::<WINHTTP_HOST_CONNECTION_GROUP>();
    let name_at = groups_at + found.groups.len() * size_of::<WINHTTP_CONNECTION_GROUP>();
    let block = heap::allocate(name_at + (name.len() + 1) * 2)?;
    // SAFETY: the block goes that far, as it does for the three below.
    let host = unsafe { block.add(host_at) }.cast::<WINHTTP_HOST_CONNECTION_GROUP>();
    // SAFETY: as above.
    let groups = unsafe { block.add(groups_at) }.cast::<WINHTTP_CONNECTION_GROUP>();
    // SAFETY: as above.
    let text = unsafe { block.add(name_at) }.cast::<u16>();
    for (at, (guid, count)) in found.groups.iter().enumerate() {
        // SAFETY: there is room for each of them.
        let group = unsafe { groups.add(at) };
        // SAFETY: as above; the GUID's bytes are as C has them.
        unsafe { out::copy(&count.to_ne_bytes(), group.cast()) };
        // SAFETY: as above.
        let place = unsafe { group.cast::<u8>().add(size_of::<ULONG>()) };
        // SAFETY: as above.
        unsafe { out::copy(guid, place) };
    }
    // SAFETY: the room was counted.
    unsafe { out::copy_text(&name, text) };
    let none = found.groups.is_empty();
    let host_group = WINHTTP_HOST_CONNECTION_GROUP {
        pwszHost: text,
        cConnectionGroups: found.groups.len() as ULONG,
        pConnectionGroups: groups,
    };
    // SAFETY: the block goes that far.
    unsafe { host.write_unaligned(host_group) };
    let result = WINHTTP_QUERY_CONNECTION_GROUP_RESULT {
        cHosts: ULONG::from(!none),
        pHostConnectionGroups: if none { ptr::null_mut() } else { host },
    };
    let block = block.cast::<WINHTTP_QUERY_CONNECTION_GROUP_RESULT>();
    // SAFETY: as above.
    unsafe { block.write_unaligned(result) };
    Ok(block)
}
