//! The accounts of one In All Web store: customers and staff in one table, as their shared numbers suggest.

use chrono::Months;

use crate::clock::{DAY, Moment, civil, midnight};
use crate::people::{Country, Crowd, Person};
use crate::platform::inallweb::choices::{Choices, SegmentOrder};

/// Who an account is to the store, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Customer,
    Staff,
    Manager,
    Admin,
    SysAdmin,
}

pub(super) const ROLES: [Role; 5] = [Role::SysAdmin, Role::Admin, Role::Manager, Role::Staff, Role::Customer];

/// What a customer counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Vip,
    Regular,
    Inactive,
    New,
}

pub(super) const SEGMENTS: [Segment; 4] = [Segment::Vip, Segment::Regular, Segment::Inactive, Segment::New];

#[derive(Clone)]
pub(super) struct Account {
    pub(super) id: i64,
    pub(super) email: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) phone: Option<String>,
    pub(super) is_active: bool,
    pub(super) email_verified: bool,
    pub(super) created_at: Option<Moment>,
    pub(super) updated_at: Moment,
    pub(super) role: Role,
    /// An account of the shop itself, which customer lists leave out.
    pub(super) is_staff: bool,
    pub(super) password: String,
    pub(super) admin_notes: Option<String>,
    pub(super) addresses: Vec<Address>,
    /// Oldest first.
    pub(super) orders: Vec<Order>,
    pub(super) preferences: Preferences,
    pub(super) deleted: bool,
    pub(super) redacted: bool,
}

#[derive(Clone)]
pub(super) struct Address {
    pub(super) id: i64,
    pub(super) billing: bool,
    pub(super) street: String,
    pub(super) city: String,
    pub(super) postal_code: String,
    pub(super) country: String,
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) cents: i64,
    pub(super) at: Moment,
    pub(super) paid: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Preferences {
    pub(super) order_updates: bool,
    pub(super) promotions: bool,
    pub(super) newsletter: bool,
}

pub(super) struct Book {
    /// Ascending by id.
    pub(super) accounts: Vec<Account>,
    /// Counts what may have been a change, so that a listing is made once for all its pages.
    pub(super) generation: u64,
}

const FIRST_CUSTOMER: i64 = 101;

impl Book {
    pub(super) fn seeded(seed: u64, customers: usize, now: Moment) -> Book {
        const COUNTRIES: &[(Country, u32)] =
            &[(Country::Portugal, 80), (Country::Brazil, 17), (Country::Argentina, 3)];
        let today = midnight(now);
        let crowd = Crowd { seed, countries: COUNTRIES, typical_order: 3_200, today };
        let staff = ROLES[..4].iter().zip(1..).map(|(role, id)| staff_account(*role, id, today));
        let people = (0..customers as u64).map(|index| customer_account(crowd.person(index), index as i64));
        Book { accounts: staff.chain(people).collect(), generation: 0 }
    }

    pub(super) fn get(&self, id: i64) -> Option<&Account> {
        let at = self.accounts.binary_search_by_key(&id, |account| account.id).ok()?;
        self.accounts.get(at)
    }

    pub(super) fn get_mut(&mut self, id: i64) -> Option<&mut Account> {
        self.generation += 1;
        let at = self.accounts.binary_search_by_key(&id, |account| account.id).ok()?;
        self.accounts.get_mut(at)
    }

    pub(super) fn push(&mut self, account: Account) {
        self.generation += 1;
        self.accounts.push(account);
    }

    pub(super) fn by_email(&self, email: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| !account.deleted && account.email.eq_ignore_ascii_case(email))
    }

    pub(super) fn next_id(&self) -> i64 {
        self.accounts.last().map_or(FIRST_CUSTOMER, |account| account.id.max(FIRST_CUSTOMER) + 1)
    }
}

impl Account {
    pub(super) fn spent(&self) -> i64 {
        self.orders.iter().map(|order| order.cents).sum()
    }

    pub(super) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }

    /// More than 200 EUR or more than five orders make a VIP; an order in six months a regular; thirty days since
    /// registration are new; the rest is inactive. Which goes first is nowhere said.
    pub(super) fn segment(&self, choices: &Choices, now: Moment) -> Segment {
        let vip = self.spent() > 20_000 || self.orders.len() > 5;
        let new = self.created_at.is_some_and(|created| now - created <= 30 * DAY);
        let half_a_year_ago =
            civil(now).checked_sub_months(Months::new(6)).map_or(0, |at| at.timestamp_millis());
        let regular = self.orders.last().is_some_and(|order| order.at >= half_a_year_ago);
        match choices.segment_order {
            SegmentOrder::NewFirst if new => Segment::New,
            _ if vip => Segment::Vip,
            _ if regular => Segment::Regular,
            _ if new => Segment::New,
            _ => Segment::Inactive,
        }
    }
}

fn staff_account(role: Role, id: i64, today: Moment) -> Account {
    let (login, first_name) = match role {
        Role::SysAdmin => ("sysadmin", "Sistema"),
        Role::Admin => ("admin", "Amélia"),
        Role::Manager => ("gerente", "Gonçalo"),
        Role::Staff | Role::Customer => ("equipa", "Estêvão"),
    };
    let created_at = today - 3_000 * DAY;
    Account {
        id,
        email: format!("{login}@loja.example"),
        first_name: first_name.to_owned(),
        last_name: "da Loja".to_owned(),
        phone: None,
        is_active: true,
        email_verified: true,
        created_at: Some(created_at),
        updated_at: created_at,
        role,
        is_staff: true,
        password: format!("sandbox-{login}"),
        admin_notes: None,
        addresses: Vec::new(),
        orders: Vec::new(),
        preferences: Preferences { order_updates: true, promotions: false, newsletter: false },
        deleted: false,
        redacted: false,
    }
}

fn customer_account(person: Person, index: i64) -> Account {
    // Ids have gaps, as they do where people have left.
    let id = FIRST_CUSTOMER + index * 2;
    let addresses = person.places.iter().zip(0..).map(|(place, at)| Address {
        id: id * 10 + at,
        billing: at == 0,
        street: [place.street.as_ref(), place.number.as_str(), place.floor.as_ref()]
            .join(" ")
            .trim()
            .to_owned(),
        city: place.city.to_string(),
        postal_code: place.postal_code.clone(),
        country: place.country.code().to_owned(),
    });
    let orders = person.purchases.iter().zip(0..).map(|(purchase, at)| Order {
        id: id * 100 + at,
        cents: purchase.cents,
        at: purchase.at,
        paid: purchase.paid,
    });
    Account {
        id,
        addresses: addresses.collect(),
        orders: orders.collect(),
        email: person.email,
        first_name: if person.unnamed { "Não informado".to_owned() } else { person.first_name },
        last_name: if person.unnamed { String::new() } else { person.last_name },
        phone: person.phone,
        is_active: person.active,
        email_verified: person.wants_news || index % 3 != 0,
        created_at: (index % 53 != 51).then_some(person.registered_at),
        updated_at: person.changed_at,
        role: Role::Customer,
        is_staff: false,
        password: "sandbox-customer".to_owned(),
        admin_notes: person.note,
        preferences: Preferences {
            order_updates: true,
            promotions: person.wants_news,
            newsletter: index % 2 == 0,
        },
        deleted: false,
        redacted: false,
    }
}
