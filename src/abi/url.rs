//! `WinHttpCrackUrl` and `WinHttpCreateUrl`: the rules are in `proto::url`, the pointers here.

use crate::abi::entry::entry;
use crate::abi::out;
use crate::abi::out::Out;
use crate::abi::types::*;
use crate::abi::wide;
use crate::base::Code;
use crate::base::Result;
use crate::proto::url::Components;
use crate::proto::url::CrackError;
use crate::proto::url::CrackFlags;
use crate::proto::url::CreateError;
use crate::proto::url::CreateFlags;
use crate::proto::url::Fill;
use crate::proto::url::UrlError;
use crate::proto::url::UrlParts;
use crate::proto::url::Want;
use crate::proto::url::answer;
use crate::proto::url::create;

/// Takes a URL apart.
///
/// # Safety
///
/// `url_text` is null, or readable for `url_length` characters, or ends in a NUL when that is 0.
/// `components` is null, or readable and writable, and each buffer it names is writable for its
/// length in characters; all until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpCrackUrl(
    url_text: LPCWSTR,
    url_length: DWORD,
    flags: DWORD,
    components: *mut URL_COMPONENTS,
) -> BOOL {
    entry("WinHttpCrackUrl", || {
        let length = if url_length == 0 { DWORD::MAX } else { url_length };
        // SAFETY: the caller's promise.
        let url = unsafe { wide::counted_or_text(url_text, length) }.ok_or(Code::INVALID_PARAMETER)?;
        // The length may count the terminator, or be the size of the program's whole buffer.
        let url = url.split(|&unit| unit == 0).next().unwrap_or_default();
        // SAFETY: the caller's promise.
        let variable = unsafe { Out::new(components) };
        let mut members = sized(&variable)?;
        let want = |at: LPWSTR, len: DWORD| Want::of(!at.is_null(), len);
        let wants = Components {
            scheme: want(members.lpszScheme, members.dwSchemeLength),
            host: want(members.lpszHostName, members.dwHostNameLength),
            user: want(members.lpszUserName, members.dwUserNameLength),
            password: want(members.lpszPassword, members.dwPasswordLength),
            path: want(members.lpszUrlPath, members.dwUrlPathLength),
            extra: want(members.lpszExtraInfo, members.dwExtraInfoLength),
        };
        let answer = answer(url, CrackFlags::from_bits(flags), &wants).map_err(|error| match error {
            CrackError::Url(UrlError::Invalid) => Code::INVALID_URL,
            CrackError::Url(UrlError::UnrecognizedScheme) => Code::UNRECOGNIZED_SCHEME,
            CrackError::InvalidParameter => Code::INVALID_PARAMETER,
        })?;
        let fills = &answer.fills;
        let apply = |fill: &Fill<'_>, at: &mut LPWSTR, len: &mut DWORD| match fill {
            Fill::Leave => {}
            Fill::Null => (*at, *len) = (std::ptr::null_mut(), 0),
            Fill::Point(part) => {
                (*at, *len) = (url.as_ptr().wrapping_add(part.start).cast_mut(), part.len as u32);
            }
            Fill::Copy(text) => {
                // SAFETY: the caller's promise; the decision was made with the buffer's length, so
                // text and NUL fit.
                unsafe { out::copy_text(text, *at) };
                *len = text.len() as u32;
            }
            Fill::Short(needed) => *len = *needed as u32,
        };
        apply(&fills.scheme, &mut members.lpszScheme, &mut members.dwSchemeLength);
        apply(&fills.host, &mut members.lpszHostName, &mut members.dwHostNameLength);
        apply(&fills.user, &mut members.lpszUserName, &mut members.dwUserNameLength);
        apply(&fills.password, &mut members.lpszPassword, &mut members.dwPasswordLength);
        apply(&fills.path, &mut members.lpszUrlPath, &mut members.dwUrlPathLength);
        apply(&fills.extra, &mut members.lpszExtraInfo, &mut members.dwExtraInfoLength);
        if !answer.is_short {
            members.nScheme = answer.scheme_number as i32;
            members.nPort = answer.port;
        }
        variable.put(members);
        if answer.is_short { Err(Code::INSUFFICIENT_BUFFER) } else { Ok(()) }
    })
}

/// Puts a URL together.
///
/// # Safety
///
/// `components` is null, or readable, and each text it names is readable for its length in
/// characters, or ends in a NUL when that is 0. `url_text` is null, or writable for `*url_length_variable`
/// characters. `url_length_variable` is null, or readable and writable. All until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpCreateUrl(
    components: *mut URL_COMPONENTS,
    flags: DWORD,
    url_text: LPWSTR,
    url_length_variable: LPDWORD,
) -> BOOL {
    entry("WinHttpCreateUrl", || {
        // SAFETY: the caller's promise.
        let members = sized(&unsafe { Out::new(components) })?;
        // SAFETY: the caller's promise.
        let length = unsafe { Out::new(url_length_variable) };
        let room = length.get().ok_or(Code::INVALID_PARAMETER)? as usize;
        let text = |at: LPWSTR, len: DWORD| {
            let len = if len == 0 { DWORD::MAX } else { len };
            // SAFETY: the caller's promise.
            unsafe { wide::counted_or_text(at, len) }
        };
        let parts = UrlParts {
            scheme: text(members.lpszScheme, members.dwSchemeLength),
            scheme_number: members.nScheme as u32,
            user: text(members.lpszUserName, members.dwUserNameLength),
            password: text(members.lpszPassword, members.dwPasswordLength),
            host: text(members.lpszHostName, members.dwHostNameLength),
            port: members.nPort,
            path: text(members.lpszUrlPath, members.dwUrlPathLength),
            extra: text(members.lpszExtraInfo, members.dwExtraInfoLength),
        };
        let url = create(&parts, CreateFlags::from_bits(flags)).map_err(|error| match error {
            CreateError::InvalidParameter => Code::INVALID_PARAMETER,
            CreateError::Credentials => Code::INVALID_URL,
            CreateError::UnrecognizedScheme => Code::UNRECOGNIZED_SCHEME,
        })?;
        if room <= url.len() {
            length.put(url.len() as u32 + 1);
            return Err(Code::INSUFFICIENT_BUFFER);
        }
        if url_text.is_null() {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise; the lengths have been compared, with the NUL.
        unsafe { out::copy_text(&url, url_text) };
        length.put(url.len() as u32);
        Ok(())
    })
}

/// The caller's structure, which must say its right size.
fn sized(variable: &Out<URL_COMPONENTS>) -> Result<URL_COMPONENTS> {
    let members = variable.get().ok_or(Code::INVALID_PARAMETER)?;
    if members.dwStructSize as usize != size_of::<URL_COMPONENTS>() {
        return Err(Code::INVALID_PARAMETER);
    }
    Ok(members)
}
