//! Combinations of variants, drawn from a seed so that a failure can be repeated, and made smaller so that it names its cause.

use std::collections::BTreeMap;
use std::future::Future;

use clientela_sandbox::variants;

use super::rules::{self, Expected};

/// Values of variants by their name without the platform; defaults are left out.
pub(crate) type Choices = BTreeMap<&'static str, &'static str>;

/// One value of one variant at a time, each other than its default, after the store as it is by default.
pub(crate) fn singles(platform: &str) -> Vec<Choices> {
    let of = variants().iter().filter(|variant| variant.platform == platform);
    let others = of.flat_map(|variant| {
        let name = name(variant.key);
        let values = variant.values.iter().filter(|value| **value != variant.default);
        values.map(move |value| Choices::from([(name, *value)]))
    });
    std::iter::once(Choices::new()).chain(others).collect()
}

/// A combination of all variants: each as likely to be any of its values, but those that forbid most of the stories, which come
/// once in fifty.
pub(crate) fn combination(platform: &str, seed: u64) -> Choices {
    let mut dice = Dice(seed);
    let mut choices = Choices::new();
    for variant in variants().iter().filter(|variant| variant.platform == platform) {
        let name = name(variant.key);
        let value = variant.values[dice.below(variant.values.len())];
        let is_rare = forbids(platform, name, value) && dice.below(50) != 0;
        if value != variant.default && !is_rare {
            choices.insert(name, value);
        }
    }
    choices
}

fn forbids(platform: &str, name: &str, value: &str) -> bool {
    let choices = BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let mut rules = rules::of(platform, &choices).into_iter().filter(|rule| rule.when != platform);
    rules.any(|rule| {
        matches!(rule.expected, Expected::ShutOut | Expected::Unpaid | Expected::ReadOnly)
            || (rule.expected == Expected::LeftOut
                && (rule.stories.is_empty() || rule.stories == rules::WRITING))
    })
}

/// The smallest part of a failing combination that still fails: parts are left out as long as it does, larger ones first.
pub(crate) async fn smallest<F, Fails>(failing: Choices, mut fails: F) -> Choices
where
    F: FnMut(Choices) -> Fails,
    Fails: Future<Output = bool>,
{
    let mut left: Vec<(&str, &str)> = failing.into_iter().collect();
    let mut size = left.len().div_ceil(2);
    while size > 0 {
        let mut from = 0;
        while from < left.len() {
            let mut fewer = left.clone();
            fewer.drain(from..(from + size).min(left.len()));
            if fails(fewer.iter().copied().collect()).await {
                left = fewer;
            } else {
                from += size;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    left.into_iter().collect()
}

/// Reads choices as [`label`] writes them.
pub(crate) fn read(platform: &str, text: &str) -> Choices {
    let of = |name: &str| {
        let key = format!("{platform}.{name}");
        variants().iter().find(|variant| variant.key == key)
    };
    let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
    pairs
        .filter_map(|(chosen, value)| {
            let variant = of(chosen)?;
            Some((name(variant.key), *variant.values.iter().find(|known| **known == value)?))
        })
        .collect()
}

/// The values of all variants, defaults included.
pub(crate) fn all_choices(platform: &str, choices: &Choices) -> BTreeMap<String, String> {
    let of = variants().iter().filter(|variant| variant.platform == platform);
    of.map(|variant| {
        let name = name(variant.key);
        (name.to_owned(), choices.get(name).copied().unwrap_or(variant.default).to_owned())
    })
    .collect()
}

/// The choices as they are written on a command line; the seed first, where there is one.
pub(crate) fn label(platform: &str, seed: Option<u64>, choices: &Choices) -> String {
    let chosen: Vec<String> = choices.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let chosen = if chosen.is_empty() { "as by default".to_owned() } else { chosen.join(" ") };
    match seed {
        Some(seed) => format!("{platform} seed {seed}: {chosen}"),
        None => format!("{platform} {chosen}"),
    }
}

fn name(key: &'static str) -> &'static str {
    key.split_once('.').map_or(key, |(_, name)| name)
}

/// The same numbers from the same seed, on every machine (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_draws_the_same_combination_and_another_seed_another() {
        assert_eq!(combination("yampi", 7), combination("yampi", 7));
        assert_ne!(combination("yampi", 7), combination("yampi", 8));
    }

    #[tokio::test]
    async fn a_failing_combination_is_made_as_small_as_its_cause() {
        let all: Choices = ["a", "b", "c", "d", "e", "f", "g"].into_iter().map(|name| (name, "1")).collect();
        let cause = |choices: Choices| async move { choices.contains_key("b") && choices.contains_key("f") };
        assert_eq!(smallest(all.clone(), cause).await, Choices::from([("b", "1"), ("f", "1")]));
        let always = |_| async { true };
        assert_eq!(smallest(all, always).await, Choices::new());
    }
}
