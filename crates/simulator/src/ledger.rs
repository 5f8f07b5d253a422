//! What people did, remembered apart from the program under test: what they typed, over what they saw, and what each desk was
//! shown. The invariants are judged from here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};
use clientela_domain::{CustomerRecord, Field, FieldValue};

use crate::shop::Was;

/// A field of a customer on one desk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) desk: usize,
    pub(crate) shop: usize,
    pub(crate) id: u64,
    pub(crate) field: Field,
}

/// What a person did to one field at one desk.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) typed: Vec<Typed>,
    /// Values that the person has seen and decided against: these may be overwritten.
    pub(crate) over: Vec<FieldValue>,
    /// The last text has to be somewhere.
    pub(crate) is_open: bool,
    /// The last act took a text back that had not been answered, and this is to be there again.
    pub(crate) wanted_back: Option<FieldValue>,
    /// So many of the typed texts were let go of after they had been refused.
    pub(crate) given_up: usize,
    /// When a person last decided something here.
    pub(crate) acted_at: Duration,
    /// Requests that carried it.
    pub(crate) sent: u32,
    /// Decisions of a person, each of which may lead to requests.
    pub(crate) acts: u32,
}

/// One text, over what the person saw.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(crate) value: FieldValue,
    pub(crate) seen: FieldValue,
    pub(crate) at: Duration,
}

/// What one desk was shown by one store.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// The last answer to a question for each customer.
    pub(crate) fetched: BTreeMap<u64, Fetched>,
    /// How the record was dated that a write of each field began from.
    pub(crate) written_on: BTreeMap<(u64, Field), Option<DateTime<Utc>>>,
    /// Customers to whom a write went out whose end is not known.
    pub(crate) unknown: BTreeSet<u64>,
    /// The customer to whom a write is on its way.
    pub(crate) in_flight: Option<u64>,
    /// The store's time on every first page of a list.
    pub(crate) first_pages: Vec<DateTime<Utc>>,
    /// The newest first page of all whose list was read to its end.
    pub(crate) read_to_the_end: Option<DateTime<Utc>>,
    /// How many of its customers the desk had after the last step.
    pub(crate) live: usize,
    /// When the last list was begun.
    pub(crate) list_began: Duration,
    /// It said that nobody is signed in, and nothing may be asked of it in this run.
    pub(crate) turned_away: bool,
    /// Where the next changes began when this was last looked at.
    pub(crate) changes_since: Option<DateTime<Utc>>,
    /// The customer to whom a write arrived whose answer may not be on disk yet.
    pub(crate) answering: Option<u64>,
    /// Customers to whom a write arrived whose answer this desk never took in.
    pub(crate) unanswered: BTreeSet<u64>,
    /// Customers who were on a list in a way that nobody can read, and were not shown since.
    spoilt: BTreeSet<u64>,
    /// Customers whom this run asked for by their ids, in vain.
    pub(crate) turned_down: BTreeSet<u64>,
    /// Customers whom it showed with asterisks and not in clear since, and the date on what it showed.
    behind_asterisks: BTreeMap<u64, Option<DateTime<Utc>>>,
}

impl Shown {
    /// It shows somebody when asked, alone or in a list.
    pub(crate) fn sees(&mut self, id: u64, record: &CustomerRecord) {
        self.spoilt.remove(&id);
        match record.masked {
            true => self.behind_asterisks.insert(id, record.updated_at.value().copied()),
            false => self.behind_asterisks.remove(&id),
        };
    }

    /// It lists somebody in a way that nobody can read.
    pub(crate) fn spoils(&mut self, id: u64) {
        self.spoilt.insert(id);
    }

    /// Whether a list spoilt somebody, and this run has asked in vain.
    pub(crate) fn cannot_read(&self, id: u64) -> bool {
        self.spoilt.contains(&id) && self.turned_down.contains(&id)
    }

    /// Something goes wrong at this desk before an answer is on disk.
    pub(crate) fn lose_answer(&mut self) {
        self.unanswered.extend(self.answering.take());
    }

    /// Whether nothing but asterisks was ever shown of this version.
    pub(crate) fn saw_only_asterisks(&self, id: u64, version: &CustomerRecord) -> bool {
        self.behind_asterisks.get(&id).is_some_and(|date| *date == version.updated_at.value().copied())
    }
}

/// An answer about one customer.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    pub(crate) record: CustomerRecord,
    /// Numbers of the changes that it showed; a lagging copy shows older ones than there are.
    pub(crate) marks: BTreeMap<Field, u64>,
    pub(crate) lagging: bool,
    /// What the store said about the time: when the record changed, or else when it was shown.
    pub(crate) dated: Option<DateTime<Utc>>,
}

/// Everything that people did and desks were shown.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) chains: BTreeMap<Place, Chain>,
    pub(crate) shown: BTreeMap<(usize, usize), Shown>,
    /// People who were erased at a desk.
    pub(crate) erased: BTreeSet<(usize, usize, u64)>,
    /// People whom somebody began to erase: the machine may have died over it.
    pub(crate) maybe_erased: BTreeSet<(usize, usize, u64)>,
    /// Desks that began anew with what their people typed; what only stores had told is not in their timelines.
    pub(crate) made_anew: BTreeSet<usize>,
    /// Changes of others that went down between our reading and our writing: no protocol over these stores can prevent them.
    pub(crate) window_overwrites: u64,
    /// Changes of others that a lagging copy did not show.
    pub(crate) lag_overwrites: u64,
    /// Where that happened.
    pub(crate) lag_overwritten: BTreeSet<Place>,
}

impl Ledger {
    /// A person saves a text. Until it is acknowledged, it may be anywhere or nowhere.
    pub(crate) fn type_in(&mut self, place: Place, value: FieldValue, seen: FieldValue, at: Duration) {
        let chain = self.chain(&place, at);
        chain.acts += 1;
        chain.over.push(seen.clone());
        // Whatever the screen showed, a text of one's own that is typed anew is decided against.
        chain.over.extend(chain.typed.last().map(|earlier| earlier.value.clone()));
        chain.typed.push(Typed { value, seen, at });
        chain.is_open = false;
    }

    /// The person was told that the text is saved; it has to be somewhere, unless it asked for nothing.
    pub(crate) fn acknowledge(&mut self, place: &Place, is_open: bool) {
        if let Some(chain) = self.chains.get_mut(place) {
            chain.is_open = is_open;
        }
    }

    /// A person decides something else about a field.
    pub(crate) fn decide(
        &mut self,
        place: &Place,
        against: Option<FieldValue>,
        is_open: Option<bool>,
        at: Duration,
    ) {
        let chain = self.chain(place, at);
        chain.acts += 1;
        chain.over.extend(against);
        chain.is_open = is_open.unwrap_or(chain.is_open);
    }

    /// The person was told that the text is taken back, and what is to be there again.
    pub(crate) fn take_back(&mut self, place: &Place, to: &FieldValue) {
        if let Some(chain) = self.chains.get_mut(place) {
            chain.wanted_back = Some(to.clone());
        }
    }

    /// The person let go of a refused text: whatever of it has arrived may stay.
    pub(crate) fn give_up(&mut self, place: &Place) {
        if let Some(chain) = self.chains.get_mut(place) {
            chain.given_up = chain.typed.len();
        }
    }

    /// Nothing of this person has to be anywhere any more.
    pub(crate) fn erase(&mut self, desk: usize, shop: usize, id: u64) {
        self.maybe_erased.insert((desk, shop, id));
        for (place, chain) in &mut self.chains {
            if (place.desk, place.shop, place.id) == (desk, shop, id) {
                chain.is_open = false;
                chain.wanted_back = None;
            }
        }
    }

    fn chain(&mut self, place: &Place, at: Duration) -> &mut Chain {
        let chain = self.chains.entry(place.clone()).or_insert_with(|| Chain {
            typed: Vec::new(),
            over: Vec::new(),
            is_open: false,
            wanted_back: None,
            given_up: 0,
            acted_at: at,
            sent: 0,
            acts: 0,
        });
        chain.acted_at = at;
        chain.wanted_back = None;
        chain
    }

    /// A desk begins anew with what its people typed; how far it had read its stores is forgotten.
    pub(crate) fn begin_anew(&mut self, desk: usize) {
        self.made_anew.insert(desk);
        self.shown
            .iter_mut()
            .filter(|((of, _), _)| *of == desk)
            .for_each(|(_, shown)| (shown.changes_since, shown.live) = (None, 0));
    }

    /// Something goes wrong at a desk.
    pub(crate) fn lose_answers(&mut self, desk: usize) {
        self.shown.iter_mut().filter(|((of, _), _)| *of == desk).for_each(|(_, shown)| shown.lose_answer());
    }

    pub(crate) fn shown(&mut self, desk: usize, shop: usize) -> &mut Shown {
        self.shown.entry((desk, shop)).or_default()
    }
}

impl Chain {
    /// Whether a person has decided against this value, or it was joined with the person's own.
    pub(crate) fn may_go_over(&self, field: &Field, current: &FieldValue, sent: &FieldValue) -> bool {
        let is_seen = |value: &FieldValue| value.equivalent(current, field) || value.identical(current);
        self.over.iter().any(is_seen) || is_joined(&self.over, current, sent)
    }

    /// Whether a value is what a person typed here, or was here before, or is both joined. `past`: what the store ever had there.
    pub(crate) fn is_known(&self, field: &Field, value: &FieldValue, past: &[Was]) -> bool {
        let is_seen = |seen: &FieldValue| seen.identical(value) || seen.equivalent(value, field);
        let is_rest = || self.typed.iter().any(|typed| is_rest(field, typed, value, &self.typed, past));
        self.was_typed(field, value) || self.over.iter().any(is_seen) || is_rest()
    }

    /// Whether this is an earlier text of a person who went on from the last one, and not from an older page.
    pub(crate) fn went_on_from(&self, value: &FieldValue) -> bool {
        // Whoever decided something else between may have typed over anything.
        let has_only_typed = self.acts as usize == self.typed.len();
        let pairs = self.typed.windows(2).rev().filter(|_| has_only_typed);
        pairs
            .take_while(|pair| pair[1].seen.identical(&pair[0].value))
            .any(|pair| pair[0].value.identical(value))
    }

    /// Whether a value is what a person typed here, alone or joined with what was there.
    pub(crate) fn was_typed(&self, field: &Field, value: &FieldValue) -> bool {
        self.typed.iter().any(|typed| holds(field, typed, value))
    }

    /// Whether the last text is what the person had seen here before an earlier one.
    pub(crate) fn has_gone_back(&self) -> bool {
        let back =
            |last: &Typed, before: &[Typed]| before.iter().any(|typed| typed.seen.identical(&last.value));
        self.typed.split_last().is_some_and(|(last, before)| back(last, before))
    }

    /// Whether a person typed this value here and another one after it.
    pub(crate) fn was_typed_before_the_last(&self, value: &FieldValue) -> bool {
        self.typed
            .split_last()
            .is_some_and(|(_, before)| before.iter().any(|typed| typed.value.identical(value)))
    }
}

/// Whether `value` keeps everything of `current` that the person had not seen.
fn is_joined(over: &[FieldValue], current: &FieldValue, value: &FieldValue) -> bool {
    match (current, value) {
        // An emptied text keeps nothing, and everything that was there was seen.
        (FieldValue::Text(current), FieldValue::Text(_) | FieldValue::Null) => {
            let value = value.as_text().unwrap_or_default();
            let seen = |line: &str| {
                over.iter()
                    .filter_map(FieldValue::as_text)
                    .any(|text| text.lines().any(|one| one.trim() == line))
            };
            current
                .lines()
                .map(str::trim)
                .all(|line| value.lines().any(|one| one.trim() == line) || seen(line))
        }
        // So it is with an address that is removed.
        (FieldValue::Address(current), FieldValue::Address(_) | FieldValue::Null) => {
            let seen = |part: usize, text: &Option<String>| {
                over.iter().filter_map(FieldValue::as_address).any(|address| address.parts()[part].1 == text)
            };
            let kept = |part: usize, text: &Option<String>| match value.as_address() {
                Some(value) => value.parts()[part].1 == text,
                None => text.is_none(),
            };
            let parts = current.parts();
            let mut parts = parts.iter().enumerate();
            parts.all(|(at, (_, current))| kept(at, current) || seen(at, current))
        }
        _ => false,
    }
}

/// Whether `value` has everything that a person changed: the text itself, or its lines or parts among others.
pub(crate) fn holds(field: &Field, typed: &Typed, value: &FieldValue) -> bool {
    if typed.value.identical(value) || typed.value.equivalent(value, field) {
        return true;
    }
    match (&typed.value, &typed.seen, value) {
        (FieldValue::Text(mine), seen, FieldValue::Text(value)) if *field == Field::Note => {
            let seen = seen.as_text().unwrap_or_default();
            let has = |text: &str, line: &str| text.lines().any(|one| one.trim() == line);
            let mut new = mine.lines().map(str::trim).filter(|line| !has(seen, line)).peekable();
            // Where nothing came or went, lines that were there stand twice or elsewhere now.
            let is_moved = seen.lines().all(|line| has(mine, line.trim()));
            match new.peek() {
                Some(_) => new.all(|line| has(value, line)),
                None => is_moved && mine.lines().all(|line| has(value, line.trim())),
            }
        }
        (FieldValue::Address(mine), FieldValue::Address(seen), FieldValue::Address(value)) => {
            let mine = mine.parts();
            let (seen, value) = (seen.parts(), value.parts());
            (0..mine.len()).all(|at| mine[at].1 == seen[at].1 || mine[at].1 == value[at].1)
        }
        _ => false,
    }
}

/// Whether `value` is a note without the lines that a person took out of the one they saw, and with what others made of the rest.
/// `all`: what was typed here, this and before; `past`: what the store ever had there.
pub(crate) fn is_rest(field: &Field, typed: &Typed, value: &FieldValue, all: &[Typed], past: &[Was]) -> bool {
    let (seen, mine, rest) = (lines(&typed.seen), lines(&typed.value), lines(value));
    let taken_out: BTreeSet<_> = seen.difference(&mine).collect();
    let is_taken_out = *field == Field::Note
        && mine.is_subset(&seen)
        && !taken_out.is_empty()
        && !rest.iter().any(|line| taken_out.contains(line));
    is_taken_out && {
        let since = past.iter().rposition(|was| was.at <= typed.at).unwrap_or(0);
        let others: Vec<BTreeSet<String>> = past.iter().map(|was| lines(&was.value)).collect();
        let own: Vec<BTreeSet<String>> = all.iter().map(|typed| lines(&typed.value)).collect();
        let is_others = |line: &String| others.iter().chain(&own).any(|other| other.contains(line));
        let is_removed = |line: &String| others[since..].iter().any(|other| !other.contains(line));
        rest.iter().all(|line| mine.contains(line) || is_others(line))
            && mine.iter().all(|line| rest.contains(line) || is_removed(line))
    }
}

fn lines(text: &FieldValue) -> BTreeSet<String> {
    let text = text.as_text().unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
