//! The customers of one Yampi store and their clusters, and what a lagging replica still shows of them.

use crate::clock::{Moment, SECOND};
use crate::platform::yampi::choices::{AnonymizedForm, BigIds, Choices};

/// A natural person or a company.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Natural,
    Legal,
}

#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Customer {
    /// The store's own count; callers see it through [`Shelf::outward`].
    pub(super) id: i64,
    pub(super) active: bool,
    pub(super) kind: Kind,
    pub(super) cluster: Option<i64>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) email: Option<String>,
    /// Without punctuation.
    pub(super) cpf: Option<String>,
    /// Likewise.
    pub(super) cnpj: Option<String>,
    pub(super) razao_social: Option<String>,
    pub(super) state_registration: Option<String>,
    /// Digits.
    pub(super) phone: Option<String>,
    /// `YYYY-MM-DD`.
    pub(super) birthday: Option<String>,
    pub(super) notes: Option<String>,
    pub(super) newsletter: bool,
    pub(super) whatsapp: bool,
    pub(super) social_driver: Option<String>,
    pub(super) social_id: Option<i64>,
    pub(super) ip: Option<String>,
    pub(super) utm_source: Option<String>,
    pub(super) utm_campaign: Option<String>,
    /// Opens the customer's account; no client has any business with it.
    pub(super) token: Option<String>,
    /// Likewise.
    pub(super) login_url: Option<String>,
    pub(super) addresses: Vec<Address>,
    /// Oldest first.
    pub(super) orders: Vec<Order>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
    pub(super) deleted: bool,
    pub(super) anonymized: bool,
}

#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) id: i64,
    pub(super) receiver: Option<String>,
    pub(super) zip_code: Option<String>,
    pub(super) street: Option<String>,
    pub(super) number: Option<String>,
    pub(super) neighborhood: Option<String>,
    pub(super) complement: Option<String>,
    pub(super) city: Option<String>,
    pub(super) uf: Option<String>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) cents: i64,
    pub(super) at: Moment,
    pub(super) paid: bool,
}

/// A group of customers.
#[derive(Clone)]
pub(super) struct Cluster {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) created_at: Moment,
}

/// A customer with the versions that reads still show in its place.
pub(super) struct Record {
    pub(super) current: Customer,
    pub(super) stale: Vec<Stale>,
}

pub(super) struct Stale {
    until: Moment,
    /// Nothing, where the customer was not there yet.
    shown: Option<Box<Customer>>,
}

pub(super) struct Shelf {
    /// Ascending by id.
    pub(super) records: Vec<Record>,
    pub(super) clusters: Vec<Cluster>,
    /// From this id on ids are shown as large ones, if they are to be.
    pub(super) first_young: i64,
    pub(super) last_address: i64,
    /// Counts writes, so that a listing is made once for all its pages.
    pub(super) generation: u64,
    /// No stale version is shown from this time on.
    pub(super) lagging_until: Moment,
}

pub(super) const FIRST_ID: i64 = 18_300_001;
/// Just above the integers a binary fraction holds exactly; neighbours from here round to one number.
const BEYOND_EXACT: i64 = (1 << 53) + 3;

impl Shelf {
    pub(super) fn outward(&self, id: i64, choices: &Choices) -> i64 {
        if choices.big_ids == BigIds::On && id >= self.first_young {
            id - self.first_young + BEYOND_EXACT
        } else {
            id
        }
    }

    fn inward(&self, id: i64, choices: &Choices) -> Option<i64> {
        match choices.big_ids {
            BigIds::Off => Some(id),
            BigIds::On if id >= BEYOND_EXACT => Some(id - BEYOND_EXACT + self.first_young),
            BigIds::On => Some(id).filter(|id| *id < self.first_young),
        }
    }

    pub(super) fn position(&self, outward: &str, choices: &Choices) -> Option<usize> {
        self.position_of(self.inward(outward.parse().ok()?, choices)?)
    }

    pub(super) fn position_of(&self, id: i64) -> Option<usize> {
        self.records.binary_search_by_key(&id, |record| record.current.id).ok()
    }

    /// Whether somebody else among the living fits.
    pub(super) fn is_taken(&self, except: i64, holds: impl Fn(&Customer) -> bool) -> bool {
        let mut others = self.records.iter().map(|record| &record.current);
        others.any(|customer| !customer.deleted && customer.id != except && holds(customer))
    }

    pub(super) fn next_id(&self) -> i64 {
        self.records.last().map_or(FIRST_ID, |record| record.current.id + 3)
    }

    pub(super) fn next_address_id(&mut self) -> i64 {
        self.last_address += 1;
        self.last_address
    }

    /// Stores a change that reads see after a while.
    pub(super) fn replace(&mut self, at: usize, customer: Customer, delay: i64, now: Moment) {
        self.note_write(delay, now);
        if let Some(record) = self.records.get_mut(at) {
            let before = std::mem::replace(&mut record.current, customer);
            record.stale.retain(|stale| stale.until > now);
            if delay > 0 {
                record.stale.push(Stale { until: now + delay * SECOND, shown: Some(Box::new(before)) });
            }
        }
    }

    /// Stores a new customer that reads see after a while.
    pub(super) fn push(&mut self, customer: Customer, delay: i64, now: Moment) {
        self.note_write(delay, now);
        let stale = (delay > 0).then(|| Stale { until: now + delay * SECOND, shown: None });
        self.records.push(Record { current: customer, stale: stale.into_iter().collect() });
    }

    fn note_write(&mut self, delay: i64, now: Moment) {
        self.generation += 1;
        self.lagging_until = self.lagging_until.max(now + delay * SECOND);
    }

    /// Whether every read shows the truth already.
    pub(super) fn is_settled(&self, now: Moment) -> bool {
        self.lagging_until <= now
    }
}

impl Record {
    /// What a read shows at this time, if anything.
    pub(super) fn seen(&self, now: Moment) -> Option<&Customer> {
        match self.stale.iter().find(|stale| stale.until > now) {
            Some(stale) => stale.shown.as_deref(),
            None => Some(&self.current),
        }
    }

    /// What a list shows at this time, if anything.
    pub(super) fn listed(&self, now: Moment) -> Option<&Customer> {
        self.seen(now).filter(|customer| !customer.deleted)
    }
}

impl Customer {
    pub(super) fn name(&self) -> Option<String> {
        let parts = [self.first_name.as_deref(), self.last_name.as_deref()];
        let known: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        if known.is_empty() { self.first_name.clone() } else { Some(known.join(" ")) }
    }

    /// A store keeps the two parts; whole names are cut at the first blank.
    pub(super) fn set_name(&mut self, name: Option<String>) {
        let (first, last) = match &name {
            None => (None, None),
            Some(name) => match name.trim_start().split_once(' ') {
                Some((first, last)) => (Some(first.to_owned()), Some(last.to_owned())),
                None => (Some(name.clone()), None),
            },
        };
        (self.first_name, self.last_name) = (first, last);
    }

    pub(super) fn document(&self) -> Option<&str> {
        match self.kind {
            Kind::Natural => self.cpf.as_deref(),
            Kind::Legal => self.cnpj.as_deref(),
        }
    }

    /// What is left of a person after an erasure: the number, the dates and the orders.
    pub(super) fn anonymize(&mut self, now: Moment) {
        *self = Customer {
            id: self.id,
            kind: self.kind,
            orders: std::mem::take(&mut self.orders),
            created_at: self.created_at,
            updated_at: now,
            deleted: self.deleted,
            anonymized: true,
            ..Customer::default()
        };
    }

    /// The person as answers tell it: of an anonymized one, what the variant puts in place of what was there.
    pub(super) fn told(&self, choices: &Choices) -> Customer {
        let mut customer = self.clone();
        if !self.anonymized {
            return customer;
        }
        let (name, email, text) = match choices.anonymized_form {
            AnonymizedForm::Null => return customer,
            AnonymizedForm::Empty => (String::new(), String::new(), String::new()),
            AnonymizedForm::Word => {
                let word = "Anonimizado".to_owned();
                (word.clone(), word.clone(), word)
            }
            AnonymizedForm::Placeholder => (
                "Cliente Removido".to_owned(),
                format!("{}@anonimizado.example", self.id),
                "00000000000".to_owned(),
            ),
        };
        customer.set_name(Some(name));
        customer.email = Some(email);
        customer.cpf = Some(text.clone()).filter(|_| self.kind == Kind::Natural);
        customer.cnpj = Some(text.clone()).filter(|_| self.kind == Kind::Legal);
        customer.phone = Some(text);
        customer
    }
}

impl Address {
    /// Every text that a caller may write, by its key; the postal code's has another spelling by variant.
    pub(super) fn texts_mut(&mut self) -> [(&'static str, &mut Option<String>); 8] {
        [
            ("receiver", &mut self.receiver),
            ("zip_code", &mut self.zip_code),
            ("street", &mut self.street),
            ("number", &mut self.number),
            ("neighborhood", &mut self.neighborhood),
            ("complement", &mut self.complement),
            ("city", &mut self.city),
            ("uf", &mut self.uf),
        ]
    }
}
