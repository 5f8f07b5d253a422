//! Clusters: the groups a shop puts its customers in.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::platform::yampi::choices::ClusterPaging;
use crate::platform::yampi::list::Page;
use crate::platform::yampi::refusal::{Complaints, not_found};
use crate::platform::yampi::shelf::Cluster;
use crate::platform::yampi::{Yampi, body};
use crate::server::{Answer, Call};

impl Yampi {
    pub(super) fn clusters(&self, call: &Call) -> Result<Answer, Answer> {
        let page = Page::read(call, &self.choices)?;
        let clusters = &self.shelf.clusters;
        let bodies = |clusters: &[Cluster]| -> Vec<Value> {
            clusters.iter().map(|cluster| body::cluster(cluster, &self.choices)).collect()
        };
        match self.choices.cluster_paging {
            ClusterPaging::Paged => {
                let shown = bodies(page.of(clusters, &self.choices));
                page.answer(call, shown, clusters.len(), &self.choices)
            }
            ClusterPaging::Unpaged => Ok(Answer::json(200, &json!({"data": bodies(clusters)}))),
        }
    }

    pub(super) fn one_cluster(&self, id: &str) -> Result<Answer, Answer> {
        Ok(Answer::json(200, &json!({"data": body::cluster(self.cluster(id)?, &self.choices)})))
    }

    pub(super) fn create_cluster(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let mut complaints = Complaints::default();
        let name = match fields.get("name") {
            Some(Value::String(name)) if !name.trim().is_empty() => name.trim(),
            None | Some(Value::Null | Value::String(_)) => {
                complaints.required("name");
                ""
            }
            Some(_) => {
                complaints.not_a("uma string", "name");
                ""
            }
        };
        if self.shelf.clusters.iter().any(|cluster| cluster.name == name) {
            complaints.add("name", "O campo name já está sendo utilizado.");
        }
        complaints.settle(&self.choices)?;
        let id = self.shelf.clusters.iter().map(|cluster| cluster.id).max().unwrap_or(500) + 1;
        let cluster = Cluster { id, name: name.to_owned(), created_at: now };
        let answer = json!({"data": body::cluster(&cluster, &self.choices)});
        self.shelf.clusters.push(cluster);
        Ok(Answer::json(201, &answer))
    }

    pub(super) fn cluster(&self, id: &str) -> Result<&Cluster, Answer> {
        let id: Option<i64> = id.parse().ok();
        let known = self.shelf.clusters.iter().find(|cluster| Some(cluster.id) == id);
        known.ok_or_else(|| not_found(&self.choices))
    }
}
