//! Orders, metafields and custom fields, as far as they tell of customers.

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

    pub(super) fn metafields(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let mut complaints = Complaints::default();
        let page = Page::read(call, &self.choices, &mut complaints);
        let owner = number(call, "owner_id", &mut complaints);
        complaints.settle(&self.choices)?;
        let fields: Vec<Value> = self
            .shelf
            .records
            .iter()
            .filter_map(|record| record.listed(&self.choices, now))
            // One customer in a few has one.
            .filter(|customer| customer.id % 9 == 4)
            .filter(|customer| {
                owner.is_none_or(|owner| owner == self.shelf.outward(customer.id, &self.choices))
            })
            .map(|customer| self.metafield(customer))
            .filter(|field| {
                ["namespace", "key"]
                    .iter()
                    .all(|name| call.parameter(name).is_none_or(|text| field[name] == text))
            })
            .collect();
        Ok(page.answer(call, page.of(&fields), fields.len(), &self.choices))
    }

    fn metafield(&self, customer: &Customer) -> Value {
        let size = ["P", "M", "G"][customer.id as usize % 3];
        let date = |at: Moment| civil(at).format("%Y-%m-%dT%H:%M:%S+0000").to_string();
        json!({
            "id": 60_000_000 + customer.id % 1_000_000,
            "namespace": "loja",
            "key": "tamanho",
            "value": size,
            "description": "Tamanho de camiseta",
            "owner_id": self.shelf.outward(customer.id, &self.choices),
            "owner_resource": "Customer",
            "created_at": date(customer.created_at),
            "updated_at": date(customer.created_at),
        })
    }
}

/// The definitions alone; the values of one customer have no documented path.
pub(super) fn custom_fields() -> Answer {
    let field = |id: u32, name: &str, kind: &str, values: &[&str]| {
        json!({
            "id": format!("6b0e4f4e-3a52-4c5e-9a77-0000000000{id:02}"),
            "name": name,
            "description": null,
            "value_type": kind,
            "owner_resource": "customer",
            "read_only": false,
            "values": values,
        })
    };
    Answer::json(
        200,
        &json!([
            field(1, "Como nos conheceu", "text_list", &["Instagram", "Indicação", "Feira"]),
            field(2, "Observação de entrega", "text", &[]),
            field(3, "Data de aniversário", "date", &[]),
        ]),
    )
}
