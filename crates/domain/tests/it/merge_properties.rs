//! Joining two changes keeps both.

use std::collections::BTreeMap;

use clientela_domain::normalise::text::canonical;
use clientela_domain::reconcile::{Merge, merge};
use clientela_domain::{Field, FieldValue};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::arbitrary::address;

/// How often each line stands in a text.
fn lines(text: &str) -> BTreeMap<String, i64> {
    let mut lines = BTreeMap::new();
    for line in canonical(text).lines() {
        *lines.entry(line.to_owned()).or_default() += 1;
    }
    lines
}

/// The lines that stand in `after` more often than in `before`.
pub(crate) fn added(before: &str, after: &str) -> Vec<String> {
    let before = lines(before);
    let grew = lines(after)
        .into_iter()
        .filter(|(line, count)| *count > before.get(line).copied().unwrap_or_default());
    grew.map(|(line, _)| line).filter(|line| !line.is_empty()).collect()
}

fn note(lines: &[String]) -> FieldValue {
    FieldValue::Text(lines.join("\n"))
}

fn joined(base: &FieldValue, mine: &FieldValue, theirs: &FieldValue) -> Option<String> {
    match merge(&Field::Note, base, mine, Some(theirs)) {
        Merge::Joined(FieldValue::Text(text)) => Some(text),
        Merge::Joined(other) => Some(format!("not a text: {other:?}")),
        Merge::Clash => None,
    }
}

/// A change of a note as people make it: some lines taken out, some put in, at any places.
fn changed(lines: Vec<String>, marks: &[(u8, u8)], word: &str) -> Vec<String> {
    let mut lines = lines;
    for (count, (place, kind)) in marks.iter().enumerate() {
        let place = usize::from(*place) % (lines.len() + 1);
        match kind % 3 {
            0 if place < lines.len() => drop(lines.remove(place)),
            1 if place < lines.len() => lines[place] = format!("{word} {count}"),
            _ => lines.insert(place, format!("{word} {count}")),
        }
    }
    lines
}

fn three_notes() -> impl Strategy<Value = (FieldValue, FieldValue, FieldValue)> {
    let base = vec("[a-e]{1,3}", 0..12);
    let marks = || vec(any::<(u8, u8)>(), 0..4);
    (base, marks(), marks()).prop_map(|(base, ours, theirs)| {
        (note(&base), note(&changed(base.clone(), &ours, "mine")), note(&changed(base, &theirs, "theirs")))
    })
}

fn text_of(value: &FieldValue) -> &str {
    value.as_text().unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_joined_text_has_every_line_that_only_one_side_added((base, mine, theirs) in three_notes()) {
        if let Some(text) = joined(&base, &mine, &theirs) {
            let present = lines(&text);
            for (side, changed) in [("mine", &mine), ("theirs", &theirs)] {
                for line in added(text_of(&base), text_of(changed)) {
                    prop_assert!(present.contains_key(&line), "the line {line:?} of {side} is not in {text:?}");
                }
            }
        }
    }

    #[test]
    fn a_joined_text_invents_no_line((base, mine, theirs) in three_notes()) {
        if let Some(text) = joined(&base, &mine, &theirs) {
            let known: Vec<_> = [&base, &mine, &theirs].into_iter().flat_map(|value| lines(text_of(value)).into_keys()).collect();
            for line in lines(&text).into_keys() {
                prop_assert!(known.contains(&line), "nobody wrote {line:?}");
            }
        }
    }

    #[test]
    fn a_line_that_both_sides_kept_is_kept((base, mine, theirs) in three_notes()) {
        if let Some(text) = joined(&base, &mine, &theirs) {
            let (ours, others, present) = (lines(text_of(&mine)), lines(text_of(&theirs)), lines(&text));
            for (line, count) in lines(text_of(&base)) {
                let kept = |side: &BTreeMap<String, i64>| side.get(&line).copied().unwrap_or_default() >= count;
                if kept(&ours) && kept(&others) {
                    prop_assert!(kept(&present), "{line:?} is lost in {text:?}");
                }
            }
        }
    }

    #[test]
    fn it_does_not_matter_who_joins((base, mine, theirs) in three_notes()) {
        let here = joined(&base, &mine, &theirs);
        let there = joined(&base, &theirs, &mine);
        prop_assert_eq!(here.as_deref().map(lines), there.as_deref().map(lines), "both desks have the same lines");
    }

    #[test]
    fn one_change_alone_is_taken_as_it_is((base, mine, _) in three_notes()) {
        prop_assert_eq!(joined(&base, &mine, &base).map(|text| canonical(&text)), Some(canonical(text_of(&mine))));
        prop_assert_eq!(joined(&base, &base, &mine).map(|text| canonical(&text)), Some(canonical(text_of(&mine))));
        prop_assert_eq!(joined(&base, &mine, &mine).map(|text| canonical(&text)), Some(canonical(text_of(&mine))));
    }

    #[test]
    fn any_texts_can_be_joined_or_not(base in any::<String>(), mine in any::<String>(), theirs in any::<String>()) {
        let [base, mine, theirs] = [base, mine, theirs].map(FieldValue::Text);
        let here = joined(&base, &mine, &theirs);
        prop_assert_eq!(here, joined(&base, &mine, &theirs), "and always with the same end");
    }

    #[test]
    fn addresses_join_part_by_part(base in address("7"), mine in address("7"), theirs in address("7")) {
        let value = |address: &clientela_domain::Address| FieldValue::Address(Box::new(address.clone()));
        let field = Field::Address("7".to_owned());
        let here = merge(&field, &value(&base), &value(&mine), Some(&value(&theirs)));
        let there = merge(&field, &value(&base), &value(&theirs), Some(&value(&mine)));
        match (here, there) {
            (Merge::Joined(here), Merge::Joined(there)) => {
                prop_assert!(here.identical(&there), "both desks have the same place: {here:?} {there:?}");
            }
            (Merge::Clash, Merge::Clash) => {}
            (here, there) => prop_assert!(false, "one desk joins and one does not: {here:?} {there:?}"),
        }
    }
}

/// Long text is the only text that is joined: two halves of two names make nobody's name.
#[test]
fn short_texts_are_never_joined() {
    let [base, mine, theirs] = ["a\nb", "a\nb\nc", "0\na\nb"].map(|text| FieldValue::Text(text.to_owned()));
    for field in Field::PLAIN.iter().filter(|field| !field.is_long_text()) {
        assert_eq!(merge(field, &base, &mine, Some(&theirs)), Merge::Clash, "{field} was joined");
    }
}
