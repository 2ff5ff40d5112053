//! WebSockets. All functions but the first give the error itself; 0 is success.

use crate::abi::constants::WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::out;
use crate::abi::out::Out;
use crate::abi::types::*;
use crate::api;
use crate::api::Request;
use crate::api::WebSocket;
use crate::base::Code;
use crate::base::InBuf;
use crate::base::OutBuf;
use crate::base::Result;

/// Makes a WebSocket of a request whose upgrade the server has accepted. The request can be closed
/// afterwards, or kept.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpWebSocketCompleteUpgrade(
    hRequest: HINTERNET,
    pContext: DWORD_PTR,
) -> HINTERNET {
    entry("WinHttpWebSocketCompleteUpgrade", || {
        api::get::<Request>(handle(hRequest))?.complete_upgrade(pContext)
    })
}

/// Sends a message, or a fragment of one.
///
/// # Safety
///
/// `pvBuffer` is null, or readable for `dwBufferLength` bytes and unchanged until the completion
/// callback (until return, on a synchronous session).
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketSend(
    hWebSocket: HINTERNET,
    eBufferType: WINHTTP_WEB_SOCKET_BUFFER_TYPE,
    pvBuffer: PVOID,
    dwBufferLength: DWORD,
) -> DWORD {
    entry("WinHttpWebSocketSend", || {
        // SAFETY: the caller's promise is `InBuf::new`'s contract.
        let data = unsafe { InBuf::new(pvBuffer.cast_const().cast(), dwBufferLength as usize) }?;
        api::get::<WebSocket>(handle(hWebSocket))?.send(eBufferType, data)
    })
}

/// Receives data into the caller's buffer.
///
/// # Safety
///
/// `pvBuffer` is null, or writable for `dwBufferLength` bytes until the completion callback (until
/// return, on a synchronous session). `pdwBytesRead` and `peBufferType` are null, or writable until
/// return.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketReceive(
    hWebSocket: HINTERNET,
    pvBuffer: PVOID,
    dwBufferLength: DWORD,
    pdwBytesRead: *mut DWORD,
    peBufferType: *mut WINHTTP_WEB_SOCKET_BUFFER_TYPE,
) -> DWORD {
    entry("WinHttpWebSocketReceive", || {
        if pvBuffer.is_null() || dwBufferLength == 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise is `OutBuf::new`'s contract.
        let into = unsafe { OutBuf::new(pvBuffer.cast(), dwBufferLength as usize) }?;
        if let Some(received) = api::get::<WebSocket>(handle(hWebSocket))?.receive(into)? {
            // SAFETY: the caller's promise.
            unsafe { Out::new(pdwBytesRead) }.put(received.bytes);
            // SAFETY: the caller's promise.
            unsafe { Out::new(peBufferType) }.put(received.kind as i32);
        }
        Ok(())
    })
}

/// Sends a close frame; receiving goes on.
///
/// # Safety
///
/// `pvReason` is null, or readable for `dwReasonLength` bytes until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketShutdown(
    hWebSocket: HINTERNET,
    usStatus: USHORT,
    pvReason: PVOID,
    dwReasonLength: DWORD,
) -> DWORD {
    entry("WinHttpWebSocketShutdown", || {
        // SAFETY: the caller's promise.
        let reason = unsafe { reason(pvReason, dwReasonLength) }?;
        api::get::<WebSocket>(handle(hWebSocket))?.shutdown(usStatus, reason.as_slice())
    })
}

/// Makes the whole close handshake.
///
/// # Safety
///
/// As for [`WinHttpWebSocketShutdown`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketClose(
    hWebSocket: HINTERNET,
    usStatus: USHORT,
    pvReason: PVOID,
    dwReasonLength: DWORD,
) -> DWORD {
    entry("WinHttpWebSocketClose", || {
        // SAFETY: the caller's promise.
        let reason = unsafe { reason(pvReason, dwReasonLength) }?;
        api::get::<WebSocket>(handle(hWebSocket))?.close(usStatus, reason.as_slice())
    })
}

/// Says what the peer's close frame said.
///
/// # Safety
///
/// `pusStatus` and `pdwReasonLengthConsumed` are null, or writable; `pvReason` is null, or writable
/// for `dwReasonLength` bytes; all until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketQueryCloseStatus(
    hWebSocket: HINTERNET,
    pusStatus: *mut USHORT,
    pvReason: PVOID,
    dwReasonLength: DWORD,
    pdwReasonLengthConsumed: *mut DWORD,
) -> DWORD {
    entry("WinHttpWebSocketQueryCloseStatus", || {
        // SAFETY: the caller's promise.
        let status = unsafe { Out::new(pusStatus) };
        // SAFETY: the caller's promise.
        let consumed = unsafe { Out::new(pdwReasonLengthConsumed) };
        if status.is_null() || consumed.is_null() || (pvReason.is_null() && dwReasonLength > 0) {
            return Err(Code::INVALID_PARAMETER);
        }
        let close = api::get::<WebSocket>(handle(hWebSocket))?.close_status()?;
        status.put(close.code);
        consumed.put(close.reason.len() as u32);
        if close.reason.len() > dwReasonLength as usize {
            return Err(Code::INSUFFICIENT_BUFFER);
        }
        if !close.reason.is_empty() {
            // SAFETY: the caller's promise; the length has been compared, so there is room.
            unsafe { out::copy(&close.reason, pvReason.cast()) };
        }
        Ok(())
    })
}

/// The reason of a close frame.
///
/// # Safety
///
/// `at` is null, or readable for `length` bytes until the result is dropped.
unsafe fn reason(at: PVOID, length: DWORD) -> Result<InBuf> {
    if length > WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: the caller's promise is stronger than `InBuf::new`'s contract.
    unsafe { InBuf::new(at.cast_const().cast(), length as usize) }
}
