//! Requests: opening, sending, receiving the head.

use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::Body;
use crate::api::Connect;
use crate::api::Opening;
use crate::api::Request;
use crate::base::InBuf;

/// Opens a request.
///
/// # Safety
///
/// The strings are null, or UTF-16 text that ends in a NUL; `accept_types` is null, or an array
/// of such strings that ends in a null; all until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpOpenRequest(
    connect_handle: HINTERNET,
    verb_text: LPCWSTR,
    object_name: LPCWSTR,
    version_text: LPCWSTR,
    referrer_text: LPCWSTR,
    accept_types: *mut LPCWSTR,
    flags: DWORD,
) -> HINTERNET {
    entry("WinHttpOpenRequest", || {
        let connect = api::get::<Connect>(handle(connect_handle))?;
        // SAFETY: the caller's promise, here and below.
        let accept = unsafe { texts(accept_types) };
        // SAFETY: as above.
        let verb = unsafe { wide::text_or_empty(verb_text) };
        // SAFETY: as above.
        let object = unsafe { wide::text_or_empty(object_name) };
        // SAFETY: as above.
        let version = unsafe { wide::text_or_empty(version_text) };
        // SAFETY: as above.
        let referrer = unsafe { wide::text(referrer_text) };
        Request::open(&connect, &Opening { verb, object, version, referrer, accept, flags })
    })
}

/// Sends the request, with its body or the beginning of it.
///
/// # Safety
///
/// `headers_text` is null, or readable for `headers_length` characters, or ends in a NUL when that is
/// -1 or 0. `optional_data` is null, or readable for `optional_length` bytes and unchanged until the
/// request has ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpSendRequest(
    request_handle: HINTERNET,
    headers_text: LPCWSTR,
    headers_length: DWORD,
    optional_data: LPVOID,
    optional_length: DWORD,
    total_length: DWORD,
    context: DWORD_PTR,
) -> BOOL {
    entry("WinHttpSendRequest", || {
        let request = api::get::<Request>(handle(request_handle))?;
        // A length of 0 means the same as -1 here.
        let length = if headers_length == 0 { DWORD::MAX } else { headers_length };
        // SAFETY: the caller's promise.
        let headers = unsafe { wide::counted_or_text(headers_text, length) };
        // SAFETY: the caller's promise is `InBuf::new`'s contract.
        let optional = unsafe { InBuf::new(optional_data.cast_const().cast(), optional_length as usize) }?;
        request.send(headers, Body::new(optional, total_length), context)
    })
}

/// Waits for the response's head.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpReceiveResponse(request_handle: HINTERNET, _reserved: LPVOID) -> BOOL {
    entry("WinHttpReceiveResponse", || api::get::<Request>(handle(request_handle))?.receive_response())
}

/// The strings of an array that ends in a null.
///
/// # Safety
///
/// `array` is null, or such an array of UTF-16 texts that end in a NUL.
unsafe fn texts(mut array: *mut LPCWSTR) -> Vec<Vec<u16>> {
    let mut texts = Vec::new();
    if array.is_null() {
        return texts;
    }
    loop {
        // SAFETY: the caller's promise: readable up to the null.
        let entry = unsafe { array.read_unaligned() };
        // SAFETY: as above.
        let Some(text) = (unsafe { wide::text(entry) }) else { return texts };
        texts.push(text.to_vec());
        // SAFETY: the null has not been reached, so there is another entry.
        array = unsafe { array.add(1) };
    }
}
