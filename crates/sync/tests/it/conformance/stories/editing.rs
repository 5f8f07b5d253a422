//! What people type here arrives there: once, whole, and nothing beside it.

use clientela_database::table::edit::EditState;
use clientela_domain::capability::OwnKind;
use clientela_domain::{Address, Field, FieldValue};
use serde_json::Value;

use crate::conformance::check::{Told, equal, hold};
use crate::conformance::rules::Expected;
use crate::conformance::stage::{Stage, Who};
use crate::conformance::stories::reading::is_true_of;
use crate::people::{cnpj, cpf};
use crate::truth;
use crate::world::text;

/// Every field that staff can write, own fields too, each by itself.
pub(crate) async fn each_field(stage: &mut Stage) -> Told {
    let capabilities = stage.connector.capabilities();
    let plain = capabilities.fields.iter().filter(|(_, access)| access.is_writable());
    let plain = plain.map(|(field, _)| (field.clone(), None)).filter(|(field, _)| *field != Field::Role);
    let own = capabilities.own_fields.iter().filter(|own| own.access.is_writable());
    let own = own.map(|own| (Field::Extra(own.key.to_owned()), Some(own.kind)));
    for (n, (field, kind)) in (100..).zip(plain.chain(own)) {
        if stage.is_hidden(&field) {
            continue;
        }
        let of_company = field == Field::Company || field == Field::Extra("state_registration".to_owned());
        let id = stage.who(if of_company { Who::Company } else { Who::Edited });
        let truth = stage.true_customer(&id).await;
        let value = another(stage.platform, &truth, &field, kind, n);
        arrives(stage, &id, &[(field, value)]).await?;
    }
    is_true_of(stage, &stage.who(Who::Company), "after every edit").await?;
    is_true_of(stage, &stage.who(Who::Edited), "after every edit").await.map(drop)
}

/// Two fields of one customer go in one write, and a later sync has nothing to add.
pub(crate) async fn two_fields(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Edited);
    let second = match stage.second_field() {
        Field::Phone => (Field::Phone, text("+55 11 98765-4321")),
        other => (other, text("gosta de verde")),
    };
    arrives(stage, &id, &[(Field::FirstName, text("Inês")), second]).await?;
    is_true_of(stage, &id, "after two edits").await?;
    let report = stage.sync().await;
    hold!(report.stop.is_none(), "the sync after it stops: {:?}", report.stop);
    let asked = stage.asked().await;
    equal!(asked.writes() + asked.refused_writes(), 0, "nothing is sent again");
    Ok(())
}

/// A text that the platform does not demand can be taken away.
pub(crate) async fn emptied(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Emptied);
    let capabilities = stage.connector.capabilities();
    for field in [Field::LastName, Field::Phone, Field::Note, Field::Birthday] {
        let is_demanded = capabilities.rule(&field).is_some_and(|rule| rule.required);
        if capabilities.access(&field).is_writable() && !is_demanded && !stage.is_hidden(&field) {
            arrives(stage, &id, &[(field, FieldValue::Null)]).await?;
        }
    }
    is_true_of(stage, &id, "after emptying").await.map(drop)
}

/// Keys that the store's people make up: another value for one, one more, and none lost.
pub(crate) async fn own_keys(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Placed);
    arrives(stage, &id, &[(Field::Extra("cor".to_owned()), text("verde"))]).await?;
    arrives(stage, &id, &[(Field::Extra("tamanho".to_owned()), text("G"))]).await?;
    let truth = is_true_of(stage, &id, "after own keys").await?;
    equal!(truth["extra"], serde_json::json!({"cor": "verde", "tamanho": "G"}), "all keys are there");
    Ok(())
}

/// One address more, one changed and one fewer, as far as the platform goes.
pub(crate) async fn addresses(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Placed);
    let can = stage.connector.capabilities().addresses;
    stage.look_at(&id).await;
    let known = truth::addresses(stage.platform, &stage.true_customer(&id).await);
    if can.edit {
        let street = Some("Rua da Aurora".to_owned());
        let changed = Address { street, ..known[0].clone() };
        arrives(stage, &id, &[place(&known[0].key, Some(changed))]).await?;
    }
    if can.add {
        let new = Address {
            recipient: Some("Zélia".to_owned()),
            street: Some("Rua do Porto".to_owned()),
            number: Some("45".to_owned()),
            city: Some("Natal".to_owned()),
            district: Some("Ribeira".to_owned()),
            region: Some(if stage.platform == "yampi" { "RN" } else { "Rio Grande do Norte" }.to_owned()),
            postal_code: Some("59000000".to_owned()),
            country: Some("BR".to_owned()),
            ..Address::default()
        };
        arrives(stage, &id, &[place("new-1", Some(truth::with_the_parts_of(stage.platform, new)))]).await?;
    }
    if can.remove && stage.expects(Expected::RemovalIgnored) {
        stage.edit(&id, &[place(&known[1].key, None)]).await;
        let mut pushed = 0;
        for _ in 0..3 {
            pushed += stage.push().await.pushed;
            stage.catch_up().await;
        }
        let edits = stage.edits(&id).await;
        let asks = matches!(&edits[..], [one] if matches!(one.state, EditState::Parked { .. } | EditState::Conflict { .. }));
        hold!(asks && pushed == 0, "the store keeps it, and a person is asked: {edits:?}");
        stage.let_go(&id).await;
    } else if can.remove {
        arrives(stage, &id, &[place(&known[1].key, None)]).await?;
    }
    is_true_of(stage, &id, "after addresses").await.map(drop)
}

fn place(key: &str, address: Option<Address>) -> (Field, FieldValue) {
    let value = address.map_or(FieldValue::Null, |address| {
        FieldValue::Address(Box::new(Address { key: key.to_owned(), ..address }))
    });
    (Field::Address(key.to_owned()), value)
}

/// A role goes by a request of its own.
pub(crate) async fn role(stage: &mut Stage) -> Told {
    let id = stage.who(Who::Edited);
    if stage.expects(Expected::RoleRefused) {
        let before = stage.true_customer(&id).await;
        stage.edit(&id, &[(Field::Role, text("staff"))]).await;
        let report = stage.push().await;
        equal!((report.pushed, report.parked), (0, 1), "a person is asked");
        let (_, _, words) = stage.parked(&id).await;
        hold!(words.is_some_and(|words| !words.is_empty()), "and told why");
        equal!(stage.true_customer(&id).await, before, "nobody has another role");
        stage.let_go(&id).await;
        return Ok(());
    }
    arrives(stage, &id, &[(Field::Role, text("staff"))]).await?;
    arrives(stage, &id, &[(Field::Role, text("customer"))]).await
}

/// Types these values and sends them: one write, confirmed, seen in the truth, and nothing else of the customer moved.
pub(crate) async fn arrives(stage: &mut Stage, id: &str, changes: &[(Field, FieldValue)]) -> Told {
    let names: Vec<String> = changes.iter().map(|(field, _)| field.to_string()).collect();
    let names = names.join(" and ");
    let before = stage.true_customer(id).await;
    stage.asked().await;
    stage.edit(id, changes).await;
    let report = stage.push().await;
    let asked = stage.asked().await;
    hold!(report.stop.is_none(), "{names}: the push stops: {:?}", report.stop);
    let edits = stage.edits(id).await;
    equal!(
        (report.pushed, report.conflicts, report.parked),
        (changes.len() as u64, 0, 0),
        "{names}: confirmed; edits {edits:?}; asked {:#?}",
        asked.told()
    );
    hold!(edits.is_empty(), "{names}: nothing waits any more: {edits:?}");
    let most = if stage.expects(Expected::ToldTwice) { 2 } else { 1 };
    hold!(
        (1..=most).contains(&asked.writes()),
        "{names}: {} writes; asked {:#?}",
        asked.writes(),
        asked.told()
    );
    let most = if stage.expects(Expected::Respelled) { 2 } else { 0 };
    hold!(
        asked.refused_writes() <= most,
        "{names}: {} refused writes; asked {:#?}",
        asked.refused_writes(),
        asked.told()
    );
    let after = stage.true_customer(id).await;
    let mut moved = stage.unkept();
    for (field, value) in changes {
        holds(stage.platform, &after, field, value)?;
        moved.extend(truth::moved_by(stage.platform, &before, field));
        if matches!(field, Field::Address(_)) {
            others_stay(stage, &before, &after, field)?;
        }
    }
    let lost = truth::differences(&before, &after, &moved);
    hold!(lost.is_empty(), "{names}: something else moved: {lost:?}; asked {:#?}", asked.told());
    stage.catch_up().await;
    Ok(())
}

/// The truth has this value, in whatever spelling the store keeps it.
fn holds(platform: &str, truth: &Value, field: &Field, value: &FieldValue) -> Told {
    let found = match (field, value) {
        (Field::Address(key), FieldValue::Address(wanted)) if key.starts_with(Address::NEW_PREFIX) => {
            let mut list = truth::addresses(platform, truth).into_iter();
            let found = list.find(|address| address.same_place(wanted));
            found.map_or(FieldValue::Null, |address| FieldValue::Address(Box::new(address)))
        }
        _ => truth::value(platform, truth, field),
    };
    let (found, wanted) = match (&found, value) {
        // A store has words for switches that are fields of its own.
        (FieldValue::Text(found), FieldValue::Flag(flag)) => (text(found), text(&flag.to_string())),
        _ => (found.clone(), value.clone()),
    };
    hold!(found.equivalent(&wanted, field), "{field}: the store has {found:?}, and not {wanted:?}");
    Ok(())
}

/// Every address but this one is as it was, its id too.
fn others_stay(stage: &Stage, before: &Value, after: &Value, field: &Field) -> Told {
    let Field::Address(edited) = field else { return Ok(()) };
    let unkept = stage.unkept();
    let of = |truth: &Value| {
        let mut list = truth::addresses(stage.platform, truth);
        if unkept.iter().any(|key| key == "recipient") {
            list.iter_mut().for_each(|address| address.recipient = None);
        }
        list
    };
    let after = of(after);
    for address in of(before).iter().filter(|address| address.key != *edited) {
        let same = after.iter().find(|other| other.key == address.key);
        hold!(same == Some(address), "an address that nobody touched is another: {address:?}, now {same:?}");
    }
    Ok(())
}

/// A value that the field does not have now.
fn another(platform: &str, truth: &Value, field: &Field, kind: Option<OwnKind>, n: u32) -> FieldValue {
    let now = truth::value(platform, truth, field);
    let is_yes = matches!(&now, FieldValue::Flag(true)) || now.as_text() == Some("true");
    match (field, kind) {
        (_, Some(OwnKind::Flag)) => text(if is_yes { "false" } else { "true" }),
        (_, Some(OwnKind::Choice(words))) => {
            text(words.iter().find(|word| now.as_text() != Some(word)).expect("there are two words"))
        }
        (_, Some(OwnKind::Date)) => text("1991-02-03"),
        (_, Some(_)) => text(&format!("1100424901{n}")),
        (field, None) if field.is_flag() => FieldValue::Flag(!is_yes),
        (Field::FirstName, _) => text("Zélia"),
        (Field::LastName, _) => text("d'Ávila"),
        (Field::Company, _) => text("Ávila & Filhos Ltda"),
        (Field::Email, _) => text(&format!("nova{n}@conjunto.example")),
        (Field::Phone, _) => text("+5511987654321"),
        (Field::Document, _) if truth["type"] == "j" => text(&cnpj(n)),
        (Field::Document, _) => text(&cpf(n)),
        (Field::Birthday, _) => text("1991-02-03"),
        _ => text("gosta de azul"),
    }
}
