//! Books that something else has written to, or that have lost something.

use std::path::Path;

use clientela_database::DatabaseKey;
use sqlx::Connection;

use crate::older::{connect, run};

/// Takes what an index has of somebody away, as a fault of the disk or of a program may.
pub const INDEX_FALLS_BEHIND: &str = "
CREATE TEMP TABLE taken AS SELECT * FROM sqlite_schema WHERE name = 'customer_by_created';
PRAGMA writable_schema = ON;
DELETE FROM sqlite_schema WHERE name = 'customer_by_created';
PRAGMA writable_schema = RESET;
UPDATE customer SET created_at = created_at + 1 WHERE id = (SELECT min(id) FROM customer);
PRAGMA writable_schema = ON;
INSERT INTO sqlite_schema SELECT * FROM taken;
PRAGMA writable_schema = RESET;
";

/// Runs statements in a closed file, past the program.
pub async fn change(file: &Path, key: &DatabaseKey, statements: &str) {
    let mut book = connect(file, key).await;
    run(&mut book, statements).await;
    book.close().await.expect("the file can be closed");
}
