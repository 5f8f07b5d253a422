//! The six calls an account makes about itself.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::platform::inallweb::book::Preferences;
use crate::platform::inallweb::choices::{
    DataExportShape, DeleteAccount, EmailTaken, PasswordRefused, UpdatedAt,
};
use crate::platform::inallweb::customers::Changes;
use crate::platform::inallweb::refusal::{Problems, refuse, unauthorized};
use crate::platform::inallweb::sent::Sent;
use crate::platform::inallweb::{InAllWeb, body, foreign, sent};
use crate::server::{Answer, Call};

const SHORTEST_PASSWORD: usize = 8;

impl InAllWeb {
    pub(super) fn my_profile(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let account = self.signed_in(call, now)?;
        Ok(Answer::json(200, &body::base(account, &self.choices)))
    }

    pub(super) fn update_me(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = sent::object(call)?;
        let id = self.signed_in(call, now)?.id;
        let mut problems = Problems::default();
        let changes = Changes {
            first_name: sent::text(&fields, "first_name", 255, &mut problems),
            last_name: sent::text(&fields, "last_name", 255, &mut problems),
            phone: sent::text(&fields, "phone", 50, &mut problems),
            email: sent::text(&fields, "email", 255, &mut problems),
            is_active: Sent::Absent,
        };
        let known = ["first_name", "last_name", "phone", "email"];
        sent::mind_unknown(&fields, &known, &self.choices, &mut problems);
        if let Sent::Value(email) = &changes.email
            && !sent::looks_like_email(email.trim())
        {
            let message = "value is not a valid email address: it must have exactly one @-sign";
            problems.add(&["body", "email"], "value_error", message, email.as_str().into());
        }
        problems.settle()?;
        if let Sent::Value(email) = &changes.email
            && self.book.by_email(email.trim()).is_some_and(|account| account.id != id)
        {
            return Err(match self.choices.email_taken {
                EmailTaken::BadRequest => refuse(400, "Email already registered"),
                EmailTaken::Unprocessable => taken(email),
                EmailTaken::Conflict => refuse(409, "Email already registered"),
            });
        }
        self.change(id, changes, now)
    }

    pub(super) fn delete_me(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let id = self.signed_in(call, now)?.id;
        let kind = self.choices.delete_account;
        if let Some(account) = self.book.get_mut(id) {
            match kind {
                DeleteAccount::Gone => account.deleted = true,
                DeleteAccount::Deactivated => account.is_active = false,
                DeleteAccount::Anonymized => foreign::redact(account, now),
            }
            account.updated_at = now;
        }
        self.sessions.close_those_of(id);
        Ok(Answer::json(200, &json!({})))
    }

    pub(super) fn change_password(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = sent::object(call)?;
        let id = self.signed_in(call, now)?.id;
        let mut problems = Problems::default();
        let current = sent::required_text(&fields, "current_password", &mut problems);
        let new = sent::required_text(&fields, "new_password", &mut problems);
        if fields.get("new_password").is_some_and(Value::is_string) && new.chars().count() < SHORTEST_PASSWORD
        {
            let message = format!("String should have at least {SHORTEST_PASSWORD} characters");
            problems.add(&["body", "new_password"], "string_too_short", &message, Value::Null);
        }
        problems.settle()?;
        let refused = self.choices.password_refused;
        let account = self.book.get_mut(id).filter(|account| account.password == current);
        let account = account.ok_or_else(|| wrong_password(refused))?;
        account.password = new;
        Ok(Answer::json(200, &json!({})))
    }

    pub(super) fn export_my_data(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let account = self.signed_in(call, now)?;
        if self.choices.data_export_shape == DataExportShape::Csv {
            let file =
                format!("id,email,name\r\n{},{},{}\r\n", account.id, account.email, account.first_name);
            return Ok(Answer::text(200, "text/csv; charset=utf-8", file));
        }
        Ok(Answer::json(
            200,
            &match self.choices.data_export_shape {
                DataExportShape::Empty | DataExportShape::Csv => json!({}),
                DataExportShape::Object => json!({
                    "profile": body::base(account, &self.choices),
                    "addresses": body::addresses(account, &self.choices),
                    "orders": body::orders(account, &self.choices),
                    "preferences": preferences(account.preferences),
                    "exported_at": body::date(now, &self.choices),
                }),
            },
        ))
    }

    pub(super) fn my_preferences(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let account = self.signed_in(call, now)?;
        Ok(Answer::json(200, &preferences(account.preferences)))
    }

    pub(super) fn set_my_preferences(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = sent::object(call)?;
        let id = self.signed_in(call, now)?.id;
        let mut problems = Problems::default();
        let changes = ["order_updates", "promotions", "newsletter"].map(|field| {
            let change = sent::truth(&fields, field, &mut problems);
            if change == Sent::Null {
                problems.add(&["body", field], "bool_type", "Input should be a valid boolean", Value::Null);
            }
            change
        });
        problems.settle()?;
        let moves = self.choices.updated_at == UpdatedAt::Moves;
        let account = self.book.get_mut(id).ok_or_else(|| refuse(404, "Customer not found"))?;
        let Preferences { order_updates, promotions, newsletter } = &mut account.preferences;
        for (field, change) in [order_updates, promotions, newsletter].into_iter().zip(changes) {
            if let Sent::Value(value) = change {
                *field = value;
            }
        }
        if moves {
            account.updated_at = now;
        }
        Ok(Answer::json(200, &preferences(account.preferences)))
    }
}

fn wrong_password(refused: PasswordRefused) -> Answer {
    let text = "Current password is incorrect";
    match refused {
        PasswordRefused::BadRequest => refuse(400, text),
        PasswordRefused::Unauthorized => unauthorized(text),
        PasswordRefused::Forbidden => refuse(403, text),
        PasswordRefused::Unprocessable => {
            let mut problems = Problems::default();
            problems.add(&["body", "current_password"], "value_error", text, Value::Null);
            problems.refusal()
        }
    }
}

fn taken(email: &str) -> Answer {
    let mut problems = Problems::default();
    problems.add(&["body", "email"], "value_error", "Email already registered", email.into());
    problems.refusal()
}

pub(super) fn preferences(preferences: Preferences) -> Value {
    json!({
        "order_updates": preferences.order_updates,
        "promotions": preferences.promotions,
        "newsletter": preferences.newsletter,
    })
}
