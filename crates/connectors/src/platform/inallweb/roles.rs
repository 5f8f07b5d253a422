//! Roles: how a store spells them, and whom a change of one reaches.

use std::sync::atomic::Ordering;

use clientela_domain::RemoteId;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{InAllWeb, number};
use super::map::RoleCase;
use super::wire;
use crate::http::{Answer, Call};
use crate::{ConnectorError, Fetched, Urgency, Written};

impl InAllWeb {
    /// Remembers how this store spells roles when an answer shows one.
    pub(super) fn note_role(&self, value: &Value) {
        if let Some(role) = value.get("role").and_then(Value::as_str).filter(|role| !role.is_empty()) {
            self.role_case.store(RoleCase::of(role) as u8, Ordering::Relaxed);
        }
    }

    pub(super) async fn give_role(&self, id: &RemoteId, role: &str) -> Result<Written, ConnectorError> {
        if !self.roles_count_like_customers().await? {
            return Err(refused("the store counts people otherwise where roles are given"));
        }
        let mut spellings =
            RoleCase::all_from(self.role_case.load(Ordering::Relaxed)).map(|case| case.spell(role)).to_vec();
        spellings.dedup();
        let mut answer = self.put_role(id, &spellings[0]).await?;
        for other in &spellings[1..] {
            // A refused spelling did nothing, so another one is not a repetition.
            if answer.status() == 422 {
                answer = self.put_role(id, other).await?;
            }
        }
        if answer.is_missing() {
            // It is about who can have a role, and not yet about the customer.
            return match self.person(id).await? {
                true => Err(refused("the store gives this customer no role")),
                false => Ok(Written::Missing),
            };
        }
        self.written(&answer.success()?, id)
    }

    async fn put_role(&self, id: &RemoteId, role: &str) -> Result<Answer, ConnectorError> {
        let call =
            Call::write(Method::PUT, "api/customers/{id}/role", &[number(id)?]).body(json!({ "role": role }));
        self.send(call).await
    }

    async fn person(&self, id: &RemoteId) -> Result<bool, ConnectorError> {
        use crate::Connector;
        Ok(matches!(self.fetch(id, Urgency::Push).await?, Fetched::Found { .. }))
    }

    /// The document names a `user_id` for roles and a `customer_id` for everything else, and does not say that they are one
    /// number. Whoever is signed in has both: were they to differ, a role would go to somebody else.
    async fn roles_count_like_customers(&self) -> Result<bool, ConnectorError> {
        if let Some(known) = self.roles_reach.get() {
            return Ok(*known);
        }
        let mut ids = Vec::new();
        for path in ["api/auth/me", "api/customers/me"] {
            let answer = self.send(Call::get(path, &[], Urgency::Push)).await?;
            // A store that does not say it of either cannot be held to it. One whose words are lost may have said it.
            if answer.status() == 200 {
                let me = wire::Me::read(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
                ids.push(me.id);
            }
        }
        let same = ids.windows(2).all(|pair| pair[0] == pair[1]);
        Ok(*self.roles_reach.get_or_init(|| same))
    }
}

fn refused(message: &str) -> ConnectorError {
    ConnectorError::Refused { status: 404, message: message.to_owned(), fields: Vec::new() }
}
