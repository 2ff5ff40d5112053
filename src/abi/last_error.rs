//! The calling thread's last error.

#[cfg(not(windows))]
mod store {
    use std::cell::Cell;

    thread_local!(static LAST: Cell<u32> = const { Cell::new(0) });

    pub(crate) fn get() -> u32 {
        LAST.get()
    }

    pub(crate) fn set(code: u32) {
        LAST.set(code);
    }
}

/// The system's own, which `GetLastError` of any DLL reads.
#[cfg(windows)]
mod store {
    use windows_sys::Win32::Foundation::SetLastError;

    pub(crate) fn set(code: u32) {
        // SAFETY: any number may be stored.
        unsafe { SetLastError(code) };
    }
}

#[cfg(not(windows))]
pub(super) use store::get;
pub(super) use store::set;
