//! Memory that the program frees: by `GlobalFree` or `LocalFree`, which are one.

use crate::base::Code;
use crate::base::Result;

/// Room for `bytes` bytes, not initialised.
pub(super) fn allocate(bytes: usize) -> Result<*mut u8> {
    let at = system_allocate(bytes.max(1));
    if at.is_null() { Err(Code::NOT_ENOUGH_MEMORY) } else { Ok(at) }
}

/// A copy of `text` with a NUL.
pub(super) fn text(text: &[u16]) -> Result<*mut u16> {
    let at = allocate((text.len() + 1) * 2)?.cast();
    // SAFETY: `at` has room for the text and its NUL.
    unsafe { super::out::copy_text(text, at) };
    Ok(at)
}

#[cfg(not(windows))]
fn system_allocate(bytes: usize) -> *mut u8 {
    // SAFETY: any size may be asked for.
    unsafe { libc::malloc(bytes) }.cast()
}

#[cfg(windows)]
fn system_allocate(bytes: usize) -> *mut u8 {
    use windows_sys::Win32::System::Memory::GMEM_FIXED;
    use windows_sys::Win32::System::Memory::GlobalAlloc;
    // SAFETY: any size may be asked for.
    unsafe { GlobalAlloc(GMEM_FIXED, bytes) }.cast()
}
