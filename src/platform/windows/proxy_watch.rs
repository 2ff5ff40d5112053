//! Waiting for proxy settings in the registry to change.

use std::io;
use std::os::windows::io::AsRawHandle;
use std::os::windows::io::FromRawHandle;
use std::os::windows::io::OwnedHandle;
use std::ptr;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
use windows_sys::Win32::System::Registry::HKEY_CURRENT_USER;
use windows_sys::Win32::System::Registry::HKEY_LOCAL_MACHINE;
use windows_sys::Win32::System::Threading::CreateEventW;
use windows_sys::Win32::System::Threading::INFINITE;
use windows_sys::Win32::System::Threading::SetEvent;
use windows_sys::Win32::System::Threading::WaitForMultipleObjects;

use crate::platform::windows::proxy::SETTINGS;
use crate::platform::windows::registry::Key;

/// Tells one thread, the one that makes it, when proxy settings may have changed.
pub(crate) struct ProxyWatch {
    keys: Vec<Key>,
    stop: OwnedHandle,
    changed: OwnedHandle,
}

impl ProxyWatch {
    /// Watches from now on.
    pub(crate) fn new() -> io::Result<ProxyWatch> {
        let open = |root| Key::open(root, SETTINGS).ok();
        let keys = [HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE].into_iter().filter_map(open).collect();
        let watch = ProxyWatch { keys, stop: event()?, changed: event()? };
        watch.arm()?;
        Ok(watch)
    }

    /// Blocks until something may have changed; false when it is to stop.
    pub(crate) fn wait(&self) -> io::Result<bool> {
        let events: [HANDLE; 2] = [self.stop.as_raw_handle(), self.changed.as_raw_handle()];
        // SAFETY: two handles, which live as long as `self`.
        let woken = unsafe { WaitForMultipleObjects(2, events.as_ptr(), 0, INFINITE) };
        match woken.checked_sub(WAIT_OBJECT_0) {
            Some(0) => Ok(false),
            Some(1) => self.arm().map(|()| true),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Ends the wait, from any thread.
    pub(crate) fn stop(&self) {
        // SAFETY: an event of ours.
        unsafe { SetEvent(self.stop.as_raw_handle()) };
    }

    /// What is signalled once must be asked for again.
    fn arm(&self) -> io::Result<()> {
        self.keys.iter().try_for_each(|key| key.signal_change(self.changed.as_raw_handle()))
    }
}

/// An event that a wait resets.
fn event() -> io::Result<OwnedHandle> {
    // SAFETY: attributes and name may be null.
    let event = unsafe { CreateEventW(ptr::null(), 0, 0, ptr::null()) };
    if event.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system has just given the handle to us alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(event) })
}
