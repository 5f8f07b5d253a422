//! Whether the book is whole, and mending what can be mended from the book itself.

use std::fmt;

use clientela_domain::CustomerId;
use sqlx::SqliteConnection;

use crate::{Database, DatabaseError};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// The file itself. Only a new book helps.
    Pages(String),
    /// A row points at nothing.
    Reference {
        table: String,
        rows: i64,
    },
    /// An index does not have what its table has.
    Index(String),
    /// A search index does not have what its table has.
    SearchIndex(&'static str),
    /// Customers who cannot be found, or who are found and are not there.
    SearchText {
        customers: i64,
    },
    SecondCopy(SecondCopyProblem),
}

/// What is wrong with the second copy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecondCopyProblem {
    /// It has something else than the book.
    Differs,
    /// It could not be read or written.
    Failed(String),
}

const SEARCH_INDEXES: [(&str, &str, &str); 2] = [
    (
        "search_words",
        "INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)",
        "INSERT INTO search_words (search_words) VALUES ('rebuild')",
    ),
    (
        "search_pieces",
        "INSERT INTO search_pieces (search_pieces, rank) VALUES ('integrity-check', 1)",
        "INSERT INTO search_pieces (search_pieces) VALUES ('rebuild')",
    ),
];

/// What was counted differently is told by its number of counts.
const MISCOUNTED: &str = "
    WITH truth AS (SELECT store_id, field, value, count(*) AS customers FROM counted_customer GROUP BY 1, 2, 3),
         kept AS (SELECT store_id, field, value, customers FROM customer_count WHERE customers <> 0)
    SELECT (SELECT count(*) FROM (SELECT * FROM truth EXCEPT SELECT * FROM kept))
         + (SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM truth))";
const FORGET_COUNTS: &str = "DELETE FROM customer_count";
const COUNT: &str = "INSERT INTO customer_count (store_id, field, value, customers)
    SELECT store_id, field, value, count(*) FROM counted_customer GROUP BY 1, 2, 3";

impl Database {
    /// Whether both files and all indexes are whole. Reads everything: many seconds for a large book, in which it can be written
    /// except for a moment.
    pub async fn check(&self) -> Result<Vec<Problem>, DatabaseError> {
        let mut problems = {
            let mut reader = self.read().await?;
            match whole(&mut reader).await {
                Ok(problems) => problems,
                Err(DatabaseError::Damaged) => {
                    return Ok(vec![Problem::Pages("a page cannot be read".to_owned())]);
                }
                Err(error) => return Err(error),
            }
        };
        let mut writer = self.writer().await?;
        for (index, check, _) in SEARCH_INDEXES {
            if sqlx::query(check).execute(&mut *writer).await.is_err() {
                problems.push(Problem::SearchIndex(index));
            }
        }
        problems.extend(match self.second().is_equal(&mut writer).await {
            Ok(true) => None,
            Ok(false) => Some(Problem::SecondCopy(SecondCopyProblem::Differs)),
            Err(error) => Some(Problem::SecondCopy(SecondCopyProblem::Failed(
                self.second().trouble().unwrap_or_else(|| error.to_string()),
            ))),
        });
        Ok(problems)
    }

    /// Makes every index anew from its table.
    pub async fn renew_indexes(&self) -> Result<(), DatabaseError> {
        let mut transaction = self.write().await?;
        sqlx::query("REINDEX").execute(&mut *transaction).await?;
        for renew in [FORGET_COUNTS, COUNT].into_iter().chain(SEARCH_INDEXES.map(|(_, _, renew)| renew)) {
            sqlx::query(renew).execute(&mut *transaction).await?;
        }
        crate::commit(transaction).await
    }

    /// Writes the second copy anew from the book.
    pub async fn renew_second_copy(&self) -> Result<(), DatabaseError> {
        let mut writer = self.writer().await?;
        self.second().renew(&mut writer).await
    }

    /// Customers who cannot be found, because nothing was written for the search. Those who are found and are not there are
    /// forgotten meanwhile.
    pub async fn not_searchable(&self) -> Result<Vec<CustomerId>, DatabaseError> {
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM search_text WHERE customer_id NOT IN (SELECT id FROM customer)")
            .execute(&mut *transaction)
            .await?;
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM customer WHERE id NOT IN (SELECT customer_id FROM search_text) ORDER BY id",
        )
        .fetch_all(&mut *transaction)
        .await?;
        crate::commit(transaction).await?;
        Ok(ids.into_iter().map(CustomerId).collect())
    }
}

/// What a reader can see.
async fn whole(reader: &mut SqliteConnection) -> Result<Vec<Problem>, DatabaseError> {
    let mut problems = pages(reader).await?;
    problems.extend(references(reader).await?);
    problems.extend(search_text(reader).await?);
    problems.extend(counts(reader).await?);
    Ok(problems)
}

/// Pages and indexes.
async fn pages(reader: &mut SqliteConnection) -> Result<Vec<Problem>, DatabaseError> {
    let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(reader).await?;
    let lines = lines.into_iter().filter(|line| line != "ok" && !is_of_search(line));
    Ok(lines
        .map(|line| if is_of_index(&line) { Problem::Index(line) } else { Problem::Pages(line) })
        .collect())
}

/// What it says of a search index is not believed: a connection that has searched before an index was made anew looks at what it
/// remembers. The writing one is asked for these by name.
fn is_of_search(line: &str) -> bool {
    line.contains("FTS5 table")
}

/// The words of the database for an index that tells something else than its table.
fn is_of_index(line: &str) -> bool {
    line.contains("missing from index")
        || line.starts_with("wrong # of entries in index")
        || line.starts_with("non-unique entry in index")
}

async fn references(reader: &mut SqliteConnection) -> Result<Vec<Problem>, DatabaseError> {
    let broken: Vec<(String, i64)> =
        sqlx::query_as("SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1")
            .fetch_all(reader)
            .await?;
    Ok(broken.into_iter().map(|(table, rows)| Problem::Reference { table, rows }).collect())
}

async fn search_text(reader: &mut SqliteConnection) -> Result<Option<Problem>, DatabaseError> {
    let customers: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM customer WHERE id NOT IN (SELECT customer_id FROM search_text))
              + (SELECT count(*) FROM search_text WHERE customer_id NOT IN (SELECT id FROM customer))",
    )
    .fetch_one(reader)
    .await?;
    Ok((customers > 0).then_some(Problem::SearchText { customers }))
}

async fn counts(reader: &mut SqliteConnection) -> Result<Option<Problem>, DatabaseError> {
    let wrong: i64 = sqlx::query_scalar(MISCOUNTED).fetch_one(reader).await?;
    Ok((wrong > 0).then(|| Problem::Index(format!("{wrong} counts of customers are wrong"))))
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Pages(line) => write!(formatter, "the file is damaged: {line}"),
            Problem::Reference { table, rows } => {
                write!(formatter, "{rows} rows of {table} point at nothing")
            }
            Problem::Index(line) => write!(formatter, "an index is damaged: {line}"),
            Problem::SearchIndex(index) => write!(formatter, "the index {index} does not match its table"),
            Problem::SearchText { customers } => {
                write!(formatter, "{customers} customers are not in the search, or are there only")
            }
            Problem::SecondCopy(SecondCopyProblem::Differs) => {
                formatter.write_str("the second copy has something else than the book")
            }
            Problem::SecondCopy(SecondCopyProblem::Failed(why)) => {
                write!(formatter, "the second copy does not work: {why}")
            }
        }
    }
}
