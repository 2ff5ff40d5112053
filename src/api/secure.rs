//! The knobs of TLS, as WinHTTP numbers them, and what they mean below.

use crate::net::tls;

#[derive(Clone, Debug, Default)]
pub(crate) struct TlsSettings {
    /// `WINHTTP_OPTION_SECURE_PROTOCOLS`; 0 is the default.
    pub(crate) protocols: u32,
    /// `WINHTTP_OPTION_SECURITY_FLAGS`, the ignore bits.
    pub(crate) ignored: u32,
    /// `WINHTTP_ENABLE_SSL_REVOCATION`.
    pub(crate) check_revocation: bool,
    /// `WINHTTP_OPTION_IGNORE_CERT_REVOCATION_OFFLINE`.
    pub(crate) ignore_offline: bool,
    /// `WINHTTP_OPTION_SERVER_CERT_CHAIN_BUILD_FLAGS`.
    pub(crate) chain_flags: u32,
    /// `WINHTTP_OPTION_DISABLE_CERT_CHAIN_BUILDING`.
    pub(crate) own_chain_only: bool,
    /// `WINHTTP_OPTION_CLIENT_CERT_CONTEXT`.
    pub(crate) client: tls::Client,
}

impl TlsSettings {
    /// The protocols are the session's as they are now.
    pub(crate) fn terms(&self, protocols: u32) -> tls::Terms {
        tls::Terms {
            protocols: wanted(protocols),
            forgive: forgiven(self.ignored, self.ignore_offline),
            building: self.building(),
            client: self.client.clone(),
        }
    }

    pub(crate) fn building(&self) -> tls::Building {
        let cache_only = self.own_chain_only || self.chain_flags & (CACHE_ONLY | REVOCATION_CACHE_ONLY) != 0;
        tls::Building {
            revocation: self.check_revocation.then_some(tls::Revocation { cache_only }),
            flags: self.chain_flags,
            own_only: self.own_chain_only,
        }
    }
}

/// `WINHTTP_FLAG_SECURE_PROTOCOL_*`: what of the wish exists here. 0 is the default.
fn wanted(wish: u32) -> tls::Protocols {
    const TLS1_2: u32 = 0x0800;
    const TLS1_3: u32 = 0x2000;
    let wish = if wish == 0 { TLS1_2 | TLS1_3 } else { wish };
    tls::Protocols { tls12: wish & TLS1_2 != 0, tls13: wish & TLS1_3 != 0 }
}

/// `SECURITY_FLAG_IGNORE_*`.
fn forgiven(flags: u32, unchecked: bool) -> tls::Forgive {
    tls::Forgive {
        unknown_ca: flags & 0x0100 != 0,
        usage: flags & 0x0200 != 0,
        name: flags & 0x1000 != 0,
        date: flags & 0x2000 != 0,
        weak: flags & 0x0001_0000 != 0,
        unchecked,
    }
}

/// `CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL`.
const CACHE_ONLY: u32 = 4;
/// `CERT_CHAIN_REVOCATION_CHECK_CACHE_ONLY`.
const REVOCATION_CACHE_ONLY: u32 = 0x8000_0000;
