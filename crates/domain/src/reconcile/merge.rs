//! Joining two changes of one value, where both can be kept.

use crate::customer::Address;
use crate::normalise::text::{canonical, same_text};
use crate::protection::{Protection, stands};
use crate::{Field, FieldValue};

/// What became of two changes.
#[derive(Debug, Clone, PartialEq)]
pub enum Merge {
    /// Both changes are in this value.
    Joined(FieldValue),
    /// They exclude each other.
    Clash,
}

/// Joins changes to different lines of a long text and to different parts of an address. Anything else that both sides
/// changed is a clash.
pub fn merge(field: &Field, base: &FieldValue, mine: &FieldValue, theirs: Option<&FieldValue>) -> Merge {
    if !stands(Protection::MergeKeepsBoth) {
        return Merge::Joined(mine.clone());
    }
    match (base, mine, theirs) {
        (FieldValue::Address(base), FieldValue::Address(mine), Some(FieldValue::Address(theirs))) => {
            merge_address(base, mine, theirs)
        }
        (FieldValue::Text(base), FieldValue::Text(mine), Some(FieldValue::Text(theirs)))
            if field.is_long_text() =>
        {
            merge_lines(base, mine, theirs)
        }
        _ => Merge::Clash,
    }
}

/// Whether putting `value` over what the store has takes something away that the person had not seen: a line of a text, a part of an
/// address. It came there while they typed, by joining their earlier text with it.
pub fn loses_unseen(field: &Field, seen: &FieldValue, value: &FieldValue, stored: &FieldValue) -> bool {
    match stored {
        FieldValue::Text(stored) if field.is_long_text() => {
            let has = |text: &FieldValue, line: &str| {
                text.as_text().is_some_and(|text| text.lines().any(|one| same_text(one, line)))
            };
            stored.lines().any(|line| !line.trim().is_empty() && !has(seen, line) && !has(value, line))
        }
        FieldValue::Address(stored) => {
            let part = |place: &FieldValue, at: usize| {
                place.as_address().and_then(|place| place.parts()[at].1.clone()).unwrap_or_default()
            };
            stored.parts().iter().enumerate().any(|(at, (_, text))| {
                let text = text.as_deref().unwrap_or_default();
                !same_text(text, &part(seen, at)) && !same_text(text, &part(value, at))
            })
        }
        _ => false,
    }
}

fn merge_lines(base: &str, mine: &str, theirs: &str) -> Merge {
    // A last line without its end would clash with any line added after it.
    let [base, mine, theirs] = [base, mine, theirs].map(|text| format!("{}\n", canonical(text)));
    match diffy::merge(&base, &mine, &theirs) {
        Ok(joined) => Merge::Joined(FieldValue::Text(joined.trim_end().to_owned())),
        Err(_) => Merge::Clash,
    }
}

fn merge_address(base: &Address, mine: &Address, theirs: &Address) -> Merge {
    let mut joined = theirs.clone();
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    for (((_, base), (_, mine)), (_, part)) in base.parts().iter().zip(mine.parts()).zip(joined.parts_mut()) {
        let ours_changed = !same_text(&text(base), &text(mine));
        let theirs_changed = !same_text(&text(base), &text(part));
        match (ours_changed, theirs_changed) {
            (true, true) if !same_text(&text(mine), &text(part)) => return Merge::Clash,
            (true, _) => part.clone_from(mine),
            (false, _) => {}
        }
    }
    Merge::Joined(FieldValue::Address(Box::new(joined)))
}
