//! Exports, read back from the disk and compared with the store's own records.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::screen::{eventually, focused_title, keyboard, picture, titles};
use crate::shop::Shop;
use crate::window::{Machine, Window};

#[tokio::test(flavor = "multi_thread")]
async fn one_click_writes_what_the_list_shows() {
    let shop = Shop::of("tiendanube", 300).await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;

    window.click("export-quick").await;
    let said = window.text("toast").await;
    picture("exported");
    let file = the_only_csv(&machine.home);
    assert!(said.contains(file.file_name().unwrap().to_str().unwrap()), "the file is named: {said}");
    window.there("open-folder").await;
    let table = read(&file);
    let records = shop.records().await;
    assert_eq!(table.rows.len(), records.len(), "a row for each customer");

    let truth: HashMap<String, &Value> =
        records.iter().map(|record| (record["id"].to_string(), record)).collect();
    for row in &table.rows {
        let cell = |column: &str| row[table.columns[column]].as_str();
        let record = truth.get(cell("remote_id")).unwrap_or_else(|| panic!("nobody has the id of {row:?}"));
        let text = |key: &str| record[key].as_str().unwrap_or_default();
        assert_eq!(cell("first_name"), disarmed(text("name")), "the name of {}", record["id"]);
        assert_eq!(cell("email"), disarmed(text("email")), "the e-mail of {}", record["id"]);
        assert_eq!(cell("note"), disarmed(text("note")), "the note of {}", record["id"]);
        assert_eq!(
            letters(cell("document")),
            letters(text("identification")),
            "the document of {}",
            record["id"]
        );
        assert!(digits(cell("phone")).ends_with(last_six(&digits(text("phone")))), "the phone of {row:?}");
        assert_eq!(
            cell("total_spent"),
            text("total_spent").replace('.', ","),
            "the money of {}",
            record["id"]
        );
        assert_eq!(cell("store"), "Loja Flor");
    }

    // A narrowed list is exported narrowed, under a name that is free.
    let found = window.search("conceicao").await;
    window.click("export-quick").await;
    eventually("a second file", || csv_files(&machine.home).len() == 2).await;
    let second = csv_files(&machine.home).into_iter().find(|path| *path != file).unwrap();
    let table = read(&second);
    assert_eq!(table.rows.len(), found.len());
    for (row, shown) in table.rows.iter().zip(&found) {
        assert!(
            shown.contains(row[table.columns["first_name"]].trim()),
            "in the list's order: {shown} for {row:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_export_tells_how_far_it_is_and_can_be_ended() {
    let shop = Shop::of("tiendanube", 12_000).await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;

    window.click("export-quick").await;
    window.see("how far it is", "return text('export-quick')?.includes('%')").await;
    picture("exporting");
    window.click("export-cancel").await;
    window.gone("export-cancel").await;
    assert!(window.is_calm().await, "ending it is no error");
    let left = std::fs::read_dir(&machine.home).unwrap().map(|entry| entry.unwrap().path());
    let left: Vec<_> = left
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv" || ending == "part"))
        .collect();
    assert!(left.is_empty(), "nothing is left of it: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_native_dialog_takes_a_path_and_can_be_left() {
    let shop = Shop::of("tiendanube", 30).await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;

    native_dialog(&window).await;
    picture("native-dialog");
    keyboard(&["key", "Escape"]);
    eventually("the dialog closed", || titles().iter().all(|title| !is_dialog(title))).await;
    assert!(window.is_calm().await, "changing one's mind is no error");
    assert!(csv_files(&machine.home).is_empty());
    window.there("export-dialog").await;
    window.click("export-choose").await;
    dialog_open().await;

    let wanted = machine.path("meus clientes.csv");
    keyboard(&["key", "ctrl+a"]);
    keyboard(&["type", "--delay", "15", wanted.to_str().unwrap()]);
    keyboard(&["key", "Return"]);
    eventually("the file at its place", || wanted.is_file()).await;
    let said = window.text("toast").await;
    assert!(said.contains("meus clientes.csv"), "{said}");
    window.gone("export-dialog").await;
    assert_eq!(read(&wanted).rows.len(), 30);
    let left: Vec<_> =
        std::fs::read_dir(wanted.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(
        left.iter().all(|path| path.extension().is_none_or(|ending| ending != "part")),
        "no half files: {left:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_said_and_another_can_be_chosen() {
    let shop = Shop::of("tiendanube", 30).await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;
    native_dialog(&window).await;
    keyboard(&["key", "ctrl+a"]);
    keyboard(&["type", "--delay", "15", "/proc/clientes.csv"]);
    keyboard(&["key", "Return"]);
    let said =
        window.see("the trouble", "return text('export-dialog')?.includes('/proc/clientes.csv')").await;
    assert_eq!(said, json!(true));
}

async fn native_dialog(window: &Window) {
    window.click("export-menu").await;
    window.click("export-as").await;
    window.click("export-choose").await;
    dialog_open().await;
}

async fn dialog_open() {
    eventually("a native dialog with the keyboard", || is_dialog(&focused_title())).await;
}

fn is_dialog(title: &str) -> bool {
    !title.is_empty() && title != "Clientela"
}

struct Table {
    columns: HashMap<String, usize>,
    rows: Vec<Vec<String>>,
}

/// Reads a file as Excel would, and insists on the form that Excel needs.
fn read(path: &Path) -> Table {
    let bytes = std::fs::read(path).unwrap();
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").expect("the mark that says UTF-8");
    assert!(text.ends_with(b"\r\n"), "the last line is ended");
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(text);
    let mut rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let columns = rows.remove(0).into_iter().enumerate().map(|(place, name)| (name, place)).collect();
    let head = text.split(|byte| *byte == b'\n').next().unwrap();
    assert!(head.ends_with(b"\r"), "lines end as RFC 4180 says");
    Table { columns, rows }
}

fn csv_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|ending| ending == "csv")).collect()
}

fn the_only_csv(folder: &Path) -> PathBuf {
    let mut files = csv_files(folder);
    assert_eq!(files.len(), 1, "one click, one file: {files:?}");
    files.remove(0)
}

/// What a spreadsheet would compute has an apostrophe before it.
fn disarmed(text: &str) -> String {
    let counts = text.trim_start().starts_with(['=', '+', '-', '@']);
    if counts { format!("'{text}") } else { text.to_owned() }
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Where a country writes its prefixes in two ways, the end of a number is the same in both.
fn last_six(text: &str) -> &str {
    &text[text.len().saturating_sub(6)..]
}
