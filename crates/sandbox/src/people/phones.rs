//! Phone numbers in the spellings that forms let through.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::people::{Country, pick};

pub(crate) fn phone(country: Country, dice: &mut ChaCha8Rng) -> String {
    match country {
        Country::Brazil => brazilian(dice),
        Country::Argentina => argentine(dice),
        Country::Portugal => portuguese(dice),
    }
}

fn brazilian(dice: &mut ChaCha8Rng) -> String {
    let area = pick(&[11, 19, 21, 27, 31, 41, 48, 51, 61, 62, 71, 81, 85, 91], dice);
    let (head, tail): (u32, u32) = (dice.random_range(6_000..10_000), dice.random_range(0..10_000));
    match dice.random_range(0..8) {
        0 => format!("+55 {area} 9{head}-{tail:04}"),
        1 => format!("({area}) 9{head}-{tail:04}"),
        2 => format!("{area}9{head}{tail:04}"),
        3 => format!("+55{area}9{head}{tail:04}"),
        4 => format!("0{area} 9 {head} {tail:04}"),
        // From before the ninth digit.
        5 => format!("({area}) {head}-{tail:04}"),
        6 => format!("{area} 3{:03}-{tail:04}", head % 1_000),
        _ => format!("({area}) 9.{head}.{tail:04}"),
    }
}

/// A mobile number has a 9 behind the country code, or a 15 behind the area, or neither.
fn argentine(dice: &mut ChaCha8Rng) -> String {
    let (area, digits) =
        pick(&[("11", 8), ("351", 7), ("341", 7), ("261", 7), ("3488", 6), ("2944", 6)], dice);
    let tail: u32 = dice.random_range(0..10_000);
    let head: u32 = dice.random_range(4 * 10_u32.pow(digits - 5)..10_u32.pow(digits - 4));
    match dice.random_range(0..6) {
        0 => format!("+54 9 {area} {head}-{tail:04}"),
        1 => format!("0{area} 15-{head}-{tail:04}"),
        2 => format!("({area}) {head}-{tail:04}"),
        3 => format!("{area}{head}{tail:04}"),
        4 => format!("+549{area}{head}{tail:04}"),
        _ => format!("54 {area} 15 {head} {tail:04}"),
    }
}

fn portuguese(dice: &mut ChaCha8Rng) -> String {
    let (middle, tail): (u32, u32) = (dice.random_range(0..1_000), dice.random_range(0..1_000));
    let mobile = pick(&[910, 912, 917, 923, 926, 934, 938, 961, 965, 968], dice);
    match dice.random_range(0..5) {
        0 => format!("+351 {mobile} {middle:03} {tail:03}"),
        1 => format!("{mobile}{middle:03}{tail:03}"),
        2 => format!("00351{mobile}{middle:03}{tail:03}"),
        3 => format!("21 {middle:03} {:02} {:02}", tail / 10, tail % 100),
        _ => format!("{mobile} {middle:03} {tail:03}"),
    }
}
