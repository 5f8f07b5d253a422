//! Creating, changing and deleting customers.

use serde_json::{Map, Value, json};

use crate::clock::Moment;
use crate::platform::tiendanegocio::choices::{
    Choices, DeleteAnswer, DeleteWithOrders, EmailTaken, NullField, Put, Required, StoredForm, UnchangedPut,
    UnlistedFields,
};
use crate::platform::tiendanegocio::refusal::{Complaints, not_found, refuse};
use crate::platform::tiendanegocio::shelf::{Address, Customer};
use crate::platform::tiendanegocio::{Tiendanegocio, body};
use crate::server::{Answer, Call};

const BLANK: &str = "can't be blank";
const NO_TEXT: &str = "must be a string";

impl Tiendanegocio {
    pub(super) fn create_from(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let mut customer =
            Customer { id: self.shelf.next_id(), created_at: now, updated_at: now, ..Customer::default() };
        let mut complaints = Complaints::default();
        for field in self.required() {
            if fields.get(*field).is_none_or(is_blank) {
                complaints.add(field, BLANK);
            }
        }
        self.write_fields(&mut customer, &fields, Absent::Stays, &mut complaints);
        complaints.settle(&self.choices)?;
        let answer = Answer::json(201, &body::created(&customer, &self.shelf, &self.choices));
        self.shelf.push(customer, self.delay(), now);
        Ok(answer)
    }

    pub(super) fn update_from(&mut self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let at = self.writable(id)?;
        let before = self.shelf.records[at].current.clone();
        let mut customer = before.clone();
        let mut complaints = Complaints::default();
        for field in self.required() {
            let had = match *field {
                "name" => &before.name,
                _ => &before.email,
            };
            let emptied = match fields.get(*field) {
                None => false,
                Some(Value::Null) => self.choices.null_field == NullField::Clears,
                Some(sent) => is_blank(sent),
            };
            if emptied && had.as_deref().is_some_and(|text| !text.is_empty()) {
                complaints.add(field, BLANK);
            }
        }
        let absent = if self.choices.put == Put::Replace { Absent::Cleared } else { Absent::Stays };
        self.write_fields(&mut customer, &fields, absent, &mut complaints);
        complaints.settle(&self.choices)?;
        if differs(&before, &customer) || self.choices.unchanged_put == UnchangedPut::Moves {
            customer.updated_at = now;
        }
        let answer = Answer::json(200, &body::customer(&customer, &self.shelf, &self.choices));
        self.shelf.replace(at, customer, self.delay(), now);
        Ok(answer)
    }

    pub(super) fn delete_by(&mut self, id: &str, now: Moment) -> Result<Answer, Answer> {
        let at = self.writable(id)?;
        let mut customer = self.shelf.records[at].current.clone();
        if !customer.orders.is_empty() {
            let refusal = |code: u16, message: &str| {
                Err(refuse(code, message, "The customer has orders and cannot be deleted", &self.choices))
            };
            match self.choices.delete_with_orders {
                DeleteWithOrders::Unprocessable => return refusal(422, "Unprocessable Entity"),
                DeleteWithOrders::Conflict => return refusal(409, "Conflict"),
                DeleteWithOrders::Allowed => {}
            }
        }
        customer.deleted = true;
        self.shelf.replace(at, customer, self.delay(), now);
        Ok(match self.choices.delete_answer {
            DeleteAnswer::Object => Answer::json(200, &json!({})),
            DeleteAnswer::NoContent => Answer::empty(204),
            DeleteAnswer::Blank => Answer::text(200, "application/json", ""),
        })
    }

    /// Writes go to the truth, not to what a replica shows.
    fn writable(&self, id: &str) -> Result<usize, Answer> {
        let missing = || not_found(&self.choices);
        let at = self.shelf.position(id, &self.choices).ok_or_else(missing)?;
        let customer = &self.shelf.records[at].current;
        if customer.deleted || customer.is_hidden(&self.choices) { Err(missing()) } else { Ok(at) }
    }

    fn required(&self) -> &'static [&'static str] {
        match self.choices.required {
            Required::NameAndEmail => &["name", "email"],
            Required::Email => &["email"],
            Required::Nothing => &[],
        }
    }

    fn write_fields(
        &self,
        customer: &mut Customer,
        fields: &Map<String, Value>,
        absent: Absent,
        complaints: &mut Complaints,
    ) {
        let choices = &self.choices;
        let before = customer.email.clone().unwrap_or_default();
        for (name, slot) in customer.texts_mut() {
            match fields.get(name) {
                // Even a replacing store does not take the two away that people are found by.
                None if absent == Absent::Cleared && !["name", "email"].contains(&name) => *slot = None,
                None => {}
                Some(Value::Null) => match choices.null_field {
                    NullField::Clears => *slot = None,
                    NullField::Ignored => {}
                    NullField::Refused => complaints.add(name, NO_TEXT),
                },
                Some(Value::String(text)) => *slot = Some(stored(name, text, choices)),
                Some(_) => complaints.add(name, NO_TEXT),
            }
        }
        let email = customer.email.as_deref().unwrap_or_default();
        if email != before && !email.is_empty() {
            if !looks_like_email(email) {
                complaints.add("email", "is invalid");
            } else if self.shelf.email_is_taken(email, customer.id) {
                let message = "has already been taken";
                match choices.email_taken {
                    EmailTaken::Unprocessable => complaints.add("email", message),
                    EmailTaken::Conflict => complaints.add_as(409, "email", message),
                    EmailTaken::BadRequest => complaints.add_as(400, "email", message),
                    EmailTaken::Allowed => {}
                }
            }
        }
        match fields.get("password") {
            None => {}
            Some(Value::Null) if choices.null_field != NullField::Refused => {}
            Some(Value::String(password)) if !password.is_empty() => customer.password_sets += 1,
            Some(Value::String(_)) => complaints.add("password", BLANK),
            Some(_) => complaints.add("password", NO_TEXT),
        }
        match choices.unlisted_fields {
            UnlistedFields::Ignored => {}
            UnlistedFields::Refused => {
                for name in ["accepts_marketing", "address"].iter().filter(|name| fields.contains_key(**name))
                {
                    complaints.add(name, "cannot be written");
                }
            }
            UnlistedFields::Stored => write_unlisted(customer, fields, complaints),
        }
    }
}

fn write_unlisted(customer: &mut Customer, fields: &Map<String, Value>, complaints: &mut Complaints) {
    match fields.get("accepts_marketing") {
        None | Some(Value::Null) => {}
        Some(Value::Bool(accepts)) => customer.accepts_marketing = *accepts,
        Some(_) => complaints.add("accepts_marketing", "must be true or false"),
    }
    match fields.get("address") {
        None => {}
        Some(Value::Null) => customer.address = None,
        Some(Value::Object(sent)) if sent.is_empty() => customer.address = None,
        Some(Value::Object(sent)) => {
            let mut address = Address::default();
            for (name, slot) in address.texts_mut() {
                match sent.get(name) {
                    None | Some(Value::Null) => {}
                    Some(Value::String(text)) => slot.clone_from(text),
                    Some(_) => complaints.add("address", &format!("{name} {NO_TEXT}")),
                }
            }
            customer.address = Some(address);
        }
        Some(_) => complaints.add("address", "must be an object"),
    }
}

/// What becomes of a field that a body leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Stays,
    Cleared,
}

fn differs(before: &Customer, after: &Customer) -> bool {
    let texts = |customer: &Customer| customer.clone().texts_mut().map(|(_, slot)| slot.clone());
    texts(before) != texts(after)
        || before.password_sets != after.password_sets
        || before.accepts_marketing != after.accepts_marketing
        || before.address != after.address
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The form in which the store keeps a text.
fn stored(name: &str, text: &str, choices: &Choices) -> String {
    if choices.stored_form == StoredForm::AsSent {
        return text.to_owned();
    }
    match name {
        "email" => text.trim().to_lowercase(),
        "note" => text.trim().replace("\r\n", "\n"),
        "phone" => text.chars().filter(char::is_ascii_digit).collect(),
        "identification" => text.chars().filter(char::is_ascii_alphanumeric).collect(),
        _ => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace) && !domain.contains('@')
}
