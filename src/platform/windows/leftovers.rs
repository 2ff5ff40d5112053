//! Gives back, when the library is unloaded, what the runtime libraries never do.
//!
//! On the GNU targets the standard library keeps thread-locals in slots of `TlsAlloc` and never frees
//! them, which a process of 1088 slots bears only some three hundred loads of us; and on 32 bits
//! libgcc's table of unwind information has a semaphore that is never closed. `build.rs` has the linker
//! put our functions in the place of those that make them (`--wrap`); they note each one, and the
//! loader's callback frees them after the last code of ours has run. The symbols are defined in
//! assembly because what Rust gives a name to is exported.
//!
//! Only the standard library calls `TlsAlloc` and `TlsFree` by their plain names; the C runtime uses
//! the import table and frees its own. It is the other way round with the semaphore.

use std::ffi::c_void;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use windows_sys::Win32::System::SystemServices::DLL_PROCESS_DETACH;

unsafe extern "system" {
    #[link_name = "__real_TlsAlloc"]
    fn tls_alloc() -> u32;
    #[link_name = "__real_TlsFree"]
    fn tls_free(slot: u32) -> i32;
}

#[cfg(target_pointer_width = "64")]
std::arch::global_asm!(
    ".text",
    ".globl __wrap_TlsAlloc",
    "__wrap_TlsAlloc:",
    "jmp {allocate}",
    ".globl __wrap_TlsFree",
    "__wrap_TlsFree:",
    "jmp {free}",
    allocate = sym allocate,
    free = sym free,
);

// With the decoration of the calling convention.
#[cfg(target_pointer_width = "32")]
std::arch::global_asm!(
    ".text",
    ".globl ___wrap_TlsAlloc@0",
    "___wrap_TlsAlloc@0:",
    "jmp {allocate}",
    ".globl ___wrap_TlsFree@4",
    "___wrap_TlsFree@4:",
    "jmp {free}",
    allocate = sym allocate,
    free = sym free,
);

/// Slots in use, each one more than its number; 0 is nothing.
static SLOTS: [AtomicU32; 32] = [const { AtomicU32::new(0) }; 32];

/// Replaces one entry, if there is such a one.
fn replace(old: u32, new: u32) {
    _ = SLOTS
        .iter()
        .any(|place| place.compare_exchange(old, new, Ordering::Relaxed, Ordering::Relaxed).is_ok());
}

/// In the place of `TlsAlloc`. Must not use thread-locals itself.
unsafe extern "system" fn allocate() -> u32 {
    // SAFETY: it takes nothing.
    let slot = unsafe { tls_alloc() };
    if slot != u32::MAX {
        // One that finds no place is lost at unloading.
        replace(0, slot + 1);
    }
    slot
}

/// In the place of `TlsFree`.
unsafe extern "system" fn free(slot: u32) -> i32 {
    replace(slot.wrapping_add(1), 0);
    // SAFETY: the caller's promise that nothing uses the slot.
    unsafe { tls_free(slot) }
}

/// libgcc's semaphore. The lock that it belongs to is taken once more after our callback, by nobody
/// else, and then does not touch it.
#[cfg(target_pointer_width = "32")]
mod semaphore {
    use std::ffi::c_void;
    use std::ptr;
    use std::sync::atomic::AtomicPtr;
    use std::sync::atomic::Ordering;

    use windows_sys::Win32::Foundation::CloseHandle;

    // By its plain name, not by the import table, whose entry is the wrapped one.
    unsafe extern "system" {
        fn CreateSemaphoreW(
            attributes: *const c_void,
            initial: i32,
            most: i32,
            name: *const u16,
        ) -> *mut c_void;
    }

    std::arch::global_asm!(
        ".section .rdata,\"dr\"",
        ".p2align 2",
        ".globl ___wrap__imp__CreateSemaphoreW@16",
        "___wrap__imp__CreateSemaphoreW@16:",
        ".long {create}",
        ".text",
        create = sym create,
    );

    static MADE: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

    /// In the place of the imported `CreateSemaphoreW`.
    unsafe extern "system" fn create(
        attributes: *const c_void,
        initial: i32,
        most: i32,
        name: *const u16,
    ) -> *mut c_void {
        // SAFETY: the caller's promises are passed on.
        let made = unsafe { CreateSemaphoreW(attributes, initial, most, name) };
        // There is one; of several, the others are lost at unloading.
        MADE.store(made, Ordering::Relaxed);
        made
    }

    pub(super) fn close() {
        let made = MADE.swap(ptr::null_mut(), Ordering::Relaxed);
        if !made.is_null() {
            // SAFETY: it is ours, see above.
            unsafe { CloseHandle(made) };
        }
    }
}

/// The loader calls what is in this section, in the order of the names; the standard library's own,
/// which runs the destructors, is `.CRT$XLB`.
#[used]
#[unsafe(link_section = ".CRT$XLC")]
static AT_THE_END: unsafe extern "system" fn(*mut c_void, u32, *mut c_void) = at_the_end;

unsafe extern "system" fn at_the_end(_module: *mut c_void, reason: u32, is_process_exit: *mut c_void) {
    if reason != DLL_PROCESS_DETACH || !is_process_exit.is_null() {
        return;
    }
    for place in &SLOTS {
        let slot = place.swap(0, Ordering::Relaxed);
        if slot != 0 {
            // SAFETY: it is ours, and nothing of ours runs after this.
            unsafe { tls_free(slot - 1) };
        }
    }
    #[cfg(target_pointer_width = "32")]
    semaphore::close();
}
