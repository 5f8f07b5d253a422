//! What each platform has that the others have not.

use clientela_app::command::{
    AccountEdit, AccountRef, ConfirmedCustomer, CreateRequest, CustomerPassword, EditRequest, MoreSignIn,
    PasswordChange, StoreQuestion,
};
use clientela_app::dto::customer::{AddressDto, CustomerState};
use clientela_app::dto::edit::{EditState, FieldChange};
use clientela_app::dto::query::ListQuery;
use clientela_app::error::Code;
use clientela_app::{account, customers, new_customer, store_question, stores};
use serde_json::json;

use crate::desk::{Desk, refused, remote_id};

fn change(field: &str, value: &str) -> FieldChange {
    FieldChange { field: field.to_owned(), value: Some(value.to_owned()), seen: None }
}

async fn edit(desk: &Desk, id: i64, field: &str, value: &str) -> clientela_app::error::ApiResult<()> {
    let changes = vec![change(field, value)];
    customers::save_edits(&desk.app, EditRequest { id, changes }).await.map(drop)
}

/// Signed in as the first three customers of the shop.
async fn at_uappi() -> (Desk, i64, Vec<i64>) {
    let desk = Desk::new(8).await;
    let store = desk.connect("uappi").await;
    assert_eq!(store.sign_ins, 1);
    for secret in desk.ready("uappi").secrets.iter().skip(1).cloned() {
        stores::add_sign_in(&desk.app, MoreSignIn { store_id: store.id, secret }).await.unwrap();
    }
    desk.synced().await;
    let ids = desk.found(&ListQuery::default()).await.iter().map(|one| one.id).collect();
    (desk, store.id, ids)
}

#[tokio::test]
async fn every_sign_in_of_a_uappi_shop_is_one_customer_of_one_store() {
    let (desk, store, ids) = at_uappi().await;
    assert_eq!(ids.len(), 3);
    let shown = desk.store().await;
    assert_eq!((shown.sign_ins, shown.customers), (3, 3));
    // The same customer's token again takes the place of the one that is there.
    let secret = desk.ready("uappi").secrets[1].clone();
    let again = stores::add_sign_in(&desk.app, MoreSignIn { store_id: store, secret }).await.unwrap();
    assert_eq!(again.sign_ins, 3);
    let wrong = MoreSignIn { store_id: store, secret: "nobody's".to_owned() };
    refused(stores::add_sign_in(&desk.app, wrong).await, Code::SignInNeeded);
    let (other, elsewhere) = Desk::at("tiendanube", 2).await;
    let second = MoreSignIn { store_id: elsewhere, secret: "token".to_owned() };
    refused(stores::add_sign_in(&other.app, second).await, Code::Unsupported);
}

#[tokio::test]
async fn a_national_phone_reaches_uappi_with_its_country_in_front() {
    let (desk, _, ids) = at_uappi().await;
    for id in ids {
        let page = desk.page(id).await;
        let (typed, sent) = match page.customer.extra.get("nationality").map(String::as_str) {
            Some("BR") => ("(11) 98765-4321", "+5511987654321"),
            Some("AR") => ("011 4321-5678", "+541143215678"),
            _ => continue,
        };
        edit(&desk, id, "phone", typed).await.unwrap();
        desk.synced().await;
        let truth = desk.true_customer("uappi", &page.customer.remote_id).await;
        assert_eq!(truth["phone"], sent);
        assert_eq!(desk.page(id).await.customer.state, CustomerState::Clean, "and it is confirmed");
        for (field, value, rule) in [
            ("phone", "4321-5678", "phone_country"),
            ("first_name", "", "required"),
            ("extra.gender", "other", "choice"),
            ("extra.gender", "", "required"),
        ] {
            let error = refused(edit(&desk, id, field, value).await, Code::InvalidInput);
            assert_eq!((error.details["field"].as_str(), error.details["rule"].as_str()), (field, rule));
        }
        let long = refused(edit(&desk, id, "last_name", &"é".repeat(256)).await, Code::InvalidInput);
        assert_eq!((long.details["rule"].as_str(), long.details["limit"].as_str()), ("too_long", "255"));
        edit(&desk, id, "last_name", &"é".repeat(255)).await.unwrap();
        for protected in ["birthday", "is_active", "extra.nationality", "extra.origin"] {
            refused(edit(&desk, id, protected, "1").await, Code::UnwritableField);
        }
        return;
    }
    panic!("somebody of the three is Brazilian or Argentine");
}

#[tokio::test]
async fn the_own_account_of_each_uappi_customer_can_be_changed() {
    let (desk, store_id, ids) = at_uappi().await;
    let of = |customer| AccountRef { store_id, customer };
    let first = account::show(&desk.app, of(None)).await.unwrap();
    let id = ids.into_iter().find(|id| Some(*id) != first.customer).unwrap();
    let shown = account::show(&desk.app, of(Some(id))).await.unwrap();
    assert_eq!(shown.customer, Some(id));
    assert_ne!(first.id, shown.id, "without a choice it is the first");
    let changes = vec![change("first_name", "Zélia"), change("extra.gender", "undefined")];
    let edited =
        account::edit(&desk.app, AccountEdit { store_id, customer: Some(id), changes }).await.unwrap();
    assert_eq!(edited.first_name.as_deref(), Some("Zélia"));
    assert_eq!(desk.page(id).await.customer.first_name.as_deref(), Some("Zélia"), "the list shows it too");
    let accounts = desk.control("/accounts", json!({"platform": "uappi"})).await;
    let one = accounts["accounts"].as_array().unwrap().iter().find(|one| remote_id(one) == shown.id).unwrap();
    let old = one["password"].as_str().unwrap().to_owned();
    let passwords = |old: &str| PasswordChange {
        store_id,
        customer: Some(id),
        old: old.to_owned(),
        new: "Nova-Senha-9".to_owned(),
    };
    refused(account::change_password(&desk.app, passwords("not it")).await, Code::StoreRefused);
    account::change_password(&desk.app, passwords(&old)).await.unwrap();
}

#[tokio::test]
async fn tiendanegocio_takes_a_company_and_a_password_and_never_shows_them() {
    let (desk, store_id) = Desk::at("tiendanegocio", 12).await;
    let fields = vec![
        change("first_name", "Zoe"),
        change("last_name", "Paz"),
        change("email", "zoe@correo.example"),
        change("document", "12345678"),
        change("company", "Paz SRL"),
    ];
    let request = CreateRequest {
        store_id,
        fields,
        addresses: Vec::new(),
        invite: false,
        password: Some("una-clave-1".to_owned()),
        although_duplicate: false,
    };
    let made = new_customer::create(&desk.app, request.clone()).await.unwrap().customer;
    let truth = desk.true_customer("tiendanegocio", &made.remote_id).await;
    assert_eq!((truth["company"].as_str(), truth["password_sets"].as_i64()), (Some("Paz SRL"), Some(1)));
    refused(new_customer::create(&desk.app, request).await, Code::DuplicateCustomer);

    edit(&desk, made.id, "company", "Paz e Hijos").await.unwrap();
    edit(&desk, made.id, "note", "viene los martes").await.unwrap();
    desk.synced().await;
    let truth = desk.true_customer("tiendanegocio", &made.remote_id).await;
    assert_eq!(
        (truth["company"].as_str(), truth["note"].as_str()),
        (Some("Paz e Hijos"), Some("viene los martes"))
    );
    assert_eq!(truth["password_sets"], 1, "an edit never sets a password");
    assert!(desk.edits().await.is_empty(), "what the store does not show is confirmed by its yes");

    customers::set_password(&desk.app, CustomerPassword { id: made.id, new: "otra-clave-2".to_owned() })
        .await
        .unwrap();
    let truth = desk.true_customer("tiendanegocio", &made.remote_id).await;
    assert_eq!(
        (truth["password_sets"].as_i64(), truth["email"].as_str()),
        (Some(2), Some("zoe@correo.example"))
    );
    let (other, _) = Desk::at("tiendanube", 3).await;
    let (there, _) = other.somebody("tiendanube", 0).await;
    let password = CustomerPassword { id: there, new: "x".to_owned() };
    refused(customers::set_password(&other.app, password).await, Code::Unsupported);

    let confirmed = ConfirmedCustomer { id: made.id, confirmation: "zoe@correo.example".to_owned() };
    customers::delete(&desk.app, confirmed).await.unwrap();
    assert_eq!(desk.page(made.id).await.customer.state, CustomerState::Gone);
    assert_eq!(desk.true_customer("tiendanegocio", &made.remote_id).await["deleted"], true);
}

#[tokio::test]
async fn yampi_addresses_are_added_and_changed_and_never_removed() {
    let (desk, _) = Desk::at("yampi", 20).await;
    let everybody = desk.found(&ListQuery::default()).await;
    let one = everybody.iter().find(|one| !one.anonymized && one.email.is_some()).unwrap();
    customers::refresh(&desk.app, clientela_app::command::CustomerRef { id: one.id }).await.unwrap();
    let count = desk.page(one.id).await.customer.addresses.len();
    let address = AddressDto {
        recipient: Some("Zélia Prado".to_owned()),
        district: Some("Boa Vista".to_owned()),
        street: Some("Rua Nova".to_owned()),
        number: Some("12".to_owned()),
        city: Some("Recife".to_owned()),
        region: Some("PE".to_owned()),
        postal_code: Some("50000000".to_owned()),
        ..AddressDto::default()
    };
    let request = clientela_app::command::AddressRequest { id: one.id, address, seen: None };
    customers::save_address(&desk.app, request).await.unwrap();
    desk.synced().await;
    assert!(desk.edits().await.is_empty(), "{:?}", desk.edits().await);
    customers::refresh(&desk.app, clientela_app::command::CustomerRef { id: one.id }).await.unwrap();
    let shown = desk.page(one.id).await.customer.addresses;
    assert_eq!(shown.len(), count + 1);
    let mut new = shown.into_iter().find(|address| address.street.as_deref() == Some("Rua Nova")).unwrap();
    let remove = clientela_app::command::AddressRef { id: one.id, address_id: new.id.clone(), seen: None };
    refused(customers::remove_address(&desk.app, remove).await, Code::UnwritableField);
    new.number = Some("14".to_owned());
    let request = clientela_app::command::AddressRequest { id: one.id, address: new, seen: None };
    customers::save_address(&desk.app, request).await.unwrap();
    edit(&desk, one.id, "note", "portão azul").await.unwrap();
    desk.synced().await;
    assert!(desk.edits().await.is_empty(), "address and field both arrive: {:?}", desk.edits().await);
    let truth = desk.true_customer("yampi", &one.remote_id).await;
    assert!(truth.to_string().contains("portão azul"), "{truth}");
    assert!(truth.to_string().contains("Rua Nova"), "{truth}");
}

#[tokio::test]
async fn who_was_anonymised_at_yampi_is_forgotten_here_and_edits_are_given_to_a_person() {
    let (desk, _) = Desk::at("yampi", 12).await;
    let everybody = desk.found(&ListQuery::default()).await;
    let one = everybody.iter().find(|one| !one.anonymized && one.email.is_some()).unwrap().clone();
    let email = one.email.clone().unwrap();
    edit(&desk, one.id, "note", "ligar amanhã").await.unwrap();
    desk.control("/redact", json!({"platform": "yampi", "id": one.remote_id})).await;
    desk.sync().await;
    let page = desk.page(one.id).await;
    assert!(page.customer.anonymized, "{:?}", page.customer.state);
    assert_ne!(page.customer.email.as_deref(), Some(email.as_str()));
    let everything = serde_json::to_string(&page).unwrap();
    assert!(!everything.contains(&email), "neither page nor timeline tell it");
    let edits = desk.edits().await;
    assert_eq!((edits.len(), edits[0].state), (1, EditState::Parked), "what was typed is still there");
    assert_eq!(edits[0].mine.as_deref(), Some("ligar amanhã"));
    refused(edit(&desk, one.id, "note", "again").await, Code::UnwritableField);
    let found = desk.found(&ListQuery { text: email, ..ListQuery::default() }).await;
    assert!(found.is_empty(), "nor does the search");
}

#[tokio::test]
async fn a_store_can_be_asked_in_its_own_words() {
    for (platform, made) in [
        ("tiendanube", json!({"name": "Zuleica Prado", "email": "zuleica@correio.example"})),
        (
            "tiendanegocio",
            json!({"name": "Zuleica", "last_name": "Prado", "email": "zuleica@correio.example"}),
        ),
        ("yampi", json!({"first_name": "Zuleica", "last_name": "Prado", "email": "zuleica@correio.example"})),
    ] {
        let (desk, store_id) = Desk::at(platform, 15).await;
        let mut made = made;
        made["platform"] = json!(platform);
        let created = desk.control("/create", made).await;
        let question = StoreQuestion {
            store_id,
            search: Some("zuleica@correio.example".to_owned()),
            ..Default::default()
        };
        let answer = store_question::ask(&desk.app, question).await.unwrap();
        assert_eq!((answer.customers.len(), answer.new, answer.more), (1, 1, false), "{platform}: {created}");
        assert_eq!(
            desk.page(answer.customers[0]).await.customer.email.as_deref(),
            Some("zuleica@correio.example")
        );
        let segment = StoreQuestion { store_id, segment: Some("vip".to_owned()), ..Default::default() };
        refused(store_question::ask(&desk.app, segment).await, Code::Unsupported);
    }
    let (desk, store_id) = Desk::at("tiendanube", 15).await;
    let ids: Vec<String> = desk.truth("tiendanube").await.iter().take(3).map(remote_id).collect();
    let by_ids = StoreQuestion { store_id, ids: ids.clone(), ..Default::default() };
    assert_eq!(store_question::ask(&desk.app, by_ids).await.unwrap().customers.len(), 3);
    let few = StoreQuestion { store_id, limit: Some(4), ..Default::default() };
    let answer = store_question::ask(&desk.app, few).await.unwrap();
    assert_eq!((answer.customers.len(), answer.new, answer.more), (4, 0, true));
    let nobody =
        StoreQuestion { store_id, created_from: Some("2099-01-01".to_owned()), ..Default::default() };
    assert!(store_question::ask(&desk.app, nobody).await.unwrap().customers.is_empty());
    let nonsense = StoreQuestion { store_id, created_to: Some("soon".to_owned()), ..Default::default() };
    refused(store_question::ask(&desk.app, nonsense).await, Code::InvalidInput);
    let (desk, store_id, _) = at_uappi().await;
    refused(
        store_question::ask(&desk.app, StoreQuestion { store_id, ..Default::default() }).await,
        Code::Unsupported,
    );
}

#[test]
fn every_name_in_a_declaration_is_a_field_that_can_be_written_there() {
    for platform in stores::known_platforms() {
        let mut names: Vec<String> = platform.creation.iter().flat_map(|form| form.fields.clone()).collect();
        names.extend(platform.creation.iter().flat_map(|form| form.required.clone()));
        let of_account = platform.account.iter().flat_map(|account| account.fields.clone());
        for name in names.iter().cloned().chain(of_account) {
            let plain = if name == "name" { "first_name" } else { name.as_str() };
            let own = plain.strip_prefix("extra.");
            let known = match own {
                Some(key) => platform.own_fields.iter().any(|own| own.key == key),
                None => platform.fields.contains_key(plain),
            };
            assert!(known, "{}: {name}", platform.key);
        }
        for required in platform.creation.iter().flat_map(|form| &form.required) {
            let form = platform.creation.as_ref().unwrap();
            assert!(form.fields.contains(required), "{}: {required} is asked for", platform.key);
        }
    }
}
