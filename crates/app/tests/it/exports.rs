//! Files that leave the book.

use calamine::{Data, Reader, Xlsx, open_workbook};
use clientela_app::command::{ExportRequest, Nothing, StoreRef};
use clientela_app::dto::export::{ExportFormat, ExportOptions, ExportProfile};
use clientela_app::dto::query::ListQuery;
use clientela_app::error::Code;
use clientela_app::export;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::desk::{Desk, refused};

fn options(profile: ExportProfile, columns: &[&str]) -> ExportOptions {
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    ExportOptions { profile, columns, ..ExportOptions::default() }
}

fn records(path: &std::path::Path, separator: u8) -> Vec<Vec<String>> {
    let bytes = std::fs::read(path).unwrap();
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(bytes);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn any_text_survives_the_exact_profile() {
    let desk = Desk::new(1).await;
    desk.connect("tiendanube").await;
    let mut runner = TestRunner::deterministic();
    let any_text = prop_oneof![
        any::<String>(),
        "[ \"',;\r\n\t=+@-]{0,12}",
        "\\PC{1,40}",
        Just("\u{feff}=1+1".to_owned()),
        Just("a\r\nb\rc\nd".to_owned()),
        Just("01310100".to_owned()),
    ];
    let mut wanted = Vec::new();
    for number in 0..80 {
        let note = any_text.new_tree(&mut runner).unwrap().current();
        let email = format!("zz{number:03}@correio.example");
        let body =
            json!({"platform": "tiendanube", "name": format!("Zoe {number}"), "email": email, "note": note});
        desk.control("/create", body).await;
        wanted.push((email, note));
    }
    desk.synced().await;
    for separator in [';', ','] {
        let path = desk.path("exact.csv");
        let exact = ExportOptions {
            separator: Some(separator),
            ..options(ExportProfile::Exact, &["email", "note", "id"])
        };
        export::to_path(&desk.app, &ListQuery::default(), &exact, &path).await.unwrap();
        let rows = records(&path, separator as u8);
        assert_eq!(rows[0], ["email", "note", "id"], "columns as they were asked for");
        for (email, note) in &wanted {
            let row = rows.iter().find(|row| row[0] == *email).unwrap();
            assert_eq!(&row[1], note, "every character comes back");
        }
    }
}

#[tokio::test]
async fn the_excel_profile_opens_right() {
    let desk = Desk::new(1).await;
    desk.connect("tiendanube").await;
    let somebody = |email: &str, set: serde_json::Value| {
        let mut body = json!({"platform": "tiendanube", "name": "Zoe", "email": email});
        body.as_object_mut().unwrap().extend(set.as_object().unwrap().clone());
        body
    };
    let formula = "=HYPERLINK(\"http://evil.example\";\"x\")";
    for body in [
        somebody(
            "a@correio.example",
            json!({"note": formula, "phone": "+5511987654321", "identification": "52998224725"}),
        ),
        somebody(
            "b@correio.example",
            json!({"note": "@SUM(A1)", "phone": "11987654321", "identification": "11222333000181"}),
        ),
        somebody("c@correio.example", json!({"name": "+55", "note": "\t=1", "phone": "-"})),
        somebody(
            "d@correio.example",
            json!({"note": "two\nlines; and \"more\"", "orders": [{"total": "1234.50", "created_at": "2026-01-02T03:04:05Z"}]}),
        ),
    ] {
        desk.control("/create", body).await;
    }
    desk.synced().await;
    let path = desk.path("excel.csv");
    let columns = ["email", "first_name", "note", "phone", "document", "total_spent"];
    let done =
        export::to_path(&desk.app, &ListQuery::default(), &options(ExportProfile::Excel, &columns), &path)
            .await
            .unwrap();
    assert_eq!(done.rows, 5);
    let bytes = std::fs::read(&path).unwrap();
    assert!(bytes.starts_with("\u{feff}email;first_name;note".as_bytes()), "BOM and semicolons");
    assert!(bytes.ends_with(b"\r\n"), "lines end as RFC 4180 says");
    let rows = records(&path, b';');
    let row =
        |email: &str| rows.iter().find(|row| row[0] == format!("{email}@correio.example")).unwrap().clone();
    assert_eq!(row("a")[2], format!("'{formula}"), "a formula is disarmed");
    assert_eq!(row("b")[2], "'@SUM(A1)");
    assert_eq!((row("c")[1].as_str(), row("c")[2].as_str()), ("'+55", "'\t=1"));
    assert_eq!(row("a")[3], "(+55) 11 98765-4321", "a phone can be read and dialled");
    assert!(!row("b")[3].starts_with(['+', '=', '\'']), "{}", row("b")[3]);
    assert_eq!(row("a")[4], "529.982.247-25", "a document has its punctuation");
    assert_eq!(row("b")[4], "11.222.333/0001-81");
    assert_eq!(row("d")[2], "two\nlines; and \"more\"", "quoted, not cut");
    assert_eq!(row("d")[5], "1234,50", "amounts as the region writes them");
    for row in &rows[1..] {
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{cell:?} would be counted with");
        }
    }
}

#[tokio::test]
async fn a_workbook_holds_text_and_numbers() {
    let (desk, _) = Desk::at("tiendanube", 60).await;
    let path = desk.path("all.xlsx");
    let all = ExportOptions { format: ExportFormat::Xlsx, ..ExportOptions::default() };
    export::to_path(&desk.app, &ListQuery::default(), &all, &path).await.unwrap();
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let heads: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(
        heads[..4],
        ["id", "store", "remote_id", "first_name"],
        "columns carry the names of the customer object"
    );
    let place = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let found = desk.found(&ListQuery::default()).await;
    assert_eq!(range.rows().count(), found.len() + 1);
    for (row, customer) in range.rows().skip(1).zip(&found) {
        let text = |name: &str| row[place(name)].to_string();
        assert_eq!(text("remote_id"), customer.remote_id, "in the order of the list");
        assert!(matches!(row[place("remote_id")], Data::String(_)), "a number of a customer is no amount");
        assert_eq!(text("email"), customer.email.clone().unwrap_or_default());
        assert_eq!(
            text("document"),
            customer.documents.first().map(|one| one.number.clone()).unwrap_or_default()
        );
        if let Some(total) = &customer.total_spent {
            let Data::Float(amount) = row[place("total_spent")] else { panic!("an amount can be added up") };
            assert!((amount - total.parse::<f64>().unwrap()).abs() < 0.001);
        }
    }
}

#[tokio::test]
async fn the_old_file_stays_until_the_new_one_is_whole() {
    let (desk, store) = Desk::at("inallweb", 30).await;
    let everybody = ListQuery::default();
    let path = desk.path("kept.csv");
    std::fs::write(&path, "what was there before").unwrap();
    let bad = options(ExportProfile::Excel, &["email", "shoe_size"]);
    refused(export::to_path(&desk.app, &everybody, &bad, &path).await, Code::UnknownField);
    let bad = ExportOptions { separator: Some('x'), ..ExportOptions::default() };
    refused(export::to_path(&desk.app, &everybody, &bad, &path).await, Code::InvalidInput);
    desk.fault(json!({}), json!({"kind": "status", "status": 401})).await;
    refused(export::store_csv(&desk.app, StoreRef { store_id: store }, &path).await, Code::SignInNeeded);
    desk.clear_faults().await;
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "what was there before", "nothing half done");
    assert!(!export::has_written(&desk.app, &path).await.unwrap(), "and nothing noted");

    export::to_path(&desk.app, &everybody, &ExportOptions::default(), &path).await.unwrap();
    assert_eq!(records(&path, b';').len(), 31, "replaced as a whole");
    let folder = desk.path("folder");
    std::fs::create_dir(&folder).unwrap();
    let error = refused(
        export::to_path(&desk.app, &everybody, &ExportOptions::default(), &folder).await,
        Code::TargetFailed,
    );
    assert_eq!(error.details["path"], folder.display().to_string(), "the place is named");
    let nowhere = desk.path("nowhere/x.csv");
    refused(
        export::to_path(&desk.app, &everybody, &ExportOptions::default(), &nowhere).await,
        Code::TargetFailed,
    );
    let left = std::fs::read_dir(desk.folder.path()).unwrap();
    let left =
        left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".clientela-"));
    assert_eq!(left.count(), 0, "nothing is left lying about");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_export_that_is_ended_leaves_nothing_behind() {
    let desk = Desk::new(30).await;
    desk.connect("tiendanube").await;
    desk.synced().await;
    for format in [ExportFormat::Csv, ExportFormat::Xlsx] {
        let path = desk.path("ended");
        std::fs::write(&path, "what was there").unwrap();
        let (query, options) =
            (ListQuery::default(), ExportOptions { format, ..options(ExportProfile::Exact, &[]) });
        let (ended, _) = tokio::join!(
            biased;
            export::to_path(&desk.app, &query, &options, &path),
            export::cancel(&desk.app, Nothing {})
        );
        refused(ended, Code::Cancelled);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "what was there", "{format:?}");
        let beside = std::fs::read_dir(path.parent().unwrap()).unwrap();
        let names = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(!names.into_iter().any(|name| name.contains(".part")), "{format:?}");
        export::to_path(&desk.app, &query, &options, &path).await.unwrap();
    }
}

#[tokio::test]
async fn a_place_that_may_not_be_written_is_told_as_one() {
    let (desk, _) = Desk::at("inallweb", 5).await;
    // Not even root makes files there.
    let path = std::path::Path::new("/sys/kernel/clientela.csv");
    let outcome = export::to_path(&desk.app, &ListQuery::default(), &ExportOptions::default(), path).await;
    refused(outcome, Code::TargetDenied);
}

#[tokio::test]
async fn quick_exports_take_a_free_name_in_the_last_folder_and_are_written_down() {
    let (desk, store) = Desk::at("inallweb", 30).await;
    let request = || ExportRequest { query: ListQuery::default(), options: ExportOptions::default() };
    let first = export::quick(&desk.app, request()).await.unwrap();
    let second = export::quick(&desk.app, request()).await.unwrap();
    assert_eq!((first.rows, second.rows), (30, 30));
    assert_ne!(first.path, second.path, "nothing is written over");
    assert!(second.path.ends_with(" (2).csv"), "{}", second.path);
    let other = tempfile::TempDir::new().unwrap();
    let chosen = other.path().join("mine.csv");
    export::to_path(&desk.app, &ListQuery::default(), &ExportOptions::default(), &chosen).await.unwrap();
    let third = export::quick(&desk.app, request()).await.unwrap();
    assert!(
        third.path.starts_with(&other.path().display().to_string()),
        "the last folder is remembered: {}",
        third.path
    );
    for path in [&first.path, &second.path, &third.path, &chosen.display().to_string()] {
        assert!(
            export::has_written(&desk.app, std::path::Path::new(path)).await.unwrap(),
            "{path} is written down"
        );
    }
    let own = desk.path("own.csv");
    let exported = export::store_csv(&desk.app, StoreRef { store_id: store }, &own).await.unwrap();
    assert_eq!(exported.rows, 30);
    assert!(export::has_written(&desk.app, &own).await.unwrap());
    let data = desk.path("me.json");
    export::account_data(&desk.app, StoreRef { store_id: store }, &data).await.unwrap();
    assert!(
        std::fs::read_to_string(&data).unwrap().contains("@loja.example"),
        "what the store holds of who is signed in"
    );
}

#[tokio::test]
async fn an_export_holds_what_people_see() {
    let (desk, _) = Desk::at("tiendanube", 30).await;
    let (id, remote) = desk.somebody("tiendanube", 2).await;
    desk.edit(id, &[("name", "Zélia Lima")]).await.unwrap();
    let path = desk.path("seen.csv");
    let query = ListQuery { text: "zelia".to_owned(), ..ListQuery::default() };
    let done = export::to_path(
        &desk.app,
        &query,
        &options(ExportProfile::Exact, &["remote_id", "first_name", "state"]),
        &path,
    )
    .await
    .unwrap();
    assert_eq!(done.rows, 1, "an edit is found before it is sent");
    assert_eq!(records(&path, b',')[1], [remote.as_str(), "Zélia Lima", "edited"]);
}

#[tokio::test]
async fn many_customers_stand_in_the_order_of_the_list() {
    let (desk, _) = Desk::at("tiendanube", 2_300).await;
    let path = desk.path("many.csv");
    let options = options(ExportProfile::Exact, &["id"]);
    let done = export::to_path(&desk.app, &ListQuery::default(), &options, &path).await.unwrap();
    let (_, shown) = export::customers(&desk.app, &ListQuery::default(), 0, 2_300).await.unwrap();
    let written: Vec<i64> = records(&path, b',')[1..].iter().map(|row| row[0].parse().unwrap()).collect();
    assert_eq!((done.rows, written.len()), (2_300, 2_300));
    assert_eq!(written, shown.iter().map(|one| one.id).collect::<Vec<_>>());
}
