//! Automatic proxies: finding a script and asking it.

use std::ptr;

use crate::abi::constants::*;
use crate::abi::entry::Accepted;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::heap;
use crate::abi::out::Out;
use crate::abi::proxy::needed;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::AutoProxyOptions;
use crate::api::Resolver;
use crate::api::Session;
use crate::base::Code;
use crate::base::Result;
use crate::proto::pac;
use crate::proto::proxy::ProxyEntry;
use crate::proto::proxy::ProxyList;
use crate::proto::proxy::ProxyScheme;

/// Looks for a proxy script on the network. The URL is freed by `GlobalFree`; NULL when there is none.
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
        // SAFETY: the caller's promise.
        let variable = needed(unsafe { Out::new(auto_config_url) })?;
        let url = api::detect_script_url(auto_detect_flags).inspect_err(|code| {
            if *code == Code::AUTODETECTION_FAILED {
                variable.put(ptr::null_mut());
            }
        })?;
        variable.put(heap::text(&utf16(&url))?);
        Ok(())
    })
}

/// Asks a proxy script, or the system's settings, for the http proxies for a URL. Blocks.
/// The strings are freed by `GlobalFree`.
///
/// # Safety
///
/// The strings are null, or UTF-16 text that ends in a NUL; the options are null, or readable; the result is
/// null, or writable; all until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyForUrl(
    session_handle: HINTERNET,
    url_text: LPCWSTR,
    auto_proxy_options: *mut WINHTTP_AUTOPROXY_OPTIONS,
    proxy_info: *mut WINHTTP_PROXY_INFO,
) -> BOOL {
    entry("WinHttpGetProxyForUrl", || -> Result<()> {
        // SAFETY: the caller's promise.
        let info = unsafe { Out::new(proxy_info) };
        // Also in failure there are no dangling strings.
        info.put(NO_PROXY);
        let session = api::get::<Session>(handle(session_handle))?;
        // SAFETY: the caller's promise.
        let options = unsafe { options_of(auto_proxy_options) }.ok_or(Code::INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        let url = unsafe { wide::text(url_text) }.ok_or(Code::INVALID_PARAMETER)?;
        let info = needed(info)?;
        let ways = session.proxies_for(url, options)?;
        let proxies: Vec<String> = pac::proxies_only(&ways).iter().map(ToString::to_string).collect();
        if !proxies.is_empty() {
            info.put(WINHTTP_PROXY_INFO {
                dwAccessType: WINHTTP_ACCESS_TYPE_NAMED_PROXY,
                lpszProxy: heap::text(&utf16(&proxies.join(";")))?,
                lpszProxyBypass: ptr::null_mut(),
            });
        }
        Ok(())
    })
}

/// Makes a resolver for `WinHttpGetProxyForUrlEx`; the session must be asynchronous.
/// It takes the session's callback, and is closed by `WinHttpCloseHandle`.
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
        let session = api::get::<Session>(handle(session_handle))?;
        // SAFETY: the caller's promise.
        let variable = needed(unsafe { Out::new(resolver_variable) })?;
        let resolver = Resolver::open(&session)?;
        variable.put(HINTERNET(resolver.raw() as *mut _));
        Ok(())
    })
}

/// Asks for the proxies for a URL. `ERROR_IO_PENDING`: the callback will tell; else: it will not.
/// The context is the callback's. NULL options: whatever the system's settings say.
///
/// # Safety
///
/// As for [`WinHttpGetProxyForUrl`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyForUrlEx(
    resolver_handle: HINTERNET,
    url_text: PCWSTR,
    auto_proxy_options: *mut WINHTTP_AUTOPROXY_OPTIONS,
    context: DWORD_PTR,
) -> DWORD {
    entry("WinHttpGetProxyForUrlEx", || {
        // SAFETY: the caller's promise.
        unsafe { look_up(resolver_handle, url_text, auto_proxy_options, context) }
    })
}

/// As [`WinHttpGetProxyForUrlEx`]. The choice of an interface makes no difference.
///
/// # Safety
///
/// As for [`WinHttpGetProxyForUrl`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyForUrlEx2(
    resolver_handle: HINTERNET,
    url_text: PCWSTR,
    auto_proxy_options: *mut WINHTTP_AUTOPROXY_OPTIONS,
    _selection_length: DWORD,
    _interface_selection: *mut BYTE,
    context: DWORD_PTR,
) -> DWORD {
    entry("WinHttpGetProxyForUrlEx2", || {
        // SAFETY: the caller's promise.
        unsafe { look_up(resolver_handle, url_text, auto_proxy_options, context) }
    })
}

/// # Safety
///
/// As for [`WinHttpGetProxyForUrl`].
unsafe fn look_up(
    resolver_handle: HINTERNET,
    url_text: PCWSTR,
    auto_proxy_options: *mut WINHTTP_AUTOPROXY_OPTIONS,
    context: DWORD_PTR,
) -> Result<Accepted> {
    let resolver = api::get::<Resolver>(handle(resolver_handle))?;
    // SAFETY: the caller's promise.
    let url = unsafe { wide::text(url_text) }.ok_or(Code::INVALID_PARAMETER)?;
    // SAFETY: the caller's promise.
    let options = unsafe { options_of(auto_proxy_options) }.unwrap_or_default();
    resolver.look_up(url, options, context).map(|()| Accepted)
}

/// The proxies that the resolver's last look-up has found, to be freed by `WinHttpFreeProxyResult`.
///
/// # Safety
///
/// `proxy_result` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyResult(
    resolver_handle: HINTERNET,
    proxy_result: *mut WINHTTP_PROXY_RESULT,
) -> DWORD {
    entry("WinHttpGetProxyResult", || {
        let resolver = api::get::<Resolver>(handle(resolver_handle))?;
        // SAFETY: the caller's promise.
        let variable = needed(unsafe { Out::new(proxy_result) })?;
        let (count, entries) = entries_of(&resolver.answer()?)?;
        variable.put(WINHTTP_PROXY_RESULT { cEntries: count, pEntries: entries });
        Ok(())
    })
}

/// As [`WinHttpGetProxyResult`], to be freed by `WinHttpFreeProxyResultEx`.
/// There is no interface to tell.
///
/// # Safety
///
/// `proxy_result` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxyResultEx(
    resolver_handle: HINTERNET,
    proxy_result: *mut WINHTTP_PROXY_RESULT_EX,
) -> DWORD {
    entry("WinHttpGetProxyResultEx", || {
        let resolver = api::get::<Resolver>(handle(resolver_handle))?;
        // SAFETY: the caller's promise.
        let variable = needed(unsafe { Out::new(proxy_result) })?;
        let (count, entries) = entries_of(&resolver.answer()?)?;
        variable.put(WINHTTP_PROXY_RESULT_EX {
            cEntries: count,
            pEntries: entries,
            hProxyDetectionHandle: ptr::null_mut(),
            dwProxyInterfaceAffinity: 0,
        });
        Ok(())
    })
}

/// Frees what `WinHttpGetProxyResult` gave, and empties it.
///
/// # Safety
///
/// `proxy_result` is null, or such a result, or empty.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpFreeProxyResult(proxy_result: *mut WINHTTP_PROXY_RESULT) {
    // SAFETY: the caller's promise.
    let variable = unsafe { Out::new(proxy_result) };
    let Some(result) = variable.get() else { return };
    // SAFETY: the caller's promise.
    unsafe { free_entries(result.cEntries, result.pEntries) };
    variable.put(WINHTTP_PROXY_RESULT { cEntries: 0, pEntries: ptr::null_mut() });
}

/// Frees what `WinHttpGetProxyResultEx` gave, and empties it.
///
/// # Safety
///
/// `proxy_result` is null, or such a result, or empty.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpFreeProxyResultEx(proxy_result: *mut WINHTTP_PROXY_RESULT_EX) {
    // SAFETY: the caller's promise.
    let variable = unsafe { Out::new(proxy_result) };
    let Some(result) = variable.get() else { return };
    // SAFETY: the caller's promise.
    unsafe { free_entries(result.cEntries, result.pEntries) };
    variable.put(WINHTTP_PROXY_RESULT_EX { cEntries: 0, pEntries: ptr::null_mut(), ..result });
}

/// Forgets what the session has learnt about proxies: `WINHTTP_RESET_*` bits.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpResetAutoProxy(session_handle: HINTERNET, flags: DWORD) -> DWORD {
    entry("WinHttpResetAutoProxy", || -> Result<()> {
        api::get::<Session>(handle(session_handle))?.reset_proxies(flags);
        Ok(())
    })
}

/// `None` for NULL.
///
/// # Safety
///
/// As for [`WinHttpGetProxyForUrl`].
unsafe fn options_of(options: *mut WINHTTP_AUTOPROXY_OPTIONS) -> Option<AutoProxyOptions> {
    // SAFETY: the caller's promise.
    let options = unsafe { Out::new(options) }.get()?;
    let script_url = if options.dwFlags & WINHTTP_AUTOPROXY_CONFIG_URL != 0 {
        // SAFETY: the caller's promise.
        unsafe { wide::text(options.lpszAutoConfigUrl) }.map(String::from_utf16_lossy)
    } else {
        None
    };
    Some(AutoProxyOptions {
        flags: options.dwFlags,
        detect: options.dwAutoDetectFlags,
        script_url,
        autologon: options.fAutoLogonIfChallenged != FALSE,
    })
}

/// The ways as C has them, in memory that [`free_entries`] frees.
fn entries_of(ways: &ProxyList) -> Result<(DWORD, *mut WINHTTP_PROXY_RESULT_ENTRY)> {
    let count = ways.entries().len();
    let entries: *mut WINHTTP_PROXY_RESULT_ENTRY =
        heap::allocate(count * size_of::<WINHTTP_PROXY_RESULT_ENTRY>())?.cast();
    for (at, way) in ways.entries().iter().enumerate() {
        let entry = entry_of(way).inspect_err(|_| {
            // SAFETY: so many have been written.
            unsafe { free_entries(at as DWORD, entries) };
        })?;
        // SAFETY: there is room for `count` of them.
        let place = unsafe { entries.add(at) };
        // SAFETY: as above.
        unsafe { place.write(entry) };
    }
    Ok((count as DWORD, entries))
}

fn entry_of(way: &ProxyEntry) -> Result<WINHTTP_PROXY_RESULT_ENTRY> {
    // SAFETY: numbers and a pointer; padding shows nothing of ours.
    let mut entry: WINHTTP_PROXY_RESULT_ENTRY = unsafe { std::mem::zeroed() };
    match way {
        ProxyEntry::Direct { bypassed } => entry.fBypass = (*bypassed).into(),
        ProxyEntry::Proxy(server) => {
            entry.fProxy = TRUE;
            entry.ProxyScheme = match server.scheme {
                ProxyScheme::Http => INTERNET_SCHEME_HTTP,
                ProxyScheme::Https => INTERNET_SCHEME_HTTPS,
                ProxyScheme::Socks => INTERNET_SCHEME_SOCKS,
            };
            entry.ProxyPort = server.port;
            entry.pwszProxy = heap::text(&utf16(server.host.name()))?;
        }
    }
    Ok(entry)
}

/// # Safety
///
/// `entries` is null, or from [`entries_of`], with `count` of them written, and not used afterwards.
unsafe fn free_entries(count: DWORD, entries: *mut WINHTTP_PROXY_RESULT_ENTRY) {
    if entries.is_null() {
        return;
    }
    for at in 0..count as usize {
        // SAFETY: the caller's promise.
        let place = unsafe { entries.add(at) };
        // SAFETY: as above.
        let entry = unsafe { place.read() };
        // SAFETY: null, or from `heap::text`.
        unsafe { heap::free(entry.pwszProxy.cast()) };
    }
    // SAFETY: from `heap::allocate`.
    unsafe { heap::free(entries.cast()) };
}

fn utf16(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

const NO_PROXY: WINHTTP_PROXY_INFO = WINHTTP_PROXY_INFO {
    dwAccessType: WINHTTP_ACCESS_TYPE_NO_PROXY,
    lpszProxy: ptr::null_mut(),
    lpszProxyBypass: ptr::null_mut(),
};
