//! Buffers that are borrowed only while bytes are on their way, so that an idle connection has none.

use parking_lot::Mutex;

/// How large every buffer is. At most this much of a peer's data waits in memory per connection.
pub(crate) const SIZE: usize = 64 * 1024;

/// A buffer of [`SIZE`] bytes with unspecified contents.
pub(crate) fn borrow() -> Box<[u8]> {
    let kept = POOL.lock().pop();
    kept.unwrap_or_else(|| vec![0; SIZE].into_boxed_slice())
}

/// Gives a buffer back for the next borrower.
pub(crate) fn give_back(buffer: Box<[u8]>) {
    if buffer.len() == SIZE {
        let mut pool = POOL.lock();
        if pool.len() < MOST {
            pool.push(buffer);
        }
    }
}

/// Frees the buffers at rest.
pub(super) fn release() {
    *POOL.lock() = Vec::new();
}

static POOL: Mutex<Vec<Box<[u8]>>> = Mutex::new(Vec::new());
/// How many buffers are kept for reuse.
const MOST: usize = 32;
