//! Masking of what a client sends (RFC 6455, 5.3).
//!
//! The work is done on blocks of a fixed size, which the compiler turns into vector code; what
//! is left over goes by words, then by bytes, so that short messages cost few steps.

use crate::base::widest;

/// XORs `data` in place; its first byte meets position `offset % 4` of the key. The caller's data is
/// not ours to change, so only tests unmask this way.
#[cfg(test)]
pub(crate) fn apply(key: [u8; 4], offset: usize, data: &mut [u8]) {
    let key = rotated(key, offset);
    let (blocks, rest) = data.as_chunks_mut::<BLOCK>();
    for block in blocks {
        mask_block(key, block);
    }
    let (words, rest) = rest.as_chunks_mut::<4>();
    for word in words {
        *word = mask_word(key, *word);
    }
    for (byte, key) in rest.iter_mut().zip(key) {
        *byte ^= key;
    }
}

/// Writes the masked form of `from` to the start of `to`, in one pass; `from` stays as it is.
/// As much as fits both is written. Fastest where `to` begins at a multiple of [`ALIGNMENT`].
pub(crate) fn copy(key: [u8; 4], offset: usize, from: &[u8], to: &mut [u8]) {
    let key = rotated(key, offset);
    let len = from.len().min(to.len());
    let (from, to) = (&from[..len], &mut to[..len]);
    if len < WIDE {
        copy_by::<BLOCK>(key, from, to)
    } else {
        widest(|| copy_by::<{ 2 * BLOCK }>(key, from, to))
    }
}

/// As [`copy`], of equal lengths, `N` bytes a turn.
#[inline(always)]
fn copy_by<const N: usize>(key: [u8; 4], from: &[u8], to: &mut [u8]) {
    let (from_blocks, from) = from.as_chunks::<N>();
    let (to_blocks, to) = to.as_chunks_mut::<N>();
    for (from, to) in from_blocks.iter().zip(to_blocks) {
        *to = *from;
        mask_block(key, to);
    }
    let (from_words, from) = from.as_chunks::<4>();
    let (to_words, to) = to.as_chunks_mut::<4>();
    for (from, to) in from_words.iter().zip(to_words) {
        *to = mask_word(key, *from);
    }
    for ((from, to), key) in from.iter().zip(to).zip(key) {
        *to = from ^ key;
    }
}

/// The key as the byte at `offset` of the payload sees it.
#[inline]
fn rotated(key: [u8; 4], offset: usize) -> [u8; 4] {
    let bits = 8 * (offset % 4) as u32;
    u32::from_le_bytes(key).rotate_right(bits).to_le_bytes()
}

#[inline(always)]
fn mask_block<const N: usize>(key: [u8; 4], block: &mut [u8; N]) {
    for word in block.as_chunks_mut::<4>().0 {
        *word = mask_word(key, *word);
    }
}

#[inline(always)]
fn mask_word(key: [u8; 4], word: [u8; 4]) -> [u8; 4] {
    (u32::from_ne_bytes(word) ^ u32::from_ne_bytes(key)).to_ne_bytes()
}

/// What stores should be aligned to: a cache line, so that none goes to two.
pub(crate) const ALIGNMENT: usize = 64;

/// From how many bytes on wider vectors earn what it takes to ask for them.
const WIDE: usize = 512;

/// Bytes a turn: enough independent vectors to hide the latency of memory.
const BLOCK: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

    #[test]
    fn rfc_example() {
        let mut data = *b"Hello";
        apply(KEY, 0, &mut data);
        assert_eq!(data, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    }

    #[test]
    fn every_length_and_offset_equals_the_byte_by_byte_rule() {
        for len in (0..200).chain([255, 256, 511, 512, 513, 1000, 1151]) {
            let plain: Vec<u8> = (0..len).map(|i| (i * 7 + 3) as u8).collect();
            for offset in 0..9 {
                let expected: Vec<u8> =
                    plain.iter().enumerate().map(|(i, byte)| byte ^ KEY[(offset + i) % 4]).collect();
                let mut copied = vec![0; len];
                copy(KEY, offset, &plain, &mut copied);
                assert_eq!(copied, expected, "copy, length {len}, offset {offset}");
                let mut applied = plain.clone();
                apply(KEY, offset, &mut applied);
                assert_eq!(applied, expected, "apply, length {len}, offset {offset}");
            }
        }
    }

    #[test]
    fn pieces_masked_with_their_offsets_equal_the_whole() {
        let plain: Vec<u8> = (0..=255).collect();
        let mut whole = plain.clone();
        apply(KEY, 0, &mut whole);
        for cut in 0..plain.len() {
            let mut pieces = vec![0; plain.len()];
            copy(KEY, 0, &plain[..cut], &mut pieces[..cut]);
            copy(KEY, cut, &plain[cut..], &mut pieces[cut..]);
            assert_eq!(pieces, whole);
        }
    }

    #[test]
    fn copy_writes_what_fits() {
        let mut to = [0; 3];
        copy([1; 4], 0, &[0; 5], &mut to);
        assert_eq!(to, [1; 3]);
        let mut to = [9; 3];
        copy([1; 4], 0, &[0; 2], &mut to);
        assert_eq!(to, [1, 1, 9]);
    }
}
