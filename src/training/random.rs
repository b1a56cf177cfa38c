//! Chance that is the same for the same seed, on every machine, for ever.

/// xorshift64 (Marsaglia 2003).
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        // Zero would stay zero.
        Self(seed | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from 0 to below `end`, which must not be zero.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(super) fn shuffle<T>(&mut self, order: &mut [T]) {
        for at in (1..order.len()).rev() {
            let other = self.below(at as u64 + 1) as usize;
            order.swap(at, other);
        }
    }
}
