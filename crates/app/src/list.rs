//! The list of customers: open it by a query, fetch windows of it by position.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use clientela_database::table::customer::CustomerState;
use clientela_database::view::counts::{self, CountedColumn};
use clientela_database::view::list::{self, Filter, ListRow, Query, SortColumn};
use clientela_domain::{CustomerId, StoreId};

use crate::command::{MaybeStore, RowsRequest};
use crate::context::App;
use crate::convert;
use crate::dto::customer::CustomerRowDto;
use crate::dto::query::{FilterChoices, ListQuery, ListRows, ListView};
use crate::error::{ApiError, ApiResult, Code};

const MOST_VIEWS: usize = 5;
const MOST_ROWS: i64 = 500;

/// The lists that are open: their ids in order, eight bytes each.
#[derive(Default)]
pub(crate) struct Views(Mutex<VecDeque<(i64, Arc<Vec<CustomerId>>)>>);

impl Views {
    fn keep(&self, number: i64, ids: Arc<Vec<CustomerId>>) {
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        views.push_back((number, ids));
        while views.len() > MOST_VIEWS {
            views.pop_front();
        }
    }

    fn find(&self, number: i64) -> Option<Arc<Vec<CustomerId>>> {
        let views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        views.iter().find(|(known, _)| *known == number).map(|(_, ids)| ids.clone())
    }
}

/// Finds customers and keeps their order until newer lists push it out.
pub async fn open(app: &App, request: ListQuery) -> ApiResult<ListView> {
    let ids = ids(app, &request).await?;
    let (view, total) = (app.next_number(), ids.len() as i64);
    app.inner.views.keep(view, Arc::new(ids));
    Ok(ListView { view, total })
}

/// A window of an open list.
pub async fn rows(app: &App, request: RowsRequest) -> ApiResult<ListRows> {
    let ids = app.inner.views.find(request.view);
    let ids = ids.ok_or_else(|| ApiError::new(Code::ViewGone, "the list has to be opened again"))?;
    let from = usize::try_from(request.offset.max(0)).unwrap_or(0).min(ids.len());
    let until = (from + usize::try_from(request.limit.clamp(0, MOST_ROWS)).unwrap_or(0)).min(ids.len());
    let rows = {
        let mut connection = app.inner.database.read().await?;
        list::rows(&mut connection, &ids[from..until]).await?
    };
    Ok(ListRows { offset: from as i64, rows: rows.into_iter().map(row).collect() })
}

/// The values that filters can have.
pub async fn filter_choices(app: &App, request: MaybeStore) -> ApiResult<FilterChoices> {
    let store = request.store_id.map(StoreId);
    let mut connection = app.inner.database.read().await?;
    let names = |counted: Vec<(String, i64)>| counted.into_iter().map(|(name, _)| name).collect();
    Ok(FilterChoices {
        roles: names(counts::by_column(&mut connection, CountedColumn::Role, store).await?),
        segments: names(counts::by_column(&mut connection, CountedColumn::Segment, store).await?),
    })
}

/// All ids of a query, in order.
pub(crate) async fn ids(app: &App, request: &ListQuery) -> ApiResult<Vec<CustomerId>> {
    let query = query(request)?;
    let mut connection = app.inner.database.read().await?;
    Ok(list::ids(&mut connection, &query).await?)
}

fn query(request: &ListQuery) -> ApiResult<Query> {
    let (sort, descending) = match request.sort.strip_prefix('-') {
        Some(column) => (column, true),
        None => (request.sort.as_str(), false),
    };
    let filters =
        request.filters.iter().map(|(field, value)| filter(field, value)).collect::<ApiResult<Vec<_>>>()?;
    Ok(Query {
        text: request.text.clone(),
        stores: request.store_id.map(StoreId).into_iter().collect(),
        filters,
        sort: sort_column(sort)?,
        descending,
    })
}

fn sort_column(word: &str) -> ApiResult<SortColumn> {
    Ok(match word {
        "" | "name" | "first_name" => SortColumn::Name,
        "email" => SortColumn::Email,
        "city" => SortColumn::City,
        "role" => SortColumn::Role,
        "segment" => SortColumn::Segment,
        "orders_count" => SortColumn::OrdersCount,
        "total_spent" => SortColumn::TotalSpent,
        "last_order_at" => SortColumn::LastOrderAt,
        "created_at" => SortColumn::CreatedAt,
        "updated_at" => SortColumn::UpdatedAt,
        other => return Err(unknown_field(other, "customers cannot be sorted by this")),
    })
}

fn filter(field: &str, value: &str) -> ApiResult<Filter> {
    let text = || value.trim().to_owned();
    let flag = || match value.trim() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(ApiError::new(Code::InvalidInput, "the value must be true or false").with("field", field)),
    };
    Ok(match field {
        "role" => Filter::Role(text()),
        "segment" => Filter::Segment(text()),
        "city" => Filter::City(text()),
        "region" => Filter::Region(text()),
        "country" => Filter::Country(text()),
        "email" => Filter::Email(text()),
        "remote_id" => Filter::RemoteId(text()),
        "is_active" => Filter::IsActive(flag()?),
        "email_verified" => Filter::EmailVerified(flag()?),
        "accepts_marketing" => Filter::AcceptsMarketing(flag()?),
        "state" => Filter::State(match value.trim() {
            "clean" => CustomerState::Clean,
            "edited" => CustomerState::Edited,
            "sending" => CustomerState::Sending,
            "conflict" => CustomerState::Conflict,
            "parked" => CustomerState::Parked,
            "gone" => CustomerState::Gone,
            _ => return Err(ApiError::new(Code::InvalidInput, "this is not a state").with("field", "state")),
        }),
        other => return Err(unknown_field(other, "customers cannot be filtered by this")),
    })
}

fn unknown_field(field: &str, why: &str) -> ApiError {
    ApiError::new(Code::UnknownField, format!("{why}: {field:?}")).with("field", field)
}

fn row(row: ListRow) -> CustomerRowDto {
    CustomerRowDto {
        id: row.id.0,
        store_id: row.store.0,
        name: row.name,
        company: row.company,
        email: row.email,
        phone: row.phone,
        document: row.document,
        city: row.city,
        role: row.role,
        segment: row.segment,
        orders_count: row.orders_count,
        total_spent: row.total_spent,
        currency: row.currency,
        last_order_at: convert::moment_ms(row.last_order_at),
        created_at: convert::moment_ms(row.created_at),
        is_active: row.is_active,
        has_note: row.has_note,
        state: convert::state(row.state),
    }
}
