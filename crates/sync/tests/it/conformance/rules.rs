//! What is expected otherwise than by the platform's capabilities, and why: the only place where a variant may be left out of
//! a story.

/// What holds instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The story does not hold here and is not told.
    LeftOut,
    /// The store lets nobody in: every sync ends with a 403.
    ShutOut,
    /// Every sync ends with a 402.
    Unpaid,
    /// Lists can be read; every write is refused with a 403, and the edit waits for a person.
    ReadOnly,
    /// No answer tells these facts, or all that it means by them.
    Unsaid(&'static [&'static str]),
    /// These keys of the truth cannot be kept by a write.
    Unkept(&'static [&'static str]),
    /// A store that says no in one spelling is asked in another, so one write may be refused before one arrives.
    Respelled,
    /// A store that takes a write in part is told the rest.
    ToldTwice,
    /// Who is gone is not told, so nobody is buried.
    DeletionUnproven,
    /// An address that is left out stays: its removal waits for a person.
    RemovalIgnored,
    /// Roles are not given: an edit of one waits for a person.
    RoleRefused,
    /// These fields are written and never seen, so stories write others.
    Hidden(&'static [&'static str]),
    /// Staff stand among the customers.
    StaffListed,
    /// A listing may break off and go on in another way, so a sync asks more at one time than at another.
    ListedTwice,
    /// The store has an allowance that no document tells: it is met by running into it, and a sync may stop and go on later.
    AllowanceUnknown,
}

/// One line of the table.
pub(crate) struct Rule {
    /// `platform`, or `platform.variant=value`; several of them with ` and ` between.
    pub(crate) when: &'static str,
    /// Names of stories; none means all of them.
    pub(crate) stories: &'static [&'static str],
    pub(crate) expected: Expected,
    pub(crate) because: &'static str,
}

const fn rule(
    when: &'static str,
    stories: &'static [&'static str],
    expected: Expected,
    because: &'static str,
) -> Rule {
    Rule { when, stories, expected, because }
}

use Expected::{
    AllowanceUnknown, DeletionUnproven, Hidden, LeftOut, ListedTwice, ReadOnly, RemovalIgnored, Respelled,
    RoleRefused, ShutOut, StaffListed, ToldTwice, Unkept, Unpaid, Unsaid,
};

/// Every story that sends something.
pub(crate) const WRITING: &[&str] = &[
    "edit each field",
    "edit two fields",
    "empty a field",
    "own keys",
    "addresses",
    "role",
    "met on another field",
    "met on the same field",
    "refused",
];

pub(crate) const RULES: &[Rule] = &[
    // Who is let in.
    rule("tiendanube.scope=none", &[], ShutOut, "the token may not even read"),
    rule("tiendanegocio.scope=none", &[], ShutOut, "the token may not even read"),
    rule(
        "yampi.store_state=inactive",
        &[],
        ShutOut,
        "a store that is out of service answers 403 to everything",
    ),
    rule("tiendanube.store_state=unpaid", &[], Unpaid, "an unpaid store answers 402 to everything"),
    rule("tiendanube.scope=read", &[], ReadOnly, "the token may not write"),
    rule("tiendanegocio.scope=read", &[], ReadOnly, "the token may not write"),
    rule(
        "uappi.token_minutes=1",
        &[],
        LeftOut,
        "tokens are over before a story is; \"signed out\" tells what follows",
    ),
    rule("inallweb.list_staff=yes", &[], StaffListed, "the list holds the accounts of staff too"),
    rule("inallweb.role_ids=shifted", &["role"], RoleRefused, "the number would be somebody else's"),
    rule("inallweb.role_ids=unknown", &["role"], RoleRefused, "the number would be nobody's"),
    // What cannot be known.
    rule(
        "tiendanube.payload=document",
        &["addresses"],
        Unkept(&["recipient"]),
        "addresses do not show who receives there, so a store that replaces is not told",
    ),
    rule(
        "inallweb",
        &["erased there"],
        LeftOut,
        "nothing tells an erased account from one whose owner goes by other texts",
    ),
    rule(
        "tiendanegocio.put=replace",
        &[],
        Unkept(&["company"]),
        "no answer tells the company, so none can be sent back",
    ),
    rule(
        "tiendanegocio.address=object",
        &[],
        Unsaid(&["addresses"]),
        "the address is shown without its keys",
    ),
    rule("tiendanegocio.address=null", &[], Unsaid(&["addresses"]), "the address is shown as nothing"),
    rule(
        "tiendanube.payload=document",
        &[],
        Unsaid(&["is_active", "accepts_marketing", "company", "recipient"]),
        "the document's records do not hold them",
    ),
    rule(
        "yampi.customer_dates=absent",
        &[],
        Unsaid(&["created_at"]),
        "customers do not tell when they were made",
    ),
    rule(
        "yampi.include_shape=absent",
        &[],
        Unsaid(&["addresses"]),
        "lists do not tell addresses; asking for one does",
    ),
    rule(
        "yampi.include_shape=null",
        &[],
        Unsaid(&["addresses"]),
        "lists do not tell addresses; asking for one does",
    ),
    rule(
        "uappi.date_spelling=blank",
        &[],
        Unsaid(&["created_at"]),
        "a time without its zone is taken as UTC",
    ),
    rule("yampi.phone_shape=null", &[], Unsaid(&["phone"]), "phones are hidden"),
    rule(
        "yampi.phone_shape=null",
        &[],
        Hidden(&["phone"]),
        "a phone that was written is shown as none, so the edit waits",
    ),
    rule(
        "yampi.phone_shape=null",
        &[],
        Unkept(&["phone"]),
        "what is hidden cannot be sent back to a store that replaces",
    ),
    rule("yampi.phone_shape=absent", &[], Unsaid(&["phone"]), "phones are hidden"),
    rule("yampi.phone_shape=absent", &[], Hidden(&["phone"]), "what was written is never seen"),
    rule(
        "yampi.phone_shape=absent",
        &[],
        Unkept(&["phone"]),
        "what is hidden cannot be sent back to a store that replaces",
    ),
    rule(
        "uappi.masked=always",
        WRITING,
        LeftOut,
        "everybody is masked, and nothing of who is masked is sent",
    ),
    rule("uappi.masked=always", &["signed out"], LeftOut, "no edit could arrive afterwards"),
    rule("uappi.masked=always", &["masked"], LeftOut, "nobody was ever known in clear"),
    rule("uappi.masked=never", &["masked"], LeftOut, "nobody is masked"),
    rule(
        "yampi.list_order=unstable and yampi.order_by=ignored and yampi.scroll=ignored",
        &[],
        LeftOut,
        "every page comes in another order and nothing holds it still: no question lists everybody",
    ),
    rule(
        "yampi.scroll=expires_quickly",
        &["list"],
        ListedTwice,
        "a scroll that runs out is gone on with by pages",
    ),
    // Who is gone and who is hidden is told alike.
    rule(
        "tiendanube.deleted_answer=403",
        &["changes", "delete", "create"],
        DeletionUnproven,
        "a refusal proves no deletion",
    ),
    rule(
        "tiendanube.refusal_shape=html",
        &["changes", "delete", "create"],
        DeletionUnproven,
        "a page for people proves no deletion",
    ),
    rule("tiendanube.refusal_shape=html", &["erased there"], LeftOut, "a page for people proves nothing"),
    rule(
        "yampi.error_shape=html",
        &["changes", "create"],
        DeletionUnproven,
        "a page for people proves no deletion",
    ),
    rule("uappi.deleted=401", &["changes"], DeletionUnproven, "the answer is that of a token that is over"),
    rule("uappi.redacted=401", &["erased there"], LeftOut, "the answer is that of a token that is over"),
    // In how many words a write is said.
    rule(
        "inallweb.null_clears=ignore",
        &["empty a field"],
        ToldTwice,
        "a null that did not clear is followed by an empty text",
    ),
    rule("inallweb.role_case=title", &["role"], Respelled, "the spelling of roles is learned from a refusal"),
    rule("inallweb.role_case=snake", &["role"], Respelled, "the spelling of roles is learned from a refusal"),
    rule(
        "yampi.null_write=ignored",
        &["empty a field"],
        ToldTwice,
        "a null that did not clear is followed by an empty text",
    ),
    rule(
        "yampi.null_write=422",
        &["empty a field"],
        Respelled,
        "a null that is refused is followed by an empty text",
    ),
    rule("yampi.phone_write=parts", &[], Respelled, "the spelling of phones is learned from a refusal"),
    rule(
        "tiendanube.put_addresses=kept",
        &["addresses"],
        RemovalIgnored,
        "what is left out of the list stays",
    ),
    // Allowances that no document tells.
    rule("inallweb.rate=429_seconds", &[], AllowanceUnknown, "the platform states no allowance"),
    rule("inallweb.rate=429_http_date", &[], AllowanceUnknown, "the platform states no allowance"),
    rule("inallweb.rate=429_bare", &[], AllowanceUnknown, "the platform states no allowance"),
    rule("uappi.rate=60", &[], AllowanceUnknown, "the platform states no allowance"),
];

/// The lines that hold for a store with these choices (`variant`, `value`, defaults included).
pub(crate) fn of(platform: &str, choices: &std::collections::BTreeMap<String, String>) -> Vec<&'static Rule> {
    let holds = |condition: &str| match condition.split_once('=') {
        None => condition == platform,
        Some((variant, value)) => variant
            .strip_prefix(platform)
            .and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|name| choices.get(name).is_some_and(|chosen| chosen == value)),
    };
    RULES.iter().filter(|rule| rule.when.split(" and ").all(holds)).collect()
}
