//! Bytes of the server that have been read but not understood yet.

/// A queue of bytes in one block of memory, which is only there while it is needed: an idle
/// connection owns none.
#[derive(Default)]
pub(crate) struct Input {
    /// The borrowed block; of length 0 while there is none.
    block: Box<[u8]>,
    /// The queue is `block[start..end]`.
    start: usize,
    end: usize,
}

impl Input {
    /// The bytes in the queue.
    #[inline]
    pub(crate) fn pending(&self) -> &[u8] {
        &self.block[self.start..self.end]
    }

    /// Nothing is queued.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Takes the first `n` bytes off the queue; there must be as many.
    #[inline]
    pub(crate) fn consume(&mut self, n: usize) {
        debug_assert!(n <= self.end - self.start);
        self.start += n;
    }

    /// Takes all bytes off the queue.
    pub(crate) fn clear(&mut self) {
        self.start = self.end;
    }

    /// There is no block to read into.
    #[inline]
    pub(crate) fn needs_buffer(&self) -> bool {
        self.block.is_empty()
    }

    /// Lends a block; only when there is none.
    pub(crate) fn attach(&mut self, block: Box<[u8]>) {
        debug_assert!(self.needs_buffer());
        *self = Input { block, start: 0, end: 0 };
    }

    /// Gives the block back once nothing is queued in it.
    #[inline]
    pub(crate) fn detach(&mut self) -> Option<Box<[u8]>> {
        if self.needs_buffer() || !self.is_empty() {
            return None;
        }
        Some(std::mem::take(self).block)
    }

    /// The room behind the queue, after moving the queue to the front. That is cheap, because more
    /// is only read when all but a cut header or control frame has been consumed.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        self.block.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        &mut self.block[self.end..]
    }

    /// Says that the first `n` bytes of `space` have been written.
    pub(crate) fn received(&mut self, n: usize) {
        debug_assert!(n <= self.block.len() - self.end);
        self.end += n.min(self.block.len() - self.end);
    }
}

/// Shows no contents: they are the application's data, and long.
impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (block, pending) = (self.block.len(), self.pending().len());
        f.debug_struct("Input").field("block", &block).field("pending", &pending).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_in_order_and_room_is_used_again() {
        let mut input = Input::default();
        input.attach(vec![0; 8].into());
        input.space().copy_from_slice(b"abcdefgh");
        input.received(8);
        input.consume(6);
        assert_eq!(input.pending(), b"gh");
        assert_eq!(input.space().len(), 6);
        input.space()[..3].copy_from_slice(b"ijk");
        input.received(3);
        assert_eq!(input.pending(), b"ghijk");
        input.clear();
        assert!(input.is_empty());
        assert_eq!(input.space().len(), 8);
    }

    #[test]
    fn block_is_only_given_back_empty() {
        let mut input = Input::default();
        assert!(input.needs_buffer());
        assert_eq!(input.detach(), None);
        assert_eq!(input.space(), b"");
        input.attach(vec![0; 4].into());
        input.received(1);
        assert_eq!(input.detach(), None);
        input.consume(1);
        assert_eq!(input.detach().map(|block| block.len()), Some(4));
        assert!(input.needs_buffer());
        assert_eq!(input.pending(), b"");
    }
}
