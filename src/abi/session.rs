//! Sessions, and what is the same for every handle.

use crate::abi::callback;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::last_error;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::Object;
use crate::api::Session;
use crate::api::Start;
use crate::api::Timeouts;
use crate::base::Code;
use crate::base::Result;

/// Opens a session.
///
/// # Safety
///
/// The strings are null, or UTF-16 text that ends in a NUL, until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpOpen(
    pszAgentW: LPCWSTR,
    dwAccessType: DWORD,
    pszProxyW: LPCWSTR,
    _pszProxyBypassW: LPCWSTR,
    dwFlags: DWORD,
) -> HINTERNET {
    entry("WinHttpOpen", || {
        if dwFlags & !(FLAG_ASYNC | FLAG_SECURE_DEFAULTS) != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let proxy = unsafe { wide::text_or_empty(pszProxyW) };
        match dwAccessType {
            ACCESS_TYPE_DEFAULT_PROXY | ACCESS_TYPE_NO_PROXY | ACCESS_TYPE_AUTOMATIC_PROXY => {}
            ACCESS_TYPE_NAMED_PROXY if proxy.is_empty() => return Err(Code::INVALID_PARAMETER),
            ACCESS_TYPE_NAMED_PROXY => {
                log::error!("proxies are not supported yet");
                return Err(Code::NOT_SUPPORTED);
            }
            _ => return Err(Code::INVALID_PARAMETER),
        }
        // SAFETY: the caller's promise.
        let agent = unsafe { wide::text_or_empty(pszAgentW) };
        Session::open(Start {
            agent: agent.to_vec(),
            is_async: dwFlags & FLAG_ASYNC != 0,
            secure_defaults: dwFlags & FLAG_SECURE_DEFAULTS == FLAG_SECURE_DEFAULTS,
        })
    })
}

/// Closes any handle. What is pending on it is cancelled; the closing notice follows.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpCloseHandle(hInternet: HINTERNET) -> BOOL {
    entry("WinHttpCloseHandle", || api::close(handle(hInternet)))
}

/// Sets the callback of a handle, or removes it; gives the one before, or
/// `WINHTTP_INVALID_STATUS_CALLBACK` and the last error.
///
/// # Safety
///
/// The function may be called from any thread until the handle's closing notice has returned.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpSetStatusCallback(
    hInternet: HINTERNET,
    lpfnInternetCallback: WINHTTP_STATUS_CALLBACK,
    dwNotificationFlags: DWORD,
    _dwReserved: DWORD_PTR,
) -> WINHTTP_STATUS_CALLBACK {
    match api::object(handle(hInternet)) {
        Ok(object) => {
            let callback = callback::from_c(lpfnInternetCallback, dwNotificationFlags);
            let before = object.node().set_callback(callback);
            last_error::set(0);
            callback::to_c(before)
        }
        Err(code) => {
            last_error::set(code.get());
            callback::invalid()
        }
    }
}

/// Sets four timeouts of a session or a request, in milliseconds; 0 and -1 are none.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpSetTimeouts(
    hInternet: HINTERNET,
    nResolveTimeout: INT,
    nConnectTimeout: INT,
    nSendTimeout: INT,
    nReceiveTimeout: INT,
) -> BOOL {
    entry("WinHttpSetTimeouts", || {
        let all = [nResolveTimeout, nConnectTimeout, nSendTimeout, nReceiveTimeout];
        let [resolve, connect, send, receive] = all.map(Timeouts::check);
        let (resolve, connect, send, receive) = (resolve?, connect?, send?, receive?);
        match api::object(handle(hInternet))? {
            Object::Session(session) => {
                session.settings().lock().timeouts.set(resolve, connect, send, receive)
            }
            Object::Request(request) => {
                request.settings().lock().timeouts.set(resolve, connect, send, receive)
            }
            Object::Connect(_) | Object::WebSocket(_) => return Err(Code::INCORRECT_HANDLE_TYPE),
        }
        Ok(())
    })
}

/// Says that the platform can run WinHTTP.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpCheckPlatform() -> BOOL {
    entry("WinHttpCheckPlatform", || -> Result<()> { Ok(()) })
}

const FLAG_ASYNC: DWORD = crate::abi::constants::WINHTTP_FLAG_ASYNC;
const FLAG_SECURE_DEFAULTS: DWORD = crate::abi::constants::WINHTTP_FLAG_SECURE_DEFAULTS;
const ACCESS_TYPE_DEFAULT_PROXY: DWORD = 0;
const ACCESS_TYPE_NO_PROXY: DWORD = 1;
const ACCESS_TYPE_NAMED_PROXY: DWORD = 3;
const ACCESS_TYPE_AUTOMATIC_PROXY: DWORD = 4;
