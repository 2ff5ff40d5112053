//! Being unloaded. The program has closed its handles and no thread of ours is left, but what is kept between
//! sessions is still there: the loader would take the code away, and leave the sockets open.

use std::panic::catch_unwind;

use crate::api;

fn at_unloading() {
    _ = catch_unwind(api::close_idle_connections);
}

/// Linux. The loader calls what is in this section; at the end of the process, too, and of a forked one.
#[cfg(not(windows))]
mod system {
    #[used]
    #[unsafe(link_section = ".fini_array")]
    static AT_UNLOADING: extern "C" fn() = at_unloading;

    extern "C" fn at_unloading() {
        super::at_unloading();
    }
}

#[cfg(windows)]
mod system {
    use std::ffi::c_void;

    use windows_sys::Win32::System::SystemServices::DLL_PROCESS_DETACH;

    /// The loader calls what is in this section, in the order of the names: before the standard library's own,
    /// `.CRT$XLB`, which ends the thread-locals.
    #[used]
    #[unsafe(link_section = ".CRT$XLAB")]
    static AT_UNLOADING: unsafe extern "system" fn(*mut c_void, u32, *mut c_void) = at_unloading;

    unsafe extern "system" fn at_unloading(_module: *mut c_void, reason: u32, is_process_exit: *mut c_void) {
        // With the process all of it goes anyway, and locks may be nobody's by now.
        if reason == DLL_PROCESS_DETACH && is_process_exit.is_null() {
            super::at_unloading();
        }
    }
}
