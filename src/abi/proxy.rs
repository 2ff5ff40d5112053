//! Proxies. The library does not use any yet: what can be answered honestly is (there are no proxies),
//! the rest fails cleanly with its documented error.

use std::ptr;

use crate::abi::constants::*;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::out::Out;
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

/// Looks for a proxy script on the network. Fails cleanly: `ERROR_WINHTTP_AUTODETECTION_FAILED`, as
/// where there is none.
///
/// # Safety
///
/// `auto_config_url` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpDetectAutoProxyConfigUrl(
    auto_detect_flags: DWORD,
    auto_config_url: *mut LPWSTR,
) -> BOOL {
    entry("WinHttpDetectAutoProxyConfigUrl", || -> Result<()> {
        const BOTH: DWORD = WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A;
        // SAFETY: the caller's promise.
        let url = needed(unsafe { Out::new(auto_config_url) })?;
        if auto_detect_flags == 0 || auto_detect_flags & !BOTH != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        url.put(ptr::null_mut());
        log::warn!("WinHttpDetectAutoProxyConfigUrl is not supported yet");
        Err(Code::AUTODETECTION_FAILED)
    })
}

/// Asks a proxy script. Fails cleanly: `ERROR_WINHTTP_AUTODETECTION_FAILED` or
/// `ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT`, as where there is no script.
///
/// # Safety
///
/// The strings are null, or UTF-16 text that ends in a NUL; the options are null, or readable; all
/// until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyForUrl(
    session_handle: HINTERNET,
    url_text: LPCWSTR,
    auto_proxy_options: *mut WINHTTP_AUTOPROXY_OPTIONS,
    proxy_info: *mut WINHTTP_PROXY_INFO,
) -> BOOL {
    entry("WinHttpGetProxyForUrl", || -> Result<()> {
        api::get::<Session>(handle(session_handle))?;
        // SAFETY: the caller's promise.
        let options = unsafe { Out::new(auto_proxy_options) }.get().ok_or(Code::INVALID_PARAMETER)?;
        let detect = options.dwFlags & WINHTTP_AUTOPROXY_AUTO_DETECT != 0;
        let named = options.dwFlags & WINHTTP_AUTOPROXY_CONFIG_URL != 0;
        if url_text.is_null()
            || proxy_info.is_null()
            || !(detect || named)
            || detect && options.dwAutoDetectFlags == 0
            || named && options.lpszAutoConfigUrl.is_null()
        {
            return Err(Code::INVALID_PARAMETER);
        }
        log::warn!("WinHttpGetProxyForUrl is not supported yet");
        Err(if named { Code::UNABLE_TO_DOWNLOAD_SCRIPT } else { Code::AUTODETECTION_FAILED })
    })
}

/// Makes a resolver for `WinHttpGetProxyForUrlEx`. Fails cleanly: `ERROR_NOT_SUPPORTED`.
///
/// # Safety
///
/// `resolver_variable` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpCreateProxyResolver(
    session_handle: HINTERNET,
    resolver_variable: *mut HINTERNET,
) -> DWORD {
    entry("WinHttpCreateProxyResolver", || -> Result<()> {
        api::get::<Session>(handle(session_handle))?;
        // SAFETY: the caller's promise.
        needed(unsafe { Out::new(resolver_variable) })?;
        log::warn!("WinHttpCreateProxyResolver is not supported yet");
        Err(Code::NOT_SUPPORTED)
    })
}

/// Asks a proxy script. Fails cleanly: no handle is a resolver yet.
///
/// # Safety
///
/// As for [`WinHttpGetProxyForUrl`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyForUrlEx(
    resolver_handle: HINTERNET,
    _url_text: PCWSTR,
    _auto_proxy_options: *mut WINHTTP_AUTOPROXY_OPTIONS,
    _context: DWORD_PTR,
) -> DWORD {
    entry("WinHttpGetProxyForUrlEx", || no_resolver(resolver_handle))
}

/// Asks a proxy script. Fails cleanly: no handle is a resolver yet.
///
/// # Safety
///
/// As for [`WinHttpGetProxyForUrl`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyForUrlEx2(
    resolver_handle: HINTERNET,
    _url_text: PCWSTR,
    _auto_proxy_options: *mut WINHTTP_AUTOPROXY_OPTIONS,
    _selection_length: DWORD,
    _interface_selection: *mut BYTE,
    _context: DWORD_PTR,
) -> DWORD {
    entry("WinHttpGetProxyForUrlEx2", || no_resolver(resolver_handle))
}

/// What the script said. Fails cleanly: no handle is a resolver yet.
///
/// # Safety
///
/// `proxy_result` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyResult(
    resolver_handle: HINTERNET,
    _proxy_result: *mut WINHTTP_PROXY_RESULT,
) -> DWORD {
    entry("WinHttpGetProxyResult", || no_resolver(resolver_handle))
}

/// What the script said. Fails cleanly: no handle is a resolver yet.
///
/// # Safety
///
/// `proxy_result` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyResultEx(
    resolver_handle: HINTERNET,
    _proxy_result: *mut WINHTTP_PROXY_RESULT_EX,
) -> DWORD {
    entry("WinHttpGetProxyResultEx", || no_resolver(resolver_handle))
}

/// Frees what `WinHttpGetProxyResult` gave: nothing yet.
///
/// # Safety
///
/// `_proxy_result` is null, or such a result.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpFreeProxyResult(_proxy_result: *mut WINHTTP_PROXY_RESULT) {}

/// Frees what `WinHttpGetProxyResultEx` gave: nothing yet.
///
/// # Safety
///
/// `_proxy_result` is null, or such a result.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpFreeProxyResultEx(_proxy_result: *mut WINHTTP_PROXY_RESULT_EX) {}

/// Forgets what was learnt about proxies: nothing yet.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpResetAutoProxy(session_handle: HINTERNET, _flags: DWORD) -> DWORD {
    entry("WinHttpResetAutoProxy", || api::get::<Session>(handle(session_handle)).map(|_| ()))
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

/// A variable that must be there.
fn needed<T: Copy>(variable: Out<T>) -> Result<Out<T>> {
    if variable.is_null() { Err(Code::INVALID_PARAMETER) } else { Ok(variable) }
}

/// Whatever the handle is, it is no resolver.
fn no_resolver(resolver_handle: HINTERNET) -> Result<()> {
    api::object(handle(resolver_handle))?;
    Err(Code::INCORRECT_HANDLE_TYPE)
}
