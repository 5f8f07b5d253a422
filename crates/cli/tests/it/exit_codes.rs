//! Exit codes are a promise to scripts, and so is the one JSON object on standard output.

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::desk::{Desk, finish, program};

async fn ready(platform: &str) -> (Desk, String, String) {
    let desk = Desk::new(40).await;
    desk.connect(platform).await;
    desk.synced().await;
    let remote = desk.somebody(platform, 2).await;
    let id = desk.id(platform, &remote).await;
    (desk, remote, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn done_is_0() {
    let (desk, ..) = ready("tiendanube").await;
    for arguments in
        [vec!["customers"], vec!["changes"], vec!["conflicts", "list"], vec!["store", "list"], vec!["doctor"]]
    {
        let ran = desk.run(&arguments).await;
        ran.ended(0);
        assert_eq!(ran.stderr, "", "{arguments:?}: nothing is said that nobody asked for");
    }
    for help in ["--help", "--version"] {
        let ran =
            finish(program().arg(help).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()).await;
        assert_eq!(ran.code, Some(0), "{help} is an answer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_usage_are_2() {
    let (desk, _, id) = ready("tiendanube").await;
    for (arguments, word) in [
        (vec!["nonsense"], "invalid_input"),
        (vec!["customers", "--limit", "many"], "invalid_input"),
        (vec!["customers", "--where", "role"], "invalid_input"),
        (vec!["customers", "--where", "is_active=perhaps"], "invalid_input"),
        (vec!["customers", "--where", "shoe_size=43"], "unknown_field"),
        (vec!["customers", "--sort", "shoe_size"], "unknown_field"),
        (vec!["customers", "--store", "nobody"], "unknown_store"),
        (vec!["customer", "show", "999999"], "not_found"),
        (vec!["customer", "edit", id.as_str(), "shoe_size=43"], "unknown_field"),
        (vec!["customer", "edit", id.as_str(), "last_name=Lima"], "unwritable_field"),
        (vec!["customer", "edit", id.as_str(), "company=Lima ME"], "unwritable_field"),
        (vec!["customer", "edit", id.as_str(), "phone"], "invalid_input"),
        (vec!["customer", "edit", id.as_str(), "email=no mail"], "invalid_input"),
        (vec!["customer", "edit", id.as_str(), "address.1=here"], "unknown_field"),
        (vec!["customer", "role", id.as_str(), "admin"], "unwritable_field"),
        (vec!["customer", "address", id.as_str(), "remove", "77"], "not_found"),
        (vec!["customer", "address", id.as_str(), "add", "planet=Mars"], "unknown_field"),
        (vec!["customer", "create", "nobody", "name=Zoe"], "unknown_store"),
        (vec!["changes", "retry", "999"], "not_found"),
        (vec!["conflicts", "resolve", "999", "mine"], "not_found"),
        (vec!["export", "x.csv", "--columns", "shoe_size"], "unknown_field"),
        (vec!["export", "x.csv", "--separator", "x"], "invalid_input"),
        (vec!["account", "show", "--store", "tiendanube"], "unsupported"),
        (vec!["store", "export", "tiendanube", "x.csv"], "unsupported"),
        (vec!["sandbox", "--variant", "x"], "invalid_input"),
        (vec!["sandbox", "--variant", "tiendanube.put=sometimes"], "invalid_input"),
        (vec!["sandbox", "--listen", "0.0.0.0:0"], "invalid_input"),
    ] {
        let ran = desk.run(&arguments).await;
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        ran.failed(2, word);
    }
    let ran = desk.run(&["--lang", "tlh", "store", "list"]).await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(!desk.path("x.csv").exists(), "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_meant_is_2() {
    let desk = Desk::new(5).await;
    let add = |url| vec!["store", "add", "tiendanube", "--name", "Loja", "--url", url, "--store-id", "77"];
    for (arguments, input, word) in [
        (add("http://loja.example/v1"), "token\n", "insecure_url"),
        (add("http://192.168.0.7/v1"), "token\n", "insecure_url"),
        (add("not an address"), "token\n", "invalid_input"),
        (add("https://api.tiendanube.com/v1"), "\n", "invalid_input"),
        (add("https://api.tiendanube.com/v1"), "", "invalid_input"),
        (vec!["store", "add", "shopfront", "--name", "Loja"], "token\n", "unknown_platform"),
        (vec!["store", "add", "tiendanube", "--name", " ", "--store-id", "77"], "token\n", "invalid_input"),
    ] {
        let ran = desk.run_with(&arguments, input).await;
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        ran.failed(2, word);
    }
    assert_eq!(desk.ok(&["store", "list"]).await, json!({"stores": []}), "nothing is kept");
    desk.connect("tiendanube").await;
    let store = desk.store("tiendanube");
    let again =
        ["store", "add", "tiendanube", "--name", "TIENDANUBE", "--url", &store.url, "--store-id", "77"];
    desk.run_with(&again, "token\n").await.failed(2, "store_name_taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_that_wait_for_a_person_are_3() {
    let (desk, remote, id) = ready("tiendanube").await;
    let other = desk.somebody("tiendanube", 6).await;
    let taken = desk.true_customer("tiendanube", &other).await["email"].as_str().unwrap().to_owned();
    desk.ok(&["customer", "edit", &id, "name=Zélia", &format!("email={taken}")]).await;
    desk.foreign("tiendanube", &remote, json!({"name": "Zoraide"})).await;
    let report = desk.run(&["sync"]).await.ended(3);
    assert_eq!((&report["stores"][0]["conflicts"], &report["stores"][0]["parked"]), (&json!(1), &json!(1)));
    assert_eq!(report["stores"][0]["complete"], true, "the sync itself is done");
    desk.run(&["sync", "tiendanube"]).await.ended(3);
    let conflicts = desk.ok(&["conflicts"]).await;
    let edit = conflicts["conflicts"][0]["id"].to_string();
    desk.ok(&["conflicts", "resolve", &edit, "text", "-Zélia Zoraide"]).await;
    let parked = desk.ok(&["changes"]).await;
    let parked =
        parked["changes"].as_array().unwrap().iter().find(|one| one["state"] == "parked").unwrap().clone();
    assert!(parked["reason"].as_str().is_some_and(|words| words.contains("email")), "{parked}");
    desk.ok(&["changes", "discard", &parked["id"].to_string()]).await;
    desk.run(&["sync"]).await.ended(0);
    assert_eq!(desk.true_customer("tiendanube", &remote).await["name"], "-Zélia Zoraide");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_is_4_and_edits_stay() {
    for platform in ["inallweb", "tiendanube"] {
        let (desk, _, id) = ready(platform).await;
        desk.ok(&["customer", "edit", &id, "phone=+55 11 98765-4321"]).await;
        let refused = json!({"kind": "status", "status": 401, "body": {"detail": "no"}});
        desk.fault(platform, json!({}), refused).await;
        let ran = desk.run(&["sync"]).await;
        let report = ran.ended(4);
        assert_eq!(report["stores"][0]["error"]["code"], "sign_in_needed", "{platform}");
        assert!(ran.stderr.contains(platform), "{platform}: the sentence names the store: {}", ran.stderr);
        desk.run(&["store", "check", platform]).await.failed(4, "sign_in_needed");
        let changes = desk.ok(&["changes"]).await;
        assert_eq!(changes["changes"][0]["state"], "pending", "{platform}: the edit waits");
        desk.clear_faults().await;
        assert_eq!(desk.synced().await["stores"][0]["pushed"], 1, "{platform}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_or_token_is_4_and_nothing_is_kept() {
    let desk = Desk::new(5).await;
    let store = desk.store("inallweb");
    let email = store.email.clone().unwrap();
    let add = ["store", "add", "inallweb", "--name", "Loja", "--url", &store.url, "--email", &email];
    let ran = desk.run_with(&add, "wrong-password-1\n").await;
    ran.failed(4, "sign_in_needed");
    assert!(!ran.stderr.contains("wrong-password") && !ran.stdout.contains("wrong-password"), "{ran:?}");
    let store = desk.store("tiendanube");
    let number = store.store_id.clone().unwrap();
    let add = ["store", "add", "tiendanube", "--name", "Loja", "--url", &store.url, "--store-id", &number];
    desk.run_with(&add, "wrong-token-1\n").await.failed(4, "sign_in_needed");
    assert_eq!(desk.ok(&["store", "list"]).await, json!({"stores": []}), "nothing is kept");
    assert!(!crate::desk::read(&desk.path("secrets.json")).contains("wrong-"), "not in the keychain either");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_store_is_5_and_edits_stay_queued() {
    let desk = Desk::new(20).await;
    desk.connect("inallweb").await;
    desk.connect("tiendanube").await;
    desk.synced().await;
    let remote = desk.somebody("tiendanube", 1).await;
    let id = desk.id("tiendanube", &remote).await;
    desk.fault("tiendanube", json!({}), json!({"kind": "refuse"})).await;
    desk.ok(&["customer", "edit", &id, "name=Zélia"]).await;
    let ran = desk.run(&["sync"]).await;
    let report = ran.ended(5);
    assert_eq!(report["stores"][0]["complete"], true, "one store's trouble is not the other's: {report}");
    assert_eq!(report["stores"][1]["error"]["code"], "unreachable", "{report}");
    assert_eq!(desk.ok(&["changes"]).await["changes"][0]["state"], "pending");
    let shown = desk.ok(&["customer", "show", &id]).await;
    assert_eq!(
        (&shown["first_name"], &shown["state"]),
        (&json!("Zélia"), &json!("edited")),
        "the copy works offline"
    );
    desk.clear_faults().await;
    assert_eq!(desk.synced().await["stores"][1]["pushed"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_is_6() {
    let (desk, ..) = ready("tiendanube").await;
    desk.fault("tiendanube", json!({}), json!({"kind": "delay_ms", "ms": 2_000})).await;
    let first = desk.command(&["sync"]).spawn().unwrap();
    // Long enough to take the folder, and shorter than the answer that it waits for.
    tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(700))).await.unwrap();
    desk.run(&["customers"]).await.failed(6, "folder_in_use");
    desk.run(&["sync"]).await.failed(6, "folder_in_use");
    finish(first).await.ended(0);
    desk.ok(&["customers"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_wrong_key_is_7_and_nothing_is_changed() {
    let (desk, ..) = ready("tiendanube").await;
    let files = || {
        let mut found: Vec<_> = std::fs::read_dir(desk.path("book"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.to_string_lossy().ends_with("lock"))
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        found.sort();
        found
    };
    let before = files();
    let secrets = crate::desk::read(&desk.path("secrets.json"));
    std::fs::rename(desk.path("secrets.json"), desk.path("kept.json")).unwrap();
    desk.run(&["customers"]).await.failed(7, "key_missing");
    assert!(!desk.path("secrets.json").exists(), "no other key is made");
    assert_eq!(files(), before, "nothing is changed");

    let mut other: serde_json::Value = serde_json::from_str(&secrets).unwrap();
    for (name, value) in other.as_object_mut().unwrap() {
        if name.starts_with("book-key") {
            *value = json!("00".repeat(32));
        }
    }
    private(&desk.path("secrets.json"), &other.to_string());
    desk.run(&["customers"]).await.failed(7, "key_wrong");
    assert_eq!(files(), before, "nothing is changed");

    private(&desk.path("secrets.json"), "this is no JSON");
    desk.run(&["customers"]).await.failed(7, "keychain_unavailable");
    private(&desk.path("secrets.json"), &secrets);
    desk.ok(&["customers"]).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_others_can_read_are_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let (desk, ..) = ready("tiendanube").await;
    let mode = std::fs::metadata(desk.path("secrets.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only the owner reads it");
    std::fs::set_permissions(desk.path("secrets.json"), std::fs::Permissions::from_mode(0o644)).unwrap();
    desk.run(&["customers"]).await.failed(7, "keychain_unavailable");
}

/// Writes a file that only its owner reads.
fn private(path: &std::path::Path, text: &str) {
    std::fs::remove_file(path).ok();
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_is_1() {
    let (desk, ..) = ready("tiendanube").await;
    let folder = desk.path("a folder");
    std::fs::create_dir(&folder).unwrap();
    desk.run(&["export", folder.to_str().unwrap()]).await.failed(1, "target_failed");
    let nowhere = desk.path("nowhere/x.csv");
    desk.run(&["export", nowhere.to_str().unwrap()]).await.failed(1, "target_failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_come_in_the_language_that_was_asked_for() {
    let desk = Desk::new(5).await;
    desk.connect("tiendanube").await;
    desk.fault("tiendanube", json!({}), json!({"kind": "status", "status": 401, "body": {"message": "no"}}))
        .await;
    for (language, word) in [("pt-BR", "edições"), ("es", "cambios"), ("es-AR", "cambios"), ("en", "edits")]
    {
        let mut command = program();
        command
            .arg("--data-dir")
            .arg(desk.path("book"))
            .args(["--lang", language, "sync"])
            .env("CLIENTELA_SECRETS", format!("file:{}", desk.path("secrets.json").display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let ran = finish(command.spawn().unwrap()).await;
        assert_eq!(ran.code, Some(4), "{ran:?}");
        assert!(ran.stderr.contains(word), "{language}: {}", ran.stderr);
    }
}
