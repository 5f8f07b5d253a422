//! Orders, as far as they tell of customers.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::clock::civil;
use crate::platform::tiendanube::choices::OrderQuantity;
use crate::platform::tiendanube::list::{Page, number};
use crate::platform::tiendanube::refusal::Complaints;
use crate::platform::tiendanube::shelf::{Customer, Order};
use crate::platform::tiendanube::{STORE_ID, Tiendanube, body};
use crate::server::{Answer, Call};
use crate::text::money;

impl Tiendanube {
    pub(super) fn orders(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let mut complaints = Complaints::default();
        let page = Page::read(call, &self.choices, &mut complaints);
        let since = number(call, "since_id", &mut complaints).unwrap_or_default();
        complaints.settle(&self.choices)?;
        let wanted: Option<Vec<usize>> = call.parameter("customer_ids").map(|ids| {
            let mut at: Vec<usize> =
                ids.split(',').filter_map(|id| self.shelf.position(id.trim(), &self.choices)).collect();
            at.sort_unstable();
            at.dedup();
            at
        });
        let positions = wanted.unwrap_or_else(|| (0..self.shelf.records.len()).collect());
        let found: Vec<(&Customer, &Order)> = positions
            .into_iter()
            .filter_map(|at| self.shelf.records[at].seen(now))
            .flat_map(|customer| customer.orders.iter().map(move |order| (customer, order)))
            .filter(|(_, order)| order.id > since)
            .collect();
        let orders: Vec<Value> =
            page.of(&found).iter().map(|(customer, order)| self.order(customer, order)).collect();
        Ok(page.answer(call, &orders, found.len(), &self.choices))
    }

    fn order(&self, customer: &Customer, order: &Order) -> Value {
        let choices = &self.choices;
        let quantity = 1 + order.id % 3;
        let quantity = match choices.order_quantity {
            OrderQuantity::Text => json!(quantity.to_string()),
            OrderQuantity::Number => json!(quantity),
        };
        let completed = json!({
            "date": civil(order.at).format("%Y-%m-%d %H:%M:%S%.6f").to_string(),
            "timezone_type": 3,
            "timezone": "UTC",
        });
        json!({
            "id": order.id,
            "store_id": STORE_ID,
            "number": order.id % 1_000_000,
            "currency": body::currency(choices),
            "subtotal": money(order.cents),
            "discount": "0.00",
            "total": money(order.cents),
            "status": if order.paid { "closed" } else { "open" },
            "payment_status": if order.paid { "paid" } else { "pending" },
            "shipping_status": if order.paid { "delivered" } else { "unpacked" },
            "contact_name": customer.name,
            "contact_email": customer.email,
            "contact_phone": customer.phone,
            "contact_identification": customer.identification,
            "attributes": [],
            "products": [{
                "product_id": 5_000 + order.id % 97,
                "name": "Camiseta básica de algodão",
                "price": money(order.cents),
                "quantity": quantity,
            }],
            // A cut-down customer: no addresses, no note, no billing.
            "customer": {
                "id": self.shelf.outward(customer.id, choices),
                "name": customer.name,
                "email": customer.email,
                "phone": customer.phone,
                "identification": customer.identification,
            },
            "created_at": body::date(order.at, choices),
            "completed_at": if order.paid { completed } else { Value::Null },
        })
    }
}
