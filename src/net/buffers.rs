//! Buffers that are borrowed only while bytes are on their way, so that an idle connection has none.

use crate::base::Mutex;

/// How much of a message is sent at once.
pub(crate) const PIECE: usize = 256 * 1024;

/// How large every buffer is: a piece with room for a frame's header and for the payload to be aligned, so
/// that a message of a round size leaves in one write.
pub(crate) const SIZE: usize = PIECE + 128;

/// How much is read into a buffer at once, and the most of a peer's data that waits in memory.
pub(crate) const READ: usize = 64 * 1024;

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
