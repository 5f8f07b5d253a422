//! Uappi, version 3: the profile of one shopper, seen and changed with that shopper's own token.
//!
//! There is no list, no id in a path, no create and no delete. Whoever has no token of a customer cannot learn
//! that the customer exists, and nothing here may make that easier.

mod access;
mod body;
mod book;
mod choices;
mod foreign;
mod mask;
mod profile;
mod refusal;

use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::clock::{MINUTE, Moment};
use crate::options::RateMode;
use crate::platform::foreign::id_to_reuse;
use crate::platform::{Kind, Opening, Platform, Refused};
use crate::rate::SlidingWindow;
use crate::sandbox::ReadyStore;
use crate::server::{Answer, Call};

use access::Sessions;
use book::{Book, Customer};
use choices::{Choices, PasswordPath};
use refusal::refuse;

pub(crate) const KIND: Kind = Kind {
    key: "uappi",
    variants: choices::VARIANTS,
    list_pointer: "",
    open: |opening| Box::new(Uappi::open(opening)),
};

/// How many customers' tokens a shop tells at its start.
const READY_TOKENS: usize = 3;
/// How many customers the control API gives tokens for at once.
const ACCOUNTS: usize = 1_000;

struct Uappi {
    book: Book,
    /// Another shop's customers, for answers that come from the wrong one.
    stranger: Book,
    sessions: Sessions,
    choices: Choices,
    long_lived_tokens: Vec<String>,
    rate: RateMode,
    window: SlidingWindow,
}

impl Uappi {
    fn open(opening: &Opening) -> Uappi {
        let book = Book::seeded(opening.seed.wrapping_add(3 << 32), opening.customers, opening.now);
        let mut uappi = Uappi {
            stranger: Book::seeded(opening.seed ^ 0x5354_5243, opening.customers.min(60), opening.now),
            sessions: Sessions::new(opening.seed),
            choices: Choices::default(),
            long_lived_tokens: Vec::new(),
            rate: opening.rate,
            window: SlidingWindow::new(),
            book,
        };
        uappi.give_out_long_lived_tokens(opening.now);
        uappi
    }

    fn give_out_long_lived_tokens(&mut self, now: Moment) {
        let customers = self.book.records.iter().map(|record| &record.current);
        let ids: Vec<i64> = customers
            .filter(|customer| customer.active && !customer.deleted && !customer.redacted)
            .take(READY_TOKENS)
            .map(|customer| customer.id)
            .collect();
        self.long_lived_tokens = ids.into_iter().map(|id| self.sessions.open_long_lived(id, now)).collect();
    }

    fn route(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let is = |method: &Method| call.method == *method;
        let reading = is(&Method::GET) || is(&Method::HEAD);
        let writing = is(&Method::PUT);
        match call.path.as_str() {
            "/api/v3/customer" if reading => self.typed(call).and_then(|()| self.profile(call, now)),
            "/api/v3/customer" if writing => self.typed(call).and_then(|()| self.update_profile(call, now)),
            "/api/v3/customer" => Err(not_allowed("GET, HEAD, PUT")),
            path if self.changes_passwords(path) && writing => {
                self.typed(call).and_then(|()| self.change_password(call, now))
            }
            path if self.changes_passwords(path) => Err(not_allowed("PUT")),
            "/api/v3/logout" if is(&Method::POST) => self.typed(call).and_then(|()| self.log_out(call, now)),
            "/api/v3/logout" => Err(not_allowed("POST")),
            _ => Err(refuse(404, "NOT_FOUND", "Recurso não encontrado.")),
        }
    }

    fn changes_passwords(&self, path: &str) -> bool {
        let known = self.choices.password_path;
        (path == "/api/v3/customer/password" && known != PasswordPath::Bare)
            || (path == "/customer/password" && known != PasswordPath::Prefixed)
    }

    fn delay(&self) -> i64 {
        self.choices.visibility_delay.seconds()
    }
}

impl Platform for Uappi {
    fn answer(&mut self, call: &Call, now: Moment) -> Answer {
        let answered = self.within_allowance(now).and_then(|()| self.route(call, now));
        self.with_allowance(answered.unwrap_or_else(|refusal| refusal))
    }

    fn swap_stores(&mut self) {
        std::mem::swap(&mut self.book, &mut self.stranger);
    }

    fn ready(&self, origin: &str) -> ReadyStore {
        ReadyStore {
            platform: KIND.key.to_owned(),
            url: origin.to_owned(),
            alias: None,
            store_id: None,
            email: None,
            secrets: self.long_lived_tokens.clone(),
        }
    }

    fn choose(&mut self, name: &str, value: &str) -> bool {
        self.choices.set(name, value)
    }

    fn customers(&self, _now: Moment) -> Vec<Value> {
        self.book.records.iter().map(|record| self.true_record(&record.current)).collect()
    }

    fn customer(&self, id: &str, _now: Moment) -> Result<Value, Refused> {
        Ok(self.true_record(&self.book.records[self.at(id)?].current))
    }

    fn create(&mut self, fields: &Map<String, Value>, now: Moment) -> Result<Value, Refused> {
        let reused = id_to_reuse(fields).map(|id| self.at(&id)).transpose()?;
        let id = reused.map_or_else(|| self.book.next_id(), |at| self.book.records[at].current.id);
        let mut customer = Customer::blank_new(id, now);
        foreign::set_fields(&mut customer, fields)?;
        let record = self.true_record(&customer);
        match reused {
            None => self.book.push(customer),
            Some(at) if self.book.records[at].current.deleted => {
                self.book.replace(at, customer, self.delay(), now)
            }
            Some(_) => return Err(Refused::wrong("the id is in use")),
        }
        Ok(record)
    }

    fn edit(
        &mut self,
        id: &str,
        set: &Map<String, Value>,
        quiet: bool,
        now: Moment,
    ) -> Result<Value, Refused> {
        let at = self.at(id)?;
        let mut customer = self.book.records[at].current.clone();
        foreign::set_fields(&mut customer, set)?;
        if !quiet && !set.contains_key("updatedAt") {
            customer.updated_at = now;
        }
        self.book.replace(at, customer, self.delay(), now);
        self.customer(id, now)
    }

    fn delete(&mut self, id: &str, now: Moment) -> Result<Value, Refused> {
        let at = self.at(id)?;
        let mut customer = self.book.records[at].current.clone();
        customer.deleted = true;
        customer.updated_at = now;
        self.book.replace(at, customer, self.delay(), now);
        self.customer(id, now)
    }

    fn redact(&mut self, id: &str, now: Moment) -> Result<Value, Refused> {
        let at = self.at(id)?;
        let mut customer = self.book.records[at].current.clone();
        customer.erase(now);
        self.book.replace(at, customer, self.delay(), now);
        self.customer(id, now)
    }

    fn accounts(&mut self, now: Moment) -> Vec<Value> {
        let life = self.choices.token_minutes.number() * MINUTE;
        let customers = self.book.records.iter().map(|record| &record.current).take(ACCOUNTS);
        let accounts = customers.map(|customer| {
            json!({
                "role": "customer",
                "id": self.book.outward(customer.id, &self.choices),
                "email": customer.email,
                "password": customer.password,
                "token": self.sessions.open(customer.id, now, life),
            })
        });
        accounts.collect()
    }

    fn revoke(&mut self, now: Moment) {
        self.sessions.close_all();
        self.give_out_long_lived_tokens(now);
    }
}

fn not_allowed(allowed: &str) -> Answer {
    refuse(405, "METHOD_NOT_ALLOWED", "Método não permitido.").with("allow", allowed)
}
