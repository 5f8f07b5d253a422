//! What people type. Every text is told apart from every other by its number, unless two are meant to meet.

use clientela_domain::{Address, CustomerRecord, Field, FieldValue};
use clientela_sync::outbox::Change;

use crate::line::{REFUSED, number};
use crate::world::World;

/// A mobile number that nobody else has.
pub(crate) fn phone(n: u32) -> String {
    format!("(11) 9{:04}-{:04}", n / 10_000 + 6_000, n % 10_000)
}

/// What somebody at the store makes of a field.
pub(crate) fn foreign(world: &mut World, shop: usize, id: u64) -> Option<(Field, FieldValue)> {
    let record = world.shops[shop].truth(id)?.clone();
    let field = any_field(world, shop, id, &record);
    let value = value(world, shop, &field, &record, false)?;
    Some((field, value))
}

/// What a field was before, to put it back.
pub(crate) fn earlier(world: &mut World, shop: usize, id: u64) -> Option<(Field, FieldValue)> {
    let record = world.shops[shop].truth(id)?.clone();
    let field = any_field(world, shop, id, &record);
    let past = world.shops[shop].records.get(&id)?.values.get(&field)?;
    let was = past.iter().rev().nth(1)?.value.clone();
    Some((field, was))
}

/// What a person at a desk makes of a field of this record. Now and then what the person has before the eyes is not what the desk
/// knows by now.
pub(crate) fn typed(world: &mut World, shop: usize, shown: &CustomerRecord) -> Option<Change> {
    let able = world.shops[shop].manners.able;
    if able.addresses.add && world.tape.chance(8) {
        world.texts += 1;
        let n = world.texts;
        let key = format!("{}{n}", Address::NEW_PREFIX);
        // One that is there already is typed in once more now and then.
        let there = shown.addresses.value().and_then(|list| list.first());
        let address = match there.filter(|_| world.tape.chance(15)) {
            Some(there) => Address { key: key.clone(), is_default: false, ..there.clone() },
            None => {
                Address { key: key.clone(), street: Some(format!("Rua s{shop}a{n}")), ..Address::default() }
            }
        };
        let value = FieldValue::Address(Box::new(address));
        return Some(Change { field: Field::Address(key), value, seen: Some(FieldValue::Null) });
    }
    let field = any_field(world, shop, number(&shown.remote_id), shown);
    let mut shown = shown.clone();
    if let Some(was) = before_the_last_change(world, shop, &shown, &field) {
        shown.set_field(&field, &was);
    }
    let value = value(world, shop, &field, &shown, true)?;
    let seen = shown.field(&field).into_value().unwrap_or(FieldValue::Null);
    Some(Change { field, value, seen: Some(seen) })
}

/// What a screen shows that has not heard of the last change, now and then.
fn before_the_last_change(
    world: &mut World,
    shop: usize,
    shown: &CustomerRecord,
    field: &Field,
) -> Option<FieldValue> {
    if !world.tape.chance(10) {
        return None;
    }
    let past = world.shops[shop].records.get(&number(&shown.remote_id))?.values.get(field)?;
    past.iter().rev().nth(1).map(|was| was.value.clone())
}

fn any_field(world: &mut World, shop: usize, id: u64, record: &CustomerRecord) -> Field {
    let mut fields = world.shops[shop].writable();
    let able = world.shops[shop].manners.able;
    if able.addresses.edit {
        let addresses = record.addresses.value().into_iter().flatten();
        fields.extend(addresses.map(|address| Field::Address(address.key.clone())));
    }
    if let Some(at_hand) = world.goes_on().filter(|at_hand| (at_hand.shop, at_hand.id) == (shop, id)) {
        let of = &world.shops[shop];
        // The store calls an address that was made at a desk otherwise.
        let first = of.first_name_of(&at_hand.field);
        if let Some(field) = fields.iter().find(|field| of.first_name_of(field) == first) {
            return field.clone();
        }
    }
    let place = world.tape.below(fields.len() as u32) as usize;
    fields.swap_remove(place)
}

fn value(
    world: &mut World,
    shop: usize,
    field: &Field,
    record: &CustomerRecord,
    by_person: bool,
) -> Option<FieldValue> {
    // Two people type the same now and then.
    let n = if world.tape.chance(12) { world.texts.max(1) } else { world.texts + 1 };
    world.texts = world.texts.max(n);
    let able = world.shops[shop].manners.able;
    let way = world.tape.below(10);
    let text = |text: String| Some(FieldValue::Text(text));
    let is_required = able.rule(field).is_some_and(|rule| rule.required);
    match field {
        Field::IsActive | Field::AcceptsMarketing => {
            let now = record.field(field).into_value().and_then(|value| value.as_flag()).unwrap_or_default();
            Some(FieldValue::Flag(!now))
        }
        Field::Role => {
            let place = world.tape.below(able.roles.len() as u32) as usize;
            text((*able.roles.get(place)?).to_owned())
        }
        Field::Phone if way == 9 => text(phone(n).chars().filter(char::is_ascii_digit).collect()),
        Field::Phone => text(phone(n)),
        Field::Email if way == 9 => text(format!("S{shop}E{n}@X.example")),
        Field::Email => text(format!("s{shop}e{n}@x.example")),
        Field::Note => {
            let now = record.note.value().cloned().unwrap_or_default();
            let line = format!("s{shop}l{n}");
            text(match way {
                0..=3 => format!("{now}\n{line}").trim().to_owned(),
                4..=6 => format!("{line}\n{now}").trim().to_owned(),
                7 => return Some(FieldValue::Null),
                _ => line,
            })
        }
        Field::Address(key) => {
            let mine = record.addresses.value()?.iter().find(|address| &address.key == key)?;
            if able.addresses.remove && way == 9 {
                return Some(FieldValue::Null);
            }
            let mut mine = mine.clone();
            match way {
                0..=4 => mine.street = Some(format!("Rua s{shop}a{n}")),
                _ => mine.number = Some(format!("s{shop}{n}")),
            }
            Some(FieldValue::Address(Box::new(mine)))
        }
        _ => match way {
            9 if !is_required => Some(FieldValue::Null),
            8 if by_person => text(format!("s{shop}{REFUSED}{n}")),
            7 => text(format!("s{shop}t{n} com nome comprido")),
            6 => text(format!(" s{shop}t{n} ")),
            _ => text(format!("s{shop}t{n}")),
        },
    }
}
