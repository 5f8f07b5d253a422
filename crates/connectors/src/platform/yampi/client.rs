//! Speaking to one Yampi store: credentials, the alias in every path, and reading one customer.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8};

use async_trait::async_trait;
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, RemoteId};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::clusters::Known;
use super::envelope::{self, Envelope, Merchant};
use super::listing::Walk;
use super::{CAPABILITIES, CUSTOMERS, SIGN_IN, WRITES, map, wire};
use crate::http::{Answer, BaseAddress, Call, HttpClient, Limits, secret_header};
use crate::platform::{Ports, matching};
use crate::reading::{Oddities, is_digits};
use crate::{
    Connector, ConnectorError, Created, Fetched, ListRequest, NewCustomer, Page, StoreAddress,
    StoreCredentials, StoreIdentity, Urgency, Written,
};

/// Records a page has at most (somosyampi/yampi-php-sdk, README).
pub(super) const LARGEST_PAGE: u32 = 100;
/// Pages that are read of what the store found for a word: who is meant is among the first, or the word was passed over.
const MOST_FOUND_PAGES: u32 = 5;

pub(super) struct Yampi {
    http: HttpClient,
    token: SecretString,
    secret_key: SecretString,
    alias: OnceCell<String>,
    /// The alias was not given and has to be found out.
    alias_wanted: bool,
    /// How the store takes phones, as far as it has said so.
    pub(super) phone_form: AtomicU8,
    /// The store answered with an error of its own to a filter by date.
    pub(super) dates_fail: AtomicBool,
    pub(super) clusters: Mutex<Known>,
    /// The list that is being walked by a scroll id.
    pub(super) walk: Mutex<Option<Walk>>,
}

impl Yampi {
    pub(super) fn new(
        address: &StoreAddress,
        credentials: StoreCredentials,
        ports: Ports,
    ) -> Result<Self, ConnectorError> {
        let alias = address.alias.as_deref().map(str::trim).filter(|alias| !alias.is_empty());
        let secret_key = credentials
            .second_secret
            .ok_or_else(|| ConnectorError::SignIn { message: "the secret key is missing".to_owned() })?;
        let base = BaseAddress::new(&address.url)?;
        Ok(Self {
            http: HttpClient::new(base, CAPABILITIES.rate, ports, Limits::default())?,
            token: credentials.secret,
            secret_key,
            alias: OnceCell::new_with(alias.map(str::to_owned)),
            alias_wanted: alias.is_none(),
            phone_form: AtomicU8::default(),
            dates_fail: AtomicBool::default(),
            clusters: Mutex::default(),
            walk: Mutex::default(),
        })
    }

    /// The store's name in paths. Where nobody gave it, it is that of the one store in service that the credentials open.
    pub(super) async fn alias(&self, urgency: Urgency) -> Result<&str, ConnectorError> {
        let found = self.alias.get_or_try_init(|| self.only_alias(urgency)).await;
        found.map(String::as_str)
    }

    async fn only_alias(&self, urgency: Urgency) -> Result<String, ConnectorError> {
        // A question that is asked as a POST (github.com/Eduardo-Orsi/yampi-mcp, README).
        let call = Call::write(Method::POST, "auth/me", &[]).body(json!({})).repeatable();
        let answer = self.send(call.urgency(urgency).route(SIGN_IN)).await?.success()?;
        let merchants = envelope::merchants(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
        choose(merchants)
    }

    pub(super) async fn send(&self, call: Call) -> Result<Answer, ConnectorError> {
        let call = call
            .header(HeaderName::from_static("user-token"), secret_header("", &self.token)?)
            .header(HeaderName::from_static("user-secret-key"), secret_header("", &self.secret_key)?);
        self.http.send(&call).await
    }

    /// A question to the store. Answers are kept there for half an hour, which no question of ours may get.
    pub(super) fn question(template: &'static str, values: &[&str], urgency: Urgency) -> Call {
        Call::get(template, values, urgency)
            .route(CUSTOMERS)
            // Demanded of every request (docs.yampi.com.br, introduction), one without a body too.
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .query("skipCache", "true")
    }

    pub(super) fn change(method: Method, template: &'static str, values: &[&str], body: Value) -> Call {
        Call::write(method, template, values).route(WRITES).body(body)
    }

    /// The customer `id` in an answer; nothing where the answer is empty, as some are.
    pub(super) fn one(
        &self,
        answer: &Answer,
        id: Option<&RemoteId>,
    ) -> Result<Option<CustomerRecord>, ConnectorError> {
        if answer.is_empty() {
            return Ok(None);
        }
        let unreadable = |detail: String| answer.unreadable(&detail);
        let mut rows = Envelope::read(answer.json()?).map_err(unreadable)?.rows;
        if rows.first().is_none_or(|row| row.as_object().is_some_and(|row| row.is_empty())) {
            return Ok(None);
        }
        let mut oddities = Oddities::default();
        let read = map::customer(rows.swap_remove(0), &mut oddities);
        oddities.tell(CAPABILITIES.platform);
        let mut record = read.map_err(|rejected| answer.unreadable(&rejected.reason))?;
        if id.is_some_and(|id| record.remote_id != *id) {
            return Err(answer.unreadable("another customer than the one that was asked for"));
        }
        self.tell_groups(&mut record);
        Ok(Some(record))
    }

    /// All addresses of a customer, where an answer about it did not include them.
    async fn add_addresses(
        &self,
        record: &mut CustomerRecord,
        alias: &str,
        urgency: Urgency,
    ) -> Result<(), ConnectorError> {
        let path = [alias, record.remote_id.as_str()];
        let call = || Self::question("{alias}/customers/{id}/addresses", &path, urgency);
        let Some(rows) = self.all_rows(call, 10).await? else { return Ok(()) };
        let mut oddities = Oddities::default();
        let count = rows.len();
        let known: Vec<_> =
            rows.into_iter().filter_map(|row| wire::Address::read(row, &mut oddities)).collect();
        oddities.tell(CAPABILITIES.platform);
        // Half a list would look like a whole one.
        if known.len() == count {
            let unknown = wire::address_rest(&known);
            if !unknown.is_empty() {
                record.remainder.insert(wire::ADDRESS_REST.to_owned(), Value::Object(unknown));
            }
            record.addresses =
                clientela_domain::Presence::Value(known.into_iter().map(super::address::from_wire).collect());
        }
        Ok(())
    }
}

#[async_trait]
impl Connector for Yampi {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        let alias = self.alias(Urgency::Opened).await?;
        let (answer, envelope) = self.numbered_rows(&ListRequest::default(), 1, 1, Urgency::Opened).await?;
        let envelope = envelope.ok_or(ConnectorError::WrongAddress)?;
        Ok(StoreIdentity {
            // The alias stands in every path, whoever's credentials these are.
            account: format!("{} {}", CAPABILITIES.platform, alias.to_lowercase()),
            signed_in_as: None,
            role: None,
            alias: self.alias_wanted.then(|| alias.to_owned()),
            customers: envelope.total,
            server_time: answer.server_time(),
        })
    }

    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        self.page_of(request, urgency).await
    }

    /// For a push the orders are left out: they would only lengthen the time between reading and writing.
    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError> {
        let alias = self.alias(urgency).await?;
        let call = Self::question("{alias}/customers/{id}", &[alias, number(id)?], urgency)
            .query("include", "addresses");
        let answer = self.send(call).await?;
        if answer.is_missing() {
            return Ok(Fetched::Missing { server_time: answer.server_time() });
        }
        let answer = answer.success()?;
        let Some(mut record) = self.one(&answer, Some(id))? else {
            return Ok(Fetched::Missing { server_time: answer.server_time() });
        };
        if record.addresses.is_absent() {
            self.add_addresses(&mut record, alias, urgency).await?;
        }
        if urgency != Urgency::Push
            && let Some(orders) = self.orders(id, alias, urgency).await?
        {
            map::with_orders(&mut record, orders);
        }
        Ok(Fetched::Found { record: Box::new(record), server_time: answer.server_time() })
    }

    async fn update(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        let id = number(&fresh.remote_id)?;
        if fresh.anonymized {
            let field = changes.first().map(|(field, _)| field.to_string()).unwrap_or_default();
            let message = "the store has removed this person's data".to_owned();
            return Err(ConnectorError::Unwritable { field, message });
        }
        match changes {
            [(Field::Address(key), value)] => self.write_address(fresh, key, value).await,
            _ => self.write_fields(fresh, id, changes).await,
        }
    }

    async fn create(&self, customer: &NewCustomer) -> Result<Created, ConnectorError> {
        let body = map::creation(customer)?;
        let answer = self.write(Method::POST, "{alias}/customers", &[], body).await?.0.success()?;
        let record = self.one(&answer, None)?;
        let record = record.ok_or_else(|| answer.unreadable("a new customer that is not shown"))?;
        Ok(Created { record: Box::new(record), server_time: answer.server_time() })
    }

    async fn find(
        &self,
        email: Option<&str>,
        document: Option<&str>,
    ) -> Result<Vec<CustomerRecord>, ConnectorError> {
        let mut found: Vec<CustomerRecord> = Vec::new();
        for (email, document) in [(email, None), (None, document)] {
            for (key, word) in questions(email, document) {
                let exact = key != "q";
                let rows = self.found_rows(key, &word, if exact { 1 } else { MOST_FOUND_PAGES }).await?;
                let known = found.len();
                let mut oddities = Oddities::default();
                for row in rows {
                    let Ok(mut record) = map::customer(row, &mut oddities) else { continue };
                    let new = found.iter().all(|known| known.remote_id != record.remote_id);
                    // Filters that the store does not know are passed over without a word.
                    if new && matching::is_exactly(&record, email, document) {
                        self.tell_groups(&mut record);
                        found.push(record);
                    }
                }
                oddities.tell(CAPABILITIES.platform);
                if exact && found.len() > known {
                    break;
                }
            }
        }
        Ok(found)
    }

    fn requests(&self) -> u64 {
        self.http.requests()
    }
}

/// How a customer is asked for: by the filter for exactly this, then by free text.
fn questions(email: Option<&str>, document: Option<&str>) -> Vec<(&'static str, String)> {
    let words = matching::words(email, document);
    let exact = match (email.map(str::trim), document.map(clientela_domain::normalise::document::bare)) {
        (Some(email), _) if !email.is_empty() => Some(("email[]", email.to_owned())),
        (_, Some(number)) if number.len() == 14 => Some(("cnpj[]", number)),
        (_, Some(number)) if !number.is_empty() => Some(("cpf[]", number)),
        _ => None,
    };
    exact.into_iter().chain(words.into_iter().map(|word| ("q", word))).collect()
}

/// The alias of the one store in service.
fn choose(merchants: Vec<Merchant>) -> Result<String, ConnectorError> {
    let closed = merchants.iter().any(|merchant| !merchant.active);
    let mut open: Vec<String> =
        merchants.into_iter().filter(|merchant| merchant.active).map(|merchant| merchant.alias).collect();
    match (open.len(), closed) {
        (1, _) => Ok(open.swap_remove(0)),
        (0, true) => Err(ConnectorError::Forbidden { message: "the store is not in service".to_owned() }),
        (0, false) => {
            Err(ConnectorError::BadAddress { detail: "these credentials open no store".to_owned() })
        }
        _ => Err(ConnectorError::BadAddress {
            detail: format!("these credentials open several stores; say which: {}", open.join(", ")),
        }),
    }
}

/// The id for a path. Words stand in the same place there (`clusters`, `filters`), so nothing but a number may go.
pub(super) fn number(id: &RemoteId) -> Result<&str, ConnectorError> {
    match is_digits(id.as_str()) {
        true => Ok(id.as_str()),
        false => {
            Err(ConnectorError::BadAddress { detail: "customers of this platform have numbers".to_owned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_store_in_service_is_chosen_and_several_are_named() {
        let of = |list: &[(&str, bool)]| {
            let merchants =
                list.iter().map(|(alias, active)| Merchant { alias: (*alias).to_owned(), active: *active });
            choose(merchants.collect())
        };
        assert_eq!(of(&[("a", false), ("b", true)]), Ok("b".to_owned()));
        assert!(matches!(of(&[("a", false)]), Err(ConnectorError::Forbidden { .. })));
        assert!(matches!(of(&[]), Err(ConnectorError::BadAddress { .. })));
        let Err(ConnectorError::BadAddress { detail }) = of(&[("a", true), ("x", false), ("b", true)]) else {
            panic!("one of several was chosen");
        };
        assert!(detail.ends_with(": a, b"), "{detail}");
    }

    #[test]
    fn words_never_stand_where_a_number_belongs() {
        for word in ["clusters", "filters", "1/addresses", "-1", "", "1 "] {
            assert!(matches!(number(&RemoteId::new(word)), Err(ConnectorError::BadAddress { .. })), "{word}");
        }
        assert_eq!(number(&RemoteId::new("9007199254740995")), Ok("9007199254740995"));
    }
}
