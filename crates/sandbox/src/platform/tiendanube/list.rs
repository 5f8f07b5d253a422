//! Lists: filters, order, pages, and the headers that tell of the other pages.

use chrono::DateTime;
use serde::Serialize;

use crate::clock::{Moment, SECOND};
use crate::platform::tiendanube::choices::{
    Bounds, Choices, DeletedAnswer, EmailFilter, IdsFilter, Link, ListOrder, Paging, PastEnd, PerPageOver,
    RedactedAnswer, TotalCount,
};
use crate::platform::tiendanube::refusal::{Complaints, not_found, refuse};
use crate::platform::tiendanube::shelf::Customer;
use crate::platform::tiendanube::{Tiendanube, body};
use crate::server::{Answer, Call};
use crate::text::{contains_ignoring_case, encode};

const PER_PAGE_DEFAULT: usize = 30;
const PER_PAGE_MAX: usize = 200;

/// A listing kept for its further pages: making it anew for each would cost a large store its speed.
pub(super) struct Listing {
    filters: String,
    generation: u64,
    positions: Vec<usize>,
}

impl Tiendanube {
    pub(super) fn list(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let mut complaints = Complaints::default();
        let page = Page::read(call, &self.choices, &mut complaints);
        let since = number(call, "since_id", &mut complaints);
        let filters = Filters::read(call, &self.choices, &mut complaints);
        complaints.settle(&self.choices)?;

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
        let answer = match call.parameter("fields") {
            None => page.answer(call, &customers, found.len(), &self.choices),
            Some(fields) => {
                let chosen: Vec<_> =
                    customers.iter().map(|customer| body::chosen(customer, fields)).collect();
                page.answer(call, &chosen, found.len(), &self.choices)
            }
        };
        Ok(answer)
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
        let mut positions: Vec<usize> = (0..records.len())
            .filter(|at| {
                let known = |customer: &Customer| {
                    let id = self.shelf.outward(customer.id, &self.choices);
                    filters.ids.as_ref().is_none_or(|ids| ids.contains(&id))
                };
                records[*at]
                    .listed(&self.choices, now)
                    .is_some_and(|customer| known(customer) && filters.admit(customer))
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

    pub(super) fn one(&self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let missing = || not_found("Customer with such id does not exist", &self.choices);
        let at = self.shelf.position(id, &self.choices).ok_or_else(missing)?;
        let customer = self.shelf.records[at].seen(now).ok_or_else(missing)?;
        if customer.deleted {
            return Err(match self.choices.deleted_answer {
                DeletedAnswer::NotFound => missing(),
                DeletedAnswer::Gone => refuse(410, "Gone", None),
                DeletedAnswer::Forbidden => refuse(403, "Forbidden", None),
                DeletedAnswer::Blank => Answer::text(200, "application/json", ""),
            });
        }
        if customer.redacted && self.choices.redacted_answer == RedactedAnswer::NotFound {
            return Err(missing());
        }
        let customer = body::customer(customer, &self.shelf, &self.choices);
        Ok(match call.parameter("fields") {
            Some(fields) => Answer::json(200, &body::chosen(&customer, fields)),
            None => Answer::json(200, &customer),
        })
    }
}

/// The filters of a customer list but since_id, which only moves its beginning.
#[derive(Debug)]
struct Filters {
    created: Range,
    updated: Range,
    needle: Option<String>,
    email: Option<String>,
    /// Ids as callers see them.
    ids: Option<Vec<i64>>,
}

impl Filters {
    fn read(call: &Call, choices: &Choices, complaints: &mut Complaints) -> Filters {
        let lowered =
            |name: &str| call.parameter(name).map(str::to_lowercase).filter(|text| !text.is_empty());
        Filters {
            created: Range::read(call, "created_at_min", "created_at_max", choices, complaints),
            updated: Range::read(call, "updated_at_min", "updated_at_max", choices, complaints),
            needle: lowered("q"),
            ids: call
                .parameter("ids")
                .filter(|ids| !ids.is_empty() && choices.ids_filter == IdsFilter::Known)
                .map(|ids| ids.split(',').filter_map(|id| id.trim().parse().ok()).collect()),
            email: lowered("email").filter(|_| choices.email_filter == EmailFilter::Exact),
        }
    }

    fn admit(&self, customer: &Customer) -> bool {
        let texts = [Some(&customer.name), customer.email.as_ref(), customer.identification.as_ref()];
        let found = |needle: &String| texts.iter().flatten().any(|text| contains_ignoring_case(text, needle));
        self.created.admits(customer.created_at)
            && self.updated.admits(customer.updated_at)
            && self.needle.as_ref().is_none_or(found)
            && self.email.as_ref().is_none_or(|email| {
                customer.email.as_ref().map(|own| own.to_lowercase()).as_ref() == Some(email)
            })
    }
}

#[derive(Debug)]
struct Range {
    from: Option<Moment>,
    to: Option<Moment>,
    inclusive: bool,
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
        Range { from: moment(from), to: moment(to), inclusive: choices.bounds == Bounds::Inclusive }
    }

    /// Stores keep whole seconds; a bound on the same second is on the bound.
    fn admits(&self, at: Moment) -> bool {
        let second = |moment: Moment| moment.div_euclid(SECOND);
        let within = |ordering: std::cmp::Ordering| ordering.is_gt() || (self.inclusive && ordering.is_eq());
        self.from.is_none_or(|from| within(second(at).cmp(&second(from))))
            && self.to.is_none_or(|to| within(second(to).cmp(&second(at))))
    }
}

/// Both spellings of an offset, and a bare day as its beginning. A plus sign that arrived as a blank is no offset.
fn read_date(text: &str) -> Option<Moment> {
    let offset =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z"));
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
        let page = number(call, "page", complaints).unwrap_or(1).max(1) as usize;
        let size = number(call, "per_page", complaints).map_or(PER_PAGE_DEFAULT, |size| size.max(1) as usize);
        if size > PER_PAGE_MAX && choices.per_page_over == PerPageOver::Refused {
            complaints.add("per_page", "must be less than or equal to 200");
        }
        let asked = ["page", "per_page"].iter().any(|name| call.parameter(name).is_some());
        if choices.paging == Paging::Asked && !asked {
            return Page { number: 1, size: usize::MAX };
        }
        Page { number: page, size: size.min(PER_PAGE_MAX) }
    }

    pub(super) fn of<'a, T>(&self, list: &'a [T]) -> &'a [T] {
        let from = (self.number - 1).saturating_mul(self.size).min(list.len());
        &list[from..from.saturating_add(self.size).min(list.len())]
    }

    pub(super) fn answer(
        &self,
        call: &Call,
        items: &[impl Serialize],
        total: usize,
        choices: &Choices,
    ) -> Answer {
        let last = total.div_ceil(self.size).max(1);
        let mut answer = if items.is_empty() && choices.past_end == PastEnd::NotFound {
            not_found(&format!("Last page is {}", total.div_ceil(self.size)), choices)
        } else {
            Answer::json(200, &items)
        };
        match choices.total_count {
            TotalCount::Exact => answer = answer.with("x-total-count", total.to_string()),
            TotalCount::High => answer = answer.with("x-total-count", (total + 7).to_string()),
            TotalCount::Absent => {}
        }
        if choices.link == Link::Absent || answer.status != 200 {
            return answer;
        }
        let link =
            |page: usize, relation: &str| format!("<{}>; rel=\"{relation}\"", self.address(call, page));
        let mut links = Vec::new();
        if self.number < last {
            links.extend([link(self.number + 1, "next"), link(last, "last")]);
        }
        if self.number > 1 {
            links.extend([link(1, "first"), link(self.number - 1, "prev")]);
        }
        if links.is_empty() { answer } else { answer.with("link", links.join(", ")) }
    }

    fn address(&self, call: &Call, page: usize) -> String {
        let mut query = String::new();
        for (name, value) in call.pairs.iter().filter(|(name, _)| name != "page") {
            query.push_str(&format!("{}={}&", encode(name), encode(value)));
        }
        let host = call.header("host").unwrap_or("127.0.0.1");
        format!("http://{host}{}?{query}page={page}", call.path)
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
