//! What the crowd of false answers found, one by one.

use std::sync::Arc;

use clientela_connectors::{
    Connector, ConnectorError, Fetched, NewCustomer, StoreAddress, StoreCredentials, Urgency, platform,
};
use clientela_domain::{CustomerRecord, Field, Presence, RemoteId};
use secrecy::SecretString;

use crate::server::{Reply, Server, answer, json};
use crate::stores::text;
use crate::world::Time;

const SECRET: &str = "s3cret-token";

fn store(platform_key: &str, server: &Server) -> Arc<dyn Connector> {
    let address = StoreAddress {
        url: server.address.parse().unwrap(),
        alias: Some("loja".to_owned()),
        store_id: Some("789".to_owned()),
        auth_header: None,
    };
    let credentials = StoreCredentials {
        email: None,
        secret: SecretString::from(SECRET),
        second_secret: Some(SecretString::from("s3cret-key")),
        more_secrets: Vec::new(),
    };
    (platform(platform_key).unwrap().connect)(address, credentials, Time::new(None).ports()).ok().unwrap()
}

fn somebody() -> CustomerRecord {
    CustomerRecord {
        addresses: Presence::Value(Vec::new()),
        first_name: Presence::Value("Ana".to_owned()),
        ..CustomerRecord::new(RemoteId::new("7"))
    }
}

/// Customers as the platforms print them, and their ids.
const WHOLE: [(&str, &str, &str); 3] = [
    ("inallweb", "0", include_str!("../../documents/inallweb_detail.json")),
    ("tiendanegocio", "25", include_str!("../../documents/tiendanegocio_one.json")),
    ("tiendanube", "101", include_str!("../../documents/tiendanube_one.json")),
];

/// The customer whom the first answer of a server shows.
async fn honest(connector: &dyn Connector, id: &str) -> CustomerRecord {
    match connector.fetch(&RemoteId::new(id), Urgency::Push).await.unwrap() {
        Fetched::Found { record, .. } => *record,
        Fetched::Missing { .. } => panic!("{id} is there"),
    }
}

fn page_for_people(status: u16) -> Reply {
    answer(status, &[("content-type", "text/html")], b"<html>Wi-Fi</html>")
}

fn is_unknown<T>(outcome: &Result<T, ConnectorError>) -> bool {
    matches!(outcome, Err(ConnectorError::OutcomeUnknown { .. }))
}

#[tokio::test]
async fn a_page_for_people_deletes_nobody_and_gives_no_password() {
    for platform in ["tiendanegocio", "tiendanube"] {
        let server = Server::start(vec![page_for_people(200)]).await;
        let deleted = store(platform, &server).delete(&RemoteId::new("7")).await;
        assert!(is_unknown(&deleted), "{platform} {deleted:?}");
    }
    let new = SecretString::from("uma-senha-nova-1");
    let (platform, id, whole) = WHOLE[1];
    let server = Server::start(vec![json(200, whole), page_for_people(200)]).await;
    let connector = store(platform, &server);
    let fresh = honest(&*connector, id).await;
    let given = connector.set_customer_password(&fresh, &new).await;
    assert!(is_unknown(&given), "{given:?}");
    let own = store("inallweb", &server);
    let changed = own.change_password(None, &new, &new).await;
    assert!(is_unknown(&changed), "{changed:?}");
    let deleted = own.delete_profile().await;
    assert!(is_unknown(&deleted), "{deleted:?}");
}

#[tokio::test]
async fn an_answer_to_a_change_that_shows_somebody_else_is_none() {
    for (platform, id, whole) in WHOLE {
        let stranger = whole.replacen(&format!("\"id\": {id},"), "\"id\": 987654,", 1);
        let server = Server::start(vec![json(200, whole), json(200, &stranger)]).await;
        let connector = store(platform, &server);
        let fresh = honest(&*connector, id).await;
        let written = connector.update(&fresh, &[(Field::FirstName, text("Anna"))]).await;
        assert!(is_unknown(&written), "{platform} {written:?}");
    }
}

#[tokio::test]
async fn a_role_is_not_given_while_nobody_can_read_whose_number_it_is() {
    let (me, cut) = (r#"{"id": 3, "role": "admin"}"#, r#"{"id": 3, "ro"#);
    for replies in [
        [json(200, me), json(200, cut)],
        [json(200, cut), json(200, me)],
        [page_for_people(200), json(200, me)],
    ] {
        let server = Server::start(replies.to_vec()).await;
        let connector = store("inallweb", &server);
        let given = connector.update(&somebody(), &[(Field::Role, text("staff"))]).await;
        assert!(matches!(given, Err(ConnectorError::Unreadable { .. })), "{given:?}");
        let asked = server.requests();
        assert!(asked.iter().all(|request| request.starts_with("GET ")), "nothing was given: {asked:?}");
    }
}

#[tokio::test]
async fn only_the_store_itself_can_say_that_it_found_nobody() {
    for (reply, expected) in [
        (json(403, r#"{"message": "not for you"}"#), "Forbidden"),
        (page_for_people(404), "WrongAddress"),
        (page_for_people(403), "Forbidden"),
    ] {
        let server = Server::start(vec![reply]).await;
        let error = store("yampi", &server).find(Some("ana@mail.example"), None).await.unwrap_err();
        assert!(format!("{error:?}").starts_with(expected), "{error:?}");
    }
    let server = Server::start(vec![json(404, r#"{"message": "Not Found"}"#)]).await;
    assert_eq!(store("yampi", &server).find(Some("ana@mail.example"), None).await, Ok(Vec::new()));
}

#[tokio::test]
async fn what_a_store_repeats_of_our_secrets_is_told_to_nobody() {
    let password = SecretString::from("uma-senha-nova-1");
    let words =
        format!(r#"{{"message": "{SECRET} s3cret-key uma-senha-nova-1", "errors": {{"{SECRET}": ["x"]}}}}"#);
    for platform in ["inallweb", "tiendanegocio", "tiendanube", "uappi", "yampi"] {
        for status in [400, 401, 402, 403, 404, 422] {
            let server = Server::start(vec![json(status, &words)]).await;
            let store = store(platform, &server);
            let mut errors = vec![store.identify().await.unwrap_err()];
            errors.extend(store.update(&somebody(), &[(Field::FirstName, text("Anna"))]).await.err());
            let told = format!("{errors:?}");
            assert!(!told.contains(SECRET), "{platform} {status}: {told}");
            assert!(platform != "yampi" || !told.contains("s3cret-key"), "{status}: {told}");
        }
    }
    let server = Server::start(vec![json(422, &words)]).await;
    let new = NewCustomer {
        fields: vec![(Field::FirstName, text("Ana")), (Field::Email, text("ana@mail.example"))],
        password: Some(password.clone()),
        ..NewCustomer::default()
    };
    let mut told =
        format!("{:?}", store("inallweb", &server).change_password(None, &password, &password).await);
    told += &format!("{:?}", store("uappi", &server).change_password(None, &password, &password).await);
    for platform in ["tiendanegocio", "tiendanube"] {
        told += &format!("{:?}", store(platform, &server).create(&new).await);
    }
    assert!(told.contains("***") && !told.contains("uma-senha"), "{told}");
}
