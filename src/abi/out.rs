//! The caller's variables, which take results before the call returns.

/// A variable of the caller's, or NULL, which takes nothing.
pub(super) struct Out<T>(*mut T);

impl<T: Copy> Out<T> {
    /// # Safety
    ///
    /// `at` is null, or readable and writable as a `T` (aligned or not) until the call returns.
    pub(super) unsafe fn new(at: *mut T) -> Out<T> {
        Out(at)
    }

    pub(super) fn is_null(&self) -> bool {
        self.0.is_null()
    }

    pub(super) fn get(&self) -> Option<T> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: not null, and `new`'s contract.
        Some(unsafe { self.0.read_unaligned() })
    }

    pub(super) fn put(&self, value: T) {
        if !self.0.is_null() {
            // SAFETY: not null, and `new`'s contract.
            unsafe { self.0.write_unaligned(value) };
        }
    }
}

/// Copies `bytes` to the caller's room.
///
/// # Safety
///
/// `to` is writable for `bytes.len()` bytes.
pub(super) unsafe fn copy(bytes: &[u8], to: *mut u8) {
    // SAFETY: the caller's promise; a Rust slice does not overlap memory the caller may write.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
}

/// Copies `text` and a NUL to the caller's room.
///
/// # Safety
///
/// `to` is writable for `text.len() + 1` characters.
pub(super) unsafe fn copy_text(text: &[u16], to: *mut u16) {
    for (at, unit) in text.iter().chain(&[0]).enumerate() {
        // SAFETY: `at` runs up to `text.len()`, for which the caller vouches.
        let place = unsafe { to.add(at) };
        // SAFETY: as above; C callers do not always align their buffers.
        unsafe { place.write_unaligned(*unit) };
    }
}
