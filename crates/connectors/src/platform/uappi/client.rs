//! Speaking to one Uappi shop: two paths, and a token for each customer.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, RemoteId};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::selection::{self, Selection};
use super::sign_ins::SignIns;
use super::{CAPABILITIES, map};
use crate::http::{Answer, BaseAddress, Call, HttpClient, Limits, secret_header};
use crate::platform::Ports;
use crate::reading::Oddities;
use crate::{
    Connector, ConnectorError, Fetched, ListRequest, Page, Profile, RejectedRecord, StoreAddress,
    StoreCredentials, StoreIdentity, Urgency, Written,
};

const CUSTOMER: &str = "api/v3/customer";

pub(super) struct Uappi {
    http: HttpClient,
    pub(super) sign_ins: SignIns,
    selection: Selection,
}

/// What a sign-in opens.
pub(super) enum Opened {
    Found {
        record: Box<CustomerRecord>,
        server_time: Option<DateTime<Utc>>,
    },
    /// The store says that its customer is not there any more; who that was, where it is known.
    Gone {
        id: Option<RemoteId>,
        server_time: Option<DateTime<Utc>>,
    },
    /// It answers with something that is no customer.
    Rejected(RejectedRecord),
}

impl Uappi {
    pub(super) fn new(
        address: &StoreAddress,
        credentials: StoreCredentials,
        ports: Ports,
    ) -> Result<Self, ConnectorError> {
        let mut url = address.url.clone();
        // The shop is its host: people paste the address of whatever page they look at.
        url.set_path("/");
        let http = HttpClient::new(BaseAddress::new(&url)?, CAPABILITIES.rate, ports, Limits::default())?;
        Ok(Self { http, sign_ins: SignIns::new(credentials), selection: Selection::default() })
    }

    /// Sends a request with the token at this place.
    pub(super) async fn send(&self, place: usize, call: Call) -> Result<Answer, ConnectorError> {
        let none = || ConnectorError::SignIn { message: "there is no such sign-in".to_owned() };
        let token = self.sign_ins.token(place).ok_or_else(none)?;
        self.http.send(&call.header(AUTHORIZATION, secret_header("Bearer ", token)?)).await
    }

    /// Looks at the customer that this sign-in opens, with everything that the shop tells.
    pub(super) async fn look(&self, place: usize, urgency: Urgency) -> Result<Opened, ConnectorError> {
        let looked = self.look_closely(place, urgency).await;
        match &looked {
            Ok(Opened::Found { record, .. }) => self.sign_ins.opened(place, &record.remote_id),
            Ok(Opened::Gone { id: Some(id), .. }) => self.sign_ins.opened(place, id),
            Ok(Opened::Gone { id: None, .. } | Opened::Rejected(_)) => self.sign_ins.taken(place),
            Err(ConnectorError::SignIn { .. } | ConnectorError::Forbidden { .. }) => {
                self.sign_ins.refused(place)
            }
            Err(_) => {}
        }
        looked
    }

    async fn look_closely(&self, place: usize, urgency: Urgency) -> Result<Opened, ConnectorError> {
        let all = selection::names();
        let named = if self.selection.is_needed() { all.as_slice() } else { &[] };
        let answer = self.ask(place, named, urgency).await?;
        if is_gone(&answer) {
            return Ok(Opened::Gone { id: self.sign_ins.owner(place), server_time: answer.server_time() });
        }
        let answer = answer.success()?;
        let mut value = inner(answer.json()?);
        if let Value::Object(told) = &mut value {
            match named.is_empty() {
                true => self.complete(place, told, urgency).await?,
                false if selection::has_the_plain_keys(told) => {}
                false => {
                    let plain = self.ask(place, &[], urgency).await?.success()?;
                    let Value::Object(plain) = inner(plain.json()?) else {
                        return Err(plain.unreadable("the customer is not an object"));
                    };
                    let more = std::mem::replace(told, plain);
                    same_customer(told, &more).map_err(|detail| answer.unreadable(detail))?;
                    selection::join(told, &all, &more);
                }
            }
        }
        let mut oddities = Oddities::default();
        let read = map::customer(value, &mut oddities);
        oddities.tell(CAPABILITIES.platform);
        Ok(match read {
            Ok(record) if is_deleted(&record) => {
                Opened::Gone { id: Some(record.remote_id), server_time: answer.server_time() }
            }
            Ok(record) => Opened::Found { record: Box::new(record), server_time: answer.server_time() },
            Err(rejected) => Opened::Rejected(rejected),
        })
    }

    /// Asks by name for what an answer lacks. The customer stands without it, so no refusal of that question is an error.
    async fn complete(
        &self,
        place: usize,
        told: &mut Map<String, Value>,
        urgency: Urgency,
    ) -> Result<(), ConnectorError> {
        let names = selection::missing(told);
        if names.is_empty() || !self.selection.is_worth_asking() || !told.contains_key("id") {
            return Ok(());
        }
        let answer = self.ask(place, &names, urgency).await?;
        if matches!(answer.status(), 400 | 404 | 405 | 422) {
            self.selection.give_up();
            return Ok(());
        }
        let answer = answer.success()?;
        let Value::Object(more) = inner(answer.json()?) else {
            return Err(answer.unreadable("the customer is not an object"));
        };
        same_customer(told, &more).map_err(|detail| answer.unreadable(detail))?;
        self.selection.note(selection::join(told, &names, &more));
        Ok(())
    }

    async fn ask(&self, place: usize, names: &[&str], urgency: Urgency) -> Result<Answer, ConnectorError> {
        // Demanded of questions too (api.uappi.store/docs/customer/account).
        let call = Call::get(CUSTOMER, &[], urgency)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.send(place, names.iter().fold(call, |call, name| call.query("fields[]", *name))).await
    }

    /// The sign-in that opens this customer, and what it opens where that had to be looked up.
    ///
    /// # Errors
    /// [`ConnectorError::SignIn`] when none does. That says nothing about the customer: the token may only be away.
    pub(super) async fn sign_in_of(
        &self,
        id: &RemoteId,
        urgency: Urgency,
    ) -> Result<(usize, Option<Opened>), ConnectorError> {
        if let Some(place) = self.sign_ins.of(id) {
            return Ok((place, None));
        }
        for place in self.sign_ins.unknown() {
            match self.look(place, urgency).await {
                Ok(opened) if self.sign_ins.owner(place).as_ref() == Some(id) => {
                    return Ok((place, Some(opened)));
                }
                // It is another's, or its own trouble is not this customer's.
                Ok(_) | Err(ConnectorError::SignIn { .. } | ConnectorError::Forbidden { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(ConnectorError::SignIn { message: "no sign-in of this shop opens this customer".to_owned() })
    }

    /// Writes these fields of the customer whom `fresh` shows.
    pub(super) async fn write(
        &self,
        place: usize,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        let body = map::replacement(fresh, changes)?;
        let call = Call::write(Method::PUT, CUSTOMER, &[]).body(Value::Object(body));
        let answer = self.send(place, call).await?;
        if is_gone(&answer) {
            return Ok(Written::Missing);
        }
        let answer = answer.success()?;
        if answer.is_empty() {
            return Ok(Written::Accepted);
        }
        let value = inner(answer.json()?);
        if is_a_bare_yes(&value) {
            return Ok(Written::Accepted);
        }
        let mut oddities = Oddities::default();
        let read = map::written(value, &mut oddities);
        oddities.tell(CAPABILITIES.platform);
        let record = read.map_err(|rejected| answer.unreadable(&rejected.reason))?;
        if record.remote_id != fresh.remote_id {
            return Err(answer.unreadable("another customer than the one that was changed"));
        }
        if is_deleted(&record) {
            return Ok(Written::Missing);
        }
        Ok(Written::Shown { record: Box::new(record), server_time: answer.server_time() })
    }
}

#[async_trait]
impl Connector for Uappi {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        let mut trouble = None;
        for place in 0..self.sign_ins.len() {
            let server_time = match self.look(place, Urgency::Opened).await {
                Ok(Opened::Found { server_time, .. }) => server_time,
                Ok(Opened::Rejected(rejected)) => {
                    return Err(ConnectorError::Unreadable { detail: rejected.reason });
                }
                Ok(Opened::Gone { .. }) => {
                    trouble.get_or_insert(gone());
                    continue;
                }
                // One of several that is refused does not close the shop.
                Err(error @ (ConnectorError::SignIn { .. } | ConnectorError::Forbidden { .. })) => {
                    trouble.get_or_insert(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            return Ok(StoreIdentity {
                // Not the sales channel: it is each customer's, so it would change with the order of the sign-ins.
                account: format!("uappi {}", self.http.base().origin()),
                alias: None,
                signed_in_as: self.sign_ins.owner(0),
                role: None,
                customers: u64::try_from(self.sign_ins.len()).ok(),
                server_time,
            });
        }
        Err(trouble.unwrap_or_else(gone))
    }

    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        self.page_of(request, urgency).await
    }

    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError> {
        let opened = match self.sign_in_of(id, urgency).await? {
            (_, Some(opened)) => opened,
            (place, None) => self.look(place, urgency).await?,
        };
        match opened {
            Opened::Found { record, server_time } if record.remote_id == *id => {
                Ok(Fetched::Found { record, server_time })
            }
            Opened::Gone { id: Some(gone), server_time } if gone == *id => {
                Ok(Fetched::Missing { server_time })
            }
            Opened::Rejected(rejected) => Err(ConnectorError::Unreadable { detail: rejected.reason }),
            Opened::Found { .. } | Opened::Gone { .. } => Err(ConnectorError::Unreadable {
                detail: "another customer than the one that was asked for".to_owned(),
            }),
        }
    }

    async fn update(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        // What cannot be sent is told before anything is asked.
        map::replacement(fresh, changes)?;
        let (place, opened) = self.sign_in_of(&fresh.remote_id, Urgency::Push).await?;
        match opened {
            Some(Opened::Gone { .. }) => Ok(Written::Missing),
            _ => self.write(place, fresh, changes).await,
        }
    }

    async fn profile(&self, who: Option<&RemoteId>) -> Result<Profile, ConnectorError> {
        self.own_profile(who).await.map(|(_, profile)| profile)
    }

    async fn change_profile(
        &self,
        who: Option<&RemoteId>,
        changes: &[(Field, FieldValue)],
    ) -> Result<Profile, ConnectorError> {
        self.change_own_profile(who, changes).await
    }

    async fn change_password(
        &self,
        who: Option<&RemoteId>,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), ConnectorError> {
        self.change_own_password(who, old, new).await
    }

    fn requests(&self) -> u64 {
        self.http.requests()
    }
}

/// Whether the store says that the customer of this token is not there. Any other 404 is about the address: the path names
/// nobody.
pub(super) fn is_gone(answer: &Answer) -> bool {
    let says_so = |value: Value| {
        let code = value.get("errorCode").and_then(Value::as_str);
        code.is_some_and(|code| code.trim().eq_ignore_ascii_case("CUSTOMER_NOT_FOUND"))
    };
    answer.is_missing() && answer.json().is_ok_and(says_so)
}

/// The error for a sign-in whose customer is not there any more.
pub(super) fn gone() -> ConnectorError {
    ConnectorError::SignIn { message: "the customer of this sign-in is not there any more".to_owned() }
}

fn is_deleted(record: &CustomerRecord) -> bool {
    record.own.get("deleted").and_then(Option::as_deref) == Some("true")
}

/// The customer, should a shop wrap it as it wraps the answer to a new password (`{status, data}`).
fn inner(mut value: Value) -> Value {
    if value.get("id").is_some() {
        return value;
    }
    match value.get_mut("data") {
        Some(data @ Value::Object(_)) => data.take(),
        _ => value,
    }
}

/// Whether it says that all is well and shows nobody.
fn is_a_bare_yes(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => {
            map.is_empty() || !map.contains_key("id") && map.get("status") == Some(&Value::Bool(true))
        }
        _ => false,
    }
}

fn same_customer(told: &Map<String, Value>, more: &Map<String, Value>) -> Result<(), &'static str> {
    match (told.get("id"), more.get("id")) {
        (Some(told), Some(more)) if told != more => Err("two customers behind one sign-in"),
        _ => Ok(()),
    }
}
