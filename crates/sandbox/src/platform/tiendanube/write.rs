//! Creating, changing and deleting customers.

use serde_json::{Map, Value, json};

use crate::clock::Moment;
use crate::platform::tiendanube::address;
use crate::platform::tiendanube::choices::{
    Choices, DefaultInPut, DeleteAnswer, DeleteWithOrders, EmailTaken, NoteMovesUpdatedAt, Payload, Put,
    RedactedAnswer, StoredForm, UnchangedPut,
};
use crate::platform::tiendanube::refusal::{Complaints, against_a_rule, not_found, refuse};
use crate::platform::tiendanube::shelf::Customer;
use crate::platform::tiendanube::{Tiendanube, body};
use crate::server::{Answer, Call};

/// Keys that only later versions know.
const NEWER: [&str; 4] = ["customer_type", "business_name", "document_type", "internal_reference"];

impl Tiendanube {
    pub(super) fn create_from(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let mut customer = Customer {
            id: self.shelf.next_id(),
            customer_type: Some("person".to_owned()),
            created_at: now,
            updated_at: now,
            ..Customer::default()
        };
        let mut complaints = Complaints::default();
        for required in ["name", "email"] {
            if !fields.contains_key(required) {
                complaints.add(required, "can't be blank");
            }
        }
        self.write_fields(&mut customer, &fields, Absent::Stays, &mut complaints);
        // Nothing was there before, so a blank that is sent is as bad as one that is not.
        if fields.contains_key("name") && customer.name.trim().is_empty() {
            complaints.add("name", "can't be blank");
        }
        if fields.contains_key("email") && customer.email.as_deref().is_none_or(str::is_empty) {
            complaints.add("email", "can't be blank");
        }
        address::create(
            &mut customer,
            fields.get("addresses"),
            &self.choices,
            &mut self.shelf,
            now,
            &mut complaints,
        );
        customer.invited = read_invitation(&fields, &mut complaints);
        customer.has_password = read_password(&fields, &mut complaints);
        complaints.settle(&self.choices)?;
        self.refuse_taken_email(&Customer::default(), &customer)?;
        let answer = Answer::json(201, &body::customer(&customer, &self.shelf, &self.choices));
        self.shelf.push(customer, self.choices.visibility_delay.seconds(), now);
        Ok(answer)
    }

    pub(super) fn update_from(&mut self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let at = self.writable(id)?;
        let before = self.shelf.records[at].current.clone();
        let mut customer = before.clone();
        let mut complaints = Complaints::default();
        let absent = if self.choices.put == Put::Replace { Absent::Cleared } else { Absent::Stays };
        if fields.get("name").is_some_and(is_blank) && !before.name.is_empty() {
            complaints.add("name", "can't be blank");
        }
        if fields.get("email").is_some_and(is_blank)
            && before.email.as_deref().is_some_and(|email| !email.is_empty())
        {
            complaints.add("email", "can't be blank");
        }
        self.write_fields(&mut customer, &fields, absent, &mut complaints);
        self.refuse_moved_default(&fields)?;
        address::update(
            &mut customer,
            fields.get("addresses"),
            &self.choices,
            &mut self.shelf,
            now,
            &mut complaints,
        );
        complaints.settle(&self.choices)?;
        self.refuse_taken_email(&before, &customer)?;
        if self.moves_updated_at(&before, &customer) {
            customer.updated_at = now;
        }
        let answer = Answer::json(200, &body::customer(&customer, &self.shelf, &self.choices));
        self.shelf.replace(at, customer, self.choices.visibility_delay.seconds(), now);
        Ok(answer)
    }

    pub(super) fn delete_by(&mut self, id: &str, now: Moment) -> Result<Answer, Answer> {
        let at = self.writable(id)?;
        let mut customer = self.shelf.records[at].current.clone();
        if !customer.orders.is_empty() {
            return Err(self.has_orders());
        }
        customer.deleted = true;
        self.shelf.replace(at, customer, self.choices.visibility_delay.seconds(), now);
        Ok(match self.choices.delete_answer {
            DeleteAnswer::Object => Answer::json(200, &Map::<String, Value>::new()),
            DeleteAnswer::NoContent => Answer::empty(204),
        })
    }

    fn has_orders(&self) -> Answer {
        let text = "The customer has orders and cannot be deleted";
        match self.choices.delete_with_orders {
            DeleteWithOrders::Rule => against_a_rule(text),
            DeleteWithOrders::Flat => Answer::json(422, &json!({"base": [text]})),
            DeleteWithOrders::Conflict => refuse(409, "Conflict", Some(text)),
            DeleteWithOrders::Forbidden => refuse(403, "Forbidden", Some(text)),
            DeleteWithOrders::BadRequest => refuse(400, "Bad Request", Some(text)),
        }
    }

    /// Where a taken e-mail is not told among the fields.
    fn refuse_taken_email(&self, before: &Customer, after: &Customer) -> Result<(), Answer> {
        let email = after.email.as_deref().unwrap_or_default();
        if before.email == after.email || !self.shelf.email_is_taken(email, Some(after.id)) {
            return Ok(());
        }
        let text = "The email has already been taken";
        Err(match self.choices.email_taken {
            // Among the complaints, where it was one.
            EmailTaken::Field => return Ok(()),
            EmailTaken::Rule => against_a_rule(text),
            EmailTaken::Conflict => refuse(409, "Conflict", Some(text)),
            EmailTaken::BadRequest => refuse(400, "Bad Request", Some(text)),
        })
    }

    /// The default cannot be moved by a PUT, and trying to is an error whose status is nowhere told.
    fn refuse_moved_default(&self, fields: &Map<String, Value>) -> Result<(), Answer> {
        let sent = fields.get("addresses").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let moving = sent.iter().any(|address| address.get("default").is_some());
        if moving && self.choices.default_in_put == DefaultInPut::BadRequest {
            return Err(refuse(400, "Bad Request", Some("default cannot be changed here")));
        }
        Ok(())
    }

    /// Writes go to the truth, not to what a replica shows.
    pub(super) fn writable(&self, id: &str) -> Result<usize, Answer> {
        let missing = || not_found("Customer with such id does not exist", &self.choices);
        let at = self.shelf.position(id, &self.choices).ok_or_else(missing)?;
        let customer = &self.shelf.records[at].current;
        let hidden = customer.redacted && self.choices.redacted_answer == RedactedAnswer::NotFound;
        if customer.deleted || hidden { Err(missing()) } else { Ok(at) }
    }

    fn write_fields(
        &self,
        customer: &mut Customer,
        fields: &Map<String, Value>,
        absent: Absent,
        complaints: &mut Complaints,
    ) {
        let choices = &self.choices;
        match fields.get("name") {
            None | Some(Value::Null) => {}
            Some(Value::String(name)) => customer.name = stored("name", name, choices),
            Some(_) => complaints.add("name", "must be a string"),
        }
        match fields.get("email") {
            None | Some(Value::Null) => {}
            Some(Value::String(email)) => {
                let email = stored("email", email, choices);
                let same = customer.email.as_deref().unwrap_or_default() == email;
                if !same && !email.is_empty() && !looks_like_email(&email) {
                    complaints.add("email", "is invalid");
                } else if !same
                    && choices.email_taken == EmailTaken::Field
                    && self.shelf.email_is_taken(&email, Some(customer.id))
                {
                    complaints.add("email", "has already been taken");
                }
                if !same {
                    customer.email = Some(email);
                }
            }
            Some(_) => complaints.add("email", "must be a string"),
        }
        for (name, field) in customer.texts_mut() {
            if choices.payload == Payload::Document && NEWER.contains(&name) {
                continue;
            }
            match fields.get(name) {
                None if absent == Absent::Cleared => *field = None,
                None => {}
                Some(Value::Null) => *field = None,
                Some(Value::String(text)) => *field = Some(stored(name, text, choices)),
                Some(_) => complaints.add(name, "must be a string"),
            }
        }
        match fields.get("extra") {
            None if absent == Absent::Cleared => customer.extra.clear(),
            None => {}
            Some(Value::Object(extra)) if extra.values().all(Value::is_string) => {
                customer.extra = extra.clone()
            }
            Some(Value::Array(list)) if list.is_empty() => customer.extra.clear(),
            Some(Value::Null) => customer.extra.clear(),
            Some(_) => complaints.add("extra", "must be an object of strings"),
        }
    }

    /// Addresses alone never move it; note and extra alone do or do not.
    fn moves_updated_at(&self, before: &Customer, after: &Customer) -> bool {
        let (mut before, mut after) = (before.clone(), after.clone());
        let texts = |customer: &mut Customer| {
            let mut texts: Vec<(&str, Option<String>)> =
                customer.texts_mut().map(|(name, field)| (name, field.clone())).into();
            texts.extend([("name", Some(customer.name.clone())), ("email", customer.email.clone())]);
            texts
        };
        let (old, new) = (texts(&mut before), texts(&mut after));
        let changed: Vec<&str> =
            old.iter().zip(&new).filter(|(old, new)| old != new).map(|(old, _)| old.0).collect();
        let extra = before.extra != after.extra;
        if changed.iter().any(|name| *name != "note") {
            return true;
        }
        if !changed.is_empty() || extra {
            return self.choices.note_moves_updated_at == NoteMovesUpdatedAt::Yes;
        }
        self.choices.unchanged_put == UnchangedPut::Moves && !address::differ(&before, &after)
    }
}

/// What becomes of a field that a body leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    Stays,
    Cleared,
}

fn read_invitation(fields: &Map<String, Value>, complaints: &mut Complaints) -> bool {
    match fields.get("send_email_invite") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(invited)) => *invited,
        Some(_) => {
            complaints.add("send_email_invite", "must be true or false");
            false
        }
    }
}

/// The password itself is kept nowhere.
fn read_password(fields: &Map<String, Value>, complaints: &mut Complaints) -> bool {
    match fields.get("password") {
        None | Some(Value::Null) => false,
        Some(Value::String(password)) => !password.is_empty(),
        Some(_) => {
            complaints.add("password", "must be a string");
            false
        }
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The form in which the store keeps a text.
pub(super) fn stored(name: &str, text: &str, choices: &Choices) -> String {
    if choices.stored_form == StoredForm::AsSent {
        return text.to_owned();
    }
    match name {
        "email" => text.trim().to_lowercase(),
        "note" => text.trim().replace("\r\n", "\n"),
        "phone" | "billing_phone" => {
            text.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect()
        }
        _ => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace) && !domain.contains('@')
}
