//! Plain knobs: a request copies its session's when it is opened; later changes to the session do
//! not reach it.

use crate::api::proxy::ProxyAccess;
use crate::api::secure::TlsSettings;
use crate::base::Code;
use crate::base::Result;
use crate::net::Dialing;
use crate::net::known::Guid;
use crate::net::pool::MatchGuid;
use crate::proto::url::CodePage;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) timeouts: Timeouts,
    pub(crate) connect_retries: u32,
    pub(crate) redirect_policy: u32,
    pub(crate) max_redirects: u32,
    pub(crate) max_status_continue: u32,
    pub(crate) max_header_size: u32,
    pub(crate) max_drain_size: u32,
    pub(crate) ws_receive_buffer: u32,
    pub(crate) ws_send_buffer: u32,
    /// Milliseconds; what a WebSocket begins with.
    pub(crate) ws_close_timeout: u32,
    pub(crate) tls: TlsSettings,
    /// `WINHTTP_OPTION_DECOMPRESSION` bits; any of them asks for both codings.
    pub(crate) decompression: u32,
    /// `WINHTTP_OPTION_DISABLE_FEATURE` bits.
    pub(crate) disabled: u32,
    /// `WINHTTP_OPTION_AUTOLOGON_POLICY`.
    pub(crate) autologon_policy: u32,
    /// `WINHTTP_OPTION_SPN`: service principal names have the port.
    pub(crate) spn_with_port: bool,
    /// `WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES` bits.
    pub(crate) disabled_proxy_schemes: u32,
    /// `WINHTTP_OPTION_DISABLE_GLOBAL_POOLING`: connections stay within the session.
    pub(crate) own_pool: bool,
    pub(crate) max_conns_per_server: u32,
    pub(crate) max_conns_per_1_0_server: u32,
    pub(crate) proxy: ProxyAccess,
    /// `WINHTTP_OPTION_RECEIVE_PROXY_CONNECT_RESPONSE`: whatever a proxy says instead of making a tunnel
    /// is for the application.
    pub(crate) proxy_refusals: bool,
    pub(crate) request: RequestSettings,
    pub(crate) protocol: ProtocolSettings,
    pub(crate) socket: SocketSettings,
}

/// What requests are made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestSettings {
    /// Kept to be read back, as are the two after it.
    pub(crate) read_buffer: u32,
    pub(crate) write_buffer: u32,
    pub(crate) priority: u32,
    /// That of the query, when it is escaped.
    pub(crate) code_page: CodePage,
    /// A redirect target with a user's name is no good.
    pub(crate) reject_user_info: bool,
    /// The application's own note.
    pub(crate) annotation: Vec<u16>,
    /// The `User-Agent` instead of the session's.
    pub(crate) agent: Option<Vec<u8>>,
    /// The name to resolve instead of the URL's.
    pub(crate) resolution_host: Option<String>,
}

/// HTTP beyond 1.1, which nothing here ends up with.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProtocolSettings {
    /// `WINHTTP_PROTOCOL_FLAG_*`.
    pub(crate) wished: u32,
    /// With another protocol than the wished ones the send fails.
    pub(crate) required: bool,
}

/// How connections are made.
#[derive(Clone, Debug, Default)]
pub(crate) struct SocketSettings {
    pub(crate) how: Dialing,
    /// `WINHTTP_OPTION_IPV6_FAST_FALLBACK`.
    pub(crate) fast_fallback: bool,
    pub(crate) retries: Retries,
    /// The number to mark the connection with.
    pub(crate) guid: Option<Guid>,
    pub(crate) match_guid: Option<MatchGuid>,
}

/// `WINHTTP_FAILED_CONNECTION_RETRIES`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Retries {
    pub(crate) most: u32,
    /// `WINHTTP_CONNECTION_RETRY_CONDITION_*`.
    pub(crate) conditions: u32,
}

/// Milliseconds; 0 and `u32::MAX` are none. The values read back as they were set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) resolve: u32,
    pub(crate) connect: u32,
    pub(crate) send: u32,
    pub(crate) receive: u32,
    pub(crate) response: u32,
}

impl Timeouts {
    /// `WinHttpSetTimeouts`: values below -1 are refused.
    pub(crate) fn set(&mut self, resolve: u32, connect: u32, send: u32, receive: u32) {
        (self.resolve, self.connect, self.send, self.receive) = (resolve, connect, send, receive);
    }

    /// Checks one argument of `WinHttpSetTimeouts`.
    pub(crate) fn check(ms: i32) -> Result<u32> {
        if ms < -1 { Err(Code::INVALID_PARAMETER) } else { Ok(ms as u32) }
    }

    /// How `WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT` reads back: never below the receive timeout.
    pub(crate) fn response_effective(&self) -> u32 {
        self.response.max(self.receive)
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            timeouts: Timeouts {
                resolve: 0,
                connect: 60_000,
                send: 30_000,
                receive: 30_000,
                response: u32::MAX,
            },
            connect_retries: 5,
            redirect_policy: REDIRECT_NOT_HTTPS_TO_HTTP,
            max_redirects: 10,
            max_status_continue: 10,
            max_header_size: 64 * 1024,
            max_drain_size: 1024 * 1024,
            ws_receive_buffer: 32 * 1024,
            ws_send_buffer: 32 * 1024,
            ws_close_timeout: 10_000,
            tls: TlsSettings::default(),
            decompression: 0,
            disabled: 0,
            autologon_policy: 0,
            spn_with_port: false,
            disabled_proxy_schemes: 0,
            own_pool: false,
            max_conns_per_server: u32::MAX,
            max_conns_per_1_0_server: u32::MAX,
            proxy: ProxyAccess::Direct,
            proxy_refusals: false,
            request: RequestSettings::default(),
            protocol: ProtocolSettings::default(),
            socket: SocketSettings::default(),
        }
    }
}

/// `WINHTTP_OPTION_REDIRECT_POLICY_*`.
pub(crate) const REDIRECT_NEVER: u32 = 0;
pub(crate) const REDIRECT_NOT_HTTPS_TO_HTTP: u32 = 1;
pub(crate) const REDIRECT_ALWAYS: u32 = 2;
/// `WINHTTP_DISABLE_*`.
pub(crate) const DISABLE_COOKIES: u32 = 1;
pub(crate) const DISABLE_REDIRECTS: u32 = 2;
pub(crate) const DISABLE_AUTHENTICATION: u32 = 4;
pub(crate) const DISABLE_KEEP_ALIVE: u32 = 8;
/// `WINHTTP_CONNECTION_RETRY_CONDITION_*`.
pub(crate) const RETRY_408: u32 = 1;
pub(crate) const RETRY_HANDSHAKE: u32 = 2;
pub(crate) const RETRY_STALE: u32 = 4;
