//! Names of HTTP status codes.

use crate::abi::types::DWORD;

// Status codes.

/// Continue.
pub const HTTP_STATUS_CONTINUE: DWORD = 100;
/// Switching Protocols.
pub const HTTP_STATUS_SWITCH_PROTOCOLS: DWORD = 101;
/// OK.
pub const HTTP_STATUS_OK: DWORD = 200;
/// Created.
pub const HTTP_STATUS_CREATED: DWORD = 201;
/// Accepted.
pub const HTTP_STATUS_ACCEPTED: DWORD = 202;
/// Non-Authoritative Information.
pub const HTTP_STATUS_PARTIAL: DWORD = 203;
/// No Content.
pub const HTTP_STATUS_NO_CONTENT: DWORD = 204;
/// Reset Content.
pub const HTTP_STATUS_RESET_CONTENT: DWORD = 205;
/// Partial Content.
pub const HTTP_STATUS_PARTIAL_CONTENT: DWORD = 206;
/// Multi-Status.
pub const HTTP_STATUS_WEBDAV_MULTI_STATUS: DWORD = 207;
/// Multiple Choices.
pub const HTTP_STATUS_AMBIGUOUS: DWORD = 300;
/// Moved Permanently.
pub const HTTP_STATUS_MOVED: DWORD = 301;
/// Found.
pub const HTTP_STATUS_REDIRECT: DWORD = 302;
/// See Other.
pub const HTTP_STATUS_REDIRECT_METHOD: DWORD = 303;
/// Not Modified.
pub const HTTP_STATUS_NOT_MODIFIED: DWORD = 304;
/// Use Proxy.
pub const HTTP_STATUS_USE_PROXY: DWORD = 305;
/// Temporary Redirect.
pub const HTTP_STATUS_REDIRECT_KEEP_VERB: DWORD = 307;
/// Permanent Redirect.
pub const HTTP_STATUS_PERMANENT_REDIRECT: DWORD = 308;
/// Bad Request.
pub const HTTP_STATUS_BAD_REQUEST: DWORD = 400;
/// Unauthorized.
pub const HTTP_STATUS_DENIED: DWORD = 401;
/// Payment Required.
pub const HTTP_STATUS_PAYMENT_REQ: DWORD = 402;
/// Forbidden.
pub const HTTP_STATUS_FORBIDDEN: DWORD = 403;
/// Not Found.
pub const HTTP_STATUS_NOT_FOUND: DWORD = 404;
/// Method Not Allowed.
pub const HTTP_STATUS_BAD_METHOD: DWORD = 405;
/// Not Acceptable.
pub const HTTP_STATUS_NONE_ACCEPTABLE: DWORD = 406;
/// Proxy Authentication Required.
pub const HTTP_STATUS_PROXY_AUTH_REQ: DWORD = 407;
/// Request Timeout.
pub const HTTP_STATUS_REQUEST_TIMEOUT: DWORD = 408;
/// Conflict.
pub const HTTP_STATUS_CONFLICT: DWORD = 409;
/// Gone.
pub const HTTP_STATUS_GONE: DWORD = 410;
/// Length Required.
pub const HTTP_STATUS_LENGTH_REQUIRED: DWORD = 411;
/// Precondition Failed.
pub const HTTP_STATUS_PRECOND_FAILED: DWORD = 412;
/// Content Too Large.
pub const HTTP_STATUS_REQUEST_TOO_LARGE: DWORD = 413;
/// URI Too Long.
pub const HTTP_STATUS_URI_TOO_LONG: DWORD = 414;
/// Unsupported Media Type.
pub const HTTP_STATUS_UNSUPPORTED_MEDIA: DWORD = 415;
/// Retry With.
pub const HTTP_STATUS_RETRY_WITH: DWORD = 449;
/// Internal Server Error.
pub const HTTP_STATUS_SERVER_ERROR: DWORD = 500;
/// Not Implemented.
pub const HTTP_STATUS_NOT_SUPPORTED: DWORD = 501;
/// Bad Gateway.
pub const HTTP_STATUS_BAD_GATEWAY: DWORD = 502;
/// Service Unavailable.
pub const HTTP_STATUS_SERVICE_UNAVAIL: DWORD = 503;
/// Gateway Timeout.
pub const HTTP_STATUS_GATEWAY_TIMEOUT: DWORD = 504;
/// HTTP Version Not Supported.
pub const HTTP_STATUS_VERSION_NOT_SUP: DWORD = 505;
/// Lowest code named.
pub const HTTP_STATUS_FIRST: DWORD = HTTP_STATUS_CONTINUE;
/// Highest code named.
pub const HTTP_STATUS_LAST: DWORD = HTTP_STATUS_VERSION_NOT_SUP;
