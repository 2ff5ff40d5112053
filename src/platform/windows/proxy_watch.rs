//! Waiting for proxy settings in the registry to change.

use std::io;
use std::os::windows::io::AsRawHandle;
use std::os::windows::io::FromRawHandle;
use std::os::windows::io::OwnedHandle;
use std::ptr;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
use windows_sys::Win32::System::Registry::HKEY_LOCAL_MACHINE;
use windows_sys::Win32::System::Threading::CreateEventW;
use windows_sys::Win32::System::Threading::INFINITE;
use windows_sys::Win32::System::Threading::SetEvent;
use windows_sys::Win32::System::Threading::WaitForMultipleObjects;

use crate::platform::windows::proxy::SETTINGS;
use crate::platform::windows::registry::Key;

/// Tells one thread, the one that makes it, when proxy settings may have changed.
pub(crate) struct ProxyWatch {
    keys: Vec<Watched>,
    stop: OwnedHandle,
}

/// A key with an event of its own: to ask for a key's next change while the last is outstanding would add
/// a registration to it each time, which Windows keeps until the key is closed.
struct Watched {
    key: Key,
    changed: OwnedHandle,
}

impl ProxyWatch {
    /// Watches from now on.
    pub(crate) fn new() -> io::Result<ProxyWatch> {
        let found = [Key::open_of_user(SETTINGS), Key::open(HKEY_LOCAL_MACHINE, SETTINGS)];
        let keys = found.into_iter().flatten().map(Watched::new).collect::<io::Result<_>>()?;
        Ok(ProxyWatch { keys, stop: event()? })
    }

    /// Blocks until something may have changed; false when it is to stop.
    pub(crate) fn wait(&self) -> io::Result<bool> {
        let changes = self.keys.iter().map(|watched| watched.changed.as_raw_handle());
        let events: Vec<HANDLE> = [self.stop.as_raw_handle()].into_iter().chain(changes).collect();
        // SAFETY: handles, which live as long as `self`.
        let woken = unsafe { WaitForMultipleObjects(events.len() as u32, events.as_ptr(), 0, INFINITE) };
        match woken.checked_sub(WAIT_OBJECT_0).map(|at| at as usize) {
            Some(0) => Ok(false),
            Some(at) if at <= self.keys.len() => self.keys[at - 1].arm().map(|()| true),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Ends the wait, from any thread.
    pub(crate) fn stop(&self) {
        // SAFETY: an event of ours.
        unsafe { SetEvent(self.stop.as_raw_handle()) };
    }
}

impl Watched {
    fn new(key: Key) -> io::Result<Watched> {
        let watched = Watched { key, changed: event()? };
        watched.arm()?;
        Ok(watched)
    }

    /// What is signalled once must be asked for again, and not before.
    fn arm(&self) -> io::Result<()> {
        self.key.signal_change(self.changed.as_raw_handle())
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
