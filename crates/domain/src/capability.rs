//! What a platform can do: one declaration by its connector, read by sync, command line and window. What is absent is
//! shown as absent with its reason, never as a button that fails.

use crate::Field;

/// What staff can do with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Write,
    Read,
    /// The platform does not have it.
    Absent,
}

/// An input of the form that connects a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectInput {
    Url,
    Alias,
    StoreId,
    Email,
    Password,
    Token,
    SecretKey,
    AuthHeader,
}

/// How the platform tells what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeFeed {
    /// Lists can be asked for records updated since a moment.
    UpdatedSince,
    /// Only reading everything and comparing shows what changed.
    FullPass,
}

/// How often the platform lets itself be asked: a bucket of `burst` that refills at `per_second`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    pub burst: u32,
    pub per_second: f64,
}

/// Everything a platform can do. All of it is constant for a platform.
#[derive(Debug, Clone, PartialEq)]
pub struct Capabilities {
    /// The key of the platform: `tiendanube`.
    pub platform: &'static str,
    pub title: &'static str,
    pub inputs: &'static [ConnectInput],
    /// Base address where the platform has one for all stores.
    pub default_url: Option<&'static str>,
    /// One name for a customer: it lives in `first_name`.
    pub single_name: bool,
    /// Access of every plain field; a field that is not listed is absent.
    pub fields: &'static [(Field, Access)],
    /// Roles that can be given, as the store spells them.
    pub roles: &'static [&'static str],
    /// Segments that lists can be asked for.
    pub segments: &'static [&'static str],
    pub addresses: Access,
    pub extra: Access,
    pub create: bool,
    pub delete: bool,
    /// Lists leave out facts (orders, stats, segment) that only asking for one customer shows.
    pub detail_per_customer: bool,
    pub orders: bool,
    pub store_csv: bool,
    pub analytics: bool,
    pub account: bool,
    pub change_feed: ChangeFeed,
    /// Address edits at the store do not count as changes there, so only a full pass finds them.
    pub address_edits_are_silent: bool,
    /// Currency of amounts that come without one.
    pub currency: Option<&'static str>,
    pub rate: Rate,
}

impl Capabilities {
    /// What can be done with this field here.
    pub fn access(&self, field: &Field) -> Access {
        match field {
            Field::Extra(_) => self.extra,
            Field::Address(_) => self.addresses,
            plain => self
                .fields
                .iter()
                .find(|(known, _)| known == plain)
                .map_or(Access::Absent, |(_, access)| *access),
        }
    }
}
