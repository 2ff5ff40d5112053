//! International host names, by Windows' own rules.

use std::ptr;

use windows_sys::Win32::Globalization::IdnToAscii;

/// A host name as DNS has it, its labels in Punycode where they need it. `None` if it has no such form; what else a name
/// must not have is not looked at.
pub(crate) fn ascii_host(name: &[u16]) -> Option<String> {
    let len = i32::try_from(name.len()).ok()?;
    // SAFETY: the text is as long as is said; without room only the length is counted.
    let needed = unsafe { IdnToAscii(0, name.as_ptr(), len, ptr::null_mut(), 0) };
    let mut ascii = vec![0; usize::try_from(needed).ok()?];
    // SAFETY: as above; the room is as large as is said.
    let written = unsafe { IdnToAscii(0, name.as_ptr(), len, ascii.as_mut_ptr(), needed) };
    ascii.truncate(usize::try_from(written).ok().filter(|&written| written != 0)?);
    String::from_utf16(&ascii).ok()
}
