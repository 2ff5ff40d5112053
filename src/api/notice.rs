//! What an application is told through its status callback.

use crate::api::Handle;
use crate::api::websocket::BufferKind;
use crate::base::Code;

/// One notification; `abi/callback.rs` knows its number and its C payload.
#[derive(Debug)]
pub(crate) enum Notice<'a> {
    ClosingConnection,
    ConnectedToServer(&'a str),
    ConnectingToServer(&'a str),
    ConnectionClosed,
    /// Bytes that can be read at once; 0 at the end of the body.
    DataAvailable(u32),
    /// A proxy resolver has its answer.
    GotProxyForUrl,
    /// A proxy resolver has the settings.
    GotProxySettings,
    HandleClosing,
    HandleCreated(Handle),
    HeadersAvailable,
    IntermediateResponse(u32),
    NameResolved(&'a str),
    /// The caller's buffer and how much of it was filled; 0 at the end of the body.
    ReadComplete {
        buffer: usize,
        bytes: u32,
    },
    ReceivingResponse,
    Redirect(&'a str),
    /// The accepted asynchronous call that failed, by its `API_*` number.
    RequestError {
        api: u32,
        error: Code,
    },
    RequestSent(u32),
    ResolvingName(&'a str),
    ResponseReceived(u32),
    /// `WINHTTP_CALLBACK_STATUS_FLAG_*` bits.
    SecureFailure(u32),
    SendRequestComplete,
    SendingRequest,
    WriteComplete(u32),
    WsCloseComplete,
    WsError {
        operation: WsOperation,
        error: Code,
    },
    WsReadComplete {
        bytes: u32,
        kind: BufferKind,
    },
    WsShutdownComplete,
    WsWriteComplete {
        bytes: u32,
        kind: BufferKind,
    },
}

/// The WebSocket operation that failed, by its `WINHTTP_WEB_SOCKET_OPERATION` number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WsOperation {
    Send = 0,
    Receive = 1,
    Close = 2,
    Shutdown = 3,
}
