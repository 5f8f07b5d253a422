//! The table for one edit of one field, case by case: what a person did, what the store shows, what follows.

use std::collections::BTreeSet;

use clientela_domain::reconcile::{
    FieldAction, FieldSituation, MOST_TRIES, ParkReason, Progress, Relation, plan_field, relation,
};
use clientela_domain::{Address, Field, FieldValue, Presence};

use FieldAction::{Altered, Confirm, Conflict, Park, ReadAgain, Send, SendMerged, Stay};
use Progress::{Answered, InConflict, Parked, Sent, Waiting};
use Relation::{AsBase, AsMine, Other, Silent};

struct Case {
    story: &'static str,
    field: Field,
    base: FieldValue,
    mine: FieldValue,
    theirs: Presence<FieldValue>,
    progress: Progress,
    tries: u32,
    moved: bool,
    relation: Relation,
    action: FieldAction,
}

impl Case {
    fn situation(&self) -> FieldSituation<'_> {
        FieldSituation {
            field: &self.field,
            base: &self.base,
            mine: &self.mine,
            theirs: &self.theirs,
            progress: self.progress,
            tries: self.tries,
            moved: self.moved,
        }
    }

    fn after(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    fn on(mut self, field: Field) -> Self {
        self.field = field;
        self
    }

    fn moved(mut self) -> Self {
        self.moved = true;
        self
    }
}

/// One row: the story, the edit, what the store shows, and then how both stand to each other and what is done.
fn case(
    story: &'static str,
    progress: Progress,
    (base, mine): (FieldValue, FieldValue),
    theirs: Presence<FieldValue>,
    relation: Relation,
    action: FieldAction,
) -> Case {
    let tries = u32::from(progress != Waiting);
    Case {
        story,
        field: Field::FirstName,
        base,
        mine,
        theirs,
        progress,
        tries,
        moved: false,
        relation,
        action,
    }
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

fn edit(base: &str, mine: &str) -> (FieldValue, FieldValue) {
    (text(base), text(mine))
}

fn shows(value: &str) -> Presence<FieldValue> {
    Presence::Value(text(value))
}

fn place(street: &str, number: &str, city: &str) -> FieldValue {
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    FieldValue::Address(Box::new(Address {
        key: "7".to_owned(),
        street: part(street),
        number: part(number),
        city: part(city),
        ..Address::default()
    }))
}

const SAYS_NOTHING: Presence<FieldValue> = Presence::Absent;
const NULL: Presence<FieldValue> = Presence::Null;

/// Every cell of the table, and both sides of every condition inside a cell.
fn cells() -> Vec<Case> {
    let ana = || edit("Ana", "Anna");
    vec![
        case("not said, nothing sent yet", Waiting, ana(), SAYS_NOTHING, Silent, Send),
        case("as it was when the edit began", Waiting, ana(), shows("Ana"), AsBase, Send),
        case("somebody made the same change there", Waiting, ana(), shows("Anna"), AsMine, Confirm),
        case("changed on both sides", Waiting, ana(), shows("Anne"), Other, Conflict),
        case("outcome unknown, not said", Sent, ana(), SAYS_NOTHING, Silent, Send),
        case("not said after the last try", Sent, ana(), SAYS_NOTHING, Silent, Park(ParkReason::Ignored))
            .after(MOST_TRIES),
        case("it did not arrive", Sent, ana(), shows("Ana"), AsBase, Send),
        case("it never arrives", Sent, ana(), shows("Ana"), AsBase, Park(ParkReason::Ignored))
            .after(MOST_TRIES),
        case("maybe taken back by somebody", Sent, ana(), shows("Ana"), AsBase, Conflict).moved(),
        case("maybe taken back, last try", Sent, ana(), shows("Ana"), AsBase, Conflict)
            .moved()
            .after(MOST_TRIES),
        case("it arrived, the answer was lost", Sent, ana(), shows("Anna"), AsMine, Confirm),
        case("it arrived, and tries do not matter", Sent, ana(), shows("Anna"), AsMine, Confirm)
            .after(MOST_TRIES + 7),
        case("something else stands there", Sent, ana(), shows("Anne"), Other, Conflict),
        case("yes, without showing the field", Answered, ana(), SAYS_NOTHING, Silent, Confirm),
        case("yes, and the old value", Answered, ana(), shows("Ana"), AsBase, ReadAgain),
        case(
            "yes, and the old value, always",
            Answered,
            ana(),
            shows("Ana"),
            AsBase,
            Park(ParkReason::Ignored),
        )
        .after(MOST_TRIES),
        case("yes, and the new value", Answered, ana(), shows("Anna"), AsMine, Confirm),
        case("yes, and a value of its own", Answered, ana(), shows("ANNA M."), Other, Altered),
        case("a conflict, and not said", InConflict, ana(), SAYS_NOTHING, Silent, Stay),
        case("the other side went back", InConflict, ana(), shows("Ana"), AsBase, Send).moved().after(0),
        case(
            "the other side went back after ours was sent",
            InConflict,
            ana(),
            shows("Ana"),
            AsBase,
            Conflict,
        )
        .moved(),
        case(
            "ours may have been taken back, and nobody has said",
            InConflict,
            ana(),
            shows("Ana"),
            AsBase,
            Stay,
        ),
        case("the other side came round", InConflict, ana(), shows("Anna"), AsMine, Confirm),
        case("the other side stays with it", InConflict, ana(), shows("Anne"), Other, Conflict),
        case("refused, and not said", Parked, ana(), SAYS_NOTHING, Silent, Stay),
        case("refused, and unchanged there", Parked, ana(), shows("Ana"), AsBase, Stay),
        case("refused, then made there by hand", Parked, ana(), shows("Anna"), AsMine, Confirm),
        case("refused, and changed there", Parked, ana(), shows("Anne"), Other, Stay),
    ]
}

/// Spellings that are one value, and spellings that are not.
fn spellings() -> Vec<Case> {
    let reformatted = || edit("11999999999", "(11) 99999-9999");
    let moved_house = || edit("11 4321-5678", "11 98765-4321");
    let mail = || edit("ana@mail.com", "Ana.Maria@Mail.com");
    let role = || edit("cliente", "Revenda");
    let document = || edit("52998224725", "111.444.777-35");
    let composed = "Jos\u{e9}";
    let decomposed = "Jose\u{301}";
    vec![
        case(
            "only the spelling of a phone was changed",
            Waiting,
            reformatted(),
            shows("11999999999"),
            AsBase,
            Send,
        )
        .on(Field::Phone),
        case(
            "the store keeps digits only: it has it",
            Answered,
            reformatted(),
            shows("11999999999"),
            AsMine,
            Confirm,
        )
        .on(Field::Phone),
        case("the new spelling did not arrive", Sent, reformatted(), shows("11999999999"), AsBase, Send)
            .on(Field::Phone),
        case("the new spelling arrived", Sent, reformatted(), shows("(11) 99999-9999"), AsMine, Confirm)
            .on(Field::Phone),
        case("another number, digits only", Answered, moved_house(), shows("11987654321"), AsMine, Confirm)
            .on(Field::Phone),
        case(
            "another number, digits only, answer lost",
            Sent,
            moved_house(),
            shows("11987654321"),
            AsMine,
            Confirm,
        )
        .on(Field::Phone),
        case(
            "the same number with its country in front",
            Answered,
            moved_house(),
            shows("+5511987654321"),
            AsMine,
            Confirm,
        )
        .on(Field::Phone),
        case("a number of another country", Answered, moved_house(), shows("+541187654321"), Other, Altered)
            .on(Field::Phone),
        case("an e-mail in small letters", Answered, mail(), shows("ana.maria@mail.com"), AsMine, Confirm)
            .on(Field::Email),
        case("the old e-mail in capitals", Waiting, mail(), shows("ANA@MAIL.COM"), AsBase, Send)
            .on(Field::Email),
        case(
            "only the case of an e-mail was changed",
            Waiting,
            edit("ana@mail.com", "Ana@mail.com"),
            shows("ana@mail.com"),
            AsBase,
            Send,
        )
        .on(Field::Email),
        case("a role in small letters", Answered, role(), shows("revenda"), AsMine, Confirm).on(Field::Role),
        case("a document without punctuation", Answered, document(), shows("11144477735"), AsMine, Confirm)
            .on(Field::Document),
        case("the old document with punctuation", Waiting, document(), shows("529.982.247-25"), AsBase, Send)
            .on(Field::Document),
        case("a name's case is part of the name", Answered, edit("ana", "Ana"), shows("ANA"), Other, Altered),
        case(
            "a note with the other line ends",
            Answered,
            edit("a", "a\nb"),
            shows("a\r\nb"),
            AsMine,
            Confirm,
        )
        .on(Field::Note),
        case(
            "the old note with the other line ends",
            Waiting,
            edit("a\nb", "a\nb\nc"),
            shows("a\r\nb\r\n"),
            AsBase,
            Send,
        )
        .on(Field::Note),
        case(
            "composed letters come back in parts",
            Answered,
            edit("Ze", composed),
            shows(decomposed),
            AsMine,
            Confirm,
        ),
        case(
            "letters in parts come back composed",
            Sent,
            edit("Ze", decomposed),
            shows(composed),
            AsMine,
            Confirm,
        ),
        case(
            "the same letters as before, in parts",
            Waiting,
            edit(composed, "Zé"),
            shows(decomposed),
            AsBase,
            Send,
        ),
        case("an emptied field comes back null", Answered, edit("Lima", ""), NULL, AsMine, Confirm),
        case("null, and emptied again", Waiting, (FieldValue::Null, text("")), NULL, AsMine, Confirm),
        case("null and then a text", Waiting, (FieldValue::Null, text("Lima")), shows(""), AsBase, Send),
        case(
            "an emptied field is filled by the store",
            Sent,
            edit("Lima", ""),
            shows("Souza"),
            Other,
            Conflict,
        ),
        case("outer space does not count", Answered, edit("Ana", " Anna "), shows("Anna"), AsMine, Confirm),
    ]
}

/// Flags, addresses and texts that both sides changed.
fn joined() -> Vec<Case> {
    let flag = |base, mine| (FieldValue::Flag(base), FieldValue::Flag(mine));
    let at_home = || (place("Rua A", "10", "Lima"), place("Rua A", "12", "Lima"));
    let told = |value| Presence::Value(value);
    let note = || edit("call\npaid", "call\npaid\nlikes blue");
    let both = text("new: VIP\ncall\npaid\nlikes blue");
    vec![
        case("a flag set", Waiting, flag(false, true), told(FieldValue::Flag(false)), AsBase, Send)
            .on(Field::IsActive),
        case("a flag unset there is not null", Answered, flag(true, false), NULL, Other, Altered)
            .on(Field::IsActive),
        case(
            "notes grew at both ends",
            Waiting,
            note(),
            shows("new: VIP\ncall\npaid"),
            Other,
            SendMerged(both.clone()),
        )
        .on(Field::Note),
        case(
            "notes grew at both ends, outcome unknown",
            Sent,
            note(),
            shows("new: VIP\r\ncall\r\npaid"),
            Other,
            SendMerged(both.clone()),
        )
        .on(Field::Note),
        case(
            "ours may have arrived, and its line may have been taken out again",
            Sent,
            note(),
            shows("new: VIP\ncall\npaid"),
            Other,
            Conflict,
        )
        .on(Field::Note)
        .moved(),
        case(
            "ours arrived, and another line was added",
            Sent,
            note(),
            Presence::Value(both.clone()),
            Other,
            SendMerged(both),
        )
        .on(Field::Note)
        .moved(),
        case("notes grew at one end", Waiting, note(), shows("call\npaid\nlikes red"), Other, Conflict)
            .on(Field::Note),
        case("two first notes", Waiting, (FieldValue::Null, text("a")), shows("b"), Other, Conflict)
            .on(Field::Note),
        case("a note the store emptied", Waiting, note(), NULL, Other, Conflict).on(Field::Note),
        case(
            "lines of a name are no note",
            Waiting,
            edit("a\nb", "a\nb\nc"),
            shows("0\na\nb"),
            Other,
            Conflict,
        ),
        case(
            "other parts of one address",
            Waiting,
            at_home(),
            told(place("Rua A", "10", "Cuzco")),
            Other,
            SendMerged(place("Rua A", "12", "Cuzco")),
        )
        .on(Field::Address("7".into())),
        case(
            "the same part of one address",
            Waiting,
            at_home(),
            told(place("Rua A", "14", "Lima")),
            Other,
            Conflict,
        )
        .on(Field::Address("7".into())),
        case("an address deleted there", Waiting, at_home(), NULL, Other, Conflict)
            .on(Field::Address("7".into())),
        case(
            "an address deleted on both sides",
            Waiting,
            (place("Rua A", "10", "Lima"), FieldValue::Null),
            NULL,
            AsMine,
            Confirm,
        )
        .on(Field::Address("7".into())),
        case("a new address", Waiting, (FieldValue::Null, place("Rua A", "10", "Lima")), NULL, AsBase, Send)
            .on(Field::Address("new-1".into())),
        case(
            "what was joined is not joined again while a person decides",
            InConflict,
            note(),
            shows("new: VIP\ncall\npaid"),
            Other,
            Conflict,
        )
        .on(Field::Note),
        case(
            "what the store made of a note is not joined",
            Answered,
            note(),
            shows("new: VIP\ncall\npaid"),
            Other,
            Altered,
        )
        .on(Field::Note),
    ]
}

fn all() -> Vec<Case> {
    [cells(), spellings(), joined()].into_iter().flatten().collect()
}

#[test]
fn every_case_ends_as_written() {
    for case in all() {
        assert_eq!(relation(case.situation()), case.relation, "how they stand: {}", case.story);
        assert_eq!(plan_field(case.situation()), case.action, "what is done: {}", case.story);
    }
}

#[test]
fn every_cell_has_a_case() {
    let covered: BTreeSet<String> = cells()
        .iter()
        .map(|case| format!("{:?} x {:?}", case.progress, relation(case.situation())))
        .collect();
    for progress in [Waiting, Sent, Answered, InConflict, Parked] {
        for relation in [Silent, AsBase, AsMine, Other] {
            let cell = format!("{progress:?} x {relation:?}");
            assert!(covered.contains(&cell), "no case for the cell {cell}");
        }
    }
}

#[test]
fn no_two_cases_tell_the_same_story() {
    let stories: BTreeSet<&str> = all().iter().map(|case| case.story).collect();
    assert_eq!(stories.len(), all().len(), "a failing case must be findable by its story");
}
