//! Error codes of WinHTTP's own; general Win32 codes are not here.

use crate::abi::types::DWORD;

// Errors.

/// Where the codes start.
pub const WINHTTP_ERROR_BASE: DWORD = 12000;
/// No more handles.
pub const ERROR_WINHTTP_OUT_OF_HANDLES: DWORD = 12001;
/// The operation took too long.
pub const ERROR_WINHTTP_TIMEOUT: DWORD = 12002;
/// Unexpected internal failure.
pub const ERROR_WINHTTP_INTERNAL_ERROR: DWORD = 12004;
/// Malformed URL.
pub const ERROR_WINHTTP_INVALID_URL: DWORD = 12005;
/// Neither http nor https.
pub const ERROR_WINHTTP_UNRECOGNIZED_SCHEME: DWORD = 12006;
/// Host name lookup failed.
pub const ERROR_WINHTTP_NAME_NOT_RESOLVED: DWORD = 12007;
/// Unknown or unsupported option.
pub const ERROR_WINHTTP_INVALID_OPTION: DWORD = 12009;
/// Option can only be read.
pub const ERROR_WINHTTP_OPTION_NOT_SETTABLE: DWORD = 12011;
/// The library is being unloaded.
pub const ERROR_WINHTTP_SHUTDOWN: DWORD = 12012;
/// Automatic logon was refused.
pub const ERROR_WINHTTP_LOGIN_FAILURE: DWORD = 12015;
/// The operation was cancelled.
pub const ERROR_WINHTTP_OPERATION_CANCELLED: DWORD = 12017;
/// Handle of the wrong kind.
pub const ERROR_WINHTTP_INCORRECT_HANDLE_TYPE: DWORD = 12018;
/// Right handle, wrong moment.
pub const ERROR_WINHTTP_INCORRECT_HANDLE_STATE: DWORD = 12019;
/// No connection could be made.
pub const ERROR_WINHTTP_CANNOT_CONNECT: DWORD = 12029;
/// The connection ended abnormally.
pub const ERROR_WINHTTP_CONNECTION_ERROR: DWORD = 12030;
/// Send the same request again.
pub const ERROR_WINHTTP_RESEND_REQUEST: DWORD = 12032;
/// Certificate expired or not yet valid.
pub const ERROR_WINHTTP_SECURE_CERT_DATE_INVALID: DWORD = 12037;
/// Certificate for another host.
pub const ERROR_WINHTTP_SECURE_CERT_CN_INVALID: DWORD = 12038;
/// The server asks for a client certificate.
pub const ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED: DWORD = 12044;
/// Certificate chain ends in an untrusted root.
pub const ERROR_WINHTTP_SECURE_INVALID_CA: DWORD = 12045;
/// Revocation could not be checked.
pub const ERROR_WINHTTP_SECURE_CERT_REV_FAILED: DWORD = 12057;
/// Needs Open first.
pub const ERROR_WINHTTP_CANNOT_CALL_BEFORE_OPEN: DWORD = 12100;
/// Needs Send first.
pub const ERROR_WINHTTP_CANNOT_CALL_BEFORE_SEND: DWORD = 12101;
/// Too late after Send.
pub const ERROR_WINHTTP_CANNOT_CALL_AFTER_SEND: DWORD = 12102;
/// Too late after Open.
pub const ERROR_WINHTTP_CANNOT_CALL_AFTER_OPEN: DWORD = 12103;
/// No such header.
pub const ERROR_WINHTTP_HEADER_NOT_FOUND: DWORD = 12150;
/// The response cannot be parsed.
pub const ERROR_WINHTTP_INVALID_SERVER_RESPONSE: DWORD = 12152;
/// Malformed header.
pub const ERROR_WINHTTP_INVALID_HEADER: DWORD = 12153;
/// Invalid query level.
pub const ERROR_WINHTTP_INVALID_QUERY_REQUEST: DWORD = 12154;
/// The header exists.
pub const ERROR_WINHTTP_HEADER_ALREADY_EXISTS: DWORD = 12155;
/// Too many redirects, or one not allowed.
pub const ERROR_WINHTTP_REDIRECT_FAILED: DWORD = 12156;
/// The TLS library failed.
pub const ERROR_WINHTTP_SECURE_CHANNEL_ERROR: DWORD = 12157;
/// The proxy script failed.
pub const ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT: DWORD = 12166;
/// The proxy script could not be fetched.
pub const ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT: DWORD = 12167;
/// Certificate otherwise unusable.
pub const ERROR_WINHTTP_SECURE_INVALID_CERT: DWORD = 12169;
/// Certificate revoked.
pub const ERROR_WINHTTP_SECURE_CERT_REVOKED: DWORD = 12170;
/// Not initialised.
pub const ERROR_WINHTTP_NOT_INITIALIZED: DWORD = 12172;
/// Certificate or TLS problem; the callback has the details.
pub const ERROR_WINHTTP_SECURE_FAILURE: DWORD = 12175;
/// Proxy script in an unknown language.
pub const ERROR_WINHTTP_UNHANDLED_SCRIPT_TYPE: DWORD = 12176;
/// Proxy script error at run time.
pub const ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR: DWORD = 12177;
/// The proxy service failed.
pub const ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR: DWORD = 12178;
/// Certificate for another purpose.
pub const ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE: DWORD = 12179;
/// No proxy script was discovered.
pub const ERROR_WINHTTP_AUTODETECTION_FAILED: DWORD = 12180;
/// Too many response headers.
pub const ERROR_WINHTTP_HEADER_COUNT_EXCEEDED: DWORD = 12181;
/// Response headers too large.
pub const ERROR_WINHTTP_HEADER_SIZE_OVERFLOW: DWORD = 12182;
/// Chunk header too large.
pub const ERROR_WINHTTP_CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW: DWORD = 12183;
/// Too much data to drain.
pub const ERROR_WINHTTP_RESPONSE_DRAIN_OVERFLOW: DWORD = 12184;
/// Client certificate without a key.
pub const ERROR_WINHTTP_CLIENT_CERT_NO_PRIVATE_KEY: DWORD = 12185;
/// The client certificate's key may not be used.
pub const ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY: DWORD = 12186;
/// The proxy asks for a client certificate.
pub const ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED_PROXY: DWORD = 12187;
/// Certificate or TLS problem with the proxy.
pub const ERROR_WINHTTP_SECURE_FAILURE_PROXY: DWORD = 12188;
/// Reserved.
pub const ERROR_WINHTTP_RESERVED_189: DWORD = 12189;
/// The required HTTP version could not be used.
pub const ERROR_WINHTTP_HTTP_PROTOCOL_MISMATCH: DWORD = 12190;
/// Internal notification failed.
pub const ERROR_WINHTTP_GLOBAL_CALLBACK_FAILED: DWORD = 12191;
/// Switched off by policy.
pub const ERROR_WINHTTP_FEATURE_DISABLED: DWORD = 12192;
/// Fast forwarding is not possible here.
pub const ERROR_WINHTTP_FAST_FORWARDING_NOT_SUPPORTED: DWORD = 12193;
/// Highest code.
pub const WINHTTP_ERROR_LAST: DWORD = ERROR_WINHTTP_FAST_FORWARDING_NOT_SUPPORTED;
