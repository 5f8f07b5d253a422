//! Whether the book is whole, and mending it: indexes, the second copy, and in the worst case a new book in place of one that cannot
//! be used. No file is deleted but on a person's word.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use clientela_database::health::Problem;
use clientela_database::old_files::{old_files, remove_old_files};
use clientela_database::rebuild::{Origin, RebuildError, rebuild as rebuild_book};
use clientela_database::table::store::{self, Store};
use clientela_database::{Database, LockedFolder, commit};
use clientela_sync::outbox;

use crate::command::Nothing;
use crate::context::{self, App};
use crate::dto::health::{HealthDto, ProblemCode, ProblemDto, RebuildRequest, RebuiltDto, Remedy};
use crate::error::{ApiError, ApiResult, Code};
use crate::outside::Outside;
use crate::secrets::SecretStore;

/// Clocks that are further apart than this confuse people who compare moments.
const MOST_OFF: TimeDelta = TimeDelta::minutes(5);

/// Reads both files, all indexes, the keychain and what is known of the stores' clocks, and tells what is wrong.
pub async fn check(app: &App, _request: Nothing) -> ApiResult<HealthDto> {
    let mut problems: Vec<ProblemDto> = app.inner.database.check().await?.iter().map(problem).collect();
    if is_readable(&problems) {
        let stores = {
            let mut connection = app.inner.database.read().await?;
            store::all(&mut connection).await?
        };
        problems.extend(credentials(app, &stores).await?);
        problems.extend(stores.iter().filter_map(clock));
    }
    let set_aside = shown(&old_files(app.inner.database.folder())?);
    Ok(HealthDto { problems, mended: Vec::new(), set_aside })
}

/// Mends what can be mended while the book is open, and tells what was wrong and what still is.
pub async fn mend(app: &App, request: Nothing) -> ApiResult<HealthDto> {
    let before = check(app, request).await?;
    let has = |code: ProblemCode| before.problems.iter().any(|problem| problem.code == code);
    let is_readable = is_readable(&before.problems);
    if is_readable && (has(ProblemCode::Index) || has(ProblemCode::Search)) {
        app.inner.database.renew_indexes().await?;
        for customer in app.inner.database.not_searchable().await? {
            let mut transaction = app.inner.database.write().await?;
            outbox::refresh_shown(&mut transaction, customer).await?;
            commit(transaction).await?;
        }
    }
    if is_readable && has(ProblemCode::SecondCopy) {
        app.inner.database.renew_second_copy().await?;
    }
    let after = check(app, request).await?;
    let mended = before.problems.into_iter().filter(|problem| !after.problems.contains(problem)).collect();
    Ok(HealthDto { mended, ..after })
}

/// Removes the old files beside the book: a person has seen them and does not want them any more.
pub async fn remove_old(app: &App, _request: Nothing) -> ApiResult<Nothing> {
    remove_old_files(app.inner.database.folder())?;
    Ok(Nothing {})
}

/// Makes a new book in place of one that cannot be used, with everything that people typed. The old files are kept under another
/// name; customers come with the next sync. The book must not be open.
pub async fn rebuild(
    folder: &Path,
    secrets: &dyn SecretStore,
    outside: &Outside,
    request: RebuildRequest,
) -> ApiResult<RebuiltDto> {
    if is_whole(folder, secrets, outside).await? {
        return Ok(RebuiltDto { is_complete: true, ..RebuiltDto::default() });
    }
    let folder = LockedFolder::take(folder)?;
    let (key, salt) = context::key_of(&folder, secrets, outside).await?;
    let made = rebuild_book(&folder, &key, salt, request.may_lose, async |book, customers| {
        let mut transaction = book.write().await?;
        for customer in customers {
            outbox::refresh_shown(&mut transaction, *customer).await?;
        }
        commit(transaction).await
    });
    let made = made.await?;
    Ok(RebuiltDto {
        was_needed: true,
        stores: made.stores,
        edits: made.edits,
        notes: made.notes,
        is_complete: made.origin == Origin::SecondCopy && made.left_out == 0,
        set_aside: shown(&made.set_aside),
    })
}

/// A disk or memory that failed once is no damage of the file.
async fn is_whole(folder: &Path, secrets: &dyn SecretStore, outside: &Outside) -> ApiResult<bool> {
    let folder = LockedFolder::take(folder)?;
    let (key, salt) = context::key_of(&folder, secrets, outside).await?;
    let database = match Database::open(folder, &key, salt).await {
        Ok(database) => database,
        Err(error) => {
            let error = ApiError::from(error);
            return if helps_to_rebuild(&error) { Ok(false) } else { Err(error) };
        }
    };
    let found = database.check().await;
    database.close().await;
    Ok(!found?.iter().any(|found| problem(found).remedy == Remedy::Rebuild))
}

/// Whether a new book is what helps against this.
pub fn helps_to_rebuild(error: &ApiError) -> bool {
    matches!(error.code, Code::FileDamaged | Code::FileMissing)
}

/// Where a page is damaged, every further question may meet it.
fn is_readable(problems: &[ProblemDto]) -> bool {
    !problems.iter().any(|problem| problem.code == ProblemCode::Pages)
}

fn shown(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.display().to_string()).collect()
}

fn problem(found: &Problem) -> ProblemDto {
    let (code, remedy) = match found {
        Problem::Pages(_) => (ProblemCode::Pages, Remedy::Rebuild),
        Problem::Reference { .. } => (ProblemCode::References, Remedy::Rebuild),
        Problem::Index(_) => (ProblemCode::Index, Remedy::Mend),
        Problem::SearchIndex(_) | Problem::SearchText { .. } => (ProblemCode::Search, Remedy::Mend),
        Problem::SecondCopy(_) => (ProblemCode::SecondCopy, Remedy::Mend),
    };
    ProblemDto { code, remedy, message: found.to_string(), details: BTreeMap::new() }
}

/// A keychain that cannot be asked is told once, beside everything else that is wrong.
async fn credentials(app: &App, stores: &[Store]) -> ApiResult<Vec<ProblemDto>> {
    let mut problems = Vec::new();
    for store in stores {
        match app.has_credentials(store).await {
            Ok(true) => {}
            Ok(false) => problems.push(ProblemDto {
                code: ProblemCode::Credentials,
                remedy: Remedy::Person,
                message: format!("the keychain has not every token for {}", store.name),
                details: BTreeMap::from([("store".to_owned(), store.name.clone())]),
            }),
            Err(error) if error.code == Code::KeychainUnavailable => {
                problems.push(ProblemDto {
                    code: ProblemCode::Keychain,
                    remedy: Remedy::Person,
                    message: error.message,
                    details: BTreeMap::new(),
                });
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(problems)
}

/// A pass tells when it began by the store's clock, and when it ended by ours.
fn clock(store: &Store) -> Option<ProblemDto> {
    let began_here = store.in_step_at? - TimeDelta::milliseconds(store.last_pass_ms);
    let off = began_here - store.changes_since?;
    (off.abs() > MOST_OFF).then(|| ProblemDto {
        code: ProblemCode::Clock,
        remedy: Remedy::Person,
        message: format!(
            "this machine's clock and that of {} are {} seconds apart; what is kept does not depend on it",
            store.name,
            off.num_seconds().abs()
        ),
        details: BTreeMap::from([
            ("store".to_owned(), store.name.clone()),
            ("seconds".to_owned(), off.num_seconds().to_string()),
        ]),
    })
}

impl From<RebuildError> for ApiError {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::NothingReadable => ApiError::new(Code::NothingReadable, error.to_string()),
            RebuildError::Open(error) => error.into(),
            RebuildError::Database(error) => error.into(),
            RebuildError::Files(_) => ApiError::new(Code::Database, error.to_string()),
        }
    }
}
