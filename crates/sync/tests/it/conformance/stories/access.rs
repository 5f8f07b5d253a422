//! Who is let in, how often, and what becomes of edits when nobody is.

use clientela_connectors::{ConnectorError, Fetched, Urgency};
use clientela_database::table::edit::EditState;
use clientela_database::table::store::StoreState;
use clientela_domain::{Field, RemoteId};
use clientela_sync::SyncStop;

use crate::compare::shown;
use crate::conformance::check::{Told, equal, hold};
use crate::conformance::rules::Expected;
use crate::conformance::stage::{Stage, Who};
use crate::truth;
use crate::world::text;

/// More questions in a row than any platform answers at once: all are answered, and none was asked too early.
pub(crate) async fn many_at_once(stage: &mut Stage) -> Told {
    let id = RemoteId::new(stage.who(Who::Edited));
    for n in 0..70 {
        match stage.connector.fetch(&id, Urgency::Sweep).await {
            Ok(Fetched::Found { .. }) => {}
            Err(ConnectorError::RateLimited { .. }) if stage.expects(Expected::AllowanceUnknown) => {
                stage.catch_up().await;
            }
            other => return Err(format!("question {n} is answered {other:?}")),
        }
    }
    // The log is looked through when the story ends.
    Ok(())
}

/// A token that is worth nothing any more stops the store, and nothing else: with a new one everything goes on.
pub(crate) async fn signed_out(stage: &mut Stage) -> Told {
    let id = stage.who(Who::SignedOut);
    let store = stage.sandbox.ready().stores[0].clone();
    stage.sign_in_by_token(&store).await;
    stage.sync().await;
    stage.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    let store = stage.signed_out().await;
    stage.asked().await;
    for _ in 0..2 {
        let report = stage.sync().await;
        let is_refused = matches!(report.stop, Some(SyncStop::Store(ConnectorError::SignIn { .. })));
        hold!(is_refused, "the store asks for a new sign-in: {:?}", report.stop);
    }
    equal!(stage.store_row().await.state, StoreState::SignInNeeded, "people are told");
    let asked = stage.asked().await.told();
    let most = 2 * (4 + stage.people.len() + 12);
    hold!(asked.len() <= most, "a closed door is not knocked at again and again: {asked:#?}");
    let edits = stage.edits(&id).await;
    let waits = matches!(&edits[..], [one] if one.state == EditState::Pending && one.tries == 0);
    hold!(waits, "the edit waits, and no try is counted: {edits:?}");
    stage.sign_in_by_token(&store).await;
    let report = stage.sync().await;
    hold!(report.stop.is_none(), "with a new token it goes on: {:?}", report.stop);
    equal!(report.pushed, 1, "the edit arrives");
    let name = truth::value(stage.platform, &stage.true_customer(&id).await, &Field::FirstName);
    equal!(name, text("Zélia"), "it is there");
    Ok(())
}

/// A store that lets nobody in says so, and nothing is made up from it.
pub(crate) async fn shut_out(stage: &mut Stage) -> Told {
    let report = stage.sync().await;
    let as_expected = match &report.stop {
        Some(SyncStop::Store(ConnectorError::Unpaid { .. })) => stage.expects(Expected::Unpaid),
        Some(SyncStop::Store(ConnectorError::Forbidden { .. })) => stage.expects(Expected::ShutOut),
        _ => false,
    };
    hold!(as_expected, "it stops otherwise: {:?}", report.stop);
    equal!(report.seen, 0, "nobody was shown");
    hold!(shown(stage).await.is_empty(), "nobody is made up");
    Ok(())
}

/// A store that can only be read gives every edit back with its words.
pub(crate) async fn read_only(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Edited);
    let before = stage.true_customer(&id).await;
    stage.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    let report = stage.push().await;
    hold!(report.stop.is_none(), "the push stops: {:?}", report.stop);
    equal!((report.pushed, report.parked), (0, 1), "a person has to see to it");
    let (_, code, words) = stage.parked(&id).await;
    equal!(code, "forbidden", "the store forbids it");
    hold!(words.is_some_and(|words| !words.trim().is_empty()), "with the words of the store");
    equal!(stage.edits(&id).await[0].mine, text("Zélia"), "its text is kept");
    equal!(stage.true_customer(&id).await, before, "nothing moved there");
    stage.let_go(&id).await;
    Ok(())
}
