//! Levels and modifiers of `WinHttpQueryHeaders`.

use crate::abi::types::DWORD;

// Levels.

/// Header `MIME-Version`.
pub const WINHTTP_QUERY_MIME_VERSION: DWORD = 0;
/// Header `Content-Type`.
pub const WINHTTP_QUERY_CONTENT_TYPE: DWORD = 1;
/// Header `Content-Transfer-Encoding`.
pub const WINHTTP_QUERY_CONTENT_TRANSFER_ENCODING: DWORD = 2;
/// Header `Content-ID`.
pub const WINHTTP_QUERY_CONTENT_ID: DWORD = 3;
/// Header `Content-Description`.
pub const WINHTTP_QUERY_CONTENT_DESCRIPTION: DWORD = 4;
/// Header `Content-Length`.
pub const WINHTTP_QUERY_CONTENT_LENGTH: DWORD = 5;
/// Header `Content-Language`.
pub const WINHTTP_QUERY_CONTENT_LANGUAGE: DWORD = 6;
/// Header `Allow`.
pub const WINHTTP_QUERY_ALLOW: DWORD = 7;
/// Header `Public`.
pub const WINHTTP_QUERY_PUBLIC: DWORD = 8;
/// Header `Date`.
pub const WINHTTP_QUERY_DATE: DWORD = 9;
/// Header `Expires`.
pub const WINHTTP_QUERY_EXPIRES: DWORD = 10;
/// Header `Last-Modified`.
pub const WINHTTP_QUERY_LAST_MODIFIED: DWORD = 11;
/// Header `Message-ID`.
pub const WINHTTP_QUERY_MESSAGE_ID: DWORD = 12;
/// Header `URI`.
pub const WINHTTP_QUERY_URI: DWORD = 13;
/// Header `Derived-From`.
pub const WINHTTP_QUERY_DERIVED_FROM: DWORD = 14;
/// Header `Cost`.
pub const WINHTTP_QUERY_COST: DWORD = 15;
/// Header `Link`.
pub const WINHTTP_QUERY_LINK: DWORD = 16;
/// Header `Pragma`.
pub const WINHTTP_QUERY_PRAGMA: DWORD = 17;
/// HTTP version of the status line.
pub const WINHTTP_QUERY_VERSION: DWORD = 18;
/// Status code.
pub const WINHTTP_QUERY_STATUS_CODE: DWORD = 19;
/// Reason phrase.
pub const WINHTTP_QUERY_STATUS_TEXT: DWORD = 20;
/// Status line and headers, each ended by NUL.
pub const WINHTTP_QUERY_RAW_HEADERS: DWORD = 21;
/// Status line and headers, each ended by CR LF.
pub const WINHTTP_QUERY_RAW_HEADERS_CRLF: DWORD = 22;
/// Header `Connection`.
pub const WINHTTP_QUERY_CONNECTION: DWORD = 23;
/// Header `Accept`.
pub const WINHTTP_QUERY_ACCEPT: DWORD = 24;
/// Header `Accept-Charset`.
pub const WINHTTP_QUERY_ACCEPT_CHARSET: DWORD = 25;
/// Header `Accept-Encoding`.
pub const WINHTTP_QUERY_ACCEPT_ENCODING: DWORD = 26;
/// Header `Accept-Language`.
pub const WINHTTP_QUERY_ACCEPT_LANGUAGE: DWORD = 27;
/// Header `Authorization`.
pub const WINHTTP_QUERY_AUTHORIZATION: DWORD = 28;
/// Header `Content-Encoding`.
pub const WINHTTP_QUERY_CONTENT_ENCODING: DWORD = 29;
/// Header `Forwarded`.
pub const WINHTTP_QUERY_FORWARDED: DWORD = 30;
/// Header `From`.
pub const WINHTTP_QUERY_FROM: DWORD = 31;
/// Header `If-Modified-Since`.
pub const WINHTTP_QUERY_IF_MODIFIED_SINCE: DWORD = 32;
/// Header `Location`.
pub const WINHTTP_QUERY_LOCATION: DWORD = 33;
/// Header `Orig-URI`.
pub const WINHTTP_QUERY_ORIG_URI: DWORD = 34;
/// Header `Referer`.
pub const WINHTTP_QUERY_REFERER: DWORD = 35;
/// Header `Retry-After`.
pub const WINHTTP_QUERY_RETRY_AFTER: DWORD = 36;
/// Header `Server`.
pub const WINHTTP_QUERY_SERVER: DWORD = 37;
/// Header `Title`.
pub const WINHTTP_QUERY_TITLE: DWORD = 38;
/// Header `User-Agent`.
pub const WINHTTP_QUERY_USER_AGENT: DWORD = 39;
/// Header `WWW-Authenticate`.
pub const WINHTTP_QUERY_WWW_AUTHENTICATE: DWORD = 40;
/// Header `Proxy-Authenticate`.
pub const WINHTTP_QUERY_PROXY_AUTHENTICATE: DWORD = 41;
/// Header `Accept-Ranges`.
pub const WINHTTP_QUERY_ACCEPT_RANGES: DWORD = 42;
/// Header `Set-Cookie`.
pub const WINHTTP_QUERY_SET_COOKIE: DWORD = 43;
/// Header `Cookie`.
pub const WINHTTP_QUERY_COOKIE: DWORD = 44;
/// The verb.
pub const WINHTTP_QUERY_REQUEST_METHOD: DWORD = 45;
/// Header `Refresh`.
pub const WINHTTP_QUERY_REFRESH: DWORD = 46;
/// Header `Content-Disposition`.
pub const WINHTTP_QUERY_CONTENT_DISPOSITION: DWORD = 47;
/// Header `Age`.
pub const WINHTTP_QUERY_AGE: DWORD = 48;
/// Header `Cache-Control`.
pub const WINHTTP_QUERY_CACHE_CONTROL: DWORD = 49;
/// Header `Content-Base`.
pub const WINHTTP_QUERY_CONTENT_BASE: DWORD = 50;
/// Header `Content-Location`.
pub const WINHTTP_QUERY_CONTENT_LOCATION: DWORD = 51;
/// Header `Content-MD5`.
pub const WINHTTP_QUERY_CONTENT_MD5: DWORD = 52;
/// Header `Content-Range`.
pub const WINHTTP_QUERY_CONTENT_RANGE: DWORD = 53;
/// Header `ETag`.
pub const WINHTTP_QUERY_ETAG: DWORD = 54;
/// Header `Host`.
pub const WINHTTP_QUERY_HOST: DWORD = 55;
/// Header `If-Match`.
pub const WINHTTP_QUERY_IF_MATCH: DWORD = 56;
/// Header `If-None-Match`.
pub const WINHTTP_QUERY_IF_NONE_MATCH: DWORD = 57;
/// Header `If-Range`.
pub const WINHTTP_QUERY_IF_RANGE: DWORD = 58;
/// Header `If-Unmodified-Since`.
pub const WINHTTP_QUERY_IF_UNMODIFIED_SINCE: DWORD = 59;
/// Header `Max-Forwards`.
pub const WINHTTP_QUERY_MAX_FORWARDS: DWORD = 60;
/// Header `Proxy-Authorization`.
pub const WINHTTP_QUERY_PROXY_AUTHORIZATION: DWORD = 61;
/// Header `Range`.
pub const WINHTTP_QUERY_RANGE: DWORD = 62;
/// Header `Transfer-Encoding`.
pub const WINHTTP_QUERY_TRANSFER_ENCODING: DWORD = 63;
/// Header `Upgrade`.
pub const WINHTTP_QUERY_UPGRADE: DWORD = 64;
/// Header `Vary`.
pub const WINHTTP_QUERY_VARY: DWORD = 65;
/// Header `Via`.
pub const WINHTTP_QUERY_VIA: DWORD = 66;
/// Header `Warning`.
pub const WINHTTP_QUERY_WARNING: DWORD = 67;
/// Header `Expect`.
pub const WINHTTP_QUERY_EXPECT: DWORD = 68;
/// Header `Proxy-Connection`.
pub const WINHTTP_QUERY_PROXY_CONNECTION: DWORD = 69;
/// Header `Unless-Modified-Since`.
pub const WINHTTP_QUERY_UNLESS_MODIFIED_SINCE: DWORD = 70;
/// Header `Proxy-Support`.
pub const WINHTTP_QUERY_PROXY_SUPPORT: DWORD = 75;
/// Header `Authentication-Info`.
pub const WINHTTP_QUERY_AUTHENTICATION_INFO: DWORD = 76;
/// Header `PassportURLs`.
pub const WINHTTP_QUERY_PASSPORT_URLS: DWORD = 77;
/// Header `PassportConfig`.
pub const WINHTTP_QUERY_PASSPORT_CONFIG: DWORD = 78;
/// Highest level but `CUSTOM`.
pub const WINHTTP_QUERY_MAX: DWORD = WINHTTP_QUERY_PASSPORT_CONFIG;
/// The header named by the caller.
pub const WINHTTP_QUERY_CUSTOM: DWORD = 65535;
/// Every header, for `WinHttpQueryHeadersEx`.
pub const WINHTTP_QUERY_EX_ALL_HEADERS: DWORD = WINHTTP_QUERY_RAW_HEADERS;

// Modifiers.

/// Look at the request.
pub const WINHTTP_QUERY_FLAG_REQUEST_HEADERS: DWORD = 0x80000000;
/// Return a `SYSTEMTIME`.
pub const WINHTTP_QUERY_FLAG_SYSTEMTIME: DWORD = 0x40000000;
/// Return a 32-bit number.
pub const WINHTTP_QUERY_FLAG_NUMBER: DWORD = 0x20000000;
/// Return a 64-bit number.
pub const WINHTTP_QUERY_FLAG_NUMBER64: DWORD = 0x08000000;
/// Look at the trailers.
pub const WINHTTP_QUERY_FLAG_TRAILERS: DWORD = 0x02000000;
/// Return the bytes as they came.
pub const WINHTTP_QUERY_FLAG_WIRE_ENCODING: DWORD = 0x01000000;
