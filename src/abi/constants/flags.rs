//! Flags and values that the functions take: opening, URLs, headers, security, authentication, proxies.

use crate::abi::types::{DWORD, INTERNET_PORT, INTERNET_SCHEME};

// Ports and URL schemes.

/// The scheme's own port.
pub const INTERNET_DEFAULT_PORT: INTERNET_PORT = 0;
/// Port of http.
pub const INTERNET_DEFAULT_HTTP_PORT: INTERNET_PORT = 80;
/// Port of https.
pub const INTERNET_DEFAULT_HTTPS_PORT: INTERNET_PORT = 443;
/// http.
pub const INTERNET_SCHEME_HTTP: INTERNET_SCHEME = 1;
/// https.
pub const INTERNET_SCHEME_HTTPS: INTERNET_SCHEME = 2;
/// ftp.
pub const INTERNET_SCHEME_FTP: INTERNET_SCHEME = 3;
/// SOCKS, for proxies.
pub const INTERNET_SCHEME_SOCKS: INTERNET_SCHEME = 4;

// `WinHttpCrackUrl` and `WinHttpCreateUrl`.

/// Escape path and extra information.
pub const ICU_ESCAPE: DWORD = 0x80000000;
/// Do not convert unsafe characters.
pub const ICU_NO_ENCODE: DWORD = 0x20000000;
/// Turn escapes into characters.
pub const ICU_DECODE: DWORD = 0x10000000;
/// Leave dot segments alone.
pub const ICU_NO_META: DWORD = 0x08000000;
/// Escape spaces only.
pub const ICU_ENCODE_SPACES_ONLY: DWORD = 0x04000000;
/// Leave characters after `?` and `#` alone.
pub const ICU_BROWSER_MODE: DWORD = 0x02000000;
/// Print the port even if it is the scheme's own.
pub const ICU_INCLUDE_DEFAULT_PORT: DWORD = 0x00008000;
/// Refuse user name and password.
pub const ICU_REJECT_USERPWD: DWORD = 0x00004000;
/// Escape user name, password and host too.
pub const ICU_ESCAPE_AUTHORITY: DWORD = 0x00002000;
/// Escape percent signs.
pub const ICU_ENCODE_PERCENT: DWORD = 0x00001000;

// `WinHttpOpen`.

/// Asynchronous session.
pub const WINHTTP_FLAG_ASYNC: DWORD = 0x10000000;
/// Asynchronous session with strong TLS only.
pub const WINHTTP_FLAG_SECURE_DEFAULTS: DWORD = 0x30000000;
/// The machine's static proxy settings.
pub const WINHTTP_ACCESS_TYPE_DEFAULT_PROXY: DWORD = 0;
/// No proxy.
pub const WINHTTP_ACCESS_TYPE_NO_PROXY: DWORD = 1;
/// The proxies given.
pub const WINHTTP_ACCESS_TYPE_NAMED_PROXY: DWORD = 3;
/// The user's and system's proxy settings.
pub const WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY: DWORD = 4;

// `WinHttpOpenRequest`.

/// Escape percent signs in the object name.
pub const WINHTTP_FLAG_ESCAPE_PERCENT: DWORD = 0x00000004;
/// The object name has Latin-1 characters only.
pub const WINHTTP_FLAG_NULL_CODEPAGE: DWORD = 0x00000008;
/// Leave the object name as it is.
pub const WINHTTP_FLAG_ESCAPE_DISABLE: DWORD = 0x00000040;
/// Leave the query part as it is.
pub const WINHTTP_FLAG_ESCAPE_DISABLE_QUERY: DWORD = 0x00000080;
/// Ask proxies for a fresh copy.
pub const WINHTTP_FLAG_BYPASS_PROXY_CACHE: DWORD = 0x00000100;
/// The same under its old name.
pub const WINHTTP_FLAG_REFRESH: DWORD = WINHTTP_FLAG_BYPASS_PROXY_CACHE;
/// Chunk a body of unknown length.
pub const WINHTTP_FLAG_AUTOMATIC_CHUNKING: DWORD = 0x00000200;
/// Use TLS.
pub const WINHTTP_FLAG_SECURE: DWORD = 0x00800000;

// `WinHttpAddRequestHeaders`.

/// Bits of the occurrence index.
pub const WINHTTP_ADDREQ_INDEX_MASK: DWORD = 0x0000FFFF;
/// Bits of the flags.
pub const WINHTTP_ADDREQ_FLAGS_MASK: DWORD = 0xFFFF0000;
/// Add, or fail if it exists.
pub const WINHTTP_ADDREQ_FLAG_ADD_IF_NEW: DWORD = 0x10000000;
/// Add.
pub const WINHTTP_ADDREQ_FLAG_ADD: DWORD = 0x20000000;
/// Join to the existing value with a comma.
pub const WINHTTP_ADDREQ_FLAG_COALESCE_WITH_COMMA: DWORD = 0x40000000;
/// Join to the existing value with a semicolon.
pub const WINHTTP_ADDREQ_FLAG_COALESCE_WITH_SEMICOLON: DWORD = 0x01000000;
/// Join to the existing value.
pub const WINHTTP_ADDREQ_FLAG_COALESCE: DWORD = WINHTTP_ADDREQ_FLAG_COALESCE_WITH_COMMA;
/// Replace, or remove with an empty value.
pub const WINHTTP_ADDREQ_FLAG_REPLACE: DWORD = 0x80000000;
/// Names and values are UTF-16.
pub const WINHTTP_EXTENDED_HEADER_FLAG_UNICODE: DWORD = 0x1;

// `WinHttpSendRequest`, `WinHttpReadDataEx`, time functions.

/// The total length is not known.
pub const WINHTTP_IGNORE_REQUEST_TOTAL_LENGTH: DWORD = 0;
/// A connection handle's connections without TLS.
pub const WINHTTP_QUERY_CONNECTION_GROUP_FLAG_INSECURE: DWORD = 0x1;
/// Complete when the buffer is full.
pub const WINHTTP_READ_DATA_EX_FLAG_FILL_BUFFER: DWORD = 0x1;
/// Bytes an HTTP date needs.
pub const WINHTTP_TIME_FORMAT_BUFSIZE: DWORD = 62;

// TLS: security flags and protocol versions.

/// The connection is TLS.
pub const SECURITY_FLAG_SECURE: DWORD = 0x00000001;
/// Accept an untrusted root.
pub const SECURITY_FLAG_IGNORE_UNKNOWN_CA: DWORD = 0x00000100;
/// Accept a certificate for another purpose.
pub const SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE: DWORD = 0x00000200;
/// Accept another host's certificate.
pub const SECURITY_FLAG_IGNORE_CERT_CN_INVALID: DWORD = 0x00001000;
/// Accept an expired certificate.
pub const SECURITY_FLAG_IGNORE_CERT_DATE_INVALID: DWORD = 0x00002000;
/// Less than 56 key bits.
pub const SECURITY_FLAG_STRENGTH_WEAK: DWORD = 0x10000000;
/// At least 128 key bits.
pub const SECURITY_FLAG_STRENGTH_STRONG: DWORD = 0x20000000;
/// 56 to 127 key bits.
pub const SECURITY_FLAG_STRENGTH_MEDIUM: DWORD = 0x40000000;
/// SSL 2.
pub const WINHTTP_FLAG_SECURE_PROTOCOL_SSL2: DWORD = 0x00000008;
/// SSL 3.
pub const WINHTTP_FLAG_SECURE_PROTOCOL_SSL3: DWORD = 0x00000020;
/// TLS 1.0.
pub const WINHTTP_FLAG_SECURE_PROTOCOL_TLS1: DWORD = 0x00000080;
/// TLS 1.1.
pub const WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_1: DWORD = 0x00000200;
/// TLS 1.2.
pub const WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2: DWORD = 0x00000800;
/// TLS 1.3.
pub const WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3: DWORD = 0x00002000;
/// SSL 2, SSL 3 and TLS 1.0, as in the first SDK.
pub const WINHTTP_FLAG_SECURE_PROTOCOL_ALL: DWORD =
    WINHTTP_FLAG_SECURE_PROTOCOL_SSL2 | WINHTTP_FLAG_SECURE_PROTOCOL_SSL3 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1;

// Authentication.

/// Basic.
pub const WINHTTP_AUTH_SCHEME_BASIC: DWORD = 0x00000001;
/// NTLM.
pub const WINHTTP_AUTH_SCHEME_NTLM: DWORD = 0x00000002;
/// Passport.
pub const WINHTTP_AUTH_SCHEME_PASSPORT: DWORD = 0x00000004;
/// Digest.
pub const WINHTTP_AUTH_SCHEME_DIGEST: DWORD = 0x00000008;
/// Negotiate.
pub const WINHTTP_AUTH_SCHEME_NEGOTIATE: DWORD = 0x00000010;
/// Credentials for the server.
pub const WINHTTP_AUTH_TARGET_SERVER: DWORD = 0x00000000;
/// Credentials for the proxy.
pub const WINHTTP_AUTH_TARGET_PROXY: DWORD = 0x00000001;

// Proxy discovery and settings.

/// Ask DHCP.
pub const WINHTTP_AUTO_DETECT_TYPE_DHCP: DWORD = 0x00000001;
/// Ask DNS.
pub const WINHTTP_AUTO_DETECT_TYPE_DNS_A: DWORD = 0x00000002;
/// Discover the script.
pub const WINHTTP_AUTOPROXY_AUTO_DETECT: DWORD = 0x00000001;
/// Use the script given.
pub const WINHTTP_AUTOPROXY_CONFIG_URL: DWORD = 0x00000002;
/// Keep the host's case.
pub const WINHTTP_AUTOPROXY_HOST_KEEPCASE: DWORD = 0x00000004;
/// Lower-case the host.
pub const WINHTTP_AUTOPROXY_HOST_LOWERCASE: DWORD = 0x00000008;
/// Use a configured script too.
pub const WINHTTP_AUTOPROXY_ALLOW_AUTOCONFIG: DWORD = 0x00000100;
/// Use static settings too.
pub const WINHTTP_AUTOPROXY_ALLOW_STATIC: DWORD = 0x00000200;
/// Use connection manager settings too.
pub const WINHTTP_AUTOPROXY_ALLOW_CM: DWORD = 0x00000400;
/// Use the interface's settings.
pub const WINHTTP_AUTOPROXY_USE_INTERFACE_CONFIG: DWORD = 0x00000800;
/// Run the script in this process.
pub const WINHTTP_AUTOPROXY_RUN_INPROCESS: DWORD = 0x00010000;
/// Never run the script in this process.
pub const WINHTTP_AUTOPROXY_RUN_OUTPROCESS_ONLY: DWORD = 0x00020000;
/// Ignore DirectAccess settings.
pub const WINHTTP_AUTOPROXY_NO_DIRECTACCESS: DWORD = 0x00040000;
/// Bypass this process's cache.
pub const WINHTTP_AUTOPROXY_NO_CACHE_CLIENT: DWORD = 0x00080000;
/// Bypass the service's cache.
pub const WINHTTP_AUTOPROXY_NO_CACHE_SVC: DWORD = 0x00100000;
/// Sort the result.
pub const WINHTTP_AUTOPROXY_SORT_RESULTS: DWORD = 0x00400000;
/// Forget bad proxies and detection state.
pub const WINHTTP_RESET_STATE: DWORD = 0x00000001;
/// Forget what was detected on this network.
pub const WINHTTP_RESET_SWPAD_CURRENT_NETWORK: DWORD = 0x00000002;
/// Forget what was detected on every network.
pub const WINHTTP_RESET_SWPAD_ALL: DWORD = 0x00000004;
/// Forget scripts.
pub const WINHTTP_RESET_SCRIPT_CACHE: DWORD = 0x00000008;
/// Forget everything.
pub const WINHTTP_RESET_ALL: DWORD = 0x0000FFFF;
/// Act as on a network change.
pub const WINHTTP_RESET_NOTIFY_NETWORK_CHANGED: DWORD = 0x00010000;
/// Act on the service too.
pub const WINHTTP_RESET_OUT_OF_PROC: DWORD = 0x00020000;
/// Drop cached resolvers.
pub const WINHTTP_RESET_DISCARD_RESOLVERS: DWORD = 0x00040000;
/// No proxy.
pub const WINHTTP_PROXY_TYPE_DIRECT: DWORD = 0x00000001;
/// Named proxies.
pub const WINHTTP_PROXY_TYPE_PROXY: DWORD = 0x00000002;
/// A script URL.
pub const WINHTTP_PROXY_TYPE_AUTO_PROXY_URL: DWORD = 0x00000004;
/// Automatic detection.
pub const WINHTTP_PROXY_TYPE_AUTO_DETECT: DWORD = 0x00000008;
/// Call on every change.
pub const WINHTTP_PROXY_NOTIFY_CHANGE: DWORD = 0x1;
/// Size of a `WINHTTP_PROXY_NETWORKING_KEY`.
pub const NETWORKING_KEY_BUFSIZE: DWORD = 128;
/// TCP fast open was used.
pub const WINHTTP_REQUEST_STAT_FLAG_TCP_FAST_OPEN: DWORD = 0x00000001;
/// A TLS session was resumed.
pub const WINHTTP_REQUEST_STAT_FLAG_TLS_SESSION_RESUMPTION: DWORD = 0x00000002;
/// TLS false start was used.
pub const WINHTTP_REQUEST_STAT_FLAG_TLS_FALSE_START: DWORD = 0x00000004;
/// A TLS session with the proxy was resumed.
pub const WINHTTP_REQUEST_STAT_FLAG_PROXY_TLS_SESSION_RESUMPTION: DWORD = 0x00000008;
/// TLS false start was used with the proxy.
pub const WINHTTP_REQUEST_STAT_FLAG_PROXY_TLS_FALSE_START: DWORD = 0x00000010;
/// First request of its connection.
pub const WINHTTP_REQUEST_STAT_FLAG_FIRST_REQUEST: DWORD = 0x00000020;
