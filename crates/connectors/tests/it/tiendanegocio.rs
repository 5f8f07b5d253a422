//! Tiendanegocio against the sandbox.

use clientela_connectors::{ConnectorError, Deleted, Fetched, ListRequest, NewCustomer, Urgency, Written};
use clientela_domain::{CustomerRecord, Field, FieldValue, Presence, RemoteId};
use clientela_sandbox::RateMode;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::stores::{fetched, shown, text};
use crate::world::World;

async fn world(customers: usize) -> World {
    World::start("tiendanegocio", customers, RateMode::Off).await
}

async fn varied(customers: usize, variants: &[(&str, &str)]) -> World {
    World::with("tiendanegocio", customers, RateMode::Off, variants).await
}

fn id_of(customer: &Value) -> RemoteId {
    RemoteId::new(customer["id"].to_string())
}

/// A customer with every text that an answer shows.
async fn full(world: &World) -> Value {
    let keys = ["name", "last_name", "email", "phone", "identification", "note", "company"];
    let customers = world.truth().await;
    let found = customers
        .iter()
        .find(|one| keys.iter().all(|key| one[*key].as_str().is_some_and(|text| !text.is_empty())));
    found.unwrap_or_else(|| panic!("{}", customers[0])).clone()
}

async fn pushed(world: &World, id: &RemoteId) -> CustomerRecord {
    match world.connector().fetch(id, Urgency::Push).await.unwrap() {
        Fetched::Found { record, .. } => *record,
        Fetched::Missing { .. } => panic!("{id}"),
    }
}

#[tokio::test]
async fn one_question_proves_the_token_and_its_renewal_changes_nothing() {
    let world = world(30).await;
    let connector = world.connector();
    let identity = connector.identify().await.unwrap();
    assert_eq!((identity.customers, connector.requests()), (Some(30), 1));
    assert!(identity.account.starts_with("tiendanegocio http://127.0.0.1:"), "{}", identity.account);
    // Neither who is deleted nor a new token makes it another account.
    world.control("/delete", json!({"id": world.truth().await[0]["id"].to_string()})).await;
    world.control("/revoke", json!({})).await;
    assert!(matches!(connector.identify().await, Err(ConnectorError::SignIn { .. })));
    let renewed = world.connect(world.address(), fresh_credentials(&world).await);
    assert_eq!(renewed.identify().await.unwrap().account, identity.account);
}

async fn fresh_credentials(world: &World) -> clientela_connectors::StoreCredentials {
    let accounts = world.control("/accounts", json!({})).await;
    let token = accounts["accounts"][0]["token"].as_str().unwrap_or_else(|| panic!("{accounts}")).to_owned();
    clientela_connectors::StoreCredentials { secret: SecretString::from(token), ..world.credentials() }
}

#[tokio::test]
async fn the_spelling_of_the_token_that_the_store_takes_is_found_and_kept() {
    for (form, tries) in [("bearer", 1), ("both", 1), ("bare", 2)] {
        let world = varied(3, &[("auth_form", form)]).await;
        let connector = world.connector();
        connector.identify().await.unwrap();
        assert_eq!(connector.requests(), tries, "{form}");
        connector.identify().await.unwrap();
        assert_eq!(connector.requests(), tries + 1, "{form}");
        let wrong = clientela_connectors::StoreCredentials {
            secret: SecretString::from("not-the-token"),
            ..world.credentials()
        };
        let wrong = world.connect(world.address(), wrong);
        assert!(matches!(wrong.identify().await, Err(ConnectorError::SignIn { .. })), "{form}");
        assert_eq!(wrong.requests(), 2);
    }
    let world = world(1).await;
    let mut address = world.address();
    address.url.set_path("/v7");
    let elsewhere = world.connect(address, world.credentials());
    assert_eq!(elsewhere.identify().await, Err(ConnectorError::WrongAddress));
}

#[tokio::test]
async fn a_change_leaves_everything_else_as_it_was_on_both_kinds_of_store() {
    for put in ["merge", "replace"] {
        for unlisted in ["ignored", "stored", "422"] {
            let world =
                varied(400, &[("put", put), ("unlisted_fields", unlisted), ("null_field", "422")]).await;
            let before = full(&world).await;
            let id = id_of(&before);
            let connector = world.connector();
            let changes = [
                (Field::LastName, text("D'Ávila")),
                (Field::Phone, text("+54 11 4321-5678")),
                (Field::Note, FieldValue::Null),
            ];
            let record = shown(connector.update(&pushed(&world, &id).await, &changes).await.unwrap());
            assert_eq!(record.last_name, Presence::Value("D'Ávila".to_owned()));
            let now = world.true_customer(id.as_str()).await;
            assert_eq!((&now["last_name"], &now["phone"]), (&json!("D'Ávila"), &json!("541143215678")));
            assert!(now["note"].as_str().unwrap_or_default().is_empty());
            for same in [
                "name",
                "email",
                "identification",
                "identification_type",
                "address",
                "accepts_marketing",
                "password_sets",
            ] {
                assert_eq!(now[same], before[same], "{put} {unlisted} {same}");
            }
            // Nobody can read a company, so a store that replaces loses it with any write.
            assert_eq!(now["company"] == before["company"], put == "merge");
        }
    }
}

#[tokio::test]
async fn a_company_is_written_and_its_answer_is_silent() {
    let world = world(60).await;
    let id = id_of(&full(&world).await);
    let written =
        world.connector().update(&pushed(&world, &id).await, &[(Field::Company, text("Peña SRL"))]).await;
    assert!(shown(written.unwrap()).company.is_absent());
    assert_eq!(world.true_customer(id.as_str()).await["company"], "Peña SRL");
    assert!(fetched(&*world.connector(), &id).await.company.is_absent());
}

#[tokio::test]
async fn a_password_is_set_only_when_it_is_meant_and_changes_nothing_else() {
    for put in ["merge", "replace"] {
        let world = varied(120, &[("put", put)]).await;
        let before = full(&world).await;
        let id = id_of(&before);
        let connector = world.connector();
        let fresh = pushed(&world, &id).await;
        connector.set_customer_password(&fresh, &SecretString::from("nueva-clave")).await.unwrap();
        let now = world.true_customer(id.as_str()).await;
        assert_eq!(now["password_sets"], before["password_sets"].as_u64().unwrap() + 1);
        for same in ["name", "last_name", "email", "phone", "identification", "note"] {
            assert_eq!(now[same], before[same], "{put} {same}");
        }
        let empty = connector.set_customer_password(&fresh, &SecretString::from("")).await;
        assert!(matches!(empty, Err(ConnectorError::Unwritable { .. })));
        world.control("/delete", json!({"id": id.as_str()})).await;
        let gone = connector.set_customer_password(&fresh, &SecretString::from("nueva-clave")).await;
        assert!(matches!(gone, Err(ConnectorError::Refused { status: 404, .. })), "{gone:?}");
    }
}

#[tokio::test]
async fn what_a_broken_answer_lacks_is_not_deleted_by_writing() {
    let world = varied(400, &[("put", "replace")]).await;
    let connector = world.connector();
    let before = full(&world).await;
    let id = id_of(&before);
    for kind in ["wrong_types", "missing_fields"] {
        world.fault(json!({"match": {"method": "GET", "count": 1}, "fault": {"kind": kind}})).await;
        let Fetched::Found { record, .. } = connector.fetch(&id, Urgency::Push).await.unwrap() else {
            panic!()
        };
        let written = connector.update(&record, &[(Field::Company, text("x"))]).await;
        assert!(matches!(written, Err(ConnectorError::Unreadable { .. })), "{kind} {written:?}");
        world.clear_faults().await;
    }
    assert_eq!(world.true_customer(id.as_str()).await, before);
}

#[tokio::test]
async fn a_customer_is_made_found_and_deleted_under_every_shape_of_refusal() {
    for (variants, status) in [
        (vec![], 422),
        (vec![("unprocessable", "errors"), ("delete_answer", "204")], 422),
        (vec![("unprocessable", "mixed"), ("email_taken", "409"), ("delete_with_orders", "409")], 409),
        (vec![("unprocessable", "no_fields"), ("email_taken", "400"), ("delete_answer", "200_empty")], 400),
        (vec![("error_shape", "error"), ("unprocessable", "no_fields"), ("deleted_answer", "410")], 422),
        (vec![("error_shape", "message"), ("deleted_answer", "200_object"), ("blank", "empty")], 422),
    ] {
        let world = varied(60, &variants).await;
        let connector = world.connector();
        let new = NewCustomer {
            fields: vec![
                (Field::FirstName, text("Zuleica")),
                (Field::LastName, text("Prado")),
                (Field::Email, text("zuleica@correo.example")),
                (Field::Document, text("20-12345678-6")),
                (Field::Company, text("Prado SA")),
            ],
            password: Some(SecretString::from("clave-1")),
            ..NewCustomer::default()
        };
        let made = connector.create(&new).await.unwrap().record;
        let truth = world.true_customer(made.remote_id.as_str()).await;
        assert_eq!((&truth["company"], &truth["password_sets"]), (&json!("Prado SA"), &json!(1)));
        assert_eq!(truth["identification_type"], "CUIT");
        for (email, document) in [
            (Some("ZULEICA@correo.example"), None),
            (None, Some("20123456786")),
            (None, Some("20-12345678-6")),
            (Some("nobody@correo.example"), Some("20 12345678 6")),
        ] {
            let found = connector.find(email, document).await.unwrap();
            assert_eq!(found.iter().map(|one| &one.remote_id).collect::<Vec<_>>(), [&made.remote_id]);
        }
        for (email, document) in
            [(Some("uleica@correo.example"), Some("2012345678")), (Some(" "), Some("-")), (None, None)]
        {
            assert_eq!(connector.find(email, document).await, Ok(Vec::new()));
        }
        let again = connector.create(&new).await.unwrap_err();
        let ConnectorError::Refused { status: told, message, fields } = again else { panic!("{again:?}") };
        assert_eq!(told, status, "{variants:?}");
        assert!(message.contains("taken") || fields.iter().any(|field| field.field == "email"), "{message}");

        assert_eq!(connector.delete(&made.remote_id).await, Ok(Deleted::Done), "{variants:?}");
        assert_eq!(connector.delete(&made.remote_id).await, Ok(Deleted::Missing));
        assert!(matches!(
            connector.fetch(&made.remote_id, Urgency::Opened).await,
            Ok(Fetched::Missing { .. })
        ));
        assert_eq!(connector.update(&made, &[(Field::Note, text("x"))]).await, Ok(Written::Missing));
        let buyer = world.truth().await.into_iter().find(|one| one["orders"] != json!([])).unwrap();
        let refused = connector.delete(&id_of(&buyer)).await;
        assert!(matches!(refused, Err(ConnectorError::Refused { status: 422 | 409, .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn a_refused_scope_is_told_apart() {
    let world = world(5).await;
    let connector = world.connector();
    let fresh = connector.list(&ListRequest::default(), Urgency::Opened).await.unwrap().records.remove(0);
    world.set_variant("scope", "read").await;
    let written = connector.update(&fresh, &[(Field::Note, text("x"))]).await;
    assert!(matches!(written, Err(ConnectorError::Forbidden { .. })));
    assert!(connector.identify().await.is_ok());
    world.set_variant("scope", "none").await;
    assert!(matches!(connector.identify().await, Err(ConnectorError::Forbidden { .. })));
}

#[tokio::test]
async fn a_person_whose_data_was_taken_away_is_marked() {
    let world = varied(20, &[("redacted_answer", "blanked")]).await;
    let connector = world.connector();
    let id = id_of(&world.truth().await[3]);
    assert!(!fetched(&*connector, &id).await.anonymized);
    world.control("/redact", json!({"id": id.as_str()})).await;
    assert!(fetched(&*connector, &id).await.anonymized);
}
