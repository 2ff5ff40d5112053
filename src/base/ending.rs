//! The end of the process, when the calling thread is the only one left.
//!
//! Windows first ends all other threads, wherever they are, and then lets each DLL say goodbye. A DLL of the
//! program's may well close its handles there. What a thread that is gone has held stays held, and nobody gives what it
//! was to give: a wait for either would never end, and neither would the process.

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ops::DerefMut;

/// Whether that is so. Elsewhere threads run until the process is gone.
pub(crate) fn is_ending() -> bool {
    system::is_ending()
}

/// A value that takes locks when it is dropped, and locks that are not ours: at the end it is left to the system.
pub(crate) struct NotAtTheEnd<T>(ManuallyDrop<T>);

impl<T> NotAtTheEnd<T> {
    pub(crate) fn new(value: T) -> NotAtTheEnd<T> {
        NotAtTheEnd(ManuallyDrop::new(value))
    }
}

impl<T> Deref for NotAtTheEnd<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for NotAtTheEnd<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> Drop for NotAtTheEnd<T> {
    fn drop(&mut self) {
        if !is_ending() {
            // SAFETY: only here, and the value is not used afterwards.
            unsafe { ManuallyDrop::drop(&mut self.0) };
        }
    }
}

/// Lets other threads run before one more look at what one of them is about to finish.
pub(crate) fn give_way() {
    no_endless_wait();
    std::thread::yield_now();
}

/// Before a wait that only another thread can end: where there is none, ends the process at once. So do Windows'
/// own locks; what such a lock guards may be half changed, and to go on with it would be worse.
pub(super) fn no_endless_wait() {
    if is_ending() {
        system::end();
    }
}

#[cfg(not(windows))]
mod system {
    pub(super) fn is_ending() -> bool {
        false
    }

    pub(super) fn end() {}
}

#[cfg(windows)]
mod system {
    use windows_sys::Win32::System::Threading::GetCurrentProcess;
    use windows_sys::Win32::System::Threading::TerminateProcess;

    #[link(name = "ntdll")]
    unsafe extern "system" {
        fn RtlDllShutdownInProgress() -> u8;
    }

    pub(super) fn is_ending() -> bool {
        // SAFETY: this only asks.
        unsafe { RtlDllShutdownInProgress() != 0 }
    }

    pub(super) fn end() {
        /// What Windows' locks end it with.
        const STATUS_THREAD_IS_TERMINATING: u32 = 0xC000_004B;
        // SAFETY: this only says which process.
        let this = unsafe { GetCurrentProcess() };
        // SAFETY: a process may end itself.
        unsafe { TerminateProcess(this, STATUS_THREAD_IS_TERMINATING) };
    }
}
