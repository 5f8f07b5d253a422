//! Lists of customers, their order and pages, and single customers.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::platform::yampi::body::Includes;
use crate::platform::yampi::choices::{
    Choices, DeletedAnswer, DetailData, LimitOver, LinksEmpty, ListOrder, MetaNumbers, OrderBy, PastEnd,
    Scroll, SearchMiss, Total,
};
use crate::platform::yampi::filter::Filters;
use crate::platform::yampi::refusal::{Complaints, not_found, refuse};
use crate::platform::yampi::shelf::Customer;
use crate::platform::yampi::{Yampi, body};
use crate::server::{Answer, Call};
use crate::text::encode;

const LIMIT_DEFAULT: usize = 10;
const LIMIT_MAX: usize = 100;

/// A listing kept for its further pages: making it anew for each would cost a large store its speed.
pub(super) struct Listing {
    question: String,
    generation: u64,
    pub(super) positions: Vec<usize>,
}

impl Yampi {
    pub(super) fn list(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let page = Page::read(call, &self.choices)?;
        let filters = Filters::read(call, &self.choices)?;
        if call.parameter("scroll") == Some("true") && self.choices.scroll != Scroll::Ignored {
            return self.scroll(call, &page, filters, now);
        }
        self.paged(call, &page, &filters, now)
    }

    /// The customers of one cluster, the only place that always tells them.
    pub(super) fn members(&mut self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let cluster = self.cluster(id)?.id;
        let page = Page::read(call, &self.choices)?;
        self.paged(call, &page, &Filters::of_cluster(cluster), now)
    }

    fn paged(&mut self, call: &Call, page: &Page, filters: &Filters, now: Moment) -> Result<Answer, Answer> {
        self.refresh_listing(call, filters, now);
        let includes = Includes::read(call.parameter("include"));
        let none = Vec::new();
        let found = self.listing.as_ref().map_or(&none, |listing| &listing.positions);
        let shown = page.of(found, &self.choices);
        let records = shown.iter().filter_map(|at| self.shelf.records[*at].seen(now));
        let data = records.map(|customer| body::customer(customer, includes, &self.shelf, &self.choices));
        page.answer(call, data.collect(), found.len(), &self.choices)
    }

    pub(super) fn refresh_listing(&mut self, call: &Call, filters: &Filters, now: Moment) {
        let order = Order::read(call, &self.choices);
        self.lists_made += 1;
        let question = format!("{filters:?} {order:?} {:?}", self.choices);
        let generation = self.shelf.generation;
        let settled = self.shelf.is_settled(now);
        let fresh = self.listing.as_ref().is_some_and(|listing| {
            listing.question == question && listing.generation == generation && settled
        });
        if fresh && order.by != By::Nothing {
            return;
        }
        let records = &self.shelf.records;
        let mut positions: Vec<usize> = (0..records.len())
            .filter(|at| records[*at].listed(now).is_some_and(|customer| filters.admit(customer)))
            .collect();
        let current = |at: &usize| &records[*at].current;
        match order.by {
            By::Id => {}
            By::Created => positions.sort_by_key(|at| current(at).created_at),
            By::Updated => positions.sort_by_key(|at| current(at).updated_at),
            By::Name => positions.sort_by_cached_key(|at| current(at).name().unwrap_or_default()),
            By::Email => positions.sort_by_cached_key(|at| current(at).email.clone()),
            By::Nothing => {
                // Another order at every call, as of a database that was not told to sort.
                let stir = self.lists_made.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                positions.sort_by_key(|at| ((*at as u64 + 1).wrapping_mul(stir | 1)) >> 32);
            }
        }
        if order.descending {
            positions.reverse();
        }
        // While a replica lags the same question has another answer a second later.
        let generation = if settled { generation } else { u64::MAX };
        self.listing = Some(Listing { question, generation, positions });
    }

    pub(super) fn one(&self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let missing = || not_found(&self.choices);
        let at = self.shelf.position(id, &self.choices).ok_or_else(missing)?;
        let customer = self.shelf.records[at].seen(now).ok_or_else(missing)?;
        if customer.deleted {
            return Err(match self.choices.deleted_answer {
                DeletedAnswer::NotFound => missing(),
                DeletedAnswer::Gone => refuse(410, "Gone", &self.choices),
                DeletedAnswer::Empty => Answer::json(200, &json!({"data": []})),
            });
        }
        let includes = Includes::read(call.parameter("include"));
        let record = body::customer(customer, includes, &self.shelf, &self.choices);
        Ok(Answer::json(
            200,
            &match self.choices.detail_data {
                DetailData::Array => json!({"data": [record]}),
                DetailData::Object => json!({"data": record}),
            },
        ))
    }

    /// The first customer that fits, as an object whatever the other call does.
    pub(super) fn search_one(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let filters = Filters::of_search(call);
        let mut listed = self.shelf.records.iter().filter_map(|record| record.listed(now));
        let Some(customer) = listed.find(|customer| filters.admit(customer)) else {
            return match self.choices.search_miss {
                SearchMiss::NotFound => Err(not_found(&self.choices)),
                SearchMiss::Empty => Ok(Answer::json(200, &json!({"data": []}))),
            };
        };
        let includes = Includes { addresses: true, ..Includes::default() };
        let mut record = body::customer(customer, includes, &self.shelf, &self.choices);
        record["deletion_request"] = json!({"data": {"pending_confirmation": false, "scheduled_date": null}});
        Ok(Answer::json(200, &json!({ "data": record })))
    }

    pub(super) fn record(&self, customer: &Customer) -> Value {
        body::customer(customer, Includes::default(), &self.shelf, &self.choices)
    }
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Id,
    Created,
    Updated,
    Name,
    Email,
    Nothing,
}

#[derive(Clone, Copy, Debug)]
struct Order {
    by: By,
    descending: bool,
}

impl Order {
    fn read(call: &Call, choices: &Choices) -> Order {
        let by = match call.parameter("orderBy").filter(|_| choices.order_by == OrderBy::Honoured) {
            Some("id") => Some(By::Id),
            Some("created_at") => Some(By::Created),
            Some("updated_at") => Some(By::Updated),
            Some("name") => Some(By::Name),
            Some("email") => Some(By::Email),
            _ => None,
        };
        let descending = call.parameter("sortedBy").is_some_and(|text| text.eq_ignore_ascii_case("desc"));
        match by {
            Some(by) => Order { by, descending },
            None => match choices.list_order {
                ListOrder::Id => Order { by: By::Id, descending: false },
                ListOrder::IdDescending => Order { by: By::Id, descending: true },
                ListOrder::Name => Order { by: By::Name, descending: false },
                ListOrder::Unstable => Order { by: By::Nothing, descending: false },
            },
        }
    }
}

/// Which page of a list is asked for.
pub(super) struct Page {
    number: usize,
    pub(super) size: usize,
}

impl Page {
    pub(super) fn read(call: &Call, choices: &Choices) -> Result<Page, Answer> {
        // What is no number counts as nothing, as everything does that this API does not understand.
        let number = |name: &str| {
            let number = call.parameter(name).and_then(|text| text.parse::<usize>().ok());
            number.filter(|number| *number > 0)
        };
        let size = number("limit").unwrap_or(LIMIT_DEFAULT);
        let mut complaints = Complaints::default();
        if size > LIMIT_MAX && choices.limit_over == LimitOver::Refused {
            complaints.add("limit", "O campo limit não pode ser superior a 100.");
        }
        complaints.settle(choices)?;
        Ok(Page { number: number("page").unwrap_or(1), size: size.min(LIMIT_MAX) })
    }

    /// The page that is shown in place of one behind the last.
    fn shown(&self, total: usize, choices: &Choices) -> usize {
        let last = total.div_ceil(self.size).max(1);
        if choices.past_end == PastEnd::Last { self.number.min(last) } else { self.number }
    }

    pub(super) fn of<'a, T>(&self, list: &'a [T], choices: &Choices) -> &'a [T] {
        let from = (self.shown(list.len(), choices) - 1).saturating_mul(self.size).min(list.len());
        &list[from..(from + self.size).min(list.len())]
    }

    pub(super) fn answer(
        &self,
        call: &Call,
        data: Vec<Value>,
        total: usize,
        choices: &Choices,
    ) -> Result<Answer, Answer> {
        if data.is_empty() && self.number > 1 && choices.past_end == PastEnd::NotFound {
            return Err(not_found(choices));
        }
        let current = self.shown(total, choices);
        let pagination = self.pagination(call, data.len(), current, total, choices);
        Ok(Answer::json(200, &json!({"data": data, "meta": {"pagination": pagination}})))
    }

    pub(super) fn pagination(
        &self,
        call: &Call,
        count: usize,
        current: usize,
        total: usize,
        choices: &Choices,
    ) -> Value {
        let total = match choices.total {
            Total::Exact => total,
            Total::High => total + 7,
            Total::Low => total.saturating_sub(7),
        };
        let pages = total.div_ceil(self.size).max(1);
        let number = |number: usize| match choices.meta_numbers {
            MetaNumbers::Number => json!(number),
            MetaNumbers::Text => json!(number.to_string()),
        };
        let mut pagination = json!({
            "total": number(total),
            "count": number(count),
            "per_page": number(self.size),
            "current_page": number(current),
            "total_pages": number(pages),
        });
        let mut links = serde_json::Map::new();
        if current > 1 {
            links.insert("previous".to_owned(), self.address(call, current - 1).into());
        }
        if current < pages {
            links.insert("next".to_owned(), self.address(call, current + 1).into());
        }
        let links = match choices.links_empty {
            _ if !links.is_empty() => Some(Value::Object(links)),
            LinksEmpty::Array => Some(json!([])),
            LinksEmpty::Object => Some(json!({})),
            LinksEmpty::Null => Some(Value::Null),
            LinksEmpty::Absent => None,
        };
        if let Some(links) = links {
            pagination["links"] = links;
        }
        pagination
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
