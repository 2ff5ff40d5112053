//! Proxy configuration: the machine's, the user's, and notices of its change.

use std::mem;
use std::ptr;

use crate::abi::constants::*;
use crate::abi::entry::Accepted;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::heap;
use crate::abi::heap::Texts;
use crate::abi::out::Out;
use crate::abi::proxy::needed;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::Resolver;
use crate::api::Session;
use crate::api::proxy::ProxyInfo;
use crate::api::proxy::changes;
use crate::api::proxy::system;
use crate::base::Code;
use crate::base::Result;
use crate::proto::proxy::ProxySettings;

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

/// A number that grows when proxy settings change.
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
        needed(unsafe { Out::new(version_variable) })?.put(changes::version());
        Ok(())
    })
}

/// Reads the user's proxy settings; those of a named connection are the same here, which
/// `defaults_returned` says. `WinHttpFreeProxySettings` frees what is in them.
///
/// # Safety
///
/// The string is null, or UTF-16 text that ends in a NUL; the variables are null, or writable; all
/// until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpReadProxySettings(
    session_handle: HINTERNET,
    connection_name: PCWSTR,
    fall_back: BOOL,
    _set_auto_discover: BOOL,
    version_variable: *mut DWORD,
    defaults_returned: *mut BOOL,
    proxy_settings: *mut WINHTTP_PROXY_SETTINGS,
) -> DWORD {
    entry("WinHttpReadProxySettings", || -> Result<()> {
        api::get::<Session>(handle(session_handle))?;
        // SAFETY: the caller's promise.
        let variable = needed(unsafe { Out::new(proxy_settings) })?;
        // SAFETY: the caller's promise.
        let is_named = !unsafe { wide::text_or_empty(connection_name) }.is_empty();
        if is_named && fall_back == FALSE {
            return Err(Code::FILE_NOT_FOUND);
        }
        let (settings, version) = changes::user_settings();
        let mut texts = Texts::default();
        // SAFETY: numbers and pointers, for which 0 is a value.
        let mut answer: WINHTTP_PROXY_SETTINGS = unsafe { mem::zeroed() };
        answer.dwStructSize = size_of::<WINHTTP_PROXY_SETTINGS>() as DWORD;
        answer.dwFlags = kinds(&settings);
        answer.dwCurrentSettingsVersion = version;
        answer.pwszProxy = texts.add_text(settings.proxy.as_deref())?;
        answer.pwszProxyBypass = texts.add_text(settings.bypass.as_deref())?;
        answer.pwszAutoconfigUrl = texts.add_text(settings.script.as_deref())?;
        texts.keep();
        variable.put(answer);
        // SAFETY: the caller's promise.
        unsafe { Out::new(version_variable) }.put(version);
        // SAFETY: the caller's promise.
        unsafe { Out::new(defaults_returned) }.put(is_named.into());
        Ok(())
    })
}

/// Stores proxy settings. Fails cleanly: `ERROR_ACCESS_DENIED`, as for a user who may not, since nobody has said
/// what its versions, network keys and forcing do.
///
/// # Safety
///
/// `proxy_settings` is null, or readable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpWriteProxySettings(
    session_handle: HINTERNET,
    _force_update: BOOL,
    proxy_settings: *mut WINHTTP_PROXY_SETTINGS,
) -> DWORD {
    entry("WinHttpWriteProxySettings", || -> Result<()> {
        api::get::<Session>(handle(session_handle))?;
        if proxy_settings.is_null() {
            return Err(Code::INVALID_PARAMETER);
        }
        log::warn!("WinHttpWriteProxySettings is not supported");
        Err(Code::ACCESS_DENIED)
    })
}

/// Frees what `WinHttpReadProxySettings` gave, and forgets it.
///
/// # Safety
///
/// `proxy_settings` is null, or such settings.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpFreeProxySettings(proxy_settings: *mut WINHTTP_PROXY_SETTINGS) {
    // SAFETY: the caller's promise.
    let variable = unsafe { Out::new(proxy_settings) };
    let Some(mut settings) = variable.get() else { return };
    let texts = [&mut settings.pwszProxy, &mut settings.pwszProxyBypass, &mut settings.pwszAutoconfigUrl];
    for text in texts {
        // SAFETY: from `WinHttpReadProxySettings`, by the caller's promise.
        unsafe { heap::free(mem::replace(text, ptr::null_mut()).cast()) };
    }
    variable.put(settings);
}

/// Asks for the user's proxy settings. `ERROR_IO_PENDING`: the callback will tell; else: it will not.
/// The context is the callback's. The parameters make no difference.
///
/// # Safety
///
/// `proxy_settings_param` is null, or readable with its strings until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxySettingsEx(
    resolver_handle: HINTERNET,
    proxy_settings_type: WINHTTP_PROXY_SETTINGS_TYPE,
    proxy_settings_param: *mut WINHTTP_PROXY_SETTINGS_PARAM,
    context: DWORD_PTR,
) -> DWORD {
    entry("WinHttpGetProxySettingsEx", || {
        let resolver = api::get::<Resolver>(handle(resolver_handle))?;
        known(proxy_settings_type)?;
        if !proxy_settings_param.is_null() {
            log::debug!("WinHttpGetProxySettingsEx: the parameters make no difference");
        }
        resolver.read_settings(context).map(|()| Accepted)
    })
}

/// What `WinHttpGetProxySettingsEx` has found, to be freed by `WinHttpFreeProxySettingsEx`.
/// It is a `WINHTTP_PROXY_SETTINGS_EX`. Neither an interface nor a connection's name is told.
///
/// # Safety
///
/// `proxy_settings_ex` is null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpGetProxySettingsResultEx(
    resolver_handle: HINTERNET,
    proxy_settings_ex: PVOID,
) -> DWORD {
    entry("WinHttpGetProxySettingsResultEx", || -> Result<()> {
        let resolver = api::get::<Resolver>(handle(resolver_handle))?;
        // SAFETY: the caller's promise.
        let variable = needed(unsafe { Out::new(proxy_settings_ex.cast::<WINHTTP_PROXY_SETTINGS_EX>()) })?;
        let (settings, version) = resolver.settings()?;
        let [proxy, secure_proxy] = [false, true].map(|secure| settings.proxy_url(secure));
        let mut flags = kinds(&settings);
        // The string may name proxies for other schemes only.
        if proxy.is_none() && secure_proxy.is_none() {
            flags &= !WINHTTP_PROXY_TYPE_PROXY;
        }
        let bypasses: Vec<&str> = settings.bypasses().collect();
        let mut texts = Texts::default();
        // SAFETY: numbers and pointers, for which 0 is a value; padding shows nothing of ours.
        let mut answer: WINHTTP_PROXY_SETTINGS_EX = unsafe { mem::zeroed() };
        answer.ullGenerationId = version.into();
        answer.ullFlags = flags.into();
        answer.pcwszAutoconfigUrl = texts.add_text(settings.script.as_deref())?;
        answer.pcwszProxy = texts.add_text(proxy.as_deref())?;
        answer.pcwszSecureProxy = texts.add_text(secure_proxy.as_deref())?;
        answer.cProxyBypasses = bypasses.len() as ULONG;
        answer.rgpcwszProxyBypasses = texts.add_list(&bypasses)?;
        texts.keep();
        variable.put(answer);
        Ok(())
    })
}

/// Frees what `WinHttpGetProxySettingsResultEx` gave, and forgets it.
///
/// # Safety
///
/// `proxy_settings_ex` is null, or such a `WINHTTP_PROXY_SETTINGS_EX`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpFreeProxySettingsEx(
    proxy_settings_type: WINHTTP_PROXY_SETTINGS_TYPE,
    proxy_settings_ex: PVOID,
) -> DWORD {
    entry("WinHttpFreeProxySettingsEx", || -> Result<()> {
        known(proxy_settings_type)?;
        // SAFETY: the caller's promise.
        let variable = unsafe { Out::new(proxy_settings_ex.cast::<WINHTTP_PROXY_SETTINGS_EX>()) };
        let settings = variable.get().ok_or(Code::INVALID_PARAMETER)?;
        let array = settings.rgpcwszProxyBypasses;
        let count = if array.is_null() { 0 } else { settings.cProxyBypasses as usize };
        let bypasses = (0..count).map(|at| {
            // SAFETY: so many stand there, by the caller's promise.
            let place = unsafe { array.add(at) };
            // SAFETY: as above.
            unsafe { place.read() }
        });
        let texts = [settings.pcwszAutoconfigUrl, settings.pcwszProxy, settings.pcwszSecureProxy];
        for text in texts.into_iter().chain(bypasses) {
            // SAFETY: null, or from `WinHttpGetProxySettingsResultEx`, by the caller's promise.
            unsafe { heap::free(text.cast_mut().cast()) };
        }
        // SAFETY: as above.
        unsafe { heap::free(array.cast_mut().cast()) };
        variable.put(WINHTTP_PROXY_SETTINGS_EX {
            pcwszAutoconfigUrl: ptr::null(),
            pcwszProxy: ptr::null(),
            pcwszSecureProxy: ptr::null(),
            cProxyBypasses: 0,
            rgpcwszProxyBypasses: ptr::null(),
            ..settings
        });
        Ok(())
    })
}

/// Chooses between the machine's and each user's proxy settings. Fails cleanly:
/// `ERROR_ACCESS_DENIED`.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpSetProxySettingsPerUser(_per_user: BOOL) -> DWORD {
    entry("WinHttpSetProxySettingsPerUser", || -> Result<()> { Err(Code::ACCESS_DENIED) })
}

/// Has a function called when proxy settings change, on a thread of the library's.
///
/// # Safety
///
/// `callback` may be called with `context` from any thread until
/// `WinHttpUnregisterProxyChangeNotification` has returned. `registration` is null, or writable until
/// the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpRegisterProxyChangeNotification(
    notification_flags: ULONGLONG,
    callback: WINHTTP_PROXY_CHANGE_CALLBACK,
    context: PVOID,
    registration: *mut WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE,
) -> DWORD {
    entry("WinHttpRegisterProxyChangeNotification", || -> Result<()> {
        // SAFETY: the caller's promise.
        let variable = needed(unsafe { Out::new(registration) })?;
        let function = callback.ok_or(Code::INVALID_PARAMETER)?;
        if notification_flags != ULONGLONG::from(WINHTTP_PROXY_NOTIFY_CHANGE) {
            return Err(Code::INVALID_PARAMETER);
        }
        let context = context.expose_provenance();
        let number = changes::register(Box::new(move || {
            let context = ptr::with_exposed_provenance_mut(context);
            // SAFETY: the caller's promise.
            unsafe { function(notification_flags, context) };
        }))?;
        variable.put(ptr::without_provenance_mut(number));
        Ok(())
    })
}

/// Ends `WinHttpRegisterProxyChangeNotification`, and waits for a call that is running, unless it is
/// called from there.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpUnregisterProxyChangeNotification(
    registration: WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE,
) -> DWORD {
    entry("WinHttpUnregisterProxyChangeNotification", || changes::unregister(registration.addr()))
}

/// Whose settings may be asked for: those of the user, whoever is served with them.
fn known(settings_type: WINHTTP_PROXY_SETTINGS_TYPE) -> Result<()> {
    let all = WinHttpProxySettingsTypeUnknown..=WinHttpProxySettingsTypeXbox;
    if all.contains(&settings_type) { Ok(()) } else { Err(Code::INVALID_PARAMETER) }
}

/// `WINHTTP_PROXY_TYPE_*`: what there is in the settings.
fn kinds(settings: &ProxySettings) -> DWORD {
    let kind = |is_there: bool, bit: DWORD| if is_there { bit } else { 0 };
    WINHTTP_PROXY_TYPE_DIRECT
        | kind(settings.proxy.is_some(), WINHTTP_PROXY_TYPE_PROXY)
        | kind(settings.script.is_some(), WINHTTP_PROXY_TYPE_AUTO_PROXY_URL)
        | kind(settings.auto_detect, WINHTTP_PROXY_TYPE_AUTO_DETECT)
}
