//! A C structure that ends in an array of 64-bit numbers, and says how many of them are wanted.

/// Where such a structure has what, in bytes. The count is a DWORD.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) size: usize,
    pub(crate) count_at: usize,
    pub(crate) array_at: usize,
}

impl Counted {
    /// As much of the structure as the caller wants, with the number of elements that this is. There are
    /// no more than `bytes` has.
    pub(crate) fn cut(&self, mut bytes: Vec<u8>, wanted: u32) -> Vec<u8> {
        let there = bytes.len().saturating_sub(self.array_at) / NUMBER;
        let count = there.min(wanted as usize);
        bytes.truncate(self.array_at + count * NUMBER);
        if let Some(place) = bytes.get_mut(self.count_at..self.count_at + 4) {
            place.copy_from_slice(&(count as u32).to_ne_bytes());
        }
        bytes
    }
}

const NUMBER: usize = size_of::<u64>();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_is_wanted_or_there() {
        let shape = Counted { size: 40, count_at: 0, array_at: 8 };
        for (wanted, count) in [(0, 0u8), (1, 1), (2, 2), (3, 2), (u32::MAX, 2)] {
            let cut = shape.cut(vec![7; 8 + 2 * 8], wanted);
            assert_eq!(cut.len(), 8 + usize::from(count) * 8);
            assert_eq!(cut[..4], u32::from(count).to_ne_bytes());
            assert!(cut[4..].iter().all(|byte| *byte == 7));
        }
    }
}
