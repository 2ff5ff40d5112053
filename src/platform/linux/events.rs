//! Win32 event objects on Linux: whoever provides them to the program (the compat library, an
//! emulation) also provides `SetEvent`, found by name in the running program.

use std::ffi::c_int;
use std::ffi::c_void;

type SetEvent = unsafe extern "C" fn(*mut c_void) -> c_int;

/// Whether the running program has event objects at all.
pub(crate) fn event_support() -> bool {
    set_event().is_some()
}

/// Sets the event behind `event`, a Win32 `HANDLE`.
pub(crate) fn signal_event(event: usize) {
    if let Some(set_event) = set_event() {
        // SAFETY: the application named this event and keeps it until it is set (its contract with
        // `WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT`).
        unsafe { set_event(event as *mut c_void) };
    }
}

fn set_event() -> Option<SetEvent> {
    // SAFETY: the name is a C string.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"SetEvent".as_ptr()) };
    if found.is_null() {
        return None;
    }
    // SAFETY: a function of this name in a program that uses WinHTTP is Win32's: one handle, a BOOL.
    Some(unsafe { std::mem::transmute::<*mut c_void, SetEvent>(found) })
}
