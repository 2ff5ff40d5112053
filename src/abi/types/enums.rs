//! The enumerations of `winhttp.h`.
//!
//! A C caller can pass any number, so Rust sees integers; `build.rs` turns each type with its constants into a C
//! enumeration. As for constants, one plain `pub const NAME: TYPE = VALUE;` each.

/// A WebSocket call.
pub type WINHTTP_WEB_SOCKET_OPERATION = i32;
/// `WinHttpWebSocketSend`.
pub const WINHTTP_WEB_SOCKET_SEND_OPERATION: WINHTTP_WEB_SOCKET_OPERATION = 0;
/// `WinHttpWebSocketReceive`.
pub const WINHTTP_WEB_SOCKET_RECEIVE_OPERATION: WINHTTP_WEB_SOCKET_OPERATION = 1;
/// `WinHttpWebSocketClose`.
pub const WINHTTP_WEB_SOCKET_CLOSE_OPERATION: WINHTTP_WEB_SOCKET_OPERATION = 2;
/// `WinHttpWebSocketShutdown`.
pub const WINHTTP_WEB_SOCKET_SHUTDOWN_OPERATION: WINHTTP_WEB_SOCKET_OPERATION = 3;

/// What a WebSocket buffer holds.
pub type WINHTTP_WEB_SOCKET_BUFFER_TYPE = i32;
/// Binary message, or the end of one.
pub const WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE: WINHTTP_WEB_SOCKET_BUFFER_TYPE = 0;
/// Part of a binary message.
pub const WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE: WINHTTP_WEB_SOCKET_BUFFER_TYPE = 1;
/// Text message, or the end of one.
pub const WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE: WINHTTP_WEB_SOCKET_BUFFER_TYPE = 2;
/// Part of a text message.
pub const WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE: WINHTTP_WEB_SOCKET_BUFFER_TYPE = 3;
/// The server closed.
pub const WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE: WINHTTP_WEB_SOCKET_BUFFER_TYPE = 4;

/// Why a WebSocket was closed (RFC 6455, section 7.4.1).
pub type WINHTTP_WEB_SOCKET_CLOSE_STATUS = i32;
/// Normal.
pub const WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1000;
/// An end went away.
pub const WINHTTP_WEB_SOCKET_ENDPOINT_TERMINATED_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1001;
/// Protocol error.
pub const WINHTTP_WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1002;
/// Data of a type that is not accepted.
pub const WINHTTP_WEB_SOCKET_INVALID_DATA_TYPE_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1003;
/// The close frame had no status; never sent.
pub const WINHTTP_WEB_SOCKET_EMPTY_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1005;
/// There was no close frame; never sent.
pub const WINHTTP_WEB_SOCKET_ABORTED_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1006;
/// Data does not fit its type.
pub const WINHTTP_WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1007;
/// Policy.
pub const WINHTTP_WEB_SOCKET_POLICY_VIOLATION_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1008;
/// Message too big.
pub const WINHTTP_WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1009;
/// An extension is missing.
pub const WINHTTP_WEB_SOCKET_UNSUPPORTED_EXTENSIONS_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1010;
/// The server failed.
pub const WINHTTP_WEB_SOCKET_SERVER_ERROR_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1011;
/// TLS failed; never sent.
pub const WINHTTP_WEB_SOCKET_SECURE_HANDSHAKE_ERROR_CLOSE_STATUS: WINHTTP_WEB_SOCKET_CLOSE_STATUS = 1015;

/// Whose proxy settings are asked for.
pub type WINHTTP_PROXY_SETTINGS_TYPE = i32;
/// Unknown.
pub const WinHttpProxySettingsTypeUnknown: WINHTTP_PROXY_SETTINGS_TYPE = 0;
/// Windows Subsystem for Linux.
pub const WinHttpProxySettingsTypeWsl: WINHTTP_PROXY_SETTINGS_TYPE = 1;
/// Windows Subsystem for Android.
pub const WinHttpProxySettingsTypeWsa: WINHTTP_PROXY_SETTINGS_TYPE = 2;
/// Xbox.
pub const WinHttpProxySettingsTypeXbox: WINHTTP_PROXY_SETTINGS_TYPE = 3;

/// Use of encrypted DNS.
pub type WINHTTP_SECURE_DNS_SETTING = i32;
/// As the system does.
pub const WinHttpSecureDnsSettingDefault: WINHTTP_SECURE_DNS_SETTING = 0;
/// Never.
pub const WinHttpSecureDnsSettingForcePlaintext: WINHTTP_SECURE_DNS_SETTING = 1;
/// Always.
pub const WinHttpSecureDnsSettingRequireEncryption: WINHTTP_SECURE_DNS_SETTING = 2;
/// If possible.
pub const WinHttpSecureDnsSettingTryEncryptionWithFallback: WINHTTP_SECURE_DNS_SETTING = 3;
/// Number of settings.
pub const WinHttpSecureDnsSettingMax: WINHTTP_SECURE_DNS_SETTING = 4;

/// Index into `WINHTTP_REQUEST_TIMES`.
pub type WINHTTP_REQUEST_TIME_ENTRY = i32;
/// Proxy detection start.
pub const WinHttpProxyDetectionStart: WINHTTP_REQUEST_TIME_ENTRY = 0;
/// Proxy detection end.
pub const WinHttpProxyDetectionEnd: WINHTTP_REQUEST_TIME_ENTRY = 1;
/// Connection acquire start.
pub const WinHttpConnectionAcquireStart: WINHTTP_REQUEST_TIME_ENTRY = 2;
/// Connection acquire wait end.
pub const WinHttpConnectionAcquireWaitEnd: WINHTTP_REQUEST_TIME_ENTRY = 3;
/// Connection acquire end.
pub const WinHttpConnectionAcquireEnd: WINHTTP_REQUEST_TIME_ENTRY = 4;
/// Name resolution start.
pub const WinHttpNameResolutionStart: WINHTTP_REQUEST_TIME_ENTRY = 5;
/// Name resolution end.
pub const WinHttpNameResolutionEnd: WINHTTP_REQUEST_TIME_ENTRY = 6;
/// Connection establishment start.
pub const WinHttpConnectionEstablishmentStart: WINHTTP_REQUEST_TIME_ENTRY = 7;
/// Connection establishment end.
pub const WinHttpConnectionEstablishmentEnd: WINHTTP_REQUEST_TIME_ENTRY = 8;
/// TLS handshake client leg1 start.
pub const WinHttpTlsHandshakeClientLeg1Start: WINHTTP_REQUEST_TIME_ENTRY = 9;
/// TLS handshake client leg1 end.
pub const WinHttpTlsHandshakeClientLeg1End: WINHTTP_REQUEST_TIME_ENTRY = 10;
/// TLS handshake client leg2 start.
pub const WinHttpTlsHandshakeClientLeg2Start: WINHTTP_REQUEST_TIME_ENTRY = 11;
/// TLS handshake client leg2 end.
pub const WinHttpTlsHandshakeClientLeg2End: WINHTTP_REQUEST_TIME_ENTRY = 12;
/// TLS handshake client leg3 start.
pub const WinHttpTlsHandshakeClientLeg3Start: WINHTTP_REQUEST_TIME_ENTRY = 13;
/// TLS handshake client leg3 end.
pub const WinHttpTlsHandshakeClientLeg3End: WINHTTP_REQUEST_TIME_ENTRY = 14;
/// Stream wait start.
pub const WinHttpStreamWaitStart: WINHTTP_REQUEST_TIME_ENTRY = 15;
/// Stream wait end.
pub const WinHttpStreamWaitEnd: WINHTTP_REQUEST_TIME_ENTRY = 16;
/// Send request start.
pub const WinHttpSendRequestStart: WINHTTP_REQUEST_TIME_ENTRY = 17;
/// Send request headers compression start.
pub const WinHttpSendRequestHeadersCompressionStart: WINHTTP_REQUEST_TIME_ENTRY = 18;
/// Send request headers compression end.
pub const WinHttpSendRequestHeadersCompressionEnd: WINHTTP_REQUEST_TIME_ENTRY = 19;
/// Send request headers end.
pub const WinHttpSendRequestHeadersEnd: WINHTTP_REQUEST_TIME_ENTRY = 20;
/// Send request end.
pub const WinHttpSendRequestEnd: WINHTTP_REQUEST_TIME_ENTRY = 21;
/// Receive response start.
pub const WinHttpReceiveResponseStart: WINHTTP_REQUEST_TIME_ENTRY = 22;
/// Receive response headers decompression start.
pub const WinHttpReceiveResponseHeadersDecompressionStart: WINHTTP_REQUEST_TIME_ENTRY = 23;
/// Receive response headers decompression end.
pub const WinHttpReceiveResponseHeadersDecompressionEnd: WINHTTP_REQUEST_TIME_ENTRY = 24;
/// Receive response headers end.
pub const WinHttpReceiveResponseHeadersEnd: WINHTTP_REQUEST_TIME_ENTRY = 25;
/// Receive response body decompression delta.
pub const WinHttpReceiveResponseBodyDecompressionDelta: WINHTTP_REQUEST_TIME_ENTRY = 26;
/// Receive response end.
pub const WinHttpReceiveResponseEnd: WINHTTP_REQUEST_TIME_ENTRY = 27;
/// Proxy tunnel start.
pub const WinHttpProxyTunnelStart: WINHTTP_REQUEST_TIME_ENTRY = 28;
/// Proxy tunnel end.
pub const WinHttpProxyTunnelEnd: WINHTTP_REQUEST_TIME_ENTRY = 29;
/// Proxy TLS handshake client leg1 start.
pub const WinHttpProxyTlsHandshakeClientLeg1Start: WINHTTP_REQUEST_TIME_ENTRY = 30;
/// Proxy TLS handshake client leg1 end.
pub const WinHttpProxyTlsHandshakeClientLeg1End: WINHTTP_REQUEST_TIME_ENTRY = 31;
/// Proxy TLS handshake client leg2 start.
pub const WinHttpProxyTlsHandshakeClientLeg2Start: WINHTTP_REQUEST_TIME_ENTRY = 32;
/// Proxy TLS handshake client leg2 end.
pub const WinHttpProxyTlsHandshakeClientLeg2End: WINHTTP_REQUEST_TIME_ENTRY = 33;
/// Proxy TLS handshake client leg3 start.
pub const WinHttpProxyTlsHandshakeClientLeg3Start: WINHTTP_REQUEST_TIME_ENTRY = 34;
/// Proxy TLS handshake client leg3 end.
pub const WinHttpProxyTlsHandshakeClientLeg3End: WINHTTP_REQUEST_TIME_ENTRY = 35;
/// Number of entries defined.
pub const WinHttpRequestTimeLast: WINHTTP_REQUEST_TIME_ENTRY = 36;
/// Number of entries with room.
pub const WinHttpRequestTimeMax: WINHTTP_REQUEST_TIME_ENTRY = 64;

/// Index into `WINHTTP_REQUEST_STATS`.
pub type WINHTTP_REQUEST_STAT_ENTRY = i32;
/// Connect failure count.
pub const WinHttpConnectFailureCount: WINHTTP_REQUEST_STAT_ENTRY = 0;
/// Proxy failure count.
pub const WinHttpProxyFailureCount: WINHTTP_REQUEST_STAT_ENTRY = 1;
/// TLS handshake client leg1 size.
pub const WinHttpTlsHandshakeClientLeg1Size: WINHTTP_REQUEST_STAT_ENTRY = 2;
/// TLS handshake server leg1 size.
pub const WinHttpTlsHandshakeServerLeg1Size: WINHTTP_REQUEST_STAT_ENTRY = 3;
/// TLS handshake client leg2 size.
pub const WinHttpTlsHandshakeClientLeg2Size: WINHTTP_REQUEST_STAT_ENTRY = 4;
/// TLS handshake server leg2 size.
pub const WinHttpTlsHandshakeServerLeg2Size: WINHTTP_REQUEST_STAT_ENTRY = 5;
/// Request headers size.
pub const WinHttpRequestHeadersSize: WINHTTP_REQUEST_STAT_ENTRY = 6;
/// Request headers compressed size.
pub const WinHttpRequestHeadersCompressedSize: WINHTTP_REQUEST_STAT_ENTRY = 7;
/// Response headers size.
pub const WinHttpResponseHeadersSize: WINHTTP_REQUEST_STAT_ENTRY = 8;
/// Response headers compressed size.
pub const WinHttpResponseHeadersCompressedSize: WINHTTP_REQUEST_STAT_ENTRY = 9;
/// Response body size.
pub const WinHttpResponseBodySize: WINHTTP_REQUEST_STAT_ENTRY = 10;
/// Response body compressed size.
pub const WinHttpResponseBodyCompressedSize: WINHTTP_REQUEST_STAT_ENTRY = 11;
/// Proxy TLS handshake client leg1 size.
pub const WinHttpProxyTlsHandshakeClientLeg1Size: WINHTTP_REQUEST_STAT_ENTRY = 12;
/// Proxy TLS handshake server leg1 size.
pub const WinHttpProxyTlsHandshakeServerLeg1Size: WINHTTP_REQUEST_STAT_ENTRY = 13;
/// Proxy TLS handshake client leg2 size.
pub const WinHttpProxyTlsHandshakeClientLeg2Size: WINHTTP_REQUEST_STAT_ENTRY = 14;
/// Proxy TLS handshake server leg2 size.
pub const WinHttpProxyTlsHandshakeServerLeg2Size: WINHTTP_REQUEST_STAT_ENTRY = 15;
/// Number of counters defined.
pub const WinHttpRequestStatLast: WINHTTP_REQUEST_STAT_ENTRY = 16;
/// Number of counters with room.
pub const WinHttpRequestStatMax: WINHTTP_REQUEST_STAT_ENTRY = 32;
