//! Values of the registry.

use std::io;
use std::ptr;

use windows_sys::Win32::Foundation::ERROR_MORE_DATA;
use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::Registry::*;

/// An open key.
pub(super) struct Key(HKEY);

// SAFETY: a key may be used, and closed, on any thread.
unsafe impl Send for Key {}
// SAFETY: as above, by several at a time.
unsafe impl Sync for Key {}

impl Key {
    /// Opens a key of the user whom the calling thread acts as. `HKEY_CURRENT_USER` stays what it was when the
    /// process first used it, and a service that impersonates its users asks for each of them.
    pub(super) fn open_of_user(path: &str) -> io::Result<Key> {
        let mut root = ptr::null_mut();
        // SAFETY: `root` is a place for the result.
        check(unsafe { RegOpenCurrentUser(KEY_READ, &mut root) })?;
        let root = Key(root);
        Key::open(root.0, path)
    }

    /// Opens a key to read or to watch it. `root` is `HKEY_LOCAL_MACHINE` or an open key; the view is that of
    /// 64-bit programs.
    pub(super) fn open(root: HKEY, path: &str) -> io::Result<Key> {
        let path = wide(path);
        let mut key = ptr::null_mut();
        // SAFETY: the path ends in a NUL; `key` is a place for the result.
        let error = unsafe { RegOpenKeyExW(root, path.as_ptr(), 0, KEY_READ | KEY_WOW64_64KEY, &mut key) };
        check(error).map(|()| Key(key))
    }

    /// Opens a key, which need not exist, to write it. `view` is `KEY_WOW64_64KEY` or `KEY_WOW64_32KEY`.
    pub(super) fn create(root: HKEY, path: &str, view: REG_SAM_FLAGS) -> io::Result<Key> {
        let path = wide(path);
        let mut key = ptr::null_mut();
        // SAFETY: as above; class, security and disposition may be null.
        let error = unsafe {
            RegCreateKeyExW(
                root,
                path.as_ptr(),
                0,
                ptr::null(),
                0,
                KEY_SET_VALUE | view,
                ptr::null(),
                &mut key,
                ptr::null_mut(),
            )
        };
        check(error).map(|()| Key(key))
    }

    /// A binary value.
    pub(super) fn binary(&self, name: &str) -> Option<Vec<u8>> {
        self.value(name, REG_BINARY)
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.value(name, REG_DWORD)?.try_into().map(u32::from_le_bytes).ok()
    }

    /// A text, without the NUL that may end it.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let bytes = self.value(name, REG_SZ)?;
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .take_while(|&unit| unit != 0)
            .collect();
        Some(String::from_utf16_lossy(&units))
    }

    /// Sets a binary value.
    pub(super) fn set_binary(&self, name: &str, value: &[u8]) -> io::Result<()> {
        let name = wide(name);
        // SAFETY: the name ends in a NUL; the value is as long as is said.
        let error = unsafe {
            RegSetValueExW(self.0, name.as_ptr(), 0, REG_BINARY, value.as_ptr(), value.len() as u32)
        };
        check(error)
    }

    /// Has the event signalled once when something below the key changes, or when this thread ends.
    pub(super) fn signal_change(&self, event: HANDLE) -> io::Result<()> {
        const WHAT: u32 = REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET;
        // SAFETY: the key is open; whoever calls this keeps the event open while the key is.
        check(unsafe { RegNotifyChangeKeyValue(self.0, 1, WHAT, event, 1) })
    }

    fn value(&self, name: &str, kind: REG_VALUE_TYPE) -> Option<Vec<u8>> {
        let name = wide(name);
        let mut bytes = vec![0; 512];
        // Another program may make the value longer between two calls.
        for _ in 0..8 {
            let (mut size, mut found) = (bytes.len() as u32, 0);
            // SAFETY: the name ends in a NUL; the room is as large as is said.
            let error = unsafe {
                RegQueryValueExW(
                    self.0,
                    name.as_ptr(),
                    ptr::null(),
                    &mut found,
                    bytes.as_mut_ptr(),
                    &mut size,
                )
            };
            match error {
                ERROR_SUCCESS if found == kind => {
                    bytes.truncate(size as usize);
                    return Some(bytes);
                }
                ERROR_MORE_DATA if size <= MOST => bytes.resize(size as usize, 0),
                _ => return None,
            }
        }
        None
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: the key is open, and nobody else closes it.
        unsafe { RegCloseKey(self.0) };
    }
}

fn check(error: u32) -> io::Result<()> {
    if error == ERROR_SUCCESS { Ok(()) } else { Err(io::Error::from_raw_os_error(error as i32)) }
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// Bytes; what is larger is no setting of ours.
const MOST: u32 = 64 * 1024;
