//! Tiendanube: every shape in which it says no, and what the connector makes of it.

use clientela_connectors::{
    Connector, ConnectorError, Fetched, FieldRefusal, ListRequest, NewCustomer, StoreAddress, Urgency,
};
use clientela_domain::{Field, FieldValue, Presence, RemoteId};
use clientela_sandbox::RateMode;
use secrecy::SecretString;
use serde_json::json;

use crate::server::{Reply, Server, answer, json as reply};
use crate::stores::text;
use crate::world::World;

async fn varied(customers: usize, variants: &[(&str, &str)]) -> World {
    World::with("tiendanube", customers, RateMode::Off, variants).await
}

/// A connector to a store that gives this answer to everything.
async fn always(told: Reply) -> (std::sync::Arc<dyn Connector>, Server) {
    let server = Server::start(vec![told]).await;
    let world = World::start("tiendanube", 0, RateMode::Off).await;
    let address = StoreAddress { url: server.address.parse().unwrap(), ..world.address() };
    (world.connect(address, world.credentials()), server)
}

fn refused(status: u16, message: &str, fields: &[(&str, &str)]) -> ConnectorError {
    let fields = fields
        .iter()
        .map(|(field, message)| FieldRefusal { field: (*field).to_owned(), message: (*message).to_owned() })
        .collect();
    ConnectorError::Refused { status, message: message.to_owned(), fields }
}

#[tokio::test]
async fn every_printed_shape_is_typed_with_the_words_of_the_store() {
    let said = |text: &str| text.to_owned();
    for (status, body, expected) in [
        (400, r#"{"error":"Problems parsing JSON"}"#, refused(400, "Problems parsing JSON", &[])),
        (
            400,
            r#"{"code":400,"message":"Bad Request","description":"Missing User-Agent header"}"#,
            refused(400, "Missing User-Agent header", &[]),
        ),
        (
            401,
            r#"{"code":401,"message":"Unauthorized","description":"Invalid access token"}"#,
            ConnectorError::SignIn { message: said("Invalid access token") },
        ),
        (
            200,
            r#"{"error":"invalid_token","error_description":"The token was revoked"}"#,
            ConnectorError::SignIn { message: said("The token was revoked") },
        ),
        (
            402,
            r#"{"code":402,"message":"Payment Required","description":null}"#,
            ConnectorError::Unpaid { message: said("Payment Required") },
        ),
        (
            403,
            r#"{"code":403,"message":"Forbidden","description":"Missing a required scope: read_customers"}"#,
            ConnectorError::Forbidden { message: said("Missing a required scope: read_customers") },
        ),
        (
            415,
            r#"{"code":415,"message":"Unsupported Media Type","description":"Content-Type should be application/json"}"#,
            refused(415, "Content-Type should be application/json", &[]),
        ),
        (
            422,
            r#"{"code":422,"message":"Unprocessable Entity","description":"The customer has orders"}"#,
            refused(422, "The customer has orders", &[]),
        ),
        (
            422,
            r#"{"email":["is invalid","is too long"],"name":["can't be blank"]}"#,
            refused(
                422,
                "email: is invalid is too long; name: can't be blank",
                &[("email", "is invalid is too long"), ("name", "can't be blank")],
            ),
        ),
        (
            422,
            r#"{"code":422,"message":"Unprocessable Entity","description":"Validation error","email":["has already been taken"]}"#,
            refused(422, "Validation error", &[("email", "has already been taken")]),
        ),
        (409, r#"{"code":409,"message":"Conflict","description":null}"#, refused(409, "Conflict", &[])),
    ] {
        let (connector, _server) = always(reply(status, body)).await;
        let id = RemoteId::new("7");
        assert_eq!(connector.fetch(&id, Urgency::Opened).await, Err(expected.clone()), "{body}");
        assert_eq!(connector.identify().await, Err(expected.clone()), "{body}");
        assert_eq!(connector.delete(&id).await, Err(expected.clone()), "{body}");
        assert_eq!(connector.create(&NewCustomer::default()).await, Err(expected), "{body}");
    }
}

#[tokio::test]
async fn a_404_means_the_customer_only_when_the_store_says_it() {
    let id = RemoteId::new("7");
    for body in [
        r#"{"code":404,"message":"Not Found","description":"Customer with such id does not exist"}"#,
        r#"{"code":404,"message":"Not Found","description":null}"#,
    ] {
        let (connector, _server) = always(reply(404, body)).await;
        assert!(matches!(connector.fetch(&id, Urgency::Opened).await, Ok(Fetched::Missing { .. })));
        assert_eq!(connector.identify().await, Err(ConnectorError::WrongAddress));
    }
    let page = answer(404, &[("content-type", "text/html")], b"<h1>404 Not Found</h1>");
    let (connector, _server) = always(page).await;
    assert_eq!(connector.fetch(&id, Urgency::Opened).await, Err(ConnectorError::WrongAddress));
    assert_eq!(connector.delete(&id).await, Err(ConnectorError::WrongAddress));
    // In the sandbox too, whose store shows such a page for every refusal under this variant.
    let world = varied(30, &[("refusal_shape", "html")]).await;
    let connector = world.connector();
    let (found, _) = crate::stores::read_all(&*connector, ListRequest::default()).await.unwrap();
    assert_eq!(found.len(), 30);
    let missing = connector.fetch(&RemoteId::new("9007199254999999"), Urgency::Opened).await;
    assert_eq!(missing, Err(ConnectorError::WrongAddress));
}

#[tokio::test]
async fn trouble_after_a_change_leaves_its_outcome_open() {
    for told in [reply(500, r#"{"code":500,"message":"Internal Server Error"}"#), answer(201, &[], b"")] {
        let (connector, server) = always(told).await;
        let created = connector.create(&NewCustomer::default()).await;
        assert!(matches!(created, Err(ConnectorError::OutcomeUnknown { .. })), "{created:?}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_sign_in_that_fails_as_if_all_was_well_is_a_failed_sign_in() {
    let variants = [("unauthorized_status", "200"), ("auth_header", "authorization")];
    let world = varied(3, &variants).await;
    let connector = world.connector();
    assert!(connector.identify().await.is_ok());
    assert_eq!(connector.requests(), 2, "the other header is tried");
    world.control("/revoke", json!({})).await;
    assert!(matches!(connector.identify().await, Err(ConnectorError::SignIn { .. })));
    let written = connector.delete(&RemoteId::new(world.truth().await[0]["id"].to_string())).await;
    assert!(matches!(written, Err(ConnectorError::SignIn { .. })), "{written:?}");
}

#[tokio::test]
async fn a_customer_with_orders_stays_and_the_store_says_why() {
    for (form, status) in [("422_code", 422), ("422_flat", 422), ("409", 409), ("400", 400), ("403", 403)] {
        let world = varied(30, &[("delete_with_orders", form)]).await;
        let buyer = world.truth().await.into_iter().find(|one| one["orders"] != json!([])).unwrap();
        let told = world.connector().delete(&RemoteId::new(buyer["id"].to_string())).await.unwrap_err();
        let (told, message) = match told {
            ConnectorError::Refused { status, message, .. } => (status, message),
            ConnectorError::Forbidden { message } => (403, message),
            other => panic!("{form}: {other:?}"),
        };
        assert_eq!(told, status, "{form}");
        assert!(message.contains("has orders"), "{form}: {message}");
        assert_eq!(world.truth().await.len(), 30);
    }
}

#[tokio::test]
async fn an_e_mail_that_is_taken_is_refused_in_the_words_of_the_store() {
    for (form, status) in [("422_field", 422), ("422_code", 422), ("409", 409), ("400", 400)] {
        let world = varied(30, &[("email_taken", form)]).await;
        let taken = world.truth().await.into_iter().find_map(|one| one["email"].as_str().map(str::to_owned));
        let new = NewCustomer {
            fields: vec![(Field::FirstName, text("Ana")), (Field::Email, FieldValue::Text(taken.unwrap()))],
            ..NewCustomer::default()
        };
        let told = world.connector().create(&new).await.unwrap_err();
        let ConnectorError::Refused { status: told, message, .. } = told else { panic!("{form}: {told:?}") };
        assert_eq!(told, status, "{form}");
        assert!(message.contains("taken"), "{form}: {message}");
    }
}

#[tokio::test]
async fn an_invitation_and_a_password_go_out_once_and_are_not_kept() {
    let world = varied(3, &[]).await;
    let connector = world.connector();
    let new = |email: &str, invite: bool, password: Option<&str>| NewCustomer {
        fields: vec![(Field::FirstName, text("Ana")), (Field::Email, text(email))],
        addresses: ["Rua A", "Rua B"]
            .map(|street| clientela_domain::Address {
                street: Some(street.to_owned()),
                is_default: street == "Rua B",
                ..clientela_domain::Address::default()
            })
            .to_vec(),
        invite,
        password: password.map(|text| SecretString::from(text.to_owned())),
    };
    for (email, invite, password) in [("a@x.example", true, Some("s3gredo!")), ("b@x.example", false, None)] {
        let made = connector.create(&new(email, invite, password)).await.unwrap().record;
        let truth = world.true_customer(made.remote_id.as_str()).await;
        assert_eq!(truth["send_email_invite"], invite);
        assert_eq!(truth["password_set"], password.is_some());
        assert!(!serde_json::to_string(&made).unwrap().contains("s3gredo"));
        // The first becomes the default, whatever is wanted; a body that says otherwise is an error there.
        let Presence::Value(addresses) = &made.addresses else { panic!() };
        let shown: Vec<_> = addresses.iter().map(|one| (one.street.as_deref(), one.is_default)).collect();
        assert_eq!(shown, [(Some("Rua A"), true), (Some("Rua B"), false)]);
    }
    let empty = connector.create(&new("c@x.example", false, Some(""))).await;
    assert!(matches!(empty, Err(ConnectorError::Unwritable { .. })), "{empty:?}");
}
