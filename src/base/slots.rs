//! Objects behind numbers: a growing table whose keys go stale instead of dangling.
//!
//! A key is a slot and the slot's generation. Removing an object raises the generation, so an old
//! key finds nothing even after the slot has been used again. Slots never move and each has a lock
//! of its own, so looking objects up scales with threads that use different objects.

use std::collections::VecDeque;
use std::sync::OnceLock;

use parking_lot::Mutex;

/// Slot and generation, as one number that is never 0 and whose two low bits are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(usize);

impl Key {
    /// The number, for C or for the operating system to keep.
    pub(crate) const fn raw(self) -> usize {
        self.0
    }

    /// Any number may come back; one that never was a key finds nothing.
    pub(crate) const fn from_raw(raw: usize) -> Key {
        Key(raw)
    }

    fn new(index: usize, generation: usize) -> Key {
        Key((generation << INDEX_BITS | index) << 2)
    }

    fn index(self) -> usize {
        (self.0 >> 2) & ((1 << INDEX_BITS) - 1)
    }

    fn generation(self) -> usize {
        self.0 >> 2 >> INDEX_BITS
    }

    fn well_formed(self) -> bool {
        self.0 & 3 == 0
    }
}

/// The table. `T` is something cheap to clone that shares an object, such as an `Arc`.
pub(crate) struct SlotTable<T> {
    /// Chunk `n` holds `FIRST << n` slots and is made when the first of them is needed.
    chunks: [OnceLock<Box<[Slot<T>]>>; CHUNKS],
    /// Which slots can be used (again); oldest first, so that a slot rests before its next use.
    free: Mutex<Free>,
}

/// Guarded by its own lock: the present generation and what lives in the slot.
struct Slot<T>(Mutex<(usize, Option<T>)>);

struct Free {
    used_once: usize,
    again: VecDeque<usize>,
}

impl<T: Clone> SlotTable<T> {
    pub(crate) const fn new() -> SlotTable<T> {
        SlotTable {
            chunks: [const { OnceLock::new() }; CHUNKS],
            free: Mutex::new(Free { used_once: 0, again: VecDeque::new() }),
        }
    }

    /// Gives `object` a number; `None` when all numbers are in use.
    pub(crate) fn insert(&self, object: T) -> Option<Key> {
        let index = self.free.lock().take()?;
        let mut slot = self.slot_made(index)?.0.lock();
        slot.1 = Some(object);
        Some(Key::new(index, slot.0))
    }

    /// The object behind `key`, shared.
    pub(crate) fn get(&self, key: Key) -> Option<T> {
        let slot = self.slot(key)?.0.lock();
        if slot.0 == key.generation() { slot.1.clone() } else { None }
    }

    /// Takes the object out; from now on `key` finds nothing.
    pub(crate) fn remove(&self, key: Key) -> Option<T> {
        let mut slot = self.slot(key)?.0.lock();
        if slot.0 != key.generation() {
            return None;
        }
        let object = slot.1.take()?;
        slot.0 = if slot.0 == LAST_GENERATION { 1 } else { slot.0 + 1 };
        drop(slot);
        self.free.lock().again.push_back(key.index());
        Some(object)
    }

    fn slot(&self, key: Key) -> Option<&Slot<T>> {
        if !key.well_formed() {
            return None;
        }
        let (chunk, at) = place(key.index());
        self.chunks.get(chunk)?.get()?.get(at)
    }

    fn slot_made(&self, index: usize) -> Option<&Slot<T>> {
        let (chunk, at) = place(index);
        let slots = self
            .chunks
            .get(chunk)?
            .get_or_init(|| (0..FIRST << chunk).map(|_| Slot(Mutex::new((1, None)))).collect());
        slots.get(at)
    }
}

impl Free {
    fn take(&mut self) -> Option<usize> {
        if self.again.len() > REST || self.used_once >> INDEX_BITS != 0 {
            return self.again.pop_front();
        }
        self.used_once += 1;
        Some(self.used_once - 1)
    }
}

/// Chunk and place in it of a slot: chunk `n` starts at `FIRST * (2^n - 1)`.
fn place(index: usize) -> (usize, usize) {
    let chunk = (index / FIRST + 1).ilog2() as usize;
    (chunk, index - FIRST * ((1 << chunk) - 1))
}

/// How many slots the first chunk has; each next one has twice as many.
const FIRST: usize = 64;
/// How many freed slots rest before the oldest is used again.
const REST: usize = 32;
#[cfg(target_pointer_width = "64")]
const INDEX_BITS: usize = 30;
#[cfg(target_pointer_width = "32")]
const INDEX_BITS: usize = 20;
const CHUNKS: usize = INDEX_BITS - 5;
const LAST_GENERATION: usize = usize::MAX >> 2 >> INDEX_BITS;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_key_stays_dead_when_its_slot_is_used_again() {
        let table = SlotTable::new();
        let first = table.insert(1).unwrap();
        table.remove(first).unwrap();
        let again: Vec<Key> = (0..500)
            .map(|n| {
                let key = table.insert(n).unwrap();
                table.remove(key).unwrap();
                key
            })
            .collect();
        assert!(again.iter().any(|key| key.index() == first.index()), "the slot was never reused");
        assert!(table.get(first).is_none());
        assert!(table.remove(first).is_none());
    }

    #[test]
    fn numbers_that_never_were_keys_find_nothing() {
        let table = SlotTable::new();
        let key = table.insert(()).unwrap();
        for raw in [0, 1, 2, usize::MAX, usize::MAX - 3, key.raw() + 1, key.raw() ^ (1 << (40 % usize::BITS))]
        {
            assert!(table.get(Key::from_raw(raw)).is_none(), "{raw:#x}");
        }
        assert!(key.raw() != 0 && key.raw() & 3 == 0);
    }

    #[test]
    fn thousands_of_objects_keep_their_keys() {
        let table = SlotTable::new();
        let keys: Vec<_> = (0..10_000).map(|n| table.insert(n).unwrap()).collect();
        for (n, key) in keys.iter().enumerate() {
            assert_eq!(table.get(*key).unwrap(), n);
        }
    }
}
