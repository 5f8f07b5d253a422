//! What the store has comes into the book, and nothing else.

use clientela_domain::Field;
use serde_json::Value;

use crate::compare::{NOT_THERE, differences, differences_of, shown};
use crate::conformance::check::{Told, equal, hold};
use crate::conformance::rules::Expected;
use crate::conformance::stage::{Stage, Who};
use crate::people::person;
use crate::truth;
use crate::world::{id_of, text};

/// Questions by which a connector may learn, once, how a store answers to a question for changes.
const LEARNING: usize = 2;

/// The first sync brings everybody as they are; the next one finds nothing to do.
pub(crate) async fn list(stage: &mut Stage) -> Told {
    let first = stage.sync().await;
    hold!(first.stop.is_none(), "the first sync stops: {:?}", first.stop);
    equal!((first.skipped, first.gone), (0, 0), "everybody can be read ({:?})", first.skipped_reasons);
    is_the_truth(stage, "after the first sync").await?;
    let once = stage.asked().await.answered();
    let again = stage.sync().await;
    hold!(again.stop.is_none(), "the next sync stops: {:?}", again.stop);
    equal!((again.new, again.changed, again.pushed), (0, 0, 0), "nothing has changed");
    let asked = stage.asked().await;
    equal!(asked.writes() + asked.refused_writes(), 0, "nothing was typed, and nothing is written");
    hold!(
        asked.answered() <= once + LEARNING
            || stage.expects(Expected::AllowanceUnknown)
            || stage.expects(Expected::ListedTwice),
        "a sync in which nothing happens asks more than the one before: {:#?}",
        asked.told()
    );
    is_the_truth(stage, "after another sync").await
}

/// Somebody else edits, adds and deletes customers.
pub(crate) async fn changes(stage: &mut Stage) -> Told {
    let (followed, leaving) = (stage.who(Who::Followed), stage.who(Who::Leaving));
    let truth = stage.true_customer(&followed).await;
    for (field, value) in
        [(Field::FirstName, text("Zoraide")), (Field::Phone, text(foreign_phone(stage.platform)))]
    {
        stage.foreign(&followed, truth::set(stage.platform, &truth, &field, &value)).await;
    }
    let by_sign_in = stage.connector.capabilities().sign_in_per_customer;
    if !by_sign_in {
        let created = stage.control("/create", person(stage.platform, 60, false)).await;
        stage.touch(&id_of(&created));
    }
    stage.catch_up().await;
    let report = stage.sync().await;
    hold!(report.stop.is_none(), "following changes stops: {:?}", report.stop);
    equal!(report.new, u64::from(!by_sign_in), "who is new is found");
    is_the_truth(stage, "after changes elsewhere").await?;

    // Somebody goes while an edit of hers is waiting here.
    stage.edit(&leaving, &[(Field::FirstName, text("Zélia"))]).await;
    stage.delete(&leaving).await;
    stage.catch_up().await;
    let report = stage.sync_for_the_gone().await;
    hold!(report.stop.is_none(), "a full pass stops: {:?}", report.stop);
    if stage.expects(Expected::DeletionUnproven) {
        hold!(shown(stage).await.contains(&leaving), "a refusal proves no deletion");
        stage.let_go(&leaving).await;
        return Ok(());
    }
    let (field, code, _) = stage.parked(&leaving).await;
    equal!((field, code.as_str()), (Field::FirstName, "gone"), "the edit of who is gone waits for a person");
    equal!(stage.edits(&leaving).await[0].mine, text("Zélia"), "its text is kept");
    stage.let_go(&leaving).await;
    is_the_truth(stage, "after a deletion").await
}

/// A number in the form in which the platform keeps them.
pub(crate) fn foreign_phone(platform: &str) -> &'static str {
    match platform {
        "yampi" => "11912345678",
        "tiendanegocio" => "5411912345678",
        _ => "+5511912345678",
    }
}

pub(crate) async fn is_the_truth(stage: &Stage, when: &str) -> Told {
    let mut found = differences(stage, &stage.unsaid()).await;
    if stage.expects(Expected::DeletionUnproven) {
        found.retain(|difference| !difference.ends_with(NOT_THERE));
    }
    if stage.expects(Expected::StaffListed) {
        let mut left = Vec::new();
        for difference in found {
            let id = difference.strip_suffix(NOT_THERE);
            if id.is_none() || stage.true_customer(id.unwrap_or_default()).await["staff"] != true {
                left.push(difference);
            }
        }
        found = left;
    }
    hold!(found.is_empty(), "{when}: {found:#?}");
    Ok(())
}

/// Looked at once more, one customer is in the book as the store has it.
pub(crate) async fn is_true_of(stage: &Stage, id: &str, when: &str) -> Result<Value, String> {
    stage.look_at(id).await;
    let truth = stage.true_customer(id).await;
    let found = differences_of(stage, &truth, &stage.unsaid()).await;
    hold!(found.is_empty(), "{when}: {found:#?}");
    Ok(truth)
}
