//! The true records, and the hand of somebody else who edits them.

use serde_json::{Map, Value, json};

use crate::clock::{Moment, civil};
use crate::platform::Refused;
use crate::platform::foreign::{cents, list, moment, text, text_or_null, truth};
use crate::platform::inallweb::book::{Account, Address, Order, Preferences, ROLES, Role};
use crate::platform::inallweb::choices::Choices;
use crate::platform::inallweb::{InAllWeb, body, me};
use crate::text::money;

impl InAllWeb {
    pub(super) fn true_record(&self, account: &Account, now: Moment) -> Value {
        // The truth is told in one spelling, whatever the store answers its callers.
        let plain = Choices { segment_order: self.choices.segment_order, ..Choices::default() };
        let orders: Vec<Value> = account
            .orders
            .iter()
            .map(
                |order| json!({"id": order.id, "total": money(order.cents), "created_at": instant(order.at)}),
            )
            .collect();
        json!({
            "id": account.id,
            "email": account.email,
            "first_name": account.first_name,
            "last_name": account.last_name,
            "phone": account.phone,
            "is_active": account.is_active,
            "email_verified": account.email_verified,
            "created_at": account.created_at.map(instant),
            "updated_at": instant(account.updated_at),
            "role": body::role(account.role, &plain),
            "segment": body::segment(account.segment(&plain, now), &plain),
            "admin_notes": account.admin_notes,
            "stats": body::stats(account, &plain),
            "orders": orders,
            "addresses": body::addresses(account, &plain),
            "preferences": me::preferences(account.preferences),
            "staff": account.is_staff,
            "deleted": account.deleted,
            "redacted": account.redacted,
        })
    }

    pub(super) fn account(&self, id: &str) -> Result<&Account, Refused> {
        id.parse().ok().and_then(|id| self.book.get(id)).ok_or(Refused::Unknown)
    }

    pub(super) fn account_mut(&mut self, id: &str) -> Result<&mut Account, Refused> {
        id.parse().ok().and_then(|id| self.book.get_mut(id)).ok_or(Refused::Unknown)
    }

    pub(super) fn created(&self, fields: &Map<String, Value>, now: Moment) -> Result<Account, Refused> {
        let id = self.book.next_id();
        let mut account = Account {
            id,
            email: format!("novo{id}@correio.example"),
            first_name: String::new(),
            last_name: String::new(),
            phone: None,
            is_active: true,
            email_verified: false,
            created_at: Some(now),
            updated_at: now,
            role: Role::Customer,
            is_staff: false,
            password: "sandbox-customer".to_owned(),
            admin_notes: None,
            addresses: Vec::new(),
            orders: Vec::new(),
            preferences: Preferences { order_updates: true, promotions: false, newsletter: false },
            deleted: false,
            redacted: false,
        };
        set_fields(&mut account, fields)?;
        Ok(account)
    }
}

pub(super) fn set_fields(account: &mut Account, fields: &Map<String, Value>) -> Result<(), Refused> {
    for (field, value) in fields {
        match field.as_str() {
            // Whose record it is was settled before.
            "id" => {}
            "email" => account.email = text(field, value)?,
            "first_name" => account.first_name = text(field, value)?,
            "last_name" => account.last_name = text(field, value)?,
            "phone" => account.phone = text_or_null(field, value)?,
            "admin_notes" => account.admin_notes = text_or_null(field, value)?,
            "is_active" => account.is_active = truth(field, value)?,
            "email_verified" => account.email_verified = truth(field, value)?,
            "created_at" if value.is_null() => account.created_at = None,
            "created_at" => account.created_at = Some(moment(field, value)?),
            "updated_at" => account.updated_at = moment(field, value)?,
            "role" => account.role = role(&text(field, value)?)?,
            "addresses" => account.addresses = addresses(account.id, list(field, value)?)?,
            "orders" => account.orders = orders(account.id, list(field, value)?)?,
            _ => return Err(Refused::wrong(format!("there is no field `{field}`"))),
        }
    }
    Ok(())
}

pub(super) fn redact(account: &mut Account, now: Moment) {
    account.email = format!("deleted-{}@anonymized.invalid", account.id);
    account.first_name = "Deleted".to_owned();
    account.last_name = "Customer".to_owned();
    account.phone = None;
    account.is_active = false;
    account.email_verified = false;
    account.admin_notes = None;
    account.addresses.clear();
    account.redacted = true;
    account.updated_at = now;
}

fn role(spelling: &str) -> Result<Role, Refused> {
    let plain = Choices::default();
    let known = ROLES.into_iter().find(|role| body::role(*role, &plain) == spelling);
    known.ok_or_else(|| Refused::wrong(format!("there is no role `{spelling}`")))
}

fn addresses(account: i64, list: &[Value]) -> Result<Vec<Address>, Refused> {
    let part =
        |value: &Value, name: &str| value.get(name).map_or(Ok(String::new()), |value| text(name, value));
    list.iter()
        .zip(0..)
        .map(|(value, at)| {
            Ok(Address {
                id: account * 10 + at,
                billing: value.get("type").and_then(Value::as_str).map_or(at == 0, |kind| kind == "billing"),
                street: part(value, "address_line1")?,
                city: part(value, "city")?,
                postal_code: part(value, "postal_code")?,
                country: part(value, "country")?,
            })
        })
        .collect()
}

fn orders(account: i64, list: &[Value]) -> Result<Vec<Order>, Refused> {
    let mut orders = list
        .iter()
        .zip(0..)
        .map(|(value, at)| {
            Ok(Order {
                id: account * 100 + at,
                cents: cents("total", value.get("total").unwrap_or(&Value::Null))?,
                at: moment("created_at", value.get("created_at").unwrap_or(&Value::Null))?,
                paid: true,
            })
        })
        .collect::<Result<Vec<Order>, Refused>>()?;
    orders.sort_by_key(|order| order.at);
    Ok(orders)
}

fn instant(at: Moment) -> String {
    civil(at).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
