//! What becomes of an edit on its way, for everything that a store can answer.

use clientela_database::table::edit::EditState;
use clientela_database::table::store::StoreState;
use clientela_domain::{Field, FieldValue};
use clientela_sync::SyncStop;
use serde_json::{Value, json};

use crate::compare::copy_is_the_truth;
use crate::world::{World, text};

const BOTH: [&str; 2] = ["inallweb", "tiendanube"];

/// The field that holds the given name, as the platform writes it.
fn name_key(world: &World) -> &'static str {
    if world.platform == "inallweb" { "first_name" } else { "name" }
}

async fn ready(platform: &'static str) -> (World, String) {
    let world = World::start(platform, 30).await;
    world.synced().await;
    world.clear_log().await;
    let id = world.somebody(0).await;
    (world, id)
}

async fn true_name(world: &World, id: &str) -> String {
    world.true_customer(id).await[name_key(world)].as_str().unwrap().to_owned()
}

async fn puts(world: &World) -> usize {
    world.requests("PUT").await.len()
}

#[tokio::test]
async fn an_edit_arrives_once_and_is_confirmed() {
    for platform in BOTH {
        let (world, id) = ready(platform).await;
        let changes = [(Field::FirstName, text("Zélia")), (Field::Phone, text("+55 11 98765-4321"))];
        world.edit(&id, &changes).await;
        let report = world.synced().await;
        assert_eq!(
            (report.pushed, report.conflicts, report.parked),
            (2, 0, 0),
            "{platform}: both are confirmed"
        );
        assert_eq!(true_name(&world, &id).await, "Zélia", "{platform}");
        assert_eq!(puts(&world).await, 1, "{platform}: what goes together goes in one write");
        assert!(world.edits(&id).await.is_empty(), "{platform}: nothing waits");
        copy_is_the_truth(&world, platform).await;
        world.synced().await;
        assert_eq!(puts(&world).await, 1, "{platform}: nothing is sent again");
    }
}

#[tokio::test]
async fn a_lost_answer_is_read_and_not_sent_again() {
    for platform in BOTH {
        let (world, id) = ready(platform).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world.fault(json!({"method": "PUT", "nth": 1}), json!({"kind": "reset_after"})).await;
        let report = world.synced().await;
        assert_eq!(report.pushed, 1, "{platform}: reading shows that it arrived");
        assert_eq!(puts(&world).await, 1, "{platform}: it is not sent a second time");
        assert_eq!(true_name(&world, &id).await, "Zélia", "{platform}");
        assert!(world.edits(&id).await.is_empty(), "{platform}");
    }
}

#[tokio::test]
async fn a_lost_request_is_sent_again() {
    for platform in BOTH {
        for fault in [
            json!({"kind": "reset"}),
            json!({"kind": "status", "status": 500}),
            json!({"kind": "status", "status": 503, "headers": {"retry-after": "2"}}),
            json!({"kind": "status", "status": 502, "html": "<h1>502</h1>"}),
            json!({"kind": "status", "status": 504, "html": "<h1>504</h1>"}),
        ] {
            let (world, id) = ready(platform).await;
            world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
            world.fault(json!({"method": "PUT", "nth": 1}), fault.clone()).await;
            let report = world.synced().await;
            assert_eq!(report.pushed, 1, "{platform} {fault}: it arrives with the second try");
            assert_eq!(puts(&world).await, 2, "{platform} {fault}");
            assert_eq!(true_name(&world, &id).await, "Zélia", "{platform} {fault}");
        }
    }
}

#[tokio::test]
async fn an_error_that_was_applied_all_the_same_is_not_sent_again() {
    for platform in BOTH {
        for fault in [
            json!({"kind": "status", "status": 500, "applied": true}),
            json!({"kind": "status", "status": 503, "applied": true, "html": "<h1>503</h1>"}),
            json!({"kind": "html_200"}),
            json!({"kind": "truncate_at", "bytes": 20}),
            json!({"kind": "malformed_json"}),
            json!({"kind": "invalid_utf8"}),
        ] {
            let (world, id) = ready(platform).await;
            world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
            world.fault(json!({"method": "PUT", "nth": 1}), fault.clone()).await;
            let report = world.synced().await;
            assert_eq!(report.pushed, 1, "{platform} {fault}");
            let most = if fault["kind"] == "html_200" { 2 } else { 1 };
            assert_eq!(
                puts(&world).await,
                most,
                "{platform} {fault}: only what did not arrive is sent again"
            );
            assert_eq!(true_name(&world, &id).await, "Zélia", "{platform} {fault}");
        }
    }
}

#[tokio::test]
async fn a_store_that_never_takes_it_gets_three_tries_and_a_person_the_rest() {
    for platform in BOTH {
        let (world, id) = ready(platform).await;
        let other = world.somebody(1).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world.edit(&other, &[(Field::FirstName, text("Inês"))]).await;
        let path = format!("customers/{id}");
        let matching = json!({"method": "PUT", "path_contains": path});
        world.fault(matching, json!({"kind": "status", "status": 500})).await;
        let report = world.synced().await;
        assert_eq!((report.pushed, report.parked), (1, 1), "{platform}: one is given up, the other arrives");
        assert_eq!(true_name(&world, &other).await, "Inês", "{platform}: nobody is blocked");
        let (field, ..) = world.parked(&id).await;
        assert_eq!(field, Field::FirstName, "{platform}");
        assert_eq!(world.edits(&id).await[0].mine, text("Zélia"), "{platform}: the text is kept");
    }
}

#[tokio::test]
async fn a_pause_is_kept_and_the_edit_arrives() {
    for platform in BOTH {
        for (headers, least) in [
            (json!({}), 1),
            (json!({"retry-after": "7"}), 7),
            (json!({"retry-after": "0"}), 0),
            (json!({"retry-after": "soon"}), 1),
            // As far as the platform's rate headers go, zero places are left.
            (
                json!({"x-rate-limit-limit": "40", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "3000"}),
                1,
            ),
        ] {
            let (world, id) = ready(platform).await;
            world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
            let fault = json!({"kind": "status", "status": 429, "headers": headers.clone()});
            world.fault(json!({"method": "PUT", "nth": 1}), fault).await;
            let before = world.clock.waits().iter().sum::<std::time::Duration>();
            let report = world.synced().await;
            let waited = world.clock.waits().iter().sum::<std::time::Duration>() - before;
            assert_eq!(report.pushed, 1, "{platform} {headers}: a pause loses nothing");
            assert!(waited.as_secs() >= least, "{platform} {headers}: waited {waited:?}");
            assert_eq!(true_name(&world, &id).await, "Zélia", "{platform} {headers}");
        }
        // As a date.
        let (world, id) = ready(platform).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        let headers =
            json!({"retry-after": "Sun, 06 Nov 1994 08:49:40 GMT", "date": "Sun, 06 Nov 1994 08:49:30 GMT"});
        let fault = json!({"kind": "status", "status": 429, "headers": headers});
        world.fault(json!({"method": "PUT", "nth": 1}), fault).await;
        assert_eq!(world.synced().await.pushed, 1, "{platform}");
        assert!(
            world.clock.waits().iter().any(|wait| wait.as_secs() >= 9),
            "{platform}: ten seconds by its clock"
        );
    }
}

#[tokio::test]
async fn a_pause_without_end_stops_the_store_and_counts_no_try() {
    for platform in BOTH {
        let (world, id) = ready(platform).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world.fault(json!({"method": "PUT"}), json!({"kind": "status", "status": 429})).await;
        for _ in 0..4 {
            let report = world.sync().await;
            assert!(report.stop.is_some(), "{platform}: the store asks for a pause");
            let edits = world.edits(&id).await;
            assert_eq!(
                (&edits[0].state, edits[0].tries),
                (&EditState::Pending, 0),
                "{platform}: nothing was tried"
            );
        }
        world.clear_faults().await;
        world.pass_time(1_000).await;
        assert_eq!(world.synced().await.pushed, 1, "{platform}");
    }
}

#[tokio::test]
async fn an_unreachable_store_leaves_edits_as_they_are() {
    for platform in BOTH {
        let (world, id) = ready(platform).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world.fault(json!({}), json!({"kind": "refuse"})).await;
        for _ in 0..4 {
            let report = world.sync().await;
            assert!(matches!(report.stop, Some(SyncStop::Store(_))), "{platform}: {:?}", report.stop);
        }
        let edits = world.edits(&id).await;
        assert_eq!(
            (&edits[0].state, edits[0].tries),
            (&EditState::Pending, 0),
            "{platform}: offline counts no try"
        );
        assert_eq!(world.store_row().await.state, StoreState::Offline, "{platform}: a calm state");
        world.clear_faults().await;
        assert_eq!(world.synced().await.pushed, 1, "{platform}");
        assert_eq!(world.store_row().await.state, StoreState::Ready, "{platform}");
    }
}

#[tokio::test]
async fn a_store_that_tidies_a_value_is_not_sent_it_again() {
    for platform in BOTH {
        let world =
            World::with(platform, 30, clientela_sandbox::RateMode::Off, &[("stored_form", "tidied")]).await;
        world.synced().await;
        world.clear_log().await;
        let id = world.somebody(0).await;
        world
            .edit(
                &id,
                &[(Field::FirstName, text("  zélia   d'ávila ")), (Field::Phone, text("(11) 98888-7777"))],
            )
            .await;
        let report = world.synced().await;
        assert_eq!(
            (report.pushed, report.conflicts, report.parked),
            (2, 0, 0),
            "{platform}: taken, if in another form"
        );
        assert_eq!(puts(&world).await, 1, "{platform}");
        copy_is_the_truth(&world, platform).await;
        world.synced().await;
        world.synced_in_full().await;
        assert_eq!(puts(&world).await, 1, "{platform}: the other spelling is not fought over");
    }
}

#[tokio::test]
async fn a_refused_field_waits_alone_and_the_others_arrive() {
    let (world, id) = ready("tiendanube").await;
    let changes = [
        (Field::FirstName, text("Zélia")),
        (Field::Email, text("no mail at all")),
        (Field::Note, text("likes blue")),
    ];
    world.edit(&id, &changes).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.parked), (2, 1), "two arrive, one waits for a person");
    let (field, code, words) = world.parked(&id).await;
    assert_eq!((field, code.as_str()), (Field::Email, "refused"));
    assert!(words.is_some_and(|words| words.contains("email")), "the store's own words are kept");
    let truth = world.true_customer(&id).await;
    assert_eq!((truth["name"].as_str(), truth["note"].as_str()), (Some("Zélia"), Some("likes blue")));
    let before = puts(&world).await;
    world.synced().await;
    assert_eq!(puts(&world).await, before, "a refused edit is not sent by itself");
}

#[tokio::test]
async fn a_refused_field_waits_alone_at_inallweb_too() {
    let (world, id) = ready("inallweb").await;
    let changes = [(Field::FirstName, text("Zélia")), (Field::LastName, text(&"x".repeat(300)))];
    world.edit(&id, &changes).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.parked), (1, 1), "one arrives, one waits for a person");
    let (field, code, words) = world.parked(&id).await;
    assert_eq!((field, code.as_str()), (Field::LastName, "refused"));
    assert!(words.is_some_and(|words| words.contains("last_name")), "the store's own words are kept");
    assert_eq!(true_name(&world, &id).await, "Zélia");
}

#[tokio::test]
async fn a_role_that_may_not_be_given_waits_with_the_words_of_the_store() {
    let (world, id) = ready("inallweb").await;
    world.edit(&id, &[(Field::Role, text("sysadmin"))]).await;
    world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    let report = world.synced().await;
    assert_eq!((report.pushed, report.parked), (1, 1), "the name arrives, the role does not");
    let (field, code, words) = world.parked(&id).await;
    assert_eq!((field, code.as_str()), (Field::Role, "forbidden"));
    assert!(words.is_some_and(|words| words.contains("system administrator")), "the reason is the store's");
    let other = world.somebody(1).await;
    world.edit(&other, &[(Field::Role, text("staff"))]).await;
    assert_eq!(world.synced().await.pushed, 1, "a role that may be given is given");
    assert_eq!(world.true_customer(&other).await["role"], "staff");
}

#[tokio::test]
async fn a_refused_sign_in_stops_the_store_with_its_edits_intact() {
    for platform in BOTH {
        let (world, id) = ready(platform).await;
        let other = world.somebody(1).await;
        for id in [&id, &other] {
            world.edit(id, &[(Field::FirstName, text("Zélia"))]).await;
        }
        let refused =
            json!({"kind": "status", "status": 401, "body": {"detail": "no", "code": 401, "message": "no"}});
        world.fault(json!({}), refused).await;
        let report = world.sync().await;
        assert!(report.stop.is_some(), "{platform}: the store is stopped");
        assert_eq!(world.store_row().await.state, StoreState::SignInNeeded, "{platform}");
        // Another header and another sign-in may be tried; more than that is knocking at a closed door.
        assert!(
            world.log().await.len() <= 4,
            "{platform}: nothing more is asked: {}",
            world.log().await.len()
        );
        for edit in world.all_edits().await {
            assert_eq!((&edit.state, edit.tries), (&EditState::Pending, 0), "{platform}: edits wait");
        }
        world.clear_faults().await;
        assert_eq!(world.synced().await.pushed, 2, "{platform}");
    }
}

#[tokio::test]
async fn a_sign_in_refused_in_the_middle_of_a_write_takes_the_mark_back() {
    for platform in BOTH {
        let (world, id) = ready(platform).await;
        world.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
        world
            .fault(
                json!({"method": "PUT"}),
                json!({"kind": "status", "status": 401, "body": {"detail": "no"}}),
            )
            .await;
        assert!(world.sync().await.stop.is_some(), "{platform}");
        let edits = world.edits(&id).await;
        assert_eq!(
            (&edits[0].state, edits[0].tries),
            (&EditState::Pending, 0),
            "{platform}: it surely did not arrive"
        );
    }
}

#[tokio::test]
async fn a_replacing_store_loses_no_address_and_no_unknown_key() {
    for (put, addresses) in
        [("replace", "removed"), ("merge", "removed"), ("replace", "kept"), ("merge", "kept")]
    {
        let variants = [("put", put), ("put_addresses", addresses)];
        let world = World::with("tiendanube", 40, clientela_sandbox::RateMode::Off, &variants).await;
        let truth = world.truth().await;
        let mut rich =
            truth.iter().filter(|one| one["addresses"].as_array().is_some_and(|list| list.len() > 1));
        let id = crate::world::id_of(rich.find(|one| one["email"].is_string()).unwrap());
        world.foreign(&id, json!({"internal_reference": "ERP-77", "business_name": "Zélia ME", "extra": {"color": "blue"}})).await;
        world.synced().await;
        let before = world.true_customer(&id).await;
        world.edit(&id, &[(Field::Phone, text("+55 11 98765-4321"))]).await;
        assert_eq!(world.synced().await.pushed, 1, "{put} {addresses}");
        let after = world.true_customer(&id).await;
        assert_eq!(after["phone"], "+55 11 98765-4321", "{put} {addresses}");
        for key in [
            "name",
            "email",
            "note",
            "identification",
            "internal_reference",
            "business_name",
            "extra",
            "billing_address",
            "billing_city",
            "billing_zipcode",
            "customer_type",
            "document_type",
        ] {
            assert_eq!(after[key], before[key], "{put} {addresses}: {key} is as it was");
        }
        let places = |customer: &Value| -> Vec<Value> {
            customer["addresses"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| json!([one["id"], one["address"], one["zipcode"]]))
                .collect()
        };
        assert_eq!(places(&after), places(&before), "{put} {addresses}: every address is still there");
    }
}

#[tokio::test]
async fn emptying_a_field_arrives() {
    for platform in BOTH {
        for variants in [
            vec![],
            if platform == "inallweb" { vec![("null_clears", "ignore")] } else { vec![("put", "replace")] },
        ] {
            let world = World::with(platform, 30, clientela_sandbox::RateMode::Off, &variants).await;
            world.synced().await;
            let id = world.somebody(0).await;
            world.edit(&id, &[(Field::Phone, FieldValue::Null)]).await;
            let report = world.synced().await;
            assert_eq!((report.pushed, report.parked), (1, 0), "{platform} {variants:?}");
            let phone = world.true_customer(&id).await["phone"].clone();
            assert!(phone.is_null() || phone == "", "{platform} {variants:?}: {phone}");
        }
    }
}

#[tokio::test]
async fn a_copy_that_lags_does_not_take_back_what_was_just_written() {
    for platform in ["uappi", "yampi"] {
        let variants = [("visibility_delay", "60")];
        let world = World::with(platform, 12, clientela_sandbox::RateMode::Off, &variants).await;
        world.synced().await;
        world.clear_log().await;
        let id = crate::world::id_of(world.truth().await.iter().find(|one| world.has(one)).unwrap());
        let changes = [(Field::FirstName, text("Zélia"))];
        world.edit(&id, &changes).await;
        let options = clientela_sync::SyncOptions { push_only: true, ..Default::default() };
        assert_eq!(world.sync_with(options).await.pushed, 1, "{platform}");
        let shown = world.mirror(&id).await.unwrap().record.first_name;
        assert_eq!(
            shown.value().map(String::as_str),
            Some("Zélia"),
            "{platform}: not the name of a minute ago"
        );
        assert_eq!(
            world.requests("GET").await.len(),
            1,
            "{platform}: nobody is asked again about what arrived"
        );
    }
}
