//! The bodies of requests and responses.

use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::out::Out;
use crate::abi::types::*;
use crate::api;
use crate::api::Progress;
use crate::api::Request;
use crate::base::InBuf;
use crate::base::OutBuf;

/// Says how many bytes of the body can be read at once; 0 at its end.
///
/// # Safety
///
/// `lpdwNumberOfBytesAvailable` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryDataAvailable(
    hRequest: HINTERNET,
    lpdwNumberOfBytesAvailable: LPDWORD,
) -> BOOL {
    entry("WinHttpQueryDataAvailable", || {
        let progress = api::get::<Request>(handle(hRequest))?.query_data_available()?;
        // SAFETY: the caller's promise.
        let available = unsafe { Out::new(lpdwNumberOfBytesAvailable) };
        Ok(told(progress, &available))
    })
}

/// Reads the body into the caller's buffer until it is full or the body ends.
///
/// # Safety
///
/// `lpBuffer` is null, or writable for `dwNumberOfBytesToRead` bytes until the completion callback
/// (until return, on a synchronous session). `lpdwNumberOfBytesRead` is null, or writable until
/// return.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpReadData(
    hRequest: HINTERNET,
    lpBuffer: LPVOID,
    dwNumberOfBytesToRead: DWORD,
    lpdwNumberOfBytesRead: LPDWORD,
) -> BOOL {
    entry("WinHttpReadData", || {
        // SAFETY: the caller's promise is `OutBuf::new`'s contract.
        let into = unsafe { OutBuf::new(lpBuffer.cast(), dwNumberOfBytesToRead as usize) }?;
        let request = api::get::<Request>(handle(hRequest))?;
        // SAFETY: the caller's promise.
        let read = unsafe { Out::new(lpdwNumberOfBytesRead) };
        if !request.is_async() {
            read.put(0);
        }
        Ok(told(request.read(into)?, &read))
    })
}

/// Writes more of the request's body.
///
/// # Safety
///
/// `lpBuffer` is null, or readable for `dwNumberOfBytesToWrite` bytes until the completion callback
/// (until return, on a synchronous session). `lpdwNumberOfBytesWritten` is null, or writable until
/// return.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWriteData(
    hRequest: HINTERNET,
    lpBuffer: LPCVOID,
    dwNumberOfBytesToWrite: DWORD,
    lpdwNumberOfBytesWritten: LPDWORD,
) -> BOOL {
    entry("WinHttpWriteData", || {
        // SAFETY: the caller's promise is `InBuf::new`'s contract.
        let data = unsafe { InBuf::new(lpBuffer.cast(), dwNumberOfBytesToWrite as usize) }?;
        if let Some(bytes) = api::get::<Request>(handle(hRequest))?.write(data)? {
            // SAFETY: the caller's promise.
            unsafe { Out::new(lpdwNumberOfBytesWritten) }.put(bytes);
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
