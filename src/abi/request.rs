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
/// The strings are null, or UTF-16 text that ends in a NUL; `ppwszAcceptTypes` is null, or an array
/// of such strings that ends in a null; all until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpOpenRequest(
    hConnect: HINTERNET,
    pwszVerb: LPCWSTR,
    pwszObjectName: LPCWSTR,
    pwszVersion: LPCWSTR,
    pwszReferrer: LPCWSTR,
    ppwszAcceptTypes: *mut LPCWSTR,
    dwFlags: DWORD,
) -> HINTERNET {
    entry("WinHttpOpenRequest", || {
        let connect = api::get::<Connect>(handle(hConnect))?;
        // SAFETY: the caller's promise, here and below.
        let accept = unsafe { texts(ppwszAcceptTypes) };
        // SAFETY: as above.
        let verb = unsafe { wide::text_or_empty(pwszVerb) };
        // SAFETY: as above.
        let object = unsafe { wide::text_or_empty(pwszObjectName) };
        // SAFETY: as above.
        let version = unsafe { wide::text_or_empty(pwszVersion) };
        // SAFETY: as above.
        let referrer = unsafe { wide::text(pwszReferrer) };
        Request::open(&connect, &Opening { verb, object, version, referrer, accept, flags: dwFlags })
    })
}

/// Sends the request, with its body or the beginning of it.
///
/// # Safety
///
/// `lpszHeaders` is null, or readable for `dwHeadersLength` characters, or ends in a NUL when that is
/// -1 or 0. `lpOptional` is null, or readable for `dwOptionalLength` bytes and unchanged until the
/// request has ended.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpSendRequest(
    hRequest: HINTERNET,
    lpszHeaders: LPCWSTR,
    dwHeadersLength: DWORD,
    lpOptional: LPVOID,
    dwOptionalLength: DWORD,
    dwTotalLength: DWORD,
    dwContext: DWORD_PTR,
) -> BOOL {
    entry("WinHttpSendRequest", || {
        let request = api::get::<Request>(handle(hRequest))?;
        // A length of 0 means the same as -1 here.
        let length = if dwHeadersLength == 0 { DWORD::MAX } else { dwHeadersLength };
        // SAFETY: the caller's promise.
        let headers = unsafe { wide::counted_or_text(lpszHeaders, length) };
        // SAFETY: the caller's promise is `InBuf::new`'s contract.
        let optional = unsafe { InBuf::new(lpOptional.cast_const().cast(), dwOptionalLength as usize) }?;
        request.send(headers, Body { optional, total: dwTotalLength }, dwContext)
    })
}

/// Waits for the response's head.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpReceiveResponse(hRequest: HINTERNET, _lpReserved: LPVOID) -> BOOL {
    entry("WinHttpReceiveResponse", || api::get::<Request>(handle(hRequest))?.receive_response())
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
