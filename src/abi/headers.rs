//! Request and response headers.

use std::ffi::CStr;

use crate::abi::constants::*;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::out;
use crate::abi::out::Out;
use crate::abi::time;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::HeaderQuery;
use crate::api::HeaderSide;
use crate::api::Request;
use crate::base::Code;
use crate::base::Result;
use crate::proto::date::Date;
use crate::proto::headers::Header;
use crate::proto::headers::narrow;
use crate::proto::headers::widen;

/// Adds, replaces or removes request headers.
///
/// # Safety
///
/// `headers_text` is null, or readable for `headers_length` characters, or ends in a NUL when that
/// is -1.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpAddRequestHeaders(
    request_handle: HINTERNET,
    headers_text: LPCWSTR,
    headers_length: DWORD,
    modifier_flags: DWORD,
) -> BOOL {
    entry("WinHttpAddRequestHeaders", || {
        if headers_length == 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let block = unsafe { wide::counted_or_text(headers_text, headers_length) };
        let block = block.ok_or(Code::INVALID_PARAMETER)?;
        api::get::<Request>(handle(request_handle))?.add_headers(block, modifier_flags)
    })
}

/// Adds, replaces or removes request headers that come one by one.
///
/// # Safety
///
/// `headers_array` is null, or an array of `headers_count` headers whose names and values are null,
/// or text that ends in a NUL (UTF-16 or bytes, as `flags` says), until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpAddRequestHeadersEx(
    request_handle: HINTERNET,
    modifier_flags: DWORD,
    flags: ULONGLONG,
    extra: ULONGLONG,
    headers_count: DWORD,
    headers_array: *mut WINHTTP_EXTENDED_HEADER,
) -> DWORD {
    entry("WinHttpAddRequestHeadersEx", || {
        let request = api::get::<Request>(handle(request_handle))?;
        let is_unicode = flags & ULONGLONG::from(WINHTTP_EXTENDED_HEADER_FLAG_UNICODE) != 0;
        let known = ULONGLONG::from(WINHTTP_EXTENDED_HEADER_FLAG_UNICODE);
        if flags & !known != 0 || extra != 0 || headers_count == 0 || headers_array.is_null() {
            return Err(Code::INVALID_PARAMETER);
        }
        let mut fields = Vec::new();
        for at in 0..headers_count as usize {
            // SAFETY: the caller's promise: the array goes that far.
            let header = unsafe { headers_array.add(at) };
            // SAFETY: as above, and readable.
            let header = unsafe { header.read_unaligned() };
            // SAFETY: all members are pointers of one size; which of them it is `flags` says.
            let name = unsafe { header.Anonymous1.pwszName };
            // SAFETY: as above.
            let value = unsafe { header.Anonymous2.pwszValue };
            // SAFETY: the caller's promise about the texts.
            let name = unsafe { bytes(name, is_unicode) }?;
            // SAFETY: as above.
            let value = unsafe { bytes(value, is_unicode) }?;
            fields.push((name, value));
        }
        request.add_single_headers(&fields, modifier_flags)
    })
}

/// A name or a value; nothing for NULL.
///
/// # Safety
///
/// `text` is null, or ends in a NUL: UTF-16, or bytes behind a pointer that only pretends.
unsafe fn bytes(text: PCWSTR, is_unicode: bool) -> Result<Vec<u8>> {
    if is_unicode {
        // SAFETY: the caller's promise.
        return narrow(unsafe { wide::text_or_empty(text) }).ok_or(Code::INVALID_PARAMETER);
    }
    if text.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: the caller's promise.
    Ok(unsafe { CStr::from_ptr(text.cast()) }.to_bytes().to_vec())
}

/// Queries a header, or another part of the response or the request.
///
/// # Safety
///
/// `name_text` is null, or, for `WINHTTP_QUERY_CUSTOM`, UTF-16 text that ends in a NUL. `buffer` is
/// null, or writable for `*buffer_length` bytes. `buffer_length` and `index_variable` are null, or
/// readable and writable. All until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryHeaders(
    request_handle: HINTERNET,
    info_level: DWORD,
    name_text: LPCWSTR,
    buffer: LPVOID,
    buffer_length: LPDWORD,
    index_variable: LPDWORD,
) -> BOOL {
    entry("WinHttpQueryHeaders", || {
        let request = api::get::<Request>(handle(request_handle))?;
        // SAFETY: the caller's promise.
        let length = unsafe { Out::new(buffer_length) };
        // SAFETY: the caller's promise.
        let index = unsafe { Out::new(index_variable) };
        let room = length.get().ok_or(Code::INVALID_PARAMETER)?;
        let level = info_level & 0xFFFF;
        let name = if level == WINHTTP_QUERY_CUSTOM {
            // SAFETY: the caller's promise; the name is only looked at for this level.
            unsafe { wide::text(name_text) }
                .map(|name| narrow(name).ok_or(Code::HEADER_NOT_FOUND))
                .transpose()?
        } else {
            None
        };
        let modifiers = info_level & !0xFFFF;
        let side = side(modifiers)?;
        let query = HeaderQuery { level, side, name: name.as_deref(), index: index.get().unwrap_or(0) };
        let answer = request.query_headers(&query)?;
        let value = value(&answer.value, modifiers & !SIDES)?;
        if buffer.is_null() || (room as usize) < value.needed() {
            length.put(value.needed() as u32);
            return Err(Code::INSUFFICIENT_BUFFER);
        }
        match &value {
            // SAFETY: the caller's promise; `needed` bytes have been checked to fit.
            Value::Number(bytes) => unsafe { out::copy(bytes, buffer.cast()) },
            // SAFETY: as above.
            Value::Bytes(text) => unsafe { out::copy(&[text, &b"\0"[..]].concat(), buffer.cast()) },
            // SAFETY: as above; `needed` counts the NUL.
            Value::Text(text) => unsafe { out::copy_text(text, buffer.cast()) },
            // SAFETY: as above.
            Value::Time(time) => unsafe { buffer.cast::<SYSTEMTIME>().write_unaligned(*time) },
        }
        length.put(value.length() as u32);
        if answer.indexed && !index.is_null() {
            index.put(query.index.wrapping_add(1));
        }
        Ok(())
    })
}

/// Whose headers are meant.
fn side(modifiers: u32) -> Result<HeaderSide> {
    match modifiers & SIDES {
        0 => Ok(HeaderSide::Response),
        WINHTTP_QUERY_FLAG_REQUEST_HEADERS => Ok(HeaderSide::Request),
        WINHTTP_QUERY_FLAG_TRAILERS => Ok(HeaderSide::Trailers),
        _ => Err(Code::INVALID_PARAMETER),
    }
}

/// Queries headers with their names: one, or all by `WINHTTP_QUERY_EX_ALL_HEADERS`.
///
/// The array of them and their texts stand in `buffer`.
///
/// # Safety
///
/// `header_name` is null, or, for `WINHTTP_QUERY_CUSTOM`, a name that ends in a NUL: UTF-16, or bytes with
/// `WINHTTP_QUERY_FLAG_WIRE_ENCODING`. `buffer` is null, or writable for `*buffer_length` bytes. The other
/// pointers are null, or readable and writable. All until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryHeadersEx(
    request_handle: HINTERNET,
    info_level: DWORD,
    flags: ULONGLONG,
    code_page: UINT,
    index_variable: PDWORD,
    header_name: *mut WINHTTP_HEADER_NAME,
    buffer: PVOID,
    buffer_length: PDWORD,
    headers_variable: *mut *mut WINHTTP_EXTENDED_HEADER,
    headers_count: PDWORD,
) -> DWORD {
    entry("WinHttpQueryHeadersEx", || {
        let request = api::get::<Request>(handle(request_handle))?;
        // Headers are Latin-1 here, whatever the program would like to take them for.
        _ = code_page;
        // SAFETY: the caller's promise.
        let length = unsafe { Out::new(buffer_length) };
        // SAFETY: the caller's promise.
        let index = unsafe { Out::new(index_variable) };
        // SAFETY: the caller's promise.
        let array = unsafe { Out::new(headers_variable) };
        // SAFETY: the caller's promise.
        let count = unsafe { Out::new(headers_count) };
        let room = length.get().ok_or(Code::INVALID_PARAMETER)? as usize;
        let (level, modifiers) = (info_level & 0xFFFF, info_level & !0xFFFF);
        let is_unicode = modifiers & WINHTTP_QUERY_FLAG_WIRE_ENCODING == 0;
        if flags != 0 || modifiers & !(SIDES | WINHTTP_QUERY_FLAG_WIRE_ENCODING) != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        let name = match level {
            WINHTTP_QUERY_CUSTOM if !header_name.is_null() => {
                // SAFETY: the caller's promise.
                let name = unsafe { header_name.read_unaligned() };
                // SAFETY: both members are pointers of one size; which it is `modifiers` says.
                let name = unsafe { name.pwszName };
                if name.is_null() {
                    return Err(Code::INVALID_PARAMETER);
                }
                // SAFETY: the caller's promise about the text.
                Some(unsafe { bytes(name, is_unicode) }.map_err(|_| Code::HEADER_NOT_FOUND)?)
            }
            _ => None,
        };
        let at = index.get().unwrap_or(0);
        let query = HeaderQuery { level, side: side(modifiers)?, name: name.as_deref(), index: at };
        let fields = request.query_fields(&query)?;
        let packed = PackedHeaders::new(&fields, is_unicode);
        if buffer.is_null() || room < packed.needed() {
            length.put(packed.needed() as u32);
            return Err(Code::INSUFFICIENT_BUFFER);
        }
        if array.is_null() || count.is_null() {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise; `needed` bytes have been checked to fit.
        array.put(unsafe { packed.write(buffer.cast()) });
        count.put(fields.len() as u32);
        length.put(packed.needed() as u32);
        if level != WINHTTP_QUERY_EX_ALL_HEADERS && !index.is_null() {
            index.put(at.wrapping_add(1));
        }
        Ok(())
    })
}

/// Names and values by turns, each with its NUL, and the array that points to them.
struct PackedHeaders {
    texts: Vec<Vec<u8>>,
}

impl PackedHeaders {
    fn new(fields: &[Header], is_unicode: bool) -> PackedHeaders {
        let text = |bytes: &[u8]| match is_unicode {
            true => widen(bytes).iter().chain(&[0]).flat_map(|unit| unit.to_ne_bytes()).collect(),
            false => [bytes, &b"\0"[..]].concat(),
        };
        PackedHeaders {
            texts: fields.iter().flat_map(|field| [text(field.name()), text(field.value())]).collect(),
        }
    }

    /// The array may have to begin a few bytes into the caller's buffer.
    fn needed(&self) -> usize {
        let texts: usize = self.texts.iter().map(Vec::len).sum();
        SLACK + self.texts.len() * size_of::<PCWSTR>() + texts
    }

    /// # Safety
    ///
    /// `to` is writable for `needed` bytes.
    unsafe fn write(&self, to: *mut u8) -> *mut WINHTTP_EXTENDED_HEADER {
        let start = to.align_offset(align_of::<PCWSTR>()).min(SLACK);
        // SAFETY: `needed` counts the slack.
        let array = unsafe { to.add(start) };
        let mut end = self.texts.len() * size_of::<PCWSTR>();
        for (at, text) in self.texts.iter().enumerate() {
            // SAFETY: `needed` counts every text.
            let place = unsafe { array.add(end) };
            // SAFETY: as above.
            unsafe { out::copy(text, place) };
            // SAFETY: `needed` counts the array; name and value stand one after the other in an element.
            let pointer = unsafe { array.cast::<*mut u8>().add(at) };
            // SAFETY: as above.
            unsafe { pointer.write_unaligned(place) };
            end += text.len();
        }
        array.cast()
    }
}

const SLACK: usize = align_of::<PCWSTR>() - 1;

/// The modifiers that say whose headers are meant.
const SIDES: u32 = WINHTTP_QUERY_FLAG_REQUEST_HEADERS | WINHTTP_QUERY_FLAG_TRAILERS;

/// A header's value as the caller wants it.
enum Value {
    Text(Vec<u16>),
    /// As on the wire; gets a NUL of one byte.
    Bytes(Vec<u8>),
    /// A `DWORD` or a 64-bit number.
    Number(Vec<u8>),
    Time(SYSTEMTIME),
}

impl Value {
    /// How many bytes of room it takes.
    fn needed(&self) -> usize {
        match self {
            Value::Text(text) => (text.len() + 1) * 2,
            Value::Bytes(text) => text.len() + 1,
            Value::Number(bytes) => bytes.len(),
            Value::Time(time) => size_of_val(time),
        }
    }

    /// The length that is told, in bytes: without the NUL.
    fn length(&self) -> usize {
        match self {
            Value::Text(text) => text.len() * 2,
            Value::Bytes(text) => text.len(),
            Value::Number(bytes) => bytes.len(),
            Value::Time(time) => size_of_val(time),
        }
    }
}

fn value(bytes: &[u8], modifiers: u32) -> Result<Value> {
    let number = || {
        let text = std::str::from_utf8(bytes).ok().map(str::trim);
        text.and_then(|text| text.parse::<u64>().ok()).ok_or(Code::INVALID_QUERY_REQUEST)
    };
    match modifiers {
        0 => Ok(Value::Text(widen(bytes))),
        WINHTTP_QUERY_FLAG_WIRE_ENCODING => Ok(Value::Bytes(bytes.to_vec())),
        WINHTTP_QUERY_FLAG_NUMBER => {
            let number = u32::try_from(number()?).map_err(|_| Code::INVALID_QUERY_REQUEST)?;
            Ok(Value::Number(number.to_ne_bytes().to_vec()))
        }
        WINHTTP_QUERY_FLAG_SYSTEMTIME => {
            let date = Date::parse(bytes).ok_or(Code::INVALID_QUERY_REQUEST)?;
            Ok(Value::Time(time::system_time_of(&date)))
        }
        WINHTTP_QUERY_FLAG_NUMBER64 => Ok(Value::Number(number()?.to_ne_bytes().to_vec())),
        _ => Err(Code::INVALID_PARAMETER),
    }
}
