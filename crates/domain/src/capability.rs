//! What a platform can do: one declaration by its connector, read by sync, command line and window. What is absent is
//! shown as absent with its reason, never as a button that fails.

use crate::Field;

/// What staff can do with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Write,
    /// It can be sent, and is never shown: what the store has is not known here.
    WriteOnly,
    Read,
    /// The platform does not have it.
    Absent,
}

impl Access {
    /// Whether staff can write it.
    pub fn is_writable(self) -> bool {
        matches!(self, Access::Write | Access::WriteOnly)
    }
}

/// A field that only this platform has: `extra.KEY`, with a name that the interface translates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnField {
    pub key: &'static str,
    pub access: Access,
    pub kind: OwnKind,
}

/// What an own field holds. Its value is text all the same: `true`, `12.50`, `2026-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnKind {
    Text,
    Number,
    /// An amount in the currency of the record.
    Money,
    Flag,
    /// A day or a moment.
    Date,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// What the platform demands of a value. Checked before anything is saved, so that the store need not refuse it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRule {
    pub field: Field,
    /// It cannot be emptied.
    pub required: bool,
    /// In characters.
    pub longest: Option<usize>,
}

/// How the platform wants phone numbers written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneForm {
    /// As they are typed.
    Free,
    /// A plus and 7 to 15 digits. Other spellings are turned into it where the country makes that certain.
    International,
}

/// What can be done with addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressAccess {
    pub show: bool,
    pub add: bool,
    pub edit: bool,
    pub remove: bool,
    /// Each is written by a request of its own, apart from the customer's fields.
    pub apart: bool,
    /// Parts of an address ([`crate::Address::parts`]) that this platform does not have.
    pub absent_parts: &'static [&'static str],
}

impl AddressAccess {
    pub const ABSENT: Self =
        Self { show: false, add: false, edit: false, remove: false, apart: false, absent_parts: &[] };
    pub const READ: Self = Self { show: true, ..Self::ABSENT };
    pub const WRITE: Self = Self { add: true, edit: true, remove: true, ..Self::READ };

    /// Whether anything about them can be written.
    pub fn is_writable(self) -> bool {
        self.add || self.edit || self.remove
    }
}

/// What a new customer is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// Names of the fields that it takes, in the order in which a form asks for them.
    pub fields: &'static [&'static str],
    /// Those without which the store refuses.
    pub required: &'static [&'static str],
    pub addresses: bool,
    /// The store can send an invitation.
    pub invite: bool,
    /// The customer's own password can be set.
    pub password: bool,
}

/// Which customers can be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    No,
    Yes,
    /// The store refuses it for customers with orders.
    WithoutOrders,
}

/// What the signed-in person can do with the own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    /// Names of the fields that can be changed.
    pub fields: &'static [&'static str],
    pub password: bool,
    pub preferences: bool,
    pub data_export: bool,
    pub deletion: bool,
}

/// What a list that is asked of the store can be narrowed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFilter {
    Search,
    Ids,
    SinceId,
    Created,
    Updated,
    Segment,
    Group,
}

/// What lists leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Nothing: a list tells all that asking for one customer tells.
    InLists,
    /// Facts that matter only to who looks at the customer: they are asked for then.
    WhenOpened,
    /// Facts that lists and figures here need: they are filled in while nothing else is to do.
    FilledIn,
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

/// How often the platform lets itself be asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// A bucket of `burst` that refills at `per_second`, for everything together.
    Bucket { burst: u32, per_second: f64 },
    /// So many requests a minute, for each kind of request apart. What has no allowance of its own takes from the first.
    PerMinute(&'static [Allowance]),
}

/// The requests of one kind that fit into a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The connector's word for the kind.
    pub route: &'static str,
    pub per_minute: u32,
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
    /// Fields that only this platform has.
    pub own_fields: &'static [OwnField],
    pub rules: &'static [FieldRule],
    pub phone: PhoneForm,
    /// Roles that can be given, as the store spells them.
    pub roles: &'static [&'static str],
    /// Which roles each role of a signed-in person can give; a role that is not listed gives none. Empty: nothing is known, and
    /// the store decides.
    pub role_grants: &'static [(&'static str, &'static [&'static str])],
    /// Segments that lists can be asked for.
    pub segments: &'static [&'static str],
    /// Customers belong to groups that the store names.
    pub groups: bool,
    pub addresses: AddressAccess,
    /// Keys that the store's people make up themselves.
    pub extra: Access,
    /// Values kept beside the record are shown.
    pub custom_fields: bool,
    pub create: Option<Creation>,
    pub delete: Deletion,
    /// Staff can give a customer a new password.
    pub customer_password: bool,
    pub detail: Detail,
    pub orders: bool,
    pub store_csv: bool,
    pub analytics: bool,
    pub account: Option<OwnAccount>,
    /// A sign-in opens one customer only, and a store can have several sign-ins.
    pub sign_in_per_customer: bool,
    /// What a list asked of the store can be narrowed by.
    pub filters: &'static [StoreFilter],
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
            Field::Extra(key) => self.own_field(key).map_or(self.extra, |own| own.access),
            Field::Address(_) if self.addresses.is_writable() => Access::Write,
            Field::Address(_) if self.addresses.show => Access::Read,
            Field::Address(_) => Access::Absent,
            plain => self
                .fields
                .iter()
                .find(|(known, _)| known == plain)
                .map_or(Access::Absent, |(_, access)| *access),
        }
    }

    /// The roles that a person signed in with this role can give. Of somebody whose role is not known all are tried.
    pub fn grants(&self, signed_in_role: Option<&str>) -> &'static [&'static str] {
        let Some(role) = signed_in_role.map(str::trim).filter(|_| !self.role_grants.is_empty()) else {
            return self.roles;
        };
        let of = self.role_grants.iter().find(|(known, _)| known.eq_ignore_ascii_case(role));
        of.map_or(&[], |(_, given)| given)
    }

    /// The own field with this key.
    pub fn own_field(&self, key: &str) -> Option<&'static OwnField> {
        self.own_fields.iter().find(|own| own.key == key)
    }

    /// What the platform demands of this field.
    pub fn rule(&self, field: &Field) -> Option<&'static FieldRule> {
        self.rules.iter().find(|rule| &rule.field == field)
    }

    /// Whether a list asked of the store can be narrowed by this.
    pub fn filters_by(&self, filter: StoreFilter) -> bool {
        self.filters.contains(&filter)
    }
}
