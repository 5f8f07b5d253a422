//! Orders, as far as they tell of customers.

use serde_json::Value;

use crate::clock::Moment;
use crate::platform::yampi::choices::ScalarCustomerId;
use crate::platform::yampi::filter::values;
use crate::platform::yampi::list::Page;
use crate::platform::yampi::shelf::{Customer, Order};
use crate::platform::yampi::{Yampi, body};
use crate::server::{Answer, Call};

impl Yampi {
    pub(super) fn orders(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let page = Page::read(call, &self.choices)?;
        let scalar = self.choices.scalar_customer_id == ScalarCustomerId::Honoured;
        let wanted = values(call, "customer_id", scalar);
        let positions: Vec<usize> = if wanted.is_empty() {
            (0..self.shelf.records.len()).collect()
        } else {
            let mut known: Vec<usize> =
                wanted.iter().filter_map(|id| self.shelf.position(id, &self.choices)).collect();
            known.sort_unstable();
            known.dedup();
            known
        };
        let mut found: Vec<(&Customer, &Order)> = positions
            .into_iter()
            .filter_map(|at| self.shelf.records[at].seen(now))
            .flat_map(|customer| customer.orders.iter().map(move |order| (customer, order)))
            .collect();
        // Newest first, as shops look at them.
        found.sort_by_key(|(_, order)| std::cmp::Reverse((order.at, order.id)));
        let includes: Vec<&str> =
            call.parameter("include").unwrap_or_default().split(',').map(str::trim).collect();
        let orders: Vec<Value> = page
            .of(&found, &self.choices)
            .iter()
            .map(|(customer, order)| body::order(customer, order, &includes, &self.shelf, &self.choices))
            .collect();
        page.answer(call, orders, found.len(), &self.choices)
    }
}
