//! The customers of one Tiendanube store, and what a lagging replica still shows of them.

use serde_json::{Map, Value};

use crate::clock::{DAY, Moment, SECOND, midnight};
use crate::people::{Country, Crowd, Person, Place};
use crate::platform::tiendanube::choices::{BigIds, Choices, RedactedAnswer};
use crate::platform::tiendanube::custom_fields::{self, CustomField};
use crate::platform::tiendanube::metafields;

#[derive(Clone, Default)]
pub(super) struct Customer {
    /// The store's own count; callers see it through [`Shelf::outward`].
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) identification: Option<String>,
    pub(super) note: Option<String>,
    pub(super) billing_name: Option<String>,
    pub(super) billing_phone: Option<String>,
    pub(super) billing_address: Option<String>,
    pub(super) billing_number: Option<String>,
    pub(super) billing_floor: Option<String>,
    pub(super) billing_locality: Option<String>,
    pub(super) billing_zipcode: Option<String>,
    pub(super) billing_city: Option<String>,
    pub(super) billing_province: Option<String>,
    pub(super) billing_country: Option<String>,
    pub(super) customer_type: Option<String>,
    pub(super) business_name: Option<String>,
    pub(super) document_type: Option<String>,
    /// In no document, and writable: a client that drops what it does not know loses it.
    pub(super) internal_reference: Option<String>,
    pub(super) extra: Map<String, Value>,
    /// Values of custom fields, by the field's id.
    pub(super) custom_values: Map<String, Value>,
    /// Whether the one who created it asked for an invitation to be sent.
    pub(super) invited: bool,
    /// Whether it was created with a password, which nobody is ever told.
    pub(super) has_password: bool,
    pub(super) addresses: Vec<Address>,
    /// Oldest first.
    pub(super) orders: Vec<Order>,
    pub(super) active: bool,
    pub(super) accepts_marketing: bool,
    pub(super) accepts_marketing_updated_at: Option<Moment>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
    pub(super) deleted: bool,
    pub(super) redacted: bool,
}

#[derive(Clone, Default)]
pub(super) struct Address {
    pub(super) id: i64,
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
    pub(super) number: Option<String>,
    pub(super) floor: Option<String>,
    pub(super) locality: Option<String>,
    pub(super) city: Option<String>,
    pub(super) province: Option<String>,
    pub(super) country: Option<String>,
    pub(super) zipcode: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) default: bool,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) cents: i64,
    pub(super) at: Moment,
    pub(super) paid: bool,
}

/// A text that an app keeps beside a customer.
#[derive(Clone)]
pub(super) struct Metafield {
    pub(super) id: i64,
    /// The store's own count.
    pub(super) owner: i64,
    pub(super) namespace: String,
    pub(super) key: String,
    pub(super) value: String,
    pub(super) description: Option<String>,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
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
    pub(super) metafields: Vec<Metafield>,
    pub(super) custom_fields: Vec<CustomField>,
    /// From this id on ids are shown as large ones, if they are to be.
    first_young: i64,
    next_address: i64,
    /// Counts writes, so that a listing is made once for all its pages.
    pub(super) generation: u64,
    /// No stale version is shown from this time on.
    lagging_until: Moment,
}

const FIRST_ID: i64 = 41_000_001;
/// Just above the integers a binary fraction holds exactly; neighbours from here round to one number.
const BEYOND_EXACT: i64 = (1 << 53) + 3;

impl Shelf {
    pub(super) fn seeded(seed: u64, customers: usize, now: Moment) -> Shelf {
        const COUNTRIES: &[(Country, u32)] = &[(Country::Brazil, 65), (Country::Argentina, 35)];
        let crowd = Crowd { seed, countries: COUNTRIES, typical_order: 14_000, today: midnight(now) };
        let mut next_address = 7_000_001;
        let records: Vec<Record> = (0..customers as u64)
            .map(|index| {
                let current = customer(crowd.person(index), index, &mut next_address);
                Record { current, stale: Vec::new() }
            })
            .collect();
        let first_young = id_at((customers as u64 * 9 / 10) & !1);
        Shelf {
            metafields: records.iter().filter_map(|record| metafields::seeded(&record.current)).collect(),
            custom_fields: custom_fields::seeded(),
            records,
            first_young,
            next_address,
            generation: 0,
            lagging_until: 0,
        }
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
        self.position_of(self.inward(outward.parse().ok()?, choices)?)
    }

    pub(super) fn position_of(&self, id: i64) -> Option<usize> {
        self.records.binary_search_by_key(&id, |record| record.current.id).ok()
    }

    pub(super) fn email_is_taken(&self, email: &str, except: Option<i64>) -> bool {
        let holds = |customer: &Customer| {
            customer.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(email))
        };
        let mut others = self.records.iter().map(|record| &record.current);
        others.any(|customer| !customer.deleted && Some(customer.id) != except && holds(customer))
    }

    pub(super) fn next_id(&self) -> i64 {
        self.records.last().map_or(FIRST_ID, |record| record.current.id + 4)
    }

    pub(super) fn next_address_id(&mut self) -> i64 {
        self.next_address += 1;
        self.next_address
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
        let hidden =
            |customer: &Customer| customer.redacted && choices.redacted_answer == RedactedAnswer::NotFound;
        self.seen(now).filter(|customer| !customer.deleted && !hidden(customer))
    }
}

impl Customer {
    pub(super) fn spent(&self) -> i64 {
        self.orders.iter().filter(|order| order.paid).map(|order| order.cents).sum()
    }

    /// Every plain text that a caller may write, by its key.
    pub(super) fn texts_mut(&mut self) -> [(&'static str, &mut Option<String>); 17] {
        [
            ("phone", &mut self.phone),
            ("identification", &mut self.identification),
            ("note", &mut self.note),
            ("billing_name", &mut self.billing_name),
            ("billing_phone", &mut self.billing_phone),
            ("billing_address", &mut self.billing_address),
            ("billing_number", &mut self.billing_number),
            ("billing_floor", &mut self.billing_floor),
            ("billing_locality", &mut self.billing_locality),
            ("billing_zipcode", &mut self.billing_zipcode),
            ("billing_city", &mut self.billing_city),
            ("billing_province", &mut self.billing_province),
            ("billing_country", &mut self.billing_country),
            ("customer_type", &mut self.customer_type),
            ("business_name", &mut self.business_name),
            ("document_type", &mut self.document_type),
            ("internal_reference", &mut self.internal_reference),
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

    /// There is one default address where there is any.
    pub(super) fn settle_default(&mut self) {
        if !self.addresses.iter().any(|address| address.default)
            && let Some(first) = self.addresses.first_mut()
        {
            first.default = true;
        }
    }
}

impl Address {
    pub(super) fn texts_mut(&mut self) -> [(&'static str, &mut Option<String>); 10] {
        [
            ("name", &mut self.name),
            ("address", &mut self.address),
            ("number", &mut self.number),
            ("floor", &mut self.floor),
            ("locality", &mut self.locality),
            ("city", &mut self.city),
            ("province", &mut self.province),
            ("country", &mut self.country),
            ("zipcode", &mut self.zipcode),
            ("phone", &mut self.phone),
        ]
    }
}

/// Ids in neighbouring pairs with gaps between them.
fn id_at(index: u64) -> i64 {
    FIRST_ID + (index / 2 * 4 + index % 2) as i64
}

fn customer(person: Person, index: u64, next_address: &mut i64) -> Customer {
    let id = id_at(index);
    let full_name = match &person.company {
        Some(company) => company.clone(),
        None => format!("{} {}", person.first_name, person.last_name).trim_end().to_owned(),
    };
    let mut customer = Customer {
        id,
        billing_name: index.is_multiple_of(3).then(|| full_name.clone()),
        billing_phone: person.phone.clone().filter(|_| index.is_multiple_of(4)),
        name: full_name,
        email: (index % 61 != 59).then_some(person.email),
        phone: person.phone,
        identification: person.document,
        note: person.note,
        customer_type: Some(if person.company.is_some() { "company" } else { "person" }.to_owned()),
        business_name: person.company,
        document_type: None,
        internal_reference: (index % 7 == 3).then(|| format!("REF-{index:05}")),
        extra: extra(index),
        custom_values: custom_fields::seeded_values(index),
        orders: person
            .purchases
            .iter()
            .zip(0..)
            .map(|(purchase, at)| Order {
                id: 900_000_000 + index as i64 * 100 + at,
                cents: purchase.cents,
                at: purchase.at,
                paid: purchase.paid,
            })
            .collect(),
        active: person.active,
        accepts_marketing: person.wants_news,
        accepts_marketing_updated_at: person.wants_news.then_some(person.registered_at),
        created_at: person.registered_at,
        updated_at: person.changed_at,
        ..Customer::default()
    };
    if person.unnamed {
        // The stand-ins that orders without a buyer's data get; many share the address.
        let (name, email) = match person.country {
            Country::Argentina => ("No informado", "email@noinformado.com"),
            _ => ("Não informado", "email@naoinformado.com"),
        };
        (customer.name, customer.email) = (name.to_owned(), Some(email.to_owned()));
        customer.billing_name = None;
    }
    if customer.name.is_empty() {
        customer.billing_name = Some("Compra sem cadastro".to_owned());
    }
    for (place, at) in person.places.into_iter().zip(0..) {
        *next_address += 1;
        if at == 0 && index.is_multiple_of(3) {
            bill_to(&mut customer, &place);
        }
        let created_at = (customer.created_at + at * DAY / 2).min(customer.updated_at);
        customer.addresses.push(address(place, *next_address, at == 0, created_at, &customer.phone));
    }
    customer
}

fn address(place: Place, id: i64, default: bool, created_at: Moment, phone: &Option<String>) -> Address {
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Address {
        id,
        name: None,
        address: Some(place.street.into_owned()),
        number: Some(place.number),
        floor: given(place.floor.into_owned()),
        locality: given(place.locality.into_owned()),
        city: Some(place.city.into_owned()),
        province: Some(place.province.into_owned()),
        country: Some(place.country.code().to_owned()),
        zipcode: Some(place.postal_code),
        phone: phone.clone().filter(|_| id % 2 == 0),
        default,
        created_at,
        updated_at: created_at,
    }
}

fn bill_to(customer: &mut Customer, place: &Place) {
    customer.billing_address = Some(place.street.to_string());
    customer.billing_number = Some(place.number.clone());
    customer.billing_zipcode = Some(place.postal_code.clone());
    customer.billing_city = Some(place.city.to_string());
    customer.billing_province = Some(place.province.to_string());
    customer.billing_country = Some(place.country.code().to_owned());
}

fn extra(index: u64) -> Map<String, Value> {
    let fields: &[(&str, &str)] = match index % 5 {
        1 => &[("gender", "female"), ("number_of_children", "2")],
        3 => &[("talle", "M"), ("cumpleaños", "03-11")],
        _ => &[],
    };
    fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
}
