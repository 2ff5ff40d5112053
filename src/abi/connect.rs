//! Connection handles.

use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::Connect;
use crate::api::Session;
use crate::base::Code;

/// Names a server; nothing goes on the wire yet.
///
/// # Safety
///
/// `server_name` is null, or UTF-16 text that ends in a NUL, until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpConnect(
    session_handle: HINTERNET,
    server_name: LPCWSTR,
    server_port: INTERNET_PORT,
    reserved: DWORD,
) -> HINTERNET {
    entry("WinHttpConnect", || {
        // SAFETY: the caller's promise.
        let name = unsafe { wide::text(server_name) }.ok_or(Code::INVALID_PARAMETER)?;
        if reserved != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        let session = api::get::<Session>(handle(session_handle))?;
        Connect::open(&session, name, server_port)
    })
}
