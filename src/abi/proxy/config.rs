//! Proxy configuration: the machine's, the user's, and notices of its change.

use crate::abi::constants::*;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::heap::Texts;
use crate::abi::out::Out;
use crate::abi::proxy::needed;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::Session;
use crate::api::proxy::ProxyInfo;
use crate::api::proxy::system;
use crate::base::Code;
use crate::base::Result;

/// The proxy of sessions with the default access type. The program frees the strings by `GlobalFree`.
///
/// # Safety
///
/// `proxy_info` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetDefaultProxyConfiguration(
    proxy_info: *mut WINHTTP_PROXY_INFO,
) -> BOOL {
    entry("WinHttpGetDefaultProxyConfiguration", || {
        // SAFETY: the caller's promise.
        let variable = needed(unsafe { Out::new(proxy_info) })?;
        let info = system::info(&system::machine_settings());
        let mut texts = Texts::default();
        variable.put(WINHTTP_PROXY_INFO {
            dwAccessType: info.access_type,
            lpszProxy: texts.add(info.proxy.as_deref())?,
            lpszProxyBypass: texts.add(info.bypass.as_deref())?,
        });
        texts.keep();
        Ok(())
    })
}

/// Sets the proxy of sessions with the default access type that are opened from now on. Fails with
/// `ERROR_ACCESS_DENIED` for a user who may not.
///
/// # Safety
///
/// `proxy_info` is null, or readable with its strings until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpSetDefaultProxyConfiguration(
    proxy_info: *mut WINHTTP_PROXY_INFO,
) -> BOOL {
    entry("WinHttpSetDefaultProxyConfiguration", || -> Result<()> {
        // SAFETY: the caller's promise.
        let info = unsafe { Out::new(proxy_info) }.get().ok_or(Code::INVALID_PARAMETER)?;
        let mut setting = ProxyInfo { access_type: info.dwAccessType, proxy: None, bypass: None };
        if info.dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY {
            // SAFETY: the caller's promise.
            setting.proxy = unsafe { wide::text(info.lpszProxy) }.map(<[u16]>::to_vec);
            // SAFETY: the caller's promise.
            setting.bypass = unsafe { wide::text(info.lpszProxyBypass) }.map(<[u16]>::to_vec);
        }
        system::set_machine_settings(&setting)
    })
}

/// The user's proxy settings. The program frees the strings by `GlobalFree`.
///
/// # Safety
///
/// `proxy_config` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetIEProxyConfigForCurrentUser(
    proxy_config: *mut WINHTTP_CURRENT_USER_IE_PROXY_CONFIG,
) -> BOOL {
    entry("WinHttpGetIEProxyConfigForCurrentUser", || {
        // SAFETY: the caller's promise.
        let variable = needed(unsafe { Out::new(proxy_config) })?;
        let settings = system::user_settings();
        let mut texts = Texts::default();
        variable.put(WINHTTP_CURRENT_USER_IE_PROXY_CONFIG {
            fAutoDetect: settings.auto_detect.into(),
            lpszAutoConfigUrl: texts.add_text(settings.script.as_deref())?,
            lpszProxy: texts.add_text(settings.proxy.as_deref())?,
            lpszProxyBypass: texts.add_text(settings.bypass.as_deref())?,
        });
        texts.keep();
        Ok(())
    })
}

/// A number that grows when proxy settings change, which they do not yet.
///
/// # Safety
///
/// `version_variable` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxySettingsVersion(
    session_handle: HINTERNET,
    version_variable: *mut DWORD,
) -> DWORD {
    entry("WinHttpGetProxySettingsVersion", || {
        api::get::<Session>(handle(session_handle))?;
        // SAFETY: the caller's promise.
        needed(unsafe { Out::new(version_variable) })?.put(1);
        Ok(())
    })
}

/// Reads stored proxy settings. Fails cleanly: `ERROR_NOT_SUPPORTED`.
///
/// # Safety
///
/// The string is null, or UTF-16 text that ends in a NUL; the variables are null, or writable; all
/// until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpReadProxySettings(
    session_handle: HINTERNET,
    _connection_name: PCWSTR,
    _fall_back: BOOL,
    _set_auto_discover: BOOL,
    _version_variable: *mut DWORD,
    _defaults_returned: *mut BOOL,
    _proxy_settings: *mut WINHTTP_PROXY_SETTINGS,
) -> DWORD {
    entry("WinHttpReadProxySettings", || -> Result<()> {
        api::get::<Session>(handle(session_handle))?;
        log::warn!("WinHttpReadProxySettings is not supported yet");
        Err(Code::NOT_SUPPORTED)
    })
}

/// Stores proxy settings. Fails cleanly: `ERROR_ACCESS_DENIED`.
///
/// # Safety
///
/// `_proxy_settings` is null, or readable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWriteProxySettings(
    session_handle: HINTERNET,
    _force_update: BOOL,
    _proxy_settings: *mut WINHTTP_PROXY_SETTINGS,
) -> DWORD {
    entry("WinHttpWriteProxySettings", || -> Result<()> {
        api::get::<Session>(handle(session_handle))?;
        log::warn!("WinHttpWriteProxySettings is not supported");
        Err(Code::ACCESS_DENIED)
    })
}

/// Frees what `WinHttpReadProxySettings` gave: nothing yet.
///
/// # Safety
///
/// `_proxy_settings` is null, or such settings.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpFreeProxySettings(_proxy_settings: *mut WINHTTP_PROXY_SETTINGS) {}

/// Chooses between the machine's and each user's proxy settings. Fails cleanly:
/// `ERROR_ACCESS_DENIED`.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpSetProxySettingsPerUser(_per_user: BOOL) -> DWORD {
    entry("WinHttpSetProxySettingsPerUser", || -> Result<()> { Err(Code::ACCESS_DENIED) })
}
