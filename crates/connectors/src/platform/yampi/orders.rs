//! The orders of one customer.

use clientela_domain::{Order, RemoteId};

use super::client::Yampi;
use super::{CAPABILITIES, ORDERS, map};
use crate::reading::Oddities;
use crate::{ConnectorError, Urgency};

/// Pages of orders that are read for one customer: two and a half thousand orders say enough.
const MOST_ORDER_PAGES: u32 = 25;

impl Yampi {
    /// All orders of a customer; nothing where these credentials may not see orders, or the store does not look at whose they
    /// are to be.
    pub(super) async fn orders(
        &self,
        id: &RemoteId,
        alias: &str,
        urgency: Urgency,
    ) -> Result<Option<Vec<Order>>, ConnectorError> {
        // A filter that is no list is passed over (github.com/Eduardo-Orsi/yampi-mcp, README).
        let call = || {
            Self::question("{alias}/orders", &[alias], urgency)
                .route(ORDERS)
                .query("customer_id[]", id.as_str())
                .query("include", "items,status")
        };
        let Some(rows) = self.all_rows(call, MOST_ORDER_PAGES).await? else { return Ok(None) };
        let mut oddities = Oddities::default();
        let mut orders: Vec<Order> = Vec::with_capacity(rows.len());
        let mut passed_over = false;
        for (order, customer) in rows.into_iter().filter_map(|row| map::order(row, &mut oddities).ok()) {
            if customer.is_some_and(|customer| customer != id.as_str()) {
                passed_over = true;
            } else if orders.iter().all(|known| known.remote_id != order.remote_id) {
                orders.push(order);
            }
        }
        oddities.tell(CAPABILITIES.platform);
        Ok((!passed_over).then_some(orders))
    }
}
