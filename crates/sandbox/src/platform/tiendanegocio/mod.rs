//! Tiendanegocio, of Argentina: an envelope with the address of the next page, filters by date, number and text,
//! a token that stands bare or behind a scheme, and no word about how anything is refused.
//!
//! Company and password go in and never come out; nothing here may let a caller read them back.

mod body;
mod choices;
mod door;
mod foreign;
mod list;
mod orders;
mod refusal;
mod shelf;
mod write;

use axum::http::Method;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use crate::clock::Moment;
use crate::options::RateMode;
use crate::platform::foreign::id_to_reuse;
use crate::platform::{Kind, Opening, Platform, Refused};
use crate::rate::SlidingWindow;
use crate::sandbox::ReadyStore;
use crate::server::{Answer, Call};

use choices::Choices;
use door::Need;
use list::Listing;
use refusal::refuse;
use shelf::{Customer, Shelf};

pub(crate) const KIND: Kind = Kind {
    key: "tiendanegocio",
    variants: choices::VARIANTS,
    list_pointer: "/results",
    open: |opening| Box::new(Tiendanegocio::open(opening)),
};

/// The token decides the store; the number is told by the exchange of a code and stands in no path.
const STORE_ID: &str = "4310";

struct Tiendanegocio {
    shelf: Shelf,
    /// Another store's customers, for answers that come from the wrong one.
    stranger: Shelf,
    choices: Choices,
    token: String,
    dice: ChaCha8Rng,
    rate: RateMode,
    window: SlidingWindow,
    listing: Option<Listing>,
    lists_made: u64,
}

impl Tiendanegocio {
    fn open(opening: &Opening) -> Tiendanegocio {
        let mut dice = ChaCha8Rng::seed_from_u64(opening.seed ^ 0x746e_746f);
        Tiendanegocio {
            shelf: Shelf::seeded(opening.seed.wrapping_add(2 << 32), opening.customers, opening.now),
            stranger: Shelf::seeded(opening.seed ^ 0x5354_5242, opening.customers.min(60), opening.now),
            choices: Choices::default(),
            token: fresh_token(&mut dice),
            dice,
            rate: opening.rate,
            window: SlidingWindow::new(),
            listing: None,
            lists_made: 0,
        }
    }

    fn route(&mut self, path: &[&str], call: &Call, now: Moment) -> Result<Answer, Answer> {
        let reading = matches!(call.method, Method::GET | Method::HEAD);
        let is = |method: &Method| call.method == *method;
        if !matches!(path, ["customers"] | ["customers", _] | ["orders"]) {
            return Err(refuse(404, "Not Found", "The path does not exist", &self.choices));
        }
        self.allow(if reading { Need::Read } else { Need::Write })?;
        let not_allowed = |allowed: &str| {
            let refusal = refuse(405, "Method Not Allowed", "The path has no such method", &self.choices);
            Err(refusal.with("allow", allowed))
        };
        match path {
            ["customers"] if reading => self.list(call, now),
            ["customers"] if is(&Method::POST) => self.create_from(call, now),
            ["customers", id] if reading => self.one(id, now),
            ["customers", id] if is(&Method::PUT) => self.update_from(id, call, now),
            ["customers", id] if is(&Method::DELETE) => self.delete_by(id, now),
            ["orders"] if reading => self.orders(call, now),
            ["customers"] => not_allowed("GET, HEAD, POST"),
            ["customers", _] => not_allowed("GET, HEAD, PUT, DELETE"),
            _ => not_allowed("GET, HEAD"),
        }
    }

    fn delay(&self) -> i64 {
        self.choices.visibility_delay.seconds()
    }
}

impl Platform for Tiendanegocio {
    fn answer(&mut self, call: &Call, now: Moment) -> Answer {
        let answered = self
            .admit(call)
            .and_then(|path| self.within_allowance(now).map(|()| path))
            .and_then(|path| self.route(&path, call, now));
        answered.unwrap_or_else(|refusal| refusal)
    }

    fn swap_stores(&mut self) {
        std::mem::swap(&mut self.shelf, &mut self.stranger);
        self.listing = None;
    }

    fn ready(&self, origin: &str) -> ReadyStore {
        ReadyStore {
            platform: KIND.key.to_owned(),
            url: format!("{origin}/v1"),
            alias: None,
            store_id: Some(STORE_ID.to_owned()),
            email: None,
            secrets: vec![self.token.clone()],
        }
    }

    fn choose(&mut self, name: &str, value: &str) -> bool {
        self.choices.set(name, value)
    }

    fn customers(&self, _now: Moment) -> Vec<Value> {
        self.shelf.records.iter().map(|record| self.true_record(&record.current)).collect()
    }

    fn customer(&self, id: &str, _now: Moment) -> Result<Value, Refused> {
        Ok(self.true_record(&self.shelf.records[self.at(id)?].current))
    }

    fn create(&mut self, fields: &Map<String, Value>, now: Moment) -> Result<Value, Refused> {
        let reused = id_to_reuse(fields).map(|id| self.at(&id)).transpose()?;
        let id = reused.map_or_else(|| self.shelf.next_id(), |at| self.shelf.records[at].current.id);
        let mut customer = Customer { id, created_at: now, updated_at: now, ..Customer::default() };
        foreign::set_fields(&mut customer, fields)?;
        let record = self.true_record(&customer);
        match reused {
            None => self.shelf.push(customer, self.delay(), now),
            Some(at) if self.shelf.records[at].current.deleted => {
                self.shelf.replace(at, customer, self.delay(), now)
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
        let mut customer = self.shelf.records[at].current.clone();
        foreign::set_fields(&mut customer, set)?;
        if !quiet && !set.contains_key("updated_at") {
            customer.updated_at = now;
        }
        self.shelf.replace(at, customer, self.delay(), now);
        self.customer(id, now)
    }

    fn delete(&mut self, id: &str, now: Moment) -> Result<Value, Refused> {
        let at = self.at(id)?;
        let mut customer = self.shelf.records[at].current.clone();
        customer.deleted = true;
        self.shelf.replace(at, customer, self.delay(), now);
        self.customer(id, now)
    }

    fn redact(&mut self, id: &str, now: Moment) -> Result<Value, Refused> {
        let at = self.at(id)?;
        let mut customer = self.shelf.records[at].current.clone();
        customer.blank(now);
        self.shelf.replace(at, customer, self.delay(), now);
        self.customer(id, now)
    }

    fn accounts(&mut self, _now: Moment) -> Vec<Value> {
        vec![json!({"role": "app", "store_id": STORE_ID, "token": self.token})]
    }

    fn revoke(&mut self, _now: Moment) {
        self.token = fresh_token(&mut self.dice);
    }
}

fn fresh_token(dice: &mut ChaCha8Rng) -> String {
    let mut bytes = [0; 20];
    dice.fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
