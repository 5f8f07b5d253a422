//! Orders, as far as they tell of customers.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::platform::tiendanegocio::choices::OrdersFilter;
use crate::platform::tiendanegocio::list::{Page, number};
use crate::platform::tiendanegocio::refusal::Complaints;
use crate::platform::tiendanegocio::shelf::{Customer, Order};
use crate::platform::tiendanegocio::{Tiendanegocio, body};
use crate::server::{Answer, Call};

impl Tiendanegocio {
    pub(super) fn orders(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let mut complaints = Complaints::default();
        let page = Page::read(call, &self.choices, &mut complaints);
        let since = number(call, "since_id", &mut complaints).unwrap_or_default();
        let of_customer = number(call, "customer_id", &mut complaints)
            .filter(|_| self.choices.orders_filter == OrdersFilter::CustomerId);
        complaints.settle(&self.choices)?;
        let outward = |customer: &Customer| self.shelf.outward(customer.id, &self.choices);
        let found: Vec<(&Customer, &Order)> = self
            .shelf
            .records
            .iter()
            .filter_map(|record| record.seen(now))
            .filter(|customer| of_customer.is_none_or(|wanted| wanted == outward(customer)))
            .flat_map(|customer| customer.orders.iter().map(move |order| (customer, order)))
            .filter(|(_, order)| order.id > since)
            .collect();
        let orders: Vec<Value> =
            page.of(&found).iter().map(|(customer, order)| self.order(customer, order)).collect();
        Ok(page.answer(call, &orders, found.len(), &self.choices))
    }

    fn order(&self, customer: &Customer, order: &Order) -> Value {
        let choices = &self.choices;
        let names = [&customer.name, &customer.last_name].map(|part| part.as_deref().unwrap_or_default());
        json!({
            "id": order.id,
            "number": order.id % 1_000_000,
            "contact_name": names.join(" ").trim(),
            "contact_email": customer.email,
            "total": body::money(order.cents, choices),
            "payment_status": if order.paid { "paid" } else { "pending" },
            "products": [{
                "id": 5_000 + order.id % 97,
                "name": "Remera básica de algodón",
                "price": body::money(order.cents, choices),
                "quantity": 1,
            }],
            "customer": {
                "id": self.shelf.outward(customer.id, choices),
                "name": customer.name,
                "last_name": customer.last_name,
                "email": customer.email,
            },
            "created_at": body::date(order.at, choices),
        })
    }
}
