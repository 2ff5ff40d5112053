//! The caller's memory, for as long as an operation may use it.
//!
//! WinHTTP lets an asynchronous operation use the caller's buffer until its completion, so a Rust
//! borrow cannot describe it. These two types are the only place below `abi` and beside `platform`
//! that reads or writes through a caller's pointer: the constructor states the contract, the
//! methods are safe.

use crate::base::Code;
use crate::base::Result;

/// Bytes the caller wants sent: readable until the operation completes.
#[derive(Debug)]
pub(crate) struct InBuf {
    at: *const u8,
    len: usize,
}

// SAFETY: the constructor's contract makes the bytes readable from any thread until completion.
unsafe impl Send for InBuf {}
// SAFETY: the bytes are only read, and the caller promised not to write them meanwhile.
unsafe impl Sync for InBuf {}

impl InBuf {
    /// No bytes.
    pub(crate) const EMPTY: InBuf = InBuf { at: std::ptr::null(), len: 0 };

    /// Takes the caller's bytes. A null pointer is only good for length 0: `INVALID_PARAMETER`.
    ///
    /// # Safety
    ///
    /// `at` is null, or readable for `len` bytes and unchanged until the operation that uses it has
    /// completed (its completion callback has been called, or the synchronous call has returned).
    pub(crate) unsafe fn new(at: *const u8, len: usize) -> Result<InBuf> {
        if at.is_null() && len != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        Ok(InBuf { at, len })
    }

    /// How many bytes there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: `new`'s contract: readable and unchanged for `len` bytes while `self` is in use.
        unsafe { std::slice::from_raw_parts(self.at, self.len) }
    }
}

/// Room of the caller's to be filled: writable until the operation completes.
#[derive(Debug)]
pub(crate) struct OutBuf {
    at: *mut u8,
    len: usize,
    filled: usize,
}

// SAFETY: the constructor's contract makes the room writable from any thread until completion.
unsafe impl Send for OutBuf {}

impl OutBuf {
    /// Takes the caller's room. A null pointer is only good for length 0: `INVALID_PARAMETER`.
    ///
    /// # Safety
    ///
    /// `at` is null, or writable for `len` bytes and used by nobody else until the operation that
    /// uses it has completed (its completion callback has been called, or the synchronous call has
    /// returned).
    pub(crate) unsafe fn new(at: *mut u8, len: usize) -> Result<OutBuf> {
        if at.is_null() && len != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        Ok(OutBuf { at, len, filled: 0 })
    }

    /// The address the caller gave, to be named in a completion.
    pub(crate) fn address(&self) -> usize {
        self.at as usize
    }

    /// How many bytes have been filled so far.
    pub(crate) fn filled(&self) -> usize {
        self.filled
    }

    /// How many bytes still fit.
    pub(crate) fn remaining(&self) -> usize {
        self.len - self.filled
    }

    /// Copies as much of `bytes` as fits behind what is filled already; returns how much that was.
    pub(crate) fn fill(&mut self, bytes: &[u8]) -> usize {
        let n = bytes.len().min(self.remaining());
        self.spare()[..n].copy_from_slice(&bytes[..n]);
        self.filled += n;
        n
    }

    /// The room behind what is filled, to be written in place; then call `advance`.
    pub(crate) fn spare(&mut self) -> &mut [u8] {
        if self.remaining() == 0 {
            return &mut [];
        }
        // SAFETY: `filled` never passes `len`, so the address is inside the caller's room.
        let start = unsafe { self.at.add(self.filled) };
        // SAFETY: `new`'s contract: writable for `len` bytes while `self` is in use. The bytes came
        // from outside Rust, so they count as initialised.
        unsafe { std::slice::from_raw_parts_mut(start, self.len - self.filled) }
    }

    /// Says that `n` bytes of `spare` have been written; more than fits counts as all of it.
    pub(crate) fn advance(&mut self, n: usize) {
        self.filled += n.min(self.remaining());
    }

    /// The last `n` filled bytes (fewer when fewer are filled).
    pub(crate) fn last_filled(&self, n: usize) -> &[u8] {
        let n = n.min(self.filled);
        if n == 0 {
            return &[];
        }
        // SAFETY: `n <= filled <= len`, so the address is inside the caller's room.
        let start = unsafe { self.at.add(self.filled - n) };
        // SAFETY: those bytes were written by `fill` or announced by `advance`.
        unsafe { std::slice::from_raw_parts(start, n) }
    }
}

#[cfg(any(test, fuzzing))]
impl OutBuf {
    /// `work` with a buffer of our own as the caller's room.
    pub(crate) fn within<R>(room: &mut [u8], work: impl FnOnce(&mut OutBuf) -> R) -> R {
        // SAFETY: `room` is borrowed for as long as `work` runs, and `work` cannot keep the buffer.
        let mut out = unsafe { OutBuf::new(room.as_mut_ptr(), room.len()) };
        work(out.as_mut().expect("not null"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn out_buffer_fills_in_order_and_never_past_its_end() {
        let mut room = [0u8; 5];
        // SAFETY: `room` outlives `out`.
        let mut out = unsafe { OutBuf::new(room.as_mut_ptr(), room.len()) }.unwrap();
        assert_eq!(out.fill(b"abc"), 3);
        assert_eq!(out.fill(b"defg"), 2);
        assert_eq!(out.remaining(), 0);
        assert_eq!(out.last_filled(3), b"cde");
        assert_eq!(&room, b"abcde");
    }

    #[test]
    fn null_is_only_good_for_nothing() {
        // SAFETY: null with a length is refused.
        assert_eq!(unsafe { InBuf::new(std::ptr::null(), 1) }.unwrap_err(), Code::INVALID_PARAMETER);
        // SAFETY: null without a length is never read.
        assert_eq!(unsafe { InBuf::new(std::ptr::null(), 0) }.unwrap().as_slice(), b"");
    }
}
