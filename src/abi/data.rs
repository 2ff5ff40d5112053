//! The bodies of requests and responses.

use crate::abi::constants::WINHTTP_READ_DATA_EX_FLAG_FILL_BUFFER;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::out::Out;
use crate::abi::types::*;
use crate::api;
use crate::api::Amount;
use crate::api::Progress;
use crate::api::Request;
use crate::base::Code;
use crate::base::InBuf;
use crate::base::OutBuf;

/// Says how many bytes of the body can be read at once; 0 at its end.
///
/// # Safety
///
/// `bytes_available` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryDataAvailable(
    request_handle: HINTERNET,
    bytes_available: LPDWORD,
) -> BOOL {
    entry("WinHttpQueryDataAvailable", || {
        let progress = api::get::<Request>(handle(request_handle))?.query_data_available()?;
        // SAFETY: the caller's promise.
        let available = unsafe { Out::new(bytes_available) };
        Ok(told(progress, &available))
    })
}

/// Reads the body into the caller's buffer until it is full or the body ends.
///
/// # Safety
///
/// `buffer` is null, or writable for `bytes_to_read` bytes until the completion callback
/// (until return, on a synchronous session). `bytes_read` is null, or writable until
/// return.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpReadData(
    request_handle: HINTERNET,
    buffer: LPVOID,
    bytes_to_read: DWORD,
    bytes_read: LPDWORD,
) -> BOOL {
    entry("WinHttpReadData", || {
        // SAFETY: the caller's promise is `OutBuf::new`'s contract.
        let into = unsafe { OutBuf::new(buffer.cast(), bytes_to_read as usize) }?;
        let request = api::get::<Request>(handle(request_handle))?;
        // SAFETY: the caller's promise.
        let read = unsafe { Out::new(bytes_read) };
        if !request.is_async() {
            read.put(0);
        }
        Ok(told(request.read(into, Amount::All)?, &read))
    })
}

/// Reads what there is of the body into the caller's buffer, and waits only when there is nothing.
///
/// # Safety
///
/// As for [`WinHttpReadData`]; `_property` is not used.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpReadDataEx(
    request_handle: HINTERNET,
    buffer: LPVOID,
    bytes_to_read: DWORD,
    bytes_read: LPDWORD,
    flags: ULONGLONG,
    property_length: DWORD,
    property: PVOID,
) -> DWORD {
    entry("WinHttpReadDataEx", || {
        let known = ULONGLONG::from(WINHTTP_READ_DATA_EX_FLAG_FILL_BUFFER);
        if flags & !known != 0 || property_length != 0 || !property.is_null() {
            return Err(Code::INVALID_PARAMETER);
        }
        let amount = if flags & known != 0 { Amount::All } else { Amount::Some };
        // SAFETY: the caller's promise is `OutBuf::new`'s contract.
        let into = unsafe { OutBuf::new(buffer.cast(), bytes_to_read as usize) }?;
        let request = api::get::<Request>(handle(request_handle))?;
        // SAFETY: the caller's promise.
        let read = unsafe { Out::new(bytes_read) };
        if !request.is_async() {
            read.put(0);
        }
        told(request.read(into, amount)?, &read);
        Ok(())
    })
}

/// Writes more of the request's body.
///
/// # Safety
///
/// `buffer` is null, or readable for `bytes_to_write` bytes until the completion callback
/// (until return, on a synchronous session). `bytes_written` is null, or writable until
/// return.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWriteData(
    request_handle: HINTERNET,
    buffer: LPCVOID,
    bytes_to_write: DWORD,
    bytes_written: LPDWORD,
) -> BOOL {
    entry("WinHttpWriteData", || {
        // SAFETY: the caller's promise is `InBuf::new`'s contract.
        let data = unsafe { InBuf::new(buffer.cast(), bytes_to_write as usize) }?;
        if let Some(bytes) = api::get::<Request>(handle(request_handle))?.write(data)? {
            // SAFETY: the caller's promise.
            unsafe { Out::new(bytes_written) }.put(bytes);
        }
        Ok(())
    })
}

/// Stores a synchronous result; the caller's variable of an asynchronous call stays as it is.
fn told(progress: Progress, variable: &Out<DWORD>) -> Progress {
    if let Progress::Result(bytes) = progress {
        variable.put(bytes);
    }
    progress
}
