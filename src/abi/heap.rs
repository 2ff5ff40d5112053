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

/// The texts of one result: all of them become the program's, or none.
#[derive(Default)]
pub(super) struct Texts(Vec<*mut u16>);

impl Texts {
    /// A copy with a NUL; NULL for none.
    pub(super) fn add(&mut self, text: Option<&[u16]>) -> Result<*mut u16> {
        let Some(text) = text else { return Ok(std::ptr::null_mut()) };
        let copy = self::text(text)?;
        self.0.push(copy);
        Ok(copy)
    }

    /// As [`Texts::add`].
    pub(super) fn add_text(&mut self, text: Option<&str>) -> Result<*mut u16> {
        let text: Option<Vec<u16>> = text.map(|text| text.encode_utf16().collect());
        self.add(text.as_deref())
    }

    /// Copies as of [`Texts::add`] in an array of their own; NULL for none.
    pub(super) fn add_list(&mut self, list: &[&str]) -> Result<*mut *const u16> {
        if list.is_empty() {
            return Ok(std::ptr::null_mut());
        }
        let array: *mut *const u16 = allocate(list.len() * size_of::<*const u16>())?.cast();
        self.0.push(array.cast());
        for (at, text) in list.iter().enumerate() {
            let copy = self.add_text(Some(text))?;
            // SAFETY: there is room for as many.
            let place = unsafe { array.add(at) };
            // SAFETY: as above; the systems' heaps align for pointers.
            unsafe { place.write(copy) };
        }
        Ok(array)
    }

    /// The program has them.
    pub(super) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Texts {
    fn drop(&mut self) {
        for at in self.0.drain(..) {
            // SAFETY: from `allocate`, and nobody has it.
            unsafe { free(at.cast()) };
        }
    }
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

/// Frees what [`allocate`] gave; NULL does no harm.
///
/// # Safety
///
/// `at` is NULL or such memory, and is not used afterwards.
#[cfg(not(windows))]
pub(super) unsafe fn free(at: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { libc::free(at.cast()) };
}

/// Frees what [`allocate`] gave; NULL does no harm.
///
/// # Safety
///
/// `at` is NULL or such memory, and is not used afterwards.
#[cfg(windows)]
pub(super) unsafe fn free(at: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe { windows_sys::Win32::Foundation::GlobalFree(at.cast()) };
}
