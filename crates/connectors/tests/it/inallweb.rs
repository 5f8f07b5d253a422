//! In All Web against the sandbox.

use clientela_connectors::{
    ConnectorError, Fetched, ListRequest, Preferences, StoreCredentials, Urgency, Written,
};
use clientela_domain::{Field, FieldValue, Presence, RemoteId};
use clientela_sandbox::RateMode;
use secrecy::SecretString;
use serde_json::json;

use crate::stores::{fetched, read_all, shown, text};
use crate::world::World;

async fn world(customers: usize) -> World {
    World::start("inallweb", customers, RateMode::Off).await
}

#[tokio::test]
async fn it_tells_whose_store_it_is_with_two_questions() {
    let world = world(30).await;
    let connector = world.connector();
    let identity = connector.identify().await.unwrap();
    assert_eq!((identity.customers, identity.role.as_deref()), (Some(30), Some("admin")));
    assert!(identity.server_time.is_some() && identity.signed_in_as.is_some());
    assert_eq!(connector.requests(), 3, "signing in, who am I, one customer");
    let again = world.connector().identify().await.unwrap();
    assert_eq!(again.account, identity.account, "a new token is the same account");
}

#[tokio::test]
async fn a_token_alone_signs_in_too() {
    let world = world(3).await;
    let token = world.sandbox.ready().stores[0].secrets[1].clone();
    let credentials = StoreCredentials {
        email: None,
        secret: SecretString::from(token),
        second_secret: None,
        more_secrets: Vec::new(),
    };
    let connector = world.connect(world.address(), credentials);
    let identity = connector.identify().await.unwrap();
    assert_eq!(identity.account, world.connector().identify().await.unwrap().account);
    world.control("/revoke", json!({})).await;
    assert!(matches!(connector.identify().await, Err(ConnectorError::SignIn { .. })));
}

#[tokio::test]
async fn the_whole_list_is_read_once() {
    let world = world(230).await;
    let (found, pages) = read_all(&*world.connector(), ListRequest::default()).await.unwrap();
    let truth = world.truth().await;
    assert_eq!((found.len(), truth.len(), pages), (230, 230, 3));
    for customer in truth {
        let record = &found[&customer["id"].to_string()];
        assert_eq!(record.email.value().unwrap(), customer["email"].as_str().unwrap());
        assert_eq!(record.first_name.value().unwrap(), customer["first_name"].as_str().unwrap());
        assert_eq!(record.phone.value().map(String::as_str), customer["phone"].as_str());
        assert_eq!(record.is_active, Presence::Value(customer["is_active"].as_bool().unwrap()));
        assert!(record.segment.is_absent() && record.orders.is_absent(), "the list does not say it");
    }
}

#[tokio::test]
async fn segments_and_words_narrow_the_list() {
    let world = world(120).await;
    let connector = world.connector();
    let truth = world.truth().await;
    for segment in connector.capabilities().segments {
        let request = ListRequest { segment: Some((*segment).to_owned()), ..ListRequest::default() };
        let (found, _) = read_all(&*connector, request).await.unwrap();
        assert_eq!(found.len(), truth.iter().filter(|customer| customer["segment"] == **segment).count());
        assert!(found.values().all(|record| record.segment == Presence::Value((*segment).to_owned())));
    }
    let email = truth[7]["email"].as_str().unwrap();
    let request = ListRequest { search: Some(email.to_owned()), ..ListRequest::default() };
    let (found, _) = read_all(&*connector, request).await.unwrap();
    assert!(found.values().any(|record| record.email.value().unwrap() == email));
    let since = ListRequest { updated_since: Some(chrono::DateTime::UNIX_EPOCH), ..ListRequest::default() };
    assert_eq!(connector.list(&since, Urgency::Changes).await, Err(ConnectorError::Unsupported));
}

#[tokio::test]
async fn one_customer_tells_orders_addresses_and_the_note() {
    let world = world(60).await;
    let connector = world.connector();
    for customer in world.truth().await {
        let record = fetched(&*connector, &RemoteId::new(customer["id"].to_string())).await;
        assert_eq!(record.segment, Presence::Value(customer["segment"].as_str().unwrap().to_owned()));
        assert_eq!(record.note.value().map(String::as_str), customer["admin_notes"].as_str());
        let orders = customer["orders"].as_array().unwrap();
        assert_eq!(record.orders.value().unwrap().len(), orders.len());
        assert_eq!(record.orders_count, Presence::Value(orders.len() as i64));
        assert_eq!(
            record.total_spent.value().unwrap().to_string(),
            customer["stats"]["total_spent"].as_str().unwrap()
        );
        assert_eq!(record.addresses.value().unwrap().len(), customer["addresses"].as_array().unwrap().len());
        assert!(record.remainder.is_empty(), "{:?}", record.remainder.keys());
    }
    assert!(matches!(
        connector.fetch(&RemoteId::new("999999"), Urgency::Opened).await,
        Ok(Fetched::Missing { .. })
    ));
    let word = connector.fetch(&RemoteId::new("me"), Urgency::Opened).await;
    assert!(matches!(word, Err(ConnectorError::BadAddress { .. })));
}

#[tokio::test]
async fn a_change_writes_its_fields_and_no_others() {
    let world = world(20).await;
    let connector = world.connector();
    let before = world.truth().await[4].clone();
    let id = RemoteId::new(before["id"].to_string());
    let fresh = fetched(&*connector, &id).await;
    let changes = [
        (Field::FirstName, text("Zoé")),
        (Field::Phone, FieldValue::Null),
        (Field::IsActive, FieldValue::Flag(false)),
    ];
    let record = shown(connector.update(&fresh, &changes).await.unwrap());
    assert_eq!(record.first_name, Presence::Value("Zoé".to_owned()));
    assert_eq!((&record.phone, &record.is_active), (&Presence::Null, &Presence::Value(false)));
    assert!(record.orders.is_absent() && record.segment.is_absent() && record.note.is_absent());
    let after = world.true_customer(id.as_str()).await;
    assert_eq!((&after["first_name"], &after["phone"]), (&json!("Zoé"), &json!(null)));
    for same in ["last_name", "email", "admin_notes", "addresses", "orders", "role"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    let put = world.log().await.into_iter().find(|request| request["method"] == "PUT").unwrap();
    let sent: serde_json::Value = serde_json::from_str(put["body"].as_str().unwrap()).unwrap();
    assert_eq!(sent, json!({"first_name": "Zoé", "phone": null, "is_active": false}));
}

#[tokio::test]
async fn a_customer_that_is_gone_is_missing_and_a_refusal_names_its_field() {
    let world = world(5).await;
    let connector = world.connector();
    let id = RemoteId::new(world.truth().await[0]["id"].to_string());
    let fresh = fetched(&*connector, &id).await;
    let long = connector.update(&fresh, &[(Field::Phone, text(&"9".repeat(99)))]).await.unwrap_err();
    let ConnectorError::Refused { status: 422, fields, .. } = long else { panic!("{long:?}") };
    assert_eq!(fields[0].field, "phone");
    world.control("/delete", json!({"id": id.as_str()})).await;
    assert_eq!(connector.update(&fresh, &[(Field::FirstName, text("x"))]).await, Ok(Written::Missing));
    assert_eq!(connector.update(&fresh, &[(Field::Role, text("staff"))]).await, Ok(Written::Missing));
    let email = connector.update(&fresh, &[(Field::Email, text("x@y.example"))]).await.unwrap_err();
    assert!(matches!(email, ConnectorError::Unwritable { .. }));
}

#[tokio::test]
async fn a_role_travels_alone_and_in_the_spelling_of_the_store() {
    for case in ["lower", "title", "snake"] {
        let world = World::with("inallweb", 9, RateMode::Off, &[("role_case", case)]).await;
        let connector = world.connector();
        let id = RemoteId::new(world.truth().await[2]["id"].to_string());
        let fresh = fetched(&*connector, &id).await;
        let record = shown(connector.update(&fresh, &[(Field::Role, text("manager"))]).await.unwrap());
        assert_eq!(record.role, Presence::Value("manager".to_owned()), "{case}");
        assert_eq!(world.true_customer(id.as_str()).await["role"], "manager");
        let refused = connector.update(&fresh, &[(Field::Role, text("admin"))]).await.unwrap_err();
        assert!(
            matches!(refused, ConnectorError::Forbidden { .. }),
            "only a system administrator gives that"
        );
        let mixed = [(Field::Role, text("staff")), (Field::FirstName, text("x"))];
        assert!(matches!(connector.update(&fresh, &mixed).await, Err(ConnectorError::Unwritable { .. })));
        let unknown = connector.update(&fresh, &[(Field::Role, text("cashier"))]).await.unwrap_err();
        assert!(matches!(unknown, ConnectorError::Refused { status: 422, .. }));
    }
}

#[tokio::test]
async fn a_token_that_ran_out_is_replaced_once_and_unseen() {
    let world = World::with("inallweb", 40, RateMode::Off, &[("token_minutes", "1")]).await;
    let connector = world.connector();
    connector.identify().await.unwrap();
    world.control("/clock", json!({"advance_ms": 61_000})).await;
    world.clear_log().await;
    let few = ListRequest { page_size: Some(5), ..ListRequest::default() };
    let (one, two) = tokio::join!(connector.identify(), connector.list(&few, Urgency::Sweep));
    assert!(one.is_ok() && two.is_ok());
    let logins = world.log().await.iter().filter(|request| request["path"] == "/api/auth/login").count();
    assert_eq!(logins, 1, "one sign-in for both");
    world.control("/revoke", json!({})).await;
    assert!(connector.identify().await.is_ok(), "the password is still good");
}

#[tokio::test]
async fn a_lower_rank_may_not_and_a_customer_may_read_only_itself() {
    let world = world(12).await;
    let accounts = world.control("/accounts", json!({})).await["accounts"].as_array().unwrap().clone();
    let of = |role: &str| {
        let account = accounts.iter().find(|account| account["role"] == role).unwrap();
        let secret = account["password"].as_str().unwrap().to_owned();
        world.connect(
            world.address(),
            StoreCredentials {
                email: Some(account["email"].as_str().unwrap().to_owned()),
                secret: SecretString::from(secret),
                second_secret: None,
                more_secrets: Vec::new(),
            },
        )
    };
    for (role, customers) in [
        ("sysadmin", Some(12)),
        ("admin", Some(12)),
        ("manager", Some(12)),
        ("staff", None),
        ("customer", None),
    ] {
        let identity = of(role).identify().await.unwrap();
        assert_eq!((identity.role.as_deref(), identity.customers), (Some(role), customers));
    }
    let list = of("customer").list(&ListRequest::default(), Urgency::Opened).await;
    assert!(matches!(list, Err(ConnectorError::Forbidden { .. })));
    assert!(of("customer").profile(None).await.is_ok());
    let manager = of("manager");
    let fresh = manager.list(&ListRequest::default(), Urgency::Opened).await.unwrap().records.remove(0);
    let role = manager.update(&fresh, &[(Field::Role, text("staff"))]).await;
    assert!(matches!(role, Err(ConnectorError::Forbidden { .. })), "{role:?}");
    assert!(of("sysadmin").update(&fresh, &[(Field::Role, text("admin"))]).await.is_ok());
}

#[tokio::test]
async fn figures_and_the_file_come_as_the_store_makes_them() {
    let world = world(80).await;
    let connector = world.connector();
    let figures = connector.figures().await.unwrap();
    assert_eq!(figures.total_customers, 80);
    assert_eq!(figures.segments.values().sum::<u64>(), 80);
    let active = world.truth().await.iter().filter(|customer| customer["is_active"] == true).count();
    let share: f64 = figures.active_rate.unwrap().to_string().parse().unwrap();
    assert!((share - active as f64 / 80.0).abs() < 0.002, "{share}");
    assert_eq!(figures.top_customers.len(), 5);
    assert!(figures.top_customers[0].total_spent.value().is_some());

    let file = connector.export().await.unwrap();
    assert!(file.bytes.starts_with(b"Name,Email"));
    assert_eq!(file.content_type.as_deref(), Some("text/csv; charset=utf-8"));
    world.set_variant("export_shape", "empty_object").await;
    assert!(matches!(connector.export().await, Err(ConnectorError::Unreadable { .. })));
}

#[tokio::test]
async fn the_own_account_is_read_changed_and_left() {
    let world = world(6).await;
    let connector = world.connector();
    let profile = connector.profile(None).await.unwrap();
    assert!(profile.preferences.is_some());
    let text = |text: &str| FieldValue::Text(text.to_owned());
    let change = [(Field::FirstName, text("Rita")), (Field::Email, text("rita.nova@loja.example"))];
    let changed = connector.change_profile(None, &change).await.unwrap();
    assert_eq!(changed.record.first_name, Presence::Value("Rita".to_owned()));
    assert_eq!(changed.record.last_name, profile.record.last_name);

    let wanted = Preferences { order_updates: false, promotions: true, newsletter: true };
    assert_eq!(connector.change_preferences(wanted).await, Ok(wanted));
    assert_eq!(connector.profile(None).await.unwrap().preferences, Some(wanted));

    let old = world.credentials().secret;
    let new = SecretString::from("uma-senha-nova-1");
    let wrong = connector.change_password(None, &new, &new).await.unwrap_err();
    assert!(matches!(wrong, ConnectorError::Refused { .. }), "{wrong:?}");
    connector.change_password(None, &old, &new).await.unwrap();
    // The session signs in again by itself, with the new e-mail and the new password.
    world.control("/revoke", json!({})).await;
    assert!(connector.profile(None).await.is_ok());

    let file = connector.export_profile().await.unwrap();
    assert!(String::from_utf8(file.bytes).unwrap().contains("rita.nova@loja.example"));
    let taken = world.truth().await[0]["email"].as_str().unwrap().to_owned();
    let taken = [(Field::Email, text(&taken))];
    assert!(matches!(connector.change_profile(None, &taken).await, Err(ConnectorError::Refused { .. })));
    connector.delete_profile().await.unwrap();
    assert!(matches!(connector.profile(None).await, Err(ConnectorError::SignIn { .. })));
}

#[tokio::test]
async fn what_the_platform_cannot_do_is_said_before_anything_is_sent() {
    let world = world(2).await;
    let connector = world.connector();
    let id = RemoteId::new("1");
    assert_eq!(connector.delete(&id).await, Err(ConnectorError::Unsupported));
    assert_eq!(connector.create(&Default::default()).await, Err(ConnectorError::Unsupported));
    assert_eq!(connector.find(Some("a@b.example"), None).await, Err(ConnectorError::Unsupported));
    assert_eq!(connector.requests(), 0);
}

#[tokio::test]
async fn a_store_without_the_question_who_i_am_is_asked_for_the_profile() {
    let world = world(8).await;
    world.fault(json!({"match": {"path_contains": "/auth/me"}, "fault": {"kind": "status", "status": 404, "body": {"detail": "Not Found"}}})).await;
    let identity = world.connector().identify().await.unwrap();
    assert_eq!((identity.customers, identity.role), (Some(8), None));
}

#[tokio::test]
async fn the_largest_page_is_found_and_kept() {
    for (largest, first_pass) in [("20", 5), ("50", 3), ("100", 1)] {
        let world = World::with("inallweb", 60, RateMode::Off, &[("page_size_max", largest)]).await;
        let connector = world.connector();
        connector.profile(None).await.unwrap();
        let before = connector.requests();
        assert_eq!(read_all(&*connector, ListRequest::default()).await.unwrap().0.len(), 60, "{largest}");
        let asked = connector.requests() - before;
        assert_eq!(asked, if largest == "20" { first_pass + 1 } else { first_pass }, "{largest}");
        let before = connector.requests();
        read_all(&*connector, ListRequest::default()).await.unwrap();
        assert!(connector.requests() - before <= asked, "{largest}");
    }
}

#[tokio::test]
async fn smaller_pages_than_asked_for_are_counted_in_their_own_size() {
    use crate::server::{Server, json as reply};
    let page = |page: u64, ids: &[u64]| {
        let items: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        reply(200, &json!({"items": items, "total": 5, "page": page, "page_size": 2, "pages": 3}).to_string())
    };
    let server = Server::start(vec![page(1, &[1, 2]), page(2, &[3, 4]), page(3, &[5])]).await;
    let world = world(0).await;
    let credentials = StoreCredentials {
        email: None,
        secret: SecretString::from("token"),
        second_secret: None,
        more_secrets: Vec::new(),
    };
    let mut address = world.address();
    address.url = server.address.parse().unwrap();
    let connector = world.connect(address, credentials);
    let (found, pages) = read_all(&*connector, ListRequest::default()).await.unwrap();
    assert_eq!((found.len(), pages), (5, 3));
    assert!(server.requests()[1].starts_with("GET /api/customers?page=2&page_size=2 "));
}

#[tokio::test]
async fn a_role_never_reaches_somebody_else() {
    for ids in ["shifted", "unknown"] {
        let world = World::with("inallweb", 9, RateMode::Off, &[("role_ids", ids)]).await;
        let connector = world.connector();
        let before: Vec<_> = world.truth().await.iter().map(|customer| customer["role"].clone()).collect();
        let id = RemoteId::new(world.truth().await[2]["id"].to_string());
        let fresh = fetched(&*connector, &id).await;
        let refused = connector.update(&fresh, &[(Field::Role, text("manager"))]).await;
        assert!(matches!(refused, Err(ConnectorError::Refused { .. })), "{ids}: {refused:?}");
        let after: Vec<_> = world.truth().await.iter().map(|customer| customer["role"].clone()).collect();
        assert_eq!(before, after, "{ids}");
    }
    // Nobody to give a role to is not a customer that is gone.
    let world = world(9).await;
    let connector = world.connector();
    let id = RemoteId::new(world.truth().await[2]["id"].to_string());
    let fresh = fetched(&*connector, &id).await;
    world.fault(json!({"match": {"path_contains": "/role"}, "fault": {"kind": "status", "status": 404, "body": {"detail": "Not Found"}}})).await;
    let refused = connector.update(&fresh, &[(Field::Role, text("manager"))]).await;
    assert!(matches!(refused, Err(ConnectorError::Refused { status: 404, .. })), "{refused:?}");
}

#[tokio::test]
async fn a_sign_in_is_sent_in_the_form_that_the_store_reads() {
    for body in ["email", "username", "form"] {
        let world =
            World::with("inallweb", 4, RateMode::Off, &[("login_body", body), ("token_minutes", "1")]).await;
        let connector = world.connector();
        connector.identify().await.unwrap();
        world.control("/clock", json!({"advance_ms": 61_000})).await;
        world.clear_log().await;
        connector.identify().await.unwrap();
        let logins = world.log().await.iter().filter(|request| request["path"] == "/api/auth/login").count();
        assert_eq!(logins, 1, "{body}: the form that worked is remembered");
        let mut credentials = world.credentials();
        credentials.secret = SecretString::from("wrong-s3cret");
        let wrong = world.connect(world.address(), credentials).identify().await;
        assert!(matches!(wrong, Err(ConnectorError::SignIn { .. })), "{body}: {wrong:?}");
    }
}

#[tokio::test]
async fn a_token_is_exchanged_again_and_again_handed_out_to_be_kept_and_its_end_is_told() {
    let world =
        World::with("inallweb", 4, RateMode::Off, &[("refresh_window", "week"), ("token_minutes", "1")])
            .await;
    let signed_in = world.control("/accounts", json!({})).await;
    assert!(signed_in["accounts"].is_array());
    let login = reqwest::Client::builder().no_proxy().build().unwrap();
    let email = world.credentials().email.unwrap();
    let password = secrecy::ExposeSecret::expose_secret(&world.credentials().secret).to_owned();
    let answer = login
        .post(format!("{}/api/auth/login", world.address().url.as_str().trim_end_matches('/')))
        .header("content-type", "application/json")
        .body(json!({"email": email, "password": password}).to_string())
        .send()
        .await
        .unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    let credentials = StoreCredentials {
        email: None,
        secret: SecretString::from(token),
        second_secret: None,
        more_secrets: Vec::new(),
    };
    let connector = world.connect(world.address(), credentials.clone());
    // Five days each time: the token that was typed is past its week after the second.
    for _ in 0..4 {
        world.control("/clock", json!({"advance_ms": 5 * 86_400_000_u64})).await;
        connector.identify().await.unwrap();
    }
    let renewed = connector.renewed_secret().await.unwrap();
    assert!(connector.renewed_secret().await.is_none(), "it is handed out once");
    let kept = StoreCredentials { secret: renewed, ..credentials };
    world.connect(world.address(), kept).identify().await.unwrap();
    world.control("/clock", json!({"advance_ms": 8 * 86_400_000_u64})).await;
    assert!(matches!(connector.identify().await, Err(ConnectorError::SignIn { .. })));
}

#[tokio::test]
async fn the_own_account_is_changed_in_every_shape_of_its_answers() {
    for variants in [
        &[("password_refused", "401")][..],
        &[("password_refused", "403")],
        &[("password_refused", "422")],
        &[("email_taken", "422")],
        &[("email_taken", "409"), ("detail_shape", "object")],
        &[("validation_shape", "message"), ("detail_shape", "list")],
        &[("delete_account", "deactivated"), ("inactive_account", "400")],
        &[("delete_account", "anonymized"), ("data_export_shape", "csv")],
    ] {
        let world = World::with("inallweb", 6, RateMode::Off, variants).await;
        let connector = world.connector();
        let new = SecretString::from("uma-senha-nova-1");
        let wrong = connector.change_password(None, &new, &new).await.unwrap_err();
        assert!(
            matches!(&wrong, ConnectorError::Refused { message, .. } if !message.is_empty()),
            "{variants:?} {wrong:?}"
        );
        let taken = [(Field::Email, text(world.truth().await[0]["email"].as_str().unwrap()))];
        let taken = connector.change_profile(None, &taken).await.unwrap_err();
        assert!(
            matches!(&taken, ConnectorError::Refused { message, .. } if !message.is_empty()),
            "{variants:?} {taken:?}"
        );
        assert!(!connector.export_profile().await.unwrap().bytes.is_empty());
        connector.delete_profile().await.unwrap();
        assert!(connector.profile(None).await.is_err(), "{variants:?}");
    }
    // Yes, and nothing shown.
    let world = world(6).await;
    let connector = world.connector();
    let silent = |method: &str| json!({"match": {"method": method, "path_contains": "/customers/me"}, "fault": {"kind": "status", "status": 200, "body": {}, "applied": true}});
    world.fault(silent("PUT")).await;
    let changed = connector.change_profile(None, &[(Field::FirstName, text("Rita"))]).await.unwrap();
    assert_eq!(changed.record.first_name, Presence::Value("Rita".to_owned()));
    let wanted = Preferences { order_updates: false, promotions: true, newsletter: false };
    assert_eq!(connector.change_preferences(wanted).await, Ok(wanted));
}

#[tokio::test]
async fn a_search_that_the_store_passes_over_is_made_here() {
    let world = World::with("inallweb", 60, RateMode::Off, &[("search", "ignored")]).await;
    let email = world.truth().await[7]["email"].as_str().unwrap().to_owned();
    let request = ListRequest { search: Some(email.to_uppercase()), ..ListRequest::default() };
    let (found, _) = read_all(&*world.connector(), request).await.unwrap();
    assert_eq!(found.len(), 1);
    let group = ListRequest { group: Some("x".to_owned()), ..ListRequest::default() };
    assert_eq!(world.connector().list(&group, Urgency::Opened).await, Err(ConnectorError::Unsupported));
}
