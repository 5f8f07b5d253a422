//! Figures over the customers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NamedCount {
    pub name: String,
    pub count: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TopCustomer {
    /// Null when the store names somebody who is not in the copy.
    pub id: Option<i64>,
    pub name: String,
    pub total_spent: Option<String>,
    pub currency: Option<String>,
    pub orders_count: Option<i64>,
}

/// Either computed from the copy or told by the store.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AnalyticsFigures {
    pub total_customers: i64,
    pub new_this_month: i64,
    /// 0 to 1.
    pub active_rate: Option<f64>,
    pub segments: Vec<NamedCount>,
    pub top_customers: Vec<TopCustomer>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AnalyticsDto {
    pub here: AnalyticsFigures,
    /// What the store itself says; null where it says nothing or could not be asked.
    pub store: Option<AnalyticsFigures>,
    /// When the store said so.
    pub store_said_at: Option<String>,
}
