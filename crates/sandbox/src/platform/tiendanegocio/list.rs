//! Lists: filters, order, pages, and the envelope that tells of the next one.

use chrono::DateTime;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::clock::{Moment, SECOND};
use crate::platform::tiendanegocio::choices::{
    Bounds, Choices, DateSpelling, DeletedAnswer, LastPage, ListOrder, NextPage, PaginationCounts, PastEnd,
    PerPageOver, SinceIdFilters, TotalCount,
};
use crate::platform::tiendanegocio::refusal::{Complaints, not_found, refuse};
use crate::platform::tiendanegocio::shelf::Customer;
use crate::platform::tiendanegocio::{Tiendanegocio, body};
use crate::server::{Answer, Call};
use crate::text::{contains_ignoring_case, encode};

/// A listing kept for its further pages: making it anew for each would cost a large store its speed.
pub(super) struct Listing {
    filters: String,
    generation: u64,
    positions: Vec<usize>,
}

impl Tiendanegocio {
    pub(super) fn list(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let mut complaints = Complaints::default();
        let page = Page::read(call, &self.choices, &mut complaints);
        let since = number(call, "since_id", &mut complaints);
        let mut filters = Filters::read(call, &self.choices, &mut complaints);
        complaints.settle(&self.choices)?;
        if since.is_some() && self.choices.since_id_filters == SinceIdFilters::Alone {
            filters = Filters::default();
        }

        self.refresh_listing(&filters, since.is_some(), now);
        let empty = Vec::new();
        let all = self.listing.as_ref().map_or(&empty, |listing| &listing.positions);
        let outward = |at: &usize| self.shelf.outward(self.shelf.records[*at].current.id, &self.choices);
        let from = since.map_or(0, |since| all.partition_point(|at| outward(at) <= since));
        let found = &all[from..];
        let customers: Vec<body::CustomerBody<'_>> = page
            .of(found)
            .iter()
            .filter_map(|at| self.shelf.records[*at].seen(now))
            .map(|customer| body::customer(customer, &self.shelf, &self.choices))
            .collect();
        Ok(page.answer(call, &customers, found.len(), &self.choices))
    }

    fn refresh_listing(&mut self, filters: &Filters, by_id: bool, now: Moment) {
        let order = if by_id { ListOrder::Id } else { self.choices.list_order };
        self.lists_made += 1;
        let name = format!("{filters:?} {order:?} {:?}", self.choices);
        let fresh = self.listing.as_ref().is_some_and(|listing| {
            listing.filters == name
                && listing.generation == self.shelf.generation
                && self.shelf.is_settled(now)
        });
        if fresh && order != ListOrder::Unstable {
            return;
        }
        let records = &self.shelf.records;
        let wanted: Option<Vec<usize>> = filters
            .ids
            .as_ref()
            .map(|ids| ids.iter().filter_map(|id| self.shelf.position(id, &self.choices)).collect());
        let mut positions: Vec<usize> = (0..records.len())
            .filter(|at| wanted.as_ref().is_none_or(|wanted| wanted.contains(at)))
            .filter(|at| {
                records[*at].listed(&self.choices, now).is_some_and(|customer| filters.admit(customer))
            })
            .collect();
        match order {
            ListOrder::Id => {}
            ListOrder::IdDescending => positions.reverse(),
            ListOrder::Updated => {
                positions.sort_by_key(|at| std::cmp::Reverse((records[*at].current.updated_at, *at)));
            }
            ListOrder::Unstable => {
                // Another order at every call, as of a database that was not told to sort.
                let stir = self.lists_made.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                positions.sort_by_key(|at| ((*at as u64 + 1).wrapping_mul(stir | 1)) >> 32);
            }
        }
        // While a replica lags the same question has another answer a second later.
        let generation = if self.shelf.is_settled(now) { self.shelf.generation } else { u64::MAX };
        self.listing = Some(Listing { filters: name, generation, positions });
    }

    pub(super) fn one(&self, id: &str, now: Moment) -> Result<Answer, Answer> {
        let missing = || not_found(&self.choices);
        let at = self.shelf.position(id, &self.choices).ok_or_else(missing)?;
        let customer = self.shelf.records[at].seen(now).ok_or_else(missing)?;
        if customer.deleted {
            return Err(match self.choices.deleted_answer {
                DeletedAnswer::NotFound => missing(),
                DeletedAnswer::Gone => refuse(410, "Gone", "The customer was deleted", &self.choices),
                DeletedAnswer::Object => Answer::json(200, &json!({})),
            });
        }
        if customer.is_hidden(&self.choices) {
            return Err(missing());
        }
        Ok(Answer::json(200, &body::customer(customer, &self.shelf, &self.choices)))
    }
}

/// The filters of a customer list but since_id, which only moves its beginning.
#[derive(Debug, Default)]
struct Filters {
    created: Range,
    updated: Range,
    needle: Option<String>,
    ids: Option<Vec<String>>,
}

impl Filters {
    fn read(call: &Call, choices: &Choices, complaints: &mut Complaints) -> Filters {
        let given = |name: &str| call.parameter(name).filter(|text| !text.is_empty());
        Filters {
            created: Range::read(call, "created_at_min", "created_at_max", choices, complaints),
            updated: Range::read(call, "updated_at_min", "updated_at_max", choices, complaints),
            needle: given("q").map(str::to_lowercase),
            ids: given("ids").map(|ids| ids.split(',').map(|id| id.trim().to_owned()).collect()),
        }
    }

    fn admit(&self, customer: &Customer) -> bool {
        let full_name = [&customer.name, &customer.last_name].map(|part| part.as_deref().unwrap_or_default());
        let texts = [Some(full_name.join(" ")), customer.email.clone(), customer.identification.clone()];
        let found = |needle: &String| texts.iter().flatten().any(|text| contains_ignoring_case(text, needle));
        self.created.admits(customer.created_at)
            && self.updated.admits(customer.updated_at)
            && self.needle.as_ref().is_none_or(found)
    }
}

#[derive(Debug, Default)]
struct Range {
    from: Option<Moment>,
    to: Option<Moment>,
    inclusive: bool,
    /// The step in which the store keeps its times.
    step: i64,
}

impl Range {
    fn read(call: &Call, from: &str, to: &str, choices: &Choices, complaints: &mut Complaints) -> Range {
        let mut moment = |name: &str| {
            let text = call.parameter(name).filter(|text| !text.is_empty())?;
            let read = read_date(text);
            if read.is_none() {
                complaints.add(name, "is not a valid date");
            }
            read
        };
        Range {
            from: moment(from),
            to: moment(to),
            inclusive: choices.bounds == Bounds::Inclusive,
            step: if choices.date_spelling == DateSpelling::Millis { 1 } else { SECOND },
        }
    }

    /// A bound that reads like the date it is compared with is on the bound.
    fn admits(&self, at: Moment) -> bool {
        let step = |moment: Moment| moment.div_euclid(self.step.max(1));
        let within = |ordering: std::cmp::Ordering| ordering.is_gt() || (self.inclusive && ordering.is_eq());
        self.from.is_none_or(|from| within(step(at).cmp(&step(from))))
            && self.to.is_none_or(|to| within(step(to).cmp(&step(at))))
    }
}

/// Both spellings of an offset, and a bare day as its beginning. A plus sign that arrived as a blank is no offset.
fn read_date(text: &str) -> Option<Moment> {
    let offset = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"));
    match offset {
        Ok(time) => Some(time.timestamp_millis()),
        Err(_) => {
            let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            Some(day.and_hms_opt(3, 0, 0)?.and_utc().timestamp_millis())
        }
    }
}

/// Which page of a list is asked for.
pub(super) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    pub(super) fn read(call: &Call, choices: &Choices, complaints: &mut Complaints) -> Page {
        let largest = choices.per_page_max.number();
        let page = number(call, "page", complaints).unwrap_or(1).max(1) as usize;
        let size = number(call, "per_page", complaints);
        let size = size.map_or(choices.per_page_default.number(), |size| size.max(1) as usize);
        if size > largest && choices.per_page_over == PerPageOver::Refused {
            complaints.add("per_page", &format!("must be less than or equal to {largest}"));
        }
        Page { number: page, size: size.min(largest) }
    }

    pub(super) fn of<'a, T>(&self, list: &'a [T]) -> &'a [T] {
        let from = (self.number - 1).saturating_mul(self.size).min(list.len());
        &list[from..(from + self.size).min(list.len())]
    }

    pub(super) fn answer(
        &self,
        call: &Call,
        items: &[impl Serialize],
        total: usize,
        choices: &Choices,
    ) -> Answer {
        // The first page is never behind the end, however empty the store is.
        if items.is_empty() && self.number > 1 && choices.past_end == PastEnd::NotFound {
            return refuse(404, "Not Found", "There is no such page", choices);
        }
        let stated = match choices.total_count {
            TotalCount::Exact => total,
            TotalCount::High => total + 7,
            TotalCount::Low => total.saturating_sub(7),
        };
        let count = |number: usize| match choices.pagination_counts {
            PaginationCounts::Number => json!(number),
            PaginationCounts::Text => json!(number.to_string()),
        };
        let mut pagination = Map::new();
        pagination.insert("total".to_owned(), count(stated));
        pagination.insert("page".to_owned(), count(self.number));
        pagination.insert("per_page".to_owned(), count(self.size));
        let next = if self.number.saturating_mul(self.size) < total {
            Some(Value::from(self.next_address(call, choices)))
        } else {
            match choices.last_page {
                LastPage::Null => Some(Value::Null),
                LastPage::Empty => Some(Value::from("")),
                LastPage::Absent => None,
            }
        };
        pagination.extend(next.map(|next| ("next_page".to_owned(), next)));
        #[derive(Serialize)]
        struct Envelope<'a, T> {
            pagination: Map<String, Value>,
            results: &'a [T],
        }
        Answer::json(200, &Envelope { pagination, results: items })
    }

    fn next_address(&self, call: &Call, choices: &Choices) -> String {
        let mut filters = String::new();
        if choices.next_page == NextPage::KeepsFilters {
            for (name, value) in call.pairs.iter().filter(|(name, _)| name != "page" && name != "per_page") {
                filters.push_str(&format!("&{}={}", encode(name), encode(value)));
            }
        }
        let host = call.header("host").unwrap_or("127.0.0.1");
        let (path, page, size) = (&call.path, self.number + 1, self.size);
        format!("http://{host}{path}?page={page}&per_page={size}{filters}")
    }
}

pub(super) fn number(call: &Call, name: &str, complaints: &mut Complaints) -> Option<i64> {
    let text = call.parameter(name).filter(|text| !text.is_empty())?;
    let number = text.parse().ok();
    if number.is_none() {
        complaints.add(name, "is not a number");
    }
    number
}
