//! Tiendanube, called Nuvemshop in Brazil: bare arrays with paging in the headers, a leaky bucket, three shapes of
//! refusal, and writes whose rules the documents leave open.
//!
//! A customer whose addresses alone change keeps its time of change; nothing here may soften that.

mod address;
mod body;
mod choices;
mod custom_fields;
mod door;
mod foreign;
mod list;
mod metafields;
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
use crate::rate::LeakyBucket;
use crate::sandbox::ReadyStore;
use crate::server::{Answer, Call};

use choices::{Choices, CustomFieldValues, StoreCountry};
use door::Need;
use list::Listing;
use refusal::{not_found, refuse};
use shelf::{Customer, Shelf};

pub(crate) const KIND: Kind = Kind {
    key: "tiendanube",
    variants: choices::VARIANTS,
    list_pointer: "",
    open: |opening| Box::new(Tiendanube::open(opening)),
};

const STORE_ID: &str = "789001";

struct Tiendanube {
    shelf: Shelf,
    /// Another store's customers, for answers that come from the wrong one.
    stranger: Shelf,
    choices: Choices,
    token: String,
    dice: ChaCha8Rng,
    rate: RateMode,
    bucket: LeakyBucket,
    listing: Option<Listing>,
    lists_made: u64,
}

impl Tiendanube {
    fn open(opening: &Opening) -> Tiendanube {
        let mut dice = ChaCha8Rng::seed_from_u64(opening.seed ^ 0x746f_6b65);
        Tiendanube {
            shelf: Shelf::seeded(opening.seed.wrapping_add(1 << 32), opening.customers, opening.now),
            stranger: Shelf::seeded(opening.seed ^ 0x5354_5241, opening.customers.min(60), opening.now),
            choices: Choices::default(),
            token: fresh_token(&mut dice),
            dice,
            rate: opening.rate,
            bucket: LeakyBucket::new(),
            listing: None,
            lists_made: 0,
        }
    }

    fn route(&mut self, path: &[&str], call: &Call, now: Moment) -> Result<Answer, Answer> {
        let reading = matches!(call.method, Method::GET | Method::HEAD);
        let need = if reading { Need::Read } else { Need::Write };
        let is = |method: &Method| call.method == *method;
        let values_below = self.choices.custom_field_values;
        let known = match path {
            ["customers"] | ["customers", _] | ["orders"] | ["metafields"] | ["metafields", _] => true,
            ["customers", "custom-fields", _] | ["customers", "custom-fields", _, "owners"] => true,
            ["customers", _, "custom-fields"] => values_below != CustomFieldValues::Absent,
            ["customers", _, "custom-fields", "values"] => values_below == CustomFieldValues::Below,
            _ => false,
        };
        if !known {
            return Err(not_found("The path does not exist", &self.choices));
        }
        self.allow(need)?;
        match path {
            ["customers"] if reading => self.list(call, now),
            ["customers"] if is(&Method::POST) => self.create_from(call, now),
            ["customers", "custom-fields"] if reading => Ok(self.custom_fields()),
            ["customers", "custom-fields"] if is(&Method::POST) => self.create_custom_field(call),
            ["customers", "custom-fields"] => Err(not_allowed()),
            ["customers", "custom-fields", id] if reading => self.custom_field(id),
            ["customers", "custom-fields", id, "owners"] if reading => self.custom_field_owners(id, now),
            ["customers", "custom-fields", ..] => Err(not_allowed()),
            ["customers", id, "custom-fields"] if reading => self.custom_values(id, now),
            ["customers", id, "custom-fields"]
                if is(&Method::PUT) && values_below == CustomFieldValues::Same =>
            {
                self.set_custom_values(id, call, now)
            }
            ["customers", id, "custom-fields", "values"] if is(&Method::PUT) => {
                self.set_custom_values(id, call, now)
            }
            ["customers", id] if reading => self.one(id, call, now),
            ["customers", id] if is(&Method::PUT) => self.update_from(id, call, now),
            ["customers", id] if is(&Method::DELETE) => self.delete_by(id, now),
            ["orders"] if reading => self.orders(call, now),
            ["metafields", "customers"] if reading => self.metafields(call, now),
            ["metafields"] if is(&Method::POST) => self.create_metafield(call, now),
            ["metafields", id] if reading => self.metafield(id),
            ["metafields", id] if is(&Method::PUT) => self.update_metafield(id, call, now),
            ["metafields", id] if is(&Method::DELETE) => self.delete_metafield(id),
            _ => Err(not_allowed()),
        }
    }

    fn admitted(&mut self, call: &Call, now: Moment) -> Answer {
        let path = match self.admit(call) {
            Ok(path) => path,
            Err(refusal) => return refusal,
        };
        let reading = self.count(now);
        let answer = match &reading {
            Some(reading) if !reading.accepted => self.too_many(reading, now),
            _ => self.route(&path, call, now).unwrap_or_else(|refusal| refusal),
        };
        match reading {
            Some(reading) => door::with_allowance(answer, &reading),
            None => answer,
        }
    }

    fn delay(&self) -> i64 {
        self.choices.visibility_delay.seconds()
    }
}

impl Platform for Tiendanube {
    fn answer(&mut self, call: &Call, now: Moment) -> Answer {
        let language = match self.choices.store_country {
            StoreCountry::Brazil => "pt",
            StoreCountry::Argentina => "es",
        };
        let answer = self.admitted(call, now);
        refusal::reshaped(answer, &self.choices).with("x-main-language", language)
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
        let mut customer =
            Customer { id, created_at: now, updated_at: now, active: true, ..Customer::default() };
        self.set_fields(&mut customer, fields, now)?;
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
        self.set_fields(&mut customer, set, now)?;
        // An edit of addresses alone is as silent from a foreign hand as from a caller's.
        let only_addresses = set.keys().all(|field| field == "addresses");
        if !quiet && !only_addresses && !set.contains_key("updated_at") {
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

fn not_allowed() -> Answer {
    refuse(405, "Method Not Allowed", None)
}

fn fresh_token(dice: &mut ChaCha8Rng) -> String {
    let mut bytes = [0; 20];
    dice.fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
