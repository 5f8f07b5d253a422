//! The list of customers, page by page, by ascending id.
//!
//! Where a page ends is told by `since_id` alone. Page numbers shift while customers change, and the addresses in the `Link`
//! header lead wherever they say.

use std::sync::atomic::Ordering;

use chrono::SecondsFormat;
use serde_json::Value;

use super::client::{Tiendanube, has_next, is_after};
use super::{CAPABILITIES, map};
use crate::http::{Answer, Call};
use crate::reading::{Oddities, is_digits};
use crate::{ConnectorError, ListRequest, Page, Urgency};

/// What came for a page.
enum Came {
    Rows { rows: Vec<Value>, answer: Answer, asked: u32 },
    PastEnd(Answer),
}

impl Tiendanube {
    pub(super) async fn page_after(
        &self,
        request: &ListRequest,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        if request.segment.is_some() {
            return Err(ConnectorError::Unsupported);
        }
        let since = match &request.position {
            None => "0",
            Some(text) => text.strip_prefix("since_id:").filter(|id| is_digits(id)).ok_or_else(|| {
                let message = "this is not a position of this platform".to_owned();
                ConnectorError::Unwritable { field: "position".to_owned(), message }
            })?,
        };
        let mut came = self.rows(request, since, urgency).await?;
        if came.is_doubtful_end() {
            // A fault of the moment, or a header that is off: look again before believing in an end.
            came = self.rows(request, since, urgency).await?;
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

    async fn rows(
        &self,
        request: &ListRequest,
        since: &str,
        urgency: Urgency,
    ) -> Result<Came, ConnectorError> {
        let (answer, asked) = self.page(request, since, urgency).await?;
        if self.is_past_end(&answer, request, since, urgency).await? {
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
        since: &str,
        urgency: Urgency,
    ) -> Result<(Answer, u32), ConnectorError> {
        let largest = self.page_size.load(Ordering::Relaxed);
        let mut size = request.page_size.map_or(largest, |size| size.clamp(1, largest));
        loop {
            let updated =
                request.updated_since.map(|moment| moment.to_rfc3339_opts(SecondsFormat::Secs, false));
            let call = Call::get("{store}/customers", &[&self.store_id], urgency)
                .query("since_id", since)
                .query("per_page", size.to_string())
                .query_if("updated_at_min", updated)
                .query_if("q", request.search.clone());
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
        since: &str,
        urgency: Urgency,
    ) -> Result<bool, ConnectorError> {
        if !answer.is_missing() {
            return Ok(false);
        }
        if since != "0"
            || total_count(answer).is_some()
            || answer.refusal().message.starts_with("Last page is")
        {
            return Ok(true);
        }
        if request.updated_since.is_none() && request.search.is_none() {
            return Ok(false);
        }
        // Nothing found, or nothing there: the whole list tells.
        let all = ListRequest { page_size: Some(1), ..ListRequest::default() };
        let (answer, _) = self.page(&all, "0", urgency).await?;
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

fn total_count(answer: &Answer) -> Option<u64> {
    answer.header("x-total-count")?.trim().parse().ok()
}
