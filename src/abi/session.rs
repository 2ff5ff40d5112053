//! Sessions, and what is the same for every handle.

use std::sync::Arc;

use crate::abi::callback;
use crate::abi::constants::WINHTTP_ACCESS_TYPE_NAMED_PROXY;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::last_error;
use crate::abi::logger;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::Object;
use crate::api::Session;
use crate::api::Start;
use crate::api::Timeouts;
use crate::api::proxy::ProxyInfo;
use crate::base::Code;
use crate::base::Result;

/// Opens a session.
///
/// # Safety
///
/// The strings are null, or UTF-16 text that ends in a NUL, until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpOpen(
    agent_text: LPCWSTR,
    access_type: DWORD,
    proxy_text: LPCWSTR,
    proxy_bypass: LPCWSTR,
    flags: DWORD,
) -> HINTERNET {
    logger::start();
    entry("WinHttpOpen", || {
        if !matches!(flags, 0 | FLAG_ASYNC | FLAG_SECURE_DEFAULTS) {
            return Err(Code::INVALID_PARAMETER);
        }
        let mut proxy = ProxyInfo { access_type, proxy: None, bypass: None };
        // What stands beside another access type need not even be text.
        if access_type == WINHTTP_ACCESS_TYPE_NAMED_PROXY {
            // SAFETY: the caller's promise.
            proxy.proxy = unsafe { wide::text(proxy_text) }.map(<[u16]>::to_vec);
            // SAFETY: the caller's promise.
            proxy.bypass = unsafe { wide::text(proxy_bypass) }.map(<[u16]>::to_vec);
        }
        // SAFETY: the caller's promise.
        let agent = unsafe { wide::text_or_empty(agent_text) };
        Session::open(Start {
            agent: agent.to_vec(),
            is_async: flags & FLAG_ASYNC != 0,
            proxy,
            secure_defaults: flags == FLAG_SECURE_DEFAULTS,
            deliver: callback::deliver,
        })
    })
}

/// Closes any handle. What is pending on it is cancelled; the closing notice follows.
#[unsafe(no_mangle)]
pub extern "system" fn WinHttpCloseHandle(internet: HINTERNET) -> BOOL {
    entry("WinHttpCloseHandle", || api::close(handle(internet)))
}

/// Sets the callback of a handle, or removes it; gives the one before, or
/// `WINHTTP_INVALID_STATUS_CALLBACK` and the last error.
///
/// # Safety
///
/// The function may be called from any thread until the handle's closing notice has returned.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpSetStatusCallback(
    internet: HINTERNET,
    function: WINHTTP_STATUS_CALLBACK,
    notification_flags: DWORD,
    _reserved: DWORD_PTR,
) -> WINHTTP_STATUS_CALLBACK {
    match api::object(handle(internet)) {
        Ok(object) => {
            let callback = callback::from_c(function, notification_flags);
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
    internet: HINTERNET,
    resolve_timeout: INT,
    connect_timeout: INT,
    send_timeout: INT,
    receive_timeout: INT,
) -> BOOL {
    entry("WinHttpSetTimeouts", || {
        let all = [resolve_timeout, connect_timeout, send_timeout, receive_timeout];
        let [resolve, connect, send, receive] = all.map(Timeouts::check);
        let (resolve, connect, send, receive) = (resolve?, connect?, send?, receive?);
        match &*api::object(handle(internet))? {
            Object::Session(session) => {
                Arc::make_mut(&mut session.settings().lock()).timeouts.set(resolve, connect, send, receive)
            }
            Object::Request(request) => {
                Arc::make_mut(&mut request.settings().lock()).timeouts.set(resolve, connect, send, receive)
            }
            Object::Connect(_) | Object::Resolver(_) | Object::WebSocket(_) => {
                return Err(Code::INCORRECT_HANDLE_TYPE);
            }
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
