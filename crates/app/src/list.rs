//! The list of customers: open it by a query, fetch windows of it by position.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use chrono::{DateTime, NaiveDate, NaiveTime};
use clientela_database::table::customer::CustomerState;
use clientela_database::table::customer_group;
use clientela_database::view::counts::{self, CountedColumn};
use clientela_database::view::list::{self, Beginning, Filter, ListRow, Measure, Query, SortColumn};
use clientela_database::{DatabaseError, ReadConnection};
use clientela_domain::{CustomerId, StoreId};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tokio::sync::watch;

use crate::command::{MaybeStore, RowsRequest};
use crate::context::App;
use crate::convert;
use crate::dto::customer::CustomerRowDto;
use crate::dto::query::{FilterChoices, ListQuery, ListRows, ListView};
use crate::error::{ApiError, ApiResult, Code};
use crate::event::AppEvent;

const MOST_VIEWS: usize = 5;
const MOST_ROWS: i64 = 500;
/// Rows that come with a list, so that whoever types sees them one request earlier. More than fit on most screens.
const FIRST_ROWS: usize = 50;

/// The lists that are open.
#[derive(Default)]
pub(crate) struct Views(Mutex<Open>);

#[derive(Default)]
struct Open {
    /// The oldest first.
    views: VecDeque<(i64, watch::Receiver<Known>)>,
    /// The lists that somebody waits for, each with its name. Set when somebody asks for a list of the same name.
    asked: Vec<(String, Weak<AtomicBool>)>,
}

/// What is known of a list: ids in order, eight bytes each.
#[derive(Clone)]
struct Known {
    ids: Arc<Vec<CustomerId>>,
    /// Others follow that are still being found.
    is_beginning: bool,
}

impl Views {
    /// A list is asked for: nobody wants the one of the same name that was asked for before.
    fn ask(&self, name: &str) -> Arc<AtomicBool> {
        let is_unwanted = Arc::new(AtomicBool::new(false));
        let mut open = self.open();
        open.asked.retain(|(_, earlier)| earlier.strong_count() > 0);
        if !name.is_empty() {
            open.give_up(|earlier| earlier == name);
        }
        open.asked.push((name.to_owned(), Arc::downgrade(&is_unwanted)));
        is_unwanted
    }

    fn keep(&self, number: i64, known: watch::Receiver<Known>) {
        let mut open = self.open();
        open.views.push_back((number, known));
        while open.views.len() > MOST_VIEWS {
            open.views.pop_front();
        }
    }

    fn find(&self, number: i64) -> Option<watch::Receiver<Known>> {
        let open = self.open();
        open.views.iter().find(|(known, _)| *known == number).map(|(_, known)| known.clone())
    }

    /// Nobody wants any list any more.
    pub(crate) fn give_up(&self) {
        self.open().give_up(|_| true);
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn give_up(&self, is_meant: impl Fn(&str) -> bool) {
        let meant = self.asked.iter().filter(|(name, _)| is_meant(name));
        meant.filter_map(|(_, asked)| asked.upgrade()).for_each(|asked| asked.store(true, Ordering::Relaxed));
    }
}

/// Finds customers and keeps their order until newer lists push it out. The beginning of a long list is there before its end is known;
/// [`AppEvent::ListCounted`] tells when it is, or [`AppEvent::ListUncounted`] that it cannot be.
pub async fn open(app: &App, request: ListQuery) -> ApiResult<ListView> {
    let query = query(&request)?;
    let is_unwanted = app.inner.views.ask(&request.list);
    let mut connection = app.inner.database.read().await?;
    connection.give_up_when(is_unwanted).await?;
    connection.begin_snapshot().await?;
    let found = beginning(&mut connection, &query).await;
    let ended = match &found {
        Ok((beginning, _)) if !beginning.is_all => Ok(()),
        _ => connection.end_snapshot().await,
    };
    let (beginning, rows) = found?;
    ended?;
    let (view, total) = (app.next_number(), beginning.ids.len() as i64);
    let known = Known { ids: Arc::new(beginning.ids), is_beginning: !beginning.is_all };
    let (tell, known) = watch::channel(known);
    app.inner.views.keep(view, known);
    if !beginning.is_all {
        tokio::spawn(find_all(app.clone(), connection, query, view, tell));
    }
    let rows = rows.into_iter().map(row).collect();
    Ok(ListView { view, total, is_counting: !beginning.is_all, rows })
}

async fn beginning(
    connection: &mut ReadConnection,
    query: &Query,
) -> Result<(Beginning, Vec<ListRow>), DatabaseError> {
    let beginning = list::first(connection, query).await?;
    let first = beginning.ids.get(..FIRST_ROWS).unwrap_or(&beginning.ids);
    let rows = list::rows(connection, first).await?;
    Ok((beginning, rows))
}

/// Finds all of a list, at the moment of its beginning.
async fn find_all(
    app: App,
    mut connection: ReadConnection,
    query: Query,
    view: i64,
    tell: watch::Sender<Known>,
) {
    let found = list::whole(&mut connection, &query).await;
    let ended = connection.end_snapshot().await;
    match found.and_then(|ids| ended.map(|()| ids)) {
        Ok(ids) => {
            let total = ids.len() as i64;
            tell.send_replace(Known { ids: Arc::new(ids), is_beginning: false });
            app.emit(AppEvent::ListCounted { view, total });
        }
        // Whoever waits for rows is told that the list is gone, and opens it again.
        Err(error) => app.emit(AppEvent::ListUncounted { view, error: error.into() }),
    }
}

/// A window of an open list. One beyond the beginning is there when the whole list is.
pub async fn rows(app: &App, request: RowsRequest) -> ApiResult<ListRows> {
    let gone = || ApiError::new(Code::ViewGone, "the list has to be opened again");
    let mut view = app.inner.views.find(request.view).ok_or_else(gone)?;
    let from = usize::try_from(request.offset.max(0)).unwrap_or(0);
    let until = from + usize::try_from(request.limit.clamp(0, MOST_ROWS)).unwrap_or(0);
    let has_these = |known: &Known| !known.is_beginning || until <= known.ids.len();
    let ids = view.wait_for(has_these).await.map_err(|_| gone())?.ids.clone();
    let (from, until) = (from.min(ids.len()), until.min(ids.len()));
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
        groups: customer_group::names(&mut connection).await?,
    })
}

/// All ids of a query, in order.
pub(crate) async fn ids(app: &App, request: &ListQuery) -> ApiResult<Vec<CustomerId>> {
    let query = query(request)?;
    let mut connection = app.inner.database.read().await?;
    connection.begin_snapshot().await?;
    let ids = list::ids(&mut connection, &query).await;
    let ended = connection.end_snapshot().await;
    let ids = ids?;
    ended?;
    Ok(ids)
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
        "" => SortColumn::Best,
        "name" | "first_name" => SortColumn::Name,
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
        "group" => Filter::Group(text()),
        "has_edits" => Filter::HasEdits(flag()?),
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
        other => match measured(other) {
            Some((measure, End::From)) => Filter::From(measure, bound(measure, End::From, field, value)?),
            Some((measure, End::To)) => Filter::To(measure, bound(measure, End::To, field, value)?),
            None => return Err(unknown_field(other, "customers cannot be filtered by this")),
        },
    })
}

/// The ends of a range.
#[derive(Clone, Copy)]
enum End {
    From,
    To,
}

fn measured(field: &str) -> Option<(Measure, End)> {
    let (measure, end) = field.rsplit_once('_')?;
    let measure = match measure {
        "created" => Measure::CreatedAt,
        "last_order" => Measure::LastOrderAt,
        "spent" => Measure::TotalSpent,
        "orders" => Measure::OrdersCount,
        _ => return None,
    };
    match end {
        "from" => Some((measure, End::From)),
        "to" => Some((measure, End::To)),
        _ => None,
    }
}

/// Both ends belong to a range, and a day has all its moments.
fn bound(measure: Measure, end: End, field: &str, value: &str) -> ApiResult<i64> {
    let value = value.trim();
    let bound = match measure {
        Measure::CreatedAt | Measure::LastOrderAt => moment(end, value),
        Measure::TotalSpent => millionths(value),
        Measure::OrdersCount => value.parse().ok(),
    };
    let what = match measure {
        Measure::CreatedAt | Measure::LastOrderAt => "the value must be a day (2026-01-31) or a moment",
        Measure::TotalSpent | Measure::OrdersCount => "the value must be a number",
    };
    bound.ok_or_else(|| ApiError::new(Code::InvalidInput, what).with("field", field))
}

fn moment(end: End, value: &str) -> Option<i64> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(value) {
        return Some(moment.timestamp_millis());
    }
    let day: NaiveDate = value.parse().ok()?;
    Some(match end {
        End::From => day.and_time(NaiveTime::MIN).and_utc().timestamp_millis(),
        End::To => day.succ_opt()?.and_time(NaiveTime::MIN).and_utc().timestamp_millis() - 1,
    })
}

fn millionths(value: &str) -> Option<i64> {
    let amount: Decimal = value.parse().ok()?;
    amount.checked_mul(Decimal::from(1_000_000))?.trunc().to_i64()
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
