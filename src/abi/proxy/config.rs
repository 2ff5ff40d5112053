//! Proxy configuration: the machine's, the user's, and notices of its change. What can be answered
//! honestly is (there are no proxies), the rest fails cleanly with its documented error.

use std::ptr;

use crate::abi::constants::*;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::out::Out;
use crate::abi::proxy::needed;
use crate::abi::types::*;
use crate::api;
use crate::api::Session;
use crate::base::Code;
use crate::base::Result;

/// The machine's proxy: none.
///
/// # Safety
///
/// `proxy_info` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetDefaultProxyConfiguration(
    proxy_info: *mut WINHTTP_PROXY_INFO,
) -> BOOL {
    entry("WinHttpGetDefaultProxyConfiguration", || {
        let none = WINHTTP_PROXY_INFO {
            dwAccessType: WINHTTP_ACCESS_TYPE_NO_PROXY,
            lpszProxy: ptr::null_mut(),
            lpszProxyBypass: ptr::null_mut(),
        };
        // SAFETY: the caller's promise.
        needed(unsafe { Out::new(proxy_info) })?.put(none);
        Ok(())
    })
}

/// Sets the machine's proxy. Fails cleanly: `ERROR_ACCESS_DENIED`, as for a user who may not.
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
        match info.dwAccessType {
            WINHTTP_ACCESS_TYPE_NO_PROXY => Err(Code::ACCESS_DENIED),
            WINHTTP_ACCESS_TYPE_NAMED_PROXY if !info.lpszProxy.is_null() => Err(Code::ACCESS_DENIED),
            _ => Err(Code::INVALID_PARAMETER),
        }
    })
}

/// The user's proxy settings: none, and no automatic detection.
///
/// # Safety
///
/// `proxy_config` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetIEProxyConfigForCurrentUser(
    proxy_config: *mut WINHTTP_CURRENT_USER_IE_PROXY_CONFIG,
) -> BOOL {
    entry("WinHttpGetIEProxyConfigForCurrentUser", || {
        let none = WINHTTP_CURRENT_USER_IE_PROXY_CONFIG {
            fAutoDetect: FALSE,
            lpszAutoConfigUrl: ptr::null_mut(),
            lpszProxy: ptr::null_mut(),
            lpszProxyBypass: ptr::null_mut(),
        };
        // SAFETY: the caller's promise.
        needed(unsafe { Out::new(proxy_config) })?.put(none);
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
