//! Speaking to one In All Web store: paths, pages, sign-in.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU32};

use async_trait::async_trait;
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, RemoteId};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use super::session::Session;
use super::{CAPABILITIES, map, wire};
use crate::http::{Accept, Answer, BaseAddress, Call, HttpClient, Limits};
use crate::platform::Ports;
use crate::reading::{Oddities, is_digits};
use crate::{
    Connector, ConnectorError, Fetched, ListRequest, Page, Preferences, Profile, ServerFile, StoreAddress,
    StoreCredentials, StoreFigures, StoreIdentity, Urgency, Written,
};

/// Page sizes to try, the largest first. The document names no maximum.
pub(super) const PAGE_SIZES: [u32; 4] = [100, 50, 20, 10];

pub(super) struct InAllWeb {
    pub(super) http: HttpClient,
    pub(super) session: Session,
    /// The largest page that was not refused.
    pub(super) page_size: AtomicU32,
    /// How the store spells roles, as far as it has shown one.
    pub(super) role_case: AtomicU8,
    /// Whether the numbers of customers are those by which roles are given.
    pub(super) roles_reach: OnceLock<bool>,
}

impl InAllWeb {
    pub(super) fn new(
        address: &StoreAddress,
        credentials: StoreCredentials,
        ports: Ports,
    ) -> Result<Self, ConnectorError> {
        let base = BaseAddress::new(&address.url)?;
        let http = HttpClient::new(base, CAPABILITIES.rate, ports, Limits::default())?;
        let session = Session::new(credentials);
        Ok(Self {
            http,
            session,
            page_size: AtomicU32::new(PAGE_SIZES[0]),
            role_case: AtomicU8::default(),
            roles_reach: OnceLock::new(),
        })
    }

    pub(super) async fn send(&self, call: Call) -> Result<Answer, ConnectorError> {
        self.session.send(&self.http, call).await
    }

    /// Reads the customer in an answer to a change of one.
    pub(super) fn written(&self, answer: &Answer, id: &RemoteId) -> Result<Written, ConnectorError> {
        if answer.is_empty() {
            return Ok(Written::Accepted);
        }
        let value = answer.json()?;
        if is_blank(&value) {
            return Ok(Written::Accepted);
        }
        self.note_role(&value);
        let record = self.one(value).map_err(|detail| answer.unreadable(&detail))?;
        if record.remote_id != *id {
            return Err(answer.unreadable("another customer than the one that was changed"));
        }
        Ok(Written::Shown { record: Box::new(record), server_time: answer.server_time() })
    }

    pub(super) fn one(&self, value: Value) -> Result<CustomerRecord, String> {
        let mut oddities = Oddities::default();
        let record = map::customer(value, &mut oddities).map_err(|rejected| rejected.reason);
        oddities.tell(CAPABILITIES.platform);
        record
    }
}

#[async_trait]
impl Connector for InAllWeb {
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        let mut answer = self.send(Call::get("api/auth/me", &[], Urgency::Opened)).await?;
        if matches!(answer.status(), 404 | 405) {
            answer = self.send(Call::get("api/customers/me", &[], Urgency::Opened)).await?;
        }
        let answer = answer.success()?;
        let value = answer.json()?;
        self.note_role(&value);
        let me = wire::Me::read(value).map_err(|detail| answer.unreadable(&detail))?;
        let request = ListRequest { page_size: Some(1), ..ListRequest::default() };
        let customers = match self.list(&request, Urgency::Opened).await {
            Ok(page) => page.total,
            // Staff and customers may not see the list; who they are is known all the same.
            Err(ConnectorError::Forbidden { .. }) => None,
            Err(error) => return Err(error),
        };
        let origin = self.http.base().origin();
        let account = match &me.tenant {
            Some(tenant) => format!("{origin} tenant {tenant}"),
            None => format!("{origin} user {}", me.id),
        };
        Ok(StoreIdentity {
            account,
            signed_in_as: Some(me.id),
            role: me.role.map(map::role),
            alias: None,
            customers,
            server_time: answer.server_time(),
        })
    }

    async fn list(&self, request: &ListRequest, urgency: Urgency) -> Result<Page, ConnectorError> {
        self.page_of(request, urgency).await
    }

    async fn fetch(&self, id: &RemoteId, urgency: Urgency) -> Result<Fetched, ConnectorError> {
        let answer = self.send(Call::get("api/customers/{id}", &[number(id)?], urgency)).await?;
        if answer.is_missing() {
            return Ok(Fetched::Missing { server_time: answer.server_time() });
        }
        let answer = answer.success()?;
        if answer.is_empty() {
            return Ok(Fetched::Missing { server_time: answer.server_time() });
        }
        let value = answer.json()?;
        if is_blank(&value) {
            return Ok(Fetched::Missing { server_time: answer.server_time() });
        }
        self.note_role(&value);
        let record = self.one(value).map_err(|detail| answer.unreadable(&detail))?;
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
        let id = &fresh.remote_id;
        if let [(Field::Role, value)] = changes {
            let role = value.as_text().filter(|role| !role.trim().is_empty()).ok_or_else(|| {
                ConnectorError::Unwritable {
                    field: "role".to_owned(),
                    message: "a role cannot be empty".to_owned(),
                }
            })?;
            return self.give_role(id, role.trim()).await;
        }
        let body = map::change(changes)?;
        let put = |body: Value| -> Result<Call, ConnectorError> {
            Ok(Call::write(Method::PUT, "api/customers/{id}", &[number(id)?]).body(body))
        };
        let answer = self.send(put(Value::Object(body.clone()))?).await?;
        if answer.is_missing() {
            return Ok(Written::Missing);
        }
        let written = self.written(&answer.success()?, id)?;
        let Written::Shown { record, .. } = &written else { return Ok(written) };
        let rest = map::not_cleared(&body, record);
        if rest.is_empty() {
            return Ok(written);
        }
        // Null meant "leave it" to this store. An empty text is another write, and the rest of the change is done.
        let answer = self.send(put(Value::Object(rest))?).await?;
        if answer.is_missing() {
            return Ok(Written::Missing);
        }
        match answer.status() {
            // It takes no empty text either; what it shows is what it is.
            400 | 422 => Ok(written),
            _ => self.written(&answer.success()?, id),
        }
    }

    async fn figures(&self) -> Result<StoreFigures, ConnectorError> {
        let call = Call::get("api/customers/analytics/overview", &[], Urgency::Opened);
        let answer = self.send(call).await?.success()?;
        let mut oddities = Oddities::default();
        let overview = wire::Overview::read(answer.json()?, &mut oddities)
            .map_err(|detail| answer.unreadable(&detail))?;
        let figures = map::figures(overview, &mut oddities);
        oddities.tell(CAPABILITIES.platform);
        Ok(figures)
    }

    async fn renewed_secret(&self) -> Option<SecretString> {
        self.session.renewed_secret().await
    }

    async fn export(&self) -> Result<ServerFile, ConnectorError> {
        let call = Call::get("api/customers/export", &[], Urgency::Opened).accept(Accept::File);
        let answer = self.send(call).await?.success()?;
        // The document prints `{}` as this answer; some stores mean it.
        if answer.json().is_ok_and(|value| value.is_object()) {
            return Err(answer.unreadable("an object in place of a CSV file"));
        }
        file(answer)
    }

    async fn profile(&self, _who: Option<&RemoteId>) -> Result<Profile, ConnectorError> {
        self.own_profile().await
    }

    async fn change_profile(
        &self,
        _who: Option<&RemoteId>,
        changes: &[(Field, FieldValue)],
    ) -> Result<Profile, ConnectorError> {
        self.change_own_profile(changes).await
    }

    async fn change_password(
        &self,
        _who: Option<&RemoteId>,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), ConnectorError> {
        self.change_own_password(old, new).await
    }

    async fn change_preferences(&self, preferences: Preferences) -> Result<Preferences, ConnectorError> {
        self.change_own_preferences(preferences).await
    }

    async fn export_profile(&self) -> Result<ServerFile, ConnectorError> {
        let call = Call::get("api/customers/me/data-export", &[], Urgency::Opened).accept(Accept::File);
        file(self.send(call).await?.success()?)
    }

    async fn delete_profile(&self) -> Result<(), ConnectorError> {
        let answer = self.send(Call::write(Method::DELETE, "api/customers/me", &[])).await?;
        // Gone already is gone.
        if answer.is_missing() { Ok(()) } else { answer.done() }
    }

    fn requests(&self) -> u64 {
        self.http.requests()
    }
}

/// The id for a path. Words stand in the same place there (`me`, `export`), so nothing but a number may go.
pub(super) fn number(id: &RemoteId) -> Result<&str, ConnectorError> {
    match is_digits(id.as_str()) {
        true => Ok(id.as_str()),
        false => {
            Err(ConnectorError::BadAddress { detail: "customers of this platform have numbers".to_owned() })
        }
    }
}

/// Null, or an object or list without anything.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

fn file(answer: Answer) -> Result<ServerFile, ConnectorError> {
    let (bytes, content_type) = answer.file()?;
    Ok(ServerFile { bytes, content_type })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_never_stand_where_a_number_belongs() {
        for word in ["me", "export", "1/role", "-1", "", "1 "] {
            assert!(matches!(number(&RemoteId::new(word)), Err(ConnectorError::BadAddress { .. })), "{word}");
        }
        assert_eq!(number(&RemoteId::new("42")), Ok("42"));
    }
}
