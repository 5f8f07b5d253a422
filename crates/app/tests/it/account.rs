//! The signed-in person's own account at In All Web.

use clientela_app::account;
use clientela_app::command::{
    AccountEdit, AccountRef, ConfirmedStore, PasswordChange, PreferencesChange, StoreRef,
};
use clientela_app::dto::account::PreferencesDto;
use clientela_app::dto::edit::FieldChange;
use clientela_app::dto::store::AddStore;
use clientela_app::error::Code;
use clientela_app::stores;
use serde_json::{Value, json};

use crate::desk::{Desk, refused};

fn change(field: &str, value: &str) -> FieldChange {
    FieldChange { field: field.to_owned(), value: Some(value.to_owned()), seen: None }
}

/// Signed in as somebody of this role, with e-mail and password.
async fn as_role(role: &str) -> (Desk, i64, Value) {
    let desk = Desk::new(20).await;
    let accounts = desk.control("/accounts", json!({"platform": "inallweb"})).await;
    let one =
        accounts["accounts"].as_array().unwrap().iter().find(|one| one["role"] == role).unwrap().clone();
    let how = AddStore {
        email: one["email"].as_str().map(str::to_owned),
        secret: one["password"].as_str().unwrap().to_owned(),
        ..desk.how("inallweb")
    };
    let store = stores::add(&desk.app, how).await.unwrap().id;
    (desk, store, one)
}

#[tokio::test]
async fn who_is_signed_in_can_look_and_change() {
    let (desk, store_id, one) = as_role("manager").await;
    let shown = account::show(&desk.app, AccountRef { store_id, customer: None }).await.unwrap();
    assert_eq!(shown.email.as_deref(), one["email"].as_str());
    let changes = vec![change("first_name", "Amélie"), change("phone", "+351 912 345 678")];
    let changed = account::edit(&desk.app, AccountEdit { store_id, customer: None, changes }).await.unwrap();
    assert_eq!(
        (changed.first_name.as_deref(), changed.phone.as_deref()),
        (Some("Amélie"), Some("+351 912 345 678"))
    );
    let forbidden = AccountEdit { store_id, customer: None, changes: vec![change("role", "sysadmin")] };
    refused(account::edit(&desk.app, forbidden).await, Code::UnwritableField);
    let wanted = PreferencesDto { order_updates: false, promotions: true, newsletter: true };
    let kept = account::change_preferences(&desk.app, PreferencesChange { store_id, preferences: wanted })
        .await
        .unwrap();
    assert_eq!(kept, wanted);
    let file = account::export(&desk.app, StoreRef { store_id }).await.unwrap();
    assert!(String::from_utf8_lossy(&file.bytes).contains("Amélie"), "what the store holds, as it comes");
}

#[tokio::test]
async fn a_new_password_is_kept_where_the_app_signs_in_with_it() {
    let (desk, store_id, one) = as_role("admin").await;
    let old = one["password"].as_str().unwrap().to_owned();
    let passwords = |old: &str, new: &str| PasswordChange {
        store_id,
        customer: None,
        old: old.to_owned(),
        new: new.to_owned(),
    };
    refused(
        account::change_password(&desk.app, passwords("not it", "new-password-9")).await,
        Code::StoreRefused,
    );
    account::change_password(&desk.app, passwords(&old, "new-password-9")).await.unwrap();
    // The old token is worthless; only the new password signs in again.
    desk.control("/revoke", json!({"platform": "inallweb"})).await;
    desk.synced().await;
    assert_eq!(stores::check(&desk.app, StoreRef { store_id }).await.unwrap().customers, 20);
}

#[tokio::test]
async fn deleting_the_own_account_needs_its_email() {
    let (desk, store_id, one) = as_role("manager").await;
    let confirmed = |text: &str| ConfirmedStore { store_id, confirmation: text.to_owned() };
    refused(account::delete(&desk.app, confirmed("yes")).await, Code::ConfirmationNeeded);
    refused(account::delete(&desk.app, confirmed("")).await, Code::ConfirmationNeeded);
    account::delete(&desk.app, confirmed(&one["email"].as_str().unwrap().to_uppercase())).await.unwrap();
    refused(account::show(&desk.app, AccountRef { store_id, customer: None }).await, Code::SignInNeeded);
}

#[tokio::test]
async fn platforms_without_one_say_so() {
    let (desk, store_id) = Desk::at("tiendanube", 2).await;
    refused(account::show(&desk.app, AccountRef { store_id, customer: None }).await, Code::Unsupported);
    let passwords = PasswordChange { store_id, customer: None, old: "a".to_owned(), new: "b".to_owned() };
    refused(account::change_password(&desk.app, passwords).await, Code::Unsupported);
}

/// Staff and customers of the shop have an account of their own and may not list the others.
#[tokio::test]
async fn who_may_not_see_customers_has_the_own_account_all_the_same() {
    for role in ["staff", "customer"] {
        let (desk, store_id, one) = as_role(role).await;
        let shown = account::show(&desk.app, AccountRef { store_id, customer: None }).await.unwrap();
        assert_eq!(shown.email.as_deref(), one["email"].as_str(), "{role}");
        assert_eq!(desk.store().await.signed_in_role.as_deref(), Some(role));
        assert!(desk.store().await.grantable_roles.is_empty(), "{role} gives no roles");
        let done = desk.sync().await;
        let error = done.stores[0].error.as_ref().unwrap();
        assert_eq!(error.code, Code::Forbidden, "{role}");
        assert!(error.details["reason"].contains("permissions"), "{role}: the store's own words: {error:?}");
    }
}
