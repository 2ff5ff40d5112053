//! Threads that keep the library's code mapped.
//!
//! They are not the standard library's: such a thread returns through our own code after its body,
//! when nothing of ours may be mapped any more.

use std::ffi::c_void;
use std::io;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::ptr;

use windows_sys::Win32::Foundation::CloseHandle;
use windows_sys::Win32::System::LibraryLoader::GetModuleHandleW;
use windows_sys::Win32::System::SystemServices::IMAGE_DOS_HEADER;
use windows_sys::Win32::System::Threading::CreateThread;
use windows_sys::Win32::System::Threading::STACK_SIZE_PARAM_IS_A_RESERVATION;

use super::module::Module;

/// How much of the address space the program wants for its threads. Those on which Windows' own library calls back
/// have as much, and programs rely on it.
fn programs_stack() -> usize {
    #[cfg(target_pointer_width = "32")]
    use windows_sys::Win32::System::Diagnostics::Debug::IMAGE_NT_HEADERS32 as Headers;
    #[cfg(target_pointer_width = "64")]
    use windows_sys::Win32::System::Diagnostics::Debug::IMAGE_NT_HEADERS64 as Headers;

    // SAFETY: without a name it is the program itself, which is never unloaded.
    let program = unsafe { GetModuleHandleW(ptr::null()) };
    // SAFETY: a loaded module begins with this.
    let start = unsafe { &*program.cast::<IMAGE_DOS_HEADER>() };
    let headers = program.cast::<u8>().wrapping_offset(start.e_lfanew as isize).cast::<Headers>();
    // SAFETY: and this is where it says, of the word size of this process.
    unsafe { (*headers).OptionalHeader.SizeOfStackReserve as usize }
}

/// Starts a thread that holds a reference to the module until it ends.
pub(crate) fn spawn_thread(
    name: &'static str,
    stack: usize,
    body: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let start = Box::new(Start { module: Module::reference()?, name, body: Box::new(body) });
    let start = Box::into_raw(start);
    // SAFETY: `run` takes what is passed here, which from now on is the thread's.
    let thread = unsafe {
        CreateThread(
            ptr::null(),
            stack.max(programs_stack()),
            Some(run),
            start.cast(),
            STACK_SIZE_PARAM_IS_A_RESERVATION,
            ptr::null_mut(),
        )
    };
    if thread.is_null() {
        let error = io::Error::last_os_error();
        // SAFETY: there is no thread, so it is still ours.
        drop(unsafe { Box::from_raw(start) });
        return Err(error);
    }
    // SAFETY: the handle is ours; the thread lives on without it.
    unsafe { CloseHandle(thread) };
    Ok(())
}

struct Start {
    module: Module,
    name: &'static str,
    body: Box<dyn FnOnce() + Send>,
}

unsafe extern "system" fn run(start: *mut c_void) -> u32 {
    // SAFETY: `spawn_thread` made it a box and gave it to this thread alone.
    let start = unsafe { Box::from_raw(start.cast::<Start>()) };
    let Start { module, name, body } = *start;
    if catch_unwind(AssertUnwindSafe(body)).is_err() {
        log::error!("the thread {name} panicked");
    }
    // SAFETY: everything above has been moved away or dropped, and the thread is `CreateThread`'s.
    unsafe { module.release_and_exit_thread() }
}
