//! The tables of `docs/sync.md` are what the code does: the page is read, not trusted.

use std::collections::{BTreeMap, BTreeSet};

use clientela_domain::reconcile::{
    FieldAction, FieldSituation, MOST_TRIES, Progress, Relation, plan_field, plan_record, relation,
};
use clientela_domain::{Field, FieldValue, Presence};

use crate::record_cases::{KNOWN, TOLD};

const PAGE: &str = include_str!("../../../../docs/sync.md");

/// Cells of the table whose first header is `corner`, by row and column.
fn table(corner: &str) -> BTreeMap<(String, String), String> {
    let cut = |line: &str| -> Vec<String> {
        line.trim().trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
    };
    let mut lines = PAGE.lines().skip_while(|line| !line.starts_with(&format!("| {corner} |")));
    let head = cut(lines.next().expect("docs/sync.md has this table"));
    let rows = lines.skip(1).take_while(|line| line.starts_with('|'));
    rows.flat_map(|line| {
        let cells = cut(line);
        let row = cells[0].clone();
        head.iter()
            .cloned()
            .zip(cells)
            .skip(1)
            .map(move |(column, cell)| ((row.clone(), column), cell))
            .collect::<Vec<_>>()
    })
    .collect()
}

/// The first word of every action that a cell names, and of no other text in it.
fn actions_in(cell: &str) -> BTreeSet<String> {
    const ALL: [&str; 8] =
        ["SendMerged", "Send", "Confirm", "Conflict", "Altered", "ReadAgain", "Park", "Stay"];
    let words = cell.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| ALL.contains(word)).map(str::to_owned).collect()
}

/// Every action that a cell can end in, over notes (which can be joined), tries and the moved mark.
fn actions_of(progress: Progress, wanted: Relation) -> BTreeSet<String> {
    let text = |text: &str| FieldValue::Text(text.to_owned());
    let (base, mine) = (text("a\nb"), text("a\nb\nc"));
    let told = [
        Presence::Absent,
        Presence::Value(base.clone()),
        Presence::Value(mine.clone()),
        Presence::Value(text("0\na\nb")),
        Presence::Value(text("a\nb\nd")),
    ];
    let mut actions = BTreeSet::new();
    for theirs in &told {
        for tries in 0..=MOST_TRIES {
            for moved in [false, true] {
                let field = &Field::Note;
                let situation =
                    FieldSituation { field, base: &base, mine: &mine, theirs, progress, tries, moved };
                if relation(situation) == wanted {
                    actions.insert(name(&plan_field(situation)).to_owned());
                }
            }
        }
    }
    actions
}

fn name(action: &FieldAction) -> &'static str {
    match action {
        FieldAction::Send => "Send",
        FieldAction::Confirm => "Confirm",
        FieldAction::SendMerged(_) => "SendMerged",
        FieldAction::Conflict => "Conflict",
        FieldAction::Altered => "Altered",
        FieldAction::ReadAgain => "ReadAgain",
        FieldAction::Park(_) => "Park",
        FieldAction::Stay => "Stay",
    }
}

#[test]
fn the_field_table_of_the_page_is_the_code() {
    let page = table("Progress");
    let mut cells = 0;
    for progress in
        [Progress::Waiting, Progress::Sent, Progress::Answered, Progress::InConflict, Progress::Parked]
    {
        for relation in [Relation::Silent, Relation::AsBase, Relation::AsMine, Relation::Other] {
            let key = (format!("{progress:?}"), format!("{relation:?}"));
            let cell = page.get(&key).expect("every cell is on the page");
            assert_eq!(
                actions_in(cell),
                actions_of(progress, relation),
                "docs/sync.md, {} x {}",
                key.0,
                key.1
            );
            cells += 1;
        }
    }
    assert_eq!(page.len(), cells, "the page has no cells of its own");
}

#[test]
fn the_record_table_of_the_page_is_the_code() {
    let page = table("Known");
    for (known_name, known) in KNOWN {
        for (told_name, told) in TOLD {
            let cell =
                page.get(&(known_name.to_owned(), told_name.to_owned())).expect("every cell is on the page");
            assert_eq!(
                cell,
                &format!("{:?}", plan_record(known, told)),
                "docs/sync.md, {known_name} x {told_name}"
            );
        }
    }
    assert_eq!(page.len(), KNOWN.len() * TOLD.len(), "the page has no cells of its own");
}
