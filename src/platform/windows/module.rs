//! The library as a loaded module.

use std::ffi::c_void;
use std::io;
use std::ptr;

use windows_sys::Win32::Foundation::HMODULE;
use windows_sys::Win32::System::LibraryLoader::FreeLibraryAndExitThread;
use windows_sys::Win32::System::LibraryLoader::GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleExW;

/// A reference to this module, as `LoadLibrary` would give: while it is held the code stays mapped.
pub(super) struct Module(HMODULE);

// SAFETY: a module's handle means the same to every thread.
unsafe impl Send for Module {}

impl Module {
    /// One more reference to the module that this function is in.
    pub(super) fn reference() -> io::Result<Module> {
        let inside = Module::reference as *const c_void;
        let mut module = ptr::null_mut();
        // SAFETY: with this flag the name is an address, and the variable is writable.
        let found =
            unsafe { GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, inside.cast(), &mut module) };
        if found == 0 { Err(io::Error::last_os_error()) } else { Ok(Module(module)) }
    }

    /// Gives the reference back and ends the calling thread. The system does both, for after the
    /// last reference there is no code here to return to.
    ///
    /// # Safety
    ///
    /// Nothing on the calling thread's stack still waits to be dropped, and the thread was not
    /// started by the standard library.
    pub(super) unsafe fn release_and_exit_thread(self) -> ! {
        // SAFETY: `reference` got it; the rest is the caller's promise.
        unsafe { FreeLibraryAndExitThread(self.0, 0) }
    }
}
