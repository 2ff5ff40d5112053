//! The performance counter.

use windows_sys::Win32::System::Performance::QueryPerformanceCounter;

/// What `QueryPerformanceCounter` gives.
pub(crate) fn ticks() -> u64 {
    let mut now = 0;
    // SAFETY: the variable is writable.
    unsafe { QueryPerformanceCounter(&raw mut now) };
    now.cast_unsigned()
}
