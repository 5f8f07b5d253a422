//! The program is ended by force, at any moment. What a person saved arrives exactly once, and the copy is whole.

#![expect(clippy::disallowed_methods, reason = "there is no program whose top could read it")]

use std::time::Duration;

use serde_json::{Value, json};

use crate::desk::Desk;

/// Moments spread over a run. The first ones hit the opening of the book, the last ones its end.
fn moments(runs: u64, longest: u64) -> impl Iterator<Item = Duration> {
    // A golden-ratio walk covers the span evenly and is the same in every run of the test.
    (1..=runs).map(move |run| Duration::from_millis(run % 1_000 * 618 % 1_000 * longest / 1_000))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_first_pass_of_inallweb_the_next_sync_finishes() {
    killed_in_the_first_pass("inallweb", 130).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_first_pass_of_tiendanube_the_next_sync_finishes() {
    killed_in_the_first_pass("tiendanube", 260).await;
}

async fn killed_in_the_first_pass(platform: &str, customers: usize) {
    let mut desk = Desk::new(customers).await;
    let mut torn = 0;
    for moment in moments(5, 800) {
        desk.new_folder();
        desk.connect(platform).await;
        let slow = json!({"kind": "delay_ms", "ms": 400});
        desk.fault(platform, json!({"path_contains": "customers"}), slow).await;
        torn += usize::from(!desk.killed(&["sync"], moment).await);
        desk.clear_faults().await;
        let report = desk.synced().await;
        assert_eq!(report["stores"][0]["complete"], true, "{platform} {moment:?}: {report}");
        desk.agrees(platform).await;
        assert_eq!(
            desk.ok(&["doctor"]).await["problems"],
            json!([]),
            "{platform} {moment:?}: the file is whole"
        );
    }
    assert!(torn >= 3, "{platform}: most runs were torn: {torn}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_a_write_is_taken_the_edit_arrives_once() {
    killed_in_a_push(json!({"kind": "delay_ms", "ms": 300})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_a_taken_write_is_answered_the_edit_arrives_once() {
    killed_in_a_push(json!({"kind": "slow_byte", "every_ms": 20, "bytes": 20})).await;
}

async fn killed_in_a_push(slow: Value) {
    for platform in ["inallweb", "tiendanube"] {
        let desk = Desk::new(60).await;
        desk.connect(platform).await;
        desk.synced().await;
        let remote = desk.somebody(platform, 3).await;
        let id = desk.id(platform, &remote).await;
        let mut torn = 0;
        for (run, moment) in moments(5, 600).enumerate() {
            let phone = format!("+55 11 98765-43{run:02}");
            let edited = desk.ok(&["customer", "edit", &id, &format!("phone={phone}")]).await;
            assert_eq!(edited["state"], "edited", "{platform}: it is saved before anything is sent");
            desk.clear_log().await;
            desk.fault(platform, json!({"method": "PUT"}), slow.clone()).await;
            torn += usize::from(!desk.killed(&["sync"], moment).await);
            desk.clear_faults().await;
            desk.synced().await;
            assert_eq!(
                desk.true_customer(platform, &remote).await["phone"],
                phone,
                "{platform} {moment:?}: it arrived"
            );
            assert_eq!(desk.writes(platform).await, 1, "{platform} {moment:?}: exactly once");
            assert_eq!(
                desk.ok(&["changes"]).await,
                json!({"changes": []}),
                "{platform} {moment:?}: nothing waits"
            );
        }
        assert!(torn >= 3, "{platform}: most runs were torn: {torn}");
        desk.agrees(platform).await;
        assert_eq!(desk.ok(&["doctor"]).await["problems"], json!([]), "{platform}: the file is whole");
    }
}

/// How many times the program is ended by force in [`killed_at_any_moment_of_a_days_work_nothing_acknowledged_is_lost`].
fn kills_of_a_day() -> u64 {
    std::env::var("CLIENTELA_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

/// Kinds of work in that day.
const KINDS: usize = 7;

/// What somebody did and was told of.
#[derive(Default)]
struct Day {
    /// Texts that were typed into the note, and whether the program had told that they are saved.
    notes: Vec<(String, bool)>,
    entries: Vec<(String, bool)>,
    killed: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_of_a_days_work_nothing_acknowledged_is_lost() {
    let desk = Desk::new(40).await;
    desk.connect("tiendanube").await;
    desk.synced().await;
    let remote = desk.somebody("tiendanube", 3).await;
    let id = desk.id("tiendanube", &remote).await;
    let mut day = Day::default();
    // How long each kind of work takes on this machine, so that the ends are spread over all of it.
    let mut usual = [Duration::ZERO; KINDS];
    for (run, part) in moments(u64::MAX, 1_300).enumerate() {
        if day.killed == kills_of_a_day() {
            break;
        }
        let text = format!("texto {run}");
        let note = format!("note={text}");
        let file = desk.path("all.csv").display().to_string();
        let kind = run % KINDS;
        let words: Vec<&str> = match kind {
            0 | 4 => vec!["customer", "edit", &id, &note],
            1 | 5 => vec!["journal", &id, "--add", &text],
            2 => vec!["sync"],
            3 => vec!["export", &file],
            _ => vec!["sync", "--full"],
        };
        let moment = match run < KINDS {
            true => Duration::from_secs(60),
            false => usual[kind].mul_f64(part.as_secs_f64()),
        };
        let began = std::time::Instant::now();
        let (ended, told) = desk.killed_with_answer(&words, moment).await;
        if run < KINDS {
            usual[kind] = began.elapsed();
        }
        day.killed += u64::from(!ended);
        match kind {
            0 | 4 => day.notes.push((text, told)),
            1 | 5 => day.entries.push((text, told)),
            _ => {}
        }
        assert_eq!(desk.ok(&["doctor"]).await["problems"], json!([]), "run {run}, {moment:?}");
        nothing_is_lost(&desk, &id, &remote, &day, run).await;
    }
    let told = day.notes.iter().chain(&day.entries).filter(|(_, told)| *told).count();
    println!("ended by force {} times; {told} texts were acknowledged", day.killed);
    desk.run(&["sync"]).await;
    desk.synced().await;
    assert_eq!(desk.ok(&["changes"]).await, json!({"changes": []}), "nothing waits");
    let there = desk.true_customer("tiendanube", &remote).await["note"].clone();
    let last = day.notes.iter().rposition(|(_, told)| *told).unwrap_or(0);
    let possible: Vec<&str> = day.notes[last..].iter().map(|(text, _)| text.as_str()).collect();
    assert!(possible.contains(&there.as_str().unwrap_or_default()), "{there} is none of {possible:?}");
}

/// Every acknowledged entry is there once; the note is the last acknowledged one or one that came after it.
async fn nothing_is_lost(desk: &Desk, id: &str, remote: &str, day: &Day, run: usize) {
    let journal = desk.ok(&["journal", id]).await.to_string();
    for (text, told) in &day.entries {
        let count = journal.matches(&format!("\"{text}\"")).count();
        assert!(count <= 1 && (count == 1 || !told), "run {run}: {text:?} is there {count} times: {journal}");
    }
    let Some(last) = day.notes.iter().rposition(|(_, told)| *told) else { return };
    let changes = desk.ok(&["changes"]).await;
    let waiting = changes["changes"].as_array().and_then(|all| all.first()).map(|one| one["mine"].clone());
    let note = match waiting {
        Some(mine) => mine,
        None => desk.true_customer("tiendanube", remote).await["note"].clone(),
    };
    let possible: Vec<&str> = day.notes[last..].iter().map(|(text, _)| text.as_str()).collect();
    let note = note.as_str().unwrap_or_default();
    assert!(possible.contains(&note), "run {run}: {note:?} is none of {possible:?}");
}
