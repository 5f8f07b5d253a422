//! The list of customers: by a scroll id where the store gives one, else by page numbers.
//!
//! A scroll shows the list as it was when it began; page numbers shift while customers come and go. A scroll id runs out when
//! nobody asks for a while, and is no good after a restart of the store. Then the list begins again by page numbers: to be
//! told of a customer twice does no harm, and whoever reads the whole list counts whom it was told of.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use clientela_domain::normalise::phone::digits;
use clientela_domain::{CustomerRecord, RemoteId};
use serde_json::Value;

use super::client::{LARGEST_PAGE, Yampi};
use super::envelope::Envelope;
use super::{CAPABILITIES, map};
use crate::http::{Answer, Call};
use crate::platform::narrowing;
use crate::reading::Oddities;
use crate::{ConnectorError, ListRequest, Page, Urgency};

/// A list on its way by scroll ids, as far as this process has seen it.
pub(super) struct Walk {
    /// The id that the next page was told to begin at.
    id: String,
    seen: u64,
    total: Option<u64>,
    /// The page before: a store that does not scroll after all answers it again.
    last: Vec<RemoteId>,
    /// Begun by this process, so that `seen` counts all of it.
    whole: bool,
}

impl Yampi {
    pub(super) async fn page_of(
        &self,
        request: &ListRequest,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let unsupported = request.updated_since.is_some()
            || request.updated_until.is_some()
            || request.segment.is_some()
            || request.since_id.is_some()
            || !request.ids.is_empty();
        if unsupported {
            return Err(ConnectorError::Unsupported);
        }
        let narrowed = request.search.is_some() || request.group.is_some() || narrowing::has_times(request);
        let size = request.page_size.map_or(LARGEST_PAGE, |size| size.clamp(1, LARGEST_PAGE));
        let position = request.position.as_deref().map(Position::parse).transpose()?;
        if !narrowed {
            self.load_clusters(position.is_none(), urgency).await?;
        }
        match position {
            None if narrowed => self.numbered(request, At { page: 1, size }, urgency).await,
            None => self.scrolled(request, None, size, urgency).await,
            Some(Position::Scroll(id)) => self.scrolled(request, Some(&id), size, urgency).await,
            Some(Position::Page(at)) => self.numbered(request, at, urgency).await,
        }
    }

    /// The first page of a scroll, or the one that an id stands for.
    async fn scrolled(
        &self,
        request: &ListRequest,
        id: Option<&str>,
        size: u32,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let alias = self.alias(urgency).await?;
        let call = Self::question("{alias}/customers", &[alias], urgency)
            .query("include", "addresses")
            .query("limit", size.to_string())
            .query("scroll", "true")
            .query_if("scroll_id", id);
        let from_the_start = At { page: 1, size };
        let answer = match self.send(call).await {
            // An error of its own about an id of its own: it does not know it any more.
            Err(ConnectorError::ServerFault { .. }) if id.is_some() => {
                return self.numbered(request, from_the_start, urgency).await;
            }
            other => other?,
        };
        if id.is_some() && matches!(answer.status(), 400 | 404 | 410 | 422) {
            return self.numbered(request, from_the_start, urgency).await;
        }
        let answer = answer.success()?;
        let envelope = Envelope::read(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
        let next = envelope.scroll_id.clone().or_else(|| id.map(str::to_owned));
        let Some(next) = next else {
            // It passed the wish over, and this is page 1. Where another follows, both have to be in one order.
            return match envelope.has_more(1, envelope.given_size().unwrap_or(size).min(size)) {
                true => self.numbered(request, from_the_start, urgency).await,
                false => self.finish(request, from_the_start, answer, envelope, urgency).await,
            };
        };
        match self.walk_on(id, &next, &envelope) {
            Step::Restart => self.numbered(request, from_the_start, urgency).await,
            Step::End { total } => Ok(Page { total, server_time: answer.server_time(), ..Page::default() }),
            Step::On { total } => {
                let told = if total.is_some() { total } else { self.stated_total(request, urgency).await? };
                self.remember_total(told);
                let mut page = self.read_rows(request, envelope.rows);
                page.next = Some(Position::Scroll(next).to_string());
                page.total = told;
                page.server_time = answer.server_time();
                Ok(page)
            }
        }
    }

    /// What a page of a scroll means for the walk.
    fn walk_on(&self, id: Option<&str>, next: &str, envelope: &Envelope) -> Step {
        let mut kept = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.take().filter(|walk| id == Some(walk.id.as_str()));
        let total = envelope.total.or(before.as_ref().and_then(|walk| walk.total));
        if envelope.rows.is_empty() {
            let seen = before.as_ref().map_or(0, |walk| walk.seen);
            return match (id, before) {
                // Nothing at the very beginning: an empty store, unless it says otherwise.
                (None, _) if total.unwrap_or(0) == 0 => Step::End { total: Some(0) },
                // The end, when everybody was seen; or when that cannot be known, after some were.
                (Some(_), Some(walk)) if !walk.whole || total.is_none_or(|total| seen >= total) => {
                    Step::End { total }
                }
                // An id that ran out can look like an end.
                _ => Step::Restart,
            };
        }
        let last: Vec<RemoteId> = envelope.rows.iter().filter_map(id_of).collect();
        if before.as_ref().is_some_and(|walk| !last.is_empty() && walk.last == last) {
            return Step::Restart;
        }
        let seen = before.as_ref().map_or(0, |walk| walk.seen) + envelope.rows.len() as u64;
        let whole = id.is_none() || before.as_ref().is_some_and(|walk| walk.whole);
        *kept = Some(Walk { id: next.to_owned(), seen, total, last, whole });
        Step::On { total }
    }

    fn remember_total(&self, total: Option<u64>) {
        if let Some(walk) = self.walk.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            walk.total = total;
        }
    }

    /// How many there are, asked apart where a scroll does not say it.
    async fn stated_total(
        &self,
        request: &ListRequest,
        urgency: Urgency,
    ) -> Result<Option<u64>, ConnectorError> {
        let (_, envelope) = self.numbered_rows(request, 1, 1, urgency).await?;
        Ok(envelope.and_then(|envelope| envelope.total))
    }

    async fn numbered(
        &self,
        request: &ListRequest,
        at: At,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let (answer, envelope) = self.numbered_rows(request, at.page, at.size, urgency).await?;
        let Some(envelope) = envelope else {
            return Ok(Page { server_time: answer.server_time(), ..Page::default() });
        };
        self.finish(request, at, answer, envelope, urgency).await
    }

    /// What follows from the rows of page `at`.
    async fn finish(
        &self,
        request: &ListRequest,
        mut at: At,
        mut answer: Answer,
        mut envelope: Envelope,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let given = envelope.given_size().filter(|given| *given < at.size);
        let other = given.map(|given| at.with_size(given)).filter(|other| envelope.page != Some(other.page));
        let within = |envelope: &Envelope, at: At| {
            envelope.rows.is_empty()
                && envelope.pages.is_some_and(|pages| at.page <= pages)
                && envelope.total.is_some_and(|total| total > 0)
        };
        if other.is_some() || within(&envelope, at) {
            // Pages count in a size of the store's own; or it is empty and yet within its own count. Look (again) before
            // believing in an end.
            at = other.unwrap_or(at);
            let (again, came) = self.numbered_rows(request, at.page, at.size, urgency).await?;
            answer = again;
            let Some(came) = came else {
                return Ok(Page { server_time: answer.server_time(), ..Page::default() });
            };
            envelope = came;
        } else if let Some(given) = given {
            at = at.with_size(given);
        }
        if envelope.page.is_some_and(|shown| shown < at.page) {
            // The last page once more, for one behind it.
            return Ok(Page { total: envelope.total, server_time: answer.server_time(), ..Page::default() });
        }
        let more = envelope.has_more(at.page, at.size);
        let total = envelope.total;
        let mut page = self.read_rows(request, envelope.rows);
        page.next = more.then(|| Position::Page(At { page: at.page + 1, ..at }).to_string());
        // Of a list that is narrowed once more here nobody knows how long it is.
        page.total = total.filter(|_| !narrowing::has_times(request) && request.group.is_none());
        page.server_time = answer.server_time();
        Ok(page)
    }

    /// Asks for one page by its number. Nothing: it is behind the end.
    pub(super) async fn numbered_rows(
        &self,
        request: &ListRequest,
        page: u64,
        size: u32,
        urgency: Urgency,
    ) -> Result<(Answer, Option<Envelope>), ConnectorError> {
        let dated = narrowing::has_times(request) && !self.dates_fail.load(Ordering::Relaxed);
        let answer = match self.send(self.numbered_call(request, page, size, dated, urgency).await?).await {
            // A filter that it does not know is an error of the store's own (github.com/Eduardo-Orsi/yampi-mcp, README).
            Err(ConnectorError::ServerFault { .. }) if dated => {
                self.dates_fail.store(true, Ordering::Relaxed);
                self.send(self.numbered_call(request, page, size, false, urgency).await?).await?
            }
            other => other?,
        };
        if page > 1 && answer.status() == 404 {
            return Ok((answer, None));
        }
        let answer = answer.success()?;
        let envelope = Envelope::read(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
        Ok((answer, Some(envelope)))
    }

    async fn numbered_call(
        &self,
        request: &ListRequest,
        page: u64,
        size: u32,
        dated: bool,
        urgency: Urgency,
    ) -> Result<Call, ConnectorError> {
        let alias = self.alias(urgency).await?;
        let mut call = match &request.group {
            None => Self::question("{alias}/customers", &[alias], urgency),
            Some(name) => {
                let numbers = self.clusters_named(name, urgency).await?;
                // Two clusters of one name are the same group to people; the store can list one of them.
                let number = numbers.first().ok_or_else(|| ConnectorError::Refused {
                    status: 404,
                    message: "the store has no such group".to_owned(),
                    fields: Vec::new(),
                })?;
                let path = [alias, number.as_str()];
                Self::question("{alias}/customers/clusters/{id}/customers", &path, urgency)
            }
        };
        if dated {
            // Days by the store's own calendar: one more on either side, and looked at once more here.
            let day = |moment: Option<chrono::DateTime<chrono::Utc>>, otherwise: &str, days: i64| {
                let day = moment.and_then(|moment| moment.checked_add_signed(chrono::TimeDelta::days(days)));
                day.map_or_else(|| otherwise.to_owned(), |day| day.format("%Y-%m-%d").to_string())
            };
            let from = day(request.created_since, "2000-01-01", -1);
            let until = day(request.created_until, "2999-12-31", 1);
            call = call.query("date", format!("created_at:{from}|{until}"));
        }
        Ok(call
            .query("include", "addresses")
            .query("limit", size.to_string())
            .query("page", page.to_string())
            // Who is new comes at the end, and pushes nobody over the edge of a page.
            .query("orderBy", "id")
            .query("sortedBy", "asc")
            .query_if("q", request.search.clone()))
    }

    fn read_rows(&self, request: &ListRequest, rows: Vec<Value>) -> Page {
        let mut page = Page::default();
        let mut oddities = Oddities::default();
        for row in rows {
            match map::customer(row, &mut oddities) {
                Ok(mut record) => {
                    self.tell_groups(&mut record);
                    // The list of a group may pass a search over.
                    let found = request.group.is_none() || holds(&record, request.search.as_deref());
                    if found && narrowing::keeps(request, &record) {
                        page.records.push(record);
                    }
                }
                Err(rejected) => page.rejected.push(rejected),
            }
        }
        oddities.tell(CAPABILITIES.platform);
        page
    }

    /// The rows that the store finds under one filter.
    pub(super) async fn found_rows(
        &self,
        key: &'static str,
        word: &str,
        most: u32,
    ) -> Result<Vec<Value>, ConnectorError> {
        let alias = self.alias(Urgency::Push).await?;
        let call = || Self::question("{alias}/customers", &[alias], Urgency::Push).query(key, word);
        // Only the store itself can say that it found nobody: a new customer may be made because of that.
        Ok(self.rows_unless(call, most, Answer::is_missing).await?.unwrap_or_default())
    }
}

enum Step {
    On { total: Option<u64> },
    End { total: Option<u64> },
    Restart,
}

/// Where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Position {
    Scroll(String),
    Page(At),
}

/// A page and its size: page 3 of 100 is not page 3 of 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    page: u64,
    size: u32,
}

impl Position {
    fn parse(text: &str) -> Result<Self, ConnectorError> {
        let page = |text: &str| {
            let (page, size) = text.split_once('/')?;
            let at = At { page: page.parse().ok()?, size: size.parse().ok()? };
            (at.page >= 1 && at.size >= 1).then_some(Self::Page(at))
        };
        let read = match text.split_once(':') {
            Some(("scroll", id)) if !id.is_empty() => Some(Self::Scroll(id.to_owned())),
            Some(("page", rest)) => page(rest),
            _ => None,
        };
        read.ok_or_else(|| ConnectorError::Unwritable {
            field: "position".to_owned(),
            message: "this is not a position of this platform".to_owned(),
        })
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Scroll(id) => write!(formatter, "scroll:{id}"),
            Self::Page(at) => write!(formatter, "page:{}/{}", at.page, at.size),
        }
    }
}

impl At {
    /// The page of another size that holds the same first record, so that nothing is skipped.
    fn with_size(self, size: u32) -> Self {
        let size = size.max(1);
        let before = (self.page - 1).saturating_mul(u64::from(self.size));
        Self { page: before / u64::from(size) + 1, size }
    }
}

fn id_of(row: &Value) -> Option<RemoteId> {
    match row.get("id")? {
        Value::Number(number) => Some(RemoteId::new(number.as_str())),
        Value::String(text) => Some(RemoteId::new(text.trim())),
        _ => None,
    }
}

/// Whether name, e-mail, company, document or phone holds this text.
fn holds(record: &CustomerRecord, text: Option<&str>) -> bool {
    let Some(text) = text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty()) else {
        return true;
    };
    // Digits within an address or a name are no number of anybody.
    let number = if text.chars().any(char::is_alphabetic) { String::new() } else { digits(&text) };
    let documents = record.documents.value().into_iter().flatten().map(|document| digits(&document.number));
    let mut numbers = documents.chain(record.phone.value().map(|phone| digits(phone)));
    let texts = [Some(record.full_name()), record.email.value().cloned(), record.company.value().cloned()];
    texts.into_iter().flatten().any(|own| own.to_lowercase().contains(&text))
        || (!number.is_empty() && numbers.any(|own| own.contains(&number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_as_they_are_written() {
        for text in ["scroll:DXF1ZXJ5:QW5k==", "page:3/100", "page:1/1"] {
            assert_eq!(Position::parse(text).unwrap().to_string(), text);
        }
        for wrong in ["", "scroll:", "page:3", "page:0/100", "page:1/0", "since_id:7", "page:x/1"] {
            assert!(Position::parse(wrong).is_err(), "{wrong}");
        }
        let at = At { page: 4, size: 100 };
        assert_eq!(at.with_size(50), At { page: 7, size: 50 });
    }
}
