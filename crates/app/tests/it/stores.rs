//! Connecting stores, checking them, signing in again, removing them.

use clientela_app::command::{ConfirmedStore, MaybeStore, Nothing, SignIn, StoreRef, SyncRequest};
use clientela_app::dto::query::ListQuery;
use clientela_app::dto::store::{AddStore, StoreState};
use clientela_app::error::Code;
use clientela_app::event::AppEvent;
use clientela_app::{analytics, stores, sync};
use serde_json::json;

use crate::desk::{Desk, refused};

#[tokio::test]
async fn wrong_credentials_are_told_and_not_kept() {
    let desk = Desk::new(5).await;
    for platform in ["inallweb", "tiendanube"] {
        let how = AddStore { secret: "wrong".to_owned(), ..desk.how(platform) };
        let error = refused(stores::add(&desk.app, how).await, Code::SignInNeeded);
        assert_eq!(error.details["store"], platform, "which store it is");
    }
    assert!(stores::list(&desk.app, Nothing {}).await.unwrap().is_empty(), "nothing is kept");
}

#[tokio::test]
async fn what_cannot_be_meant_has_a_code() {
    let desk = Desk::new(5).await;
    let how = || desk.how("tiendanube");
    let url = |url: &str| AddStore { url: Some(url.to_owned()), ..how() };
    for (request, code) in [
        (AddStore { platform: "shopfront".to_owned(), ..how() }, Code::UnknownPlatform),
        (AddStore { name: "  ".to_owned(), ..how() }, Code::InvalidInput),
        (AddStore { secret: " ".to_owned(), ..how() }, Code::InvalidInput),
        (AddStore { store_id: None, ..how() }, Code::InvalidInput),
        (AddStore { store_id: Some("../1".to_owned()), ..how() }, Code::InvalidInput),
        (AddStore { auth_header: Some("x-token".to_owned()), ..how() }, Code::InvalidInput),
        (AddStore { url: None, ..desk.how("inallweb") }, Code::InvalidInput),
        (url("not an address"), Code::InvalidInput),
        (url("ftp://127.0.0.1/v1"), Code::InvalidInput),
        (url("http://loja.example/v1"), Code::InsecureUrl),
        (url("http://10.0.0.7/v1"), Code::InsecureUrl),
        (url("http://127.0.0.1.example.com/v1"), Code::InsecureUrl),
    ] {
        let what = format!("{:?} {:?} {:?}", request.platform, request.url, request.store_id);
        match stores::add(&desk.app, request).await {
            Ok(_) => panic!("{what} was expected to be {code:?}"),
            // An address of no known kind may be told as the one or the other.
            Err(error) if what.contains("ftp") => {
                assert!(matches!(error.code, Code::InvalidInput | Code::InsecureUrl), "{what}: {error:?}");
            }
            Err(error) => assert_eq!(error.code, code, "{what}: {error:?}"),
        }
    }
    desk.connect("tiendanube").await;
    let twin = AddStore { name: "TiendaNube ".to_owned(), ..how() };
    refused(stores::add(&desk.app, twin).await, Code::StoreNameTaken);
    refused(stores::check(&desk.app, StoreRef { store_id: 77 }).await, Code::UnknownStore);
    let unknown = SyncRequest { store_ids: vec![77], full: false };
    refused(sync::start(&desk.app, unknown).await, Code::UnknownStore);
}

#[tokio::test]
async fn a_check_before_the_first_pass_does_not_call_a_store_read() {
    for platform in ["inallweb", "tiendanube"] {
        let desk = Desk::new(5).await;
        let added = desk.connect(platform).await;
        assert_eq!((added.state, added.customers, added.in_step_at), (StoreState::FirstPass, 0, None));
        let checked = stores::check(&desk.app, StoreRef { store_id: added.id }).await.unwrap();
        assert_eq!(checked.state, StoreState::FirstPass, "a check reads nobody");
        let again = SignIn { store_id: added.id, secret: desk.how(platform).secret, second_secret: None };
        let signed_in = stores::sign_in(&desk.app, again).await.unwrap();
        assert_eq!(signed_in.state, StoreState::FirstPass, "nor does a sign-in");
        desk.synced().await;
        let store = desk.store().await;
        assert_eq!((store.state, store.customers), (StoreState::Ready, 5));
        assert!(store.in_step_at.is_some());
        let checked = stores::check(&desk.app, StoreRef { store_id: added.id }).await.unwrap();
        assert_eq!(checked.state, StoreState::Ready);
    }
}

#[tokio::test]
async fn a_store_that_refuses_the_sign_in_goes_on_after_a_new_one() {
    let (desk, store) = Desk::at("tiendanube", 20).await;
    let (id, remote) = desk.somebody("tiendanube", 1).await;
    desk.edit(id, &[("name", "Zélia")]).await.unwrap();
    let revoked = desk.control("/revoke", json!({"platform": "tiendanube"})).await;
    let done = desk.sync().await;
    assert_eq!(done.stores[0].error.as_ref().unwrap().code, Code::SignInNeeded);
    assert_eq!(desk.store().await.state, StoreState::SignInNeeded);
    assert_eq!(desk.edits().await.len(), 1, "the edit waits");
    let wrong = SignIn { store_id: store, secret: "wrong".to_owned(), second_secret: None };
    refused(stores::sign_in(&desk.app, wrong).await, Code::SignInNeeded);
    let secret = revoked["store"]["secrets"][0].as_str().unwrap().to_owned();
    let signed_in =
        stores::sign_in(&desk.app, SignIn { store_id: store, secret, second_secret: None }).await.unwrap();
    assert_eq!(signed_in.state, StoreState::Ready);
    assert_eq!(desk.synced().await.stores[0].pushed, 1);
    assert_eq!(desk.true_customer("tiendanube", &remote).await["name"], "Zélia");
}

/// Seen by a reader of the code: a sync that was under way, or waited for its turn, went on with the old sign-in, and its refusal stood
/// there after the new one.
#[tokio::test]
async fn who_signs_in_during_a_sync_is_not_asked_to_again() {
    let (desk, store) = Desk::at("tiendanube", 20).await;
    let (id, remote) = desk.somebody("tiendanube", 1).await;
    desk.edit(id, &[("name", "Zélia")]).await.unwrap();
    let of_one = json!({"method": "GET", "path_contains": format!("customers/{remote}"), "count": 1});
    desk.fault(of_one, json!({"kind": "delay_ms", "ms": 3000})).await;
    desk.events.take();
    let signs_in = async {
        while !desk.events.take().contains(&AppEvent::StoresChanged) {
            tokio::task::yield_now().await;
        }
        let revoked = desk.control("/revoke", json!({"platform": "tiendanube"})).await;
        let secret = revoked["store"]["secrets"][0].as_str().unwrap().to_owned();
        stores::sign_in(&desk.app, SignIn { store_id: store, secret, second_secret: None }).await.unwrap();
    };
    let (under_way, waiting, ()) = tokio::join!(desk.sync(), desk.sync(), signs_in);
    assert!(under_way.stores[0].complete && waiting.stores[0].complete, "{under_way:?} {waiting:?}");
    assert_eq!(desk.store().await.state, StoreState::Ready);
    assert_eq!(desk.edits().await.len(), 0, "and the edit has arrived");
    assert_eq!(desk.true_customer("tiendanube", &remote).await["name"], "Zélia");
}

#[tokio::test]
async fn a_removed_store_leaves_nothing() {
    let (desk, store) = Desk::at("inallweb", 20).await;
    let remove =
        |confirmation: &str| ConfirmedStore { store_id: store, confirmation: confirmation.to_owned() };
    refused(stores::remove(&desk.app, remove("yes")).await, Code::ConfirmationNeeded);
    desk.events.take();
    stores::remove(&desk.app, remove("inallweb")).await.unwrap();
    assert!(desk.events.take().contains(&AppEvent::StoresChanged));
    assert!(desk.found(&ListQuery::default()).await.is_empty());
    assert!(stores::list(&desk.app, Nothing {}).await.unwrap().is_empty());
    // The same name is free again.
    desk.connect("inallweb").await;
    desk.synced().await;
    assert_eq!(desk.found(&ListQuery::default()).await.len(), 20);
}

#[tokio::test]
async fn events_tell_when_to_look_again() {
    let desk = Desk::new(20).await;
    let store = desk.connect("tiendanube").await.id;
    assert!(desk.events.take().contains(&AppEvent::StoresChanged), "a store was added");
    let done = desk.synced().await;
    let events = desk.events.take();
    assert!(events.contains(&AppEvent::CustomersChanged { store_ids: vec![store] }), "{events:?}");
    assert!(events.contains(&AppEvent::SyncEnded { result: done.stores[0].clone() }), "{events:?}");
    let first_pass = |event: &AppEvent| matches!(event, AppEvent::SyncProgress { progress } if progress.phase == "first_pass" && progress.done == 20);
    assert!(events.iter().any(first_pass), "{events:?}");
    let (id, _) = desk.somebody("tiendanube", 1).await;
    desk.edit(id, &[("name", "Zélia")]).await.unwrap();
    assert!(desk.events.take().contains(&AppEvent::EditsChanged), "an edit was saved");
    desk.synced().await;
    assert!(desk.events.take().contains(&AppEvent::EditsChanged), "an edit arrived");
}

#[tokio::test]
async fn figures_stand_beside_what_the_store_says() {
    let (desk, store) = Desk::at("inallweb", 60).await;
    let all = analytics::figures(&desk.app, MaybeStore { store_id: None }).await.unwrap();
    assert_eq!(
        (all.here.total_customers, all.store.is_none()),
        (60, true),
        "all together have no store to ask"
    );
    let one = analytics::figures(&desk.app, MaybeStore { store_id: Some(store) }).await.unwrap();
    let said = one.store.unwrap();
    assert_eq!((one.here.total_customers, said.total_customers), (60, 60));
    let sorted = |figures: &[clientela_app::dto::analytics::NamedCount]| {
        let mut named: Vec<_> =
            figures.iter().filter(|one| one.count > 0).map(|one| (one.name.clone(), one.count)).collect();
        named.sort();
        named
    };
    assert_eq!(sorted(&one.here.segments), sorted(&said.segments), "the copy counts as the store does");
    assert!(said.active_rate.is_some_and(|rate| (0.0..=1.0).contains(&rate)));
    desk.fault(json!({}), json!({"kind": "status", "status": 401})).await;
    let offline = analytics::figures(&desk.app, MaybeStore { store_id: Some(store) }).await.unwrap();
    assert_eq!(offline.store.unwrap().total_customers, 60, "what it said last is shown");
    assert_eq!(offline.store_said_at, one.store_said_at);
    refused(analytics::figures(&desk.app, MaybeStore { store_id: Some(77) }).await, Code::UnknownStore);
}

/// Tiendanegocio does not say whose store a token opens.
#[tokio::test]
async fn a_token_of_another_store_is_not_taken_where_nobody_there_is_known() {
    let (desk, store) = Desk::at("tiendanegocio", 6).await;
    let again = || SignIn {
        store_id: store,
        secret: desk.ready("tiendanegocio").secrets[0].clone(),
        second_secret: None,
    };
    stores::sign_in(&desk.app, again()).await.unwrap();
    desk.fault(json!({}), json!({"kind": "wrong_store"})).await;
    refused(stores::sign_in(&desk.app, again()).await, Code::AccountChanged);
    desk.clear_faults().await;
    stores::sign_in(&desk.app, again()).await.unwrap();
}

#[tokio::test]
async fn a_renewed_token_is_kept_over_a_restart() {
    let mut desk =
        Desk::with(4, &[("inallweb.refresh_window", "week"), ("inallweb.token_minutes", "1")]).await;
    let login = json!({ "email": desk.how("inallweb").email, "password": desk.how("inallweb").secret });
    let address = format!("{}/api/auth/login", desk.ready("inallweb").url);
    let token = desk.post(&address, &login).await["access_token"].as_str().unwrap().to_owned();
    let how = AddStore { email: None, secret: token, second_secret: None, ..desk.how("inallweb") };
    stores::add(&desk.app, how).await.unwrap();
    desk.synced().await;
    // What was typed is good for a week, and each exchange gives a week more.
    for _ in 0..3 {
        desk.control("/clock", json!({ "advance_ms": 5 * 86_400_000_u64 })).await;
        desk.synced().await;
        desk = desk.reopened().await;
    }
}
