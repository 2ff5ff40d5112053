//! The structs of `winhttp.h`. `build.rs` copies them into the header.

use super::enums::*;
use super::win32::*;

/// Function that WinHTTP calls with notices.
pub type WINHTTP_STATUS_CALLBACK =
    Option<unsafe extern "system" fn(HINTERNET, DWORD_PTR, DWORD, LPVOID, DWORD)>;

/// Function that WinHTTP calls when proxy settings change.
pub type WINHTTP_PROXY_CHANGE_CALLBACK = Option<unsafe extern "system" fn(ULONGLONG, PVOID)>;

/// Registration of a [`WINHTTP_PROXY_CHANGE_CALLBACK`].
pub type WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE = PVOID;

/// Port number.
pub type INTERNET_PORT = WORD;

/// URL scheme, an `INTERNET_SCHEME_*` value.
pub type INTERNET_SCHEME = INT;

/// Parts of a URL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct URL_COMPONENTS {
    /// Size of this struct.
    pub dwStructSize: DWORD,
    /// Scheme name.
    pub lpszScheme: LPWSTR,
    /// Its length, characters.
    pub dwSchemeLength: DWORD,
    /// Scheme number.
    pub nScheme: INTERNET_SCHEME,
    /// Host name.
    pub lpszHostName: LPWSTR,
    /// Its length, characters.
    pub dwHostNameLength: DWORD,
    /// Port.
    pub nPort: INTERNET_PORT,
    /// User name.
    pub lpszUserName: LPWSTR,
    /// Its length, characters.
    pub dwUserNameLength: DWORD,
    /// Password.
    pub lpszPassword: LPWSTR,
    /// Its length, characters.
    pub dwPasswordLength: DWORD,
    /// Path.
    pub lpszUrlPath: LPWSTR,
    /// Its length, characters.
    pub dwUrlPathLength: DWORD,
    /// Query and fragment, with their mark.
    pub lpszExtraInfo: LPWSTR,
    /// Their length, characters.
    pub dwExtraInfoLength: DWORD,
}

/// Information of `WINHTTP_CALLBACK_STATUS_REQUEST_ERROR`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct WINHTTP_ASYNC_RESULT {
    /// The call that failed, an `API_*` value.
    pub dwResult: DWORD_PTR,
    /// Its error.
    pub dwError: DWORD,
}

/// Information of `WINHTTP_CALLBACK_STATUS_REQUEST_ERROR` for a WebSocket.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct WINHTTP_WEB_SOCKET_ASYNC_RESULT {
    /// The error.
    pub AsyncResult: WINHTTP_ASYNC_RESULT,
    /// The call that failed.
    pub Operation: WINHTTP_WEB_SOCKET_OPERATION,
}

/// Information of a WebSocket's completed read or write.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct WINHTTP_WEB_SOCKET_STATUS {
    /// Bytes read or written.
    pub dwBytesTransferred: DWORD,
    /// Kind of the data.
    pub eBufferType: WINHTTP_WEB_SOCKET_BUFFER_TYPE,
}

/// HTTP version.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct HTTP_VERSION_INFO {
    /// 1 in HTTP/1.1.
    pub dwMajorVersion: DWORD,
    /// 1 in HTTP/1.1.
    pub dwMinorVersion: DWORD,
}

/// What the server's certificate says.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_CERTIFICATE_INFO {
    /// End of its validity.
    pub ftExpiry: FILETIME,
    /// Start of its validity.
    pub ftStart: FILETIME,
    /// Subject; release with `LocalFree`.
    pub lpszSubjectInfo: LPWSTR,
    /// Issuer; release with `LocalFree`.
    pub lpszIssuerInfo: LPWSTR,
    /// Null.
    pub lpszProtocolName: LPWSTR,
    /// Null.
    pub lpszSignatureAlgName: LPWSTR,
    /// Null.
    pub lpszEncryptionAlgName: LPWSTR,
    /// Key bits of the connection's cipher.
    pub dwKeySize: DWORD,
}

/// Addresses of a connection.
#[cfg_attr(target_pointer_width = "64", repr(C))]
#[cfg_attr(target_pointer_width = "32", repr(C, packed(4)))]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_CONNECTION_INFO {
    /// Size of this struct.
    pub cbSize: DWORD,
    /// Our end.
    pub LocalAddress: SOCKADDR_STORAGE,
    /// The server's or proxy's end.
    pub RemoteAddress: SOCKADDR_STORAGE,
}

/// TLS parameters of a connection.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_SECURITY_INFO {
    /// As numbers.
    pub ConnectionInfo: SecPkgContext_ConnectionInfo,
    /// As names.
    pub CipherInfo: SecPkgContext_CipherInfo,
}

/// Process-wide credentials.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_CREDS {
    /// User name.
    pub lpszUserName: LPSTR,
    /// Password.
    pub lpszPassword: LPSTR,
    /// Realm.
    pub lpszRealm: LPSTR,
    /// A `WINHTTP_AUTH_SCHEME_*` value.
    pub dwAuthScheme: DWORD,
    /// Host.
    pub lpszHostName: LPSTR,
    /// Port.
    pub dwPort: DWORD,
}

/// Process-wide credentials with a URL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_CREDS_EX {
    /// User name.
    pub lpszUserName: LPSTR,
    /// Password.
    pub lpszPassword: LPSTR,
    /// Realm.
    pub lpszRealm: LPSTR,
    /// A `WINHTTP_AUTH_SCHEME_*` value.
    pub dwAuthScheme: DWORD,
    /// Host.
    pub lpszHostName: LPSTR,
    /// Port.
    pub dwPort: DWORD,
    /// URL.
    pub lpszUrl: LPSTR,
}

/// Name of a header.
#[repr(C)]
#[derive(Clone, Copy)]
pub union WINHTTP_HEADER_NAME {
    /// As UTF-16.
    pub pwszName: PCWSTR,
    /// As bytes.
    pub pszName: PCSTR,
}

/// A header.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct WINHTTP_EXTENDED_HEADER {
    /// Its name.
    pub Anonymous1: WINHTTP_EXTENDED_HEADER_0,
    /// Its value.
    pub Anonymous2: WINHTTP_EXTENDED_HEADER_1,
}

/// Name in a [`WINHTTP_EXTENDED_HEADER`]; without a name in C.
#[repr(C)]
#[derive(Clone, Copy)]
pub union WINHTTP_EXTENDED_HEADER_0 {
    /// As UTF-16.
    pub pwszName: PCWSTR,
    /// As bytes.
    pub pszName: PCSTR,
}

/// Value in a [`WINHTTP_EXTENDED_HEADER`]; without a name in C.
#[repr(C)]
#[derive(Clone, Copy)]
pub union WINHTTP_EXTENDED_HEADER_1 {
    /// As UTF-16.
    pub pwszValue: PCWSTR,
    /// As bytes.
    pub pszValue: PCSTR,
}

/// When the phases of a request happened.
#[cfg_attr(target_pointer_width = "64", repr(C))]
#[cfg_attr(target_pointer_width = "32", repr(C, packed(4)))]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_REQUEST_TIMES {
    /// Entries in use.
    pub cTimes: ULONG,
    /// Ticks by `WINHTTP_REQUEST_TIME_ENTRY`; as many as `WinHttpRequestTimeMax`.
    pub rgullTimes: [ULONGLONG; 64],
}

/// Counters of a request.
#[cfg_attr(target_pointer_width = "64", repr(C))]
#[cfg_attr(target_pointer_width = "32", repr(C, packed(4)))]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_REQUEST_STATS {
    /// `WINHTTP_REQUEST_STAT_FLAG_*` bits.
    pub ullFlags: ULONGLONG,
    /// Number of the request on its connection.
    pub ulIndex: ULONG,
    /// Entries in use.
    pub cStats: ULONG,
    /// Counters by `WINHTTP_REQUEST_STAT_ENTRY`; as many as `WinHttpRequestStatMax`.
    pub rgullStats: [ULONGLONG; 32],
}

/// Retry rules.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct WINHTTP_FAILED_CONNECTION_RETRIES {
    /// How often.
    pub dwMaxRetries: DWORD,
    /// When, `WINHTTP_CONNECTION_RETRY_CONDITION_*` bits.
    pub dwAllowedRetryConditions: DWORD,
}

/// HTTP/2 flow control.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct WINHTTP_HTTP2_RECEIVE_WINDOW {
    /// Window of a stream, bytes.
    pub ulStreamWindow: ULONG,
    /// Bytes read before the window is reopened.
    pub ulStreamWindowUpdateDelta: ULONG,
}

/// Mark that a connection must have.
#[cfg_attr(target_pointer_width = "64", repr(C))]
#[cfg_attr(target_pointer_width = "32", repr(C, packed(4)))]
#[derive(Clone, Copy, Debug, Default)]
pub struct WINHTTP_MATCH_CONNECTION_GUID {
    /// The mark.
    pub ConnectionGuid: GUID,
    /// `WINHTTP_MATCH_CONNECTION_GUID_FLAG_*` bits.
    pub ullFlags: ULONGLONG,
}

/// Name cache settings.
#[cfg_attr(target_pointer_width = "64", repr(C))]
#[cfg_attr(target_pointer_width = "32", repr(C, packed(4)))]
#[derive(Clone, Copy, Debug, Default)]
pub struct WINHTTP_RESOLVER_CACHE_CONFIG {
    /// Most entries.
    pub ulMaxResolverCacheEntries: ULONG,
    /// Longest life of an entry, minutes.
    pub ulMaxCacheEntryAge: ULONG,
    /// Shortest life of an entry, seconds.
    pub ulMinCacheEntryTtl: ULONG,
    /// Encrypted DNS.
    pub SecureDnsSetting: WINHTTP_SECURE_DNS_SETTING,
    /// How long a connection waits for a lookup, 100 ns.
    pub ullConnResolutionWaitTime: ULONGLONG,
    /// `WINHTTP_RESOLVER_CACHE_CONFIG_FLAG_*` bits.
    pub ullFlags: ULONGLONG,
}

/// Connections with one mark.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct WINHTTP_CONNECTION_GROUP {
    /// How many.
    pub cConnections: ULONG,
    /// The mark.
    pub guidGroup: GUID,
}

/// Marked connections to one host.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_HOST_CONNECTION_GROUP {
    /// The host.
    pub pwszHost: PCWSTR,
    /// How many marks.
    pub cConnectionGroups: ULONG,
    /// The marks.
    pub pConnectionGroups: *mut WINHTTP_CONNECTION_GROUP,
}

/// Marked connections.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_QUERY_CONNECTION_GROUP_RESULT {
    /// How many hosts.
    pub cHosts: ULONG,
    /// The hosts.
    pub pHostConnectionGroups: *mut WINHTTP_HOST_CONNECTION_GROUP,
}

/// Proxy settings of a session or request.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_PROXY_INFO {
    /// A `WINHTTP_ACCESS_TYPE_*` value.
    pub dwAccessType: DWORD,
    /// Proxies.
    pub lpszProxy: LPWSTR,
    /// Hosts reached without them.
    pub lpszProxyBypass: LPWSTR,
}

/// Proxy settings of the user.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_CURRENT_USER_IE_PROXY_CONFIG {
    /// Whether a script shall be discovered.
    pub fAutoDetect: BOOL,
    /// Script URL.
    pub lpszAutoConfigUrl: LPWSTR,
    /// Proxies.
    pub lpszProxy: LPWSTR,
    /// Hosts reached without them.
    pub lpszProxyBypass: LPWSTR,
}

/// How to find the proxy for a URL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_AUTOPROXY_OPTIONS {
    /// `WINHTTP_AUTOPROXY_*` bits.
    pub dwFlags: DWORD,
    /// `WINHTTP_AUTO_DETECT_TYPE_*` bits.
    pub dwAutoDetectFlags: DWORD,
    /// Script URL.
    pub lpszAutoConfigUrl: LPCWSTR,
    /// Null.
    pub lpvReserved: LPVOID,
    /// 0.
    pub dwReserved: DWORD,
    /// Whether to log on to fetch the script.
    pub fAutoLogonIfChallenged: BOOL,
}

/// One proxy for a URL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_PROXY_RESULT_ENTRY {
    /// Whether a proxy is to be used.
    pub fProxy: BOOL,
    /// Whether the host is on the bypass list.
    pub fBypass: BOOL,
    /// Kind of proxy.
    pub ProxyScheme: INTERNET_SCHEME,
    /// Host of the proxy.
    pub pwszProxy: PWSTR,
    /// Its port.
    pub ProxyPort: INTERNET_PORT,
}

/// The proxies for a URL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_PROXY_RESULT {
    /// How many.
    pub cEntries: DWORD,
    /// In the order to try them.
    pub pEntries: *mut WINHTTP_PROXY_RESULT_ENTRY,
}

/// The proxies for a URL, with their interface.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_PROXY_RESULT_EX {
    /// How many.
    pub cEntries: DWORD,
    /// In the order to try them.
    pub pEntries: *mut WINHTTP_PROXY_RESULT_ENTRY,
    /// Null.
    pub hProxyDetectionHandle: HANDLE,
    /// Interface index, or 0.
    pub dwProxyInterfaceAffinity: DWORD,
}

/// Mark of a network.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_PROXY_NETWORKING_KEY {
    /// The mark.
    pub pbBuffer: [BYTE; 128],
}

/// Stored proxy settings.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_PROXY_SETTINGS {
    /// Size of this struct.
    pub dwStructSize: DWORD,
    /// `WINHTTP_PROXY_TYPE_*` bits.
    pub dwFlags: DWORD,
    /// Change counter.
    pub dwCurrentSettingsVersion: DWORD,
    /// Connection they belong to.
    pub pwszConnectionName: PWSTR,
    /// Proxies.
    pub pwszProxy: PWSTR,
    /// Hosts reached without them.
    pub pwszProxyBypass: PWSTR,
    /// Script URL.
    pub pwszAutoconfigUrl: PWSTR,
    /// Second script URL.
    pub pwszAutoconfigSecondaryUrl: PWSTR,
    /// Discovery flags.
    pub dwAutoDiscoveryFlags: DWORD,
    /// Script URL that worked last.
    pub pwszLastKnownGoodAutoConfigUrl: PWSTR,
    /// Minutes until the script is fetched again.
    pub dwAutoconfigReloadDelayMins: DWORD,
    /// When discovery ran last.
    pub ftLastKnownDetectTime: FILETIME,
    /// Number of interface addresses.
    pub dwDetectedInterfaceIpCount: DWORD,
    /// Interface addresses discovery ran on.
    pub pdwDetectedInterfaceIp: PDWORD,
    /// Number of networks.
    pub cNetworkKeys: DWORD,
    /// Networks discovery ran on.
    pub pNetworkKeys: *mut WINHTTP_PROXY_NETWORKING_KEY,
}

/// What `WinHttpGetProxySettingsEx` asks about.
#[cfg_attr(target_pointer_width = "64", repr(C))]
#[cfg_attr(target_pointer_width = "32", repr(C, packed(4)))]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_PROXY_SETTINGS_PARAM {
    /// 0.
    pub ullFlags: ULONGLONG,
    /// Connection name.
    pub pcwszConnectionName: PCWSTR,
    /// Host that must be reachable.
    pub pcwszProbeHost: PCWSTR,
}

/// What `WinHttpGetProxySettingsEx` found.
#[cfg_attr(target_pointer_width = "64", repr(C))]
#[cfg_attr(target_pointer_width = "32", repr(C, packed(4)))]
#[derive(Clone, Copy, Debug)]
pub struct WINHTTP_PROXY_SETTINGS_EX {
    /// Change counter.
    pub ullGenerationId: ULONGLONG,
    /// `WINHTTP_PROXY_TYPE_*` bits.
    pub ullFlags: ULONGLONG,
    /// Script URL.
    pub pcwszAutoconfigUrl: PCWSTR,
    /// Proxy for http.
    pub pcwszProxy: PCWSTR,
    /// Proxy for https.
    pub pcwszSecureProxy: PCWSTR,
    /// Number of hosts reached without a proxy.
    pub cProxyBypasses: ULONG,
    /// Hosts reached without a proxy.
    pub rgpcwszProxyBypasses: *const PCWSTR,
    /// Interface.
    pub dwInterfaceIndex: DWORD,
    /// Connection name.
    pub pcwszConnectionName: PCWSTR,
}
