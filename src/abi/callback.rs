//! Notices as calls of the application's C function: number, payload, length, mask.

use std::ffi::c_void;
use std::ptr;

use crate::abi::constants::*;
use crate::abi::types::*;
use crate::api::BufferKind;
use crate::api::Callback;
use crate::api::Handle;
use crate::api::Notice;

/// The callback that C set: none for NULL.
pub(super) fn from_c(function: WINHTTP_STATUS_CALLBACK, mask: u32) -> Option<Callback> {
    function.map(|function| Callback { function: function as usize, mask })
}

/// Gives a callback back to C.
pub(super) fn to_c(callback: Option<Callback>) -> WINHTTP_STATUS_CALLBACK {
    callback.and_then(|callback| function(callback.function))
}

/// `WINHTTP_INVALID_STATUS_CALLBACK`.
pub(super) fn invalid() -> WINHTTP_STATUS_CALLBACK {
    function(usize::MAX)
}

fn function(address: usize) -> WINHTTP_STATUS_CALLBACK {
    // SAFETY: the address came from a function pointer of this type, or is the marker, which C
    // compares and never calls. `Option` makes 0 harmless.
    unsafe { std::mem::transmute::<usize, WINHTTP_STATUS_CALLBACK>(address) }
}

/// Makes the call, if the application wants it.
pub(super) fn deliver(callback: &Callback, handle: Handle, context: usize, notice: &Notice<'_>) {
    let status = status(notice);
    if !wanted(callback.mask, status) {
        return;
    }
    let Some(function) = function(callback.function) else { return };
    let call = |information: *mut c_void, length: usize| {
        // SAFETY: the application gave this function for exactly such calls; the payload lives
        // until it returns.
        unsafe { function(HINTERNET(handle.raw() as *mut _), context, status, information, length as DWORD) };
    };
    /// The payload is a structure or a number.
    fn with<T>(mut value: T, call: impl Fn(*mut c_void, usize)) {
        call(ptr::from_mut(&mut value).cast(), size_of::<T>());
    }
    /// The payload is text; the length counts characters.
    fn with_text(text: &str, call: impl Fn(*mut c_void, usize)) {
        let mut wide: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let length = wide.len() - 1;
        call(wide.as_mut_ptr().cast(), length);
    }
    match notice {
        Notice::ClosingConnection
        | Notice::ConnectionClosed
        | Notice::GotProxyForUrl
        | Notice::GotProxySettings
        | Notice::HeadersAvailable
        | Notice::ReceivingResponse
        | Notice::SendRequestComplete
        | Notice::SendingRequest
        | Notice::WsCloseComplete
        | Notice::WsShutdownComplete => call(ptr::null_mut(), 0),
        Notice::ConnectedToServer(text)
        | Notice::ConnectingToServer(text)
        | Notice::NameResolved(text)
        | Notice::Redirect(text)
        | Notice::ResolvingName(text) => with_text(text, call),
        Notice::DataAvailable(number)
        | Notice::IntermediateResponse(number)
        | Notice::RequestSent(number)
        | Notice::ResponseReceived(number)
        | Notice::SecureFailure(number)
        | Notice::WriteComplete(number) => with(*number, call),
        Notice::HandleClosing => with(handle.raw(), call),
        Notice::HandleCreated(child) => with(child.raw(), call),
        Notice::ReadComplete { buffer, bytes } => call(*buffer as *mut c_void, *bytes as usize),
        Notice::RequestError { api, error } => {
            let mut result = zeroed_result();
            (result.dwResult, result.dwError) = (*api as usize, error.get());
            with(result, call);
        }
        Notice::WsError { operation, error } => {
            let mut result = zeroed_ws_result();
            result.AsyncResult.dwError = error.get();
            result.Operation = *operation as i32;
            with(result, call);
        }
        Notice::WsReadComplete { bytes, kind } | Notice::WsWriteComplete { bytes, kind } => {
            with(WINHTTP_WEB_SOCKET_STATUS { dwBytesTransferred: *bytes, eBufferType: number(*kind) }, call);
        }
    }
}

// Structures with padding begin as zeroes, so that nothing of ours leaks through it.

fn zeroed_result() -> WINHTTP_ASYNC_RESULT {
    // SAFETY: the structure is all numbers.
    unsafe { std::mem::zeroed() }
}

fn zeroed_ws_result() -> WINHTTP_WEB_SOCKET_ASYNC_RESULT {
    // SAFETY: the structure is all numbers.
    unsafe { std::mem::zeroed() }
}

fn number(kind: BufferKind) -> WINHTTP_WEB_SOCKET_BUFFER_TYPE {
    kind as i32
}

/// Whether the mask lets a status through. CLOSE_COMPLETE and SHUTDOWN_COMPLETE have no flag of
/// their own in the header: they also come to whoever wants all completions.
fn wanted(mask: u32, status: u32) -> bool {
    const ALL_COMPLETIONS: u32 = 0x017E_0000;
    let unnamed =
        matches!(status, WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE | WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE);
    mask & status != 0 || unnamed && mask & ALL_COMPLETIONS == ALL_COMPLETIONS
}

fn status(notice: &Notice<'_>) -> u32 {
    match notice {
        Notice::ClosingConnection => WINHTTP_CALLBACK_STATUS_CLOSING_CONNECTION,
        Notice::ConnectedToServer(_) => WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER,
        Notice::ConnectingToServer(_) => WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER,
        Notice::ConnectionClosed => WINHTTP_CALLBACK_STATUS_CONNECTION_CLOSED,
        Notice::DataAvailable(_) => WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE,
        Notice::GotProxyForUrl => WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE,
        Notice::GotProxySettings => WINHTTP_CALLBACK_STATUS_GETPROXYSETTINGS_COMPLETE,
        Notice::HandleClosing => WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING,
        Notice::HandleCreated(_) => WINHTTP_CALLBACK_STATUS_HANDLE_CREATED,
        Notice::HeadersAvailable => WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE,
        Notice::IntermediateResponse(_) => WINHTTP_CALLBACK_STATUS_INTERMEDIATE_RESPONSE,
        Notice::NameResolved(_) => WINHTTP_CALLBACK_STATUS_NAME_RESOLVED,
        Notice::ReadComplete { .. } | Notice::WsReadComplete { .. } => WINHTTP_CALLBACK_STATUS_READ_COMPLETE,
        Notice::ReceivingResponse => WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE,
        Notice::Redirect(_) => WINHTTP_CALLBACK_STATUS_REDIRECT,
        Notice::RequestError { .. } | Notice::WsError { .. } => WINHTTP_CALLBACK_STATUS_REQUEST_ERROR,
        Notice::RequestSent(_) => WINHTTP_CALLBACK_STATUS_REQUEST_SENT,
        Notice::ResolvingName(_) => WINHTTP_CALLBACK_STATUS_RESOLVING_NAME,
        Notice::ResponseReceived(_) => WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED,
        Notice::SecureFailure(_) => WINHTTP_CALLBACK_STATUS_SECURE_FAILURE,
        Notice::SendRequestComplete => WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE,
        Notice::SendingRequest => WINHTTP_CALLBACK_STATUS_SENDING_REQUEST,
        Notice::WriteComplete(_) | Notice::WsWriteComplete { .. } => WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE,
        Notice::WsCloseComplete => WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE,
        Notice::WsShutdownComplete => WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE,
    }
}
