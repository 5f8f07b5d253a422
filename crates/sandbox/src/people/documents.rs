//! Tax and identity numbers with check digits that hold, in the spellings people type.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::people::{Country, pick};

pub(crate) fn document(country: Country, company: bool, dice: &mut ChaCha8Rng) -> String {
    match (country, company) {
        (Country::Brazil, false) => cpf(dice),
        (Country::Brazil, true) => cnpj(dice),
        (Country::Argentina, false) if dice.random_ratio(60, 100) => dni(dice),
        (Country::Argentina, _) => cuit(company, dice),
        (Country::Portugal, _) => nif(company, dice),
    }
}

fn cpf(dice: &mut ChaCha8Rng) -> String {
    let mut digits = random_digits(9, dice);
    for _ in 0..2 {
        let weights = (2..=digits.len() as u32 + 1).rev();
        digits.push(check_digit(&digits, weights));
    }
    let text = joined(&digits);
    if dice.random_bool(0.5) {
        return text;
    }
    format!("{}.{}.{}-{}", &text[..3], &text[3..6], &text[6..9], &text[9..])
}

/// Since 2026 the first twelve places may hold letters; a character counts as its code less that of `0`.
fn cnpj(dice: &mut ChaCha8Rng) -> String {
    let letters = dice.random_ratio(30, 100);
    let mut places: Vec<u32> = (0..8).map(|_| dice.random_range(0..10)).collect();
    if letters {
        for place in &mut places {
            if dice.random_bool(0.4) {
                *place = u32::from(b'A' - b'0') + dice.random_range(0..26);
            }
        }
    }
    places.extend([0, 0, 0, 1]);
    for _ in 0..2 {
        // Weights run 2..9 from the right and begin again.
        let count = places.len() as u32;
        let weights = (0..count).map(|at| 2 + (count - 1 - at) % 8);
        places.push(check_digit(&places, weights));
    }
    let text: String = places.iter().filter_map(|place| char::from_u32(place + u32::from(b'0'))).collect();
    if dice.random_bool(0.4) {
        return text;
    }
    format!("{}.{}.{}/{}-{}", &text[..2], &text[2..5], &text[5..8], &text[8..12], &text[12..])
}

fn dni(dice: &mut ChaCha8Rng) -> String {
    let number: u32 = dice.random_range(5_000_000..60_000_000);
    if dice.random_bool(0.5) {
        return number.to_string();
    }
    format!("{}.{:03}.{:03}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000)
}

fn cuit(company: bool, dice: &mut ChaCha8Rng) -> String {
    const WEIGHTS: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    loop {
        let prefix =
            if company { pick(&[[3, 0], [3, 3]], dice) } else { pick(&[[2, 0], [2, 3], [2, 7]], dice) };
        let mut digits = prefix.to_vec();
        digits.extend(random_digits(8, dice));
        let check = (11 - weighted(&digits, WEIGHTS.into_iter()) % 11) % 11;
        // A remainder of ten has no digit; such numbers are given out under another prefix.
        if check < 10 {
            digits.push(check);
            let text = joined(&digits);
            let dashed = dice.random_bool(0.6);
            return if dashed { format!("{}-{}-{}", &text[..2], &text[2..10], &text[10..]) } else { text };
        }
    }
}

fn nif(company: bool, dice: &mut ChaCha8Rng) -> String {
    let mut digits = vec![if company { 5 } else { 2 }];
    digits.extend(random_digits(7, dice));
    digits.push(check_digit(&digits, (2..=9).rev()));
    joined(&digits)
}

/// The usual rule: eleven less the remainder, and zero where that has two digits.
fn check_digit(places: &[u32], weights: impl Iterator<Item = u32>) -> u32 {
    let remainder = weighted(places, weights) % 11;
    if remainder < 2 { 0 } else { 11 - remainder }
}

fn weighted(places: &[u32], weights: impl Iterator<Item = u32>) -> u32 {
    places.iter().zip(weights).map(|(place, weight)| place * weight).sum()
}

fn random_digits(count: usize, dice: &mut ChaCha8Rng) -> Vec<u32> {
    (0..count).map(|_| dice.random_range(0..10)).collect()
}

fn joined(digits: &[u32]) -> String {
    digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect()
}
