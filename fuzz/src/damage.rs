//! Bytes as instructions: each pair takes a part of a record and makes something else of it.

use serde_json::{Map, Number, Value};

/// An example after the instructions.
pub(crate) fn damaged(example: Value, bytes: &[u8]) -> Value {
    let mut value = example;
    for step in bytes.chunks(3).take(40) {
        let [place, what, how] = [step.first(), step.get(1), step.get(2)].map(|byte| *byte.unwrap_or(&0));
        let count = parts(&value);
        let mut left = usize::from(place) % count.max(1);
        change(&mut value, &mut left, what, how, bytes);
    }
    value
}

fn parts(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(parts).sum(),
        Value::Object(map) => map.values().map(parts).sum(),
        _ => 0,
    }
}

/// Changes the part that is `left` places away, counted in the order of the text.
fn change(value: &mut Value, left: &mut usize, what: u8, how: u8, bytes: &[u8]) -> bool {
    if *left == 0 {
        *value = instead(value.take(), what, how, bytes);
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter_mut().any(|part| change(part, left, what, how, bytes)),
        Value::Object(map) => map.values_mut().any(|part| change(part, left, what, how, bytes)),
        _ => false,
    }
}

fn instead(value: Value, what: u8, how: u8, bytes: &[u8]) -> Value {
    match what % 14 {
        0 => Value::Null,
        1 => Value::Bool(how % 2 == 0),
        2 => Value::String(String::from_utf8_lossy(bytes).into_owned()),
        3 => number(how),
        4 => Value::String(TEXTS[usize::from(how) % TEXTS.len()].to_owned()),
        5 => Value::Array(Vec::new()),
        6 => Value::Object(Map::new()),
        7 => Value::Array(vec![value]),
        8 => Value::Object(Map::from_iter([("data".to_owned(), value)])),
        9 => match value {
            Value::Number(number) => Value::String(number.to_string()),
            Value::String(text) => text.parse().map_or(Value::Null, Value::Number),
            other => Value::String(other.to_string()),
        },
        10 => match value {
            Value::Object(mut map) => {
                let key = map.keys().nth(usize::from(how) % map.len().max(1)).cloned();
                key.map(|key| map.shift_remove(&key));
                Value::Object(map)
            }
            Value::Array(mut list) if !list.is_empty() => {
                list.remove(usize::from(how) % list.len());
                Value::Array(list)
            }
            other => other,
        },
        11 => match value {
            Value::Object(mut map) => {
                map.insert(TEXTS[usize::from(how) % TEXTS.len()].to_owned(), number(how));
                Value::Object(map)
            }
            Value::Array(mut list) => {
                list.extend(list.first().cloned());
                Value::Array(list)
            }
            other => other,
        },
        12 => match value {
            Value::String(text) => Value::String(text.chars().skip(usize::from(how) % 8).collect()),
            other => other,
        },
        _ => match value {
            Value::String(text) => Value::String(format!("{text}{}", TEXTS[usize::from(how) % TEXTS.len()])),
            other => other,
        },
    }
}

fn number(how: u8) -> Value {
    let text = NUMBERS[usize::from(how) % NUMBERS.len()];
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

const NUMBERS: &[&str] = &[
    "0", "-0", "-1", "1", "9007199254740993", "18446744073709551616", "1e400", "-1e-400", "0.1", "1.50",
    "99999999999999999999999999999999999999", "2147483648", "-9223372036854775809",
];

const TEXTS: &[&str] = &[
    "", " ", "***", "<em></em>*", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999+23:59", "2024-02-30", "-1",
    "NaN", "1e400", "0000-00-00 00:00:00", "2023-11-07T05:31:56Z", "\u{0}", "\u{202e}abc", "+5511987654321", "529.982.247-25",
    "true", "data", "id", "name", "America/Sao_Paulo", "Nowhere/Land", "12.ABC.345/01DE-35", "👩‍👩‍👧",
];
