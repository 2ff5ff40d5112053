//! Option numbers for `WinHttpSetOption` and `WinHttpQueryOption`, and the values some of them take.

use crate::abi::types::DWORD;

// Option numbers.

/// The status callback.
pub const WINHTTP_OPTION_CALLBACK: DWORD = 1;
/// Limit for name resolution, milliseconds.
pub const WINHTTP_OPTION_RESOLVE_TIMEOUT: DWORD = 2;
/// Limit for one connect attempt, milliseconds.
pub const WINHTTP_OPTION_CONNECT_TIMEOUT: DWORD = 3;
/// How many addresses are tried.
pub const WINHTTP_OPTION_CONNECT_RETRIES: DWORD = 4;
/// Limit for one send, milliseconds.
pub const WINHTTP_OPTION_SEND_TIMEOUT: DWORD = 5;
/// Limit for one receive, milliseconds.
pub const WINHTTP_OPTION_RECEIVE_TIMEOUT: DWORD = 6;
/// Limit for the response header, milliseconds.
pub const WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT: DWORD = 7;
/// Kind of a handle, a `WINHTTP_HANDLE_TYPE_*` value.
pub const WINHTTP_OPTION_HANDLE_TYPE: DWORD = 9;
/// Read buffer size; has no effect.
pub const WINHTTP_OPTION_READ_BUFFER_SIZE: DWORD = 12;
/// Write buffer size; has no effect.
pub const WINHTTP_OPTION_WRITE_BUFFER_SIZE: DWORD = 13;
/// The handle this one was made from.
pub const WINHTTP_OPTION_PARENT_HANDLE: DWORD = 21;
/// Socket error behind this thread's last WinHTTP error.
pub const WINHTTP_OPTION_EXTENDED_ERROR: DWORD = 24;
/// `SECURITY_FLAG_*` bits of a request.
pub const WINHTTP_OPTION_SECURITY_FLAGS: DWORD = 31;
/// The server's certificate as `WINHTTP_CERTIFICATE_INFO`.
pub const WINHTTP_OPTION_SECURITY_CERTIFICATE_STRUCT: DWORD = 32;
/// The URL in force, after redirects.
pub const WINHTTP_OPTION_URL: DWORD = 34;
/// Key bits of the connection's cipher.
pub const WINHTTP_OPTION_SECURITY_KEY_BITNESS: DWORD = 36;
/// Proxy settings, a `WINHTTP_PROXY_INFO`.
pub const WINHTTP_OPTION_PROXY: DWORD = 38;
/// Use this one proxy resolver entry.
pub const WINHTTP_OPTION_PROXY_RESULT_ENTRY: DWORD = 39;
/// The agent name.
pub const WINHTTP_OPTION_USER_AGENT: DWORD = 41;
/// The application's context value.
pub const WINHTTP_OPTION_CONTEXT_VALUE: DWORD = 45;
/// The client certificate.
pub const WINHTTP_OPTION_CLIENT_CERT_CONTEXT: DWORD = 47;
/// Request priority; has no effect.
pub const WINHTTP_OPTION_REQUEST_PRIORITY: DWORD = 58;
/// Process-wide HTTP version, an `HTTP_VERSION_INFO`.
pub const WINHTTP_OPTION_HTTP_VERSION: DWORD = 59;
/// `WINHTTP_DISABLE_*` bits.
pub const WINHTTP_OPTION_DISABLE_FEATURE: DWORD = 63;
/// Code page for the query part of URLs.
pub const WINHTTP_OPTION_CODEPAGE: DWORD = 68;
/// Connections allowed to one server.
pub const WINHTTP_OPTION_MAX_CONNS_PER_SERVER: DWORD = 73;
/// Connections allowed to one HTTP/1.0 server.
pub const WINHTTP_OPTION_MAX_CONNS_PER_1_0_SERVER: DWORD = 74;
/// A `WINHTTP_AUTOLOGON_SECURITY_LEVEL_*` value.
pub const WINHTTP_OPTION_AUTOLOGON_POLICY: DWORD = 77;
/// The server's certificate context.
pub const WINHTTP_OPTION_SERVER_CERT_CONTEXT: DWORD = 78;
/// `WINHTTP_ENABLE_SSL_*` bits.
pub const WINHTTP_OPTION_ENABLE_FEATURE: DWORD = 79;
/// Threads for asynchronous completions.
pub const WINHTTP_OPTION_WORKER_THREAD_COUNT: DWORD = 80;
/// Passport text of a 401 response.
pub const WINHTTP_OPTION_PASSPORT_COBRANDING_TEXT: DWORD = 81;
/// Passport picture URL of a 401 response.
pub const WINHTTP_OPTION_PASSPORT_COBRANDING_URL: DWORD = 82;
/// Passport switches.
pub const WINHTTP_OPTION_CONFIGURE_PASSPORT_AUTH: DWORD = 83;
/// `WINHTTP_FLAG_SECURE_PROTOCOL_*` bits.
pub const WINHTTP_OPTION_SECURE_PROTOCOLS: DWORD = 84;
/// Tracing switch.
pub const WINHTTP_OPTION_ENABLETRACING: DWORD = 85;
/// Forgets Passport cookies.
pub const WINHTTP_OPTION_PASSPORT_SIGN_OUT: DWORD = 86;
/// Passport return URL.
pub const WINHTTP_OPTION_PASSPORT_RETURN_URL: DWORD = 87;
/// A `WINHTTP_OPTION_REDIRECT_POLICY_*` value.
pub const WINHTTP_OPTION_REDIRECT_POLICY: DWORD = 88;
/// How many redirects are followed.
pub const WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS: DWORD = 89;
/// How many interim responses are skipped.
pub const WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE: DWORD = 90;
/// Limit for the response header, bytes.
pub const WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE: DWORD = 91;
/// Limit for the body drained to reuse a connection, bytes.
pub const WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE: DWORD = 92;
/// Addresses of the connection, a `WINHTTP_CONNECTION_INFO`.
pub const WINHTTP_OPTION_CONNECTION_INFO: DWORD = 93;
/// Issuers the server accepts for a client certificate.
pub const WINHTTP_OPTION_CLIENT_CERT_ISSUER_LIST: DWORD = 94;
/// Whether the Kerberos service name has a port.
pub const WINHTTP_OPTION_SPN: DWORD = 96;
/// Process-wide proxy credentials.
pub const WINHTTP_OPTION_GLOBAL_PROXY_CREDS: DWORD = 97;
/// Process-wide server credentials.
pub const WINHTTP_OPTION_GLOBAL_SERVER_CREDS: DWORD = 98;
/// Event set after the session's last callback.
pub const WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT: DWORD = 99;
/// Refuses URLs with user name or password.
pub const WINHTTP_OPTION_REJECT_USERPWD_IN_URL: DWORD = 100;
/// Uses the process-wide server credentials.
pub const WINHTTP_OPTION_USE_GLOBAL_SERVER_CREDENTIALS: DWORD = 101;
/// Shows the response of a failed CONNECT.
pub const WINHTTP_OPTION_RECEIVE_PROXY_CONNECT_RESPONSE: DWORD = 103;
/// Whether the response is a proxy's answer to CONNECT.
pub const WINHTTP_OPTION_IS_PROXY_CONNECT_RESPONSE: DWORD = 104;
/// Interface index to use.
pub const WINHTTP_OPTION_NETWORK_INTERFACE_AFFINITY: DWORD = 105;
/// Service name used towards the server.
pub const WINHTTP_OPTION_SERVER_SPN_USED: DWORD = 106;
/// Service name used towards the proxy.
pub const WINHTTP_OPTION_PROXY_SPN_USED: DWORD = 107;
/// Channel binding of the server's certificate.
pub const WINHTTP_OPTION_SERVER_CBT: DWORD = 108;
/// Lenient header parsing.
pub const WINHTTP_OPTION_UNSAFE_HEADER_PARSING: DWORD = 110;
/// The application promises that its callbacks do not block.
pub const WINHTTP_OPTION_ASSURED_NON_BLOCKING_CALLBACKS: DWORD = 111;
/// Asks for a WebSocket upgrade.
pub const WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET: DWORD = 114;
/// Limit for the closing handshake, milliseconds.
pub const WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT: DWORD = 115;
/// Interval between pings, milliseconds.
pub const WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL: DWORD = 116;
/// `WINHTTP_DECOMPRESSION_FLAG_*` bits.
pub const WINHTTP_OPTION_DECOMPRESSION: DWORD = 118;
/// WebSocket receive buffer, bytes.
pub const WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE: DWORD = 122;
/// WebSocket send buffer, bytes.
pub const WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE: DWORD = 123;
/// Socket priority hint.
pub const WINHTTP_OPTION_TCP_PRIORITY_HINT: DWORD = 128;
/// Internal connection filter.
pub const WINHTTP_OPTION_CONNECTION_FILTER: DWORD = 131;
/// `WINHTTP_PROTOCOL_FLAG_*` bits that may be used.
pub const WINHTTP_OPTION_ENABLE_HTTP_PROTOCOL: DWORD = 133;
/// The `WINHTTP_PROTOCOL_FLAG_*` in use, 0 for HTTP/1.x.
pub const WINHTTP_OPTION_HTTP_PROTOCOL_USED: DWORD = 134;
/// Kerberos proxy settings.
pub const WINHTTP_OPTION_KDC_PROXY_SETTINGS: DWORD = 136;
/// Keeps proxy resolution inside the process.
pub const WINHTTP_OPTION_PROXY_DISABLE_SERVICE_CALLS: DWORD = 137;
/// Percent-encodes path and query.
pub const WINHTTP_OPTION_ENCODE_EXTRA: DWORD = 138;
/// Opens another HTTP/2 connection at the stream limit.
pub const WINHTTP_OPTION_DISABLE_STREAM_QUEUE: DWORD = 139;
/// Races IPv6 and IPv4.
pub const WINHTTP_OPTION_IPV6_FAST_FALLBACK: DWORD = 140;
/// TCP statistics, `TCP_INFO_v0`.
pub const WINHTTP_OPTION_CONNECTION_STATS_V0: DWORD = 141;
/// Times of a request, `WINHTTP_REQUEST_TIMES`.
pub const WINHTTP_OPTION_REQUEST_TIMES: DWORD = 142;
/// No further requests on this connection.
pub const WINHTTP_OPTION_EXPIRE_CONNECTION: DWORD = 143;
/// Never falls back to an older TLS version.
pub const WINHTTP_OPTION_DISABLE_SECURE_PROTOCOL_FALLBACK: DWORD = 144;
/// Fails rather than use another HTTP version.
pub const WINHTTP_OPTION_HTTP_PROTOCOL_REQUIRED: DWORD = 145;
/// Counters of a request, `WINHTTP_REQUEST_STATS`.
pub const WINHTTP_OPTION_REQUEST_STATS: DWORD = 146;
/// The server's certificate chain.
pub const WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT: DWORD = 147;
/// Flags for building the server's chain.
pub const WINHTTP_OPTION_SERVER_CERT_CHAIN_BUILD_FLAGS: DWORD = 148;
/// TCP statistics, `TCP_INFO_v1`.
pub const WINHTTP_OPTION_CONNECTION_STATS_V1: DWORD = 150;
/// TLS parameters, `WINHTTP_SECURITY_INFO`.
pub const WINHTTP_OPTION_SECURITY_INFO: DWORD = 151;
/// TCP keep-alive settings, `tcp_keepalive`.
pub const WINHTTP_OPTION_TCP_KEEPALIVE: DWORD = 152;
/// TCP fast open.
pub const WINHTTP_OPTION_TCP_FAST_OPEN: DWORD = 153;
/// TLS false start.
pub const WINHTTP_OPTION_TLS_FALSE_START: DWORD = 154;
/// Tolerates unreachable revocation servers.
pub const WINHTTP_OPTION_IGNORE_CERT_REVOCATION_OFFLINE: DWORD = 155;
/// Local address to bind; older SDK only.
pub const WINHTTP_OPTION_SOURCE_ADDRESS: DWORD = 156;
/// Allows a retry with TLS 1.0.
pub const WINHTTP_OPTION_TLS_PROTOCOL_INSECURE_FALLBACK: DWORD = 158;
/// HTTP/2 error code of the stream.
pub const WINHTTP_OPTION_STREAM_ERROR_CODE: DWORD = 159;
/// Reads to the end of the stream whatever the length says.
pub const WINHTTP_OPTION_REQUIRE_STREAM_END: DWORD = 160;
/// Allows client certificates with HTTP/2.
pub const WINHTTP_OPTION_ENABLE_HTTP2_PLUS_CLIENT_CERT: DWORD = 161;
/// Retry rules, `WINHTTP_FAILED_CONNECTION_RETRIES`.
pub const WINHTTP_OPTION_FAILED_CONNECTION_RETRIES: DWORD = 162;
/// HTTP/2 ping interval, milliseconds.
pub const WINHTTP_OPTION_HTTP2_KEEPALIVE: DWORD = 164;
/// Host name to resolve instead of the server's.
pub const WINHTTP_OPTION_RESOLUTION_HOSTNAME: DWORD = 165;
/// Token binding switch.
pub const WINHTTP_OPTION_SET_TOKEN_BINDING: DWORD = 166;
/// Token binding key.
pub const WINHTTP_OPTION_TOKEN_BINDING_PUBLIC_KEY: DWORD = 167;
/// Token binding referrer.
pub const WINHTTP_OPTION_REFERER_TOKEN_BINDING_HOSTNAME: DWORD = 168;
/// Tolerates Transfer-Encoding together with HTTP/2.
pub const WINHTTP_OPTION_HTTP2_PLUS_TRANSFER_ENCODING: DWORD = 169;
/// Name cache settings, `WINHTTP_RESOLVER_CACHE_CONFIG`.
pub const WINHTTP_OPTION_RESOLVER_CACHE_CONFIG: DWORD = 170;
/// Builds no certificate chain.
pub const WINHTTP_OPTION_DISABLE_CERT_CHAIN_BUILDING: DWORD = 171;
/// Connections opened ahead.
pub const WINHTTP_OPTION_BACKGROUND_CONNECTIONS: DWORD = 172;
/// Takes whichever connection is ready first.
pub const WINHTTP_OPTION_FIRST_AVAILABLE_CONNECTION: DWORD = 173;
/// Socket priority in force.
pub const WINHTTP_OPTION_TCP_PRIORITY_STATUS: DWORD = 177;
/// Mark of the connection.
pub const WINHTTP_OPTION_CONNECTION_GUID: DWORD = 178;
/// Uses only a marked connection, `WINHTTP_MATCH_CONNECTION_GUID`.
pub const WINHTTP_OPTION_MATCH_CONNECTION_GUID: DWORD = 179;
/// HTTP/2 flow control, `WINHTTP_HTTP2_RECEIVE_WINDOW`.
pub const WINHTTP_OPTION_HTTP2_RECEIVE_WINDOW: DWORD = 183;
/// Asks for a `WINHTTP_FEATURE_*`.
pub const WINHTTP_OPTION_FEATURE_SUPPORTED: DWORD = 184;
/// QUIC statistics.
pub const WINHTTP_OPTION_QUIC_STATS: DWORD = 185;
/// HTTP/3 ping interval, milliseconds.
pub const WINHTTP_OPTION_HTTP3_KEEPALIVE: DWORD = 188;
/// Limit for the HTTP/3 handshake, milliseconds.
pub const WINHTTP_OPTION_HTTP3_HANDSHAKE_TIMEOUT: DWORD = 189;
/// First HTTP/3 round-trip estimate, milliseconds.
pub const WINHTTP_OPTION_HTTP3_INITIAL_RTT: DWORD = 190;
/// HTTP/3 error code of the stream.
pub const WINHTTP_OPTION_HTTP3_STREAM_ERROR_CODE: DWORD = 191;
/// A string kept with the request.
pub const WINHTTP_OPTION_REQUEST_ANNOTATION: DWORD = 192;
/// `WINHTTP_PROXY_DISABLE_*` bits.
pub const WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES: DWORD = 193;
/// Checks server certificates without impersonation.
pub const WINHTTP_OPTION_REVERT_IMPERSONATION_SERVER_CERT: DWORD = 194;
/// Keeps connections within the session.
pub const WINHTTP_OPTION_DISABLE_GLOBAL_POOLING: DWORD = 195;
/// One TLS credential for the session.
pub const WINHTTP_OPTION_USE_SESSION_SCH_CRED: DWORD = 196;
/// Builds the server's chain from the cache only.
pub const WINHTTP_OPTION_SERVER_CERT_CHAIN_BUILD_CACHE_ONLY: DWORD = 199;
/// QUIC statistics, second form.
pub const WINHTTP_OPTION_QUIC_STATS_V2: DWORD = 200;
/// QUIC stream statistics.
pub const WINHTTP_OPTION_QUIC_STREAM_STATS: DWORD = 202;
/// Internal.
pub const WINHTTP_OPTION_USE_LOOKASIDE: DWORD = 203;
/// Mark of a request in error logs.
pub const WINHTTP_OPTION_ERROR_LOG_GUID: DWORD = 204;
/// Fast forwarding switch.
pub const WINHTTP_OPTION_ENABLE_FAST_FORWARDING: DWORD = 205;
/// Fast forwarding of the response.
pub const WINHTTP_OPTION_FAST_FORWARDING_RESPONSE_DATA: DWORD = 206;
/// Asks for an upgrade to another protocol.
pub const WINHTTP_OPTION_UPGRADE_TO_PROTOCOL: DWORD = 207;
/// TCP statistics, third form.
pub const WINHTTP_OPTION_CONNECTION_STATS_V2: DWORD = 208;
/// State of fast forwarding.
pub const WINHTTP_OPTION_FAST_FORWARDING_STATUS: DWORD = 209;
/// Traffic class of the connection.
pub const WINHTTP_OPTION_DSCP_TAG: DWORD = 210;
/// How long a downgrade to HTTP/1.1 is remembered.
pub const WINHTTP_OPTION_HTTP11_DOWNGRADE_TTL: DWORD = 211;
/// Mark of a session in error logs.
pub const WINHTTP_OPTION_SESSION_ERROR_LOG_GUID: DWORD = 212;
/// Lowest option number.
pub const WINHTTP_FIRST_OPTION: DWORD = WINHTTP_OPTION_CALLBACK;
/// Highest option number below the credentials.
pub const WINHTTP_LAST_OPTION: DWORD = WINHTTP_OPTION_SESSION_ERROR_LOG_GUID;
/// User name for the server.
pub const WINHTTP_OPTION_USERNAME: DWORD = 0x1000;
/// Password for the server.
pub const WINHTTP_OPTION_PASSWORD: DWORD = 0x1001;
/// User name for the proxy.
pub const WINHTTP_OPTION_PROXY_USERNAME: DWORD = 0x1002;
/// Password for the proxy.
pub const WINHTTP_OPTION_PROXY_PASSWORD: DWORD = 0x1003;

// Values and limits of single options.

/// Made by `WinHttpOpen`.
pub const WINHTTP_HANDLE_TYPE_SESSION: DWORD = 1;
/// Made by `WinHttpConnect`.
pub const WINHTTP_HANDLE_TYPE_CONNECT: DWORD = 2;
/// Made by `WinHttpOpenRequest`.
pub const WINHTTP_HANDLE_TYPE_REQUEST: DWORD = 3;
/// Made by `WinHttpCreateProxyResolver`.
pub const WINHTTP_HANDLE_TYPE_PROXY_RESOLVER: DWORD = 4;
/// Made by `WinHttpWebSocketCompleteUpgrade`.
pub const WINHTTP_HANDLE_TYPE_WEBSOCKET: DWORD = 5;
/// Made by `WinHttpProtocolCompleteUpgrade`.
pub const WINHTTP_HANDLE_TYPE_PROTOCOL: DWORD = 6;
/// No limit on connections.
pub const WINHTTP_CONNS_PER_SERVER_UNLIMITED: DWORD = 0xFFFFFFFF;
/// Accept gzip.
pub const WINHTTP_DECOMPRESSION_FLAG_GZIP: DWORD = 0x00000001;
/// Accept deflate.
pub const WINHTTP_DECOMPRESSION_FLAG_DEFLATE: DWORD = 0x00000002;
/// Accept every coding.
pub const WINHTTP_DECOMPRESSION_FLAG_ALL: DWORD =
    WINHTTP_DECOMPRESSION_FLAG_GZIP | WINHTTP_DECOMPRESSION_FLAG_DEFLATE;
/// HTTP/2.
pub const WINHTTP_PROTOCOL_FLAG_HTTP2: DWORD = 0x1;
/// HTTP/3.
pub const WINHTTP_PROTOCOL_FLAG_HTTP3: DWORD = 0x2;
/// Every protocol bit.
pub const WINHTTP_PROTOCOL_MASK: DWORD = WINHTTP_PROTOCOL_FLAG_HTTP2 | WINHTTP_PROTOCOL_FLAG_HTTP3;
/// Log on automatically in the intranet only.
pub const WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM: DWORD = 0;
/// Log on automatically everywhere.
pub const WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW: DWORD = 1;
/// Never log on automatically.
pub const WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH: DWORD = 2;
/// Log on automatically to proxies only.
pub const WINHTTP_AUTOLOGON_SECURITY_LEVEL_PROXY_ONLY: DWORD = 3;
/// Highest level.
pub const WINHTTP_AUTOLOGON_SECURITY_LEVEL_MAX: DWORD = WINHTTP_AUTOLOGON_SECURITY_LEVEL_PROXY_ONLY;
/// Level without a setting.
pub const WINHTTP_AUTOLOGON_SECURITY_LEVEL_DEFAULT: DWORD = WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM;
/// Follow no redirect.
pub const WINHTTP_OPTION_REDIRECT_POLICY_NEVER: DWORD = 0;
/// Follow all but those from https to http.
pub const WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP: DWORD = 1;
/// Follow every redirect.
pub const WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS: DWORD = 2;
/// Highest policy.
pub const WINHTTP_OPTION_REDIRECT_POLICY_LAST: DWORD = WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS;
/// Policy without a setting.
pub const WINHTTP_OPTION_REDIRECT_POLICY_DEFAULT: DWORD =
    WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP;
/// Passport off.
pub const WINHTTP_DISABLE_PASSPORT_AUTH: DWORD = 0x00000000;
/// Passport on.
pub const WINHTTP_ENABLE_PASSPORT_AUTH: DWORD = 0x10000000;
/// Passport keyring off.
pub const WINHTTP_DISABLE_PASSPORT_KEYRING: DWORD = 0x20000000;
/// Passport keyring on.
pub const WINHTTP_ENABLE_PASSPORT_KEYRING: DWORD = 0x40000000;
/// No automatic cookies.
pub const WINHTTP_DISABLE_COOKIES: DWORD = 0x00000001;
/// No automatic redirects.
pub const WINHTTP_DISABLE_REDIRECTS: DWORD = 0x00000002;
/// No automatic authentication.
pub const WINHTTP_DISABLE_AUTHENTICATION: DWORD = 0x00000004;
/// No connection reuse.
pub const WINHTTP_DISABLE_KEEP_ALIVE: DWORD = 0x00000008;
/// Check revocation.
pub const WINHTTP_ENABLE_SSL_REVOCATION: DWORD = 0x00000001;
/// Drop impersonation while checking certificates.
pub const WINHTTP_ENABLE_SSL_REVERT_IMPERSONATION: DWORD = 0x00000002;
/// Service name without port.
pub const WINHTTP_DISABLE_SPN_SERVER_PORT: DWORD = 0x00000000;
/// Service name with port.
pub const WINHTTP_ENABLE_SPN_SERVER_PORT: DWORD = 0x00000001;
/// Every service name bit.
pub const WINHTTP_OPTION_SPN_MASK: DWORD = WINHTTP_ENABLE_SPN_SERVER_PORT;
/// Retry after status 408.
pub const WINHTTP_CONNECTION_RETRY_CONDITION_408: DWORD = 0x1;
/// Retry after a failed TLS handshake.
pub const WINHTTP_CONNECTION_RETRY_CONDITION_SSL_HANDSHAKE: DWORD = 0x2;
/// Retry when a reused connection was dead.
pub const WINHTTP_CONNECTION_RETRY_CONDITION_STALE_CONNECTION: DWORD = 0x4;
/// The entry limit may be passed.
pub const WINHTTP_RESOLVER_CACHE_CONFIG_FLAG_SOFT_LIMIT: DWORD = 0x1;
/// Ask anew each time.
pub const WINHTTP_RESOLVER_CACHE_CONFIG_FLAG_BYPASS_CACHE: DWORD = 0x2;
/// Keep entries as long as DNS says.
pub const WINHTTP_RESOLVER_CACHE_CONFIG_FLAG_USE_DNS_TTL: DWORD = 0x4;
/// Keep connections as long as DNS says.
pub const WINHTTP_RESOLVER_CACHE_CONFIG_FLAG_CONN_USE_TTL: DWORD = 0x8;
/// Fail when no marked connection is there.
pub const WINHTTP_MATCH_CONNECTION_GUID_FLAG_REQUIRE_MARKED_CONNECTION: DWORD = 0x1;
/// Every match flag.
pub const WINHTTP_MATCH_CONNECTION_GUID_FLAGS_MASK: DWORD =
    WINHTTP_MATCH_CONNECTION_GUID_FLAG_REQUIRE_MARKED_CONNECTION;
/// Longest annotation.
pub const WINHTTP_OPTION_REQUEST_ANNOTATION_MAX_LENGTH: DWORD = 64000;
/// No Basic towards proxies.
pub const WINHTTP_PROXY_DISABLE_SCHEME_BASIC: DWORD = 0x1;
/// No Digest towards proxies.
pub const WINHTTP_PROXY_DISABLE_SCHEME_DIGEST: DWORD = 0x2;
/// No NTLM towards proxies.
pub const WINHTTP_PROXY_DISABLE_SCHEME_NTLM: DWORD = 0x4;
/// No Kerberos towards proxies.
pub const WINHTTP_PROXY_DISABLE_SCHEME_KERBEROS: DWORD = 0x8;
/// No Negotiate towards proxies.
pub const WINHTTP_PROXY_DISABLE_SCHEME_NEGOTIATE: DWORD = 0x10;
/// No proxy logon as local service.
pub const WINHTTP_PROXY_DISABLE_AUTH_LOCAL_SERVICE: DWORD = 0x100;
/// Longest close reason, bytes.
pub const WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH: DWORD = 123;
/// Shortest ping interval, milliseconds.
pub const WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE: DWORD = 15000;
