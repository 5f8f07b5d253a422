//! The platforms that can be stood in for, one folder each, and what the rest of the sandbox asks of them.
//!
//! Adding one is a folder and a line in [`KINDS`]. A platform keeps its own shapes down to the last key; nothing
//! in here is shared between two of them but the people they are seeded with.

mod foreign;
mod inallweb;
mod tiendanegocio;
mod tiendanube;
mod uappi;
mod yampi;

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::options::RateMode;
use crate::sandbox::ReadyStore;
use crate::server::{Answer, Call};
use crate::variant::VariantInfo;

/// Every platform there is.
pub(crate) const KINDS: &[Kind] =
    &[inallweb::KIND, tiendanegocio::KIND, tiendanube::KIND, uappi::KIND, yampi::KIND];

/// One platform: what is known of it before a store of it runs.
pub(crate) struct Kind {
    pub(crate) key: &'static str,
    pub(crate) variants: &'static [VariantInfo],
    /// Where a page of its list holds the records.
    pub(crate) list_pointer: &'static str,
    pub(crate) open: fn(&Opening) -> Box<dyn Platform>,
}

/// What a store is opened with.
pub(crate) struct Opening {
    pub(crate) seed: u64,
    pub(crate) customers: usize,
    pub(crate) rate: RateMode,
    pub(crate) now: Moment,
}

/// A running store. `answer` is all that its listener ever calls; the rest is for the control API.
pub(crate) trait Platform: Send {
    /// Answers one request, with every check the real one makes.
    fn answer(&mut self, call: &Call, now: Moment) -> Answer;

    /// Exchanges the customers for those of another store with the same sign-ins, and back.
    fn swap_stores(&mut self);

    /// How to sign in, for a store at this origin.
    fn ready(&self, origin: &str) -> ReadyStore;

    /// Sets a variant by its name without the platform; false if there is no such name or value.
    fn choose(&mut self, name: &str, value: &str) -> bool;

    /// Every customer as it truly is, deleted ones included.
    fn customers(&self, now: Moment) -> Vec<Value>;

    /// One customer as it truly is.
    fn customer(&self, id: &str, now: Moment) -> Result<Value, Refused>;

    /// Creates a customer as a foreign editor would; with the id of a deleted one, somebody new under an old number.
    fn create(&mut self, fields: &Map<String, Value>, now: Moment) -> Result<Value, Refused>;

    /// Changes fields as a foreign editor would; a quiet edit leaves the time of the last change alone.
    fn edit(
        &mut self,
        id: &str,
        set: &Map<String, Value>,
        quiet: bool,
        now: Moment,
    ) -> Result<Value, Refused>;

    /// Deletes a customer, orders or no orders.
    fn delete(&mut self, id: &str, now: Moment) -> Result<Value, Refused>;

    /// Anonymises a customer as an erasure request would.
    fn redact(&mut self, id: &str, now: Moment) -> Result<Value, Refused>;

    /// Sign-ins by role, with their secrets and a fresh token each.
    fn accounts(&mut self, now: Moment) -> Vec<Value>;

    /// Makes every token given out so far worthless; `ready` tells a new one afterwards.
    fn revoke(&mut self, now: Moment);
}

/// Why the control API could not do something.
#[derive(Debug)]
pub(crate) enum Refused {
    /// No such record.
    Unknown,
    /// The request makes no sense, and why.
    Wrong(String),
}

impl Refused {
    pub(crate) fn wrong(text: impl Into<String>) -> Refused {
        Refused::Wrong(text.into())
    }
}

/// Every variant of every platform.
pub fn variants() -> &'static [VariantInfo] {
    static ALL: LazyLock<Vec<VariantInfo>> =
        LazyLock::new(|| KINDS.iter().flat_map(|kind| kind.variants).cloned().collect());
    &ALL
}
