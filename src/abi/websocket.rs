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
    request_handle: HINTERNET,
    context: DWORD_PTR,
) -> HINTERNET {
    entry("WinHttpWebSocketCompleteUpgrade", || {
        api::get::<Request>(handle(request_handle))?.complete_upgrade(context)
    })
}

/// Sends a message, or a fragment of one.
///
/// # Safety
///
/// `buffer` is null, or readable for `buffer_length` bytes and unchanged until the completion
/// callback (until return, on a synchronous session).
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketSend(
    socket: HINTERNET,
    buffer_type: WINHTTP_WEB_SOCKET_BUFFER_TYPE,
    buffer: PVOID,
    buffer_length: DWORD,
) -> DWORD {
    entry("WinHttpWebSocketSend", || {
        // SAFETY: the caller's promise is `InBuf::new`'s contract.
        let data = unsafe { InBuf::new(buffer.cast_const().cast(), buffer_length as usize) }?;
        api::with(handle(socket), |socket: &WebSocket| socket.send(buffer_type, data))
    })
}

/// Receives data into the caller's buffer.
///
/// # Safety
///
/// `buffer` is null, or writable for `buffer_length` bytes until the completion callback (until
/// return, on a synchronous session). `bytes_read` and `received_type` are null, or writable until
/// return.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketReceive(
    socket: HINTERNET,
    buffer: PVOID,
    buffer_length: DWORD,
    bytes_read: *mut DWORD,
    received_type: *mut WINHTTP_WEB_SOCKET_BUFFER_TYPE,
) -> DWORD {
    entry("WinHttpWebSocketReceive", || {
        if buffer.is_null() || buffer_length == 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise is `OutBuf::new`'s contract.
        let into = unsafe { OutBuf::new(buffer.cast(), buffer_length as usize) }?;
        let received = api::with(handle(socket), |socket: &WebSocket| socket.receive(into))?;
        if let Some(received) = received {
            // SAFETY: the caller's promise.
            unsafe { Out::new(bytes_read) }.put(received.bytes);
            // SAFETY: the caller's promise.
            unsafe { Out::new(received_type) }.put(received.kind as i32);
        }
        Ok(())
    })
}

/// Sends a close frame; receiving goes on.
///
/// # Safety
///
/// `reason_text` is null, or readable for `reason_length` bytes until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketShutdown(
    socket: HINTERNET,
    status_code: USHORT,
    reason_text: PVOID,
    reason_length: DWORD,
) -> DWORD {
    entry("WinHttpWebSocketShutdown", || {
        // SAFETY: the caller's promise.
        let reason = unsafe { reason(reason_text, reason_length) }?;
        api::get::<WebSocket>(handle(socket))?.shutdown(status_code, reason.as_slice())
    })
}

/// Makes the whole close handshake.
///
/// # Safety
///
/// As for [`WinHttpWebSocketShutdown`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketClose(
    socket: HINTERNET,
    status_code: USHORT,
    reason_text: PVOID,
    reason_length: DWORD,
) -> DWORD {
    entry("WinHttpWebSocketClose", || {
        // SAFETY: the caller's promise.
        let reason = unsafe { reason(reason_text, reason_length) }?;
        api::get::<WebSocket>(handle(socket))?.close(status_code, reason.as_slice())
    })
}

/// Says what the peer's close frame said.
///
/// # Safety
///
/// `status_variable` and `reason_length_consumed` are null, or writable; `reason_text` is null, or writable
/// for `reason_length` bytes; all until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWebSocketQueryCloseStatus(
    socket: HINTERNET,
    status_variable: *mut USHORT,
    reason_text: PVOID,
    reason_length: DWORD,
    reason_length_consumed: *mut DWORD,
) -> DWORD {
    entry("WinHttpWebSocketQueryCloseStatus", || {
        // SAFETY: the caller's promise.
        let status = unsafe { Out::new(status_variable) };
        // SAFETY: the caller's promise.
        let consumed = unsafe { Out::new(reason_length_consumed) };
        if status.is_null() || consumed.is_null() || (reason_text.is_null() && reason_length > 0) {
            return Err(Code::INVALID_PARAMETER);
        }
        let close = api::get::<WebSocket>(handle(socket))?.close_status()?;
        status.put(close.code);
        consumed.put(close.reason.len() as u32);
        if close.reason.len() > reason_length as usize {
            return Err(Code::INSUFFICIENT_BUFFER);
        }
        if !close.reason.is_empty() {
            // SAFETY: the caller's promise; the length has been compared, so there is room.
            unsafe { out::copy(&close.reason, reason_text.cast()) };
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
