//! People whom the store hides, or has forgotten.

use clientela_domain::Field;
use serde_json::json;

use crate::conformance::check::{Told, equal, hold};
use crate::conformance::stage::{Stage, Who};
use crate::truth;
use crate::world::text;

/// Asterisks replace nothing and are never sent; what was typed waits.
pub(crate) async fn masked(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Masked);
    stage.foreign(&id, json!({"masked": true})).await;
    stage.catch_up().await;
    stage.asked().await;
    stage.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    let report = stage.sync_in_full().await;
    hold!(report.stop.is_none(), "the sync stops: {:?}", report.stop);
    let (field, code, _) = stage.parked(&id).await;
    equal!((field, code.as_str()), (Field::FirstName, "masked"), "the edit waits");
    equal!(stage.edits(&id).await[0].mine, text("Zélia"), "its text is kept");
    equal!(stage.asked().await.writes(), 0, "nothing is sent");
    let record = stage.mirror(&id).await.unwrap().record;
    let truth = stage.true_customer(&id).await;
    for field in [Field::FirstName, Field::Email, Field::Phone, Field::Document] {
        let kept = record.field(&field).into_value();
        let wanted = truth::value(stage.platform, &truth, &field);
        let agrees = kept.as_ref().and_then(|kept| kept.as_text()).is_some_and(|kept| {
            truth::agrees(&field.to_string(), kept, wanted.as_text().unwrap_or_default())
                && !kept.contains('*')
        });
        hold!(agrees, "{field} stays known: {kept:?}, and {wanted:?} at the store");
    }
    stage.let_go(&id).await;
    Ok(())
}

/// An erasure there is an erasure here: what was known in clear is forgotten, nothing is sent, and what was typed waits.
pub(crate) async fn erased(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Erased);
    let before = stage.true_customer(&id).await;
    stage.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    stage.touch(&id);
    stage.control("/redact", json!({"id": id})).await;
    stage.catch_up().await;
    stage.asked().await;
    let report = stage.sync_for_the_gone().await;
    hold!(report.stop.is_none(), "the sync stops: {:?}", report.stop);
    let (field, code, _) = stage.parked(&id).await;
    equal!(field, Field::FirstName, "the edit waits");
    hold!(
        ["gone", "anonymized"].contains(&code.as_str()),
        "it waits because the person is not there any more: {code}"
    );
    equal!(stage.edits(&id).await[0].mine, text("Zélia"), "its text is kept");
    let asked = stage.asked().await;
    equal!(asked.writes() + asked.refused_writes(), 0, "nothing is sent");
    let mirror = stage.mirror(&id).await.unwrap();
    if code == "anonymized" {
        hold!(mirror.record.anonymized && !mirror.gone, "the book knows it as erased");
        for field in [Field::Email, Field::Phone, Field::Note, Field::Document] {
            let was = truth::value(stage.platform, &before, &field);
            let is = mirror.record.field(&field).into_value();
            let forgotten = was.is_empty() || is.as_ref().is_none_or(|is| !is.equivalent(&was, &field));
            hold!(forgotten, "{field} is forgotten, and not {is:?}");
        }
    } else {
        hold!(mirror.gone, "the book knows it as gone");
    }
    stage.let_go(&id).await;
    Ok(())
}
