//! The few Win32 functions that WinHTTP's contract needs off Windows: the last error, and freeing
//! what the library hands out. They are exported beside WinHTTP's own.

use crate::abi::last_error;
use crate::abi::types::*;

/// The calling thread's last error.
#[unsafe(no_mangle)]
pub extern "system" fn GetLastError() -> DWORD {
    last_error::get()
}

/// Sets the calling thread's last error.
#[unsafe(no_mangle)]
pub extern "system" fn SetLastError(code: DWORD) {
    last_error::set(code);
}

/// Allocates `bytes` bytes on the C heap; with `GMEM_ZEROINIT` they are 0. The memory is fixed.
#[unsafe(no_mangle)]
pub extern "system" fn GlobalAlloc(flags: UINT, bytes: usize) -> LPVOID {
    allocate(flags, bytes)
}

/// As [`GlobalAlloc`].
#[unsafe(no_mangle)]
pub extern "system" fn LocalAlloc(flags: UINT, bytes: usize) -> LPVOID {
    allocate(flags, bytes)
}

/// Frees what [`GlobalAlloc`], [`LocalAlloc`] or a WinHTTP function gave; NULL does no harm. Always
/// NULL: success.
///
/// # Safety
///
/// `memory` is null or such memory, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GlobalFree(memory: LPVOID) -> LPVOID {
    // SAFETY: the caller's promise; all of it is from the C heap.
    unsafe { libc::free(memory) };
    std::ptr::null_mut()
}

/// As [`GlobalFree`].
///
/// # Safety
///
/// As for [`GlobalFree`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn LocalFree(memory: LPVOID) -> LPVOID {
    // SAFETY: the caller's promise.
    unsafe { GlobalFree(memory) }
}

fn allocate(flags: UINT, bytes: usize) -> LPVOID {
    const ZEROINIT: UINT = 0x40;
    const ERROR_NOT_ENOUGH_MEMORY: u32 = 8;
    let bytes = bytes.max(1);
    let at = if flags & ZEROINIT != 0 {
        // SAFETY: any size may be asked for.
        unsafe { libc::calloc(1, bytes) }
    } else {
        // SAFETY: as above.
        unsafe { libc::malloc(bytes) }
    };
    if at.is_null() {
        last_error::set(ERROR_NOT_ENOUGH_MEMORY);
    }
    at
}
