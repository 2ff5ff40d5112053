//! UTF-16 text that comes in.

use crate::abi::types::LPCWSTR;

/// The text up to its NUL; `None` for NULL.
///
/// # Safety
///
/// `text` is null, or points to UTF-16 code units that end in a NUL and outlive the result.
pub(super) unsafe fn text<'a>(text: LPCWSTR) -> Option<&'a [u16]> {
    if text.is_null() {
        return None;
    }
    let mut len = 0;
    loop {
        // SAFETY: every unit up to the NUL is inside the text by the caller's promise.
        let at = unsafe { text.add(len) };
        // SAFETY: as above, and readable.
        if unsafe { *at } == 0 {
            break;
        }
        len += 1;
    }
    // SAFETY: those units have just been read.
    Some(unsafe { std::slice::from_raw_parts(text, len) })
}

/// As [`text`], the empty text for NULL.
///
/// # Safety
///
/// As for [`text`].
pub(super) unsafe fn text_or_empty<'a>(at: LPCWSTR) -> &'a [u16] {
    // SAFETY: the caller's promise.
    unsafe { text(at) }.unwrap_or_default()
}

/// The first `len` code units; `None` for NULL.
///
/// # Safety
///
/// `text` is null, or readable for `len` code units that outlive the result.
pub(super) unsafe fn counted<'a>(text: LPCWSTR, len: u32) -> Option<&'a [u16]> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(unsafe { std::slice::from_raw_parts(text, len as usize) })
}

/// `len` code units, or up to the NUL when `len` is -1.
///
/// # Safety
///
/// As for [`text`] or [`counted`], whichever `len` asks for.
pub(super) unsafe fn counted_or_text<'a>(at: LPCWSTR, len: u32) -> Option<&'a [u16]> {
    if len == u32::MAX {
        // SAFETY: the caller's promise.
        return unsafe { text(at) };
    }
    // SAFETY: the caller's promise.
    unsafe { counted(at, len) }
}
