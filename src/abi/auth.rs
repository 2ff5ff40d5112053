//! Credentials and authentication.

use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::out::Out;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::Request;
use crate::base::Code;

/// Gives the credentials for a server or a proxy, for the next send. NULL for name and password means the
/// user's own, by NTLM or Negotiate.
///
/// # Safety
///
/// The strings are null, or UTF-16 text that ends in a NUL, until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpSetCredentials(
    request_handle: HINTERNET,
    auth_targets: DWORD,
    auth_scheme: DWORD,
    user_name: LPCWSTR,
    password: LPCWSTR,
    auth_params: LPVOID,
) -> BOOL {
    entry("WinHttpSetCredentials", || {
        let request = api::get::<Request>(handle(request_handle))?;
        if !auth_params.is_null() {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let user = unsafe { wide::text(user_name) };
        // SAFETY: as above.
        let password = unsafe { wide::text(password) };
        request.set_credentials(auth_targets, auth_scheme, user, password)
    })
}

/// Says by which authentication schemes the server or the proxy, whose 401 or 407 is the present response,
/// lets one log on. Without such a response: `ERROR_INVALID_OPERATION`.
///
/// # Safety
///
/// The variables are null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryAuthSchemes(
    request_handle: HINTERNET,
    supported_schemes: LPDWORD,
    first_scheme: LPDWORD,
    auth_target: LPDWORD,
) -> BOOL {
    entry("WinHttpQueryAuthSchemes", || {
        let request = api::get::<Request>(handle(request_handle))?;
        // SAFETY: the caller's promise.
        let supported = unsafe { Out::new(supported_schemes) };
        // SAFETY: as above.
        let first = unsafe { Out::new(first_scheme) };
        // SAFETY: as above.
        let target = unsafe { Out::new(auth_target) };
        if supported.is_null() || first.is_null() || target.is_null() {
            return Err(Code::INVALID_PARAMETER);
        }
        let schemes = request.auth_schemes()?;
        supported.put(schemes.supported);
        first.put(schemes.first);
        target.put(schemes.target);
        Ok(())
    })
}
