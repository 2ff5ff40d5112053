//! Masking keys that a server cannot foresee (RFC 6455, 5.3 and 10.3).

/// The system gave no random bytes; nothing may be sent without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRandomness;

/// Masking keys out of the system's randomness, fetched many at a time: no system call a frame.
pub(crate) struct MaskKeys {
    stock: [[u8; 4]; STOCK],
    /// Keys not used yet: `stock[..left]`.
    left: usize,
}

impl MaskKeys {
    /// No keys in stock: the first one fetches.
    pub(crate) fn new() -> MaskKeys {
        MaskKeys { stock: [[0; 4]; STOCK], left: 0 }
    }

    /// A key for one frame, never given twice. After a failure the next call tries again.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<[u8; 4], NoRandomness> {
        self.next_from(fill_random)
    }

    #[inline]
    fn next_from(
        &mut self,
        source: impl FnOnce(&mut [u8]) -> Result<(), NoRandomness>,
    ) -> Result<[u8; 4], NoRandomness> {
        if self.left == 0 {
            source(self.stock.as_flattened_mut())?;
            self.left = STOCK;
        }
        self.left -= 1;
        Ok(self.stock[self.left])
    }
}

/// Shows no keys: a log must not give them away.
impl std::fmt::Debug for MaskKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MaskKeys").field("left", &self.left).finish_non_exhaustive()
    }
}

/// Fills `bytes` from the system's generator.
#[cold]
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::fill(bytes).map_err(|error| {
        log::error!("no random bytes: {error}");
        NoRandomness
    })
}

/// Keys a fetch: 256 bytes, which Linux hands out without being interrupted (`getrandom(2)`).
const STOCK: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_fetch_is_used_once() {
        let mut keys = MaskKeys::new();
        let mut fetches = 0;
        let mut seen = Vec::new();
        for _ in 0..3 * STOCK {
            let key = keys.next_from(|bytes| {
                for (i, byte) in bytes.iter_mut().enumerate() {
                    *byte = (i / 4 + fetches * STOCK) as u8;
                }
                fetches += 1;
                Ok(())
            });
            seen.push(key.unwrap());
        }
        assert_eq!(fetches, 3);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 3 * STOCK);
    }

    #[test]
    fn failure_gives_no_key_and_is_tried_again() {
        let mut keys = MaskKeys::new();
        let failed = keys.next_from(|bytes| {
            bytes[0] = 1;
            Err(NoRandomness)
        });
        assert_eq!(failed, Err(NoRandomness));
        let key = keys.next_from(|bytes| {
            bytes.fill(9);
            Ok(())
        });
        assert_eq!(key, Ok([9; 4]));
    }

    #[test]
    fn system_keys_differ() {
        let mut keys = MaskKeys::new();
        let mut seen: Vec<_> = (0..STOCK + 8).map(|_| keys.next().unwrap()).collect();
        seen.sort();
        seen.dedup();
        // A chance repetition among 72 keys of 32 bits is one in a million; two are none.
        assert!(seen.len() >= STOCK + 7);
    }
}
