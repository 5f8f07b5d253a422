//! Customers that are made and deleted from here.

use clientela_connectors::{ConnectorError, Deleted, NewCustomer};
use clientela_domain::{Field, FieldValue, RemoteId};
use serde_json::{Value, json};

use crate::compare::shown;
use crate::conformance::check::{Told, equal, hold};
use crate::conformance::rules::Expected;
use crate::conformance::stage::{Stage, Who};
use crate::conformance::stories::reading::is_the_truth;
use crate::people::cpf;
use crate::truth;
use crate::world::{id_of, text};

/// A new customer is one customer, also where the answer is lost; and somebody who is there already is found before.
pub(crate) async fn create(stage: &mut Stage) -> Told {
    let creation = stage.connector.capabilities().create.as_ref().unwrap();
    let fields = |n: u32| -> Vec<(Field, FieldValue)> {
        let all = [
            ("first_name", Field::FirstName, text("Zenaide")),
            ("name", Field::FirstName, text("Zenaide")),
            ("last_name", Field::LastName, text("Prado")),
            ("email", Field::Email, text(&format!("zenaide{n}@conjunto.example"))),
            ("phone", Field::Phone, text("+5511977776666")),
            ("document", Field::Document, text(&cpf(300 + n))),
            ("note", Field::Note, text("veio da feira")),
            ("birthday", Field::Birthday, text("1979-09-09")),
        ];
        let taken = all.into_iter().filter(|(name, ..)| creation.fields.contains(name));
        taken.map(|(_, field, value)| (field, value)).collect()
    };
    for n in [1, 2] {
        let email = format!("zenaide{n}@conjunto.example");
        let before = stage.connector.find(Some(&email), None).await;
        equal!(before.map(|found| found.len()), Ok(0), "nobody is there yet");
        if n == 2 {
            let lost = json!({"method": "POST", "path_contains": "customers", "nth": 1});
            stage.fault(lost, json!({"kind": "reset_after"})).await;
        }
        let new = NewCustomer { fields: fields(n), ..NewCustomer::default() };
        let created = stage.connector.create(&new).await;
        match created {
            Ok(created) => {
                hold!(n == 1, "the answer was lost");
                stage.touch(created.record.remote_id.as_str());
            }
            Err(ConnectorError::OutcomeUnknown { .. }) if n == 2 => {}
            Err(error) => {
                return Err(format!("nobody is made: {error:?}; {:#?}", stage.asked().await.told()));
            }
        }
        stage.clear_faults().await;
        stage.catch_up().await;
        let found = stage.connector.find(Some(&email), None).await.map_err(|error| format!("{error:?}"))?;
        equal!(found.len(), 1, "the look after it finds one");
        let made = with_email(stage, &email).await;
        equal!(made.len(), 1, "the store has one");
        stage.touch(&id_of(&made[0]));
        for (field, value) in fields(n) {
            let is = truth::value(stage.platform, &made[0], &field);
            hold!(is.equivalent(&value, &field), "{field} of the new customer is {is:?}, and not {value:?}");
        }
    }
    let report = stage.sync_in_full().await;
    hold!(report.stop.is_none(), "the sync stops: {:?}", report.stop);
    is_the_truth(stage, "with the new ones").await
}

async fn with_email(stage: &Stage, email: &str) -> Vec<Value> {
    let mut truth = stage.truth().await;
    truth.retain(|one| one["email"].as_str().is_some_and(|own| own.trim().eq_ignore_ascii_case(email)));
    truth
}

/// A customer is deleted there, and goes here.
pub(crate) async fn delete(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Deleted);
    stage.touch(&id);
    let remote = RemoteId::new(&id);
    equal!(stage.connector.delete(&remote).await, Ok(Deleted::Done), "the store deletes");
    equal!(stage.true_customer(&id).await["deleted"], Value::Bool(true), "it is deleted there");
    stage.catch_up().await;
    if !stage.expects(Expected::DeletionUnproven) {
        equal!(
            stage.connector.delete(&remote).await,
            Ok(Deleted::Missing),
            "there is nobody to delete any more"
        );
    }
    let report = stage.sync_for_the_gone().await;
    hold!(report.stop.is_none(), "the sync stops: {:?}", report.stop);
    if !stage.expects(Expected::DeletionUnproven) {
        hold!(!shown(stage).await.contains(&id), "who is deleted is not shown");
        return is_the_truth(stage, "after a deletion from here").await;
    }
    Ok(())
}
