//! Speaking to one Tiendanegocio store: paths, the two spellings of the token, and what each question means.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, RemoteId};
use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::{CAPABILITIES, map};
use crate::http::{Answer, BaseAddress, Call, HttpClient, Limits, Refusal, secret_header};
use crate::platform::{Ports, matching};
use crate::reading::{Oddities, is_digits};
use crate::{
    Connector, ConnectorError, Created, Deleted, Fetched, ListRequest, NewCustomer, Page, StoreAddress,
    StoreCredentials, StoreIdentity, Urgency, Written,
};

/// Records that a page is asked for. Public apps ask for as many products; no document names a maximum.
const LARGEST_PAGE: u32 = 200;

pub(super) struct Tiendanegocio {
    http: HttpClient,
    token: SecretString,
    /// The store takes the token without `Bearer` in front.
    bare: AtomicBool,
    /// The largest page that was not refused.
    pub(super) page_size: AtomicU32,
    /// What this store has shown about its lists.
    pub(super) habits: Habits,
}

/// How a store reads the parameters of a list, as far as its answers betrayed it.
#[derive(Default)]
pub(super) struct Habits {
    /// Lists behind an id are not in the order of ids, or not behind it.
    pub(super) disorderly: AtomicBool,
    /// Beside an id other filters do not count.
    pub(super) id_alone: AtomicBool,
}

impl Tiendanegocio {
    pub(super) fn new(
        address: &StoreAddress,
        credentials: StoreCredentials,
        ports: Ports,
    ) -> Result<Self, ConnectorError> {
        let base = BaseAddress::new(&address.url)?;
        Ok(Self {
            http: HttpClient::new(base, CAPABILITIES.rate, ports, Limits::default())?.counting_alone(),
            token: credentials.secret,
            bare: AtomicBool::new(false),
            page_size: AtomicU32::new(LARGEST_PAGE),
            habits: Habits::default(),
        })
    }

    /// Sends a request with the token in the spelling that this store takes. A 401 means that nothing was done, so the other
    /// spelling may be tried with changes too.
    pub(super) async fn send(&self, call: Call) -> Result<Answer, ConnectorError> {
        let bare = self.bare.load(Ordering::Relaxed);
        let first = self.http.send(&self.signed(call.clone(), bare)?).await?;
        if first.status() != 401 {
            return Ok(first);
        }
        let second = self.http.send(&self.signed(call, !bare)?).await?;
        if second.status() == 401 {
            return Ok(first);
        }
        self.bare.store(!bare, Ordering::Relaxed);
        Ok(second)
    }

    fn signed(&self, call: Call, bare: bool) -> Result<Call, ConnectorError> {
        let prefix = if bare { "" } else { "Bearer " };
        Ok(call.header(AUTHORIZATION, secret_header(prefix, &self.token)?))
    }

    /// The one customer in an answer; nothing where the answer is empty.
    fn one(&self, answer: &Answer) -> Result<Option<CustomerRecord>, ConnectorError> {
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
impl Connector for Tiendanegocio {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    /// The token decides the store, and no answer names it. Anything taken from its customers instead would change by itself
    /// when they do, so what is told is the platform at its address: a token of another store is not noticed here.
    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        let request = ListRequest { page_size: Some(1), ..ListRequest::default() };
        let page = self.numbered_page(&request, 1, Urgency::Opened).await?;
        Ok(StoreIdentity {
            account: format!("{} {}", CAPABILITIES.platform, self.http.base().origin()),
            alias: None,
            signed_in_as: None,
            role: None,
            customers: page.total,
            server_time: page.server_time,
        })
    }

    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        self.page_of(request, urgency).await
    }

    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError> {
        let answer = self.send(Call::get("customers/{id}", &[number(id)?], urgency)).await?;
        if answer.is_missing() {
            return Ok(Fetched::Missing { server_time: answer.server_time() });
        }
        let answer = answer.success()?;
        let Some(record) = self.one(&answer)? else {
            return Ok(Fetched::Missing { server_time: answer.server_time() });
        };
        if record.remote_id != *id {
            return Err(answer.unreadable("another customer than the one that was asked for"));
        }
        Ok(Fetched::Found { record: Box::new(record), server_time: answer.server_time() })
    }

    async fn update(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        let answer = self.send(put(&fresh.remote_id, map::replacement(fresh, changes)?)?).await?;
        if answer.is_missing() {
            return Ok(Written::Missing);
        }
        let answer = answer.success()?;
        let Some(record) = self.one(&answer)? else { return Ok(Written::Accepted) };
        if record.remote_id != fresh.remote_id {
            return Err(answer.unreadable("another customer than the one that was changed"));
        }
        Ok(Written::Shown { record: Box::new(record), server_time: answer.server_time() })
    }

    async fn create(&self, customer: &NewCustomer) -> Result<Created, ConnectorError> {
        let mut body = map::creation(customer)?;
        if let Some(password) = &customer.password {
            insert_password(&mut body, password)?;
        }
        let mut call = Call::write(Method::POST, "customers", &[]).body(Value::Object(body));
        if let Some(password) = &customer.password {
            call = call.hiding(password);
        }
        let answer = self.send(call).await?.success()?;
        let record = self.one(&answer)?;
        let record = record.ok_or_else(|| answer.unreadable("a new customer that is not shown"))?;
        Ok(Created { record: Box::new(record), server_time: answer.server_time() })
    }

    async fn delete(&self, id: &RemoteId) -> Result<Deleted, ConnectorError> {
        let answer = self.send(Call::write(Method::DELETE, "customers/{id}", &[number(id)?])).await?;
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
        let mut found: Vec<CustomerRecord> = Vec::new();
        for word in matching::words(email, document) {
            let mut request = ListRequest { search: Some(word), ..ListRequest::default() };
            loop {
                let page = self.list(&request, Urgency::Push).await?;
                for record in page.records {
                    let known = found.iter().any(|known| known.remote_id == record.remote_id);
                    if !known && matching::is_exactly(&record, email, document) {
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

    /// The rest of the record goes with it, for a store that replaces.
    async fn set_customer_password(
        &self,
        fresh: &CustomerRecord,
        new: &SecretString,
    ) -> Result<(), ConnectorError> {
        let mut body = map::replacement(fresh, &[])?;
        insert_password(&mut body, new)?;
        let answer = self.send(put(&fresh.remote_id, body)?.hiding(new)).await?;
        if answer.is_missing() {
            // Not the store is missing but the customer.
            let Refusal { message, fields } = answer.refusal();
            return Err(ConnectorError::Refused { status: answer.status(), message, fields });
        }
        answer.done()
    }

    fn requests(&self) -> u64 {
        self.http.requests()
    }
}

fn put(id: &RemoteId, body: Map<String, Value>) -> Result<Call, ConnectorError> {
    Ok(Call::write(Method::PUT, "customers/{id}", &[number(id)?]).body(Value::Object(body)))
}

fn insert_password(body: &mut Map<String, Value>, password: &SecretString) -> Result<(), ConnectorError> {
    if password.expose_secret().is_empty() {
        return Err(ConnectorError::Unwritable {
            field: "password".to_owned(),
            message: "a password cannot be empty".to_owned(),
        });
    }
    body.insert("password".to_owned(), Value::from(password.expose_secret()));
    Ok(())
}

/// The id for a path.
fn number(id: &RemoteId) -> Result<&str, ConnectorError> {
    match is_digits(id.as_str()) {
        true => Ok(id.as_str()),
        false => {
            Err(ConnectorError::BadAddress { detail: "customers of this platform have numbers".to_owned() })
        }
    }
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
