//! The customers of one Uappi shop, and what a lagging replica still shows of them.

use crate::clock::{DAY, Moment, SECOND, midnight};
use crate::people::{Country, Crowd, Person, Place};
use crate::platform::uappi::choices::{BigIds, Choices};

#[derive(Clone)]
pub(super) struct Customer {
    /// The shop's own count; callers see it through [`Book::outward`].
    pub(super) id: i64,
    pub(super) email: String,
    /// Given name of a person, legal name of a company.
    pub(super) name: Option<String>,
    /// Surname of a person, trade name of a company.
    pub(super) trade_name: Option<String>,
    pub(super) is_corporate: bool,
    pub(super) gender: Gender,
    pub(super) nationality: String,
    /// Year, month and day.
    pub(super) birthdate: Option<String>,
    /// With plus and country code, as a PUT has to send it.
    pub(super) phone: Option<String>,
    /// In cents.
    pub(super) wallet: i64,
    pub(super) points: i64,
    pub(super) origin: String,
    pub(super) active: bool,
    /// Whether answers about this customer are masked, where the shop masks some.
    pub(super) masked: bool,
    pub(super) addresses: Vec<Address>,
    pub(super) documents: Vec<Document>,
    pub(super) flags: Flags,
    /// Oldest first.
    pub(super) orders: Vec<Order>,
    pub(super) password: String,
    pub(super) created_at: Moment,
    /// Told by no answer; the control API counts by it.
    pub(super) updated_at: Moment,
    pub(super) deleted: bool,
    pub(super) redacted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    Male,
    Female,
    Undefined,
}

impl Gender {
    pub(super) fn key(self) -> &'static str {
        match self {
            Gender::Male => "male",
            Gender::Female => "female",
            Gender::Undefined => "undefined",
        }
    }

    pub(super) fn read(key: &str) -> Option<Gender> {
        [Gender::Male, Gender::Female, Gender::Undefined].into_iter().find(|gender| gender.key() == key)
    }
}

#[derive(Clone, Default)]
pub(super) struct Address {
    pub(super) id: i64,
    pub(super) main: bool,
    pub(super) zip_code: String,
    pub(super) identification: String,
    pub(super) street: String,
    pub(super) number: String,
    pub(super) city: String,
    pub(super) complement: String,
    pub(super) district: String,
    pub(super) state: String,
    pub(super) recipient: String,
    pub(super) state_code: String,
    pub(super) country_code: String,
    pub(super) at: Moment,
}

#[derive(Clone)]
pub(super) struct Document {
    pub(super) kind: String,
    pub(super) number: String,
}

#[derive(Clone, Copy)]
pub(super) struct Flags {
    pub(super) promotional_email: bool,
    pub(super) promotional_sms: bool,
    pub(super) order_email: bool,
    pub(super) order_sms: bool,
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) cents: i64,
    pub(super) at: Moment,
    /// The others were cancelled.
    pub(super) paid: bool,
}

/// A customer with the versions that reads still show in its place.
pub(super) struct Record {
    pub(super) current: Customer,
    stale: Vec<(Moment, Customer)>,
}

pub(super) struct Book {
    /// Ascending by id.
    pub(super) records: Vec<Record>,
    /// From this id on ids are shown as large ones, if they are to be.
    first_young: i64,
}

const FIRST_ID: i64 = 123;
/// Just above the integers a binary fraction holds exactly; neighbours from here round to one number.
const BEYOND_EXACT: i64 = (1 << 53) + 3;

impl Book {
    pub(super) fn seeded(seed: u64, customers: usize, now: Moment) -> Book {
        const COUNTRIES: &[(Country, u32)] =
            &[(Country::Brazil, 96), (Country::Argentina, 3), (Country::Portugal, 1)];
        let crowd = Crowd { seed, countries: COUNTRIES, typical_order: 18_000, today: midnight(now) };
        let records = (0..customers as u64)
            .map(|index| Record { current: customer(crowd.person(index), index), stale: Vec::new() })
            .collect();
        Book { records, first_young: id_at((customers as u64 * 9 / 10) & !1) }
    }

    pub(super) fn outward(&self, id: i64, choices: &Choices) -> i64 {
        if choices.big_ids == BigIds::On && id >= self.first_young {
            id - self.first_young + BEYOND_EXACT
        } else {
            id
        }
    }

    pub(super) fn position(&self, outward: &str, choices: &Choices) -> Option<usize> {
        let id: i64 = outward.parse().ok()?;
        let id = match choices.big_ids {
            BigIds::Off => id,
            BigIds::On if id >= BEYOND_EXACT => id - BEYOND_EXACT + self.first_young,
            BigIds::On => Some(id).filter(|id| *id < self.first_young)?,
        };
        self.place(id)
    }

    /// Where the customer with the shop's own number stands.
    pub(super) fn place(&self, id: i64) -> Option<usize> {
        self.records.binary_search_by_key(&id, |record| record.current.id).ok()
    }

    pub(super) fn email_is_taken(&self, email: &str, except: i64) -> bool {
        let mut others = self.records.iter().map(|record| &record.current);
        others.any(|customer| {
            !customer.deleted && customer.id != except && customer.email.eq_ignore_ascii_case(email)
        })
    }

    pub(super) fn next_id(&self) -> i64 {
        self.records.last().map_or(FIRST_ID, |record| record.current.id + 4)
    }

    /// Stores a change that reads see after a while.
    pub(super) fn replace(&mut self, at: usize, customer: Customer, delay: i64, now: Moment) {
        if let Some(record) = self.records.get_mut(at) {
            let before = std::mem::replace(&mut record.current, customer);
            record.stale.retain(|(until, _)| *until > now);
            if delay > 0 {
                record.stale.push((now + delay * SECOND, before));
            }
        }
    }

    pub(super) fn push(&mut self, customer: Customer) {
        self.records.push(Record { current: customer, stale: Vec::new() });
    }
}

impl Record {
    /// What a read shows at this time.
    pub(super) fn seen(&self, now: Moment) -> &Customer {
        let stale = self.stale.iter().find(|(until, _)| *until > now);
        stale.map_or(&self.current, |(_, customer)| customer)
    }
}

impl Customer {
    pub(super) fn blank_new(id: i64, now: Moment) -> Customer {
        Customer {
            id,
            email: format!("novo{id}@correio.example"),
            name: None,
            trade_name: None,
            is_corporate: false,
            gender: Gender::Undefined,
            nationality: "BR".to_owned(),
            birthdate: None,
            phone: None,
            wallet: 0,
            points: 0,
            origin: "web".to_owned(),
            active: true,
            masked: false,
            addresses: Vec::new(),
            documents: Vec::new(),
            flags: Flags {
                promotional_email: false,
                promotional_sms: false,
                order_email: true,
                order_sms: false,
            },
            orders: Vec::new(),
            password: password(id),
            created_at: now,
            updated_at: now,
            deleted: false,
            redacted: false,
        }
    }

    pub(super) fn order_value(&self) -> i64 {
        self.orders.iter().filter(|order| order.paid).map(|order| order.cents).sum()
    }

    pub(super) fn cancelled(&self) -> usize {
        self.orders.iter().filter(|order| !order.paid).count()
    }

    /// What is left of a person after an erasure: the number, the dates and the orders.
    pub(super) fn erase(&mut self, now: Moment) {
        *self = Customer {
            email: format!("removido-{}@anonimizado.invalid", self.id),
            orders: std::mem::take(&mut self.orders),
            created_at: self.created_at,
            active: self.active,
            deleted: self.deleted,
            redacted: true,
            ..Customer::blank_new(self.id, now)
        };
    }
}

fn password(id: i64) -> String {
    format!("sandbox-{id}")
}

/// Ids in neighbouring pairs with gaps between them.
fn id_at(index: u64) -> i64 {
    FIRST_ID + (index / 2 * 4 + index % 2) as i64
}

fn customer(person: Person, index: u64) -> Customer {
    let id = id_at(index);
    let corporate = person.company.is_some();
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let recipient = format!("{} {}", person.first_name, person.last_name).trim().to_owned();
    let documents = person.document.iter().map(|number| {
        let digits = number.chars().filter(char::is_ascii_alphanumeric).count();
        let kind = match (person.country, digits) {
            (Country::Brazil, 14) => "CNPJ",
            (Country::Brazil, _) => "CPF",
            (Country::Argentina, 11) => "CUIT",
            (Country::Argentina, _) => "DNI",
            (Country::Portugal, _) => "NIF",
        };
        Document { kind: kind.to_owned(), number: number.clone() }
    });
    let orders = person.purchases.iter().zip(0..).map(|(purchase, at)| Order {
        id: 40_000 + index as i64 * 100 + at,
        cents: purchase.cents,
        at: purchase.at,
        paid: purchase.paid,
    });
    let addresses =
        person.places.iter().zip(0..).map(|(place, at)| {
            address(place, id * 10 + at, at, &recipient, person.registered_at + at * DAY / 2)
        });
    let masked = index % 19 == 11;
    Customer {
        documents: documents.collect(),
        orders: orders.collect(),
        addresses: addresses.collect(),
        email: person.email,
        is_corporate: corporate,
        gender: match index % 9 {
            8 => Gender::Undefined,
            even if even % 2 == 0 => Gender::Female,
            _ => Gender::Male,
        },
        nationality: person.country.code().to_owned(),
        birthdate: (index % 5 != 3 && !corporate).then(|| birthdate(index)),
        phone: person.phone.as_deref().map(|phone| international(phone, person.country)),
        wallet: if index % 6 == 1 { 15_000 + index as i64 * 7 % 900 } else { 0 },
        points: index as i64 * 37 % 1_200,
        active: person.active || index < 3,
        masked,
        flags: Flags {
            promotional_email: person.wants_news,
            promotional_sms: person.wants_news && index.is_multiple_of(2),
            order_email: true,
            order_sms: index.is_multiple_of(3),
        },
        trade_name: given(match &person.company {
            Some(company) => company.split(' ').next().unwrap_or_default().to_owned(),
            None => person.last_name,
        }),
        name: person.company.or(given(person.first_name)),
        created_at: person.registered_at,
        updated_at: person.changed_at,
        ..Customer::blank_new(id, person.registered_at)
    }
}

fn birthdate(index: u64) -> String {
    format!("{}-{:02}-{:02}", 1945 + index * 13 % 60, 1 + index * 5 % 12, 1 + index * 11 % 28)
}

/// The number as a PUT of this platform wants it; the shop's form adds the country's code.
fn international(phone: &str, country: Country) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let code = dialling_code(country.code());
    let national = if phone.starts_with('+') {
        return format!("+{digits}");
    } else if let Some(rest) = digits.strip_prefix("00") {
        return format!("+{rest}");
    } else if digits.len() > 11 && digits.starts_with(code) {
        return format!("+{digits}");
    } else {
        digits.trim_start_matches('0')
    };
    format!("+{code}{national}")
}

/// Which digits lead a number of the country.
pub(super) fn dialling_code(nationality: &str) -> &'static str {
    match nationality {
        "AR" => "54",
        "PT" => "351",
        _ => "55",
    }
}

fn address(place: &Place, id: i64, order: i64, recipient: &str, at: Moment) -> Address {
    Address {
        id,
        main: order == 0,
        zip_code: place.postal_code.clone(),
        identification: ["Casa", "Trabalho", "Mãe", "Praia"][order as usize % 4].to_owned(),
        street: place.street.to_string(),
        number: place.number.clone(),
        city: place.city.to_string(),
        complement: place.floor.to_string(),
        district: place.locality.to_string(),
        state: place.province.to_string(),
        recipient: recipient.to_owned(),
        state_code: state_code(&place.province).to_owned(),
        country_code: place.country.code().to_owned(),
        at,
    }
}

fn state_code(state: &str) -> &'static str {
    const CODES: &[(&str, &str)] = &[
        ("São Paulo", "SP"),
        ("Rio de Janeiro", "RJ"),
        ("Minas Gerais", "MG"),
        ("Santa Catarina", "SC"),
        ("Paraná", "PR"),
        ("Bahia", "BA"),
        ("Ceará", "CE"),
        ("Distrito Federal", "DF"),
        ("Goiás", "GO"),
        ("Pará", "PA"),
        ("Alagoas", "AL"),
        ("Maranhão", "MA"),
        ("Rio Grande do Sul", "RS"),
        ("Espírito Santo", "ES"),
        ("Amapá", "AP"),
        ("Mato Grosso", "MT"),
    ];
    CODES.iter().find(|(name, _)| *name == state).map_or("", |(_, code)| code)
}
