//! `clientela doctor` on real files that were broken, one way after the other.

use std::fs;

use clientela_testkit::damage::{self, INDEX_FALLS_BEHIND};
use clientela_testkit::{DatabaseKey, clear, older};
use serde_json::{Value, json};

use crate::desk::Desk;

const BOOK: &str = "book/clientela.db";
const SECOND: &str = "book/clientela-second.db";

/// A store with everybody, an edit that waits, one that the store has refused, and a note of the journal.
async fn worked_at() -> (Desk, String) {
    let desk = Desk::new(80).await;
    desk.connect("tiendanube").await;
    desk.synced().await;
    let remote = desk.somebody("tiendanube", 2).await;
    let id = desk.id("tiendanube", &remote).await;
    let answer = json!({"kind": "status", "status": 422, "body": {"note": ["no"]}});
    desk.fault("tiendanube", json!({"method": "PUT"}), answer).await;
    desk.ok(&["customer", "edit", &id, "note=liga às 9h 💚"]).await;
    assert_eq!(desk.run(&["sync"]).await.code, Some(3), "the store refuses it");
    desk.clear_faults().await;
    desk.ok(&["customer", "edit", &id, "phone=+55 11 98765-4321"]).await;
    desk.ok(&["journal", &id, "--add", "prefere azul"]).await;
    (desk, id)
}

/// What only people know.
async fn typed(desk: &Desk, id: &str) -> Value {
    let (changes, journal) = (desk.ok(&["changes"]).await, desk.ok(&["journal", id]).await);
    let stores = desk.ok(&["store", "list"]).await;
    let names: Vec<Value> =
        stores["stores"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    json!({ "changes": changes, "journal": journal, "stores": names })
}

fn spoil(desk: &Desk, file: &str, from: usize) {
    let mut bytes = fs::read(desk.path(file)).unwrap();
    for byte in bytes.iter_mut().skip(from) {
        *byte ^= 0x5a;
    }
    fs::write(desk.path(file), bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_book_is_made_anew_with_everything_that_was_typed() {
    for from in [20, 9 * 4096] {
        let (desk, id) = worked_at().await;
        let before = typed(&desk, &id).await;
        assert_eq!(before["changes"]["changes"].as_array().map(Vec::len), Some(2));
        spoil(&desk, BOOK, from);
        let broken = fs::read(desk.path(BOOK)).unwrap();
        let ran = desk.run(&["doctor"]).await;
        assert_eq!(ran.code, Some(1), "{from}: {ran:?}");
        assert_eq!(fs::read(desk.path(BOOK)).unwrap(), broken, "{from}: looking changes nothing");

        let told = desk.ok(&["doctor", "--mend"]).await;
        assert_eq!(told["problems"], json!([]), "{from}: {told}");
        let made = &told["rebuilt"];
        assert_eq!(
            (&made["stores"], &made["edits"], &made["notes"]),
            (&json!(1), &json!(2), &json!(1)),
            "{told}"
        );
        assert_eq!(made["is_complete"], true, "{told}");
        let kept = made["set_aside"][0].as_str().unwrap();
        assert!(fs::read(kept).unwrap() == broken, "{from}: the old file is kept as it was");
        assert_eq!(typed(&desk, &id).await, before, "{from}");
        let shown = desk.ok(&["customers", "98765-4321"]).await;
        assert_eq!(shown["total"], 1, "{from}: it is found by what was typed, before any sync");

        desk.run(&["sync"]).await.ended(3);
        desk.ok(&["changes", "retry", &before["changes"]["changes"][0]["id"].to_string()]).await;
        desk.synced().await;
        assert_eq!(desk.ok(&["changes"]).await, json!({"changes": []}), "{from}: both have arrived");
        desk.agrees("tiendanube").await;
        assert_eq!(desk.ok(&["doctor"]).await["problems"], json!([]), "{from}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_is_not_there_is_said_and_made_anew() {
    let (desk, id) = worked_at().await;
    let before = typed(&desk, &id).await;
    fs::remove_file(desk.path(BOOK)).unwrap();
    desk.run(&["customers"]).await.failed(1, "file_missing");
    desk.run(&["doctor"]).await.failed(1, "file_missing");
    assert!(!desk.path(BOOK).exists(), "no empty one is begun");
    desk.ok(&["doctor", "--mend"]).await;
    assert_eq!(typed(&desk, &id).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_second_copy_is_made_anew_at_the_next_start() {
    let (desk, id) = worked_at().await;
    let before = typed(&desk, &id).await;
    spoil(&desk, SECOND, 20);
    let told = desk.ok(&["doctor"]).await;
    assert_eq!(told["problems"], json!([]), "{told}");
    assert_eq!(told["set_aside"].as_array().map(Vec::len), Some(1), "{told}");
    fs::remove_file(desk.path(BOOK)).unwrap();
    desk.ok(&["doctor", "--mend"]).await;
    assert_eq!(typed(&desk, &id).await, before);
}

fn key_of(desk: &Desk) -> DatabaseKey {
    let text = fs::read_to_string(desk.path("secrets.json")).unwrap();
    let secrets: Value = serde_json::from_str(&text).unwrap();
    // One secret only is a key.
    secrets.as_object().unwrap().values().find_map(|secret| older::key(secret.as_str()?)).unwrap()
}

/// Writes into a closed file, past the program.
async fn change(desk: &Desk, file: &str, statements: &str) {
    damage::change(&desk.path(file), &key_of(desk), statements).await;
}

/// Which of these texts stand in the files of the book, with the cipher taken off.
fn on_the_disk<'a>(desk: &Desk, texts: &[&'a str]) -> Vec<&'a str> {
    let clear = clear::all(&desk.path("book"), &key_of(desk)).to_ascii_lowercase();
    let stands = |text: &str| clear.windows(text.len()).any(|part| part == text.to_lowercase().as_bytes());
    texts.iter().copied().filter(|text| stands(text)).collect()
}

/// How many are found by a name, by a piece of a number, by a piece of an e-mail, and of a store.
async fn found(desk: &Desk) -> Vec<Value> {
    let mut totals = Vec::new();
    for words in [
        &["mar"][..],
        &["98765-4321"],
        &["@example"],
        &["--store", "tiendanube", "--where", "is_active=true"],
    ] {
        totals.push(desk.ok(&[&["customers"], words].concat()).await["total"].clone());
    }
    totals
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_does_not_have_what_its_table_has_is_made_anew() {
    let (desk, id) = worked_at().await;
    let (typed_before, found_before) = (typed(&desk, &id).await, found(&desk).await);
    assert!(found_before.iter().all(|total| *total != json!(0)), "{found_before:?}");
    for (code, statements) in [
        ("search", "INSERT INTO search_words (search_words) VALUES ('delete-all')"),
        ("search", "INSERT INTO search_pieces (search_pieces) VALUES ('delete-all')"),
        ("search", "DELETE FROM search_text WHERE customer_id % 2 = 0"),
        ("index", INDEX_FALLS_BEHIND),
        ("index", "UPDATE customer_count SET customers = customers + 1"),
    ] {
        change(&desk, BOOK, statements).await;
        let told = desk.run(&["doctor"]).await.ended(1);
        let codes: Vec<&Value> =
            told["problems"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert!(!codes.is_empty() && codes.iter().all(|one| **one == code), "{statements}: {told}");
        assert_eq!(told["problems"][0]["remedy"], "mend", "{statements}: {told}");
        let mended = desk.ok(&["doctor", "--mend"]).await;
        assert_eq!(mended["problems"], json!([]), "{statements}: {mended}");
        assert_eq!(mended["mended"], told["problems"], "{statements}: what was done is told: {mended}");
        assert_eq!(mended["set_aside"], json!([]), "{statements}: the book is the same: {mended}");
        assert_eq!(found(&desk).await, found_before, "{statements}");
    }
    assert_eq!(typed(&desk, &id).await, typed_before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_copy_that_has_something_else_is_written_anew() {
    let (desk, id) = worked_at().await;
    let before = typed(&desk, &id).await;
    change(&desk, SECOND, "DELETE FROM kept WHERE kind = (SELECT max(kind) FROM kept)").await;
    let told = desk.run(&["doctor"]).await.ended(1);
    assert_eq!(told["problems"][0]["code"], "second_copy", "{told}");
    let mended = desk.ok(&["doctor", "--mend"]).await;
    assert_eq!((&mended["problems"], &mended["mended"]), (&json!([]), &told["problems"]), "{mended}");
    fs::remove_file(desk.path(BOOK)).unwrap();
    desk.ok(&["doctor", "--mend"]).await;
    assert_eq!(typed(&desk, &id).await, before, "the copy has everything again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_far_from_a_stores_is_told() {
    let (desk, _) = worked_at().await;
    assert_eq!(desk.ok(&["doctor"]).await["problems"], json!([]));
    desk.control("/clock", json!({"advance_ms": 3 * 3_600_000})).await;
    desk.run(&["sync"]).await;
    let told = desk.run(&["doctor"]).await.ended(1);
    assert_eq!(
        (&told["problems"][0]["code"], &told["problems"][0]["remedy"]),
        (&json!("clock"), &json!("person"))
    );
    let details = &told["problems"][0]["details"];
    let seconds: i64 = details["seconds"].as_str().unwrap().parse().unwrap();
    assert!((10_700..10_900).contains(&seconds.abs()) && details["store"] == "tiendanube", "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_token_that_is_gone_from_the_keychain_is_told() {
    let desk = Desk::new(20).await;
    desk.connect("yampi").await;
    desk.synced().await;
    let path = desk.path("secrets.json");
    let mut kept: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    kept.as_object_mut().unwrap().retain(|name, _| !name.ends_with("-second"));
    fs::write(&path, kept.to_string()).unwrap();
    let told = desk.run(&["doctor"]).await.ended(1);
    assert_eq!(told["problems"][0]["code"], "credentials", "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_read_a_person_decides() {
    let (desk, _) = worked_at().await;
    spoil(&desk, BOOK, 20);
    spoil(&desk, SECOND, 20);
    let before = [BOOK, SECOND].map(|file| fs::read(desk.path(file)).unwrap());
    desk.run(&["doctor", "--mend"]).await.failed(1, "nothing_readable");
    assert!([BOOK, SECOND].map(|file| fs::read(desk.path(file)).unwrap()) == before, "nothing has changed");
    let told = desk.ok(&["doctor", "--mend", "--may-lose-edits"]).await;
    assert_eq!(told["rebuilt"]["is_complete"], false, "{told}");
    assert_eq!(told["set_aside"].as_array().map(Vec::len), Some(2), "{told}");
    assert_eq!(desk.ok(&["store", "list"]).await["stores"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_gone_from_the_keychain_is_told() {
    let (desk, _) = worked_at().await;
    let path = desk.path("secrets.json");
    let mut kept: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    kept.as_object_mut().unwrap().retain(|name, _| !name.starts_with("store-"));
    fs::write(&path, kept.to_string()).unwrap();
    let told = desk.run(&["doctor", "--mend"]).await.ended(1);
    assert_eq!(told["problems"][0]["code"], "credentials", "{told}");
    assert_eq!(told["problems"][0]["remedy"], "person", "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_is_in_no_copy_that_the_program_made_and_a_person_can_remove_the_rest() {
    let (desk, id) = worked_at().await;
    // As an upgrade and an earlier repair leave them.
    let copy = desk.path("book/clientela-before-upgrade-1.db");
    let old = desk.path("book/clientela-set-aside-1.db");
    let log = desk.path("book/clientela-set-aside-1.db-wal");
    let strange = desk.path("book/notes-set-aside-1.db");
    for file in [&copy, &old, &log, &strange] {
        fs::write(file, "customers").unwrap();
    }
    let page = desk.ok(&["customer", "show", &id]).await;
    let email = page["email"].as_str().unwrap().to_owned();
    let texts = ["liga às 9h", "98765-4321", "987654321", "prefere azul", email.as_str()];
    let seen = on_the_disk(&desk, &texts);
    assert_eq!(seen, texts, "a look that finds nothing anywhere proves nothing");
    let erased = desk.ok(&["customer", "erase", &id, "--yes"]).await;
    assert_eq!(
        on_the_disk(&desk, &texts),
        Vec::<&str>::new(),
        "in no page of a file, not even in a free one"
    );
    assert!(!copy.exists(), "the program made it for itself");
    let kept = erased["set_aside"].as_array().unwrap();
    assert!(kept.len() == 1 && kept[0].as_str().unwrap().ends_with("clientela-set-aside-1.db"), "{erased}");
    assert!(old.exists(), "a person has not said so");

    let told = desk.ok(&["doctor", "--remove-old"]).await;
    assert_eq!((&told["set_aside"], &told["problems"]), (&json!([]), &json!([])), "{told}");
    assert!(!old.exists() && !log.exists());
    assert!(strange.exists(), "not a file of this program");
}
