//! The JSON of what goes out as files and figures, the own account, and what must not go out at all.

use serde_json::{Value, json};

use crate::desk::{finish, keys, read};
use crate::shapes::ready;

#[tokio::test(flavor = "multi_thread")]
async fn exports() {
    let desk = ready().await;
    let (file, book) = (desk.path("all.csv"), desk.path("all.xlsx"));
    let exported = desk.ok(&["export", file.to_str().unwrap()]).await;
    assert_eq!(exported, json!({"path": file.to_str().unwrap(), "rows": 80}));
    let text = read(&file);
    assert!(text.starts_with("\u{feff}id;store;remote_id;"), "for a spreadsheet");
    assert_eq!(text.matches("\r\n").count(), 81, "a line for each, as RFC 4180 ends them");
    let some = [
        "export",
        file.to_str().unwrap(),
        "--store",
        "inallweb",
        "--profile",
        "exact",
        "--columns",
        "email,id",
    ];
    assert_eq!(desk.ok(&some).await["rows"], 40);
    assert!(read(&file).starts_with("email,id\r\n"), "for a program, over the old file");
    desk.ok(&["export", book.to_str().unwrap()]).await;
    assert!(std::fs::read(&book).unwrap().starts_with(b"PK"), "the ending tells the format");
    let left = std::fs::read_dir(desk.folder.path()).unwrap();
    let left =
        left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".clientela-"));
    assert_eq!(left.count(), 0, "nothing is left lying about");
}

#[tokio::test(flavor = "multi_thread")]
async fn analytics() {
    let desk = ready().await;
    let all = desk.ok(&["analytics"]).await;
    assert_eq!(keys(&all), ["here", "store", "store_said_at"]);
    assert_eq!((&all["here"]["total_customers"], &all["store"]), (&json!(80), &Value::Null));
    let one = desk.ok(&["analytics", "--store", "inallweb"]).await;
    assert_eq!(
        keys(&one["here"]),
        ["total_customers", "new_this_month", "active_rate", "segments", "top_customers"]
    );
    assert_eq!(keys(&one["store"]), keys(&one["here"]), "beside each other");
    assert_eq!(one["store"]["total_customers"], 40);
    assert!(one["store_said_at"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_account() {
    let desk = ready().await;
    let store = ["--store", "inallweb"];
    let with = |words: &[&'static str]| -> Vec<&'static str> { [&["account"], words, &store[..]].concat() };
    let shown = desk.ok(&with(&["show"])).await;
    let names = [
        "id",
        "email",
        "first_name",
        "last_name",
        "phone",
        "is_active",
        "email_verified",
        "created_at",
        "masked",
        "extra",
        "customer",
        "preferences",
    ];
    assert_eq!(keys(&shown), names);
    assert_eq!(shown["email"], desk.store("inallweb").email.clone().unwrap());
    let edited = desk
        .ok(&["account", "edit", "--store", "inallweb", "first_name=Amélie", "phone=+351 912 345 678"])
        .await;
    assert_eq!(edited["first_name"], "Amélie");
    desk.run(&["account", "edit", "--store", "inallweb", "role=sysadmin"])
        .await
        .failed(2, "unwritable_field");
    let kept = desk.ok(&with(&["preferences"])).await;
    assert_eq!(keys(&kept), ["order_updates", "promotions", "newsletter"]);
    let changed = desk
        .ok(&["account", "preferences", "--store", "inallweb", "newsletter=true", "order_updates=false"])
        .await;
    assert_eq!((&changed["newsletter"], &changed["order_updates"]), (&json!(true), &json!(false)));
    desk.run(&["account", "preferences", "--store", "inallweb", "newsletter=perhaps"])
        .await
        .failed(2, "invalid_input");
    let file = desk.path("me.json");
    desk.ok(&["account", "data-export", "--store", "inallweb", file.to_str().unwrap()]).await;
    assert!(read(&file).contains("Amélie"), "as it comes");
    assert!(desk.ok(&with(&["data-export"])).await.is_object(), "or to standard output");

    let old = desk.store("inallweb").secrets[0].clone();
    desk.run_with(&with(&["password"]), "not it\nnew-password-9\n").await.failed(1, "store_refused");
    desk.run_with(&with(&["password"]), &format!("{old}\n")).await.failed(2, "invalid_input");
    let ran = desk.run_with(&with(&["password"]), &format!("{old}\nnew-password-9\n")).await;
    assert_eq!(ran.ended(0), json!({"changed": true}));
    assert!(!ran.stderr.contains("new-password-9"), "{ran:?}");
    desk.ok(&["sync", "inallweb"]).await;
    assert!(read(&desk.path("secrets.json")).contains("new-password-9"), "the keychain has the new one");

    desk.run_with(&with(&["delete"]), "somebody@else.example\n").await.failed(2, "confirmation_needed");
    let email = shown["email"].as_str().unwrap();
    let ran = desk.run_with(&with(&["delete"]), &format!("{email}\n")).await;
    assert_eq!(ran.ended(0), json!({"deleted": true}));
    desk.run(&["sync", "inallweb"]).await.ended(4);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_stay_where_they_belong() {
    let desk = ready().await;
    let secrets: Vec<String> =
        desk.sandbox.ready().stores.iter().map(|store| store.secrets[0].clone()).collect();
    let kept: Value = serde_json::from_str(&read(&desk.path("secrets.json"))).unwrap();
    let mut hidden: Vec<String> = secrets;
    hidden.extend(kept.as_object().unwrap().values().map(|value| value.as_str().unwrap().to_owned()));
    let emails: Vec<String> = desk
        .truth("inallweb")
        .await
        .iter()
        .filter_map(|one| one["email"].as_str().map(str::to_owned))
        .collect();
    let mut command = desk.command(&["sync", "--full"]);
    let ran = finish(command.env("CLIENTELA_LOG", "trace").spawn().unwrap()).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.len() > 1_000, "everything was logged");
    for secret in hidden.iter().chain(&emails) {
        assert!(!ran.stderr.contains(secret.as_str()), "a secret or an e-mail is in the log: {secret}");
    }
    for entry in std::fs::read_dir(desk.path("book")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for secret in hidden.iter().chain(&emails) {
            assert!(!text.contains(secret.as_str()), "a secret or an e-mail lies open in the folder");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_leaves_early_is_no_failure() {
    let desk = ready().await;
    let mut child = desk.command(&["customers", "--limit", "1000"]).spawn().unwrap();
    // As `| head` does.
    drop(child.stdout.take());
    let ran = finish(child).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
}
