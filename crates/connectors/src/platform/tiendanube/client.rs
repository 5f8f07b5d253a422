//! Speaking to one Tiendanube store: paths, pages by id, and the two headers that can carry the token.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, Order, Presence, RemoteId};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderName};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::beside::Routes;
use super::wire::LastOrder;
use super::{CAPABILITIES, map};
use crate::http::{Answer, BaseAddress, Call, HttpClient, Limits, secret_header};
use crate::platform::narrowing::is_after;
use crate::platform::{Ports, matching};
use crate::reading::{Oddities, is_digits};
use crate::{
    Connector, ConnectorError, Created, Deleted, Fetched, ListRequest, NewCustomer, Page, StoreAddress,
    StoreCredentials, StoreIdentity, Urgency, Written,
};

/// Records a page has at most (github.com/TiendaNube/api-docs, "Pagination").
const LARGEST_PAGE: u32 = 200;
/// Pages of orders that are read for one customer: five thousand orders say enough.
const MOST_ORDER_PAGES: u32 = 25;

pub(super) struct Tiendanube {
    http: HttpClient,
    pub(super) store_id: String,
    token: SecretString,
    /// Which header carries the token, and whether a person fixed it.
    header: AtomicU8,
    header_fixed: bool,
    /// The largest page that was not refused.
    pub(super) page_size: AtomicU32,
    /// Lists do not look at the ids that are asked for.
    pub(super) ignores_ids: AtomicBool,
    pub(super) beside: Routes,
}

/// The header of the first documents (github.com/TiendaNube/api-docs) and that of the documents since May 2026
/// (github.com/TiendaNube/devhub-apps, commit 62d2846).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenHeader {
    Authentication,
    Authorization,
}

/// A record, what it says of orders, and the store's clock.
type Seen = (Option<(CustomerRecord, LastOrder)>, Option<DateTime<Utc>>);

impl Tiendanube {
    pub(super) fn new(
        address: &StoreAddress,
        credentials: StoreCredentials,
        ports: Ports,
    ) -> Result<Self, ConnectorError> {
        let bad = |detail: &str| ConnectorError::BadAddress { detail: detail.to_owned() };
        let store_id = address.store_id.as_deref().map(str::trim).filter(|id| is_digits(id));
        let store_id = store_id.ok_or_else(|| bad("the number of the store is missing"))?.to_owned();
        let fixed =
            match address.auth_header.as_deref().map(|name| name.trim().to_ascii_lowercase()).as_deref() {
                None | Some("") => None,
                Some("authentication") => Some(TokenHeader::Authentication),
                Some("authorization") => Some(TokenHeader::Authorization),
                Some(_) => return Err(bad("the header is called authentication or authorization")),
            };
        let base = BaseAddress::new(&address.url)?;
        Ok(Self {
            http: HttpClient::new(base, CAPABILITIES.rate, ports, Limits::default())?,
            store_id,
            token: credentials.secret,
            header: AtomicU8::new(fixed.unwrap_or(TokenHeader::Authentication) as u8),
            header_fixed: fixed.is_some(),
            page_size: AtomicU32::new(LARGEST_PAGE),
            ignores_ids: AtomicBool::new(false),
            beside: Routes::default(),
        })
    }

    /// Sends a request with the token in the header that this store takes. A 401 means that nothing was done, so the other
    /// header may be tried with changes too.
    pub(super) async fn send(&self, call: Call) -> Result<Answer, ConnectorError> {
        let header = self.header();
        let first = self.http.send(&self.signed(call.clone(), header)?).await?;
        if !is_sign_in(&first) {
            return Ok(first);
        }
        if !self.header_fixed {
            let other = header.other();
            let second = self.http.send(&self.signed(call, other)?).await?;
            if !is_sign_in(&second) {
                self.header.store(other as u8, Ordering::Relaxed);
                return Ok(second);
            }
        }
        Err(ConnectorError::SignIn { message: first.refusal().message })
    }

    fn header(&self) -> TokenHeader {
        match self.header.load(Ordering::Relaxed) {
            0 => TokenHeader::Authentication,
            _ => TokenHeader::Authorization,
        }
    }

    fn signed(&self, call: Call, header: TokenHeader) -> Result<Call, ConnectorError> {
        Ok(match header {
            TokenHeader::Authentication => {
                call.header(HeaderName::from_static("authentication"), secret_header("bearer ", &self.token)?)
            }
            TokenHeader::Authorization => call.header(AUTHORIZATION, secret_header("Bearer ", &self.token)?),
        })
    }

    fn one_path<'a>(&'a self, id: &'a RemoteId) -> Result<[&'a str; 2], ConnectorError> {
        match is_digits(id.as_str()) {
            true => Ok([&self.store_id, id.as_str()]),
            // Words stand in the same place there (`custom-fields`).
            false => Err(ConnectorError::BadAddress {
                detail: "customers of this platform have numbers".to_owned(),
            }),
        }
    }

    async fn orders(&self, id: &RemoteId, urgency: Urgency) -> Result<Option<Vec<Order>>, ConnectorError> {
        let mut orders: Vec<Order> = Vec::new();
        let mut since = "0".to_owned();
        let mut oddities = Oddities::default();
        for _ in 0..MOST_ORDER_PAGES {
            let call = Call::get("{store}/orders", &[&self.store_id], urgency)
                .query("customer_ids", id.as_str())
                .query("since_id", since.as_str())
                .query("per_page", LARGEST_PAGE.to_string());
            let answer = self.send(call).await?;
            // Tokens may be good for customers and not for orders.
            if answer.status() == 403 {
                return Ok(None);
            }
            if answer.is_missing() {
                break;
            }
            let answer = answer.success()?;
            let Value::Array(list) = answer.json()? else {
                return Err(answer.unreadable("the orders are not a list"));
            };
            let full = list.len() >= LARGEST_PAGE as usize;
            let before = since.clone();
            for order in list.into_iter().filter_map(|entry| map::order(entry, &mut oddities).ok()) {
                if is_after(&order.remote_id, &since) {
                    since.clone_from(&order.remote_id);
                }
                if orders.iter().all(|known| known.remote_id != order.remote_id) {
                    orders.push(order);
                }
            }
            if !(full || has_next(&answer)) || since == before {
                break;
            }
        }
        oddities.tell(CAPABILITIES.platform);
        Ok(Some(orders))
    }

    /// The record alone; nothing where the store does not have it.
    pub(super) async fn record(&self, id: &RemoteId, urgency: Urgency) -> Result<Seen, ConnectorError> {
        let path = self.one_path(id)?;
        let answer = self.send(Call::get("{store}/customers/{id}", &path, urgency)).await?;
        let server_time = answer.server_time();
        if answer.is_missing() {
            return Ok((None, server_time));
        }
        let answer = answer.success()?;
        let found = self.one(&answer)?;
        if found.as_ref().is_some_and(|(record, _)| record.remote_id != *id) {
            return Err(answer.unreadable("another customer than the one that was asked for"));
        }
        Ok((found, server_time))
    }

    /// The one customer in an answer; nothing where the answer is empty, as some are.
    fn one(&self, answer: &Answer) -> Result<Option<(CustomerRecord, LastOrder)>, ConnectorError> {
        if answer.is_empty() {
            return Ok(None);
        }
        let value = answer.json()?;
        if is_blank(&value) {
            return Ok(None);
        }
        let mut oddities = Oddities::default();
        let read = map::customer(value, &mut oddities);
        oddities.tell(CAPABILITIES.platform);
        read.map(Some).map_err(|rejected| answer.unreadable(&rejected.reason))
    }
}

#[async_trait]
impl Connector for Tiendanube {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        let request = ListRequest { page_size: Some(1), ..ListRequest::default() };
        let page = self.page_after(&request, Some("id"), Urgency::Opened).await?;
        Ok(StoreIdentity {
            // The token opens the store whose number stands in every path, under either name of the platform.
            account: format!("{} {}", CAPABILITIES.platform, self.store_id),
            signed_in_as: None,
            role: None,
            alias: None,
            customers: page.total,
            server_time: page.server_time,
        })
    }

    /// By ascending id, whatever else is asked for: a customer that changes meanwhile cannot be skipped that way.
    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        self.page_of(request, urgency).await
    }

    /// For a push what stands beside the record is left out: it would only lengthen the time between reading and writing.
    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError> {
        let (found, server_time) = self.record(id, urgency).await?;
        let Some((mut record, last_order)) = found else { return Ok(Fetched::Missing { server_time }) };
        if urgency != Urgency::Push {
            match last_order {
                LastOrder::Never => map::with_orders(&mut record, Vec::new()),
                LastOrder::Unknown | LastOrder::Some => {
                    if let Some(orders) = self.orders(id, urgency).await? {
                        map::with_orders(&mut record, orders);
                    }
                }
            }
            if let Some(fields) = self.beside(id, urgency).await {
                record.custom_fields = Presence::Value(fields);
            }
        }
        Ok(Fetched::Found { record: Box::new(record), server_time })
    }

    async fn update(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        let path = self.one_path(&fresh.remote_id)?;
        let body = map::replacement(fresh, changes)?;
        let call = Call::write(Method::PUT, "{store}/customers/{id}", &path).body(Value::Object(body));
        let answer = self.send(call).await?;
        if answer.is_missing() {
            return Ok(Written::Missing);
        }
        let answer = answer.success()?;
        let Some((record, _)) = self.one(&answer)? else { return Ok(Written::Accepted) };
        if record.remote_id != fresh.remote_id {
            return Err(answer.unreadable("another customer than the one that was changed"));
        }
        Ok(Written::Shown { record: Box::new(record), server_time: answer.server_time() })
    }

    async fn create(&self, customer: &NewCustomer) -> Result<Created, ConnectorError> {
        let mut body = map::creation(customer)?;
        if let Some(password) = &customer.password {
            if password.expose_secret().is_empty() {
                let message = "a password cannot be empty".to_owned();
                return Err(ConnectorError::Unwritable { field: "password".to_owned(), message });
            }
            body.insert("password".to_owned(), Value::from(password.expose_secret()));
        }
        let mut call =
            Call::write(Method::POST, "{store}/customers", &[&self.store_id]).body(Value::Object(body));
        if let Some(password) = &customer.password {
            call = call.hiding(password);
        }
        let answer = self.send(call).await?.success()?;
        let (record, _) =
            self.one(&answer)?.ok_or_else(|| answer.unreadable("a new customer that is not shown"))?;
        Ok(Created { record: Box::new(record), server_time: answer.server_time() })
    }

    async fn delete(&self, id: &RemoteId) -> Result<Deleted, ConnectorError> {
        let call = Call::write(Method::DELETE, "{store}/customers/{id}", &self.one_path(id)?);
        let answer = self.send(call).await?;
        if answer.is_missing() {
            return Ok(Deleted::Missing);
        }
        answer.done().map(|()| Deleted::Done)
    }

    async fn find(
        &self,
        email: Option<&str>,
        document: Option<&str>,
    ) -> Result<Vec<CustomerRecord>, ConnectorError> {
        let email = email.filter(|email| !map::is_placeholder(email));
        let mut found: Vec<CustomerRecord> = Vec::new();
        // The store searches the text as it keeps it, with or without punctuation.
        for word in matching::words(email, document) {
            let mut request = ListRequest { search: Some(word), ..ListRequest::default() };
            loop {
                let page = self.list(&request, Urgency::Push).await?;
                for record in page.records {
                    let known = found.iter().any(|known| known.remote_id == record.remote_id);
                    if !known && map::is_exactly(&record, email, document) {
                        found.push(record);
                    }
                }
                // Each position lies behind the one before, so this ends.
                match page.next {
                    Some(next) => request.position = Some(next),
                    None => break,
                }
            }
        }
        Ok(found)
    }

    fn requests(&self) -> u64 {
        self.http.requests()
    }
}

impl TokenHeader {
    fn other(self) -> Self {
        match self {
            Self::Authentication => Self::Authorization,
            Self::Authorization => Self::Authentication,
        }
    }
}

/// Whether the `Link` header knows a next page. Its address is not used: it would lead wherever it says.
pub(super) fn has_next(answer: &Answer) -> bool {
    let Some(links) = answer.header("link") else { return false };
    links
        .split(',')
        .any(|link| link.split(';').skip(1).any(|part| matches!(part.trim(), "rel=\"next\"" | "rel=next")))
}

/// Whether the token was not accepted. Errors of the sign-in may come as if all was well
/// (`error` and `error_description`, as its token answers have them).
fn is_sign_in(answer: &Answer) -> bool {
    answer.status() == 401
        || answer.status() == 200
            && answer.is_object()
            && answer.json().is_ok_and(|value| {
                value.get("id").is_none() && value.get("error").is_some_and(Value::is_string)
            })
}

/// Null, or an object or list without anything.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}
