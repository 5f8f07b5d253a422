//! Both connectors on bad days: whatever goes wrong, a list is whole or an error, and a change is sent once.

use std::collections::BTreeSet;

use clientela_connectors::{ConnectorError, Fetched, ListRequest, Urgency, Written};
use clientela_domain::{Field, RemoteId};
use clientela_sandbox::RateMode;
use serde_json::{Value, json};

use crate::stores::text;
use crate::world::World;

/// Errors after which the same may be asked again.
fn may_pass(error: &ConnectorError) -> bool {
    matches!(
        error,
        ConnectorError::Unreachable { .. }
            | ConnectorError::ServerFault { .. }
            | ConnectorError::Unreadable { .. }
            | ConnectorError::TooLarge { .. }
            | ConnectorError::Redirected { .. }
    )
}

fn true_id(customer: &Value) -> String {
    customer["id"].as_str().map_or_else(|| customer["id"].to_string(), str::to_owned)
}

#[tokio::test]
async fn a_list_read_on_a_bad_day_is_whole() {
    for platform in ["inallweb", "tiendanegocio", "tiendanube"] {
        for profile in ["flaky", "hostile"] {
            let world = World::start(platform, 160, RateMode::Off).await;
            let connector = world.connector();
            connector.identify().await.unwrap();
            let truth: BTreeSet<String> = world.truth().await.iter().map(true_id).collect();
            world.fault(json!({"profile": profile})).await;
            for _ in 0..3 {
                let mut request = ListRequest { page_size: Some(10), ..ListRequest::default() };
                let mut found = BTreeSet::new();
                let mut failures = 0;
                loop {
                    match connector.list(&request, Urgency::Sweep).await {
                        Ok(page) => {
                            found.extend(
                                page.records.iter().map(|record| record.remote_id.as_str().to_owned()),
                            );
                            match page.next {
                                Some(next) => request.position = Some(next),
                                None => break,
                            }
                        }
                        Err(error) => {
                            assert!(may_pass(&error), "{platform} {profile}: {error:?}");
                            failures += 1;
                            assert!(failures < 60, "{platform} {profile}: {error:?}");
                        }
                    }
                }
                assert_eq!(found, truth, "{platform} {profile}");
            }
        }
    }
}

#[tokio::test]
async fn a_change_on_a_bad_day_is_sent_once_and_its_outcome_is_told_truly() {
    for platform in ["inallweb", "tiendanegocio", "tiendanube"] {
        let world = World::start(platform, 40, RateMode::Off).await;
        let connector = world.connector();
        connector.identify().await.unwrap();
        let name = if platform == "inallweb" { "first_name" } else { "name" };
        let customers = world.truth().await;
        world.fault(json!({"profile": "hostile"})).await;
        let (mut told, mut unknown) = (0, 0);
        for (turn, customer) in customers.iter().cycle().take(120).enumerate() {
            let id = RemoteId::new(true_id(customer));
            let Ok(Fetched::Found { record, .. }) = connector.fetch(&id, Urgency::Push).await else {
                continue;
            };
            let wanted = format!("Pessoa {turn}");
            world.clear_log().await;
            let written = connector.update(&record, &[(Field::FirstName, text(&wanted))]).await;
            let puts = world.log().await.iter().filter(|request| request["method"] == "PUT").count();
            assert!(puts <= 1, "{platform}: sent {puts} times");
            let arrived = world.true_customer(id.as_str()).await[name] == wanted;
            match written {
                Ok(Written::Shown { .. } | Written::Accepted) => {
                    assert!(arrived, "{platform}: said to be done");
                    told += 1;
                }
                Ok(Written::Missing) => panic!("{platform}: it is there"),
                Err(ConnectorError::OutcomeUnknown { .. }) => unknown += 1,
                Err(error) => assert!(!arrived, "{platform}: {error:?}, and yet it arrived"),
            }
        }
        assert!(told > 40 && unknown > 3, "{platform}: {told} told, {unknown} unknown");
    }
}
