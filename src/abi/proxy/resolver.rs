//! Automatic proxies: finding a script and asking it. Fails cleanly, each function with its documented
//! error.

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

/// Whatever the handle is, it is no resolver.
fn no_resolver(resolver_handle: HINTERNET) -> Result<()> {
    api::object(handle(resolver_handle))?;
    Err(Code::INCORRECT_HANDLE_TYPE)
}
