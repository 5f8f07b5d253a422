//! Yampi, whose API answers under the name of Dooki: two credentials, paging inside the body, answers that are kept
//! for half an hour whatever is written meanwhile, and lists that pass over what they do not understand.
//!
//! Customers carry the link that signs them in; nothing here may leave it out to be kind.

mod address;
mod body;
mod cache;
mod choices;
mod cluster;
mod door;
mod filter;
mod foreign;
mod list;
mod orders;
mod refusal;
mod scroll;
mod seed;
mod sent;
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
use crate::sandbox::ReadyStore;
use crate::server::{Answer, Call};

use cache::Cache;
use choices::Choices;
use door::{ALIAS, Allowances, MERCHANT_ID, Merchant};
use list::Listing;
use refusal::{not_allowed, not_found};
use scroll::Scrolls;
use shelf::{Customer, Shelf};

pub(crate) const KIND: Kind = Kind {
    key: "yampi",
    variants: choices::VARIANTS,
    list_pointer: "/data",
    open: |opening| Box::new(Yampi::open(opening)),
};

struct Yampi {
    shelf: Shelf,
    /// Another store's customers, for answers that come from the wrong one and for the account's second store.
    stranger: Shelf,
    swapped: bool,
    choices: Choices,
    token: String,
    secret_key: String,
    dice: ChaCha8Rng,
    seed: u64,
    rate: RateMode,
    allowances: Allowances,
    cache: Cache,
    scrolls: Scrolls,
    listing: Option<Listing>,
    lists_made: u64,
}

impl Yampi {
    fn open(opening: &Opening) -> Yampi {
        let mut dice = ChaCha8Rng::seed_from_u64(opening.seed ^ 0x7961_6d70);
        let seed = opening.seed.wrapping_add(2 << 32);
        Yampi {
            shelf: Shelf::seeded(seed, opening.customers, opening.now),
            stranger: Shelf::seeded(seed ^ 0x5354_5241, opening.customers.min(60), opening.now),
            swapped: false,
            choices: Choices::default(),
            token: random_text("user-token", &mut dice),
            secret_key: random_text("user-secret", &mut dice),
            dice,
            seed,
            rate: opening.rate,
            allowances: Allowances::default(),
            cache: Cache::default(),
            scrolls: Scrolls::default(),
            listing: None,
            lists_made: 0,
        }
    }

    fn admitted(&mut self, call: &Call, now: Moment) -> Answer {
        let Some(path) = call.path.strip_prefix("/v2/") else {
            return not_found(&self.choices);
        };
        let path: Vec<&str> = path.split('/').collect();
        if let Err(refusal) = self.admit(call) {
            return refusal;
        }
        let reading = self.count(call, &path, now);
        let answer = match &reading {
            Some(reading) if !reading.accepted => self.too_many(reading),
            _ => self.route(&path, call, now).unwrap_or_else(|refusal| refusal),
        };
        match reading {
            Some(reading) => door::with_allowance(answer, &reading),
            None => answer,
        }
    }

    fn route(&mut self, path: &[&str], call: &Call, now: Moment) -> Result<Answer, Answer> {
        match path {
            ["auth", "me"] if call.method == Method::POST => Ok(self.account()),
            ["auth", "me"] => Err(not_allowed("POST", &self.choices)),
            ["auth", ..] => Err(not_found(&self.choices)),
            [alias, rest @ ..] => match self.merchant(alias)? {
                Merchant::Own => self.kept_or_new(rest, call, now),
                Merchant::Other => {
                    self.swap_stores();
                    let answer = self.kept_or_new(rest, call, now);
                    self.swap_stores();
                    answer
                }
            },
            [] => Err(not_found(&self.choices)),
        }
    }

    fn kept_or_new(&mut self, path: &[&str], call: &Call, now: Moment) -> Result<Answer, Answer> {
        let caching = self.choices.cache == choices::Cache::On;
        let address = cache::address(call, if self.swapped { "other" } else { "own" }).filter(|_| caching);
        if let Some(kept) = address.as_deref().and_then(|address| self.cache.get(address, now)) {
            return Ok(kept);
        }
        let answer = self.in_store(path, call, now)?;
        if let Some(address) = address {
            self.cache.keep(address, &answer, now);
        }
        Ok(answer)
    }

    fn in_store(&mut self, path: &[&str], call: &Call, now: Moment) -> Result<Answer, Answer> {
        let reading = matches!(call.method, Method::GET | Method::HEAD);
        let is = |method: &Method| call.method == *method;
        let allowed = match path {
            ["customers"] if reading => return self.list(call, now),
            ["customers"] if is(&Method::POST) => return self.create_from(call, now),
            ["customers"] => "GET, HEAD, POST",
            ["customers", "clusters"] if reading => return self.clusters(call),
            ["customers", "clusters"] if is(&Method::POST) => return self.create_cluster(call, now),
            ["customers", "clusters"] => "GET, HEAD, POST",
            ["customers", "clusters", id] if reading => return self.one_cluster(id),
            ["customers", "clusters", id, "customers"] if reading => return self.members(id, call, now),
            ["customers", "clusters", _] | ["customers", "clusters", _, "customers"] => "GET, HEAD",
            ["customers", "filters"] if reading => return Ok(filter::known()),
            ["customers", "filters"] => "GET, HEAD",
            ["customers", id] if reading => return self.one(id, call, now),
            ["customers", id] if is(&Method::PUT) => return self.update_from(id, call, now),
            ["customers", id] if is(&Method::DELETE) => return self.delete_by(id, now),
            ["customers", _] => "GET, HEAD, PUT",
            ["customers", id, "addresses"] if reading => return self.addresses(id, now),
            ["customers", id, "addresses"] if is(&Method::POST) => return self.add_address(id, call, now),
            ["customers", _, "addresses"] => "GET, HEAD, POST",
            ["customers", id, "addresses", address] if is(&Method::PUT) => {
                return self.change_address(id, address, call, now);
            }
            ["customers", _, "addresses", _] => "PUT",
            ["search", "customers"] if reading => return self.search_one(call, now),
            ["search", "customers"] => "GET, HEAD",
            ["orders"] if reading => return self.orders(call, now),
            ["orders"] => "GET, HEAD",
            _ => return Err(not_found(&self.choices)),
        };
        Err(not_allowed(allowed, &self.choices))
    }

    fn delay(&self) -> i64 {
        self.choices.visibility_delay.seconds()
    }
}

impl Platform for Yampi {
    fn answer(&mut self, call: &Call, now: Moment) -> Answer {
        self.admitted(call, now)
    }

    fn swap_stores(&mut self) {
        std::mem::swap(&mut self.shelf, &mut self.stranger);
        self.swapped = !self.swapped;
        self.listing = None;
    }

    fn ready(&self, origin: &str) -> ReadyStore {
        ReadyStore {
            platform: KIND.key.to_owned(),
            url: format!("{origin}/v2"),
            alias: Some(ALIAS.to_owned()),
            store_id: Some(MERCHANT_ID.to_string()),
            email: None,
            secrets: vec![self.token.clone(), self.secret_key.clone()],
        }
    }

    fn choose(&mut self, name: &str, value: &str) -> bool {
        // What was kept has the shape of another choice.
        self.cache.clear();
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
            Customer { id, active: true, created_at: now, updated_at: now, ..Customer::default() };
        seed::give_secrets(&mut customer, self.seed);
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
        customer.anonymize(now);
        self.shelf.replace(at, customer, self.delay(), now);
        self.customer(id, now)
    }

    fn accounts(&mut self, _now: Moment) -> Vec<Value> {
        vec![json!({
            "role": "user",
            "alias": ALIAS,
            "store_id": MERCHANT_ID.to_string(),
            "token": self.token,
            "secret_key": self.secret_key,
        })]
    }

    /// As when the user's password changes.
    fn revoke(&mut self, _now: Moment) {
        self.token = random_text("user-token", &mut self.dice);
        self.secret_key = random_text("user-secret", &mut self.dice);
    }
}

fn random_text(kind: &str, dice: &mut ChaCha8Rng) -> String {
    let mut bytes = [0; 16];
    dice.fill_bytes(&mut bytes);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{kind}-{hex}")
}
