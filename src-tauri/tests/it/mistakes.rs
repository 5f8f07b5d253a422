//! What the window is told of a mistake. The shape and these codes are a contract: the interface has words for them.

use serde_json::{Value, json};

use crate::mock::{Shell, Shop};

/// A new error kind without its place here would still be caught: it has to have exactly these three parts.
fn assert_shape(error: &Value) {
    let keys: Vec<_> = error.as_object().unwrap_or_else(|| panic!("{error}")).keys().collect();
    assert_eq!(keys, ["code", "message", "details"], "{error}");
}

#[test]
fn without_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::open(folder.path());
    let store = |changed: Value| {
        let mut store = json!({
            "platform": "tiendanube",
            "name": "Loja",
            "url": "http://127.0.0.1:9/v1",
            "alias": null,
            "store_id": "1",
            "email": null,
            "auth_header": null,
            "secret": "never-to-be-seen",
            "second_secret": null,
        });
        store.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        store
    };
    let told = [
        (
            "store_check",
            json!({ "store_id": 99 }),
            json!({ "code": "unknown_store", "message": "there is no such store", "details": { "store": "99" } }),
        ),
        (
            "sync_start",
            json!({ "store_ids": [99] }),
            json!({ "code": "unknown_store", "message": "there is no such store", "details": { "store": "99" } }),
        ),
        (
            "store_add",
            store(json!({ "platform": "geocities" })),
            json!({
                "code": "unknown_platform",
                "message": "\"geocities\" is not a platform",
                "details": { "platform": "geocities" },
            }),
        ),
        (
            "store_add",
            store(json!({ "name": "  " })),
            json!({ "code": "invalid_input", "message": "a store needs a name", "details": { "field": "name" } }),
        ),
        (
            "store_add",
            store(json!({ "url": "not an address" })),
            json!({ "code": "invalid_input", "message": "the address cannot be read", "details": { "field": "url" } }),
        ),
        (
            "list_rows",
            json!({ "view": 77, "offset": 0, "limit": 10 }),
            json!({ "code": "view_gone", "message": "the list has to be opened again", "details": {} }),
        ),
        (
            "list_open",
            json!({ "sort": "shoe_size" }),
            json!({
                "code": "unknown_field",
                "message": "customers cannot be sorted by this: \"shoe_size\"",
                "details": { "field": "shoe_size" },
            }),
        ),
        (
            "list_open",
            json!({ "filters": { "is_active": "perhaps" } }),
            json!({
                "code": "invalid_input",
                "message": "the value must be true or false",
                "details": { "field": "is_active" },
            }),
        ),
        (
            "edit_retry",
            json!({ "edit": 5 }),
            json!({ "code": "not_found", "message": "there is no such edit", "details": { "edit": "5" } }),
        ),
        (
            "open_folder",
            json!({ "path": "/etc/passwd" }),
            json!({ "code": "not_found", "message": "this file was not written here", "details": {} }),
        ),
    ];
    for (command, request, expected) in told {
        let error = shell.refusal(command, request);
        assert_shape(&error);
        assert_eq!(error, expected, "{command}");
    }
}

/// Their messages hold words of a library, so only what the interface reads is pinned.
#[test]
fn without_a_store_by_code() {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::open(folder.path());
    let insecure = shell.refusal(
        "store_add",
        json!({
            "platform": "tiendanube", "name": "Loja", "url": "http://store.example/v1", "alias": null, "store_id": "1",
            "email": null, "auth_header": null, "secret": "never-to-be-seen", "second_secret": null,
        }),
    );
    assert_shape(&insecure);
    assert_eq!(insecure["code"], "insecure_url", "a token must never travel readable: {insecure}");

    let nobody = shell.refusal("customer_page", json!({ "id": 4_711 }));
    assert_shape(&nobody);
    assert_eq!(nobody["code"], "not_found", "{nobody}");

    // Nothing listens on this port of this machine.
    let silent = shell.refusal(
        "store_add",
        json!({
            "platform": "tiendanube", "name": "Loja", "url": "http://127.0.0.1:9/v1", "alias": null, "store_id": "1",
            "email": null, "auth_header": null, "secret": "never-to-be-seen", "second_secret": null,
        }),
    );
    assert_shape(&silent);
    assert_eq!(
        (&silent["code"], &silent["details"]["store"]),
        (&json!("unreachable"), &json!("Loja")),
        "{silent}"
    );
    for error in [insecure, silent] {
        assert!(!error.to_string().contains("never-to-be-seen"), "no error holds a secret: {error}");
    }
    assert_eq!(shell.ask("stores", json!({})), json!([]), "what was refused is not half connected");
}

#[test]
fn what_a_platform_cannot_do() {
    let shop = Shop::connected("inallweb");
    let id = shop.somebody();

    let note = json!({ "id": id, "changes": [{ "field": "note", "value": "x" }] });
    assert_eq!(
        shop.shell.refusal("customer_edit", note),
        json!({
            "code": "unwritable_field",
            "message": "note cannot be written at In All Web",
            "details": { "field": "note", "platform": "In All Web" },
        })
    );
    assert_eq!(
        shop.shell.refusal("customer_role", json!({ "id": id, "role": "Emperor" })),
        json!({
            "code": "unknown_role",
            "message": "\"emperor\" is not a role of In All Web",
            "details": { "role": "emperor", "roles": "sysadmin, admin, manager, staff, customer" },
        })
    );
    let eyes = json!({ "id": id, "changes": [{ "field": "eye_colour", "value": "green" }] });
    let unknown = shop.shell.refusal("customer_edit", eyes);
    assert_eq!(
        (&unknown["code"], &unknown["details"]["field"]),
        (&json!("unknown_field"), &json!("eye_colour"))
    );

    let remove = json!({ "store_id": shop.store, "confirmation": "loja" });
    assert_eq!(
        shop.shell.refusal("store_remove", remove),
        json!({
            "code": "confirmation_needed",
            "message": "the name of the store has to be typed",
            "details": { "store": "Loja" },
        })
    );
    assert_eq!(shop.shell.ask("edits", json!({})), json!([]), "what was refused is not queued");
}

#[test]
fn what_a_store_refuses() {
    let shop = Shop::connected("tiendanube");
    let store = shop.shell.ask("stores", json!({}))[0].clone();
    let twin = json!({
        "platform": "tiendanube", "name": "loja", "url": store["url"], "alias": null, "store_id": store["store_id"],
        "email": null, "auth_header": null, "secret": "x", "second_secret": null,
    });
    assert_eq!(
        shop.shell.refusal("store_add", twin),
        json!({
            "code": "store_name_taken",
            "message": "a store with this name exists already",
            "details": { "store": "loja" },
        })
    );
    let wrong = json!({ "store_id": shop.store, "secret": "wrong", "second_secret": null });
    let refused = shop.shell.refusal("store_sign_in", wrong);
    assert_shape(&refused);
    assert_eq!(
        (&refused["code"], &refused["details"]["store"]),
        (&json!("sign_in_needed"), &json!("Loja")),
        "{refused}"
    );
    assert_eq!(
        shop.shell.ask("store_check", json!({ "store_id": shop.store }))["state"],
        "ready",
        "the old token stays"
    );
}
