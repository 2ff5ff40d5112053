//! Credentials and authentication. Not built yet: everything here fails cleanly.

use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::types::*;
use crate::api;
use crate::api::Request;
use crate::base::Code;
use crate::base::Result;

/// Gives the credentials for a server or a proxy. Fails cleanly: `ERROR_NOT_SUPPORTED`.
///
/// # Safety
///
/// The strings are null, or UTF-16 text that ends in a NUL, until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpSetCredentials(
    request_handle: HINTERNET,
    _auth_targets: DWORD,
    _auth_scheme: DWORD,
    _user_name: LPCWSTR,
    _password: LPCWSTR,
    _auth_params: LPVOID,
) -> BOOL {
    entry("WinHttpSetCredentials", || -> Result<()> {
        api::get::<Request>(handle(request_handle))?;
        log::warn!("WinHttpSetCredentials is not supported yet");
        Err(Code::NOT_SUPPORTED)
    })
}

/// Says which authentication schemes the server offers. Fails cleanly: `ERROR_INVALID_OPERATION`, as
/// without a challenge.
///
/// # Safety
///
/// The variables are null, or writable until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryAuthSchemes(
    request_handle: HINTERNET,
    _supported_schemes: LPDWORD,
    _first_scheme: LPDWORD,
    _auth_target: LPDWORD,
) -> BOOL {
    entry("WinHttpQueryAuthSchemes", || -> Result<()> {
        api::get::<Request>(handle(request_handle))?;
        log::warn!("WinHttpQueryAuthSchemes is not supported yet");
        Err(Code::INVALID_OPERATION)
    })
}
