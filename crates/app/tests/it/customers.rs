//! Looking at customers, editing them, making, deleting and erasing them.

use clientela_app::command::{
    AddressRef, AddressRequest, ConfirmedCustomer, CreateRequest, CustomerRef, DecisionRequest, EditRef,
    EditRequest, JournalRequest, RoleRequest, SeenQuestion, SyncRequest,
};
use clientela_app::dto::customer::{AddressDto, CustomerState};
use clientela_app::dto::edit::{Decision, EditState, FieldChange};
use clientela_app::dto::query::ListQuery;
use clientela_app::error::Code;
use clientela_app::{customers, edits, new_customer, sync};
use serde_json::json;

use crate::desk::{Desk, refused, remote_id};

fn confirmed(id: i64, confirmation: &str) -> ConfirmedCustomer {
    ConfirmedCustomer { id, confirmation: confirmation.to_owned() }
}

fn new(store_id: i64, fields: &[(&str, &str)]) -> CreateRequest {
    let field = |(field, value): &(&str, &str)| FieldChange {
        field: (*field).to_owned(),
        value: Some((*value).to_owned()),
        seen: None,
    };
    CreateRequest {
        store_id,
        fields: fields.iter().map(field).collect(),
        addresses: Vec::new(),
        invite: false,
        password: None,
        although_duplicate: false,
    }
}

#[tokio::test]
async fn fields_that_cannot_be_meant_have_a_code_and_save_nothing() {
    let (desk, _) = Desk::at("tiendanube", 20).await;
    let (id, _) = desk.somebody("tiendanube", 1).await;
    for (field, value, code) in [
        ("shoe_size", "43", Code::UnknownField),
        ("", "x", Code::UnknownField),
        ("extra.", "x", Code::UnknownField),
        ("address.1", "x", Code::UnknownField),
        ("last_name", "Lima", Code::UnwritableField),
        ("company", "Lima ME", Code::UnwritableField),
        ("role", "admin", Code::UnwritableField),
        ("is_active", "false", Code::UnwritableField),
        ("email", "ana", Code::InvalidInput),
        ("phone", "ligar", Code::InvalidInput),
    ] {
        // A good field beside it is not saved either.
        let error = refused(desk.edit(id, &[("note", "x"), (field, value)]).await, code);
        assert_eq!(error.details["field"], field, "the field is named");
    }
    refused(desk.edit(77_777, &[("note", "x")]).await, Code::NotFound);
    assert!(desk.edits().await.is_empty(), "nothing was saved");
}

#[tokio::test]
async fn an_edit_can_be_taken_back_and_typed_again() {
    let (desk, _) = Desk::at("tiendanube", 20).await;
    let (id, _) = desk.somebody("tiendanube", 1).await;
    let before = desk.page(id).await.customer;
    let page = desk.edit(id, &[("name", "Zélia")]).await.unwrap();
    assert_eq!((page.customer.state, page.edits.len()), (CustomerState::Edited, 1));
    assert_eq!(page.timeline[0].after.as_deref(), Some("Zélia"), "who changed what is told");
    desk.edit(id, &[("name", "Zélia Lima")]).await.unwrap();
    let edit = desk.edits().await.remove(0);
    assert_eq!(
        (edit.base, edit.mine.as_deref()),
        (before.first_name.clone(), Some("Zélia Lima")),
        "one edit a field"
    );
    let back = desk.edit(id, &[("name", before.first_name.as_deref().unwrap())]).await.unwrap();
    assert_eq!((back.customer.state, back.edits.len()), (CustomerState::Clean, 0), "back where it began");
    desk.edit(id, &[("note", "one\ntwo")]).await.unwrap();
    let edit = desk.edits().await.remove(0);
    edits::discard(&desk.app, EditRef { edit: edit.id }).await.unwrap();
    assert_eq!(desk.page(id).await.customer.note, before.note);
    refused(edits::discard(&desk.app, EditRef { edit: edit.id }).await, Code::NotFound);
}

#[tokio::test]
async fn a_refused_edit_is_tried_again_on_a_persons_word() {
    let (desk, _) = Desk::at("tiendanube", 20).await;
    let (id, remote) = desk.somebody("tiendanube", 1).await;
    let refusal = json!({"kind": "status", "status": 422, "body": {"note": ["is too rude"]}});
    desk.fault(json!({"method": "PUT"}), refusal).await;
    desk.edit(id, &[("note", "rude")]).await.unwrap();
    assert_eq!(desk.synced().await.stores[0].parked, 1);
    let edit = desk.edits().await.remove(0);
    assert_eq!(edit.state, EditState::Parked);
    assert!(edit.reason.unwrap().contains("is too rude"), "the store's own words");
    assert_eq!(desk.page(id).await.customer.state, CustomerState::Parked);
    desk.clear_faults().await;
    edits::retry(&desk.app, EditRef { edit: edit.id }).await.unwrap();
    refused(edits::retry(&desk.app, EditRef { edit: edit.id }).await, Code::InvalidInput);
    desk.synced().await;
    assert_eq!(desk.true_customer("tiendanube", &remote).await["note"], "rude");
}

#[tokio::test]
async fn a_conflict_is_settled_by_a_person() {
    let (desk, _) = Desk::at("inallweb", 20).await;
    let (id, remote) = desk.somebody("inallweb", 1).await;
    desk.edit(id, &[("first_name", "Zélia")]).await.unwrap();
    desk.control("/edit", json!({"platform": "inallweb", "id": remote, "set": {"first_name": "Zoraide"}}))
        .await;
    assert_eq!(desk.synced().await.stores[0].conflicts, 1);
    let edit = desk.edits().await.remove(0);
    assert_eq!((edit.state, edit.theirs.as_deref()), (EditState::Conflict, Some("Zoraide")));
    let decide = |decision| DecisionRequest { edit: edit.id, decision, seen: None };
    edits::resolve(&desk.app, decide(Decision::Text { value: "Zélia Zoraide".to_owned() })).await.unwrap();
    refused(edits::resolve(&desk.app, decide(Decision::Mine)).await, Code::InvalidInput);
    desk.synced().await;
    assert_eq!(desk.true_customer("inallweb", &remote).await["first_name"], "Zélia Zoraide");
    assert_eq!(desk.page(id).await.customer.state, CustomerState::Clean);
}

/// Seen by a reader of the code: the store changed once more between what the person saw and the click, and that change was overwritten.
#[tokio::test]
async fn a_decision_about_another_question_than_the_one_that_was_seen_is_refused() {
    let (desk, _) = Desk::at("inallweb", 20).await;
    let (id, remote) = desk.somebody("inallweb", 1).await;
    desk.edit(id, &[("first_name", "Zélia")]).await.unwrap();
    let name = async |name: &str| {
        let change = json!({"platform": "inallweb", "id": remote, "set": {"first_name": name}});
        desk.control("/edit", change).await;
        desk.synced().await;
    };
    name("Zoraide").await;
    let edit = desk.edits().await.remove(0);
    let seen = Some(SeenQuestion { mine: edit.mine, theirs: edit.theirs });
    let mine = DecisionRequest { edit: edit.id, decision: Decision::Mine, seen };
    name("Zuleica").await;
    refused(edits::resolve(&desk.app, mine.clone()).await, Code::QuestionChanged);
    let edit = desk.edits().await.remove(0);
    assert_eq!((edit.state, edit.theirs.as_deref()), (EditState::Conflict, Some("Zuleica")));
    let seen = Some(SeenQuestion { mine: edit.mine, theirs: edit.theirs });
    edits::resolve(&desk.app, DecisionRequest { seen, ..mine }).await.unwrap();
    desk.synced().await;
    assert_eq!(desk.true_customer("inallweb", &remote).await["first_name"], "Zélia");
}

/// Seen by a reader of the code: an address was removed as it had become, and not as the person had seen it.
#[tokio::test]
async fn an_address_that_changed_since_it_was_seen_is_not_removed_unasked() {
    let (desk, _) = Desk::at("tiendanube", 20).await;
    let truth = desk.truth("tiendanube").await;
    let somebody = truth.iter().find(|one| one["addresses"][0]["address"].is_string()).unwrap();
    let (remote, mut addresses) = (remote_id(somebody), somebody["addresses"].clone());
    let id = desk.id(&remote).await;
    let page = desk.page(id).await;
    let key = addresses[0]["id"].to_string();
    let seen = page.customer.addresses.into_iter().find(|one| one.id == key).unwrap();
    addresses[0]["address"] = json!("Rua Nova");
    let change = json!({"platform": "tiendanube", "id": remote, "set": {"addresses": addresses}});
    desk.control("/edit", change).await;
    desk.synced().await;
    let remove = AddressRef { id, address_id: seen.id.clone(), seen: Some(seen) };
    customers::remove_address(&desk.app, remove).await.unwrap();
    desk.synced().await;
    let edit = desk.edits().await.remove(0);
    assert_eq!(edit.state, EditState::Conflict, "a person decides about what nobody here saw");
    let there = desk.true_customer("tiendanube", &remote).await["addresses"][0]["address"].clone();
    assert_eq!(there, "Rua Nova", "and it is still there");
}

#[tokio::test]
async fn where_the_note_is_read_only_staff_write_the_journal() {
    let (desk, _) = Desk::at("inallweb", 20).await;
    let (id, _) = desk.somebody("inallweb", 1).await;
    refused(desk.edit(id, &[("note", "x")]).await, Code::UnwritableField);
    let write = |text: &str| JournalRequest { id, text: text.to_owned() };
    refused(customers::add_journal_entry(&desk.app, write(" \n ")).await, Code::InvalidInput);
    let page = customers::add_journal_entry(&desk.app, write("prefers the brindle one")).await.unwrap();
    assert_eq!(page.journal[0].text, "prefers the brindle one");
    let query = ListQuery { text: "brindle".to_owned(), ..ListQuery::default() };
    assert_eq!(desk.found(&query).await[0].id, id, "it is found by its words");
    desk.synced().await;
    assert_eq!(desk.page(id).await.journal.len(), 1, "it stays here");
    assert_eq!(desk.found(&query).await.len(), 1, "and is found after a sync");
}

#[tokio::test]
async fn roles_are_given_by_their_names() {
    let (desk, _) = Desk::at("inallweb", 20).await;
    let (id, remote) = desk.somebody("inallweb", 1).await;
    let give = |role: &str| RoleRequest { id, role: role.to_owned(), seen: None };
    let error = refused(customers::change_role(&desk.app, give("emperor")).await, Code::UnknownRole);
    assert!(error.details["roles"].contains("manager"), "what there is, is told");
    refused(customers::change_role(&desk.app, give("")).await, Code::UnknownRole);
    refused(desk.edit(id, &[("role", "staff"), ("phone", "1")]).await, Code::InvalidInput);
    customers::change_role(&desk.app, give("MANAGER ")).await.unwrap();
    desk.synced().await;
    assert_eq!(desk.true_customer("inallweb", &remote).await["role"], "manager");
}

#[tokio::test]
async fn addresses_can_be_added_changed_and_removed() {
    let (desk, _) = Desk::at("tiendanube", 20).await;
    let (id, remote) = desk.somebody("tiendanube", 1).await;
    let count = desk.true_customer("tiendanube", &remote).await["addresses"].as_array().unwrap().len();
    let save = |address| AddressRequest { id, address, seen: None };
    refused(customers::save_address(&desk.app, save(AddressDto::default())).await, Code::InvalidInput);
    let unknown = AddressDto { id: "77".to_owned(), street: Some("Rua".to_owned()), ..AddressDto::default() };
    refused(customers::save_address(&desk.app, save(unknown)).await, Code::NotFound);
    let address = AddressDto {
        street: Some("Rua das Laranjeiras".to_owned()),
        number: Some("12".to_owned()),
        city: Some("Maringá".to_owned()),
        postal_code: Some("87013-000".to_owned()),
        country: Some("br".to_owned()),
        ..AddressDto::default()
    };
    let page = customers::save_address(&desk.app, save(address)).await.unwrap();
    let mut added = page.customer.addresses.iter().find(|one| one.pending).unwrap().clone();
    // Changed again before it was sent: still one address.
    added.number = Some("14".to_owned());
    customers::save_address(&desk.app, save(added)).await.unwrap();
    desk.synced().await;
    let truth = desk.true_customer("tiendanube", &remote).await;
    let list = truth["addresses"].as_array().unwrap();
    assert_eq!(list.len(), count + 1, "{list:?}");
    assert!(
        list.iter().any(|one| one["address"] == "Rua das Laranjeiras" && one["number"] == "14"),
        "{list:?}"
    );
    let known = desk.page(id).await.customer.addresses;
    let known = known.iter().find(|one| one.street.as_deref() == Some("Rua das Laranjeiras")).unwrap();
    let remove = AddressRef { id, address_id: known.id.clone(), seen: None };
    customers::remove_address(&desk.app, remove.clone()).await.unwrap();
    refused(customers::remove_address(&desk.app, remove).await, Code::NotFound);
    desk.synced().await;
    assert_eq!(desk.true_customer("tiendanube", &remote).await["addresses"].as_array().unwrap().len(), count);
}

#[tokio::test]
async fn a_new_customer_is_made_once() {
    let (desk, store) = Desk::at("tiendanube", 20).await;
    let fields = [("name", "Zélia Lima"), ("email", "zelia@correio.example"), ("document", "529.982.247-25")];
    let page = new_customer::create(&desk.app, new(store, &fields)).await.unwrap();
    assert_eq!(page.customer.first_name.as_deref(), Some("Zélia Lima"));
    for twin in [
        vec![("name", "Z"), ("email", "ZELIA@correio.example")],
        vec![("name", "Z"), ("email", "z@correio.example"), ("document", "52998224725")],
    ] {
        let error =
            refused(new_customer::create(&desk.app, new(store, &twin)).await, Code::DuplicateCustomer);
        assert_eq!(error.details["customer"], page.customer.id.to_string(), "who it is");
    }
    let count = desk.truth("tiendanube").await.len();
    assert_eq!(count, 21, "nobody else was made");
    refused(
        new_customer::create(&desk.app, new(store, &[("name", "Z"), ("email", "no mail")])).await,
        Code::InvalidInput,
    );
    refused(new_customer::create(&desk.app, new(store, &[("last_name", "Z")])).await, Code::UnwritableField);
    refused(new_customer::create(&desk.app, new(77, &fields)).await, Code::UnknownStore);
    let refusal = refused(
        new_customer::create(&desk.app, new(store, &[("email", "y@correio.example")])).await,
        Code::InvalidInput,
    );
    assert_eq!((refusal.details["field"].as_str(), refusal.details["rule"].as_str()), ("name", "required"));
    let (other, _) = Desk::at("inallweb", 1).await;
    let there = other.store().await.id;
    refused(new_customer::create(&other.app, new(there, &[("first_name", "Z")])).await, Code::Unsupported);
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_makes_one_record() {
    for fault in [json!({"kind": "reset_after"}), json!({"kind": "status", "status": 500, "applied": true})] {
        let (desk, store) = Desk::at("tiendanube", 20).await;
        desk.fault(json!({"method": "POST", "nth": 1}), fault.clone()).await;
        let fields = [("name", "Zélia Lima"), ("email", "zelia@correio.example")];
        let page = new_customer::create(&desk.app, new(store, &fields)).await.unwrap();
        let truth = desk.truth("tiendanube").await;
        let made: Vec<_> = truth.iter().filter(|one| one["email"] == "zelia@correio.example").collect();
        assert_eq!(made.len(), 1, "{fault}: one and no more");
        assert_eq!(page.customer.remote_id, remote_id(made[0]), "{fault}: and it is the one that is shown");
    }
}

#[tokio::test]
async fn a_create_that_never_arrived_is_told_and_can_be_tried_again() {
    let (desk, store) = Desk::at("tiendanube", 20).await;
    let fields = [("name", "Zélia Lima"), ("email", "zelia@correio.example")];
    desk.fault(json!({"method": "POST", "nth": 1}), json!({"kind": "reset"})).await;
    refused(new_customer::create(&desk.app, new(store, &fields)).await, Code::OutcomeUnknown);
    new_customer::create(&desk.app, new(store, &fields)).await.unwrap();
    assert_eq!(desk.truth("tiendanube").await.len(), 21);
}

#[tokio::test]
async fn a_lost_create_of_a_twin_does_not_show_the_older_twin() {
    let (desk, store) = Desk::at("tiendanube", 20).await;
    let fields = [("name", "Zélia Lima"), ("document", "529.982.247-25"), ("email", "zelia@correio.example")];
    let first = new_customer::create(&desk.app, new(store, &fields)).await.unwrap().customer;
    // Somebody else with the same document, on purpose; the request is lost on its way.
    let twin = [("name", "Zoe Lima"), ("document", "529.982.247-25"), ("email", "zoe@correio.example")];
    let request = CreateRequest { although_duplicate: true, ..new(store, &twin) };
    desk.fault(json!({"method": "POST", "nth": 1}), json!({"kind": "reset"})).await;
    refused(new_customer::create(&desk.app, request.clone()).await, Code::OutcomeUnknown);
    assert_eq!(desk.truth("tiendanube").await.len(), 21, "it did not arrive");
    desk.clear_faults().await;
    desk.fault(json!({"method": "POST", "nth": 1}), json!({"kind": "reset_after"})).await;
    let made = new_customer::create(&desk.app, request).await.unwrap().customer;
    assert_ne!(made.remote_id, first.remote_id, "the one that was made is shown");
    assert_eq!(made.first_name.as_deref(), Some("Zoe Lima"));
}

#[tokio::test]
async fn deleting_needs_a_word_and_the_stores_consent() {
    let (desk, store) = Desk::at("tiendanube", 30).await;
    let page =
        new_customer::create(&desk.app, new(store, &[("name", "Zélia"), ("email", "zelia@correio.example")]))
            .await
            .unwrap();
    let id = page.customer.id;
    desk.edit(id, &[("note", "waits")]).await.unwrap();
    refused(customers::delete(&desk.app, confirmed(id, "yes")).await, Code::ConfirmationNeeded);
    customers::delete(&desk.app, confirmed(id, " ZELIA@correio.example ")).await.unwrap();
    assert_eq!(desk.true_customer("tiendanube", &page.customer.remote_id).await["deleted"], true);
    assert_eq!(desk.page(id).await.customer.state, CustomerState::Gone);
    assert!(desk.edits().await.is_empty(), "nothing waits for who is gone");

    let truth = desk.truth("tiendanube").await;
    let buyer = truth
        .iter()
        .find(|one| !one["orders"].as_array().unwrap().is_empty() && one["email"].is_string())
        .unwrap();
    let buyer_id = desk.id(&remote_id(buyer)).await;
    let outcome = customers::delete(&desk.app, confirmed(buyer_id, buyer["email"].as_str().unwrap())).await;
    let error = refused(outcome, Code::StoreRefused);
    assert!(error.details["reason"].contains("orders"), "the store's words: {error:?}");
    assert_eq!(desk.page(buyer_id).await.customer.state, CustomerState::Clean, "nothing happened");
    let (other, _) = Desk::at("inallweb", 3).await;
    let (there, _) = other.somebody("inallweb", 0).await;
    refused(customers::delete(&other.app, confirmed(there, "x")).await, Code::Unsupported);
}

#[tokio::test]
async fn an_erased_person_is_nowhere_on_the_disk_and_does_not_come_back() {
    for platform in ["inallweb", "tiendanube"] {
        let (desk, _) = Desk::at(platform, 30).await;
        let (id, remote) = desk.somebody(platform, 2).await;
        let name = if platform == "inallweb" { "first_name" } else { "name" };
        desk.edit(id, &[(name, "Zuleica")]).await.unwrap();
        let text = "remembers the brindle one".to_owned();
        customers::add_journal_entry(&desk.app, JournalRequest { id, text }).await.unwrap();
        let email = desk.page(id).await.customer.email.unwrap();
        refused(customers::erase(&desk.app, confirmed(id, "no")).await, Code::ConfirmationNeeded);
        customers::erase(&desk.app, confirmed(id, &email)).await.unwrap();
        refused(customers::page(&desk.app, CustomerRef { id }).await, Code::NotFound);
        for text in ["brindle", "Zuleica", email.as_str()] {
            let query = ListQuery { text: text.to_owned(), ..ListQuery::default() };
            assert!(desk.found(&query).await.iter().all(|one| one.id != id), "{platform}: {text}");
        }
        assert!(desk.edits().await.is_empty(), "{platform}: the edit goes with the person");
        sync::start(&desk.app, SyncRequest { store_ids: Vec::new(), full: true }).await.unwrap();
        assert_eq!(desk.found(&ListQuery::default()).await.len(), 29, "{platform}: and stays away");
        assert_eq!(
            desk.true_customer(platform, &remote).await["deleted"],
            false,
            "{platform}: the store is not touched"
        );
    }
}

#[tokio::test]
async fn looking_at_a_customer_fetches_what_lists_leave_out() {
    let (desk, _) = Desk::at("inallweb", 30).await;
    let (id, remote) = desk.somebody("inallweb", 2).await;
    assert!(desk.page(id).await.orders.is_none(), "not asked yet");
    let page = customers::refresh(&desk.app, CustomerRef { id }).await.unwrap();
    let truth = desk.true_customer("inallweb", &remote).await;
    assert_eq!(page.orders.unwrap().len(), truth["orders"].as_array().unwrap().len());
    assert_eq!(page.customer.addresses.len(), truth["addresses"].as_array().unwrap().len());
    desk.fault(json!({}), json!({"kind": "status", "status": 401})).await;
    refused(customers::refresh(&desk.app, CustomerRef { id }).await, Code::SignInNeeded);
    assert!(desk.page(id).await.orders.is_some(), "the copy still works");
}

#[tokio::test]
async fn whom_a_store_has_emptied_is_only_read() {
    let desk = Desk::with(20, &[("tiendanube.redacted_answer", "blanked")]).await;
    desk.connect("tiendanube").await;
    desk.synced().await;
    let (id, remote) = desk.somebody("tiendanube", 1).await;
    desk.control("/redact", json!({"platform": "tiendanube", "id": remote})).await;
    desk.synced().await;
    let customer = desk.page(id).await.customer;
    if customer.anonymized {
        let changes =
            vec![FieldChange { field: "name".to_owned(), value: Some("Zélia".to_owned()), seen: None }];
        refused(customers::save_edits(&desk.app, EditRequest { id, changes }).await, Code::UnwritableField);
    }
    assert!(
        !customer.email.unwrap_or_default().contains("@correio"),
        "what the store took away is not kept in sight"
    );
}
