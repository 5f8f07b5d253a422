//! Chance that can be had again.

/// Numbers that look like chance and follow from the seed (splitmix64, prng.di.unimi.it/splitmix64.c).
#[derive(Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// The same seed and the same words give the same numbers, whatever else is tried before.
    pub(super) fn of(seed: u64, words: &[&str]) -> Self {
        let mut state = seed;
        for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(state)
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `end`, or 0 where there is nothing below it.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.number() % end.max(1) as u64) as usize
    }
}
