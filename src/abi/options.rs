//! Options: the caller's bytes in and out; the rules are in `api::options`.

use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::out;
use crate::abi::out::Out;
use crate::abi::types::*;
use crate::api;
use crate::api::options;
use crate::api::options::Answer;
use crate::api::options::Given;
use crate::api::options::Room;
use crate::base::Code;

/// Sets an option.
///
/// # Safety
///
/// `lpBuffer` is null, or readable until the call returns for as many bytes as the option has, or,
/// for text, for `dwBufferLength` characters.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpSetOption(
    hInternet: HINTERNET,
    dwOption: DWORD,
    lpBuffer: LPVOID,
    dwBufferLength: DWORD,
) -> BOOL {
    entry("WinHttpSetOption", || {
        let object = api::object(handle(hInternet))?;
        if lpBuffer.is_null() && dwBufferLength != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        options::set(&object, dwOption, &Pointer { at: lpBuffer.cast(), length: dwBufferLength })
    })
}

/// Queries an option.
///
/// # Safety
///
/// `lpBuffer` is null, or writable for `*lpdwBufferLength` bytes; `lpdwBufferLength` is null, or
/// readable and writable; both until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryOption(
    hInternet: HINTERNET,
    dwOption: DWORD,
    lpBuffer: LPVOID,
    lpdwBufferLength: LPDWORD,
) -> BOOL {
    entry("WinHttpQueryOption", || {
        let object = api::object(handle(hInternet))?;
        // SAFETY: the caller's promise.
        let length = unsafe { Out::new(lpdwBufferLength) };
        let given = length.get().ok_or(Code::INVALID_PARAMETER)? as usize;
        let room = Room { bytes: (!lpBuffer.is_null()).then_some(given) };
        match options::query(&object, dwOption, room)? {
            Answer::Needs(bytes) => {
                length.put(bytes as u32);
                return Err(Code::INSUFFICIENT_BUFFER);
            }
            Answer::Bytes(bytes) => {
                length.put(bytes.len() as u32);
                // SAFETY: the caller's promise; `query` has checked that they fit.
                unsafe { out::copy(&bytes, lpBuffer.cast()) };
            }
            Answer::Text(text) => {
                length.put(text.len() as u32 * 2);
                // SAFETY: as above, with the NUL.
                unsafe { out::copy_text(&text, lpBuffer.cast()) };
            }
        }
        Ok(())
    })
}

/// The value that the caller sets.
struct Pointer {
    at: *const u8,
    length: u32,
}

impl Given for Pointer {
    fn length(&self) -> u32 {
        self.length
    }

    fn bytes(&self, n: usize) -> Option<Vec<u8>> {
        if self.at.is_null() {
            return None;
        }
        // SAFETY: the caller of `WinHttpSetOption` promised as many bytes as the option has.
        Some(unsafe { std::slice::from_raw_parts(self.at, n) }.to_vec())
    }
}
