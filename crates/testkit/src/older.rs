//! Books of older versions, made by taking the newest migrations back.

use std::path::Path;

use clientela_database::table::mirror;
use clientela_database::{Connection, DatabaseKey};
use clientela_domain::CustomerId;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _};

/// The version that began the book.
pub const FIRST_VERSION: i64 = 1;

/// What undoes each migration, and the file that came with it. Before the first statement of version 6, records become plain again.
const BACK: &[(i64, &[&str], Option<&str>)] = &[
    (12, &["DROP TABLE familiar"], None),
    (11, &["DROP TABLE shown_anew"], None),
    (10, &["DROP TABLE customer_group"], None),
    (9, &[TO_UNCOUNTED], None),
    (8, &[TO_TEXT_TWICE], None),
    (7, &[TO_FIRST_INDEXES], None),
    (PACKED_RECORDS, &[TO_PLAIN_RECORDS], None),
    (5, &["DROP TABLE left_out"], None),
    (4, &["DROP TABLE second_copy"], Some("clientela-second.db")),
    (3, &["DROP INDEX mirror_missed", "ALTER TABLE mirror DROP COLUMN missed_at"], None),
    (2, &["DROP TABLE sign_in", "ALTER TABLE store DROP COLUMN signed_in_role"], None),
];

const TO_UNCOUNTED: &str = "
DROP TRIGGER customer_counted_in;
DROP TRIGGER customer_counted_out;
DROP TRIGGER customer_counted_anew;
DROP VIEW counted_customer;
DROP TABLE customer_count;
";

const TO_TEXT_TWICE: &str = "
DROP TRIGGER search_text_inserted;
DROP TRIGGER search_text_deleted;
DROP TRIGGER search_text_updated;
DROP TABLE search_words;
DROP TABLE search_pieces;
DROP VIEW search_words_text;
DROP VIEW search_pieces_text;
UPDATE search_text SET words = words || char(10) || pieces, pieces = pieces || char(10) || phones;
ALTER TABLE search_text DROP COLUMN phones;
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = 'search_text', content_rowid = 'customer_id',
    tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3');
CREATE VIRTUAL TABLE search_pieces USING fts5 (pieces, content = 'search_text', content_rowid = 'customer_id',
    tokenize = 'trigram');
CREATE TRIGGER search_text_inserted AFTER INSERT ON search_text BEGIN
    INSERT INTO search_words (rowid, words) VALUES (new.customer_id, new.words);
    INSERT INTO search_pieces (rowid, pieces) VALUES (new.customer_id, new.pieces);
END;
CREATE TRIGGER search_text_deleted AFTER DELETE ON search_text BEGIN
    INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.customer_id, old.words);
    INSERT INTO search_pieces (search_pieces, rowid, pieces) VALUES ('delete', old.customer_id, old.pieces);
END;
CREATE TRIGGER search_text_updated AFTER UPDATE ON search_text BEGIN
    INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.customer_id, old.words);
    INSERT INTO search_pieces (search_pieces, rowid, pieces) VALUES ('delete', old.customer_id, old.pieces);
    INSERT INTO search_words (rowid, words) VALUES (new.customer_id, new.words);
    INSERT INTO search_pieces (rowid, pieces) VALUES (new.customer_id, new.pieces);
END;
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
INSERT INTO search_pieces (search_pieces, rank) VALUES ('secure-delete', 1);
INSERT INTO search_words (search_words) VALUES ('rebuild');
INSERT INTO search_pieces (search_pieces) VALUES ('rebuild');
";

const TO_FIRST_INDEXES: &str = "
DROP INDEX customer_by_name;
DROP INDEX customer_by_last_order;
DROP INDEX customer_by_created;
DROP INDEX customer_by_updated;
DROP INDEX customer_by_spent;
DROP INDEX customer_by_orders;
DROP TRIGGER customer_is_gone;
ALTER TABLE customer DROP COLUMN is_gone;
CREATE INDEX customer_by_name ON customer (sort_name, id);
CREATE INDEX customer_by_last_order ON customer (last_order_at, id);
CREATE INDEX customer_by_created ON customer (created_at, id);
CREATE INDEX customer_by_spent ON customer (total_spent_micro, id);
";

/// Since this one, records are compressed.
const PACKED_RECORDS: i64 = 6;

const TO_PLAIN_RECORDS: &str = "
CREATE TABLE mirror_plain (
    customer_id INTEGER PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE, record TEXT NOT NULL, shown_at INTEGER,
    seen_at INTEGER NOT NULL, detail_seen_at INTEGER, seen_pass INTEGER NOT NULL DEFAULT 0, missing_since INTEGER,
    missed_at INTEGER) STRICT;
INSERT INTO mirror_plain SELECT customer_id, CAST(record AS TEXT), shown_at, seen_at, detail_seen_at, seen_pass, missing_since,
    missed_at FROM mirror;
DROP TABLE mirror;
ALTER TABLE mirror_plain RENAME TO mirror;
CREATE INDEX mirror_missed ON mirror (missed_at) WHERE missed_at IS NOT NULL;
";

/// The newest version from which there is a way back.
pub const NEWEST_VERSION: i64 = BACK[0].0;

/// The key of a book, as a keychain has it.
pub fn key(text: &str) -> Option<DatabaseKey> {
    DatabaseKey::parse(text)
}

/// Makes the closed book in this folder one that a program of `version` left behind.
pub async fn make_older(folder: &Path, key: &DatabaseKey, version: i64) {
    let mut book = connect(&folder.join("clientela.db"), key).await;
    for (newer, statements, file) in BACK.iter().filter(|(newer, ..)| *newer > version) {
        if *newer == PACKED_RECORDS {
            unpack(&mut book).await;
            unpack_second(&mut book, &folder.join("clientela-second.db"), key).await;
        }
        for statement in *statements {
            run(&mut book, statement).await;
        }
        run(&mut book, &format!("DELETE FROM _sqlx_migrations WHERE version = {newer}")).await;
        if let Some(file) = file {
            std::fs::remove_file(folder.join(file)).expect("the file can be removed");
        }
    }
    run(&mut book, "VACUUM").await;
    book.close().await.expect("the book can be closed");
}

/// What customers are found by, as it stands in the file.
pub async fn search_texts(book: &mut Connection) -> Vec<(String, String, String)> {
    sqlx::query_as("SELECT words, pieces, phones FROM search_text ORDER BY customer_id")
        .fetch_all(book)
        .await
        .expect("the table can be read")
}

/// Writes every record as JSON without compression, which can be read here too.
async fn unpack(book: &mut Connection) {
    let ids: Vec<i64> =
        sqlx::query_scalar("SELECT customer_id FROM mirror").fetch_all(&mut *book).await.expect("customers");
    for id in ids {
        let found = mirror::find(book, CustomerId(id)).await.expect("it can be read").expect("it is there");
        let json = serde_json::to_vec(&found.record).expect("a record is JSON");
        let write = sqlx::query("UPDATE mirror SET record = ? WHERE customer_id = ?").bind(json).bind(id);
        write.execute(&mut *book).await.expect("it can be written");
    }
}

async fn unpack_second(book: &mut Connection, file: &Path, key: &DatabaseKey) {
    let mut second = connect(file, key).await;
    let rows: Vec<(i64, String)> = sqlx::query_as("SELECT customer_id, CAST(record AS TEXT) FROM mirror")
        .fetch_all(book)
        .await
        .expect("customers");
    for (id, record) in rows {
        let write = sqlx::query(
            "UPDATE kept SET body = json_set(body, '$.record', ?) WHERE kind = 'customer' AND key = ?",
        );
        write.bind(record).bind(id.to_string()).execute(&mut second).await.expect("it can be written");
    }
    run(&mut second, "PRAGMA user_version = 1").await;
    second.close().await.expect("it can be closed");
}

/// Makes an empty book by the migrations up to `version`, as a program of that version began one.
pub async fn migrate(file: &Path, key: &DatabaseKey, version: i64) {
    let mut book = connect(file, key).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let entries = std::fs::read_dir(folder).expect("the migrations are there");
    let mut names: Vec<_> = entries.map(|entry| entry.expect("they can be listed").path()).collect();
    names.sort();
    let upto = usize::try_from(version).expect("versions are counted from 1");
    for name in &names[..upto] {
        run(&mut book, &std::fs::read_to_string(name).expect("a migration can be read")).await;
    }
    book.close().await.expect("the book can be closed");
}

/// The tables of a closed book with their columns, and the indexes, in order.
pub async fn schema(file: &Path, key: &DatabaseKey) -> Vec<(String, String)> {
    let mut book = connect(file, key).await;
    let columns = "SELECT m.type || ' ' || m.name,
            (SELECT group_concat(c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk, ', ')
             FROM (SELECT * FROM pragma_table_xinfo(m.name) ORDER BY cid) c)
         FROM sqlite_schema m WHERE m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations' ORDER BY 1";
    let rows: Vec<(String, Option<String>)> =
        sqlx::query_as(columns).fetch_all(&mut book).await.expect("the schema can be read");
    book.close().await.expect("the book can be closed");
    rows.into_iter().map(|(name, columns)| (name, columns.unwrap_or_default())).collect()
}

pub(crate) async fn connect(file: &Path, key: &DatabaseKey) -> SqliteConnection {
    let pragma = format!("\"x'{}'\"", key.expose());
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .pragma("key", pragma)
        .disable_statement_logging();
    options.connect().await.expect("the book can be opened with its key")
}

pub(crate) async fn run(book: &mut Connection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(book).await.expect("the statement is right");
}
