//! What lies on the disk, and what a start finds there.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use crate::screen::{eventually, picture};
use crate::shop::{Shop, name_of};
use crate::window::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn the_book_is_unreadable_without_its_key_and_is_never_deleted() {
    let shop = Shop::of("tiendanube", 200).await;
    let live = shop.live().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", live).await;

    // While it is open the log holds the newest pages too.
    assert_nothing_readable(&machine.data, &shop).await;
    let second = machine.open().await;
    let code = second.see("why it does not open", "return at('problem')?.dataset.code").await;
    assert_eq!(code, json!("folder_in_use"));
    picture("folder-in-use");
    window.close().await;
    second.click("problem-retry").await;
    second.total(live).await;
    second.close().await;
    assert_nothing_readable(&machine.data, &shop).await;

    let before = files(&machine.data);
    let window = machine.open_with(Some(machine.path("empty-keys.json"))).await;
    let code = window.see("why it does not open", "return at('problem')?.dataset.code").await;
    assert_eq!(code, json!("key_missing"));
    picture("key-missing");
    window.click("problem-retry").await;
    assert_eq!(
        window.see("still the same", "return at('problem')?.dataset.code").await,
        json!("key_missing")
    );
    window.close().await;
    assert!(files(&machine.data) == before, "without its key the book stays as it is");

    let window = machine.open().await;
    window.total(live).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_pass_that_was_killed_is_gone_on_with() {
    let shop = Shop::of("tiendanube", 2_000).await;
    let live = shop.live().await;
    let machine = Machine::new();
    let window = machine.open().await;
    // Slow enough to be met in the middle.
    shop.trouble(json!({ "kind": "delay_ms", "ms": 1_200 }), json!({ "path_contains": "/customers" })).await;
    window.fill_in(&shop.store(), "Loja Flor", &shop.store().secrets[0]).await;
    window.click("connect-submit").await;
    window.gone("connect-dialog").await;
    let here = window
        .see(
            "some rows, and more to come",
            "const total = Number(at('total')?.dataset.total ?? 0);
             return total >= 400 && all('row').length > 5 && text('status-bar').includes('of') && total",
        )
        .await;
    assert!(here.as_u64().unwrap() < live, "what has arrived can be used before all is there");
    picture("first-pass");
    window.kill().await;

    shop.no_trouble().await;
    let before = shop.requests().await.len();
    let window = machine.open().await;
    window.total(live).await;
    window.in_step("Loja Flor").await;
    let pages = shop.requests().await.into_iter().skip(before);
    let pages = pages.filter(|request| request["path"].as_str().unwrap().ends_with("/customers")).count();
    assert!(pages < 12, "it goes on where it was and does not begin anew: {pages} pages after the kill");

    let person = shop.person().await;
    window.open_customer(&person).await;
    window.write_note("depois da queda").await;
    shop.arrives(&person, "note", "depois da queda").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_was_being_sent_when_the_power_went_arrives_once() {
    let shop = Shop::of("tiendanube", 60).await;
    let person = shop.person().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;
    window.open_customer(&person).await;
    shop.forget_requests().await;
    // The store takes the edit at once, and its answer trickles for a minute.
    shop.trouble(json!({ "kind": "slow_byte", "every_ms": 40, "bytes": 1 }), json!({ "method": "PUT" }))
        .await;
    window.write_note("a meio caminho").await;
    shop.arrives(&person, "note", "a meio caminho").await;
    assert_ne!(
        window.read("return at('state-badge').dataset.state").await,
        json!("clean"),
        "nothing is confirmed yet"
    );
    window.kill().await;
    shop.no_trouble().await;

    let window = machine.open().await;
    window.open_customer(&person).await;
    window.state("clean").await;
    assert_eq!(window.read("return at('note-input').value").await, json!("a meio caminho"));
    let writes = shop.requests().await.into_iter().filter(|request| request["method"] == "PUT").count();
    assert_eq!(writes, 1, "the store is read before anything is sent a second time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_book_is_mended_with_what_was_typed() {
    let shop = Shop::of("tiendanube", 120).await;
    let live = shop.live().await;
    let person = shop.person().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", live).await;
    shop.trouble(json!({ "kind": "status", "status": 503 }), json!({ "method": "PUT" })).await;
    window.open_customer(&person).await;
    window.write_note("antes do estrago").await;
    window.close().await;

    // The beginning: it does not open any more.
    let book = machine.data.join("clientela.db");
    spoil(&book, 20..usize::MAX);
    let broken = std::fs::read(&book).unwrap();
    let window = machine.open().await;
    let code = window.see("why it does not open", "return at('problem')?.dataset.code").await;
    assert_eq!(code, json!("file_damaged"));
    picture("file-damaged");
    window.click("problem-mend").await;
    window.total(live).await;
    assert!(std::fs::read(machine.data.join("clientela-set-aside-1.db")).unwrap() == broken, "it is kept");
    window.open_customer(&person).await;
    assert_eq!(window.read("return at('note-input').value").await, json!("antes do estrago"));
    window.in_step("Loja Flor").await;
    window.close().await;

    // The end: it opens, whoever needs those pages says so, and a look at the book finds them.
    let length = usize::try_from(std::fs::metadata(&book).unwrap().len()).unwrap();
    spoil(&book, length - 16 * 4096..length);
    let window = machine.open().await;
    window.there("rail-settings").await;
    picture("book-torn");
    window.click("rail-settings").await;
    window.click("book-check").await;
    window.there("book-problem").await;
    picture("book-damaged");
    shop.no_trouble().await;
    window.click("book-mend").await;
    window.there("book-rebuilt").await;
    picture("book-mended");
    let old = || files(&machine.data).into_keys().filter(|name| name.contains("-set-aside-")).count();
    assert!(old() >= 2, "both are kept until a person has seen them");
    window.click("book-remove-old").await;
    window.there("book-remove-old-submit").await;
    picture("book-remove-old");
    window.click("book-remove-old-submit").await;
    eventually("the old files to be gone", || old() == 0).await;
    window.click("rail-customers").await;
    window.total(live).await;
    window.open_customer(&person).await;
    assert_eq!(window.read("return at('note-input').value").await, json!("antes do estrago"));
    window.write_note("depois do conserto").await;
    shop.arrives(&person, "note", "depois do conserto").await;
    window.close().await;
}

fn spoil(file: &Path, which: std::ops::Range<usize>) {
    let mut bytes = std::fs::read(file).unwrap();
    let end = which.end.min(bytes.len());
    for byte in &mut bytes[which.start..end] {
        *byte ^= 0x5a;
    }
    std::fs::write(file, bytes).unwrap();
}

async fn assert_nothing_readable(folder: &Path, shop: &Shop) {
    let book = folder.join("clientela.db");
    eventually("the book on the disk", || book.is_file()).await;
    let files = files(folder);
    assert!(!files["clientela.db"].starts_with(b"SQLite format 3"), "the file is not SQLite's");
    let records = shop.records().await;
    let emails = records.iter().filter_map(|record| record["email"].as_str().map(str::to_owned));
    let names = records.iter().map(name_of).filter(|name| name.len() > 10);
    let tokens = shop.store().secrets;
    for secret in emails.chain(names).chain(tokens).chain(["CREATE TABLE".to_owned()]) {
        for (name, bytes) in &files {
            assert!(!contains(bytes, secret.as_bytes()), "{secret} can be read in {name}");
        }
    }
}

/// Every file of a folder; the locks and the shared memory of an open book say nothing.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return true };
    let mut places = bytes.iter().enumerate().filter(|(_, byte)| *byte == first);
    places.any(|(place, _)| bytes[place + 1..].starts_with(rest))
}
