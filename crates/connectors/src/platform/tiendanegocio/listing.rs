//! The list of customers.
//!
//! Read behind the last id where the store keeps the order of ids, since numbered pages shift while customers change. Every page
//! is held against that order, and a store that does not keep it is read by numbered pages from then on. Filters are repeated
//! with every question and looked at once more here. The address of the next page is never followed.

use std::sync::atomic::Ordering;

use clientela_domain::{CustomerRecord, RemoteId};

use super::client::Tiendanegocio;
use super::envelope::{Envelope, Next};
use super::position::{Numbered, Position};
use super::{CAPABILITIES, map};
use crate::http::{Answer, Call};
use crate::platform::narrowing::{
    as_number, asked_from, asked_until, has_times, ignores_times, is_after, keeps,
};
use crate::reading::Oddities;
use crate::{Connector as _, ConnectorError, Fetched, ListRequest, Page, RejectedRecord, Urgency};

/// Smallest page that is asked for when larger ones are refused.
const SMALLEST_PAGE: u32 = 10;
/// Ids that one question names.
const MOST_IDS: usize = 50;

/// Where in the list a question looks.
#[derive(Debug, Clone)]
enum Place<'a> {
    Behind(&'a str, u32),
    Numbered(Numbered),
    Ids(&'a [RemoteId], u32),
}

/// What came for a question.
enum Came {
    Rows { answer: Answer, envelope: Envelope, size: u32 },
    PastEnd(Answer),
}

/// What a page behind an id shows.
struct Look {
    answer: Answer,
    rows: Rows,
    more: bool,
    next_told: bool,
    total: Option<u64>,
    /// The last id, where the page keeps the order.
    last: Option<String>,
}

/// The records of a page before they are held against the request.
#[derive(Default)]
struct Rows {
    records: Vec<CustomerRecord>,
    rejected: Vec<RejectedRecord>,
}

impl Tiendanegocio {
    pub(super) async fn page_of(
        &self,
        request: &ListRequest,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        if request.segment.is_some() || request.group.is_some() {
            return Err(ConnectorError::Unsupported);
        }
        let position = request.position.as_deref().map(Position::parse).transpose()?;
        match position {
            Some(Position::Ids(from)) => self.page_of_ids(request, from, urgency).await,
            None if !request.ids.is_empty() => self.page_of_ids(request, 0, urgency).await,
            Some(Position::Numbered(at)) => self.numbered(request, at, urgency).await,
            // What a search finds is little, and stores that count an id alone would give everybody.
            None if request.search.is_some() || self.habits.disorderly.load(Ordering::Relaxed) => {
                self.numbered_page(request, 1, urgency).await
            }
            Some(Position::Behind { id, promised }) => self.behind(request, &id, promised, urgency).await,
            None => {
                if has_times(request)
                    && self.habits.id_alone.load(Ordering::Relaxed)
                    && let Some(page) = self.all_at_once(request, urgency).await?
                {
                    return Ok(page);
                }
                let since = match &request.since_id {
                    Some(id) => as_number(id.as_str()).ok_or_else(|| ConnectorError::Unwritable {
                        field: "since_id".to_owned(),
                        message: "customers of this platform have numbers".to_owned(),
                    })?,
                    None => "0",
                };
                self.behind(request, since, false, urgency).await
            }
        }
    }

    /// A page by its number.
    pub(super) async fn numbered_page(
        &self,
        request: &ListRequest,
        page: u64,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let at = Numbered { page, ..Numbered::first(self.size(request)) };
        self.numbered(request, at, urgency).await
    }

    /// A page behind an id.
    async fn behind(
        &self,
        request: &ListRequest,
        since: &str,
        promised: bool,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let first = request.position.is_none();
        let mut look = self.look(request, since, urgency).await?;
        if look.is_doubtful(promised) {
            // A fault of the moment, or a count that is off: look again before believing in an end or in disorder.
            look = self.look(request, since, urgency).await?;
        }
        let Look { answer, rows, more, next_told, total, last } = look;
        let nobody = rows.records.is_empty() && rows.rejected.is_empty();
        let Some(last) = last.filter(|_| !(nobody && promised)) else {
            return self.in_disorder(request, urgency).await;
        };
        let total = total.filter(|_| first && request.since_id.is_none());
        if has_times(request) && rows.records.iter().any(|record| ignores_times(request, record)) {
            let known = self.habits.id_alone.swap(true, Ordering::Relaxed);
            if first
                && !known
                && let Some(page) = self.all_at_once(request, urgency).await?
            {
                return Ok(page);
            }
        }
        if more && last == since {
            return Err(answer.unreadable("the list does not move on"));
        }
        let next = more.then(|| Position::Behind { id: last, promised: next_told }.to_string());
        Ok(rows.page(request, &answer, next, total))
    }

    async fn look(
        &self,
        request: &ListRequest,
        since: &str,
        urgency: Urgency,
    ) -> Result<Look, ConnectorError> {
        let (answer, envelope, size) =
            match self.ask(request, Place::Behind(since, self.size(request)), urgency).await? {
                Came::Rows { answer, envelope, size } => (answer, envelope, size),
                Came::PastEnd(answer) => {
                    let (rows, last) = (Rows::default(), Some(since.to_owned()));
                    return Ok(Look { answer, rows, more: false, next_told: false, total: Some(0), last });
                }
            };
        let (more, next_told, total) =
            (envelope.goes_on(size, 0), envelope.next == Next::Told, envelope.total);
        let rows = Rows::read(envelope);
        let last = rows.last_in_order(since);
        Ok(Look { answer, rows, more, next_told, total, last })
    }

    /// The order of ids is not kept: numbered pages from the first one, whatever was read before.
    async fn in_disorder(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        tracing::info!(
            platform = CAPABILITIES.platform,
            "the list is not in the order of ids; pages are counted"
        );
        self.habits.disorderly.store(true, Ordering::Relaxed);
        self.numbered_page(request, 1, urgency).await
    }

    /// Everything within the times on one page, if it fits there; without an id, beside which this store drops the times.
    async fn all_at_once(
        &self,
        request: &ListRequest,
        urgency: Urgency,
    ) -> Result<Option<Page>, ConnectorError> {
        let page = self.numbered_page(request, 1, urgency).await?;
        Ok(page.next.is_none().then_some(page))
    }

    async fn numbered(
        &self,
        request: &ListRequest,
        at: Numbered,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let first = at.page == 1;
        let mut at = at;
        let (mut answer, mut envelope) = match self.ask(request, Place::Numbered(at.clone()), urgency).await?
        {
            Came::PastEnd(answer) => return Ok(nothing(&answer, first)),
            Came::Rows { answer, envelope, size } => {
                at = at.with_size(size);
                (answer, envelope)
            }
        };
        // A store may quietly give smaller pages than it is asked for; page numbers then count in its own size.
        if let Some(given) = envelope.per_page.and_then(|size| u32::try_from(size).ok())
            && given < at.size
        {
            let asked = at.page;
            at = at.with_size(given);
            if at.page != asked {
                match self.ask(request, Place::Numbered(at.clone()), urgency).await? {
                    Came::PastEnd(answer) => return Ok(nothing(&answer, first)),
                    Came::Rows { answer: again, envelope: inner, .. } => (answer, envelope) = (again, inner),
                }
            }
        }
        if envelope.page.is_some_and(|page| page != at.page) {
            return Err(answer.unreadable("another page than the one that was asked for"));
        }
        if envelope.rows.is_empty() && envelope.next == Next::Told {
            return Err(answer.unreadable("a page without customers that has a next one"));
        }
        let more = envelope.goes_on(at.size, at.offset());
        let numbers_pages = envelope.page.is_some();
        let total = envelope.total.filter(|_| first);
        let rows = Rows::read(envelope);
        let mark = rows.mark().filter(|_| !numbers_pages);
        if mark.is_some() && mark == at.before {
            return Err(answer.unreadable("the list does not move on"));
        }
        let next = Numbered { page: at.page + 1, size: at.size, before: mark };
        let next = more.then(|| Position::Numbered(next).to_string());
        Ok(rows.page(request, &answer, next, total))
    }

    /// The wanted ids, some at a time.
    async fn page_of_ids(
        &self,
        request: &ListRequest,
        from: usize,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let rest = request.ids.get(from..).unwrap_or_default();
        let size = self.page_size.load(Ordering::Relaxed);
        let wanted = &rest[..rest.len().min(MOST_IDS).min(size as usize)];
        let next = (rest.len() > wanted.len()).then(|| Position::Ids(from + wanted.len()).to_string());
        if wanted.iter().all(|id| as_number(id.as_str()).is_none()) {
            return Ok(Page { next, ..Page::default() });
        }
        let (answer, envelope) = match self.ask(request, Place::Ids(wanted, size), urgency).await? {
            Came::PastEnd(answer) => {
                return Ok(Page { next, server_time: answer.server_time(), ..Page::default() });
            }
            Came::Rows { answer, envelope, .. } => (answer, envelope),
        };
        let goes_on = envelope.next == Next::Told;
        let mut rows = Rows::read(envelope);
        if goes_on || rows.records.iter().any(|record| !wanted.contains(&record.remote_id)) {
            // The store does not look at the ids.
            rows = Rows::default();
            for id in wanted.iter().filter(|id| as_number(id.as_str()).is_some()) {
                if let Fetched::Found { record, .. } = self.fetch(id, urgency).await? {
                    rows.records.push(*record);
                }
            }
        }
        Ok(rows.page(request, &answer, next, None))
    }

    fn size(&self, request: &ListRequest) -> u32 {
        let largest = self.page_size.load(Ordering::Relaxed);
        request.page_size.map_or(largest, |size| size.clamp(1, largest))
    }

    /// Asks, with a smaller page where the store refuses a larger one.
    async fn ask(
        &self,
        request: &ListRequest,
        place: Place<'_>,
        urgency: Urgency,
    ) -> Result<Came, ConnectorError> {
        let mut place = place;
        loop {
            let answer = self.send(place.call(request, urgency)).await?;
            let size = place.size();
            if matches!(answer.status(), 400 | 422) && size > SMALLEST_PAGE && is_about_size(&answer) {
                place = place.with_size((size / 2).max(SMALLEST_PAGE));
                self.page_size.fetch_min(place.size(), Ordering::Relaxed);
                continue;
            }
            if self.is_past_end(&answer, request, &place, urgency).await? {
                return Ok(Came::PastEnd(answer));
            }
            let answer = answer.success()?;
            let envelope = Envelope::read(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
            return Ok(Came::Rows { answer, envelope, size });
        }
    }

    /// Whether a 404 to a list says "past the end" or "nothing found", and not "no such store".
    async fn is_past_end(
        &self,
        answer: &Answer,
        request: &ListRequest,
        place: &Place<'_>,
        urgency: Urgency,
    ) -> Result<bool, ConnectorError> {
        if !answer.is_missing() {
            return Ok(false);
        }
        if !place.is_first() {
            return Ok(true);
        }
        let narrowed = has_times(request) || request.search.is_some() || matches!(place, Place::Ids(..));
        if !narrowed {
            return Ok(false);
        }
        let everybody = Place::Numbered(Numbered::first(1));
        Ok(self.send(everybody.call(&ListRequest::default(), urgency)).await?.status() == 200)
    }
}

impl Place<'_> {
    /// The question, with every filter in it.
    fn call(&self, request: &ListRequest, urgency: Urgency) -> Call {
        let mut call = Call::get("customers", &[], urgency);
        call = match self {
            Place::Behind(since, _) => call.query("since_id", *since),
            Place::Numbered(at) => call.query("page", at.page.to_string()),
            Place::Ids(ids, _) => {
                let numbers: Vec<&str> = ids.iter().filter_map(|id| as_number(id.as_str())).collect();
                call.query("ids", numbers.join(","))
            }
        };
        call.query("per_page", self.size().to_string())
            .query_if("created_at_min", asked_from(request.created_since))
            .query_if("created_at_max", asked_until(request.created_until))
            .query_if("updated_at_min", asked_from(request.updated_since))
            .query_if("updated_at_max", asked_until(request.updated_until))
            .query_if("q", request.search.clone())
    }

    fn size(&self) -> u32 {
        match self {
            Place::Behind(_, size) | Place::Ids(_, size) => *size,
            Place::Numbered(at) => at.size,
        }
    }

    fn with_size(self, size: u32) -> Self {
        match self {
            Place::Behind(since, _) => Place::Behind(since, size),
            Place::Numbered(at) => Place::Numbered(at.with_size(size)),
            Place::Ids(ids, _) => Place::Ids(ids, size),
        }
    }

    fn is_first(&self) -> bool {
        match self {
            Place::Behind(since, _) => *since == "0",
            Place::Numbered(at) => at.page == 1,
            Place::Ids(..) => true,
        }
    }
}

impl Look {
    /// Out of order, or nobody where something knows of somebody.
    fn is_doubtful(&self, promised: bool) -> bool {
        let nobody = self.rows.records.is_empty() && self.rows.rejected.is_empty();
        self.last.is_none()
            || nobody && (promised || self.next_told || self.total.is_some_and(|total| total > 0))
    }
}

impl Rows {
    fn read(envelope: Envelope) -> Self {
        let mut rows = Self::default();
        let mut oddities = Oddities::default();
        for row in envelope.rows {
            match map::customer(row, &mut oddities) {
                Ok(record) => rows.records.push(record),
                Err(rejected) => rows.rejected.push(rejected),
            }
        }
        oddities.tell(CAPABILITIES.platform);
        rows
    }

    /// The last id where none lies before the one in front of it and none before `since`, which is the last of no rows.
    fn last_in_order(&self, since: &str) -> Option<String> {
        let mut last = since;
        for record in &self.records {
            let id = record.remote_id.as_str();
            if is_after(last, id) {
                return None;
            }
            last = id;
        }
        Some(last.to_owned())
    }

    fn mark(&self) -> Option<String> {
        let (first, last) = (self.records.first()?, self.records.last()?);
        Some(format!("{}-{}", first.remote_id, last.remote_id))
    }

    fn page(self, request: &ListRequest, answer: &Answer, next: Option<String>, total: Option<u64>) -> Page {
        Page {
            records: self.records.into_iter().filter(|record| keeps(request, record)).collect(),
            rejected: self.rejected,
            next,
            total,
            server_time: answer.server_time(),
        }
    }
}

fn nothing(answer: &Answer, first: bool) -> Page {
    Page { total: first.then_some(0), server_time: answer.server_time(), ..Page::default() }
}

/// Whether a refusal names the size of the page, as a field or in its words.
fn is_about_size(answer: &Answer) -> bool {
    let refusal = answer.refusal();
    refusal.fields.iter().any(|field| field.field == "per_page") || refusal.message.contains("per_page")
}
