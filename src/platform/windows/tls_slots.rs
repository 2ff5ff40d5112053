//! Gives back the thread-local slots when the library is unloaded.
//!
//! On the GNU targets the standard library keeps thread-locals in slots of `TlsAlloc` and never frees
//! them, which a process of 1088 slots bears only some two hundred loads of us. `build.rs` has the
//! linker put our function in the place of the imported one (`--wrap`); it notes each slot, and the
//! loader's callback frees them all after the last code of ours has run. The symbols are defined in
//! assembly because what Rust gives a name to is exported.

use std::ffi::c_void;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use windows_sys::Win32::System::SystemServices::DLL_PROCESS_DETACH;
use windows_sys::Win32::System::Threading::TlsFree;

type TlsAlloc = unsafe extern "system" fn() -> u32;

unsafe extern "C" {
    /// The entry of the import table.
    #[cfg_attr(target_pointer_width = "64", link_name = "__real___imp_TlsAlloc")]
    #[cfg_attr(target_pointer_width = "32", link_name = "__real__imp__TlsAlloc@0")]
    static IMPORTED: TlsAlloc;
}

#[cfg(target_pointer_width = "64")]
std::arch::global_asm!(
    ".section .rdata,\"dr\"",
    ".p2align 3",
    ".globl __wrap___imp_TlsAlloc",
    "__wrap___imp_TlsAlloc:",
    ".quad {noting}",
    ".text",
    noting = sym noting,
);

#[cfg(target_pointer_width = "32")]
std::arch::global_asm!(
    ".section .rdata,\"dr\"",
    ".p2align 2",
    ".globl ___wrap__imp__TlsAlloc@0",
    "___wrap__imp__TlsAlloc@0:",
    ".long {noting}",
    ".text",
    noting = sym noting,
);

/// Slots in use, each one more than its number; 0 is nothing.
static SLOTS: [AtomicU32; 32] = [const { AtomicU32::new(0) }; 32];

/// In the place of `TlsAlloc`. Must not use thread-locals itself.
unsafe extern "system" fn noting() -> u32 {
    // SAFETY: the loader has filled the import table, and the function takes nothing.
    let slot = unsafe { IMPORTED() };
    if slot != u32::MAX {
        // A slot that finds no place is lost at unloading, as all were.
        _ = SLOTS.iter().any(|place| {
            place.compare_exchange(0, slot + 1, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        });
    }
    slot
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
            let _freed = unsafe { TlsFree(slot - 1) };
        }
    }
}
