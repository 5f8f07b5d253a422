//! The list of customers: what the sign-ins open, one after the other.
//!
//! A sign-in that is refused costs its own customer and no other. Only when all of them are, the shop itself is closed to us.

use super::client::{Opened, Uappi};
use crate::{ConnectorError, ListRequest, Page, RejectedRecord, Urgency};

/// Sign-ins a page has. Each is a question, and what a page has read is kept only when it ends.
const PAGE: u32 = 20;

impl Uappi {
    pub(super) async fn page_of(
        &self,
        request: &ListRequest,
        urgency: Urgency,
    ) -> Result<Page, ConnectorError> {
        if is_narrowed(request) {
            return Err(ConnectorError::Unsupported);
        }
        let all = self.sign_ins.len();
        let done = request.position.as_deref().map_or(Ok(0), read_position)?.min(all);
        let size = request.page_size.unwrap_or(PAGE).clamp(1, PAGE);
        let end = done.saturating_add(size as usize).min(all);
        let mut page = Page {
            next: (end < all).then(|| format!("{POSITION}{end}")),
            total: u64::try_from(all).ok(),
            ..Page::default()
        };
        let mut trouble = None;
        for place in done..end {
            let reason = match self.look(place, urgency).await {
                Ok(Opened::Found { record, server_time }) => {
                    page.records.push(*record);
                    page.server_time = server_time.or(page.server_time);
                    continue;
                }
                // Nobody to list. Asked for by its id, the customer is told to be gone.
                Ok(Opened::Gone { .. }) => continue,
                Ok(Opened::Rejected(rejected)) => rejected.reason,
                Err(error @ ConnectorError::SignIn { .. }) => {
                    trouble.get_or_insert(error);
                    "the store does not accept it".to_owned()
                }
                Err(error @ ConnectorError::Forbidden { .. }) => {
                    trouble.get_or_insert(error);
                    "the store does not let it in".to_owned()
                }
                Err(error) => return Err(error),
            };
            page.rejected.push(RejectedRecord {
                remote_id: self.sign_ins.owner(place).map(|id| id.as_str().to_owned()),
                reason: format!("sign-in {} of {all}: {reason}", place + 1),
            });
        }
        match trouble {
            Some(error) if self.sign_ins.all_refused() => Err(error),
            _ => Ok(page),
        }
    }
}

const POSITION: &str = "sign-in:";

fn read_position(text: &str) -> Result<usize, ConnectorError> {
    let done = text.strip_prefix(POSITION).and_then(|done| done.parse().ok());
    done.ok_or_else(|| ConnectorError::Unwritable {
        field: "position".to_owned(),
        message: "this is not a position of this platform".to_owned(),
    })
}

fn is_narrowed(request: &ListRequest) -> bool {
    let ListRequest {
        position: _,
        updated_since,
        updated_until,
        created_since,
        created_until,
        segment,
        group,
        search,
        ids,
        since_id,
        page_size: _,
    } = request;
    [updated_since, updated_until, created_since, created_until].into_iter().any(Option::is_some)
        || [segment, group, search].into_iter().any(Option::is_some)
        || !ids.is_empty()
        || since_id.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_a_number_of_sign_ins() {
        assert_eq!(read_position("sign-in:40"), Ok(40));
        for wrong in ["", "40", "sign-in:", "sign-in:-1", "page:1/20"] {
            assert!(read_position(wrong).is_err(), "{wrong}");
        }
    }
}
