//! Types of other Windows headers that WinHTTP's prototypes and structs use.
//!
//! They are not generated into `winhttp.h`: C programs get them from `windows.h` and its companions.

use std::ffi::c_void;
use std::ptr;

/// Handle of a session, connection, request, WebSocket or proxy resolver.
///
/// A type of its own, because as the SDK's plain `LPVOID` it could be confused with any buffer. In C it is `LPVOID`.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HINTERNET(pub *mut c_void);

impl HINTERNET {
    /// No handle.
    pub const NULL: HINTERNET = HINTERNET(ptr::null_mut());
}

/// Truth value in 32 bits.
pub type BOOL = i32;
/// True.
pub const TRUE: BOOL = 1;
/// False.
pub const FALSE: BOOL = 0;
/// 8-bit unsigned integer.
pub type BYTE = u8;
/// 8-bit character.
pub type CHAR = std::ffi::c_char;
/// 32-bit unsigned integer.
pub type DWORD = u32;
/// Unsigned integer as wide as a pointer.
pub type DWORD_PTR = usize;
/// Handle of a system object.
pub type HANDLE = *mut c_void;
/// 32-bit signed integer, C's `int`.
pub type INT = i32;
/// Constant bytes.
pub type LPCVOID = *const c_void;
/// Constant 8-bit string.
pub type LPCSTR = *const CHAR;
/// Constant UTF-16 string.
pub type LPCWSTR = *const WCHAR;
/// Pointer to a `DWORD`.
pub type LPDWORD = *mut DWORD;
/// 8-bit string.
pub type LPSTR = *mut CHAR;
/// Bytes.
pub type LPVOID = *mut c_void;
/// UTF-16 string.
pub type LPWSTR = *mut WCHAR;
/// Constant 8-bit string.
pub type PCSTR = *const CHAR;
/// Constant UTF-16 string.
pub type PCWSTR = *const WCHAR;
/// Pointer to a `DWORD`.
pub type PDWORD = *mut DWORD;
/// Bytes.
pub type PVOID = *mut c_void;
/// UTF-16 string.
pub type PWSTR = *mut WCHAR;
/// 32-bit unsigned integer.
pub type UINT = u32;
/// 32-bit unsigned integer, on Linux too.
pub type ULONG = u32;
/// 64-bit unsigned integer.
pub type ULONGLONG = u64;
/// 16-bit unsigned integer.
pub type USHORT = u16;
/// UTF-16 code unit, on Linux too.
pub type WCHAR = u16;
/// 16-bit unsigned integer.
pub type WORD = u16;

/// Globally unique identifier.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GUID {
    /// First group.
    pub Data1: u32,
    /// Second group.
    pub Data2: u16,
    /// Third group.
    pub Data3: u16,
    /// The rest, byte by byte.
    pub Data4: [u8; 8],
}

/// Time in 100 ns since 1601.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FILETIME {
    /// Low half.
    pub dwLowDateTime: DWORD,
    /// High half.
    pub dwHighDateTime: DWORD,
}

/// Calendar time.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SYSTEMTIME {
    /// Year, 1601 or later.
    pub wYear: WORD,
    /// Month, 1 to 12.
    pub wMonth: WORD,
    /// Day of the week, 0 is Sunday.
    pub wDayOfWeek: WORD,
    /// Day of the month, from 1.
    pub wDay: WORD,
    /// Hour.
    pub wHour: WORD,
    /// Minute.
    pub wMinute: WORD,
    /// Second.
    pub wSecond: WORD,
    /// Millisecond.
    pub wMilliseconds: WORD,
}

/// Room for any socket address.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SOCKADDR_STORAGE {
    /// Address family.
    pub ss_family: u16,
    /// Padding.
    pub __ss_pad1: [u8; 6],
    /// Forces the alignment.
    pub __ss_align: i64,
    /// Padding.
    pub __ss_pad2: [u8; 112],
}

/// An X.509 certificate.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CERT_CONTEXT {
    /// 1 for X.509.
    pub dwCertEncodingType: DWORD,
    /// DER bytes.
    pub pbCertEncoded: *mut BYTE,
    /// Their number.
    pub cbCertEncoded: DWORD,
    /// `CERT_INFO` of the decoded certificate.
    pub pCertInfo: *mut c_void,
    /// Store that holds it.
    pub hCertStore: *mut c_void,
}

/// TCP keep-alive settings.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct tcp_keepalive {
    /// Whether probes are sent.
    pub onoff: ULONG,
    /// Idle time before the first probe, milliseconds.
    pub keepalivetime: ULONG,
    /// Time between probes, milliseconds.
    pub keepaliveinterval: ULONG,
}

/// TCP statistics.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct TCP_INFO_v0 {
    /// `TCPSTATE` of the connection.
    pub State: i32,
    /// Segment size.
    pub Mss: ULONG,
    /// Age of the connection, milliseconds.
    pub ConnectionTimeMs: u64,
    /// Whether timestamps are in use.
    pub TimestampsEnabled: u8,
    /// Round trip, microseconds.
    pub RttUs: ULONG,
    /// Shortest round trip, microseconds.
    pub MinRttUs: ULONG,
    /// Bytes sent and not acknowledged.
    pub BytesInFlight: ULONG,
    /// Congestion window.
    pub Cwnd: ULONG,
    /// Send window.
    pub SndWnd: ULONG,
    /// Receive window.
    pub RcvWnd: ULONG,
    /// Receive buffer.
    pub RcvBuf: ULONG,
    /// Bytes sent.
    pub BytesOut: u64,
    /// Bytes received.
    pub BytesIn: u64,
    /// Bytes received out of order.
    pub BytesReordered: ULONG,
    /// Bytes sent again.
    pub BytesRetrans: ULONG,
    /// Fast retransmissions.
    pub FastRetrans: ULONG,
    /// Duplicate acknowledgements received.
    pub DupAcksIn: ULONG,
    /// Retransmission timeouts.
    pub TimeoutEpisodes: ULONG,
    /// Retransmissions of the SYN.
    pub SynRetrans: u8,
}

/// TCP statistics, with what limited the sender.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct TCP_INFO_v1 {
    /// `TCPSTATE` of the connection.
    pub State: i32,
    /// Segment size.
    pub Mss: ULONG,
    /// Age of the connection, milliseconds.
    pub ConnectionTimeMs: u64,
    /// Whether timestamps are in use.
    pub TimestampsEnabled: u8,
    /// Round trip, microseconds.
    pub RttUs: ULONG,
    /// Shortest round trip, microseconds.
    pub MinRttUs: ULONG,
    /// Bytes sent and not acknowledged.
    pub BytesInFlight: ULONG,
    /// Congestion window.
    pub Cwnd: ULONG,
    /// Send window.
    pub SndWnd: ULONG,
    /// Receive window.
    pub RcvWnd: ULONG,
    /// Receive buffer.
    pub RcvBuf: ULONG,
    /// Bytes sent.
    pub BytesOut: u64,
    /// Bytes received.
    pub BytesIn: u64,
    /// Bytes received out of order.
    pub BytesReordered: ULONG,
    /// Bytes sent again.
    pub BytesRetrans: ULONG,
    /// Fast retransmissions.
    pub FastRetrans: ULONG,
    /// Duplicate acknowledgements received.
    pub DupAcksIn: ULONG,
    /// Retransmission timeouts.
    pub TimeoutEpisodes: ULONG,
    /// Retransmissions of the SYN.
    pub SynRetrans: u8,
    /// Times that the receiver's window became the limit.
    pub SndLimTransRwin: ULONG,
    /// Milliseconds that the receiver's window was the limit.
    pub SndLimTimeRwin: ULONG,
    /// Bytes sent while the receiver's window was the limit.
    pub SndLimBytesRwin: u64,
    /// Times that congestion became the limit.
    pub SndLimTransCwnd: ULONG,
    /// Milliseconds that congestion was the limit.
    pub SndLimTimeCwnd: ULONG,
    /// Bytes sent while congestion was the limit.
    pub SndLimBytesCwnd: u64,
    /// Times that the application became the limit.
    pub SndLimTransSnd: ULONG,
    /// Milliseconds that the application was the limit.
    pub SndLimTimeSnd: ULONG,
    /// Bytes sent while the application was the limit.
    pub SndLimBytesSnd: u64,
}

/// Parameters of a TLS connection.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct SecPkgContext_ConnectionInfo {
    /// Protocol version, client bit.
    pub dwProtocol: DWORD,
    /// `ALG_ID` of the cipher.
    pub aiCipher: UINT,
    /// Key bits of the cipher.
    pub dwCipherStrength: DWORD,
    /// `ALG_ID` of the hash.
    pub aiHash: UINT,
    /// Bits of the hash.
    pub dwHashStrength: DWORD,
    /// `ALG_ID` of the key exchange.
    pub aiExch: UINT,
    /// Bits of the key exchange.
    pub dwExchStrength: DWORD,
}

/// Names of a TLS connection's algorithms.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SecPkgContext_CipherInfo {
    /// 1.
    pub dwVersion: DWORD,
    /// Protocol version.
    pub dwProtocol: DWORD,
    /// IANA number of the cipher suite.
    pub dwCipherSuite: DWORD,
    /// IANA number of the base suite.
    pub dwBaseCipherSuite: DWORD,
    /// IANA name of the suite.
    pub szCipherSuite: [WCHAR; 64],
    /// Cipher name.
    pub szCipher: [WCHAR; 64],
    /// Key bits.
    pub dwCipherLen: DWORD,
    /// Block length, bytes.
    pub dwCipherBlockLen: DWORD,
    /// Hash name.
    pub szHash: [WCHAR; 64],
    /// Hash bits.
    pub dwHashLen: DWORD,
    /// Key exchange name.
    pub szExchange: [WCHAR; 64],
    /// Fewest key exchange bits.
    pub dwMinExchangeLen: DWORD,
    /// Most key exchange bits.
    pub dwMaxExchangeLen: DWORD,
    /// Certificate key name.
    pub szCertificate: [WCHAR; 64],
    /// Kind of key.
    pub dwKeyType: DWORD,
}

/// Where the channel binding of a TLS connection is.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SecPkgContext_Bindings {
    /// Bytes of the block and its data.
    pub BindingsLength: ULONG,
    /// The block.
    pub Bindings: *mut SEC_CHANNEL_BINDINGS,
}

/// Channel binding; its data follow.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct SEC_CHANNEL_BINDINGS {
    /// 0.
    pub dwInitiatorAddrType: ULONG,
    /// 0.
    pub cbInitiatorLength: ULONG,
    /// 0.
    pub dwInitiatorOffset: ULONG,
    /// 0.
    pub dwAcceptorAddrType: ULONG,
    /// 0.
    pub cbAcceptorLength: ULONG,
    /// 0.
    pub dwAcceptorOffset: ULONG,
    /// Bytes of the data.
    pub cbApplicationDataLength: ULONG,
    /// Where the data start, from the start of the block.
    pub dwApplicationDataOffset: ULONG,
}
