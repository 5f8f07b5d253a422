//! Uappi against a shop that answers what it is told to: the printed page, and what the sandbox does not do.

use std::sync::Arc;

use clientela_connectors::{
    Connector, ConnectorError, Fetched, FieldRefusal, ListRequest, StoreAddress, Urgency, Written, platform,
};
use clientela_domain::{Field, Presence, RemoteId};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::server::{Reply, Server, answer, json as reply};
use crate::stores::{fetched, shown, text};
use crate::uappi::tokens;
use crate::world::Time;

const PROFILE: &str = include_str!("../documents/uappi_profile.json");
const UPDATED: &str = include_str!("../documents/uappi_updated.json");

/// A shop that gives these answers, and a connector with these tokens.
async fn shop(replies: Vec<Reply>, secrets: &[&str]) -> (Server, Arc<dyn Connector>) {
    let server = Server::start(replies).await;
    let address =
        StoreAddress { url: server.address.parse().unwrap(), alias: None, store_id: None, auth_header: None };
    let connect = platform("uappi").unwrap().connect;
    let connector = connect(address, tokens(secrets.iter().copied()), Time::new(None).ports());
    (server, connector.unwrap_or_else(|error| panic!("{error:?}")))
}

#[tokio::test]
async fn a_401_to_a_new_password_is_about_the_old_one_while_the_token_opens_the_profile() {
    let unauthenticated =
        || reply(401, r#"{"code": 401, "errorCode": "UNAUTHENTICATED", "message": "Não autorizado."}"#);
    let (old, new) = (SecretString::from("s3cret-old"), SecretString::from("s3cret-new"));
    let (server, connector) = shop(vec![unauthenticated(), reply(200, PROFILE)], &["token"]).await;
    let error = connector.change_password(None, &old, &new).await.unwrap_err();
    let ConnectorError::Refused { status: 401, fields, .. } = &error else { panic!("{error:?}") };
    assert_eq!(fields[0].field, "current_password");
    assert!(!format!("{error:?}").contains("s3cret"));
    let sent = &server.requests()[0];
    assert!(sent.starts_with("PUT /api/v3/customer/password "));
    let (_, body) = sent.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(body).unwrap(),
        json!({"currentPassword": "s3cret-old", "password": "s3cret-new", "confirmPassword": "s3cret-new"})
    );
    let (_server, connector) = shop(vec![unauthenticated()], &["token"]).await;
    let error = connector.change_password(None, &old, &new).await.unwrap_err();
    assert_eq!(error, ConnectorError::SignIn { message: "Não autorizado.".to_owned() });

    let done = reply(200, r#"{"status": true, "data": true}"#);
    for nothing_there in [404, 405] {
        let missing = reply(nothing_there, r#"{"message": "Not Found"}"#);
        let (server, connector) = shop(vec![missing, done.clone()], &["token"]).await;
        connector.change_password(None, &old, &new).await.unwrap();
        assert!(server.requests()[1].starts_with("PUT /customer/password "), "{nothing_there}");
    }
    let (server, connector) = shop(vec![reply(404, r#"{"message": "Not Found"}"#)], &["token"]).await;
    assert_eq!(connector.change_password(None, &old, &new).await, Err(ConnectorError::WrongAddress));
    assert_eq!(server.requests().len(), 2);
}

/// The error bodies of the page, each for a question and for a change.
#[tokio::test]
async fn every_printed_refusal_is_told_apart() {
    let refusal = |field: &str, message: &str| FieldRefusal { field: field.into(), message: message.into() };
    let invalid = |fields: Vec<FieldRefusal>| ConnectorError::Refused {
        status: 422,
        message: "The given data was invalid.".to_owned(),
        fields,
    };
    let token = "Token de autenticação inválido ou expirado.";
    let inactive = "Conta do cliente está inativa.";
    let selection = "Campo 'campo_inexistente' não é válido para seleção.";
    let trouble = "the store has trouble (500)".to_owned();
    for (status, body, asked, written) in [
        (
            401,
            json!({"code": 401, "errorCode": "UNAUTHENTICATED", "message": token}),
            Err(ConnectorError::SignIn { message: token.to_owned() }),
            Err(ConnectorError::SignIn { message: token.to_owned() }),
        ),
        (
            403,
            json!({"code": 403, "errorCode": "CUSTOMER_INACTIVE", "message": inactive}),
            Err(ConnectorError::Forbidden { message: inactive.to_owned() }),
            Err(ConnectorError::Forbidden { message: inactive.to_owned() }),
        ),
        (
            404,
            json!({"code": 404, "errorCode": "CUSTOMER_NOT_FOUND", "message": "Cliente não encontrado."}),
            Ok(()),
            Ok(()),
        ),
        (
            404,
            json!({"code": 404, "errorCode": "NOT_FOUND", "message": "Recurso não encontrado."}),
            Err(ConnectorError::WrongAddress),
            Err(ConnectorError::WrongAddress),
        ),
        (
            422,
            json!({
                "code": 422, "errorCode": "VALIDATION_ERROR", "message": "The given data was invalid.",
                "errors": {"fields": [selection]},
            }),
            Err(invalid(vec![refusal("fields", selection)])),
            Err(invalid(vec![refusal("fields", selection)])),
        ),
        (
            422,
            json!({
                "message": "The given data was invalid.",
                "errors": {
                    "email": ["O campo email é obrigatório."],
                    "nameCorporateName": ["O campo name corporate name é obrigatório."],
                    "gender": ["O campo gender é obrigatório."],
                },
            }),
            Err(invalid(vec![
                refusal("email", "O campo email é obrigatório."),
                refusal("nameCorporateName", "O campo name corporate name é obrigatório."),
                refusal("gender", "O campo gender é obrigatório."),
            ])),
            Err(invalid(vec![
                refusal("email", "O campo email é obrigatório."),
                refusal("nameCorporateName", "O campo name corporate name é obrigatório."),
                refusal("gender", "O campo gender é obrigatório."),
            ])),
        ),
        (
            422,
            json!({
                "message": "The given data was invalid.",
                "errors": {"email": ["Este email já está sendo usado por outro cliente."]},
            }),
            Err(invalid(vec![refusal("email", "Este email já está sendo usado por outro cliente.")])),
            Err(invalid(vec![refusal("email", "Este email já está sendo usado por outro cliente.")])),
        ),
        (
            500,
            json!({
                "code": 500, "errorCode": "INTERNAL_SERVER_ERROR", "message": "An internal server error occurred.",
            }),
            Err(ConnectorError::ServerFault { status: 500 }),
            Err(ConnectorError::OutcomeUnknown { cause: trouble }),
        ),
    ] {
        let answer = reply(status, &body.to_string());
        let id = RemoteId::new("123");
        let (_server, connector) = shop(vec![reply(200, PROFILE), answer.clone()], &["token"]).await;
        fetched(&*connector, &id).await;
        let found = connector.fetch(&id, Urgency::Opened).await;
        assert_eq!(found, asked.map(|()| Fetched::Missing { server_time: None }), "{body}");
        let (_server, connector) = shop(vec![reply(200, PROFILE), answer], &["token"]).await;
        let fresh = fetched(&*connector, &id).await;
        let outcome = connector.update(&fresh, &[(Field::LastName, text("Souza"))]).await;
        assert_eq!(outcome, written.map(|()| Written::Missing), "{body}");
    }
}

#[tokio::test]
async fn questions_say_that_they_are_json_and_a_change_is_shown() {
    let (server, connector) = shop(vec![reply(200, PROFILE), reply(200, UPDATED)], &["  a-token\n"]).await;
    let fresh = fetched(&*connector, &RemoteId::new("123")).await;
    let changes = [(Field::Email, text("joao.silva.novo@email.com")), (Field::Phone, text("11987654321"))];
    let record = shown(connector.update(&fresh, &changes).await.unwrap());
    for (field, wanted) in changes {
        assert!(record.field(&field).value().unwrap().equivalent(&wanted, &field), "{field}");
    }
    for request in server.requests() {
        let head = request.to_lowercase();
        assert_eq!(head.matches("content-type: application/json").count(), 1, "{request}");
        assert!(request.contains("authorization: Bearer a-token\r\n"), "{request}");
    }
    for (answer, expected) in [
        ("", true),
        ("{}", true),
        ("null", true),
        (r#"{"status": true, "data": true}"#, true),
        (r#"{"status": false}"#, false),
        ("[7]", false),
    ] {
        let (_server, connector) = shop(vec![reply(200, PROFILE), reply(200, answer)], &["token"]).await;
        let fresh = fetched(&*connector, &RemoteId::new("123")).await;
        let written = connector.update(&fresh, &[(Field::LastName, text("Souza"))]).await;
        match expected {
            true => assert_eq!(written, Ok(Written::Accepted), "{answer}"),
            false => assert!(
                matches!(written, Err(ConnectorError::OutcomeUnknown { .. })),
                "{answer}: {written:?}"
            ),
        }
    }
    let other = PROFILE.replace("\"id\": 123", "\"id\": 124");
    let (_server, connector) = shop(vec![reply(200, PROFILE), reply(200, &other)], &["token"]).await;
    let fresh = fetched(&*connector, &RemoteId::new("123")).await;
    let written = connector.update(&fresh, &[(Field::LastName, text("Souza"))]).await;
    assert!(matches!(written, Err(ConnectorError::OutcomeUnknown { .. })), "{written:?}");
}

/// The printed profile without these keys, or with others in their place.
fn cut(drop: &[&str], set: Value) -> String {
    let mut value: Value = serde_json::from_str(PROFILE).unwrap();
    let map = value.as_object_mut().unwrap();
    for key in drop {
        map.shift_remove(*key);
    }
    for (key, new) in set.as_object().unwrap() {
        map.insert(key.clone(), new.clone());
    }
    value.to_string()
}

#[tokio::test]
async fn what_a_shop_tells_only_by_name_is_asked_for_by_name() {
    let id = RemoteId::new("123");
    let (_server, whole) = shop(vec![reply(200, PROFILE)], &["token"]).await;
    let whole = fetched(&*whole, &id).await;
    let slim =
        cut(&["orderQuantity"], json!({"addresses": [], "documents": [], "flags": null, "lastOrder": null}));
    // The named keys alone, beside the others, and under the names that they were asked for by.
    let alone = r#"{"addresses": ADDRESSES, "documents": [{"type": "CPF", "document": "123.456.789-00"}], "flags": FLAGS, "totalOrderQuantity": 5, "lastOrder": ORDER}"#;
    let printed: Value = serde_json::from_str(PROFILE).unwrap();
    let alone = alone
        .replace("ADDRESSES", &printed["addresses"].to_string())
        .replace("FLAGS", &printed["flags"].to_string())
        .replace("ORDER", &printed["lastOrder"].to_string());
    for more in [alone.as_str(), PROFILE] {
        let replies = vec![reply(200, &slim), reply(200, more), reply(200, more), reply(200, &slim)];
        let (server, connector) = shop(replies, &["token"]).await;
        assert_eq!(fetched(&*connector, &id).await, whole);
        let asked = &server.requests()[1];
        for name in ["addresses", "documents", "flags", "totalOrderQuantity"] {
            assert!(asked.lines().next().unwrap().contains(&format!("fields%5B%5D={name}")), "{asked}");
        }
        assert!(!asked.contains("pointSystemAmount"), "what came is not asked for again");
        // From now on at once; the plain question only where the other does not answer it too.
        assert_eq!(fetched(&*connector, &id).await, whole);
        let requests = server.requests();
        assert!(requests[2].contains("fields%5B%5D=pointSystemAmount"), "{}", requests[2]);
        assert_eq!(requests.len(), if more == PROFILE { 3 } else { 4 });
    }
}

#[tokio::test]
async fn a_shop_that_cannot_be_asked_by_name_is_asked_once_and_its_answer_stands() {
    let id = RemoteId::new("123");
    let slim = cut(&["flags", "lastOrder"], json!({}));
    let unknown = json!({"message": "The given data was invalid.", "errors": {"fields": ["x"]}}).to_string();
    let (server, connector) =
        shop(vec![reply(200, &slim), reply(422, &unknown), reply(200, &slim)], &["token"]).await;
    let record = fetched(&*connector, &id).await;
    assert!(record.accepts_marketing.is_absent() && record.orders.is_absent());
    assert_eq!(record.addresses.value().unwrap().len(), 2);
    fetched(&*connector, &id).await;
    assert_eq!(server.requests().len(), 3);
    let stranger = cut(&[], json!({"id": 124}));
    let (_server, connector) =
        shop(vec![reply(200, PROFILE), reply(200, &slim), reply(200, &stranger)], &["token"]).await;
    fetched(&*connector, &id).await;
    let two = connector.fetch(&id, Urgency::Opened).await;
    assert!(matches!(two, Err(ConnectorError::Unreadable { .. })), "{two:?}");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_left_out_of_the_list_and_told() {
    let (_server, connector) =
        shop(vec![reply(200, r#"{"email": "ana@correio.example"}"#), reply(200, PROFILE)], &["a", "b"]).await;
    let page = connector.list(&ListRequest::default(), Urgency::Sweep).await.unwrap();
    assert_eq!((page.records.len(), page.rejected.len()), (1, 1));
    assert_eq!(page.rejected[0].reason, "sign-in 1 of 2: id is missing");
    let (_server, connector) = shop(
        vec![reply(
            200,
            &json!({"status": true, "data": serde_json::from_str::<Value>(PROFILE).unwrap()}).to_string(),
        )],
        &["a"],
    )
    .await;
    assert_eq!(fetched(&*connector, &RemoteId::new("123")).await.orders_count, Presence::Value(5), "wrapped");
}

#[tokio::test]
async fn the_address_is_the_shop_whatever_page_was_pasted() {
    let server = Server::start(vec![reply(200, PROFILE)]).await;
    let address = StoreAddress {
        url: format!("{}/minha-conta/dados", server.address).parse().unwrap(),
        alias: None,
        store_id: None,
        auth_header: None,
    };
    let connect = platform("uappi").unwrap().connect;
    let connector = connect(address, tokens(["token"]), Time::new(None).ports()).ok().unwrap();
    let identity = connector.identify().await.unwrap();
    assert_eq!(identity.account, format!("uappi {}", server.address));
    assert!(server.requests()[0].starts_with("GET /api/v3/customer HTTP"));
}

#[tokio::test]
async fn a_redirection_is_never_followed_and_no_token_leaves() {
    let elsewhere = Server::start(vec![reply(200, PROFILE)]).await;
    for status in [301, 302, 307, 308] {
        let away = || answer(status, &[("location", &elsewhere.address)], b"");
        let (_server, connector) = shop(vec![reply(200, PROFILE), away()], &["s3cret"]).await;
        let id = RemoteId::new("123");
        let fresh = fetched(&*connector, &id).await;
        let redirected = ConnectorError::Redirected { status };
        assert_eq!(connector.fetch(&id, Urgency::Opened).await, Err(redirected.clone()));
        let changes = [(Field::LastName, text("Souza"))];
        let secret = SecretString::from("s3cret-new");
        let updated = connector.update(&fresh, &changes).await;
        let password = connector.change_password(None, &secret, &secret).await;
        // A 302 may also say that it is done, and where to look at it.
        if status == 302 {
            assert!(matches!(updated, Err(ConnectorError::OutcomeUnknown { .. })), "{updated:?}");
            assert!(matches!(password, Err(ConnectorError::OutcomeUnknown { .. })), "{password:?}");
        } else {
            assert_eq!(updated, Err(redirected.clone()));
            assert_eq!(password, Err(redirected));
        }
    }
    assert!(elsewhere.requests().is_empty());
}
