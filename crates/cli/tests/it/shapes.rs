//! The JSON of every command.

use serde_json::{Value, json};

use crate::desk::{Desk, keys, read};

const CUSTOMER: &[&str] = &[
    "id",
    "store",
    "remote_id",
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "phone_e164",
    "documents",
    "note",
    "role",
    "segment",
    "groups",
    "is_active",
    "email_verified",
    "accepts_marketing",
    "birthday",
    "created_at",
    "updated_at",
    "total_spent",
    "currency",
    "orders_count",
    "last_order_at",
    "addresses",
    "extra",
    "custom_fields",
    "masked",
    "anonymized",
    "pending",
    "state",
];
const CHANGE: [&str; 8] = ["id", "customer", "field", "base", "mine", "theirs", "state", "reason"];
const STORE_RESULT: [&str; 11] = [
    "name",
    "seen",
    "new",
    "changed",
    "gone",
    "pushed",
    "conflicts",
    "parked",
    "requests",
    "seconds",
    "complete",
];

pub(crate) async fn ready() -> Desk {
    let desk = Desk::new(40).await;
    desk.connect("inallweb").await;
    desk.connect("tiendanube").await;
    desk.synced().await;
    desk
}

/// The id and the store's id of somebody.
async fn somebody(desk: &Desk, platform: &str, skip: usize) -> (String, String) {
    let remote = desk.somebody(platform, skip).await;
    (desk.id(platform, &remote).await, remote)
}

#[tokio::test(flavor = "multi_thread")]
async fn stores() {
    let desk = Desk::new(40).await;
    for platform in ["inallweb", "tiendanube"] {
        let added = desk.connect(platform).await;
        assert_eq!(
            (&added["store"]["name"], &added["store"]["state"]),
            (&json!(platform), &json!("first_pass")),
            "{added}"
        );
        assert!(!added.to_string().contains(&desk.store(platform).secrets[0]), "no secret comes back");
        let checked = desk.ok(&["store", "check", platform]).await;
        assert_eq!(checked["store"]["state"], "first_pass", "a check reads nobody: {checked}");
    }
    desk.synced().await;
    let listed = desk.ok(&["store", "list"]).await;
    for store in listed["stores"].as_array().unwrap() {
        assert_eq!(
            (&store["state"], &store["customers"], &store["edits_waiting"]),
            (&json!("ready"), &json!(40), &json!(0))
        );
    }
    let file = desk.path("own.csv");
    let exported = desk.ok(&["store", "export", "inallweb", file.to_str().unwrap()]).await;
    assert_eq!(keys(&exported), ["path", "rows"], "{exported}");
    assert_eq!(exported["rows"], 40, "a line for each customer");
    assert!(read(&file).contains('@'), "the store's own file, as it comes");
    desk.run_with(&["store", "remove", "inallweb"], "something else\n")
        .await
        .failed(2, "confirmation_needed");
    assert_eq!(
        desk.run_with(&["store", "remove", "inallweb"], "inallweb\n").await.ended(0),
        json!({"removed": "inallweb"})
    );
    assert_eq!(desk.ok(&["store", "remove", "tiendanube", "--yes"]).await, json!({"removed": "tiendanube"}));
    assert_eq!(
        desk.ok(&["customers"]).await,
        json!({"total": 0, "rows": []}),
        "the copy goes with the store"
    );
    let secrets = read(&desk.path("secrets.json"));
    assert!(!secrets.contains("store-"), "the tokens go too");
}

#[tokio::test(flavor = "multi_thread")]
async fn sync() {
    let desk = Desk::new(40).await;
    desk.connect("inallweb").await;
    desk.connect("tiendanube").await;
    let report = desk.synced().await;
    assert_eq!(keys(&report), ["stores"], "{report}");
    for store in report["stores"].as_array().unwrap() {
        let names = keys(store);
        assert!(STORE_RESULT.iter().all(|key| names.contains(key)), "{names:?}");
        assert_eq!(
            (&store["new"], &store["complete"], &store["error"]),
            (&json!(40), &json!(true), &Value::Null)
        );
        assert!(store["seconds"].is_f64() && store["requests"].as_i64().unwrap() > 0, "{store}");
    }
    let one = desk.ok(&["sync", "Tiendanube", "--full"]).await;
    assert_eq!(one["stores"].as_array().unwrap().len(), 1, "only the one that was named, whatever its case");
    assert_eq!((&one["stores"][0]["seen"], &one["stores"][0]["new"]), (&json!(40), &json!(0)));
    desk.agrees("inallweb").await;
    desk.agrees("tiendanube").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn customers() {
    let desk = ready().await;
    let all = desk.ok(&["customers", "--limit", "1000"]).await;
    assert_eq!((keys(&all), &all["total"]), (vec!["total", "rows"], &json!(80)));
    for row in all["rows"].as_array().unwrap() {
        assert_eq!(keys(row), CUSTOMER, "the keys of a customer are a promise");
        for document in row["documents"].as_array().unwrap() {
            assert!(document["kind"].is_string() && document["number"].is_string(), "{document}");
        }
        assert!(row["total_spent"].is_null() || row["total_spent"].is_string(), "money is text");
    }
    let page = desk.ok(&["customers", "--limit", "3", "--offset", "2"]).await;
    assert_eq!(
        page["rows"].as_array().unwrap()[..],
        all["rows"].as_array().unwrap()[2..5],
        "a window of the same list"
    );
    let back = desk.ok(&["customers", "--sort", "-created_at", "--limit", "1000"]).await;
    let dates: Vec<&str> =
        back["rows"].as_array().unwrap().iter().filter_map(|row| row["created_at"].as_str()).collect();
    assert!(dates.is_sorted_by(|one, next| one >= next), "turned round: {dates:?}");
    let one =
        desk.ok(&["customers", "--store", "inallweb", "--where", "is_active=true", "--limit", "1000"]).await;
    assert!(
        one["rows"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["is_active"] == true && row["store"] == "inallweb")
    );
    let (_, remote) = somebody(&desk, "tiendanube", 4).await;
    let email = desk.true_customer("tiendanube", &remote).await["email"].as_str().unwrap().to_owned();
    let found = desk.ok(&["customers", &email]).await;
    assert!(
        found["rows"].as_array().unwrap().iter().any(|row| row["remote_id"] == remote.as_str()),
        "found by e-mail"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_text_whatever_it_looks_like() {
    let desk = ready().await;
    for query in
        ["-x", "--full", "\"", "a OR b", "*", "NEAR(", "%", "'; DROP TABLE customer;--", "col:x", "(", "^"]
    {
        let ran = desk.run(&["customers", "--", query]).await;
        ran.ended(0);
    }
    assert_eq!(desk.ok(&["customers", "--", "-zzzz-nobody"]).await["total"], 0);
    assert_eq!(desk.ok(&["customers"]).await["total"], 80, "everybody is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_one_customer_fetches_what_lists_leave_out() {
    let desk = ready().await;
    let truth = desk.truth("inallweb").await;
    let rich = truth.iter().find(|one| !one["addresses"].as_array().unwrap().is_empty()).unwrap();
    let id = desk.id("inallweb", &crate::desk::remote_id(rich)).await;
    let before = desk.ok(&["customers", "--where", &format!("remote_id={}", rich["id"])]).await;
    assert_eq!(before["rows"][0]["addresses"], json!([]), "the list does not tell");
    let shown = desk.ok(&["customer", "show", &id]).await;
    assert_eq!(keys(&shown), CUSTOMER);
    assert_eq!(shown["addresses"].as_array().unwrap().len(), rich["addresses"].as_array().unwrap().len());
    assert_eq!(shown["orders_count"], rich["stats"]["total_orders"]);
    let address = &shown["addresses"][0];
    assert!(address["id"].is_string() && address["city"].is_string(), "{address}");
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_and_what_becomes_of_them() {
    let desk = ready().await;
    let (id, remote) = somebody(&desk, "tiendanube", 2).await;
    let old = desk.true_customer("tiendanube", &remote).await["name"].as_str().unwrap().to_owned();
    let edited = desk.ok(&["customer", "edit", &id, "name=Zélia", "note=line one", "extra.color=blue"]).await;
    assert_eq!(keys(&edited), CUSTOMER);
    assert_eq!(
        (&edited["first_name"], &edited["note"], &edited["state"]),
        (&json!("Zélia"), &json!("line one"), &json!("edited"))
    );
    assert_eq!(edited["pending"], json!(["first_name", "note", "extra.color"]));
    let changes = desk.ok(&["changes", "list"]).await;
    let list = changes["changes"].as_array().unwrap();
    assert_eq!(list.len(), 3);
    assert_eq!(keys(&list[0]), CHANGE);
    assert_eq!(
        (
            &list[0]["field"],
            &list[0]["base"],
            &list[0]["mine"],
            &list[0]["state"],
            &list[0]["theirs"],
            &list[0]["reason"]
        ),
        (&json!("first_name"), &json!(old), &json!("Zélia"), &json!("pending"), &Value::Null, &Value::Null)
    );
    let extra = list[2]["id"].to_string();
    assert_eq!(
        desk.ok(&["changes", "discard", &extra]).await["changes"].as_array().unwrap().len(),
        2,
        "taken back"
    );
    desk.run(&["changes", "retry", &list[0]["id"].to_string()]).await.failed(2, "invalid_input");
    assert_eq!(desk.synced().await["stores"][1]["pushed"], 2);
    let truth = desk.true_customer("tiendanube", &remote).await;
    assert_eq!((&truth["name"], &truth["note"]), (&json!("Zélia"), &json!("line one")));

    // Emptied, and given back its old name: two more edits.
    desk.ok(&["customer", "edit", &id, "note=", &format!("name={old}")]).await;
    desk.synced().await;
    let truth = desk.true_customer("tiendanube", &remote).await;
    assert_eq!(truth["name"], old.as_str());
    assert!(truth["note"].is_null() || truth["note"] == "", "{truth}");

    // A refused one is tried again when the store has changed its mind.
    desk.fault(
        "tiendanube",
        json!({"method": "PUT"}),
        json!({"kind": "status", "status": 422, "body": {"note": ["is too long"]}}),
    )
    .await;
    desk.ok(&["customer", "edit", &id, "note=again"]).await;
    desk.run(&["sync"]).await.ended(3);
    let parked = desk.ok(&["changes"]).await["changes"][0].clone();
    assert_eq!((&parked["state"], &parked["mine"]), (&json!("parked"), &json!("again")));
    desk.clear_faults().await;
    desk.ok(&["changes", "retry", &parked["id"].to_string()]).await;
    desk.synced().await;
    assert_eq!(desk.true_customer("tiendanube", &remote).await["note"], "again");
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_show_three_values_and_end_in_three_ways() {
    let desk = ready().await;
    for (decision, wanted) in
        [(vec!["mine"], "Zélia"), (vec!["theirs"], "Zoraide"), (vec!["text", "Zuleica"], "Zuleica")]
    {
        let (id, remote) = somebody(&desk, "inallweb", 2).await;
        let base = desk.true_customer("inallweb", &remote).await["first_name"].clone();
        desk.ok(&["customer", "edit", &id, "first_name=Zélia"]).await;
        desk.foreign("inallweb", &remote, json!({"first_name": "Zoraide"})).await;
        desk.run(&["sync", "inallweb"]).await.ended(3);
        let conflicts = desk.ok(&["conflicts"]).await;
        let edit = &conflicts["conflicts"][0];
        assert_eq!((keys(&conflicts), keys(edit)), (vec!["conflicts"], CHANGE.to_vec()));
        assert_eq!(
            (&edit["base"], &edit["mine"], &edit["theirs"], &edit["state"]),
            (&base, &json!("Zélia"), &json!("Zoraide"), &json!("conflict"))
        );
        let number = edit["id"].to_string();
        let mut arguments = vec!["conflicts", "resolve", number.as_str()];
        arguments.extend(decision);
        assert_eq!(desk.ok(&arguments).await, json!({"conflicts": []}), "settled");
        desk.ok(&["sync", "inallweb"]).await;
        assert_eq!(desk.true_customer("inallweb", &remote).await["first_name"], wanted);
        desk.foreign("inallweb", &remote, json!({"first_name": base})).await;
        desk.ok(&["sync", "inallweb"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles() {
    let desk = ready().await;
    let (id, remote) = somebody(&desk, "inallweb", 2).await;
    let changed = desk.ok(&["customer", "role", &id, "Staff"]).await;
    assert_eq!((&changed["role"], &changed["pending"]), (&json!("staff"), &json!(["role"])), "{changed}");
    desk.synced().await;
    assert_eq!(desk.true_customer("inallweb", &remote).await["role"], "staff");
    let unknown = desk.run(&["customer", "role", &id, "emperor"]).await.failed(2, "unknown_role");
    assert_eq!(unknown["details"]["role"], "emperor", "the value is named");
    desk.run(&["customer", "edit", &id, "role=admin", "phone=1"]).await.failed(2, "invalid_input");
    let refused = desk.run(&["customer", "role", &id, "sysadmin"]).await.failed(1, "role_not_yours");
    assert_eq!(refused["details"]["signed_in_role"], "admin", "{refused}");
    assert_eq!(desk.ok(&["changes"]).await["changes"], json!([]), "it is said before anything is saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses() {
    let desk = ready().await;
    let (id, remote) = somebody(&desk, "tiendanube", 2).await;
    let count = desk.true_customer("tiendanube", &remote).await["addresses"].as_array().unwrap().len();
    let added = desk
        .ok(&[
            "customer",
            "address",
            &id,
            "add",
            "street=Rua das Laranjeiras",
            "number=12",
            "city=Maringá",
            "region=PR",
            "postal_code=87013-000",
            "country=br",
        ])
        .await;
    assert_eq!(added["addresses"].as_array().unwrap().len(), count + 1);
    let new =
        added["addresses"].as_array().unwrap().iter().find(|one| one["pending"] == true).unwrap().clone();
    assert!(new["id"].as_str().unwrap().starts_with("new-"), "{new}");
    assert_eq!(new["country"], "BR");
    desk.synced().await;
    let truth = desk.true_customer("tiendanube", &remote).await;
    assert_eq!(truth["addresses"].as_array().unwrap().len(), count + 1, "{truth}");
    let listed = desk.ok(&["customer", "address", &id]).await;
    let known = listed["addresses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["street"] == "Rua das Laranjeiras")
        .unwrap();
    let key = known["id"].as_str().unwrap().to_owned();
    desk.ok(&["customer", "address", &id, "edit", &key, "number=14"]).await;
    desk.synced().await;
    let truth = desk.true_customer("tiendanube", &remote).await;
    assert!(truth["addresses"].as_array().unwrap().iter().any(|one| one["number"] == "14"), "{truth}");
    desk.ok(&["customer", "address", &id, "remove", &key]).await;
    desk.synced().await;
    assert_eq!(desk.true_customer("tiendanube", &remote).await["addresses"].as_array().unwrap().len(), count);
    let (other, _) = somebody(&desk, "inallweb", 2).await;
    desk.run(&["customer", "address", &other, "add", "street=Rua"]).await.failed(2, "unwritable_field");
}

#[tokio::test(flavor = "multi_thread")]
async fn making_deleting_and_erasing() {
    let desk = ready().await;
    let made = desk
        .ok(&[
            "customer",
            "create",
            "tiendanube",
            "name=Zélia Lima",
            "email=zelia@correio.example",
            "document=529.982.247-25",
        ])
        .await;
    assert_eq!(keys(&made), CUSTOMER);
    let (id, remote) = (made["id"].to_string(), made["remote_id"].as_str().unwrap().to_owned());
    assert_eq!(desk.true_customer("tiendanube", &remote).await["name"], "Zélia Lima");
    let twin =
        desk.run(&["customer", "create", "tiendanube", "name=Zélia", "email=ZELIA@correio.example"]).await;
    let twin = twin.failed(2, "duplicate_customer");
    assert_eq!(
        (&twin["details"]["customer"], &twin["details"]["remote_id"]),
        (&json!(id), &json!(remote)),
        "who it is"
    );
    desk.run(&["customer", "create", "inallweb", "first_name=Zélia"]).await.failed(2, "unsupported");
    desk.run_with(&["customer", "delete", &id], "nobody@correio.example\n")
        .await
        .failed(2, "confirmation_needed");
    let deleted = desk.run_with(&["customer", "delete", &id], "zelia@correio.example\n").await.ended(0);
    assert_eq!(deleted["deleted"].to_string(), id);
    assert_eq!(desk.true_customer("tiendanube", &remote).await["deleted"], true);
    assert_eq!(
        desk.ok(&["customers", "zelia@correio.example"]).await["total"],
        0,
        "lists leave out who is gone"
    );

    let truth = desk.truth("tiendanube").await;
    let buyer = truth.iter().find(|one| !one["orders"].as_array().unwrap().is_empty()).unwrap();
    let buyer = desk.id("tiendanube", &crate::desk::remote_id(buyer)).await;
    let refused = desk.run(&["customer", "delete", &buyer, "--yes"]).await.failed(1, "store_refused");
    assert!(
        refused["details"]["reason"].as_str().unwrap().contains("orders"),
        "the store's words: {refused}"
    );

    let (id, remote) = somebody(&desk, "inallweb", 5).await;
    let erased = desk.ok(&["customer", "erase", &id, "--yes"]).await;
    assert_eq!(erased["erased"].to_string(), id);
    desk.ok(&["sync", "--full"]).await;
    assert_eq!(
        desk.ok(&["customers", "--where", &format!("remote_id={remote}")]).await["total"],
        0,
        "and stays away"
    );
    assert_eq!(desk.true_customer("inallweb", &remote).await["deleted"], false, "the store is not touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal() {
    let desk = ready().await;
    let (id, _) = somebody(&desk, "inallweb", 2).await;
    assert_eq!(desk.ok(&["journal", &id]).await, json!({"journal": []}));
    let noted = desk.ok(&["journal", &id, "--add", "- liked the blue one"]).await;
    let entry = &noted["journal"][0];
    assert_eq!(keys(entry), ["id", "author", "text", "written_at"]);
    assert_eq!(entry["text"], "- liked the blue one");
    assert_eq!(desk.ok(&["customers", "liked the blue"]).await["total"], 1, "it is found by its words");
    desk.run(&["journal", &id, "--add", "  "]).await.failed(2, "invalid_input");
    desk.run(&["journal", "99999", "--add", "x"]).await.failed(2, "not_found");
    desk.run(&["customer", "edit", &id, "note=x"]).await.failed(2, "unwritable_field");
}
