//! What a customer can do with the own record, which is all there is: look, change six fields, change the password.

use serde_json::{Map, Value, json};

use crate::clock::Moment;
use crate::platform::uappi::access::Doing;
use crate::platform::uappi::book::{Customer, Gender};
use crate::platform::uappi::choices::{AbsentTradeName, FieldsPlace, PasswordRefusal, Protected, StoredForm};
use crate::platform::uappi::refusal::{Complaints, refuse};
use crate::platform::uappi::{Uappi, body};
use crate::server::{Answer, Call};

/// The longest text of a field, in characters.
const LONGEST: usize = 255;
/// The document sets no rule; some shop does.
const SHORTEST_PASSWORD: usize = 6;

const PROTECTED: [&str; 7] =
    ["id", "salesChannelId", "nationality", "birthdate", "origin", "active", "createdAt"];

impl Uappi {
    pub(super) fn profile(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let at = self.signed_in(call, now)?;
        let customer = self.book.records[at].seen(now);
        self.admit(customer, Doing::Reading)?;
        let fields = self.named_fields(call)?;
        let mut complaints = Complaints::default();
        for name in fields.iter().filter(|name| !body::is_selectable(name)) {
            complaints.add("fields", format!("Campo '{name}' não é válido para seleção."));
        }
        if !complaints.is_empty() {
            return Err(complaints.coded());
        }
        let body = body::customer(customer, &self.book, &self.choices);
        let body = if fields.is_empty() { body } else { body::chosen(body, &fields, &self.choices) };
        Ok(Answer::json(200, &body))
    }

    /// What `fields` names, in each of the ways in which frameworks let a list be sent.
    fn named_fields(&self, call: &Call) -> Result<Vec<String>, Answer> {
        let place = self.choices.fields_place;
        let mut names: Vec<String> = Vec::new();
        if place != FieldsPlace::Body {
            for (name, value) in &call.pairs {
                if name == "fields" {
                    names.extend(value.split(',').map(|part| part.trim().to_owned()));
                } else if name.starts_with("fields[") && name.ends_with(']') {
                    names.push(value.clone());
                }
            }
        }
        if place != FieldsPlace::Query {
            let not_a_list = || {
                let mut complaints = Complaints::default();
                complaints.add("fields", "O campo fields deve ser um array.");
                complaints.coded()
            };
            match self.sent_object(call)?.get("fields") {
                None | Some(Value::Null) => {}
                Some(Value::Array(list)) => {
                    for name in list {
                        names.push(name.as_str().ok_or_else(not_a_list)?.to_owned());
                    }
                }
                Some(_) => return Err(not_a_list()),
            }
        }
        names.retain(|name| !name.is_empty());
        Ok(names)
    }

    pub(super) fn update_profile(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let (at, mut customer) = self.writable(call, now)?;
        let fields = self.sent_object(call)?;
        let mut complaints = Complaints::default();
        let sent = |field: &str, label: &str, complaints: &mut Complaints| {
            let text = required_text(&fields, field, label, complaints)?;
            Some(self.stored(field, &text))
        };
        let email = sent("email", "email", &mut complaints);
        let name = sent("nameCorporateName", "name corporate name", &mut complaints);
        let is_corporate = required_truth(&fields, &mut complaints);
        let gender = required_text(&fields, "gender", "gender", &mut complaints).and_then(|gender| {
            let known = Gender::read(&gender);
            if known.is_none() {
                complaints.add("gender", "O campo gender selecionado é inválido.");
            }
            known
        });
        let phone = required_text(&fields, "phone", "phone", &mut complaints);
        if phone.as_deref().is_some_and(|phone| !is_international(phone)) {
            complaints.add("phone", "O formato do campo phone é inválido.");
        }
        let trade_name = match fields.get("tradeName") {
            None if self.choices.absent_trade_name == AbsentTradeName::Kept => customer.trade_name.clone(),
            None | Some(Value::Null) => None,
            Some(_) => text(&fields, "tradeName", "trade name", &mut complaints)
                .map(|text| self.stored("tradeName", &text)),
        };
        if let Some(email) = &email {
            if !looks_like_email(email) {
                complaints.add("email", "O campo email deve ser um endereço de e-mail válido.");
            } else if *email != customer.email && self.book.email_is_taken(email, customer.id) {
                complaints.add("email", "Este email já está sendo usado por outro cliente.");
            }
        }
        if self.choices.protected == Protected::Refused {
            for field in PROTECTED.iter().filter(|field| fields.contains_key(**field)) {
                complaints.add(field, format!("O campo {field} não pode ser alterado."));
            }
        }
        complaints.settle(&self.choices)?;
        customer.email = email.unwrap_or(customer.email);
        customer.name = name;
        customer.trade_name = trade_name.filter(|text| !text.is_empty());
        customer.is_corporate = is_corporate.unwrap_or(customer.is_corporate);
        customer.gender = gender.unwrap_or(customer.gender);
        customer.phone = phone;
        customer.updated_at = now;
        let answer = Answer::json(200, &body::written(&customer, &self.book, &self.choices));
        self.book.replace(at, customer, self.delay(), now);
        Ok(answer)
    }

    pub(super) fn change_password(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let (at, mut customer) = self.writable(call, now)?;
        let fields = self.sent_object(call)?;
        let mut complaints = Complaints::default();
        let current = required_text(&fields, "currentPassword", "current password", &mut complaints);
        let password = required_text(&fields, "password", "password", &mut complaints);
        let again = required_text(&fields, "confirmPassword", "confirm password", &mut complaints);
        if !complaints.is_empty() {
            return Err(complaints.plain());
        }
        if current.as_ref() != Some(&customer.password) {
            complaints.add("currentPassword", "A senha atual está incorreta.");
        }
        if password.as_ref().is_some_and(|password| password.chars().count() < SHORTEST_PASSWORD) {
            let message = format!("O campo password deve ter pelo menos {SHORTEST_PASSWORD} caracteres.");
            complaints.add("password", message);
        }
        if password != again {
            complaints.add("confirmPassword", "Os campos confirm password e password devem ser iguais.");
        }
        if !complaints.is_empty() {
            return Err(match self.choices.password_refusal {
                PasswordRefusal::Errors => complaints.plain(),
                PasswordRefusal::Coded => complaints.coded(),
                PasswordRefusal::BadRequest => refuse(400, "INVALID_PASSWORD", complaints.first()),
                PasswordRefusal::StatusFalse => {
                    Answer::json(200, &json!({"status": false, "data": complaints.first()}))
                }
            });
        }
        customer.password = password.unwrap_or(customer.password);
        self.book.replace(at, customer, self.delay(), now);
        Ok(Answer::json(200, &json!({"status": true, "data": true})))
    }

    /// Writes go to the truth, not to what a replica shows.
    fn writable(&self, call: &Call, now: Moment) -> Result<(usize, Customer), Answer> {
        let at = self.signed_in(call, now)?;
        let customer = self.book.records[at].current.clone();
        self.admit(&customer, Doing::Writing)?;
        Ok((at, customer))
    }

    /// The form in which the shop keeps a text.
    fn stored(&self, field: &str, text: &str) -> String {
        match (self.choices.stored_form, field) {
            (StoredForm::AsSent, _) => text.to_owned(),
            (StoredForm::Tidied, "email") => text.trim().to_lowercase(),
            (StoredForm::Tidied, _) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }
}

fn text(
    fields: &Map<String, Value>,
    field: &str,
    label: &str,
    complaints: &mut Complaints,
) -> Option<String> {
    match fields.get(field)? {
        Value::String(text) if text.chars().count() > LONGEST => {
            let message = format!("O campo {label} não pode ser superior a {LONGEST} caracteres.");
            complaints.add(field, message);
            None
        }
        Value::String(text) => Some(text.clone()),
        _ => {
            complaints.add(field, format!("O campo {label} deve ser uma string."));
            None
        }
    }
}

/// A text that must be there; one of blanks is not.
fn required_text(
    fields: &Map<String, Value>,
    field: &str,
    label: &str,
    complaints: &mut Complaints,
) -> Option<String> {
    let missing = match fields.get(field) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    };
    if missing {
        complaints.add(field, format!("O campo {label} é obrigatório."));
        return None;
    }
    text(fields, field, label, complaints)
}

fn required_truth(fields: &Map<String, Value>, complaints: &mut Complaints) -> Option<bool> {
    match fields.get("isCorporate") {
        None | Some(Value::Null) => {
            complaints.add("isCorporate", "O campo is corporate é obrigatório.");
            None
        }
        Some(Value::Bool(value)) => Some(*value),
        Some(_) => {
            complaints.add("isCorporate", "O campo is corporate deve ser verdadeiro ou falso.");
            None
        }
    }
}

/// The document's own pattern: a plus and seven to fifteen digits.
fn is_international(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

fn looks_like_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace) && !domain.contains('@')
}
