//! Which rows are kept twice, how the book notices that they change, and how they go into a text and back.

/// A table with rows that exist nowhere but in this folder.
pub(super) struct Kept {
    pub(super) table: &'static str,
    /// The columns that tell its rows apart.
    key: &'static [&'static str],
    columns: &'static [&'static str],
    /// Rows of this kind come from somewhere else and need no second copy.
    only: Option<&'static str>,
    /// A row says something about a customer, who is kept with it.
    is_of_customer: bool,
}

/// In an order in which every row finds the rows that it points at.
pub(super) const KEPT: [Kept; 8] = [
    Kept {
        table: "store",
        key: &["id"],
        columns: &[
            "id",
            "name",
            "platform",
            "url",
            "alias",
            "remote_store_id",
            "email",
            "auth_header",
            "account",
            "sample",
            "connected_at",
            "signed_in_role",
        ],
        only: None,
        is_of_customer: false,
    },
    Kept {
        table: "sign_in",
        key: &["store_id", "place"],
        columns: &["store_id", "place", "remote_id"],
        only: None,
        is_of_customer: false,
    },
    Kept {
        table: "suppressed",
        key: &["store_id", "hash"],
        columns: &["store_id", "hash"],
        only: None,
        is_of_customer: false,
    },
    Kept { table: "setting", key: &["key"], columns: &["key", "value"], only: None, is_of_customer: false },
    Kept {
        table: "export_entry",
        key: &["id"],
        columns: &["id", "exported_at", "author", "path", "rows", "what"],
        only: None,
        is_of_customer: false,
    },
    Kept {
        table: "edit",
        key: &["id"],
        columns: &[
            "id",
            "customer_id",
            "field",
            "base",
            "mine",
            "theirs",
            "state",
            "generation",
            "sent_generation",
            "sent",
            "sent_at",
            "tries",
            "reason_code",
            "reason",
            "author",
            "saved_at",
        ],
        only: None,
        is_of_customer: true,
    },
    Kept {
        table: "journal_entry",
        key: &["id"],
        columns: &["id", "customer_id", "author", "text", "written_at"],
        only: None,
        is_of_customer: true,
    },
    Kept {
        table: "history",
        key: &["id"],
        columns: &["id", "customer_id", "at", "source", "field", "before", "after"],
        // What a store changed can be read there again.
        only: Some("source <> 'store'"),
        is_of_customer: true,
    },
];

/// Name of the rows that hold a customer as the store last showed it. They are no table of their own: a customer is kept only
/// together with something that a person did.
pub(super) const CUSTOMER: &str = "customer";

/// The one column that JSON has no shape for.
const BYTES: &str = "hash";

impl Kept {
    pub(super) fn is_of_customer(&self) -> bool {
        self.is_of_customer
    }

    /// What tells a row apart, as one text. `row`: `new.`, `old.` or the name of a table with its dot.
    fn key_of(&self, row: &str) -> String {
        let parts: Vec<String> = self
            .key
            .iter()
            .map(|column| match *column {
                BYTES => format!("hex({row}{column})"),
                column => format!("{row}{column}"),
            })
            .collect();
        format!("({} || '')", parts.join(" || '/' || "))
    }

    /// The row as a JSON text.
    fn body(&self, row: &str) -> String {
        let parts: Vec<String> = self
            .columns
            .iter()
            .map(|column| match *column {
                BYTES => format!("'{column}', hex({row}{column})"),
                column => format!("'{column}', {row}{column}"),
            })
            .collect();
        format!("json_object({})", parts.join(", "))
    }

    /// All rows: kind, key, body.
    pub(super) fn select_all(&self) -> String {
        let only = self.only.map(|only| format!(" WHERE {only}")).unwrap_or_default();
        let Self { table, .. } = self;
        format!(
            "SELECT '{table}' AS kind, {} AS key, {} AS body FROM main.{table}{only}",
            self.key_of(""),
            self.body("")
        )
    }

    /// The rows that this transaction changed, with an empty body for those that are not there any more.
    pub(super) fn select_changed(&self) -> String {
        let Self { table, .. } = self;
        let same = match self.key {
            // The index of the table is of no use for a text.
            ["id"] => "t.id = CAST(c.key AS INTEGER)".to_owned(),
            _ => format!("{} = c.key", self.key_of("t.")),
        };
        format!(
            "SELECT c.kind AS kind, c.key AS key, CASE WHEN t.{} IS NOT NULL THEN {} END AS body
             FROM temp.changed c LEFT JOIN main.{table} t ON {same} WHERE c.kind = '{table}'",
            self.key[0],
            self.body("t."),
        )
    }

    /// Puts a row back that was kept. `?1` is its body.
    pub(super) fn insert(&self) -> String {
        let values: Vec<String> = self
            .columns
            .iter()
            .map(|column| match *column {
                BYTES => format!("unhex(json_extract(?1, '$.{column}'))"),
                column => format!("json_extract(?1, '$.{column}')"),
            })
            .collect();
        let (mut columns, mut values) = (self.columns.join(", "), values.join(", "));
        if self.table == "store" {
            // Its customers have to be read anew.
            columns.push_str(", state");
            values.push_str(", 'first_pass'");
        }
        format!("INSERT OR REPLACE INTO {} ({columns}) VALUES ({values})", self.table)
    }

    /// What lets the writing connection notice that a row changes.
    pub(super) fn triggers(&self) -> Vec<String> {
        let Self { table, .. } = self;
        let note = |row: &str| {
            let mut notes = note(&format!("'{table}'"), &self.key_of(row));
            if self.is_of_customer {
                notes.push_str(&note(&format!("'{CUSTOMER}'"), &format!("({row}customer_id || '')")));
            }
            notes
        };
        let when = |row: &str| self.only.map(|only| format!(" WHEN {row}{only}")).unwrap_or_default();
        vec![
            format!(
                "CREATE TEMP TRIGGER kept_{table}_inserted AFTER INSERT ON main.{table}{} BEGIN {} END",
                when("new."),
                note("new.")
            ),
            format!(
                "CREATE TEMP TRIGGER kept_{table}_updated AFTER UPDATE OF {} ON main.{table}{} BEGIN {}{} END",
                self.columns.join(", "),
                when("new."),
                note("old."),
                note("new.")
            ),
            format!(
                "CREATE TEMP TRIGGER kept_{table}_deleted AFTER DELETE ON main.{table}{} BEGIN {} END",
                when("old."),
                note("old.")
            ),
        ]
    }
}

fn note(kind: &str, key: &str) -> String {
    // A conflict clause of the statement outside would take the place of one in here.
    format!(
        "INSERT INTO changed (kind, key) SELECT {kind}, {key}
         WHERE NOT EXISTS (SELECT 1 FROM changed WHERE kind = {kind} AND key = {key}); "
    )
}

/// Everything that the writing connection needs to notice changes.
pub(super) fn preparations() -> Vec<String> {
    let mut all = vec![
        "CREATE TEMP TABLE changed (kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"
            .to_owned(),
    ];
    all.extend(KEPT.iter().flat_map(Kept::triggers));
    let note_customer = |id: &str| note(&format!("'{CUSTOMER}'"), &format!("({id} || '')"));
    all.push(format!(
        "CREATE TEMP TRIGGER kept_customer_deleted AFTER DELETE ON main.customer BEGIN {} END",
        note_customer("old.id")
    ));
    // What a store has made nameless must not stay here by name.
    all.push(format!(
        "CREATE TEMP TRIGGER kept_mirror_updated AFTER UPDATE OF record, missing_since ON main.mirror
         WHEN {} BEGIN {} END",
        is_kept("new.customer_id"),
        note_customer("new.customer_id")
    ));
    all
}

const CUSTOMER_BODY: &str = "json_object('id', t.id, 'store_id', t.store_id, 'remote_id', t.remote_id,
     'record', hex(m.record), 'shown_at', m.shown_at, 'seen_at', m.seen_at, 'missing_since', m.missing_since)";

/// Whether something of this customer is kept.
fn is_kept(customer: &str) -> String {
    let of: Vec<String> = KEPT
        .iter()
        .filter(|kept| kept.is_of_customer)
        .map(|kept| {
            let only = kept.only.map(|only| format!(" AND {only}")).unwrap_or_default();
            format!("EXISTS (SELECT 1 FROM main.{} WHERE customer_id = {customer}{only})", kept.table)
        })
        .collect();
    format!("({})", of.join(" OR "))
}

/// The customers of whom something is kept.
pub(super) fn all_customers() -> String {
    let of: Vec<String> = KEPT
        .iter()
        .filter(|kept| kept.is_of_customer)
        .map(|kept| {
            let only = kept.only.map(|only| format!(" WHERE {only}")).unwrap_or_default();
            format!("SELECT customer_id FROM main.{}{only}", kept.table)
        })
        .collect();
    format!(
        "SELECT '{CUSTOMER}' AS kind, t.id || '' AS key, {CUSTOMER_BODY} AS body
         FROM main.customer t JOIN main.mirror m ON m.customer_id = t.id WHERE t.id IN ({})",
        of.join(" UNION ")
    )
}

/// The customers whom this transaction touched through something that is kept.
pub(super) fn changed_customers() -> String {
    format!(
        "SELECT c.kind AS kind, c.key AS key,
                CASE WHEN m.record IS NOT NULL AND {} THEN {CUSTOMER_BODY} END AS body
         FROM temp.changed c LEFT JOIN main.customer t ON t.id = CAST(c.key AS INTEGER)
         LEFT JOIN main.mirror m ON m.customer_id = t.id WHERE c.kind = '{CUSTOMER}'",
        is_kept("t.id")
    )
}

/// Puts a customer back, as the store last showed it, and when: a copy of the store that lags behind must not pass for newer. `?1` is
/// its body.
pub(super) const INSERT_CUSTOMER: [&str; 2] = [
    "INSERT INTO customer (id, store_id, remote_id, state, name, sort_name)
     VALUES (json_extract(?1, '$.id'), json_extract(?1, '$.store_id'), json_extract(?1, '$.remote_id'), 'clean', '', '')",
    "INSERT INTO mirror (customer_id, record, shown_at, seen_at, missing_since)
     VALUES (json_extract(?1, '$.id'),
             -- Before records were compressed, their JSON stood there as it was.
             CASE substr(json_extract(?1, '$.record'), 1, 1) WHEN '{' THEN CAST(json_extract(?1, '$.record') AS BLOB)
                 ELSE unhex(json_extract(?1, '$.record')) END,
             json_extract(?1, '$.shown_at'),
             coalesce(json_extract(?1, '$.seen_at'), 0), json_extract(?1, '$.missing_since'))",
];
