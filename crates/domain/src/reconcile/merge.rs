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

/// Whether typing `value` over what was `seen` undoes a change of the store that was joined with the edit since: a line that came or
/// went, a part of an address. `current` is the edit as it stands now, `stored` what the store has.
pub fn undoes_unseen(
    field: &Field,
    seen: &FieldValue,
    value: &FieldValue,
    current: &FieldValue,
    stored: &FieldValue,
) -> bool {
    if seen.identical(current) {
        return false;
    }
    if field.is_long_text() {
        let came = lines(stored).any(|line| has(current, line) && !has(seen, line) && !has(value, line));
        return came || lines(value).any(|line| has(seen, line) && !has(current, line) && !has(stored, line));
    }
    let (Some(stored), Some(current)) = (stored.as_address(), current.as_address()) else { return false };
    let part = |place: &FieldValue, at: usize| {
        place.as_address().and_then(|place| place.parts()[at].1.clone()).unwrap_or_default()
    };
    stored.parts().iter().zip(current.parts()).enumerate().any(|(at, ((_, stored), (_, current)))| {
        let (stored, current) =
            (stored.as_deref().unwrap_or_default(), current.as_deref().unwrap_or_default());
        same_text(stored, current)
            && !same_text(stored, &part(seen, at))
            && !same_text(stored, &part(value, at))
    })
}

/// A text that was typed over what was `seen`, with what came unseen below it and without what went: what a person had not before
/// their eyes is not theirs to take away.
pub fn keep_unseen(seen: &FieldValue, value: &FieldValue, current: &FieldValue) -> FieldValue {
    let typed = value.as_text().unwrap_or_default().lines();
    let typed = typed.filter(|line| line.trim().is_empty() || !has(seen, line) || has(current, line));
    let came = lines(current).filter(|line| !has(seen, line) && !has(value, line));
    let all: Vec<&str> = typed.chain(came).collect();
    match all.is_empty() {
        true => FieldValue::Null,
        false => FieldValue::Text(all.join("\n")),
    }
}

fn lines(text: &FieldValue) -> impl Iterator<Item = &str> {
    text.as_text().unwrap_or_default().lines().map(str::trim_end).filter(|line| !line.trim().is_empty())
}

fn has(text: &FieldValue, line: &str) -> bool {
    lines(text).any(|one| same_text(one, line))
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
