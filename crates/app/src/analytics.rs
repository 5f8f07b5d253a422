//! Figures over the customers: computed from the copy, beside what the store itself says.

use chrono::{Datelike, NaiveDate, TimeZone, Utc};
use clientela_connectors::StoreFigures;
use clientela_database::commit;
use clientela_database::table::{mirror, store_figures};
use clientela_database::view::counts::{self, CountedColumn};
use clientela_database::view::list::{self, Query, SortColumn};
use clientela_domain::StoreId;
use rust_decimal::prelude::ToPrimitive;

use crate::command::MaybeStore;
use crate::context::{App, capabilities};
use crate::convert;
use crate::dto::analytics::{AnalyticsDto, AnalyticsFigures, NamedCount, TopCustomer};
use crate::error::{ApiError, ApiResult};

const TOP: usize = 10;

/// Figures of one store, or of all together. The store is asked when it can be reached; else what it said last is shown.
pub async fn figures(app: &App, request: MaybeStore) -> ApiResult<AnalyticsDto> {
    let here = here(app, request.store_id.map(StoreId)).await?;
    let (store, store_said_at) = match request.store_id {
        Some(id) => said(app, StoreId(id)).await?,
        None => (None, None),
    };
    Ok(AnalyticsDto { here, store, store_said_at })
}

async fn here(app: &App, store: Option<StoreId>) -> ApiResult<AnalyticsFigures> {
    let now = app.inner.outside.clock.now();
    let month = NaiveDate::from_ymd_opt(now.year(), now.month(), 1).unwrap_or_default();
    let since = Utc.from_utc_datetime(&month.and_hms_opt(0, 0, 0).unwrap_or_default()).timestamp_millis();
    let mut connection = app.inner.database.read().await?;
    let counted = counts::figures(&mut connection, store, since).await?;
    let segments = counts::by_column(&mut connection, CountedColumn::Segment, store).await?;
    let query = Query {
        stores: store.into_iter().collect(),
        sort: SortColumn::TotalSpent,
        descending: true,
        ..Query::default()
    };
    let mut first = list::first(&mut connection, &query).await?.ids;
    first.truncate(TOP);
    let rows = list::rows(&mut connection, &first).await?;
    Ok(AnalyticsFigures {
        total_customers: counted.total,
        new_this_month: counted.created_since,
        active_rate: (counted.with_activity > 0)
            .then(|| counted.active as f64 / counted.with_activity as f64),
        segments: segments.into_iter().map(|(name, count)| NamedCount { name, count }).collect(),
        top_customers: rows
            .into_iter()
            .filter(|row| row.total_spent.is_some())
            .map(|row| TopCustomer {
                id: Some(row.id.0),
                name: row.name,
                total_spent: row.total_spent,
                currency: row.currency,
                orders_count: row.orders_count,
            })
            .collect(),
    })
}

async fn said(app: &App, id: StoreId) -> ApiResult<(Option<AnalyticsFigures>, Option<String>)> {
    let store = app.store(id).await?;
    if !capabilities(&store.platform)?.analytics {
        return Ok((None, None));
    }
    let asked = match app.link(&store).await {
        Ok(link) => link.connector.figures().await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    if let Ok(figures) = asked {
        let shown = told(app, id, &figures).await?;
        if let Ok(text) = serde_json::to_string(&shown) {
            let mut transaction = app.inner.database.write().await?;
            store_figures::write(&mut transaction, id, &text, app.inner.outside.clock.now()).await?;
            commit(transaction).await?;
        }
    }
    let mut connection = app.inner.database.read().await?;
    let kept = store_figures::find(&mut connection, id).await?;
    Ok(match kept {
        Some((text, at)) => (serde_json::from_str(&text).ok(), Some(convert::moment(at))),
        None => (None, None),
    })
}

async fn told(app: &App, store: StoreId, figures: &StoreFigures) -> ApiResult<AnalyticsFigures> {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let mut connection = app.inner.database.read().await?;
    let mut top = Vec::with_capacity(figures.top_customers.len());
    for record in &figures.top_customers {
        let known = mirror::find_remote(&mut connection, store, &record.remote_id).await?;
        top.push(TopCustomer {
            id: known.map(|mirror| mirror.customer.0),
            name: record.full_name(),
            total_spent: record.total_spent.value().map(ToString::to_string),
            currency: record.currency.value().cloned(),
            orders_count: record.orders_count.value().copied(),
        });
    }
    Ok(AnalyticsFigures {
        total_customers: count(figures.total_customers),
        new_this_month: count(figures.new_this_month),
        active_rate: figures.active_rate.and_then(|rate| rate.to_f64()),
        segments: figures
            .segments
            .iter()
            .map(|(name, n)| NamedCount { name: name.clone(), count: count(*n) })
            .collect(),
        top_customers: top,
    })
}
