//! What differs by operating system. Every system provides:
//!
//! - `SocketId`, `socket_id`: a socket's number, for `wait`
//! - `Signal`: something a blocked thread can be woken by
//! - `wait`: blocks until a socket is ready, the signal is set, or time is up
//! - `event_support`, `signal_event`: sets a Win32 event object of the application's
//! - `socket_address`: an address as C sees it
//! - `winsock_code`: an error as Winsock numbers it
//! - `ascii_host`: the form of an international host name that DNS has
//! - `receive`, `send`, `send_pieces`: never wait, whatever the socket's mode
//! - `PATIENCE`, `prepare_to_wait`, `receive_or_wait`: a read that waits a moment for the first byte, where there is one
//! - `tcp`: options and statistics of a connection
//! - `ticks`: the performance counter
//! - `own_addresses`, `domains`, `dhcp_answers`, `calendar`: this machine's place in the network and in time
//! - `spawn_thread`: a thread that keeps the library's code mapped until it ends
//! - `JUDGES_CHAINS`, `chain_problems`: whether the system itself judges certificates, and its verdict
//! - `SecurityContext`: a handshake by the system's security packages, NTLM and Kerberos
//! - `machine_proxies`, `user_proxies`, `keep_machine_proxies`: where proxy settings are kept
//! - `ClientCertificate`, `HeldKey`: a certificate that the application has given, and a key that the
//!   system keeps to itself
//! - `has_more_rights`: whether the program has more rights than its user
//! - `ProxyWatch`: waiting for those to change
//! - `IS_UNLOADED_AT_ONCE`: whether unloading takes the library away though an application's thread has
//!   used it, so that what its statics hold is lost each time
//! - `A_SHORT_READ_EMPTIES`: whether a registered socket that gave fewer bytes than there was room
//!   for reports the next ones without having said `WouldBlock` in between

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
mod linux;
#[cfg(windows)]
#[allow(unsafe_code)]
mod windows;

#[cfg(target_os = "linux")]
pub(crate) use linux::*;
#[cfg(windows)]
pub(crate) use windows::*;

use std::fmt;

/// A security package that authenticates connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Package {
    Ntlm,
    /// Kerberos, or NTLM where there is none.
    Negotiate,
}

/// Whom to log on as, for the time of one handshake.
pub(crate) struct LogOn {
    /// `user`, `DOMAIN\user` or `user@domain`.
    pub(crate) user: String,
    pub(crate) password: String,
}

/// The service principal name of a web server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceName {
    pub(crate) host: String,
    /// Only when it is to be part of the name.
    pub(crate) port: Option<u16>,
}

/// As Windows writes it.
impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP/{}", self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// One step of a handshake.
pub(crate) struct Token {
    /// What to tell the server.
    pub(crate) bytes: Vec<u8>,
    /// Nothing more is expected of the server.
    pub(crate) done: bool,
}

/// What a socket should become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Connected, or not to be.
    Connect,
    /// Something to read, or the peer's end.
    Read,
    /// Room to write.
    Write,
    /// Either.
    ReadOrWrite,
}

/// Proxy settings as a system keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "each system has its own")]
pub(crate) enum KeptProxies {
    /// The registry's `WinHttpSettings`; empty when there is none.
    MachineValue(Vec<u8>),
    /// The registry's `DefaultConnectionSettings`.
    ConnectionValue(Vec<u8>),
    /// The texts beside it.
    Values { proxy: Option<String>, bypass: Option<String>, script: Option<String> },
    /// The file of systems without a registry.
    File(Vec<u8>),
    /// There is no such file: what the environment says counts.
    Environment,
}

/// How the system is to build a server's chain.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(windows), expect(dead_code, reason = "there is no system that builds chains"))]
pub(crate) struct ChainBuilding {
    pub(crate) check_revocation: bool,
    /// `CertGetCertificateChain`'s, as the program gave them.
    pub(crate) flags: u32,
    /// Nothing is fetched.
    pub(crate) own_only: bool,
}

/// What can be wrong with a server's certificate, the name aside; several things at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChainProblems {
    /// The chain does not lead to a trusted root.
    pub(crate) unknown_ca: bool,
    /// Expired, or not valid yet.
    pub(crate) date: bool,
    /// Not a server's certificate.
    pub(crate) usage: bool,
    pub(crate) revoked: bool,
    /// Revocation was to be checked, and could not be.
    pub(crate) unchecked: bool,
    /// Signed with an algorithm that can be broken.
    pub(crate) weak: bool,
    /// Malformed, badly signed, prohibited, or otherwise unusable.
    pub(crate) invalid: bool,
}

impl ChainProblems {
    /// Unusable, and nothing more is known.
    pub(crate) const INVALID: ChainProblems = ChainProblems {
        unknown_ca: false,
        date: false,
        usage: false,
        revoked: false,
        unchecked: false,
        weak: false,
        invalid: true,
    };
}

/// What the system knows of a TCP connection, in the terms of Windows' `TCP_INFO_v1`. What it does not
/// know is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TcpStatistics {
    /// `TCPSTATE`.
    pub(crate) state: u32,
    pub(crate) mss: u32,
    /// Since when it exists; 0 where only we know.
    pub(crate) connection_ms: u64,
    pub(crate) timestamps: bool,
    pub(crate) rtt_us: u32,
    pub(crate) min_rtt_us: u32,
    pub(crate) bytes_in_flight: u32,
    pub(crate) congestion_window: u32,
    pub(crate) send_window: u32,
    pub(crate) receive_window: u32,
    pub(crate) receive_buffer: u32,
    pub(crate) bytes_out: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_reordered: u32,
    pub(crate) bytes_retransmitted: u32,
    pub(crate) fast_retransmits: u32,
    pub(crate) duplicate_acks: u32,
    pub(crate) timeouts: u32,
    pub(crate) syn_retransmits: u8,
    /// How long sending had to wait, and for what.
    pub(crate) limited_by_receiver_ms: u32,
    pub(crate) limited_by_congestion_ms: u32,
    pub(crate) limited_by_sender_ms: u32,
}

/// The private key of a client certificate.
pub(crate) enum PrivateKey {
    /// Itself: PKCS #8, or what RSA and elliptic curves have of their own; DER.
    #[cfg_attr(windows, expect(dead_code, reason = "Windows keeps keys to itself"))]
    Der(Vec<u8>),
    /// The system signs with it.
    #[cfg_attr(not(windows), expect(dead_code, reason = "there is nobody who would keep it"))]
    Held(HeldKey),
}

/// Why there is no private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyTrouble {
    Missing,
    /// There is one, and it cannot be used.
    NoAccess,
}

/// A kind of signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signing {
    Ecdsa,
    RsaPkcs1,
    /// The salt is as long as the hash.
    RsaPss,
}
