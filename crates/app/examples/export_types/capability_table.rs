//! The page that says what every platform can do, from the same declarations that the program reads.

use clientela_app::dto::store::{ConnectInput, DeletionDto, FieldAccess, PlatformDto, StoreFilterDto};
use std::fmt::Write;

const HEAD: &str = "\
# Platforms

One page for each platform that can be connected: what its connector relies on, what the platform's documents leave open, and how
the connector behaves either way.
";

const FOOT: &str = "\
A new platform is a folder beside the others under `crates/connectors/src/platform`, a line in `platforms()`, a folder in the
sandbox, and a page here.
";

const TABLE: &str = "\
## What each can do

Declared once, in `CAPABILITIES` of the connector; sync, command line and window read it from there, and so does this table
(`cargo xtask codegen` writes this page). \"write\" is read and write, \"sent\" is written and never shown again, and a dash means
that the platform does not have it.
";

/// The whole page.
pub(crate) fn page(platforms: &[PlatformDto]) -> String {
    let mut page = format!("{HEAD}\n");
    for platform in platforms {
        let _ = writeln!(page, "- [{}]({}.md)", platform.title, platform.key);
    }
    let _ = write!(page, "\n{TABLE}\n");
    row(&mut page, "", platforms.iter().map(|platform| platform.title.clone()));
    row(&mut page, "---", platforms.iter().map(|_| "---".to_owned()));
    let fields: Vec<&String> =
        platforms.first().map(|first| first.fields.keys().collect()).unwrap_or_default();
    for field in fields {
        row(&mut page, field, platforms.iter().map(|platform| access(platform.fields.get(field).copied())));
    }
    for (name, cell) in ROWS {
        row(&mut page, name, platforms.iter().map(cell));
    }
    let _ = write!(page, "\n{FOOT}");
    page
}

type Cell = fn(&PlatformDto) -> String;

const ROWS: &[(&str, Cell)] = &[
    ("one name only", |platform| yes(platform.single_name)),
    ("own fields", |platform| {
        let own = platform.own_fields.iter().map(|own| format!("{} ({})", own.key, access(Some(own.access))));
        list(own.collect())
    }),
    ("keys that the store makes up", |platform| access(Some(platform.extra))),
    ("custom fields", |platform| if platform.has_custom_fields { "read".to_owned() } else { none() }),
    ("addresses", |platform| {
        let can = &platform.addresses;
        let parts = [(can.show, "read"), (can.add, "add"), (can.edit, "edit"), (can.remove, "remove")];
        list(parts.into_iter().filter(|(can, _)| *can).map(|(_, word)| word.to_owned()).collect())
    }),
    ("groups", |platform| if platform.has_groups { "read".to_owned() } else { none() }),
    ("roles", |platform| list(platform.roles.clone())),
    ("segments", |platform| list(platform.segments.clone())),
    ("orders of a customer", |platform| yes(platform.has_orders)),
    ("tells what changed", |platform| yes(platform.has_change_feed)),
    ("create", |platform| match &platform.creation {
        None => none(),
        Some(creation) => {
            let extras = [
                (creation.addresses, "addresses"),
                (creation.invite, "invitation"),
                (creation.password, "password"),
            ];
            let with: Vec<&str> = extras.into_iter().filter(|(can, _)| *can).map(|(_, word)| word).collect();
            let with = if with.is_empty() { String::new() } else { format!(", with {}", with.join(", ")) };
            format!("needs {}{with}", creation.required.join(", "))
        }
    }),
    ("delete", |platform| match platform.deletion {
        DeletionDto::No => none(),
        DeletionDto::Yes => "yes".to_owned(),
        DeletionDto::WithoutOrders => "without orders".to_owned(),
    }),
    ("set a customer's password", |platform| yes(platform.sets_customer_password)),
    ("the store can be asked by", |platform| {
        list(platform.filters.iter().map(|filter| filter_word(*filter).to_owned()).collect())
    }),
    ("own figures of the store", |platform| yes(platform.has_analytics)),
    ("own CSV of the store", |platform| yes(platform.has_store_csv)),
    ("own account", |platform| match &platform.account {
        None => none(),
        Some(account) => {
            let can = [
                (!account.fields.is_empty(), "profile"),
                (account.password, "password"),
                (account.preferences, "preferences"),
                (account.data_export, "data export"),
                (account.deletion, "deletion"),
            ];
            list(can.into_iter().filter(|(can, _)| *can).map(|(_, word)| word.to_owned()).collect())
        }
    }),
    ("signs in with", |platform| {
        let inputs = platform.inputs.iter().map(|input| input_word(input).to_owned()).collect();
        let words = list(inputs);
        if platform.sign_in_per_customer { format!("{words}; one for each customer") } else { words }
    }),
];

fn row(page: &mut String, name: &str, cells: impl Iterator<Item = String>) {
    let _ = write!(page, "| {name} |");
    for cell in cells {
        let _ = write!(page, " {cell} |");
    }
    page.push('\n');
}

fn access(access: Option<FieldAccess>) -> String {
    match access {
        Some(FieldAccess::Write) => "write".to_owned(),
        Some(FieldAccess::WriteOnly) => "sent".to_owned(),
        Some(FieldAccess::Read) => "read".to_owned(),
        Some(FieldAccess::Absent) | None => none(),
    }
}

fn filter_word(filter: StoreFilterDto) -> &'static str {
    match filter {
        StoreFilterDto::Search => "text",
        StoreFilterDto::Ids => "ids",
        StoreFilterDto::SinceId => "since id",
        StoreFilterDto::Created => "created",
        StoreFilterDto::Updated => "updated",
        StoreFilterDto::Segment => "segment",
        StoreFilterDto::Group => "group",
    }
}

fn input_word(input: &ConnectInput) -> &'static str {
    match input {
        ConnectInput::Url => "address",
        ConnectInput::Alias => "alias",
        ConnectInput::StoreId => "store id",
        ConnectInput::Email => "e-mail",
        ConnectInput::Password => "password",
        ConnectInput::Token => "token",
        ConnectInput::SecretKey => "secret key",
        ConnectInput::AuthHeader => "header",
    }
}

fn yes(can: bool) -> String {
    if can { "yes".to_owned() } else { none() }
}

fn none() -> String {
    "–".to_owned()
}

fn list(words: Vec<String>) -> String {
    if words.is_empty() { none() } else { words.join(", ") }
}
