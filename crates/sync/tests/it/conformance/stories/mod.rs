//! What has to come true between a book and a store, whatever the store is like. A story says what it needs of a platform by
//! its capabilities; what a variant makes of it stands in [`super::rules`].

mod access;
mod editing;
mod making;
mod meeting;
mod people;
mod reading;

use std::future::Future;
use std::pin::Pin;

use clientela_domain::Capabilities;

use super::check::Told;
use super::stage::Stage;

pub(crate) type Telling<'a> = Pin<Box<dyn Future<Output = Told> + Send + 'a>>;

pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) tell: for<'a> fn(&'a mut Stage) -> Telling<'a>,
    /// Whether the platform has what it is about.
    pub(crate) fits: fn(&Capabilities) -> bool,
    /// Whether it is told under combinations too.
    pub(crate) combined: bool,
    /// Variants beside which it is told one at a time, by how their names begin; none means all.
    pub(crate) beside: &'static [&'static str],
}

macro_rules! story {
    ($name:literal, $tell:path, $combined:literal, $fits:expr) => {
        story!($name, $tell, $combined, $fits, &[])
    };
    ($name:literal, $tell:path, $combined:literal, $fits:expr, $beside:expr) => {
        Story {
            name: $name,
            tell: |stage| Box::pin($tell(stage)),
            fits: $fits,
            combined: $combined,
            beside: $beside,
        }
    };
}

/// In the order in which they are told in one world: what shuts people out comes last.
pub(crate) const STORIES: &[Story] = &[
    story!("list", reading::list, true, |_| true),
    story!("changes", reading::changes, true, |_| true),
    story!("edit each field", editing::each_field, false, |_| true),
    story!("edit two fields", editing::two_fields, true, |_| true),
    story!("empty a field", editing::emptied, false, |_| true),
    story!("own keys", editing::own_keys, false, |of| of.extra.is_writable()),
    story!("addresses", editing::addresses, true, |of| of.addresses.is_writable()),
    story!("role", editing::role, false, |of| !of.roles.is_empty()),
    story!("met on another field", meeting::another_field, true, |_| true),
    story!("met on the same field", meeting::same_field, true, |_| true),
    story!("refused", meeting::refused, false, |_| true),
    story!("create", making::create, false, |of| of.create.is_some()),
    story!("delete", making::delete, true, |of| of.delete != clientela_domain::capability::Deletion::No),
    story!("masked", people::masked, true, |of| of.sign_in_per_customer),
    story!("erased there", people::erased, true, |_| true),
    // Nothing else matters to it, and it takes the most requests of all.
    story!(
        "many at once",
        access::many_at_once,
        false,
        |_| true,
        &["rate", "retry_after", "write_allowance"]
    ),
    story!("signed out", access::signed_out, false, |_| true),
];

/// Told in place of all others where the store lets nobody in.
pub(crate) const SHUT_OUT: Story = story!("shut out", access::shut_out, true, |_| true);
/// Told beside the reading ones where the store takes no change.
pub(crate) const READ_ONLY: Story = story!("read only", access::read_only, true, |_| true);
