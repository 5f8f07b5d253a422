//! Clusters, which are the groups of customers here: their names, and who is in them.
//!
//! A customer names one cluster by its number, and clusters list their members; either can know what the other does not. Both
//! are read when the reading of a whole list begins, and serve for all records until the next time.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError};

use clientela_domain::{CustomerRecord, Presence, RemoteId};
use serde_json::Value;

use super::CAPABILITIES;
use super::client::Yampi;
use super::envelope::Envelope;
use super::wire::{CLUSTER, Cluster};
use crate::http::{Answer, Call};
use crate::reading::{Oddities, Reading};
use crate::{ConnectorError, Urgency};

const MOST_CLUSTER_PAGES: u32 = 20;
/// Memberships that are kept. Beyond, the number that customers name themselves has to do.
const MOST_MEMBERS: usize = 500_000;

/// What is known of the store's clusters.
#[derive(Default)]
pub(super) enum Known {
    #[default]
    NotYet,
    /// The store has none to show to these credentials.
    Untold,
    Told(Arc<Clusters>),
}

pub(super) struct Clusters {
    /// By number.
    names: BTreeMap<String, String>,
    /// The clusters that list a customer, by their numbers.
    members: HashMap<RemoteId, Vec<Arc<str>>>,
}

impl Yampi {
    /// Reads the clusters, again or unless they are known.
    pub(super) async fn load_clusters(&self, again: bool, urgency: Urgency) -> Result<(), ConnectorError> {
        if !again && !matches!(*self.known_clusters(), Known::NotYet) {
            return Ok(());
        }
        let known = match self.read_names(urgency).await? {
            None => Known::Untold,
            Some(names) => {
                let members = self.read_members(&names, urgency).await?;
                Known::Told(Arc::new(Clusters { names, members }))
            }
        };
        *self.known_clusters() = known;
        Ok(())
    }

    /// Writes into the record which groups it is in, as far as that is known.
    pub(super) fn tell_groups(&self, record: &mut CustomerRecord) {
        if let Known::Told(clusters) = &*self.known_clusters() {
            record.groups = clusters.groups_of(record);
        }
    }

    /// The numbers of the clusters with this name.
    pub(super) async fn clusters_named(
        &self,
        name: &str,
        urgency: Urgency,
    ) -> Result<Vec<String>, ConnectorError> {
        let told = match &*self.known_clusters() {
            Known::Told(clusters) => Some(Arc::clone(clusters)),
            Known::NotYet | Known::Untold => None,
        };
        let asked = match &told {
            Some(_) => None,
            None => self.read_names(urgency).await?,
        };
        let names = told.as_ref().map(|clusters| &clusters.names).or(asked.as_ref());
        let named = names.into_iter().flatten().filter(|(_, known)| known.trim() == name.trim());
        Ok(named.map(|(number, _)| number.clone()).collect())
    }

    /// All rows of a list with page numbers, `most` pages at most; nothing where these credentials may not see it, or the
    /// store does not have it.
    pub(super) async fn all_rows(
        &self,
        call: impl Fn() -> Call,
        most: u32,
    ) -> Result<Option<Vec<Value>>, ConnectorError> {
        self.rows_unless(call, most, |answer| matches!(answer.status(), 403 | 404)).await
    }

    /// All rows of a list; nothing where the answer to its first page is `nothing`.
    pub(super) async fn rows_unless(
        &self,
        call: impl Fn() -> Call,
        most: u32,
        nothing: impl Fn(&Answer) -> bool,
    ) -> Result<Option<Vec<Value>>, ConnectorError> {
        const SIZE: u32 = super::client::LARGEST_PAGE;
        let mut rows = Vec::new();
        for page in 1..=u64::from(most) {
            let call = call().query("limit", SIZE.to_string()).query("page", page.to_string());
            let answer = self.send(call).await?;
            if page == 1 && nothing(&answer) {
                return Ok(None);
            }
            if page > 1 && answer.status() == 404 {
                break;
            }
            let answer = answer.success()?;
            if answer.is_empty() {
                break;
            }
            let envelope = Envelope::read(answer.json()?).map_err(|detail| answer.unreadable(&detail))?;
            let size = envelope.given_size().map_or(SIZE, |given| given.min(SIZE));
            let (more, repeated) = (envelope.has_more(page, size), envelope.page.is_some_and(|at| at < page));
            if !repeated {
                rows.extend(envelope.rows);
            }
            if !more {
                break;
            }
        }
        Ok(Some(rows))
    }

    async fn read_names(&self, urgency: Urgency) -> Result<Option<BTreeMap<String, String>>, ConnectorError> {
        let alias = self.alias(urgency).await?;
        let call = || Self::question("{alias}/customers/clusters", &[alias], urgency);
        let Some(rows) = self.all_rows(call, MOST_CLUSTER_PAGES).await? else { return Ok(None) };
        let mut oddities = Oddities::default();
        let names = rows.into_iter().filter_map(|row| Cluster::read(row, &mut oddities));
        let names = names.map(|cluster| (cluster.id, cluster.name)).collect();
        oddities.tell(CAPABILITIES.platform);
        Ok(Some(names))
    }

    async fn read_members(
        &self,
        names: &BTreeMap<String, String>,
        urgency: Urgency,
    ) -> Result<HashMap<RemoteId, Vec<Arc<str>>>, ConnectorError> {
        let alias = self.alias(urgency).await?;
        let mut members: HashMap<RemoteId, Vec<Arc<str>>> = HashMap::new();
        let mut room = MOST_MEMBERS;
        for number in names.keys() {
            let most = u32::try_from(room / super::client::LARGEST_PAGE as usize).unwrap_or(u32::MAX);
            let path = [alias, number];
            let call = || Self::question("{alias}/customers/clusters/{id}/customers", &path, urgency);
            // A cluster that is gone by now, or whose members are not for these credentials, has nobody to add.
            let rows = self.all_rows(call, most).await?.unwrap_or_default();
            room = room.saturating_sub(rows.len());
            let number: Arc<str> = Arc::from(number.as_str());
            let mut oddities = Oddities::default();
            for row in rows {
                let id = Reading::record(row, &mut oddities).and_then(|mut row| row.id("id"));
                if let Ok(id) = id {
                    members.entry(id).or_default().push(Arc::clone(&number));
                }
            }
        }
        Ok(members)
    }

    fn known_clusters(&self) -> std::sync::MutexGuard<'_, Known> {
        self.clusters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clusters {
    fn groups_of(&self, record: &CustomerRecord) -> Presence<Vec<String>> {
        let mut names = Vec::new();
        match record.remainder.get(CLUSTER) {
            None => {}
            Some(number) => {
                let number =
                    number.as_str().map_or_else(|| number.to_string(), |text| text.trim().to_owned());
                match self.names.get(&number) {
                    Some(name) => names.push(name.clone()),
                    // One that the list of clusters does not have: a part of the groups would look like all of them.
                    None if number != "0" && !number.is_empty() => return Presence::Absent,
                    None => {}
                }
            }
        }
        let listed = self.members.get(&record.remote_id).into_iter().flatten();
        names.extend(listed.filter_map(|number| self.names.get(number.as_ref()).cloned()));
        names.sort();
        names.dedup();
        Presence::Value(names)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_come_from_the_customer_and_from_the_clusters() {
        let clusters = Clusters {
            names: [("501", "Atacado"), ("502", "Fiéis")]
                .map(|(number, name)| (number.to_owned(), name.to_owned()))
                .into(),
            members: [(RemoteId::new("7"), vec![Arc::from("502"), Arc::from("501")])].into(),
        };
        for (id, cluster, groups) in [
            ("7", Some(json!(501)), Presence::Value(vec!["Atacado", "Fiéis"])),
            ("7", None, Presence::Value(vec!["Atacado", "Fiéis"])),
            ("8", Some(json!("502")), Presence::Value(vec!["Fiéis"])),
            ("8", Some(json!(0)), Presence::Value(vec![])),
            ("8", None, Presence::Value(vec![])),
            ("7", Some(json!(999)), Presence::Absent),
        ] {
            let mut record = CustomerRecord::new(RemoteId::new(id));
            record.remainder.extend(cluster.clone().map(|number| (CLUSTER.to_owned(), number)));
            let expected = groups.map(|names| names.into_iter().map(str::to_owned).collect());
            assert_eq!(clusters.groups_of(&record), expected, "{id} {cluster:?}");
        }
    }
}
