//! The system's settings: the machine's, and the user's.

use std::env;

use crate::api::proxy::ACCESS_NAMED;
use crate::api::proxy::ACCESS_NONE;
use crate::api::proxy::ProxyInfo;
use crate::base::Code;
use crate::base::Result;
use crate::platform;
use crate::platform::KeptProxies;
use crate::proto::proxy::ProxySettings;
use crate::proto::proxy::environment;
use crate::proto::proxy::file;
use crate::proto::proxy::registry;

/// What new sessions of the default access type use, and `WinHttpGetDefaultProxyConfiguration` tells.
pub(crate) fn machine_settings() -> ProxySettings {
    platform::machine_proxies().map(|kept| read(&kept)).unwrap_or_default()
}

/// What `WinHttpGetIEProxyConfigForCurrentUser` tells, and automatic sessions use.
pub(crate) fn user_settings() -> ProxySettings {
    let nothing = || ProxySettings { auto_detect: true, ..ProxySettings::default() };
    platform::user_proxies().map_or_else(nothing, |kept| read(&kept))
}

/// `WinHttpSetDefaultProxyConfiguration`: for sessions that are opened from now on.
pub(crate) fn set_machine_settings(info: &ProxyInfo) -> Result<()> {
    let text = |text: &Option<Vec<u16>>| match text.as_deref().map(String::from_utf16) {
        None => Ok(None),
        Some(Ok(text)) if text.is_ascii() => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(Code::INVALID_PARAMETER),
    };
    let settings = match info.access_type {
        ACCESS_NONE => ProxySettings::default(),
        ACCESS_NAMED => {
            let proxy = text(&info.proxy)?.ok_or(Code::INVALID_PARAMETER)?;
            ProxySettings { proxy: Some(proxy), bypass: text(&info.bypass)?, ..ProxySettings::default() }
        }
        _ => return Err(Code::INVALID_PARAMETER),
    };
    let new = match platform::machine_proxies() {
        Some(KeptProxies::File(text)) => file::with_fixed(&text, &settings),
        Some(KeptProxies::Environment) => file::with_fixed(b"", &settings),
        _ => registry::machine_value(&settings),
    };
    platform::keep_machine_proxies(&new).map_err(|error| {
        log::warn!("the proxy settings cannot be written: {error}");
        Code::ACCESS_DENIED
    })
}

/// The part of settings that fits `WINHTTP_PROXY_INFO`.
pub(crate) fn info(settings: &ProxySettings) -> ProxyInfo {
    let wide = |text: &Option<String>| text.as_ref().map(|text| text.encode_utf16().collect());
    match &settings.proxy {
        None => ProxyInfo { access_type: ACCESS_NONE, proxy: None, bypass: None },
        proxy => ProxyInfo { access_type: ACCESS_NAMED, proxy: wide(proxy), bypass: wide(&settings.bypass) },
    }
}

fn read(kept: &KeptProxies) -> ProxySettings {
    match kept {
        KeptProxies::MachineValue(value) => registry::machine(value).unwrap_or_default(),
        KeptProxies::ConnectionValue(value) => registry::connection(value).unwrap_or_default(),
        KeptProxies::Values { proxy, bypass, script } => ProxySettings {
            proxy: proxy.clone(),
            bypass: bypass.clone(),
            script: script.clone(),
            ..ProxySettings::default()
        },
        KeptProxies::File(text) => file::settings(text),
        KeptProxies::Environment => environment::settings(&|name| env::var(name).ok()),
    }
}
