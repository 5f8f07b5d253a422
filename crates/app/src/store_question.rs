//! Asking a store itself for some of its customers, in its own words: for who came in a minute ago, or is not found here.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clientela_connectors::ListRequest;
use clientela_domain::capability::StoreFilter;
use clientela_domain::{Capabilities, RemoteId, StoreId};

use crate::command::StoreQuestion;
use crate::context::{App, capabilities};
use crate::customers::told;
use crate::dto::store::StoreAnswerDto;
use crate::error::{ApiError, ApiResult, Code};

/// So many customers say enough, when nobody says how many.
const USUAL: i64 = 200;
/// Whoever wants more wants a pass.
const MOST: i64 = 10_000;

/// Asks the store and takes what it shows into the copy. Edits that wait here stay on top of it.
pub async fn ask(app: &App, request: StoreQuestion) -> ApiResult<StoreAnswerDto> {
    let store = app.store(StoreId(request.store_id)).await?;
    let able = capabilities(&store.platform)?;
    let list = list_request(able, &request)?;
    let most = request.limit.unwrap_or(USUAL).clamp(1, MOST);
    let link = app.link(&store).await?;
    let about = |stop| ApiError::from(stop).with("store", store.name.clone());
    let answer = app.session(store.clone(), &link).look_up(list, most as u64).await.map_err(about)?;
    told(app, store.id);
    Ok(StoreAnswerDto {
        customers: answer.customers.iter().map(|id| id.0).collect(),
        new: answer.new as i64,
        skipped: answer.skipped as i64,
        more: answer.more,
    })
}

fn list_request(able: &Capabilities, question: &StoreQuestion) -> ApiResult<ListRequest> {
    let text = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let list = ListRequest {
        search: text(&question.search),
        ids: question.ids.iter().map(|id| RemoteId::new(id.trim())).collect(),
        since_id: text(&question.since_id).map(RemoteId::new),
        created_since: moment("created_from", &text(&question.created_from), DayEnd::Morning)?,
        created_until: moment("created_to", &text(&question.created_to), DayEnd::Night)?,
        updated_since: moment("updated_from", &text(&question.updated_from), DayEnd::Morning)?,
        updated_until: moment("updated_to", &text(&question.updated_to), DayEnd::Night)?,
        segment: text(&question.segment),
        group: text(&question.group),
        ..ListRequest::default()
    };
    for (filter, name, is_used) in [
        (StoreFilter::Search, "search", list.search.is_some()),
        (StoreFilter::Ids, "ids", !list.ids.is_empty()),
        (StoreFilter::SinceId, "since_id", list.since_id.is_some()),
        (StoreFilter::Created, "created", list.created_since.is_some() || list.created_until.is_some()),
        (StoreFilter::Updated, "updated", list.updated_since.is_some() || list.updated_until.is_some()),
        (StoreFilter::Segment, "segment", list.segment.is_some()),
        (StoreFilter::Group, "group", list.group.is_some()),
    ] {
        if is_used && !able.filters_by(filter) {
            return Err(ApiError::new(
                Code::Unsupported,
                format!("{} cannot be asked by {name}", able.title),
            )
            .with("field", name)
            .with("platform", able.title));
        }
    }
    if able.filters.is_empty() {
        return Err(ApiError::new(Code::Unsupported, format!("{} has no list to ask", able.title))
            .with("platform", able.title));
    }
    Ok(list)
}

/// Which end of a day is meant where only the day is said.
#[derive(Clone, Copy)]
enum DayEnd {
    Morning,
    Night,
}

fn moment(name: &str, text: &Option<String>, end: DayEnd) -> ApiResult<Option<DateTime<Utc>>> {
    let Some(text) = text else { return Ok(None) };
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(moment.to_utc()));
    }
    let time = match end {
        DayEnd::Morning => Some(NaiveTime::MIN),
        DayEnd::Night => NaiveTime::from_hms_milli_opt(23, 59, 59, 999),
    };
    match (text.parse::<NaiveDate>(), time) {
        (Ok(day), Some(time)) => Ok(Some(day.and_time(time).and_utc())),
        _ => Err(ApiError::new(Code::InvalidInput, format!("{name} is no day and no moment"))
            .with("field", name)
            .with("rule", "date")),
    }
}
