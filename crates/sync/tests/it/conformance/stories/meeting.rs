//! Somebody here and somebody there change one customer.

use clientela_database::commit;
use clientela_database::table::edit::EditState;
use clientela_domain::Field;
use clientela_sync::outbox::{self, Decision};

use crate::conformance::check::{Told, equal, hold};
use crate::conformance::stage::{Stage, Who};
use crate::conformance::stories::reading::{foreign_phone, is_true_of};
use crate::truth;
use crate::world::text;

/// Two fields: both changes live.
pub(crate) async fn another_field(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Met);
    let before = stage.true_customer(&id).await;
    stage.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    let field = stage.second_field();
    let theirs = text(if field == Field::Phone { foreign_phone(stage.platform) } else { "veio ontem" });
    stage.foreign(&id, truth::set(stage.platform, &before, &field, &theirs)).await;
    stage.catch_up().await;
    let report = stage.push().await;
    hold!(report.stop.is_none(), "the push stops: {:?}", report.stop);
    equal!((report.pushed, report.conflicts, report.parked), (1, 0, 0), "they do not meet");
    let after = stage.true_customer(&id).await;
    let name = truth::value(stage.platform, &after, &Field::FirstName);
    hold!(name.identical(&text("Zélia")), "ours is there: {name:?}");
    let kept = truth::value(stage.platform, &after, &field);
    hold!(kept.equivalent(&theirs, &field), "theirs is there: {kept:?}");
    let mut moved = stage.unkept();
    for field in [Field::FirstName, field] {
        moved.extend(truth::moved_by(stage.platform, &before, &field));
    }
    let lost = truth::differences(&before, &after, &moved);
    hold!(lost.is_empty(), "something else moved: {lost:?}");
    stage.catch_up().await;
    is_true_of(stage, &id, "after two hands").await.map(drop)
}

/// One field: nothing is overwritten, and the person decides.
pub(crate) async fn same_field(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Contested);
    let before = stage.true_customer(&id).await;
    stage.asked().await;
    stage.edit(&id, &[(Field::FirstName, text("Zélia"))]).await;
    stage.foreign(&id, truth::set(stage.platform, &before, &Field::FirstName, &text("Zoraide"))).await;
    stage.catch_up().await;
    for _ in 0..2 {
        let report = stage.push().await;
        hold!(report.stop.is_none(), "the push stops: {:?}", report.stop);
    }
    let edits = stage.edits(&id).await;
    let is_conflict = matches!(&edits[..], [one] if matches!(&one.state, EditState::Conflict { theirs }
        if theirs.identical(&text("Zoraide"))) && one.mine == text("Zélia"));
    hold!(is_conflict, "a person is asked, with both texts: {edits:?}");
    let name = truth::value(stage.platform, &stage.true_customer(&id).await, &Field::FirstName);
    equal!(name, text("Zoraide"), "nothing is overwritten");
    equal!(stage.asked().await.writes(), 0, "nothing is written");

    let mut transaction = stage.database.write().await.unwrap();
    let now = clientela_sync::Clock::now(&stage.clock);
    outbox::decide(&mut transaction, &edits[0], &Decision::Mine, now).await.unwrap();
    commit(transaction).await.unwrap();
    let report = stage.push().await;
    equal!((report.pushed, report.conflicts, report.parked), (1, 0, 0), "what was decided arrives");
    let name = truth::value(stage.platform, &stage.true_customer(&id).await, &Field::FirstName);
    equal!(name, text("Zélia"), "what was decided is there");
    stage.catch_up().await;
    Ok(())
}

/// A value that the store refuses waits with the store's words; what was typed beside it arrives.
pub(crate) async fn refused(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Refused);
    let by_email = stage.connector.capabilities().access(&Field::Email).is_writable();
    let (field, value) = match by_email {
        true => (Field::Email, text("no mail at all")),
        false => (Field::LastName, text(&"x".repeat(300))),
    };
    let before = stage.true_customer(&id).await;
    stage.edit(&id, &[(Field::FirstName, text("Inês")), (field.clone(), value.clone())]).await;
    let (mut pushed, mut parked) = (0, 0);
    // Where a copy lags, what was refused together is sent one by one in two syncs.
    for _ in 0..2 {
        let report = stage.push().await;
        hold!(report.stop.is_none(), "the push stops: {:?}", report.stop);
        (pushed, parked) = (pushed + report.pushed, parked + report.parked);
        stage.catch_up().await;
    }
    equal!((pushed, parked), (1, 1), "one arrives, one waits: {:#?}", stage.asked().await.told());
    let (parked, code, words) = stage.parked(&id).await;
    equal!((&parked, code.as_str()), (&field, "refused"), "the refused one waits");
    hold!(words.is_some_and(|words| !words.trim().is_empty()), "the store's words are kept");
    equal!(stage.edits(&id).await[0].mine, value, "the text is kept");
    let after = stage.true_customer(&id).await;
    let name = truth::value(stage.platform, &after, &Field::FirstName);
    equal!(name, text("Inês"), "the other is there");
    let mut moved = stage.unkept();
    moved.extend(truth::moved_by(stage.platform, &before, &Field::FirstName));
    let lost = truth::differences(&before, &after, &moved);
    hold!(lost.is_empty(), "something else moved: {lost:?}");
    stage.asked().await;
    stage.push().await;
    let asked = stage.asked().await;
    equal!(asked.writes() + asked.refused_writes(), 0, "a refused edit is not sent by itself");
    stage.let_go(&id).await;
    Ok(())
}
