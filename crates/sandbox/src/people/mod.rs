//! Seeded people: customers as Portuguese, Brazilian and Argentine shops have them, with their untidiness.
//!
//! A person depends on the seed and its own index alone, never on how many there are, so the first five hundred
//! of a large store are the people of a small one. Platforms turn them into their own records.

mod documents;
mod names;
mod oddities;
mod phones;
mod places;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::clock::{DAY, MINUTE, Moment};

pub(crate) use places::Place;

/// The country a person lives in, which decides names, streets, phones and documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Country {
    Portugal,
    Brazil,
    Argentina,
}

impl Country {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Country::Portugal => "PT",
            Country::Brazil => "BR",
            Country::Argentina => "AR",
        }
    }
}

/// Which people a store attracts.
#[derive(Clone, Copy)]
pub(crate) struct Crowd {
    pub(crate) seed: u64,
    /// Countries with their weight out of 100.
    pub(crate) countries: &'static [(Country, u32)],
    /// What a typical order costs, in cents.
    pub(crate) typical_order: i64,
    /// The midnight from which ages count back.
    pub(crate) today: Moment,
}

/// One seeded person.
pub(crate) struct Person {
    pub(crate) country: Country,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) company: Option<String>,
    pub(crate) email: String,
    pub(crate) phone: Option<String>,
    pub(crate) document: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) places: Vec<Place>,
    pub(crate) purchases: Vec<Purchase>,
    pub(crate) registered_at: Moment,
    pub(crate) changed_at: Moment,
    pub(crate) active: bool,
    pub(crate) wants_news: bool,
    /// Set where the shop never learnt who it was.
    pub(crate) unnamed: bool,
}

/// One order of a person, oldest first.
#[derive(Clone, Copy)]
pub(crate) struct Purchase {
    pub(crate) cents: i64,
    pub(crate) at: Moment,
    pub(crate) paid: bool,
}

impl Crowd {
    pub(crate) fn person(&self, index: u64) -> Person {
        let mut dice = ChaCha8Rng::seed_from_u64(self.seed);
        dice.set_stream(index);
        let country = self.country(&mut dice);
        let (first_name, last_name) = names::name(country, &mut dice);
        let company = dice.random_ratio(8, 100).then(|| names::company(country, &last_name, &mut dice));
        let recent = dice.random_ratio(10, 100);
        let registered = dice.random_range(if recent { 3..45 } else { 45..2_200 });
        let registered_at = self.ago(registered, &mut dice);
        let purchases = self.purchases(registered, recent, &mut dice);
        let touched = purchases.last().map_or(registered_at, |purchase| purchase.at);
        let changed_at = touched.max(self.ago(dice.random_range(2..registered), &mut dice));
        let mut person = Person {
            country,
            email: names::email(&first_name, &last_name, index, &mut dice),
            phone: dice.random_ratio(85, 100).then(|| phones::phone(country, &mut dice)),
            document: dice
                .random_ratio(80, 100)
                .then(|| documents::document(country, company.is_some(), &mut dice)),
            note: dice.random_ratio(30, 100).then(|| names::note(country, &mut dice)),
            places: places::places(country, &mut dice),
            first_name,
            last_name,
            company,
            purchases,
            registered_at,
            changed_at,
            active: dice.random_ratio(92, 100),
            wants_news: dice.random_ratio(40, 100),
            unnamed: false,
        };
        oddities::apply(&mut person, index);
        person
    }

    fn country(&self, dice: &mut ChaCha8Rng) -> Country {
        let mut roll = dice.random_range(0..100_u32);
        for (country, weight) in self.countries {
            if roll < *weight {
                return *country;
            }
            roll -= weight;
        }
        Country::Brazil
    }

    /// A tenth of all has bought nothing, most of them among those who came lately.
    fn purchases(&self, registered: i64, recent: bool, dice: &mut ChaCha8Rng) -> Vec<Purchase> {
        if dice.random_ratio(if recent { 30 } else { 8 }, 100) {
            return Vec::new();
        }
        // Most buy once or twice; the product of two dice gives the long tail of regulars.
        let count = 1 + dice.random_range(0..4) * dice.random_range(0..5) / 2;
        let mut purchases: Vec<Purchase> = (0..count)
            .map(|_| Purchase {
                cents: self.typical_order * dice.random_range(15..320) / 100 + dice.random_range(0..100),
                at: self.ago(dice.random_range(2..registered), dice),
                paid: dice.random_ratio(93, 100),
            })
            .collect();
        purchases.sort_by_key(|purchase| purchase.at);
        purchases
    }

    fn ago(&self, days: i64, dice: &mut ChaCha8Rng) -> Moment {
        // Whole seconds, in shop hours: stores keep no finer times.
        self.today - days * DAY
            + dice.random_range(8 * 60..23 * 60) * MINUTE
            + dice.random_range(0..60) * 1_000
    }
}

fn pick<T: Copy>(list: &[T], dice: &mut ChaCha8Rng) -> T {
    list[dice.random_range(0..list.len())]
}
