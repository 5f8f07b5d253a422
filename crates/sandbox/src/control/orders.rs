//! What the control API can be told to do, one function each.

use std::sync::MutexGuard;

use chrono::DateTime;
use serde_json::{Value, json};

use crate::clock::civil;
use crate::fault::{Rule, profile};
use crate::platform::{Platform, Refused};
use crate::sandbox::choose;
use crate::server::{Store, World, hold};

pub(super) fn state(world: &World, platform: Option<&str>) -> Result<Value, Refused> {
    let (key, platform) = locked(world, platform)?;
    let customers = platform.customers(world.clock.now());
    let live = customers.iter().filter(|customer| customer["deleted"] == false).count();
    Ok(json!({"platform": key, "live": live, "customers": customers}))
}

pub(super) fn customer(world: &World, platform: Option<&str>, id: Option<&str>) -> Result<Value, Refused> {
    let id = id.ok_or_else(|| Refused::wrong("id is missing"))?;
    locked(world, platform)?.1.customer(id, world.clock.now())
}

pub(super) fn stores(world: &World) -> Value {
    world.stores.iter().map(|store| json!(ready_again(store))).collect()
}

pub(super) fn create(world: &World, body: &Value) -> Result<Value, Refused> {
    let (_, mut platform) = of_body(world, body)?;
    let mut fields = body.as_object().cloned().unwrap_or_default();
    fields.shift_remove("platform");
    platform.create(&fields, world.clock.now())
}

pub(super) fn edit(world: &World, body: &Value) -> Result<Value, Refused> {
    let set =
        body.get("set").and_then(Value::as_object).ok_or_else(|| Refused::wrong("set takes an object"))?;
    let quiet = body.get("keep_updated_at").and_then(Value::as_bool).unwrap_or(false);
    of_body(world, body)?.1.edit(&id_of(body)?, set, quiet, world.clock.now())
}

pub(super) fn delete(world: &World, body: &Value) -> Result<Value, Refused> {
    of_body(world, body)?.1.delete(&id_of(body)?, world.clock.now())
}

pub(super) fn redact(world: &World, body: &Value) -> Result<Value, Refused> {
    of_body(world, body)?.1.redact(&id_of(body)?, world.clock.now())
}

pub(super) fn accounts(world: &World, body: &Value) -> Result<Value, Refused> {
    let accounts = of_body(world, body)?.1.accounts(world.clock.now());
    Ok(json!({"accounts": accounts}))
}

/// Kills the tokens and tells the store as it can be signed in to from now on.
pub(super) fn revoke(world: &World, body: &Value) -> Result<Value, Refused> {
    of_body(world, body)?.1.revoke(world.clock.now());
    let store = named(world, body.get("platform").and_then(Value::as_str))?;
    Ok(json!({"store": ready_again(store)}))
}

pub(super) fn clock(world: &World) -> Value {
    let now = world.clock.now();
    json!({"now_ms": now, "now": civil(now).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()})
}

pub(super) fn set_clock(world: &World, body: &Value) -> Result<Value, Refused> {
    match (body.get("advance_ms"), body.get("set")) {
        (Some(step), None) => {
            let step = step.as_i64().ok_or_else(|| Refused::wrong("advance_ms takes a whole number"))?;
            world.clock.advance(step);
        }
        (None, Some(set)) => {
            let text = set.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
            let moment = set.as_i64().or_else(|| text.map(|time| time.timestamp_millis()));
            world
                .clock
                .set(moment.ok_or_else(|| Refused::wrong("set takes milliseconds or an RFC 3339 time"))?);
        }
        _ => return Err(Refused::wrong("either advance_ms or set")),
    }
    Ok(clock(world))
}

pub(super) fn variants() -> Value {
    let variant = |variant: &crate::VariantInfo| {
        json!({
            "key": variant.key,
            "platform": variant.platform,
            "values": variant.values,
            "default": variant.default,
            "about": variant.about,
        })
    };
    json!({"variants": crate::variants().iter().map(variant).collect::<Vec<_>>()})
}

pub(super) fn set_variant(world: &World, body: &Value) -> Result<Value, Refused> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let (Some(key), Some(value)) = (text("key"), text("value")) else {
        return Err(Refused::wrong("key and value take texts"));
    };
    let key = match text("platform") {
        Some(platform) if !key.contains('.') => format!("{platform}.{key}"),
        _ => key.to_owned(),
    };
    choose(&world.stores, &key, value).map_err(|error| Refused::wrong(error.to_string()))?;
    Ok(json!({"key": key, "value": value}))
}

pub(super) fn faults(world: &World) -> Value {
    json!({"rules": hold(&world.faults).rules()})
}

/// Adds one rule, or all of a named profile.
pub(super) fn add_faults(world: &World, body: Value) -> Result<Value, Refused> {
    let rules = match body.get("profile").and_then(Value::as_str) {
        Some(name) => profile(name).ok_or_else(|| Refused::wrong(format!("there is no profile `{name}`")))?,
        None => vec![Rule::parse(body).map_err(Refused::Wrong)?],
    };
    let mut book = hold(&world.faults);
    for rule in rules {
        book.add(rule);
    }
    Ok(json!({"rules": book.rules().len()}))
}

pub(super) fn clear_faults(world: &World) -> Value {
    hold(&world.faults).clear();
    json!({"rules": 0})
}

pub(super) fn log(world: &World, platform: Option<&str>) -> Value {
    json!({"requests": hold(&world.log).of(platform)})
}

pub(super) fn clear_log(world: &World) -> Value {
    hold(&world.log).clear();
    json!({"requests": []})
}

type Locked<'a> = (&'static str, MutexGuard<'a, Box<dyn Platform>>);

fn locked<'a>(world: &'a World, platform: Option<&str>) -> Result<Locked<'a>, Refused> {
    let store = named(world, platform)?;
    Ok((store.kind.key, hold(&store.platform)))
}

fn of_body<'a>(world: &'a World, body: &Value) -> Result<Locked<'a>, Refused> {
    locked(world, body.get("platform").and_then(Value::as_str))
}

fn named<'a>(world: &'a World, platform: Option<&str>) -> Result<&'a Store, Refused> {
    let key = platform.ok_or_else(|| Refused::wrong("platform is missing"))?;
    let store = world.stores.iter().find(|store| store.kind.key == key);
    store.ok_or_else(|| Refused::wrong(format!("no store of `{key}` is running")))
}

fn ready_again(store: &Store) -> crate::ReadyStore {
    hold(&store.platform).ready(&store.origin)
}

/// Ids come as numbers or as texts, as platforms differ in them too.
fn id_of(body: &Value) -> Result<String, Refused> {
    match body.get("id") {
        Some(Value::String(id)) => Ok(id.clone()),
        Some(Value::Number(id)) => Ok(id.to_string()),
        _ => Err(Refused::wrong("id is missing")),
    }
}
