//! A word that threads can sleep on, by the system's own means: nothing is kept about the thread that sleeps.

use std::sync::atomic::AtomicU32;
use std::time::Duration;

use super::ending::no_endless_wait;

/// The word. Whoever changes it wakes those who sleep.
#[derive(Debug, Default)]
pub(super) struct Futex(pub(super) AtomicU32);

impl Futex {
    pub(super) const fn new() -> Futex {
        Futex(AtomicU32::new(0))
    }

    /// Sleeps while the word has this value, until somebody wakes; now and then less. True: the time is over.
    pub(super) fn sleep(&self, while_it_is: u32, time: Option<Duration>) -> bool {
        if time.is_none() {
            no_endless_wait();
        }
        system::sleep(&self.0, while_it_is, time)
    }

    pub(super) fn wake_one(&self) {
        system::wake(&self.0, false);
    }

    pub(super) fn wake_all(&self) {
        system::wake(&self.0, true);
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::io;
    use std::ptr;

    use super::AtomicU32;
    use super::Duration;

    pub(super) fn sleep(word: &AtomicU32, value: u32, time: Option<Duration>) -> bool {
        let time = time.map(|time| libc::timespec {
            tv_sec: time.as_secs().try_into().unwrap_or(libc::time_t::MAX),
            tv_nsec: time.subsec_nanos().into(),
        });
        let time = time.as_ref().map_or(ptr::null(), ptr::from_ref);
        let operation = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
        // SAFETY: the word and the time outlive the call.
        let result = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, value, time) };
        result < 0 && io::Error::last_os_error().raw_os_error() == Some(libc::ETIMEDOUT)
    }

    pub(super) fn wake(word: &AtomicU32, all: bool) {
        let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
        let most = if all { i32::MAX } else { 1 };
        // SAFETY: only the word's address counts.
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), operation, most) };
    }
}

#[cfg(windows)]
mod system {
    use std::ptr;

    use windows_sys::Win32::Foundation::ERROR_TIMEOUT;
    use windows_sys::Win32::Foundation::GetLastError;
    use windows_sys::Win32::System::Threading::INFINITE;
    use windows_sys::Win32::System::Threading::WaitOnAddress;
    use windows_sys::Win32::System::Threading::WakeByAddressAll;
    use windows_sys::Win32::System::Threading::WakeByAddressSingle;

    use super::AtomicU32;
    use super::Duration;

    pub(super) fn sleep(word: &AtomicU32, value: u32, time: Option<Duration>) -> bool {
        // Rounded up: who sleeps until a moment does not wake before it.
        let time = time.map_or(INFINITE, |time| {
            u32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(INFINITE).min(INFINITE - 1)
        });
        // SAFETY: both are four bytes and outlive the call.
        let woken = unsafe { WaitOnAddress(word.as_ptr().cast(), ptr::from_ref(&value).cast(), 4, time) };
        // SAFETY: this only reads the thread's variable.
        woken == 0 && unsafe { GetLastError() } == ERROR_TIMEOUT
    }

    pub(super) fn wake(word: &AtomicU32, all: bool) {
        let word = word.as_ptr().cast();
        if all {
            // SAFETY: only the word's address counts.
            unsafe { WakeByAddressAll(word) };
        } else {
            // SAFETY: as above.
            unsafe { WakeByAddressSingle(word) };
        }
    }
}
