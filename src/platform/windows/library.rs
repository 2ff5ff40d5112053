//! Libraries of the system's that are seldom wanted: loaded when they are, and let go again.

use std::ffi::CStr;
use std::ptr;

use windows_sys::Win32::Foundation::FARPROC;
use windows_sys::Win32::Foundation::FreeLibrary;
use windows_sys::Win32::Foundation::HMODULE;
use windows_sys::Win32::System::LibraryLoader::GetProcAddress;
use windows_sys::Win32::System::LibraryLoader::LOAD_LIBRARY_SEARCH_SYSTEM32;
use windows_sys::Win32::System::LibraryLoader::LoadLibraryExW;

/// A library of the system's, loaded for as long as this lives.
pub(super) struct Library(HMODULE);

impl Library {
    /// The one in the system's folder, or the one with this name that the process has already.
    pub(super) fn load(name: &str) -> Option<Library> {
        let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
        // SAFETY: the name ends in a NUL; the handle must be null.
        let module = unsafe { LoadLibraryExW(name.as_ptr(), ptr::null_mut(), LOAD_LIBRARY_SEARCH_SYSTEM32) };
        (!module.is_null()).then_some(Library(module))
    }

    /// A function of the library. It may be called while the library is loaded.
    pub(super) fn function(&self, name: &CStr) -> FARPROC {
        // SAFETY: the library is loaded, and the name ends in a NUL.
        unsafe { GetProcAddress(self.0, name.as_ptr().cast()) }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        // SAFETY: `load` has loaded it, and nothing of it is used any more.
        unsafe { FreeLibrary(self.0) };
    }
}
