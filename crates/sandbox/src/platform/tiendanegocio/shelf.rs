//! The customers of one Tiendanegocio store, and what a lagging replica still shows of them.

use crate::clock::{Moment, SECOND, midnight};
use crate::people::{Country, Crowd, Person, Place};
use crate::platform::tiendanegocio::choices::{BigIds, Choices, RedactedAnswer};

#[derive(Clone, Default)]
pub(super) struct Customer {
    /// The store's own count; callers see it through [`Shelf::outward`].
    pub(super) id: i64,
    pub(super) name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) identification: Option<String>,
    pub(super) identification_type: Option<String>,
    pub(super) note: Option<String>,
    /// Accepted in bodies and never answered.
    pub(super) company: Option<String>,
    /// How often a password was set; the password itself is nobody's business.
    pub(super) password_sets: u64,
    pub(super) accepts_marketing: bool,
    pub(super) address: Option<Address>,
    /// Oldest first.
    pub(super) orders: Vec<Order>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
    pub(super) deleted: bool,
    pub(super) redacted: bool,
}

#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) address: String,
    pub(super) number: String,
    pub(super) floor: String,
    pub(super) locality: String,
    pub(super) city: String,
    pub(super) province: String,
    pub(super) zipcode: String,
    pub(super) country: String,
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) cents: i64,
    pub(super) at: Moment,
    pub(super) paid: bool,
}

/// A customer with the versions that reads still show in its place.
pub(super) struct Record {
    pub(super) current: Customer,
    stale: Vec<Stale>,
}

struct Stale {
    until: Moment,
    /// Nothing, where the customer was not there yet.
    shown: Option<Box<Customer>>,
}

pub(super) struct Shelf {
    /// Ascending by id.
    pub(super) records: Vec<Record>,
    /// From this id on ids are shown as large ones, if they are to be.
    first_young: i64,
    /// Counts writes, so that a listing is made once for all its pages.
    pub(super) generation: u64,
    /// No stale version is shown from this time on.
    lagging_until: Moment,
}

const FIRST_ID: i64 = 25;
/// Just above the integers a binary fraction holds exactly; neighbours from here round to one number.
const BEYOND_EXACT: i64 = (1 << 53) + 3;

impl Shelf {
    pub(super) fn seeded(seed: u64, customers: usize, now: Moment) -> Shelf {
        const COUNTRIES: &[(Country, u32)] = &[(Country::Argentina, 92), (Country::Brazil, 8)];
        let crowd = Crowd { seed, countries: COUNTRIES, typical_order: 2_400_000, today: midnight(now) };
        let records = (0..customers as u64)
            .map(|index| Record { current: customer(crowd.person(index), index), stale: Vec::new() })
            .collect();
        let first_young = id_at((customers as u64 * 9 / 10) & !1);
        Shelf { records, first_young, generation: 0, lagging_until: 0 }
    }

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
        let id = self.inward(outward.parse().ok()?, choices)?;
        self.records.binary_search_by_key(&id, |record| record.current.id).ok()
    }

    pub(super) fn email_is_taken(&self, email: &str, except: i64) -> bool {
        let holds = |customer: &Customer| {
            customer.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(email))
        };
        let mut others = self.records.iter().map(|record| &record.current);
        others.any(|customer| !customer.deleted && customer.id != except && holds(customer))
    }

    pub(super) fn next_id(&self) -> i64 {
        self.records.last().map_or(FIRST_ID, |record| record.current.id + 4)
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
    pub(super) fn listed(&self, choices: &Choices, now: Moment) -> Option<&Customer> {
        self.seen(now).filter(|customer| !customer.deleted && !customer.is_hidden(choices))
    }
}

impl Customer {
    /// Whether an erasure took the record away altogether.
    pub(super) fn is_hidden(&self, choices: &Choices) -> bool {
        self.redacted && choices.redacted_answer == RedactedAnswer::NotFound
    }

    pub(super) fn spent(&self) -> i64 {
        self.orders.iter().filter(|order| order.paid).map(|order| order.cents).sum()
    }

    /// Every text that a body may set, by its key; the password is none of them.
    pub(super) fn texts_mut(&mut self) -> [(&'static str, &mut Option<String>); 8] {
        [
            ("name", &mut self.name),
            ("last_name", &mut self.last_name),
            ("email", &mut self.email),
            ("phone", &mut self.phone),
            ("identification", &mut self.identification),
            ("identification_type", &mut self.identification_type),
            ("note", &mut self.note),
            ("company", &mut self.company),
        ]
    }

    /// What is left of a person after an erasure: the number, the dates and the orders.
    pub(super) fn blank(&mut self, now: Moment) {
        *self = Customer {
            id: self.id,
            orders: std::mem::take(&mut self.orders),
            created_at: self.created_at,
            updated_at: now,
            deleted: self.deleted,
            redacted: true,
            ..Customer::default()
        };
    }
}

impl Address {
    pub(super) fn texts_mut(&mut self) -> [(&'static str, &mut String); 8] {
        [
            ("address", &mut self.address),
            ("number", &mut self.number),
            ("floor", &mut self.floor),
            ("locality", &mut self.locality),
            ("city", &mut self.city),
            ("province", &mut self.province),
            ("zipcode", &mut self.zipcode),
            ("country", &mut self.country),
        ]
    }
}

/// Ids in neighbouring pairs with gaps between them.
fn id_at(index: u64) -> i64 {
    FIRST_ID + (index / 2 * 4 + index % 2) as i64
}

fn customer(person: Person, index: u64) -> Customer {
    let identification_type = person.document.as_deref().map(|document| kind_of(document, person.country));
    let orders = person.purchases.iter().zip(0..).map(|(purchase, at)| Order {
        id: 500_000 + index as i64 * 100 + at,
        cents: purchase.cents,
        at: purchase.at,
        paid: purchase.paid,
    });
    // A newsletter form asks for nothing but the address to write to.
    let subscriber = person.unnamed;
    let given = |text: String| Some(text).filter(|text| !text.is_empty() && !subscriber);
    Customer {
        id: id_at(index),
        orders: orders.collect(),
        name: given(person.first_name),
        last_name: given(person.last_name),
        email: (index % 61 != 59).then_some(person.email),
        // The panel keeps digits, forms let everything through.
        phone: person.phone.filter(|_| !subscriber).map(|phone| {
            if index.is_multiple_of(3) { phone } else { phone.chars().filter(char::is_ascii_digit).collect() }
        }),
        identification: person.document,
        identification_type: identification_type.map(str::to_owned),
        note: person.note,
        company: person.company,
        password_sets: u64::from(person.active),
        accepts_marketing: person.wants_news,
        address: person.places.into_iter().next().map(address),
        created_at: person.registered_at,
        updated_at: person.changed_at,
        deleted: false,
        redacted: false,
    }
}

fn kind_of(document: &str, country: Country) -> &'static str {
    let length = document.chars().filter(char::is_ascii_alphanumeric).count();
    match (country, length) {
        (Country::Brazil, 14) => "CNPJ",
        (Country::Brazil, _) => "CPF",
        (Country::Argentina, 11) => "CUIT",
        (Country::Argentina, _) => "DNI",
        (Country::Portugal, _) => "NIF",
    }
}

fn address(place: Place) -> Address {
    Address {
        address: place.street.into_owned(),
        number: place.number,
        floor: place.floor.into_owned(),
        locality: place.locality.into_owned(),
        city: place.city.into_owned(),
        province: place.province.into_owned(),
        zipcode: place.postal_code,
        country: place.country.code().to_owned(),
    }
}
