//! Bodies that are nearly what a store says.

use serde_json::{Map, Value, json};

use super::chance::Chance;

/// Stands where JSON gets what no value can be made of.
const MARK: &str = "@@mark@@";

/// What may stand in the place of any value. The second is text that goes into the JSON as it is.
const RAW: [&str; 26] = [
    "9007199254740993",
    "-9007199254740993",
    "340282366920938463463374607431768211456",
    "1e400",
    "-1e400",
    "1e-400",
    "1e29",
    "0.00000000000000000000000000000000001",
    "-0",
    "79228162514264337593543950336",
    "NaN",
    "Infinity",
    "01",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\u0000\"",
    "\"\u{0}\"",
    "\"\\u202e\\ufeff\\u2028\"",
    "\"0000-00-00\"",
    "\"0000-00-00T00:00:00-03:00\"",
    "\"9999-12-31T23:59:60Z\"",
    "\"-262144-01-01T00:00:00Z\"",
    "\"+262142-12-31T23:59:59+23:59\"",
    "{\"date\":\"9999-12-31 23:59:59\",\"timezone_type\":3,\"timezone\":\"Asia/Tokyo\"}",
    "{\"date\":\"0000-00-00\",\"timezone\":\"Mars\"}",
    "'single'",
];

/// A false body and what was done to it.
pub(super) fn spoil(body: &[u8], chance: &mut Chance) -> (String, Vec<u8>) {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) if chance.below(3) > 0 => by_value(value, chance),
        _ => by_byte(body.to_vec(), chance),
    }
}

fn by_byte(mut body: Vec<u8>, chance: &mut Chance) -> (String, Vec<u8>) {
    let at = chance.below(body.len());
    let end = body.len().min(at + 1 + chance.below(40));
    let what = match chance.below(9) {
        0 if !body.is_empty() => {
            body[at] ^= 1 << chance.below(8);
            "a bit flipped"
        }
        1 if !body.is_empty() => {
            body[at] = chance.below(256) as u8;
            "another byte"
        }
        2 => {
            body.drain(at..end);
            "bytes taken out"
        }
        3 => {
            let twice = body[at..end].to_vec();
            body.splice(at..at, twice);
            "bytes doubled"
        }
        4 => {
            body.splice(at..at, [0xff, 0xfe, 0xc3, 0x28]);
            "no text"
        }
        5 => {
            body.splice(0..0, [0xef, 0xbb, 0xbf]);
            "a mark in front"
        }
        6 => {
            body.splice(at..at, [0; 3]);
            "zeros"
        }
        7 => {
            body.extend_from_within(..);
            "twice"
        }
        _ => {
            body.extend_from_slice(b"<!-- cached -->");
            "more behind"
        }
    };
    (format!("{what} at {at}"), body)
}

fn by_value(mut value: Value, chance: &mut Chance) -> (String, Vec<u8>) {
    let mut places = Vec::new();
    collect(&value, String::new(), &mut places);
    let mut notes = Vec::new();
    let mut raw = None;
    for _ in 0..1 + chance.below(3) {
        let place = &places[chance.below(places.len())];
        let Some(there) = value.pointer_mut(place) else { continue };
        notes.push(match change(there, chance) {
            (what, None) => format!("{place} {what}"),
            (what, text) => {
                raw = text;
                format!("{place} {what}")
            }
        });
    }
    let mut text = value.to_string();
    if let Some(raw) = raw {
        text = text.replace(&format!("\"{MARK}\""), &raw);
    }
    (notes.join(", "), text.into_bytes())
}

/// Changes one value. The second is what has to be put in the place of the mark.
fn change(value: &mut Value, chance: &mut Chance) -> (String, Option<String>) {
    let kind = chance.below(12);
    let what = match (kind, &mut *value) {
        (0, _) => {
            *value = Value::Null;
            "null".to_owned()
        }
        (1, Value::Object(map)) => {
            let Some(key) = map.keys().nth(chance.below(map.len())).cloned() else {
                return (String::new(), None);
            };
            map.remove(&key);
            format!("without {key}")
        }
        (2, Value::Object(map)) => {
            *value = Value::Array(map.values().cloned().collect());
            "a list for an object".to_owned()
        }
        (2, Value::Array(list)) => {
            let keyed = list.iter().enumerate().map(|(at, one)| (at.to_string(), one.clone()));
            *value = Value::Object(keyed.collect::<Map<_, _>>());
            "an object for a list".to_owned()
        }
        (3, Value::Array(list)) => {
            list.extend(list.clone());
            "all twice".to_owned()
        }
        (3, _) => {
            *value = json!([value.clone()]);
            "in a list".to_owned()
        }
        (4, Value::String(_)) => {
            *value = json!(chance.number() >> 1);
            "a number for a text".to_owned()
        }
        (4, _) => {
            *value = json!(value.to_string());
            "a text of it".to_owned()
        }
        (5, _) => {
            *value = json!({"x": value.clone()});
            "in an object".to_owned()
        }
        (6, _) if chance.below(8) == 0 => {
            *value = json!("x".repeat(1 << 20));
            "a megabyte".to_owned()
        }
        (7, _) if chance.below(4) == 0 => {
            *value = json!(MARK);
            let (open, close) = if chance.below(2) == 0 { ("[", "]") } else { ("{\"a\":", "}") };
            let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
            return ("very deep".to_owned(), Some(deep));
        }
        (8, Value::Object(map)) if chance.below(4) == 0 => {
            map.insert("k".repeat(1 << 18), json!(["v".repeat(100)]));
            "a long key".to_owned()
        }
        (9, _) => {
            *value = json!(chance.below(2) == 0);
            "a flag".to_owned()
        }
        _ => {
            let raw = RAW[chance.below(RAW.len())];
            *value = json!(MARK);
            return (format!("is {}", raw.escape_debug()), Some(raw.to_owned()));
        }
    };
    (what, None)
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    let inside = |key: &str| format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| collect(value, inside(key), places)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| collect(value, inside(&at.to_string()), places));
        }
        _ => {}
    }
    places.push(place);
}
