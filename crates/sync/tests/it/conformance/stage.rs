//! A world while a story is told in it, and what has to hold whatever the story is.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use clientela_connectors::ConnectorError;
use clientela_database::commit;
use clientela_domain::Field;
use clientela_sandbox::{RateMode, ReadyStore};
use clientela_sync::{StoreReport, SyncOptions, SyncStop, outbox};
use reqwest::Client;
use serde_json::Value;

use super::check::{Told, hold};
use super::draw::{self, Choices};
use super::rules::{self, Expected, Rule};
use crate::people::person;
use crate::truth;
use crate::world::{Beginning, World, id_of};

/// Customers that the store makes up, beside the people of the stories.
const STRANGERS: usize = 6;
/// Pages of this size make three of everybody.
const PAGE: u32 = 7;
/// No copy of a store lags behind longer, in seconds.
const LAG: u64 = 61;

/// A store that still says after so many seconds that somebody is not there is believed.
const A_WHILE: u64 = 601;
/// How often a sync is gone on with after a pause.
const PAUSES: usize = 6;

/// The people of the stories; each is changed by one story alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Edited,
    /// A company, where the platform tells companies apart.
    Company,
    Emptied,
    Placed,
    Met,
    Contested,
    Refused,
    Followed,
    Leaving,
    Deleted,
    Masked,
    Erased,
    SignedOut,
}

const EVERYBODY: [Who; 13] = [
    Who::Edited,
    Who::Company,
    Who::Emptied,
    Who::Placed,
    Who::Met,
    Who::Contested,
    Who::Refused,
    Who::Followed,
    Who::Leaving,
    Who::Deleted,
    Who::Masked,
    Who::Erased,
    Who::SignedOut,
];

pub(crate) struct Stage {
    world: World,
    rules: Vec<&'static Rule>,
    story: &'static str,
    /// The truth as it was when the story began.
    before: BTreeMap<String, Value>,
    /// What was asked of the store that should not have been.
    complaints: Vec<String>,
    /// Everything that proves who we are.
    secrets: Vec<String>,
}

/// What was asked of the store.
pub(crate) struct Asked(Vec<Value>);

impl Asked {
    /// Changes that the store took.
    pub(crate) fn writes(&self) -> usize {
        self.changes().filter(|one| one["status"].as_u64().is_some_and(|status| status < 300)).count()
    }

    /// Changes that it did not, but for those that it put off.
    pub(crate) fn refused_writes(&self) -> usize {
        self.changes().filter(|one| one["status"] != 429).count() - self.writes()
    }

    /// Questions and changes that were not put off.
    pub(crate) fn answered(&self) -> usize {
        self.0.iter().filter(|one| one["status"] != 429).count()
    }

    /// Method, path and status of each, for people.
    pub(crate) fn told(&self) -> Vec<String> {
        self.0
            .iter()
            .map(|one| {
                let part = |key: &str| truth::plain(&one[key]);
                format!(
                    "{} {}?{} {} {}",
                    part("method"),
                    part("path"),
                    part("query"),
                    part("body"),
                    one["status"]
                )
            })
            .collect()
    }

    fn changes(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(|one| one["method"] != "GET" && one["method"] != "HEAD" && !is_sign_in(one))
    }
}

fn is_sign_in(request: &Value) -> bool {
    request["path"].as_str().is_some_and(|path| path.contains("/auth/"))
}

impl Stage {
    pub(crate) async fn begin(platform: &'static str, choices: &Choices, client: &Client) -> Stage {
        let variants: Vec<(&str, &str)> = choices.iter().map(|(name, value)| (*name, *value)).collect();
        let people: Vec<Value> =
            (1..).zip(EVERYBODY).map(|(n, who)| person(platform, n, who == Who::Company)).collect();
        let world = World::begin(Beginning {
            platform,
            customers: STRANGERS,
            rate: RateMode::Documented,
            variants: &variants,
            people: &people,
            page_size: Some(PAGE),
            client: Some(client),
        })
        .await;
        world.pass_time(LAG).await;
        let rules = rules::of(platform, &draw::all_choices(platform, choices));
        let secrets = world.secrets();
        Stage { world, rules, story: "", before: BTreeMap::new(), complaints: Vec::new(), secrets }
    }

    pub(crate) async fn open(&mut self, story: &'static str) {
        self.story = story;
        if self.before.is_empty() {
            self.before = self.truth().await.into_iter().map(|one| (id_of(&one), one)).collect();
        }
    }

    /// What has to hold at the end of every story: everything typed has arrived or been decided, nobody else was changed, and
    /// nothing was asked that should not have been.
    pub(crate) async fn close(&mut self) -> Told {
        self.asked().await;
        let left = self.all_edits().await;
        hold!(left.is_empty(), "edits are left: {left:?}");
        let touched = std::mem::take(&mut *self.world.touched.lock().unwrap());
        let after = self.truth().await.into_iter().map(|one| (id_of(&one), one));
        let after: BTreeMap<String, Value> = after.collect();
        for (id, one) in after.iter().filter(|(id, _)| !touched.contains(*id)) {
            let Some(before) = self.before.get(id) else {
                return Err(format!("{id} was made up at the store"));
            };
            let changed = truth::differences(before, one, &[]);
            hold!(changed.is_empty(), "{id} was changed at the store, and nobody meant it: {changed:?}");
        }
        self.before = after;
        hold!(self.complaints.is_empty(), "{:?}", std::mem::take(&mut self.complaints));
        Ok(())
    }

    pub(crate) async fn end(self) {
        self.world.end().await;
    }

    pub(crate) fn who(&self, who: Who) -> String {
        let place = EVERYBODY.iter().position(|one| *one == who).unwrap();
        self.world.people[place].clone()
    }

    pub(crate) fn expects(&self, expected: Expected) -> bool {
        self.rules_here().any(|rule| rule.expected == expected)
    }

    /// Facts that no answer tells.
    pub(crate) fn unsaid(&self) -> Vec<&'static str> {
        let lists = self.rules_here().filter_map(|rule| match rule.expected {
            Expected::Unsaid(facts) => Some(facts),
            _ => None,
        });
        lists.flatten().copied().collect()
    }

    /// Keys of the truth that no write can keep.
    pub(crate) fn unkept(&self) -> Vec<String> {
        let lists = self.rules_here().filter_map(|rule| match rule.expected {
            Expected::Unkept(keys) => Some(keys),
            _ => None,
        });
        lists.flatten().map(|key| (*key).to_owned()).collect()
    }

    fn rules_here(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules
            .iter()
            .copied()
            .filter(|rule| rule.stories.is_empty() || rule.stories.contains(&self.story))
    }

    /// What was asked since the last look. Whatever it was, none of it may break the store or show a secret.
    pub(crate) async fn asked(&mut self) -> Asked {
        let log = self.log().await;
        self.clear_log().await;
        for request in &log {
            self.complain_of(request);
        }
        Asked(log)
    }

    fn complain_of(&mut self, request: &Value) {
        let path = request["path"].as_str().unwrap_or_default();
        let status = request["status"].as_u64().unwrap_or_default();
        let faulty = request["faults"].as_array().is_some_and(|faults| !faults.is_empty());
        if status >= 500 && !faulty {
            self.complaints.push(format!("{} {path} breaks the store: {status}", request["method"]));
        }
        if status == 429 && !self.expects(Expected::AllowanceUnknown) {
            self.complaints.push(format!("{} {path} comes too often", request["method"]));
        }
        let query = request["query"].as_str().unwrap_or_default();
        let body = request["body"].as_str().unwrap_or_default();
        for secret in &self.secrets {
            let headers = request["headers"].as_object().into_iter().flatten();
            let wrong = headers.filter(|(name, value)| {
                let is_meant = ["authorization", "authentication", "user-token", "user-secret-key"];
                value.as_str().is_some_and(|value| value.contains(secret))
                    && !is_meant.contains(&name.as_str())
            });
            if wrong.count() > 0 || path.contains(secret) || query.contains(secret) {
                self.complaints.push(format!("{path} shows a secret"));
            }
            if body.contains(secret) && !is_sign_in(request) {
                self.complaints.push(format!("the body to {path} shows a secret"));
            }
        }
    }

    /// New tokens are secrets too.
    pub(crate) async fn signed_out(&mut self) -> ReadyStore {
        let store = self.revoke().await;
        self.secrets.extend(store.secrets.iter().cloned());
        store
    }

    pub(crate) async fn sync(&self) -> StoreReport {
        self.patiently(SyncOptions::default()).await
    }

    pub(crate) async fn sync_in_full(&self) -> StoreReport {
        self.patiently(SyncOptions { full: true, ..SyncOptions::default() }).await
    }

    /// Looks twice with a while between: only then is anybody gone.
    pub(crate) async fn sync_for_the_gone(&self) -> StoreReport {
        let first = self.sync_in_full().await;
        if first.stop.is_some() {
            return first;
        }
        self.pass_time(A_WHILE).await;
        self.sync_in_full().await
    }

    pub(crate) async fn push(&self) -> StoreReport {
        self.patiently(SyncOptions { push_only: true, ..SyncOptions::default() }).await
    }

    /// A sync, gone on with where a store stops it by an allowance that nobody knew.
    async fn patiently(&self, options: SyncOptions) -> StoreReport {
        let mut whole = self.world.sync_with(options).await;
        let is_paused = |report: &StoreReport| {
            matches!(report.stop, Some(SyncStop::Store(ConnectorError::RateLimited { .. })))
        };
        for _ in 0..PAUSES {
            if !is_paused(&whole) || !self.expects(Expected::AllowanceUnknown) {
                break;
            }
            self.catch_up().await;
            let next = self.world.sync_with(options).await;
            whole.seen += next.seen;
            whole.new += next.new;
            whole.changed += next.changed;
            whole.gone += next.gone;
            whole.pushed += next.pushed;
            whole.conflicts += next.conflicts;
            whole.parked += next.parked;
            whole.skipped += next.skipped;
            whole.stop = next.stop;
        }
        whole
    }

    /// Fields that are written and never seen.
    pub(crate) fn is_hidden(&self, field: &Field) -> bool {
        let name = field.to_string();
        self.rules_here()
            .any(|rule| matches!(rule.expected, Expected::Hidden(names) if names.contains(&name.as_str())))
    }

    /// A text of everybody that is seen when it was written, other than the first name.
    pub(crate) fn second_field(&self) -> Field {
        if self.is_hidden(&Field::Phone) { Field::Note } else { Field::Phone }
    }

    /// Lets every copy of the store catch up.
    pub(crate) async fn catch_up(&self) {
        self.pass_time(LAG).await;
    }

    /// A person lets go of what waits for one.
    pub(crate) async fn let_go(&self, id: &str) {
        let edits = self.edits(id).await;
        let mut transaction = self.database.write().await.unwrap();
        for edit in &edits {
            outbox::discard(&mut transaction, edit, clientela_sync::Clock::now(&self.clock)).await.unwrap();
        }
        commit(transaction).await.unwrap();
    }
}

impl Deref for Stage {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Stage {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}
