//! Lists of customers whom a typed text finds.
//!
//! Few are sorted; of many, only the beginning is looked for at first. What fits best comes first: people whose name begins with the whole
//! text, then, while there are few, people of whose names every piece begins a word, then everybody else. Of very many the others stand
//! by their number, the newest first: no order of so many would help anybody, and this one is there at once.

use std::collections::{BTreeSet, HashSet};

use clientela_domain::CustomerId;
use clientela_domain::normalise::fold;
use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{Beginning, Query, SortColumn, condition, push_limit, read};
use crate::DatabaseError;
use crate::search::{Piece, SearchText};

/// The beginning of what a text finds.
pub(super) async fn first(
    connection: &mut SqliteConnection,
    query: &Query,
    pieces: &[Piece],
    few: usize,
) -> Result<Beginning, DatabaseError> {
    let newest = match look(connection, query, pieces, few).await? {
        Found::Few(found) => {
            let ids = sort_few(connection, query, pieces, found).await?;
            return Ok(Beginning { ids, is_all: true });
        }
        Found::Many { newest } => newest,
    };
    if query.sort != SortColumn::Best {
        return Ok(Beginning { ids: sort_many(connection, query, pieces).await?, is_all: true });
    }
    let mut ids = named(connection, query, pieces, Some(few)).await?;
    if ids.len() < few {
        let named: HashSet<CustomerId> = ids.iter().copied().collect();
        ids.extend(newest.into_iter().filter(|id| !named.contains(id)));
        ids.truncate(few);
    }
    Ok(Beginning { ids, is_all: false })
}

/// Whom a text finds, before they stand in any order.
enum Found {
    /// All of them.
    Few(Vec<CustomerId>),
    /// There are more; these have the highest numbers, and come from the highest down.
    Many { newest: Vec<CustomerId> },
}

async fn look(
    connection: &mut SqliteConnection,
    query: &Query,
    pieces: &[Piece],
    few: usize,
) -> Result<Found, DatabaseError> {
    let mut candidates: Option<BTreeSet<CustomerId>> = None;
    let mut broad = Vec::new();
    for piece in pieces {
        match hits(connection, piece, few * HITS_PER_CUSTOMER).await? {
            Some(hits) => {
                candidates = Some(match candidates {
                    Some(known) => known.intersection(&hits).copied().collect(),
                    None => hits,
                });
            }
            None => broad.push(piece),
        }
    }
    let newest = match candidates {
        Some(candidates) => {
            let candidates = having(connection, candidates, &broad).await?;
            of_query(connection, query, &candidates).await?
        }
        None => newest(connection, query, pieces, few).await?,
    };
    Ok(if newest.len() <= few { Found::Few(newest) } else { Found::Many { newest } })
}

/// A piece with more hits than this, for every customer that a list shows at once, is looked at again only where others leave few.
const HITS_PER_CUSTOMER: usize = 5;

/// Whom one piece finds; none when they are more than `most`, or when no index knows.
async fn hits(
    connection: &mut SqliteConnection,
    piece: &Piece,
    most: usize,
) -> Result<Option<BTreeSet<CustomerId>>, DatabaseError> {
    let mut hits = BTreeSet::new();
    let Some(words) = &piece.words else { return Ok(None) };
    for (statement, text) in [(WORDS, Some(words)), (PIECES, piece.pieces.as_ref())] {
        let Some(text) = text else { continue };
        let some = read(connection, |sql| {
            sql.push(statement).push_bind(text.clone());
            push_limit(sql, Some(most + 1));
        });
        hits.extend(some.await?);
        if hits.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(hits))
}

pub(super) const WORDS: &str = "SELECT rowid AS id FROM search_words WHERE search_words MATCH ";
pub(super) const PIECES: &str = "SELECT rowid AS id FROM search_pieces WHERE search_pieces MATCH ";

/// Those of a few in whose texts every one of these pieces is, too.
async fn having(
    connection: &mut SqliteConnection,
    candidates: BTreeSet<CustomerId>,
    pieces: &[&Piece],
) -> Result<Vec<CustomerId>, DatabaseError> {
    if pieces.is_empty() || candidates.is_empty() {
        return Ok(candidates.into_iter().collect());
    }
    let wanted = list_of(candidates);
    let texts = sqlx::query!(
        r#"SELECT t.customer_id AS "id!", t.words AS "words!", t.pieces AS "pieces!", t.phones AS "phones!"
           FROM json_each(?) j CROSS JOIN search_text t ON t.customer_id = j.value"#,
        wanted
    )
    .fetch_all(connection)
    .await?;
    let has_all = |text: &SearchText| pieces.iter().all(|piece| piece.is_in(text));
    Ok(texts
        .into_iter()
        .map(|row| {
            let text = SearchText { words: row.words, pieces: row.pieces, phones: row.phones };
            (CustomerId(row.id), text)
        })
        .filter(|(_, text)| has_all(text))
        .map(|(id, _)| id)
        .collect())
}

/// Those of some to whom everything else that was asked applies, from the highest number down.
async fn of_query(
    connection: &mut SqliteConnection,
    query: &Query,
    some: &[CustomerId],
) -> Result<Vec<CustomerId>, DatabaseError> {
    if some.is_empty() {
        return Ok(Vec::new());
    }
    let some = list_of(some.iter().copied());
    read(connection, |sql| {
        push_some(sql, &some);
        condition::push(sql, query);
        sql.push(" ORDER BY c.id DESC");
    })
    .await
}

/// One more than a few of those with the highest numbers, from the highest down.
async fn newest(
    connection: &mut SqliteConnection,
    query: &Query,
    pieces: &[Piece],
    few: usize,
) -> Result<Vec<CustomerId>, DatabaseError> {
    if let [Piece { words: Some(words), pieces: inside, .. }] = pieces
        && query.stores.is_empty()
        && query.filters.is_empty()
    {
        let mut newest = BTreeSet::new();
        for (index, text) in [("search_words", Some(words)), ("search_pieces", inside.as_ref())] {
            let Some(text) = text else { continue };
            newest.extend(read(connection, |sql| push_newest(sql, index, text, few + 1)).await?);
        }
        return Ok(newest.into_iter().rev().take(few + 1).collect());
    }
    if let Some(newest) = newest_in_stretches(connection, query, pieces, few).await? {
        return Ok(newest);
    }
    read(connection, |sql| {
        sql.push("SELECT c.id AS id FROM customer c WHERE ");
        condition::push(sql, query);
        condition::push_text(sql, pieces);
        sql.push(" ORDER BY c.id DESC");
        push_limit(sql, Some(few + 1));
    })
    .await
}

/// The same, looked for among the newest of whom one piece finds, and then among those before them. None: they are not among so many that
/// looking at everybody would be slower.
async fn newest_in_stretches(
    connection: &mut SqliteConnection,
    query: &Query,
    pieces: &[Piece],
    few: usize,
) -> Result<Option<Vec<CustomerId>>, DatabaseError> {
    // The longest finds the fewest, as far as can be told without asking.
    let indexed = pieces.iter().filter(|piece| piece.words.is_some());
    let Some(lead) = indexed.max_by_key(|piece| piece.literal.len()) else { return Ok(None) };
    let others: Vec<&Piece> = pieces.iter().filter(|piece| *piece != lead).collect();
    let mut newest = Vec::new();
    let mut below = i64::MAX;
    for size in STRETCHES {
        let NewestHits { hits, from } = hits_below(connection, lead, below, size * few).await?;
        let some = of_query(connection, query, &hits).await?;
        let some = having(connection, some.into_iter().collect(), &others).await?;
        newest.extend(some.into_iter().rev());
        newest.truncate(few + 1);
        match from {
            Some(from) if newest.len() <= few => below = from,
            _ => return Ok(Some(newest)),
        }
    }
    Ok(None)
}

/// How many of a piece's hits are looked at, for every customer that a list shows at once: first, and after that.
const STRETCHES: [usize; 2] = [2, 8];

/// Hits of one piece from the highest number down.
struct NewestHits {
    hits: Vec<CustomerId>,
    /// There are others, with numbers below this one.
    from: Option<i64>,
}

/// So many hits of a piece at least, if there are as many, of those below a number.
async fn hits_below(
    connection: &mut SqliteConnection,
    piece: &Piece,
    below: i64,
    size: usize,
) -> Result<NewestHits, DatabaseError> {
    let mut hits = BTreeSet::new();
    // One index may have come farther down than the other.
    let mut from = None;
    for (statement, text) in [(WORDS, &piece.words), (PIECES, &piece.pieces)] {
        let Some(text) = text else { continue };
        let some = read(connection, |sql| push_hits_below(sql, statement, text, (below, size))).await?;
        if some.len() == size {
            from = from.max(some.last().map(|last| last.0));
        }
        hits.extend(some);
    }
    let hits = hits.into_iter().rev().filter(|hit| from.is_none_or(|from| hit.0 >= from)).collect();
    Ok(NewestHits { hits, from })
}

pub(super) fn push_hits_below(
    sql: &mut QueryBuilder<Sqlite>,
    statement: &str,
    text: &str,
    (below, size): (i64, usize),
) {
    sql.push(statement).push_bind(text.to_owned()).push(" AND rowid < ").push_bind(below);
    sql.push(" ORDER BY rowid DESC");
    push_limit(sql, Some(size));
}

/// Both indexes give their customers from the highest number down without looking at the others.
pub(super) fn push_newest(sql: &mut QueryBuilder<Sqlite>, index: &str, text: &str, most: usize) {
    sql.push(format!(
        "SELECT c.id AS id FROM {index} f CROSS JOIN customer c ON c.id = f.rowid WHERE f.{index} MATCH "
    ));
    sql.push_bind(text.to_owned()).push(" AND c.is_gone = 0 ORDER BY f.rowid DESC");
    push_limit(sql, Some(most));
}

async fn sort_few(
    connection: &mut SqliteConnection,
    query: &Query,
    pieces: &[Piece],
    found: Vec<CustomerId>,
) -> Result<Vec<CustomerId>, DatabaseError> {
    let some = list_of(found);
    if query.sort != SortColumn::Best {
        return read(connection, |sql| {
            push_some(sql, &some);
            sql.push("1 ORDER BY ").push(query.sort.order(query.descending));
        })
        .await;
    }
    let rows = sqlx::query!(
        r#"SELECT c.id AS "id!", c.sort_name AS "sort_name!"
           FROM json_each(?) j CROSS JOIN customer c ON c.id = j.value"#,
        some
    )
    .fetch_all(connection)
    .await?;
    let whole = key_of(pieces);
    let mut ranked: Vec<_> =
        rows.into_iter().map(|row| (rank(&row.sort_name, &whole, pieces), row.sort_name, row.id)).collect();
    ranked.sort_unstable();
    Ok(ranked.into_iter().map(|(.., id)| CustomerId(id)).collect())
}

/// How well a name fits what was typed; less is better.
fn rank(name: &str, whole: &str, pieces: &[Piece]) -> u8 {
    let begins_word = |piece: &Piece| name.split(' ').any(|word| word.starts_with(&piece.literal));
    match name {
        _ if !whole.is_empty() && name.starts_with(whole) => 0,
        _ if pieces.iter().all(begins_word) => 1,
        _ => 2,
    }
}

/// Very many in an order that a person chose.
async fn sort_many(
    connection: &mut SqliteConnection,
    query: &Query,
    pieces: &[Piece],
) -> Result<Vec<CustomerId>, DatabaseError> {
    read(connection, |sql| {
        sql.push("SELECT c.id AS id FROM customer c WHERE ");
        condition::push(sql, query);
        condition::push_text(sql, pieces);
        sql.push(" ORDER BY ").push(query.sort.order(query.descending));
    })
    .await
}

/// Very many, those first whose names begin with what was typed.
pub(super) async fn best_of_many(
    connection: &mut SqliteConnection,
    query: &Query,
    pieces: &[Piece],
) -> Result<Vec<CustomerId>, DatabaseError> {
    let mut ids = named(connection, query, pieces, None).await?;
    let named: HashSet<CustomerId> = ids.iter().copied().collect();
    let mut all = read(connection, |sql| {
        sql.push("SELECT c.id AS id FROM customer c WHERE ");
        condition::push(sql, query);
        condition::push_text(sql, pieces);
    })
    .await?;
    all.sort_unstable_by(|one, other| other.cmp(one));
    ids.extend(all.into_iter().filter(|id| !named.contains(id)));
    Ok(ids)
}

/// People whose names begin with the whole text, by name.
async fn named(
    connection: &mut SqliteConnection,
    query: &Query,
    pieces: &[Piece],
    most: Option<usize>,
) -> Result<Vec<CustomerId>, DatabaseError> {
    let whole = key_of(pieces);
    if whole.is_empty() {
        return Ok(Vec::new());
    }
    read(connection, |sql| {
        sql.push("SELECT c.id AS id FROM customer c WHERE ");
        condition::push(sql, query);
        sql.push(" AND c.sort_name >= ").push_bind(whole.clone());
        sql.push(" AND c.sort_name < ").push_bind(format!("{whole}{}", char::MAX));
        sql.push(" ORDER BY c.sort_name, c.id");
        push_limit(sql, most);
    })
    .await
}

/// By what names are sorted that begin with these pieces; empty where no name can.
fn key_of(pieces: &[Piece]) -> String {
    let whole = pieces.iter().map(|piece| piece.literal.as_str()).collect::<Vec<_>>().join(" ");
    if fold::sort_key(&whole) == whole { whole } else { String::new() }
}

/// Begins a statement about customers by their ids, as a JSON list.
fn push_some(sql: &mut QueryBuilder<Sqlite>, some: &str) {
    sql.push("SELECT c.id AS id FROM json_each(").push_bind(some.to_owned());
    sql.push(") j CROSS JOIN customer c ON c.id = j.value WHERE ");
}

fn list_of(ids: impl IntoIterator<Item = CustomerId>) -> String {
    Value::from_iter(ids.into_iter().map(|id| id.0)).to_string()
}
