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
/// `buffer` is null, or readable until the call returns for as many bytes as the option has, or,
/// for text, for `buffer_length` characters.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpSetOption(
    internet: HINTERNET,
    option: DWORD,
    buffer: LPVOID,
    buffer_length: DWORD,
) -> BOOL {
    entry("WinHttpSetOption", || {
        let object = api::object(handle(internet))?;
        if buffer.is_null() && buffer_length != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        options::set(&object, option, &Pointer { at: buffer.cast(), length: buffer_length })
    })
}

/// Queries an option.
///
/// # Safety
///
/// `buffer` is null, or writable for `*buffer_length` bytes; `buffer_length` is null, or
/// readable and writable; both until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryOption(
    internet: HINTERNET,
    option: DWORD,
    buffer: LPVOID,
    buffer_length: LPDWORD,
) -> BOOL {
    entry("WinHttpQueryOption", || {
        let object = api::object(handle(internet))?;
        // SAFETY: the caller's promise.
        let length = unsafe { Out::new(buffer_length) };
        let given = length.get().ok_or(Code::INVALID_PARAMETER)? as usize;
        let room = Room { bytes: (!buffer.is_null()).then_some(given) };
        match options::query(&object, option, room)? {
            Answer::Needs(bytes) => {
                length.put(bytes as u32);
                return Err(Code::INSUFFICIENT_BUFFER);
            }
            Answer::Bytes(bytes) => {
                length.put(bytes.len() as u32);
                // SAFETY: the caller's promise; `query` has checked that they fit.
                unsafe { out::copy(&bytes, buffer.cast()) };
            }
            Answer::Text(text) => {
                length.put(text.len() as u32 * 2);
                // SAFETY: as above, with the NUL.
                unsafe { out::copy_text(&text, buffer.cast()) };
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
