//! The application's event objects.

use std::ffi::c_void;

use windows_sys::Win32::System::Threading::SetEvent;

/// Whether the running program has event objects at all.
pub(crate) fn event_support() -> bool {
    true
}

/// Sets the event behind `event`, a `HANDLE`.
pub(crate) fn signal_event(event: usize) {
    // SAFETY: the application named this event and keeps it until it is set (its contract with
    // `WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT`); a stale handle only makes the call fail.
    unsafe { SetEvent(event as *mut c_void) };
}
