//! Which way requests take: what the program said, or what the system says.
//!
//! - `automatic.rs` the way of a request whose session leaves it to the system
//! - `system.rs` what the system says, `changes.rs` noticing when it says something else
//! - `script/` proxy scripts, `resolver.rs` the object that asks them for the application

mod automatic;
pub(crate) mod changes;
mod resolver;
mod script;
pub(crate) mod system;

use std::sync::Arc;

pub(crate) use automatic::resolve_proxies;
pub(crate) use resolver::Resolver;
pub(crate) use script::AutoProxyOptions;
pub(crate) use script::Scripts;
pub(crate) use script::detect_script_url;

use crate::base::Code;
use crate::base::Result;
use crate::proto::auth::Credentials;
use crate::proto::proxy::Bypass;
use crate::proto::proxy::NamedProxies;
use crate::proto::proxy::ProxyEntry;
use crate::proto::proxy::ProxyList;
use crate::proto::proxy::ProxyServer;
use crate::proto::proxy::ProxySettings;
use crate::proto::url::Url;

/// A setting as C says it: `WINHTTP_PROXY_INFO`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProxyInfo {
    /// `WINHTTP_ACCESS_TYPE_*`.
    pub(crate) access_type: u32,
    pub(crate) proxy: Option<Vec<u16>>,
    pub(crate) bypass: Option<Vec<u16>>,
}

/// What a session or a request does about proxies.
#[derive(Clone, Debug)]
pub(crate) enum ProxyAccess {
    Direct,
    Named(Arc<Named>),
    /// Whatever the system's settings say when a request is sent.
    Automatic,
    /// This way and no other (`WINHTTP_OPTION_PROXY_RESULT_ENTRY`).
    Entry(ProxyEntry),
}

/// A proxy string and its bypass list, as they were given and as they are used.
#[derive(Debug)]
pub(crate) struct Named {
    info: ProxyInfo,
    proxies: NamedProxies,
    bypass: Bypass,
    /// Those of the system, whose names and passwords may be used.
    settings: ProxySettings,
}

impl ProxyAccess {
    /// What the program asks for. The default is what the machine's setting is now; strings beside any
    /// other type than the named one are ignored, as Windows does.
    pub(crate) fn new(info: ProxyInfo) -> Result<ProxyAccess> {
        match info.access_type {
            ACCESS_DEFAULT => Ok(ProxyAccess::of_settings(&system::machine_settings())),
            ACCESS_NONE => Ok(ProxyAccess::Direct),
            ACCESS_AUTOMATIC => Ok(ProxyAccess::Automatic),
            ACCESS_NAMED => Named::new(info).map(|named| ProxyAccess::Named(Arc::new(named))),
            _ => Err(Code::INVALID_PARAMETER),
        }
    }

    /// A proxy string and its bypass list that the system has.
    fn of_settings(settings: &ProxySettings) -> ProxyAccess {
        let info = system::info(settings);
        let Some(proxy) = &settings.proxy else { return ProxyAccess::Direct };
        let proxies = NamedProxies::parse_leniently(proxy);
        let bypass = Bypass::parse(settings.bypass.as_deref().unwrap_or_default());
        ProxyAccess::Named(Arc::new(Named { info, proxies, bypass, settings: settings.clone() }))
    }

    /// What the system's settings have for a proxy that asks who is there.
    pub(crate) fn login(&self, proxy: &ProxyServer) -> Option<Credentials> {
        match self {
            ProxyAccess::Named(named) => named.settings.login(proxy).cloned(),
            ProxyAccess::Automatic => system::user_settings().login(proxy).cloned(),
            ProxyAccess::Direct | ProxyAccess::Entry(_) => None,
        }
    }

    /// As C reads it.
    pub(crate) fn info(&self) -> ProxyInfo {
        let without = |access_type| ProxyInfo { access_type, proxy: None, bypass: None };
        match self {
            ProxyAccess::Direct | ProxyAccess::Entry(ProxyEntry::Direct { .. }) => without(ACCESS_NONE),
            ProxyAccess::Automatic => without(ACCESS_AUTOMATIC),
            ProxyAccess::Named(named) => named.info.clone(),
            ProxyAccess::Entry(ProxyEntry::Proxy(server)) => ProxyInfo {
                access_type: ACCESS_NAMED,
                proxy: Some(server.to_string().encode_utf16().collect()),
                bypass: None,
            },
        }
    }
}

impl Named {
    fn new(info: ProxyInfo) -> Result<Named> {
        let proxy = info.proxy.as_deref().filter(|text| !text.is_empty()).ok_or(Code::INVALID_PARAMETER)?;
        let proxies =
            NamedProxies::parse(&String::from_utf16_lossy(proxy)).map_err(|_| Code::INVALID_PARAMETER)?;
        let bypass = Bypass::parse(&String::from_utf16_lossy(info.bypass.as_deref().unwrap_or_default()));
        Ok(Named { info, proxies, bypass, settings: ProxySettings::default() })
    }

    /// Just one way: a named list is no list to try one after the other (options spec 6.2).
    pub(crate) fn way(&self, url: &Url) -> ProxyList {
        if self.bypass.holds(url) {
            return ProxyEntry::Direct { bypassed: true }.into();
        }
        match self.proxies.of(url.secure()).next() {
            Some(server) => ProxyEntry::Proxy(server.clone()).into(),
            None => ProxyList::direct(),
        }
    }
}

/// `WINHTTP_ACCESS_TYPE_*`.
pub(crate) const ACCESS_DEFAULT: u32 = 0;
pub(crate) const ACCESS_NONE: u32 = 1;
pub(crate) const ACCESS_NAMED: u32 = 3;
pub(crate) const ACCESS_AUTOMATIC: u32 = 4;
