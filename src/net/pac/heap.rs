//! The engine's memory: bounded, and free again after the run even if the engine has lost some of it,
//! which scripts that run out of memory can bring about.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::hash::Hasher;
use std::ptr;
use std::rc::Rc;

use rquickjs::allocator::Allocator;
use rquickjs::allocator::RustAllocator;

use super::budget::Budget;

/// Everything that one run of the engine has allocated.
///
/// A run that has used up its memory or its time gets no more large pieces, and of small ones as many as
/// the engine needs until it asks whether to stop: it copes better with being stopped than with having
/// nothing. But a script cannot hide from the clock in calls that are long by themselves, for they
/// allocate, too.
pub(super) struct Heap {
    budget: Rc<Budget>,
    used: usize,
    /// What has not been given back.
    live: HashSet<usize, BuildHasherDefault<Spread>>,
    /// Small allocations until the clock is looked at again.
    patience: u32,
    /// Small allocations that may come after the end.
    grace: u32,
}

impl Heap {
    pub(super) fn new(budget: Rc<Budget>) -> Heap {
        Heap { budget, used: 0, live: HashSet::default(), patience: PATIENCE, grace: GRACE }
    }

    /// Whether so many more bytes may be had.
    fn grants(&mut self, bytes: usize) -> bool {
        if !self.budget.has_begun() {
            return true;
        }
        let sum = self.used.checked_add(bytes);
        if sum.is_none_or(|sum| sum > self.budget.limits().heap) {
            self.budget.end();
        }
        let is_large = bytes >= LARGE;
        self.patience = if is_large { 0 } else { self.patience.saturating_sub(1) };
        let over = if self.patience == 0 {
            self.patience = PATIENCE;
            self.budget.is_over()
        } else {
            self.budget.was_over()
        };
        if over && !is_large && self.grace > 0 {
            self.grace -= 1;
            return true;
        }
        !over
    }

    /// Enters what has just been allocated.
    fn keep(&mut self, at: *mut u8) -> *mut u8 {
        if !at.is_null() {
            // SAFETY: the allocator below has just given it.
            self.used += unsafe { RustAllocator::usable_size(at) };
            self.live.insert(at.expose_provenance());
        }
        at
    }

    /// Strikes out what is about to be given back.
    fn strike(&mut self, at: *mut u8) {
        // SAFETY: the engine has it from `keep`.
        self.used -= unsafe { RustAllocator::usable_size(at) };
        self.live.remove(&at.expose_provenance());
    }
}

// SAFETY: the memory is that of `RustAllocator`, or null.
unsafe impl Allocator for Heap {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        if !self.grants(size) {
            return ptr::null_mut();
        }
        self.keep(RustAllocator.alloc(size))
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        if !count.checked_mul(size).is_some_and(|bytes| self.grants(bytes)) {
            return ptr::null_mut();
        }
        self.keep(RustAllocator.calloc(count, size))
    }

    unsafe fn dealloc(&mut self, at: *mut u8) {
        self.strike(at);
        // SAFETY: the caller has it from this heap, which has it from there.
        unsafe { RustAllocator.dealloc(at) };
    }

    unsafe fn realloc(&mut self, at: *mut u8, size: usize) -> *mut u8 {
        if at.is_null() {
            return self.alloc(size);
        }
        // SAFETY: the caller has it from this heap.
        let before = unsafe { RustAllocator::usable_size(at) };
        // What becomes smaller always may: the engine does not expect otherwise.
        if size > before && !self.grants(size - before) {
            return ptr::null_mut();
        }
        self.strike(at);
        // SAFETY: as above.
        let moved = unsafe { RustAllocator.realloc(at, size) };
        // When the system has no more, the old place is still there.
        self.keep(if moved.is_null() { at } else { moved });
        moved
    }

    unsafe fn usable_size(at: *mut u8) -> usize {
        // SAFETY: the caller has it from this heap.
        unsafe { RustAllocator::usable_size(at) }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.budget.set_lost(self.live.len());
        for at in self.live.drain() {
            // SAFETY: it has not been given back, and the engine that could use it is gone.
            unsafe { RustAllocator.dealloc(ptr::with_exposed_provenance_mut(at)) };
        }
    }
}

/// Addresses are spread well enough when their low bits go away.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = (self.0 ^ number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_right(32);
    }
}

const PATIENCE: u32 = 64;
const GRACE: u32 = 1000;
/// From this size on an allocation may mean long work: bytes.
const LARGE: usize = 4096;
