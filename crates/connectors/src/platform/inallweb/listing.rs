//! The list of customers, page by page.
//!
//! Page numbers are all there is, and they shift while customers come and go; who reads the whole list has to reckon with
//! that. Stated counts are hints: an end is believed when a page is short or empty, not when a count says so.

use std::sync::atomic::Ordering;

use clientela_domain::normalise::fold::fold;
use clientela_domain::normalise::phone::digits;
use clientela_domain::{CustomerRecord, Presence};

use super::client::{InAllWeb, PAGE_SIZES};
use super::{CAPABILITIES, map, wire};
use crate::http::{Answer, Call};
use crate::platform::narrowing;
use crate::reading::Oddities;
use crate::{ConnectorError, ListRequest, Page, Urgency};

impl InAllWeb {
    pub(super) async fn page_of(
        &self,
        request: &ListRequest,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        let unsupported = narrowing::has_times(request)
            || request.group.is_some()
            || request.since_id.is_some()
            || !request.ids.is_empty();
        if unsupported {
            return Err(ConnectorError::Unsupported);
        }
        let largest = self.page_size.load(Ordering::Relaxed);
        let wanted = request.page_size.map_or(largest, |size| size.clamp(1, largest));
        let position = match &request.position {
            Some(text) => Position::parse(text)?,
            None => Position { page: 1, size: wanted },
        };
        let (mut answer, mut at) = self.page(request, position, urgency).await?;
        if at.page > 1 && answer.is_missing() {
            return Ok(Page { server_time: answer.server_time(), ..Page::default() });
        }
        answer = answer.success()?;
        let mut wire = wire::Page::read(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
        if wire.items.is_empty() && wire.pages.is_some_and(|pages| at.page <= pages) {
            // Empty, and yet within its own count: look again before believing in an end.
            (answer, at) = self.page(request, at, urgency).await?;
            answer = answer.success()?;
            wire = wire::Page::read(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
        }
        if wire.page.is_some_and(|page| page != at.page) {
            return Err(answer.unreadable("another page than the one that was asked for"));
        }
        // A store may quietly give smaller pages than it is asked for; page numbers then count in its own size.
        if let Some(size) = wire.given_size().filter(|size| *size < at.size) {
            at = at.with_size(size);
            if wire.page != Some(at.page) && at.page != 1 {
                (answer, at) = self.page(request, at, urgency).await?;
                answer = answer.success()?;
                wire = wire::Page::read(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
            }
        }
        let full = wire.items.len() >= at.size as usize;
        let more = !wire.items.is_empty() && (full || wire.pages.is_some_and(|pages| at.page < pages));
        let mut page = Page {
            next: more.then(|| Position { page: at.page + 1, ..at }.to_string()),
            total: wire.total,
            server_time: answer.server_time(),
            ..Page::default()
        };
        let mut oddities = Oddities::default();
        for item in wire.items {
            self.note_role(&item);
            match map::customer(item, &mut oddities) {
                Ok(mut record) => {
                    if let (Some(segment), Presence::Absent) = (&request.segment, &record.segment) {
                        record.segment = Presence::Value(segment.clone());
                    }
                    // A store that passes the search over shows everybody.
                    if is_found(&record, request.search.as_deref()) {
                        page.records.push(record);
                    }
                }
                Err(rejected) => page.rejected.push(rejected),
            }
        }
        oddities.tell(CAPABILITIES.platform);
        Ok(page)
    }

    /// Asks for a page, with a smaller size where the store refuses a larger one, and with the segment as the guide prints it
    /// where it knows none in small letters. Gives the size that was asked for.
    async fn page(
        &self,
        request: &ListRequest,
        position: Position,
        urgency: Urgency,
    ) -> Result<(Answer, Position), ConnectorError> {
        let mut at = position;
        let mut segment = request.segment.clone();
        loop {
            let call = Call::get("api/customers", &[], urgency)
                .query("page", at.page.to_string())
                .query("page_size", at.size.to_string())
                .query_if("segment", segment.clone())
                .query_if("search", request.search.clone());
            let answer = self.send(call).await?;
            let smaller = PAGE_SIZES.into_iter().find(|size| *size < at.size);
            match (answer.status(), smaller) {
                (422, Some(smaller)) if is_about(&answer, "page_size") => {
                    at = at.with_size(smaller);
                }
                (422, _) if segment.is_some() && segment == request.segment => {
                    segment = request.segment.as_deref().map(as_printed);
                    at = position;
                }
                (status, _) => {
                    // Learned only from a page that came: what else was refused says nothing about sizes.
                    if status == 200 && at.size < position.size {
                        self.page_size.fetch_min(at.size, Ordering::Relaxed);
                    }
                    return Ok((answer, at));
                }
            }
        }
    }
}

/// A segment as the user guide prints it (guide.inallweb.com, user guide, customers).
fn as_printed(segment: &str) -> String {
    if segment == "vip" {
        return "VIP".to_owned();
    }
    let mut letters = segment.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Where a page of the list begins. The size belongs to it: page 3 of 100 is not page 3 of 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Position {
    page: u64,
    size: u32,
}

impl Position {
    fn parse(text: &str) -> Result<Self, ConnectorError> {
        let parts = text.strip_prefix("page:").and_then(|rest| rest.split_once('/'));
        let read =
            parts.and_then(|(page, size)| Some(Self { page: page.parse().ok()?, size: size.parse().ok()? }));
        read.filter(|at| at.page >= 1 && at.size >= 1).ok_or_else(|| ConnectorError::Unwritable {
            field: "position".to_owned(),
            message: "this is not a position of this platform".to_owned(),
        })
    }

    /// The page of another size that holds the same first record, so that nothing is skipped.
    fn with_size(self, size: u32) -> Self {
        let size = size.max(1);
        let before = (self.page - 1).saturating_mul(u64::from(self.size));
        Self { page: before / u64::from(size) + 1, size }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "page:{}/{}", self.page, self.size)
    }
}

/// Whether name, e-mail or phone holds this text, whatever its accents.
fn is_found(record: &CustomerRecord, text: Option<&str>) -> bool {
    let Some(text) = text.map(fold).filter(|text| !text.trim().is_empty()) else { return true };
    let (email, phone) = (record.email.value(), record.phone.value());
    let texts = [Some(record.full_name()), email.cloned(), phone.cloned()];
    // Digits within an address or a name are no phone.
    let number = if text.chars().any(char::is_alphabetic) { String::new() } else { digits(&text) };
    texts.iter().flatten().any(|own| fold(own).contains(text.trim()))
        || (!number.is_empty() && phone.is_some_and(|own| digits(own).contains(&number)))
}

/// Whether a refusal names this parameter; a refusal that names none may mean it.
fn is_about(answer: &Answer, parameter: &str) -> bool {
    let fields = answer.refusal().fields;
    fields.is_empty() || fields.iter().any(|refusal| refusal.field == parameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_page_begins_no_later_than_the_larger_one() {
        let at = Position { page: 4, size: 100 };
        assert_eq!(at.with_size(50), Position { page: 7, size: 50 });
        assert_eq!(at.with_size(70), Position { page: 5, size: 70 });
        assert_eq!(Position::parse(&at.to_string()), Ok(at));
        for wrong in ["", "page:3", "page:0/100", "page:1/0", "since_id:7", "page:x/1"] {
            assert!(Position::parse(wrong).is_err(), "{wrong}");
        }
    }
}
