//! Every choice of a history, written down as it is made: the same tape tells the same history again, and a shorter tape tells
//! a smaller one.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Where choices come from. Zero is always the quietest choice, and a tape that has run out says zero for ever.
pub struct Tape {
    source: Source,
    drawn: Vec<u32>,
}

enum Source {
    Seed(Box<ChaCha8Rng>),
    Given { choices: Vec<u32>, at: usize },
}

impl Tape {
    /// Choices by chance; the same seed makes the same ones.
    pub fn of_seed(seed: u64) -> Self {
        Self { source: Source::Seed(Box::new(ChaCha8Rng::seed_from_u64(seed))), drawn: Vec::new() }
    }

    /// The choices of an earlier history.
    pub fn of_choices(choices: Vec<u32>) -> Self {
        Self { source: Source::Given { choices, at: 0 }, drawn: Vec::new() }
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let choice = match &mut self.source {
            _ if end <= 1 => 0,
            Source::Seed(chance) => chance.random_range(0..end),
            Source::Given { choices, at } => {
                let choice = choices.get(*at).copied().unwrap_or(0);
                *at += 1;
                choice.min(end - 1)
            }
        };
        if end > 1 {
            self.drawn.push(choice);
        }
        choice
    }

    /// True in `percent` of a hundred cases; false is the quiet one.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        percent > 0 && self.below(100) >= 100 - percent.min(100)
    }

    /// One of these; the first is the quietest.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(u32::try_from(from.len()).unwrap_or(u32::MAX)) as usize]
    }

    /// The choices made so far.
    pub fn drawn(&self) -> &[u32] {
        &self.drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tape_tells_the_same_again_and_then_zero() {
        let mut first = Tape::of_seed(5);
        let told: Vec<u32> = (2..40).map(|end| first.below(end)).collect();
        let mut again = Tape::of_choices(first.drawn().to_vec());
        assert_eq!((2..40).map(|end| again.below(end)).collect::<Vec<_>>(), told);
        assert_eq!((again.below(9), again.chance(99), again.pick(&["quiet", "loud"])), (0, false, "quiet"));
    }

    #[test]
    fn chances_come_as_often_as_they_say() {
        let mut tape = Tape::of_seed(1);
        let hits = (0..10_000).filter(|_| tape.chance(30)).count();
        assert!((2_800..3_200).contains(&hits), "{hits}");
        assert!(!(0..1_000).any(|_| tape.chance(0)));
    }
}
