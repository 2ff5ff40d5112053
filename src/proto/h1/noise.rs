//! Deterministic hostile input for the tests of `proto`.

/// A xorshift generator: the same bytes on every run.
pub(crate) struct Noise(u64);

impl Noise {
    /// `seed` must not be 0.
    pub(crate) fn new(seed: u64) -> Noise {
        Noise(seed)
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Fewer than `longest` bytes, each out of `alphabet`.
    pub(crate) fn text(&mut self, alphabet: &[u8], longest: usize) -> Vec<u8> {
        let len = self.below(longest);
        (0..len).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    /// Fewer than `longest` arbitrary bytes.
    pub(crate) fn bytes(&mut self, longest: usize) -> Vec<u8> {
        let len = self.below(longest);
        (0..len).map(|_| self.next() as u8).collect()
    }
}
