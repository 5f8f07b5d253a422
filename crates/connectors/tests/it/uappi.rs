//! Uappi against the sandbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use clientela_connectors::{
    Connector, ConnectorError, Fetched, FieldRefusal, ListRequest, RejectedRecord, StoreCredentials, Urgency,
    Written,
};
use clientela_domain::{CustomerRecord, Field, FieldValue, Presence, RemoteId};
use clientela_sandbox::RateMode;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::stores::{fetched, read_all, shown, text};
use crate::world::World;

async fn world(customers: usize) -> World {
    World::start("uappi", customers, RateMode::Off).await
}

pub(crate) fn tokens<T: Into<String>>(tokens: impl IntoIterator<Item = T>) -> StoreCredentials {
    let mut tokens = tokens.into_iter().map(|token| SecretString::from(token.into()));
    StoreCredentials {
        email: None,
        secret: tokens.next().unwrap_or_default(),
        second_secret: None,
        more_secrets: tokens.collect(),
    }
}

/// A sign-in for every customer, in the order of their ids.
async fn accounts(world: &World) -> Vec<Value> {
    world.control("/accounts", json!({})).await["accounts"].as_array().unwrap().clone()
}

pub(crate) async fn with_everybody(world: &World) -> Arc<dyn Connector> {
    let all = accounts(world).await;
    let all = all.iter().map(|account| account["token"].as_str().unwrap());
    world.connect(world.address(), tokens(all))
}

fn id_of(value: &Value) -> RemoteId {
    RemoteId::new(value["id"].to_string())
}

fn extra(key: &str) -> Field {
    Field::Extra(key.to_owned())
}

/// Reads the whole list, with the records that were left out of it.
async fn read_with_rejected(
    connector: &dyn Connector,
) -> Result<(BTreeMap<String, CustomerRecord>, Vec<RejectedRecord>), ConnectorError> {
    let mut request = ListRequest { page_size: Some(10), ..ListRequest::default() };
    let (mut found, mut rejected) = (BTreeMap::new(), Vec::new());
    loop {
        let page = connector.list(&request, Urgency::Sweep).await?;
        found.extend(page.records.into_iter().map(|record| (record.remote_id.as_str().to_owned(), record)));
        rejected.extend(page.rejected);
        match page.next {
            Some(next) => request.position = Some(next),
            None => return Ok((found, rejected)),
        }
    }
}

/// What holds under every variant.
pub(crate) async fn conforms(world: &World, label: &str) {
    let is = |variant: &str| label == format!("uappi.{variant}");
    let connector = with_everybody(world).await;
    let truth = world.truth().await;
    let identity = connector.identify().await.unwrap_or_else(|error| panic!("{label}: {error:?}"));
    assert!(identity.account.starts_with("uappi http://127.0.0.1:"), "{label}: {}", identity.account);
    assert_eq!(
        (identity.signed_in_as, identity.customers),
        (Some(id_of(&truth[0])), Some(truth.len() as u64))
    );

    let (found, rejected) =
        read_with_rejected(&*connector).await.unwrap_or_else(|error| panic!("{label}: {error:?}"));
    assert_eq!(found.len() + rejected.len(), truth.len(), "{label}");
    for customer in &truth {
        let id = id_of(customer);
        let Some(record) = found.get(id.as_str()) else {
            assert_eq!(customer["active"], false, "{label}: {id} is not in the list");
            assert!(rejected.iter().any(|one| !one.reason.contains('@')), "{label}: {rejected:?}");
            continue;
        };
        let masked = is("masked = always") || customer["masked"] == true && !is("masked = never");
        assert_eq!(record.masked, masked, "{label}: {id}");
        if !masked {
            assert_eq!(record.email.value().unwrap(), customer["email"].as_str().unwrap(), "{label}");
            let value = |text: Option<&str>| text.map_or(FieldValue::Null, self::text);
            let told = value(record.phone.value().map(String::as_str));
            let truth = value(customer["phone"].as_str());
            assert!(told.equivalent(&truth, &Field::Phone), "{label}: {told:?} {truth:?}");
        }
        let created: chrono::DateTime<chrono::Utc> = customer["createdAt"].as_str().unwrap().parse().unwrap();
        let told = record.created_at.value().unwrap();
        let local =
            if is("date_spelling = blank") { chrono::Duration::hours(3) } else { chrono::Duration::zero() };
        assert_eq!(told.timestamp(), (created - local).timestamp(), "{label}");
        assert_eq!(record.total_spent.value().unwrap().to_string(), customer["orderValue"].as_str().unwrap());
        assert_eq!(
            record.addresses.value().unwrap().len(),
            customer["addresses"].as_array().unwrap().len(),
            "{label}"
        );
        assert!(record.orders.value().is_some() && !record.anonymized, "{label}");
    }
    assert!(found.len() > 15, "{label}: {}", found.len());
    let id = id_of(&truth[2]);
    assert_eq!(fetched(&*connector, &id).await, found[id.as_str()], "{label}");
    let unknown = connector.fetch(&RemoteId::new("9007199254999999"), Urgency::Opened).await;
    assert!(matches!(unknown, Err(ConnectorError::SignIn { .. })), "{label}: {unknown:?}");
    edits_arrive(world, &truth[0], label).await;
    assert!(world.statuses().await.keys().all(|status| *status < 500 && *status != 429), "{label}");
}

/// Writes with a token that does not run out, after every lag of the shop.
async fn edits_arrive(world: &World, customer: &Value, label: &str) {
    let connector = world.connector();
    let id = id_of(customer);
    for (name, surname, phone) in [
        ("Zélia", text("D'Ávila"), "(11) 98765-4321"),
        ("Zélia Maria", FieldValue::Null, "+55 21 98765-4321"),
    ] {
        world.control("/clock", json!({"advance_ms": 61_000})).await;
        let fresh = fetched(&*connector, &id).await;
        let changes = [
            (Field::FirstName, text(name)),
            (Field::LastName, surname.clone()),
            (Field::Phone, text(phone)),
            (extra("gender"), text("undefined")),
        ];
        let written = connector.update(&fresh, &changes).await;
        if label == "uappi.masked = always" {
            assert!(matches!(written, Err(ConnectorError::Unwritable { .. })), "{label}: {written:?}");
            assert!(world.log().await.iter().all(|request| request["method"] == "GET"));
            return;
        }
        let record = shown(written.unwrap_or_else(|error| panic!("{label}: {error:?}")));
        for (field, wanted) in &changes {
            let told = record.field(field).into_value().unwrap_or(FieldValue::Null);
            assert!(told.equivalent(wanted, field), "{label}: {field} {told:?}");
        }
        world.control("/clock", json!({"advance_ms": 61_000})).await;
        let again = fetched(&*connector, &id).await;
        for (field, wanted) in &changes {
            let told = again.field(field).into_value().unwrap_or(FieldValue::Null);
            assert!(told.equivalent(wanted, field), "{label}: {field} {told:?}");
        }
        let now = world.true_customer(id.as_str()).await;
        for same in [
            "email",
            "addresses",
            "documents",
            "flags",
            "nationality",
            "birthdate",
            "isCorporate",
            "orders",
            "walletAmount",
        ] {
            assert_eq!(now[same], customer[same], "{label}: {same}");
        }
        assert_eq!(now["nameCorporateName"], name, "{label}");
    }
}

#[tokio::test]
async fn a_store_is_a_shop_and_its_customers_are_the_sign_ins() {
    let world = world(45).await;
    let truth = world.truth().await;
    let connector = with_everybody(&world).await;
    let identity = connector.identify().await.unwrap();
    assert_eq!(identity.customers, Some(45));
    assert_eq!(identity.account, format!("uappi {}", world.sandbox.ready().stores[0].url));
    assert_eq!(connector.requests(), 1);
    let first = connector.list(&ListRequest::default(), Urgency::Sweep).await.unwrap();
    assert_eq!((first.next.as_deref(), first.total), (Some("sign-in:20"), Some(45)));
    let one = world.connector();
    let (found, pages) = read_all(&*one, ListRequest::default()).await.unwrap();
    assert_eq!((found.len(), pages), (1, 1));
    assert_eq!(one.identify().await.unwrap().account, identity.account, "however many have signed in");
    assert!(found.contains_key(id_of(&truth[0]).as_str()));
    for request in world.log().await {
        assert_eq!(request["path"], "/api/v3/customer");
        assert!(request["status"] == 200 || request["status"] == 403, "{request}");
    }
}

#[tokio::test]
async fn a_sign_in_that_is_away_costs_its_own_customer_only() {
    let world = world(6).await;
    let good = accounts(&world).await;
    let good = |place: usize| good[place]["token"].as_str().unwrap().to_owned();
    let secrets = ["lost-s3cret".to_owned(), good(0), "other-s3cret".to_owned(), good(1)];
    let connector = world.connect(world.address(), tokens(secrets));
    let identity = connector.identify().await.unwrap();
    assert_eq!((identity.signed_in_as, identity.customers), (None, Some(4)));
    let (found, rejected) = read_with_rejected(&*connector).await.unwrap();
    assert_eq!((found.len(), rejected.len()), (2, 2));
    assert_eq!(rejected[1].reason, "sign-in 3 of 4: the store does not accept it");
    assert!(!format!("{rejected:?}").contains("s3cret"));
    let lost = connector.fetch(&id_of(&world.truth().await[4]), Urgency::Opened).await;
    assert!(
        matches!(lost, Err(ConnectorError::SignIn { .. })),
        "nobody is buried because a token is away: {lost:?}"
    );

    let none = world.connect(world.address(), tokens(["lost-s3cret", "other-s3cret"]));
    for error in [
        none.identify().await.map(drop).unwrap_err(),
        none.list(&ListRequest::default(), Urgency::Sweep).await.map(drop).unwrap_err(),
    ] {
        assert!(matches!(error, ConnectorError::SignIn { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains("s3cret"));
    }
    world.control("/revoke", json!({})).await;
    let known = connector.fetch(&id_of(&world.truth().await[0]), Urgency::Opened).await;
    assert!(matches!(known, Err(ConnectorError::SignIn { .. })), "{known:?}");
}

#[tokio::test]
async fn all_sign_ins_refused_page_by_page_are_told_at_the_end() {
    let world = world(3).await;
    let connector = world.connect(world.address(), tokens((0..25).map(|place| format!("lost-{place}"))));
    let error = read_with_rejected(&*connector).await.unwrap_err();
    assert!(matches!(error, ConnectorError::SignIn { .. }), "{error:?}");
    assert_eq!(world.log().await.len(), 25);
}

#[tokio::test]
async fn each_customer_is_asked_for_and_changed_with_the_own_token() {
    let world = world(8).await;
    let truth = world.truth().await;
    // Nothing was listed before: whose a token is, is asked of the tokens one by one, and remembered.
    let connector = with_everybody(&world).await;
    let id = id_of(&truth[2]);
    let fresh = fetched(&*connector, &id).await;
    assert_eq!(connector.requests(), 3);
    fetched(&*connector, &id).await;
    assert_eq!(connector.requests(), 4);
    let taken = truth[0]["email"].as_str().unwrap();
    let refused = connector.update(&fresh, &[(Field::Email, text(taken))]).await.unwrap_err();
    let ConnectorError::Refused { status: 422, fields, .. } = refused else { panic!("{refused:?}") };
    let message = "Este email já está sendo usado por outro cliente.".to_owned();
    assert_eq!(fields, [FieldRefusal { field: "email".to_owned(), message }]);
    let record = shown(connector.update(&fresh, &[(Field::LastName, text("Souza"))]).await.unwrap());
    assert_eq!(record.last_name, Presence::Value("Souza".to_owned()));
    for (place, before) in truth.iter().enumerate() {
        let now = world.true_customer(id_of(before).as_str()).await;
        assert_eq!(now["tradeName"] == "Souza", place == 2);
    }
    let put = world.log().await.into_iter().rev().find(|request| request["method"] == "PUT").unwrap();
    let sent: Value = serde_json::from_str(put["body"].as_str().unwrap()).unwrap();
    let keys: Vec<&String> = sent.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["email", "nameCorporateName", "tradeName", "isCorporate", "gender", "phone"]);
    assert_eq!(sent["phone"], truth[2]["phone"], "as it is stored, though it was shown without its country");
}

#[tokio::test]
async fn a_customer_who_has_left_is_missing_and_one_who_is_shut_out_is_told_so() {
    for (how, variant) in [("/delete", "deleted"), ("/redact", "redacted")] {
        for answer in ["404", "401", "shown", "blanked"] {
            if (answer == "shown") == (how == "/redact") && !["404", "401"].contains(&answer) {
                continue;
            }
            let world = World::with("uappi", 5, RateMode::Off, &[(variant, answer)]).await;
            let connector = with_everybody(&world).await;
            let id = id_of(&world.truth().await[1]);
            let fresh = fetched(&*connector, &id).await;
            world.control(how, json!({"id": id.as_str()})).await;
            let found = connector.fetch(&id, Urgency::Opened).await;
            let written = connector.update(&fresh, &[(Field::LastName, text("Souza"))]).await;
            let label = format!("{variant} {answer}");
            match answer {
                "401" => {
                    assert!(matches!(found, Err(ConnectorError::SignIn { .. })), "{label}: {found:?}");
                    assert!(matches!(written, Err(ConnectorError::SignIn { .. })), "{label}: {written:?}");
                }
                "blanked" => {
                    let Ok(Fetched::Found { record, .. }) = found else { panic!("{label}: {found:?}") };
                    assert!(record.anonymized, "{label}");
                    assert!(matches!(
                        connector.update(&record, &[(Field::FirstName, text("Ana"))]).await,
                        Err(ConnectorError::Unwritable { .. })
                    ));
                    continue;
                }
                _ => {
                    assert!(matches!(found, Ok(Fetched::Missing { .. })), "{label}: {found:?}");
                    assert_eq!(written, Ok(Written::Missing), "{label}");
                }
            }
            let (listed, rejected) = read_with_rejected(&*connector).await.unwrap();
            let inactive = world.truth().await.iter().filter(|one| one["active"] == false).count();
            assert!(!listed.contains_key(id.as_str()), "{label}");
            assert_eq!(rejected.len(), inactive + usize::from(answer == "401"), "{label}: {rejected:?}");
        }
    }
    let world = world(4).await;
    let connector = with_everybody(&world).await;
    let id = id_of(&world.truth().await[1]);
    fetched(&*connector, &id).await;
    world.control("/edit", json!({"id": id.as_str(), "set": {"active": false}})).await;
    let shut_out = connector.fetch(&id, Urgency::Opened).await;
    let message = "Conta do cliente está inativa.".to_owned();
    assert_eq!(shut_out, Err(ConnectorError::Forbidden { message }));
    let (_, rejected) = read_with_rejected(&*connector).await.unwrap();
    assert!(rejected.iter().any(|one| one.remote_id.as_deref() == Some(id.as_str())), "{rejected:?}");
}

#[tokio::test]
async fn a_masked_customer_is_read_kept_and_never_written() {
    for asterisks in ["three", "each", "html"] {
        let variants = [("asterisks", asterisks), ("masked", "flagged")];
        let world = World::with("uappi", 3, RateMode::Off, &variants).await;
        let connector = world.connector();
        let id = id_of(&world.truth().await[0]);
        let clear = fetched(&*connector, &id).await;
        world.control("/edit", json!({"id": id.as_str(), "set": {"masked": true}})).await;
        let masked = fetched(&*connector, &id).await;
        assert!(masked.masked && masked.email.value().unwrap().contains('*'), "{asterisks}");
        let mut mirror = clear.clone();
        mirror.absorb(&masked);
        assert_eq!(mirror, clear, "{asterisks}");
        world.clear_log().await;
        let written = connector.update(&masked, &[(Field::LastName, text("Souza"))]).await;
        assert!(matches!(written, Err(ConnectorError::Unwritable { .. })), "{asterisks}: {written:?}");
        assert!(world.log().await.is_empty(), "nothing was sent");
    }
}

#[tokio::test]
async fn the_own_account_is_that_of_each_sign_in() {
    let world = world(4).await;
    let connector = with_everybody(&world).await;
    let truth = world.truth().await;
    assert_eq!(connector.profile(None).await.unwrap().record.remote_id, id_of(&truth[0]));
    let who = id_of(&truth[2]);
    let before = connector.profile(Some(&who)).await.unwrap();
    assert_eq!((&before.record.remote_id, before.preferences), (&who, None));
    let change = [(Field::FirstName, text("Rita")), (extra("is_corporate"), text("true"))];
    let changed = connector.change_profile(Some(&who), &change).await.unwrap().record;
    assert_eq!(changed.first_name, Presence::Value("Rita".to_owned()));
    assert_eq!((&changed.addresses, &changed.orders), (&before.record.addresses, &before.record.orders));
    assert_eq!(world.true_customer(who.as_str()).await["isCorporate"], true);
    let account = connector.capabilities().account.clone().unwrap();
    for field in account.fields {
        assert!(connector.capabilities().access(&field.parse().unwrap()).is_writable(), "{field}");
    }
    let stranger = connector.profile(Some(&RemoteId::new("999999"))).await;
    assert!(matches!(stranger, Err(ConnectorError::SignIn { .. })));
    let note = connector.change_profile(None, &[(Field::Note, text("x"))]).await;
    assert!(matches!(note, Err(ConnectorError::Unwritable { .. })));
    assert_eq!(connector.delete_profile().await, Err(ConnectorError::Unsupported));
    assert_eq!(connector.export_profile().await.map(drop), Err(ConnectorError::Unsupported));
}

#[tokio::test]
async fn a_password_is_changed_wherever_the_shop_takes_it_and_a_wrong_one_is_told() {
    let new = SecretString::from("uma-senha-nova-1");
    for path in ["prefixed", "bare", "both"] {
        for refusal in ["422_errors", "422_coded", "400", "200_false"] {
            let variants = [("password_path", path), ("password_refusal", refusal)];
            let world = World::with("uappi", 3, RateMode::Off, &variants).await;
            let all = accounts(&world).await;
            let connector = with_everybody(&world).await;
            let (who, old) = (id_of(&all[1]), SecretString::from(all[1]["password"].as_str().unwrap()));
            let wrong = connector.change_password(Some(&who), &new, &new).await.unwrap_err();
            let ConnectorError::Refused { message, .. } = &wrong else {
                panic!("{path} {refusal}: {wrong:?}")
            };
            assert!(!message.is_empty() && !format!("{wrong:?}").contains("uma-senha"), "{path} {refusal}");
            connector.change_password(Some(&who), &old, &new).await.unwrap();
            let again = connector.change_password(Some(&who), &old, &new).await;
            assert!(
                matches!(again, Err(ConnectorError::Refused { .. })),
                "{path} {refusal}: it is another now"
            );
            let other = SecretString::from(all[0]["password"].as_str().unwrap());
            connector.change_password(None, &other, &new).await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_the_platform_cannot_do_is_said_before_anything_is_sent() {
    let world = world(2).await;
    let connector = world.connector();
    let id = RemoteId::new("1");
    assert_eq!(connector.delete(&id).await, Err(ConnectorError::Unsupported));
    assert_eq!(connector.create(&Default::default()).await, Err(ConnectorError::Unsupported));
    assert_eq!(connector.find(Some("a@b.example"), None).await, Err(ConnectorError::Unsupported));
    for request in [
        ListRequest { search: Some("Ana".to_owned()), ..ListRequest::default() },
        ListRequest { updated_since: Some(chrono::DateTime::UNIX_EPOCH), ..ListRequest::default() },
        ListRequest { ids: vec![id], ..ListRequest::default() },
        ListRequest { segment: Some("vip".to_owned()), ..ListRequest::default() },
    ] {
        assert_eq!(connector.list(&request, Urgency::Opened).await, Err(ConnectorError::Unsupported));
    }
    assert_eq!(connector.requests(), 0);
}
