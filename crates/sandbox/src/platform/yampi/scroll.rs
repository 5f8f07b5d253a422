//! Walking a list by a scroll id: the list as it was when the walk began, until nobody has asked for a while.

use std::collections::VecDeque;

use serde_json::json;

use crate::clock::{MINUTE, Moment, SECOND};
use crate::platform::yampi::body::Includes;
use crate::platform::yampi::choices::{Scroll, ScrollExpired, ScrollIds};
use crate::platform::yampi::filter::Filters;
use crate::platform::yampi::list::Page;
use crate::platform::yampi::refusal::{not_found, refuse};
use crate::platform::yampi::{Yampi, body};
use crate::server::{Answer, Call};

/// Walks that may be under way at once; the oldest makes room.
const WALKS: usize = 64;

#[derive(Default)]
pub(super) struct Scrolls {
    begun: u64,
    walks: VecDeque<Walk>,
}

struct Walk {
    number: u64,
    /// The customers by the store's own ids, in the order of the list.
    ids: Vec<i64>,
    /// How many of them were given out; where every answer has a new id, that id says it instead.
    given: usize,
    expires_at: Moment,
}

impl Yampi {
    pub(super) fn scroll(
        &mut self,
        call: &Call,
        page: &Page,
        filters: Filters,
        now: Moment,
    ) -> Result<Answer, Answer> {
        let life = if self.choices.scroll == Scroll::ExpiresQuickly { 10 * SECOND } else { 5 * MINUTE };
        let sent = call.parameter("scroll_id").filter(|id| !id.is_empty());
        let (number, from) = match sent {
            None => (self.begin_scroll(call, &filters, now), 0),
            Some(id) => self.known_scroll(id, now)?,
        };
        let fresh_ids = self.choices.scroll_ids == ScrollIds::Fresh;
        let Some(walk) = self.scrolls.walks.iter_mut().find(|walk| walk.number == number) else {
            return Err(not_found(&self.choices));
        };
        let from = from.min(walk.ids.len());
        let to = (from + page.size).min(walk.ids.len());
        walk.given = to;
        walk.expires_at = now + life;
        let includes = Includes::read(call.parameter("include"));
        let records = walk.ids[from..to]
            .iter()
            .filter_map(|id| self.shelf.position_of(*id))
            .filter_map(|at| self.shelf.records[at].listed(now))
            .map(|customer| body::customer(customer, includes, &self.shelf, &self.choices));
        let data: Vec<_> = records.collect();
        let current = from / page.size + 1;
        let pagination = page.pagination(call, data.len(), current, walk.ids.len(), &self.choices);
        let id = scroll_id(number, fresh_ids.then_some(to));
        Ok(Answer::json(200, &json!({"data": data, "meta": {"pagination": pagination}, "scroll_id": id})))
    }

    fn begin_scroll(&mut self, call: &Call, filters: &Filters, now: Moment) -> u64 {
        self.refresh_listing(call, filters, now);
        let positions = self.listing.as_ref().map_or(&[][..], |listing| &listing.positions);
        let ids = positions.iter().map(|at| self.shelf.records[*at].current.id).collect();
        self.scrolls.begun += 1;
        let number = self.scrolls.begun;
        if self.scrolls.walks.len() == WALKS {
            self.scrolls.walks.pop_front();
        }
        self.scrolls.walks.push_back(Walk { number, ids, given: 0, expires_at: now });
        number
    }

    fn known_scroll(&self, id: &str, now: Moment) -> Result<(u64, usize), Answer> {
        let read = read_scroll_id(id);
        let walk = read.and_then(|(number, from)| {
            let walk = self.scrolls.walks.iter().find(|walk| walk.number == number)?;
            (walk.expires_at > now).then(|| (number, from.unwrap_or(walk.given)))
        });
        walk.ok_or_else(|| match self.choices.scroll_expired {
            ScrollExpired::BadRequest => refuse(400, "Scroll expirado", &self.choices),
            ScrollExpired::NotFound => not_found(&self.choices),
            ScrollExpired::Empty => Answer::json(200, &json!({"data": []})),
        })
    }
}

fn scroll_id(number: u64, from: Option<usize>) -> String {
    match from {
        Some(from) => format!("scroll-{number}-{from}=="),
        None => format!("scroll-{number}=="),
    }
}

fn read_scroll_id(id: &str) -> Option<(u64, Option<usize>)> {
    let rest = id.strip_prefix("scroll-")?.strip_suffix("==")?;
    match rest.split_once('-') {
        Some((number, from)) => Some((number.parse().ok()?, Some(from.parse().ok()?))),
        None => Some((rest.parse().ok()?, None)),
    }
}
