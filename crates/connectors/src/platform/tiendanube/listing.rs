//! The list of customers, page by page, by ascending id.
//!
//! Where a page ends is told by `since_id` alone. Page numbers shift while customers change, and the addresses in the `Link`
//! header lead wherever they say.

use std::sync::atomic::Ordering;

use clientela_domain::RemoteId;
use serde_json::Value;

use super::client::{Tiendanube, has_next};
use super::{CAPABILITIES, map};
use crate::http::{Answer, Call};
use crate::platform::narrowing::{as_number, asked_from, asked_until, has_times, is_after, keeps};
use crate::reading::{Oddities, is_digits};
use crate::{ConnectorError, ListRequest, Page, Urgency};

/// Ids that one question names.
const MOST_IDS: usize = 50;

/// What a question looks for beside what the request says.
#[derive(Clone, Copy)]
struct Looking<'a> {
    since: &'a str,
    /// The only key that is wanted of each record.
    field: Option<&'static str>,
    ids: &'a [RemoteId],
}

/// What came for a page.
enum Came {
    Rows { rows: Vec<Value>, answer: Answer, asked: u32 },
    PastEnd(Answer),
}

impl Tiendanube {
    /// A page of what the request asks for.
    pub(super) async fn page_of(
        &self,
        request: &ListRequest,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        if request.segment.is_some() || request.group.is_some() {
            return Err(ConnectorError::Unsupported);
        }
        if !request.ids.is_empty() {
            return self.page_of_ids(request, urgency).await;
        }
        self.page_after(request, None, urgency).await
    }

    /// A page behind the position of the request; with `field`, of nothing but that key.
    pub(super) async fn page_after(
        &self,
        request: &ListRequest,
        field: Option<&'static str>,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let since = match (&request.position, &request.since_id) {
            (Some(text), _) => {
                text.strip_prefix("since_id:").filter(|id| is_digits(id)).ok_or_else(no_position)?
            }
            (None, Some(id)) => as_number(id.as_str()).ok_or_else(|| {
                let message = "customers of this platform have numbers".to_owned();
                ConnectorError::Unwritable { field: "since_id".to_owned(), message }
            })?,
            (None, None) => "0",
        };
        let looking = Looking { since, field, ids: &[] };
        let mut came = self.rows(request, looking, urgency).await?;
        if came.is_doubtful_end() {
            // A fault of the moment, or a header that is off: look again before believing in an end.
            came = self.rows(request, looking, urgency).await?;
        }
        let (rows, answer, asked) = match came {
            Came::PastEnd(answer) => {
                let total = total_count(&answer).or(Some(0)).filter(|_| since == "0");
                return Ok(Page { total, server_time: answer.server_time(), ..Page::default() });
            }
            Came::Rows { rows, answer, .. } if rows.is_empty() && has_next(&answer) => {
                return Err(answer.unreadable("a page without customers that has a next one"));
            }
            Came::Rows { rows, answer, asked } => (rows, answer, asked),
        };
        let count = rows.len();
        let total = total_count(&answer);
        // Later pages count what is left of the list.
        let mut page = Page {
            total: total.filter(|_| since == "0"),
            server_time: answer.server_time(),
            ..Page::default()
        };
        let last = read_rows(rows, since, &mut page);
        let more = match total {
            Some(total) => has_next(&answer) || total > count as u64 || count >= asked as usize,
            // Nothing says how much there is, so only an empty page ends the list.
            None => count > 0,
        };
        let only_repeats =
            page.rejected.is_empty() && page.records.iter().all(|record| record.remote_id.as_str() == since);
        page.records.retain(|record| keeps(request, record));
        if count == 0 || !more {
            return Ok(page);
        }
        if last != since {
            page.next = Some(format!("since_id:{last}"));
        } else if !only_repeats {
            return Err(answer.unreadable("the list does not move on"));
        }
        Ok(page)
    }

    /// The wanted ids, some at a time. No document names such a filter for customers, so what comes is held against them, and a
    /// store that does not look at them is asked for each.
    async fn page_of_ids(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        let from: usize = match &request.position {
            None => 0,
            Some(text) => {
                text.strip_prefix("ids:").and_then(|count| count.parse().ok()).ok_or_else(no_position)?
            }
        };
        let rest = request.ids.get(from..).unwrap_or_default();
        let wanted = &rest[..rest.len().min(MOST_IDS)];
        let next = (rest.len() > wanted.len()).then(|| format!("ids:{}", from + wanted.len()));
        let numbers: Vec<RemoteId> =
            wanted.iter().filter(|id| as_number(id.as_str()).is_some()).cloned().collect();
        let mut page = Page { next, ..Page::default() };
        if !numbers.is_empty() && !self.ignores_ids.load(Ordering::Relaxed) {
            let looking = Looking { since: "0", field: None, ids: &numbers };
            match self.rows(request, looking, urgency).await? {
                Came::PastEnd(answer) => page.server_time = answer.server_time(),
                Came::Rows { rows, answer, .. } => {
                    page.server_time = answer.server_time();
                    read_rows(rows, "0", &mut page);
                }
            }
            if page.records.iter().any(|record| !numbers.contains(&record.remote_id)) {
                self.ignores_ids.store(true, Ordering::Relaxed);
                (page.records, page.rejected) = (Vec::new(), Vec::new());
            }
        }
        if self.ignores_ids.load(Ordering::Relaxed) {
            for id in &numbers {
                if let (Some((record, _)), _) = self.record(id, urgency).await? {
                    page.records.push(record);
                }
            }
        }
        page.records.retain(|record| keeps(request, record));
        Ok(page)
    }

    async fn rows(
        &self,
        request: &ListRequest,
        looking: Looking<'_>,
        urgency: Urgency,
    ) -> Result<Came, ConnectorError> {
        let (answer, asked) = self.page(request, looking, urgency).await?;
        if self.is_past_end(&answer, request, looking, urgency).await? {
            return Ok(Came::PastEnd(answer));
        }
        let answer = answer.success()?;
        match answer.json()? {
            Value::Array(rows) => Ok(Came::Rows { rows, answer, asked }),
            _ => Err(answer.unreadable("the customers are not a list")),
        }
    }

    /// Asks for a page, with a smaller size where the store refuses a larger one. Gives the size that was asked for.
    async fn page(
        &self,
        request: &ListRequest,
        looking: Looking<'_>,
        urgency: Urgency,
    ) -> Result<(Answer, u32), ConnectorError> {
        let largest = self.page_size.load(Ordering::Relaxed);
        let mut size = request.page_size.map_or(largest, |size| size.clamp(1, largest));
        loop {
            let ids: Vec<&str> = looking.ids.iter().map(RemoteId::as_str).collect();
            let call = Call::get("{store}/customers", &[&self.store_id], urgency)
                .query("since_id", looking.since)
                .query("per_page", size.to_string())
                .query_if("created_at_min", asked_from(request.created_since))
                .query_if("created_at_max", asked_until(request.created_until))
                .query_if("updated_at_min", asked_from(request.updated_since))
                .query_if("updated_at_max", asked_until(request.updated_until))
                .query_if("q", request.search.clone())
                .query_if("ids", (!ids.is_empty()).then(|| ids.join(",")))
                .query_if("fields", looking.field);
            let answer = self.send(call).await?;
            let about_size = || answer.refusal().fields.iter().any(|refusal| refusal.field == "per_page");
            if answer.status() != 422 || size <= 10 || !about_size() {
                if answer.status() == 200 && request.page_size.is_none() {
                    self.page_size.fetch_min(size, Ordering::Relaxed);
                }
                return Ok((answer, size));
            }
            size /= 2;
        }
    }

    /// Whether a 404 to a list says "past the end" and not "no such store": the platform says so in words or with a count.
    async fn is_past_end(
        &self,
        answer: &Answer,
        request: &ListRequest,
        looking: Looking<'_>,
        urgency: Urgency,
    ) -> Result<bool, ConnectorError> {
        if !matches!(answer.status(), 404 | 410) {
            return Ok(false);
        }
        if answer.is_missing() && (looking.since != "0" || says_past_end(answer)) {
            return Ok(true);
        }
        let is_whole = looking.since == "0" && looking.ids.is_empty();
        if is_whole && !has_times(request) && request.search.is_none() {
            return Ok(false);
        }
        // Nothing found, nothing there, or a page for people that could mean either: the whole list tells.
        let all = ListRequest { page_size: Some(1), ..ListRequest::default() };
        let looking = Looking { since: "0", field: Some("id"), ids: &[] };
        let (answer, _) = self.page(&all, looking, urgency).await?;
        Ok(answer.status() == 200)
    }
}

impl Came {
    /// No rows, and headers that know of some.
    fn is_doubtful_end(&self) -> bool {
        match self {
            Came::Rows { rows, answer, .. } => {
                rows.is_empty() && (has_next(answer) || total_count(answer).is_some_and(|total| total > 0))
            }
            Came::PastEnd(_) => false,
        }
    }
}

/// Reads the rows into the page and gives the highest id of them, or `since` where none lies behind it.
fn read_rows(rows: Vec<Value>, since: &str, page: &mut Page) -> String {
    let mut last = since.to_owned();
    let mut oddities = Oddities::default();
    for row in rows {
        match map::customer(row, &mut oddities) {
            Ok((record, _)) => {
                if is_after(record.remote_id.as_str(), &last) {
                    record.remote_id.as_str().clone_into(&mut last);
                }
                page.records.push(record);
            }
            Err(rejected) => page.rejected.push(rejected),
        }
    }
    oddities.tell(CAPABILITIES.platform);
    last
}

/// Whether a 404 says that the page asked for lies behind the last one, in words or with a count.
pub(super) fn says_past_end(answer: &Answer) -> bool {
    answer.is_missing()
        && (total_count(answer).is_some() || answer.refusal().message.starts_with("Last page is"))
}

fn no_position() -> ConnectorError {
    ConnectorError::Unwritable {
        field: "position".to_owned(),
        message: "this is not a position of this platform".to_owned(),
    }
}

fn total_count(answer: &Answer) -> Option<u64> {
    answer.header("x-total-count")?.trim().parse().ok()
}
