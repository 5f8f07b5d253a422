//! Every command of the table is there, is declared, is permitted to the one window, and reads its request.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::mock::{Shell, Shop, send};

macro_rules! names {
    (
        app { $($app:ident($request:ty) -> $response:ty = $module:ident::$function:ident;)* }
        shell { $($shell:ident($shell_request:ty) -> $shell_response:ty;)* }
    ) => {
        const TABLE: &[&str] = &[$(stringify!($app),)* $(stringify!($shell),)*];
    };
}

clientela_app::with_commands!(names);

const DECLARED: &[&str] = include!("../../command_names.rs");
const CAPABILITY: &str = include_str!("../../capabilities/main.json");

/// What the window may do beside the commands: hear events.
const OF_TAURI: [&str; 2] = ["core:event:allow-listen", "core:event:allow-unlisten"];

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

#[test]
fn what_is_declared_to_tauri_is_the_table() {
    assert_eq!(
        set(DECLARED.iter().copied()),
        set(TABLE.iter().copied()),
        "an undeclared command is open to all"
    );
    assert_eq!(DECLARED.len(), TABLE.len(), "a name stands there twice");
}

#[test]
fn what_the_window_may_do_is_the_table_and_hearing_events() {
    let capability: Value = serde_json::from_str(CAPABILITY).unwrap();
    let granted = capability["permissions"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    let wanted = TABLE.iter().map(|name| format!("allow-{}", name.replace('_', "-")));
    let wanted: BTreeSet<String> = wanted.chain(OF_TAURI.map(str::to_owned)).collect();
    assert_eq!(set(granted), wanted, "every permission is a command of the table, and every command has one");
}

#[test]
fn every_command_is_known_and_wants_a_request() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::open(folder.path());
    for command in TABLE {
        let refusal = shell.send(command, json!({})).unwrap_err();
        let words = refusal.as_str().unwrap_or_else(|| panic!("{command} answered {refusal} to nothing"));
        // "not found" and "not allowed" are what Tauri says of commands that nobody handles or may call.
        assert!(words.contains("missing required key request"), "{command}: {words}");
    }
}

#[test]
fn a_request_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::open(folder.path());
    let unreadable = [
        ("stores", json!(7)),
        ("store_add", json!({ "platform": "tiendanube" })),
        ("store_check", json!({ "store_id": "one" })),
        ("sync_start", json!({ "store_ids": [1.5] })),
        ("list_open", json!({ "sort": null })),
        ("list_rows", json!({ "view": 1, "offset": 0 })),
        ("customer_page", json!({ "id": 9_223_372_036_854_775_808_u64 })),
        ("customer_edit", json!({ "id": 1, "changes": [{ "value": "x" }] })),
        ("conflict_resolve", json!({ "edit": 1, "decision": { "kind": "neither" } })),
        ("export_quick", json!({ "query": {}, "options": { "format": "pdf" } })),
        ("export_quick", json!({ "query": {}, "options": { "separator": ";;" } })),
        ("settings_save", json!({ "panel_width": "wide" })),
        ("open_folder", json!({ "path": ["/"] })),
    ];
    for (command, request) in unreadable {
        let refusal = shell.refusal(command, request.clone());
        let words = refusal.as_str().unwrap_or_default();
        assert!(words.starts_with("invalid args `request`"), "{command} took {request}: {refusal}");
    }
}

#[test]
fn what_is_not_in_the_table_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::open(folder.path());
    for command in ["store_export", "plugin:opener|open_url", "plugin:fs|read_file", "plugin:window|close"] {
        let refusal = shell.refusal(command, json!({}));
        assert!(refusal.as_str().is_some_and(|words| words.contains("not allowed")), "{command}: {refusal}");
    }
}

#[test]
fn another_window_and_another_page_may_do_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::open(folder.path());
    let stranger = shell.stranger();
    for command in TABLE {
        let arguments = json!({ "request": {} });
        let refusal = send(&stranger, command, arguments, "tauri://localhost").unwrap_err();
        assert!(refusal.as_str().is_some_and(|words| words.contains("not allowed")), "{command}: {refusal}");
    }
    let away = shell.send_from("https://example.com/", "stores", json!({ "request": {} })).unwrap_err();
    assert!(away.as_str().is_some_and(|words| words.contains("not allowed")), "from another page: {away}");
}

/// One request of each kind that needs no store, so that a response that cannot be written would be seen.
#[test]
fn an_empty_book_answers() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::open(folder.path());
    let keys = shell.ask("platforms", json!({}));
    let keys: Vec<_> =
        keys.as_array().unwrap().iter().map(|platform| platform["key"].as_str().unwrap()).collect();
    assert!(keys.contains(&"tiendanube") && keys.contains(&"inallweb"), "{keys:?}");
    assert_eq!(shell.ask("stores", json!({})), json!([]));
    assert_eq!(shell.ask("edits", json!({})), json!([]));
    assert_eq!(shell.ask("sync_start", json!({})), json!({ "stores": [] }));
    assert_eq!(shell.ask("sync_cancel", json!({})), json!({}));
    assert_eq!(shell.ask("list_open", json!({}))["total"], 0);
    assert_eq!(
        shell.ask("filter_choices", json!({ "store_id": null })),
        json!({ "roles": [], "segments": [], "groups": [] })
    );
    assert_eq!(shell.ask("analytics", json!({ "store_id": null }))["here"]["total_customers"], 0);
    let start = shell.ask("start", json!({}));
    assert_eq!(start["problem"], Value::Null);
    assert_eq!(start["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn settings_come_back_as_they_were_saved() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::open(folder.path());
    let mut settings = shell.ask("start", json!({}))["settings"].clone();
    settings["language"] = json!("pt-BR");
    settings["clerk"] = json!("Inês");
    settings["columns"] = json!(["name", "email"]);
    shell.ask("settings_save", settings.clone());
    assert_eq!(shell.ask("start", json!({}))["settings"], settings);
}

#[test]
fn a_connected_store_is_listed_opened_edited_and_exported() {
    let shop = Shop::connected("tiendanube");
    let shell = &shop.shell;
    let store = shell.ask("stores", json!({}))[0].clone();
    assert_eq!((&store["state"], &store["customers"]), (&json!("ready"), &json!(12)), "{store}");
    assert!(!store.to_string().contains("secret"), "no token crosses to the window: {store}");

    let id = shop.somebody();
    let page = shell
        .ask("customer_edit", json!({ "id": id, "changes": [{ "field": "note", "value": "ligar às 9" }] }));
    assert_eq!(page["customer"]["note"], "ligar às 9");
    assert_eq!(page["customer"]["state"], "edited", "saved here, not sent yet");
    assert_eq!(shell.ask("edits", json!({}))[0]["mine"], "ligar às 9");

    let exported = shell.ask("export_quick", json!({ "query": {}, "options": {} }));
    assert_eq!(exported["rows"], 12);
    assert!(std::fs::metadata(exported["path"].as_str().unwrap()).unwrap().len() > 1_000, "{exported}");
}
