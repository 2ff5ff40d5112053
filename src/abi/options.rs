//! Options: the caller's bytes in and out; the rules are in `api::options`.

use crate::abi::certificates;
use crate::abi::entry::entry;
use crate::abi::entry::handle;
use crate::abi::heap;
use crate::abi::out;
use crate::abi::out::Out;
use crate::abi::types::*;
use crate::abi::wide;
use crate::api;
use crate::api::ClientCertificate;
use crate::api::Handle;
use crate::api::Lease;
use crate::api::options;
use crate::api::options::Answer;
use crate::api::options::Given;
use crate::api::options::Room;
use crate::api::options::Target;
use crate::api::options::record::Member;
use crate::api::options::record::Value;
use crate::api::options::record::layout;
use crate::base::Code;
use crate::base::Result;

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
        let object = object(internet, option)?;
        if buffer.is_null() && buffer_length != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        options::set(target(&object), option, &Pointer { at: buffer.cast(), length: buffer_length })
    })
}

/// Queries an option.
///
/// # Safety
///
/// `buffer` is null, or readable and writable for `*buffer_length` bytes; `buffer_length` is null, or
/// readable and writable; both until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpQueryOption(
    internet: HINTERNET,
    option: DWORD,
    buffer: LPVOID,
    buffer_length: LPDWORD,
) -> BOOL {
    entry("WinHttpQueryOption", || {
        let object = object(internet, option)?;
        // SAFETY: the caller's promise.
        let length = unsafe { Out::new(buffer_length) };
        let given = length.get().ok_or(Code::INVALID_PARAMETER)? as usize;
        let room = Room { bytes: (!buffer.is_null()).then_some(given) };
        match options::query(target(&object), option, room)? {
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
            Answer::Counted(shape, bytes) => {
                // SAFETY: as above: there is a whole structure.
                let count = unsafe { buffer.byte_add(shape.count_at) };
                // SAFETY: as above; the caller has set its count.
                let wanted = unsafe { count.cast::<DWORD>().read_unaligned() };
                length.put(shape.size as u32);
                // SAFETY: as above; it is no more than the structure.
                unsafe { out::copy(&shape.cut(bytes, wanted), buffer.cast()) };
            }
            Answer::Record(values) => {
                let bytes = packed(&values)?;
                length.put(bytes.len() as u32);
                // SAFETY: as above.
                unsafe { out::copy(&bytes, buffer.cast()) };
            }
            Answer::Made(made) => {
                length.put(size_of::<usize>() as u32);
                let pointer = certificates::made(made)?.to_ne_bytes();
                // SAFETY: as above.
                unsafe { out::copy(&pointer, buffer.cast()) };
            }
            Answer::Bindings(data) => {
                let bytes = certificates::bindings(&data, buffer.expose_provenance());
                length.put(bytes.len() as u32);
                // SAFETY: as above.
                unsafe { out::copy(&bytes, buffer.cast()) };
            }
        }
        Ok(())
    })
}

/// What the option is about; `None`: the process, for which NULL stands with a few options.
fn object(internet: HINTERNET, option: DWORD) -> Result<Option<Lease>> {
    if handle(internet) == Handle::NULL && options::is_of_process(option) {
        return Ok(None);
    }
    api::object(handle(internet)).map(Some)
}

fn target(object: &Option<Lease>) -> Target<'_> {
    object.as_ref().map_or(Target::Process, |object| Target::Object(object))
}

/// The structure as bytes. Its texts are memory of their own, which the program frees.
fn packed(values: &[Value]) -> Result<Vec<u8>> {
    let members: Vec<_> = values.iter().map(Value::member).collect();
    let (offsets, size) = layout(&members);
    let mut bytes = vec![0; size];
    for (value, at) in values.iter().zip(offsets) {
        let member = match value {
            Value::Word(word) => word.to_ne_bytes().to_vec(),
            Value::Dword(dword) => dword.to_ne_bytes().to_vec(),
            Value::Text(None) => continue,
            Value::Text(Some(text)) => heap::text(text)?.expose_provenance().to_ne_bytes().to_vec(),
        };
        bytes[at..at + member.len()].copy_from_slice(&member);
    }
    Ok(bytes)
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

    fn certificate(&self) -> Result<Option<ClientCertificate>> {
        // SAFETY: the caller of `WinHttpSetOption` promised a context.
        unsafe { certificates::given(self.at, self.length) }
    }

    fn record(&self, members: &[Member], has_texts: bool) -> Option<Vec<Value>> {
        if self.at.is_null() {
            return None;
        }
        let member = |(member, at): (&Member, usize)| {
            // SAFETY: the caller of `WinHttpSetOption` promised a structure of these members.
            let place = unsafe { self.at.add(at) };
            match member {
                // SAFETY: as above.
                Member::Word => Value::Word(unsafe { place.cast::<u16>().read_unaligned() }),
                // SAFETY: as above.
                Member::Dword => Value::Dword(unsafe { place.cast::<u32>().read_unaligned() }),
                Member::Text if !has_texts => Value::Text(None),
                Member::Text => {
                    // SAFETY: as above.
                    let text = unsafe { place.cast::<LPCWSTR>().read_unaligned() };
                    // SAFETY: such a member is NULL or points to text that ends in a NUL.
                    Value::Text(unsafe { wide::text(text) }.map(<[u16]>::to_vec))
                }
            }
        };
        Some(members.iter().zip(layout(members).0).map(member).collect())
    }
}
