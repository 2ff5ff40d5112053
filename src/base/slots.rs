//! Objects behind numbers: a growing table whose keys go stale instead of dangling.
//!
//! A key is a slot and the slot's generation. Slots never move; each has one atomic word with its
//! generation, whether the key has been removed, and how many *uses* of the object there are. A
//! look-up is one step on that word, without a lock, and gives a [`Use`]: the object stays in its
//! slot until the last of them ends, however long ago its key was removed.

use std::cell::Cell;
use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::ops::Deref;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::base::Mutex;

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

/// What lives in a slot.
pub(crate) trait Occupant: Send + Sync {
    /// The key has been removed and the last use is over. Runs on the thread that ended it, before
    /// the object is dropped and its slot is free again.
    fn leave(&self) {}
}

/// The table.
pub(crate) struct SlotTable<T: Occupant> {
    /// Chunk `n` holds `FIRST << n` slots and is made when the first of them is needed.
    chunks: [OnceLock<Box<[Slot<T>]>>; CHUNKS],
    /// Which slots can be used (again); oldest first, so that a slot rests before its next use.
    free: Mutex<Free>,
}

struct Slot<T> {
    /// The generation from bit 32 on, `REMOVED`, and below it the number of uses, the table's own
    /// included. No uses: the slot is empty.
    word: AtomicU64,
    index: usize,
    /// Written by whoever has the index from the free list, and by whoever ended the last use; read
    /// by those who have a use.
    occupant: UnsafeCell<Option<T>>,
}

// SAFETY: the word says who may touch `occupant`, as described there; `T` itself can be shared and
// dropped by any thread.
unsafe impl<T: Send + Sync> Sync for Slot<T> {}

struct Free {
    used_once: usize,
    again: VecDeque<usize>,
}

/// A share of an object in the table, which stays as long as there is one.
pub(crate) struct Use<'a, T: Occupant> {
    table: &'a SlotTable<T>,
    slot: &'a Slot<T>,
}

impl<T: Occupant> SlotTable<T> {
    pub(crate) const fn new() -> SlotTable<T> {
        SlotTable {
            chunks: [const { OnceLock::new() }; CHUNKS],
            free: Mutex::new(Free { used_once: 0, again: VecDeque::new() }),
        }
    }

    /// Gives `object` a number; `None` when all numbers are in use.
    pub(crate) fn insert(&self, object: T) -> Option<Key> {
        let index = self.free.lock().take()?;
        let slot = self.slot_made(index)?;
        // SAFETY: an index from the free list is ours alone, and without uses nobody reads the slot.
        unsafe { *slot.occupant.get() = Some(object) };
        let word = slot.word.load(Ordering::Relaxed);
        slot.word.store(word + 1, Ordering::Release);
        Some(Key::new(index, generation(word)))
    }

    /// The object behind `key`.
    #[inline]
    pub(crate) fn get(&self, key: Key) -> Option<Use<'_, T>> {
        self.use_if(key, |word| word & REMOVED == 0)
    }

    /// Runs `work` with the object behind `key`. Where the calling thread is inside [`Use::lend`] of that
    /// very key, the lender's use serves and the word is only read.
    #[inline]
    pub(crate) fn with<R>(&self, key: Key, work: impl FnOnce(&T) -> R) -> Option<R> {
        let lent = LENT.get();
        if lent.key != key || lent.table != ptr::from_ref(self).cast() {
            return self.get(key).map(|object| work(&object));
        }
        // SAFETY: the lender's frame is below ours on this thread's stack and has a use of this slot
        // of this table, which is therefore of this type.
        let slot = unsafe { &*lent.slot.cast::<Slot<T>>() };
        if slot.word.load(Ordering::Acquire) & REMOVED != 0 {
            return None;
        }
        Some(work(slot.object()))
    }

    /// The object behind `key`, which may have been removed while others still use it.
    pub(crate) fn get_removed(&self, key: Key) -> Option<Use<'_, T>> {
        self.use_if(key, |_| true)
    }

    /// Takes the number away: from now on `key` finds nothing. The table's own use goes to the
    /// caller.
    pub(crate) fn remove(&self, key: Key) -> Option<Use<'_, T>> {
        let slot = self.slot(key)?;
        let present = |word| is_used(word, key) && word & REMOVED == 0;
        let remove = |word| present(word).then_some(word | REMOVED);
        slot.word.fetch_update(Ordering::AcqRel, Ordering::Relaxed, remove).ok()?;
        Some(Use { table: self, slot })
    }

    #[inline]
    fn use_if(&self, key: Key, good: impl Fn(u64) -> bool) -> Option<Use<'_, T>> {
        let slot = self.slot(key)?;
        let one_more = |word| (is_used(word, key) && good(word) && word & USES != USES).then_some(word + 1);
        slot.word.fetch_update(Ordering::Acquire, Ordering::Relaxed, one_more).ok()?;
        Some(Use { table: self, slot })
    }

    #[inline]
    fn slot(&self, key: Key) -> Option<&Slot<T>> {
        if !key.well_formed() {
            return None;
        }
        let (chunk, at) = place(key.index());
        self.chunks.get(chunk)?.get()?.get(at)
    }

    fn slot_made(&self, index: usize) -> Option<&Slot<T>> {
        let (chunk, at) = place(index);
        let make = |at| Slot {
            word: AtomicU64::new(1 << GENERATION),
            index: at + FIRST * ((1 << chunk) - 1),
            occupant: UnsafeCell::new(None),
        };
        let slots = self.chunks.get(chunk)?.get_or_init(|| (0..FIRST << chunk).map(make).collect());
        slots.get(at)
    }

    /// Ends the object in `slot`, whose last use is over.
    #[cold]
    fn vacate(&self, slot: &Slot<T>) {
        // SAFETY: without uses nobody else reads the slot, and nobody writes before it is free.
        if let Some(object) = unsafe { &*slot.occupant.get() } {
            object.leave();
        }
        // SAFETY: as above, and the reference is gone.
        let object = unsafe { (*slot.occupant.get()).take() };
        let before = generation(slot.word.load(Ordering::Relaxed));
        let next = if before == LAST_GENERATION { 1 } else { before + 1 };
        slot.word.store((next as u64) << GENERATION, Ordering::Release);
        self.free.lock().again.push_back(slot.index);
        drop(object);
    }
}

impl<T: Occupant> Deref for Use<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.slot.object()
    }
}

impl<T> Slot<T> {
    /// The object; only for who has a use.
    #[inline]
    fn object(&self) -> &T {
        // SAFETY: while there is a use nobody writes the slot.
        match unsafe { &*self.occupant.get() } {
            Some(object) => object,
            None => unreachable!("a slot in use is not empty"),
        }
    }
}

impl<T: Occupant> Use<'_, T> {
    /// Runs `work`, in which [`SlotTable::with`] of this object's `key` is cheaper: a callback mostly
    /// calls for the object that it was called for.
    #[inline]
    pub(crate) fn lend<R>(&self, key: Key, work: impl FnOnce() -> R) -> R {
        let (table, slot) = (ptr::from_ref(self.table).cast(), ptr::from_ref(self.slot).cast());
        let _restored = Restored(LENT.replace(Lent { key, table, slot }));
        work()
    }
}

/// Which use the thread's innermost [`Use::lend`] lends, addresses without their types.
#[derive(Clone, Copy)]
struct Lent {
    key: Key,
    table: *const (),
    slot: *const (),
}

/// Ends a loan, also when a panic goes through it.
struct Restored(Lent);

impl Drop for Restored {
    #[inline]
    fn drop(&mut self) {
        LENT.set(self.0);
    }
}

thread_local!(static LENT: Cell<Lent> =
    const { Cell::new(Lent { key: Key(0), table: ptr::null(), slot: ptr::null() }) });

impl<T: Occupant> Drop for Use<'_, T> {
    #[inline]
    fn drop(&mut self) {
        let before = self.slot.word.fetch_sub(1, Ordering::AcqRel);
        if before & USES == 1 {
            self.table.vacate(self.slot);
        }
    }
}

#[inline]
fn is_used(word: u64, key: Key) -> bool {
    word >> GENERATION == key.generation() as u64 && word & USES != 0
}

fn generation(word: u64) -> usize {
    (word >> GENERATION) as usize
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
/// The parts of a slot's word.
const GENERATION: u32 = 32;
const REMOVED: u64 = 1 << 31;
const USES: u64 = REMOVED - 1;
const CHUNKS: usize = INDEX_BITS - 5;
const LAST_GENERATION: usize = usize::MAX >> 2 >> INDEX_BITS;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    impl Occupant for usize {}

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
        assert!(table.get_removed(first).is_none());
        assert!(table.remove(first).is_none());
    }

    #[test]
    fn numbers_that_never_were_keys_find_nothing() {
        let table = SlotTable::new();
        let key = table.insert(0).unwrap();
        for raw in [0, 1, 2, usize::MAX, usize::MAX - 3, key.raw() + 1, key.raw() ^ (1 << (40 % usize::BITS))]
        {
            assert!(table.get(Key::from_raw(raw)).is_none(), "{raw:#x}");
            assert!(table.get_removed(Key::from_raw(raw)).is_none(), "{raw:#x}");
        }
        assert!(key.raw() != 0 && key.raw() & 3 == 0);
    }

    #[test]
    fn thousands_of_objects_keep_their_keys() {
        let table = SlotTable::new();
        let keys: Vec<_> = (0..10_000).map(|n| table.insert(n).unwrap()).collect();
        for (n, key) in keys.iter().enumerate() {
            assert_eq!(*table.get(*key).unwrap(), n);
        }
    }

    /// Counts how often it has left and was dropped.
    #[derive(Default)]
    struct Guest {
        left: Arc<AtomicUsize>,
        dropped: Arc<AtomicUsize>,
    }

    impl Occupant for Guest {
        fn leave(&self) {
            assert_eq!(self.dropped.load(Ordering::SeqCst), 0);
            self.left.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl Drop for Guest {
        fn drop(&mut self) {
            self.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn an_object_lives_until_its_last_use_ends() {
        let (table, guest) = (SlotTable::new(), Guest::default());
        let (left, dropped) = (guest.left.clone(), guest.dropped.clone());
        let key = table.insert(guest).unwrap();
        let early = table.get(key).unwrap();
        drop(table.remove(key).unwrap());
        assert!(table.get(key).is_none() && table.remove(key).is_none());
        let late = table.get_removed(key).unwrap();
        drop(early);
        assert_eq!(left.load(Ordering::SeqCst), 0);
        drop(late);
        assert_eq!((left.load(Ordering::SeqCst), dropped.load(Ordering::SeqCst)), (1, 1));
        assert!(table.get_removed(key).is_none());
    }

    #[test]
    fn a_lent_object_is_found_until_its_key_is_removed() {
        let (table, other) = (SlotTable::new(), SlotTable::new());
        let (key, elsewhere) = (table.insert(7).unwrap(), other.insert(8).unwrap());
        assert_eq!(key, elsewhere);
        let uses = || table.slot(key).unwrap().word.load(Ordering::SeqCst) & USES;
        table.get(key).unwrap().lend(key, || {
            assert_eq!(table.with(key, |found| (*found, uses())), Some((7, 2)));
            assert_eq!(other.with(elsewhere, |found| *found), Some(8));
            table.remove(key).unwrap();
            assert_eq!(table.with(key, |found| *found), None);
        });
        assert_eq!(table.with(key, |found| *found), None);
    }

    #[test]
    fn threads_that_look_up_while_others_remove_see_the_object_or_nothing() {
        let table = SlotTable::new();
        let newest = AtomicUsize::new(table.insert(Guest::default()).unwrap().raw());
        let (ended, rounds) = (AtomicUsize::new(0), 2_000);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while ended.load(Ordering::SeqCst) == 0 {
                        let key = Key::from_raw(newest.load(Ordering::SeqCst));
                        if let Some(guest) = table.get(key).or_else(|| table.get_removed(key)) {
                            assert_eq!(guest.left.load(Ordering::SeqCst), 0);
                            assert_eq!(guest.dropped.load(Ordering::SeqCst), 0);
                        }
                    }
                });
            }
            for _ in 0..rounds {
                let next = table.insert(Guest::default()).unwrap();
                let before = newest.swap(next.raw(), Ordering::SeqCst);
                drop(table.remove(Key::from_raw(before)).unwrap());
            }
            ended.store(1, Ordering::SeqCst);
        });
    }
}
