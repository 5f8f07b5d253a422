//! Writing customers to a file: all that a list shows, in the order it shows them, straight from the copy.

mod columns;
mod progress;
mod spreadsheet;
mod target;

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clientela_database::commit;
use clientela_database::table::{export_entry, store};
use clientela_database::view::whole::{self, WholeCustomer};
use clientela_domain::{CustomerId, StoreId};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::command::{ExportRequest, Nothing, StoreRef};
use crate::context::{App, capabilities};
use crate::convert;
use crate::dto::customer::CustomerDto;
use crate::dto::export::{ExportFormat, ExportOptions, ExportProfile, ExportedDto};
use crate::dto::query::ListQuery;
use crate::error::{ApiError, ApiResult, Code};
use crate::{list, settings};

use columns::Column;
use progress::Progress;
use target::Target;

const ROWS_AT_ONCE: usize = 500;
/// So many chunks are made into lines, or wait to be written, while the next one is read.
const CHUNKS_AT_ONCE: usize = 4;

/// Writes what the list shows to the folder of the last export, under a name that is free.
pub async fn quick(app: &App, request: ExportRequest) -> ApiResult<ExportedDto> {
    let settings = settings::load(app).await?;
    let folder =
        settings.export_folder.map_or_else(|| app.inner.outside.export_folder.clone(), PathBuf::from);
    let path = free_name(&folder, &suggested_name(app, request.options.format));
    to_path(app, &request.query, &request.options, &path).await
}

/// Ends the exports that are under way. Nothing is left of their files, and an older file in the same place stays.
pub async fn cancel(app: &App, _request: Nothing) -> ApiResult<Nothing> {
    app.cancel_exports();
    Ok(Nothing {})
}

/// Whether an export to this path is written down.
pub async fn has_written(app: &App, path: &Path) -> ApiResult<bool> {
    let mut connection = app.inner.database.read().await?;
    Ok(export_entry::exists(&mut connection, &path.display().to_string()).await?)
}

/// The name that a file of today gets.
pub fn suggested_name(app: &App, format: ExportFormat) -> String {
    let day = app.inner.outside.clock.now().format("%Y-%m-%d");
    let ending = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Xlsx => "xlsx",
    };
    format!("clientela-{day}.{ending}")
}

/// Writes what the list shows to this file. The old file stays until the new one is whole and on the disk.
pub async fn to_path(
    app: &App,
    query: &ListQuery,
    options: &ExportOptions,
    path: &Path,
) -> ApiResult<ExportedDto> {
    let columns = columns::chosen(&options.columns)?;
    let separator = separator(options)?;
    let mut progress = Progress::begin(app);
    let ids = list::ids(app, query).await?;
    progress.counted(ids.len());
    let mut target = Target::beside(path)?;
    match options.format {
        ExportFormat::Csv => {
            let written = Written { columns, profile: options.profile, separator };
            target = write_csv(app, &ids, written, target, &mut progress).await?;
        }
        ExportFormat::Xlsx => write_xlsx(app, &ids, &columns, &mut target, &mut progress).await?,
    }
    target.finish()?;
    let exported = ExportedDto { path: path.display().to_string(), rows: ids.len() as i64 };
    remember(app, query, path, exported.rows).await?;
    Ok(exported)
}

/// Writes the store's own customer file, as it comes.
pub async fn store_csv(app: &App, request: StoreRef, path: &Path) -> ApiResult<ExportedDto> {
    let store = app.store(StoreId(request.store_id)).await?;
    if !capabilities(&store.platform)?.store_csv {
        return Err(ApiError::new(Code::Unsupported, "this platform has no customer file of its own")
            .with("store", store.name));
    }
    let link = app.link(&store).await?;
    let file = link.connector.export().await?;
    let rows =
        file.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count().saturating_sub(1);
    write_bytes(&file.bytes, path)?;
    note(app, path, rows as i64, "the store's own file").await?;
    Ok(ExportedDto { path: path.display().to_string(), rows: rows as i64 })
}

/// Writes everything the store holds about the signed-in person, as it comes.
pub async fn account_data(app: &App, request: StoreRef, path: &Path) -> ApiResult<ExportedDto> {
    let file = crate::account::export(app, request).await?;
    write_bytes(&file.bytes, path)?;
    note(app, path, 1, "the signed-in account").await?;
    Ok(ExportedDto { path: path.display().to_string(), rows: 1 })
}

fn write_bytes(bytes: &[u8], path: &Path) -> ApiResult<()> {
    let mut target = Target::beside(path)?;
    target.write_all(bytes).map_err(|error| target::failure(&error, path))?;
    target.finish()
}

/// Customers are read from the book and made into lines for several chunks at once; the lines are written in their order.
async fn write_csv(
    app: &App,
    ids: &[CustomerId],
    written: Written,
    mut target: Target,
    progress: &mut Progress<'_>,
) -> ApiResult<Target> {
    if written.profile == ExportProfile::Excel {
        // Without it Excel takes the file for the system's old code page.
        target = target.after("\u{feff}".into()).await?;
    }
    target = target.after(written.head()?).await?;
    let sheet = Arc::new(Sheet { stores: store_names(app).await?, written });
    let mut under_way = VecDeque::new();
    // Nothing is read while the last ones are written.
    for chunk in ids.chunks(ROWS_AT_ONCE).map(Some).chain([None; CHUNKS_AT_ONCE]) {
        let is_due = under_way.len() == CHUNKS_AT_ONCE || chunk.is_none();
        let earliest = if is_due { under_way.pop_front() } else { None };
        let writing = write_lines(target, earliest);
        let (written, customers) = tokio::join!(writing, load(app, chunk.unwrap_or_default()));
        let (after, count) = written?;
        target = after;
        progress.go_on(count).await?;
        let (customers, sheet) = (customers?, Arc::clone(&sheet));
        if !customers.is_empty() {
            under_way.push_back(spawn_blocking(move || {
                ApiResult::Ok((customers.len(), sheet.lines(&customers)?))
            }));
        }
    }
    Ok(target)
}

/// So many customers as lines of the file.
type Lines = (usize, Vec<u8>);

/// Writes what has been made into lines, as soon as it has; tells of how many customers they are.
async fn write_lines(
    target: Target,
    made: Option<JoinHandle<ApiResult<Lines>>>,
) -> ApiResult<(Target, usize)> {
    let Some(made) = made else { return Ok((target, 0)) };
    let (count, lines) = made.await.map_err(|_| broke_off())??;
    Ok((target.after(lines).await?, count))
}

fn broke_off() -> ApiError {
    ApiError::new(Code::Internal, "the writing of a file broke off")
}

/// How a CSV file is written.
struct Written {
    columns: Vec<Column>,
    profile: ExportProfile,
    separator: u8,
}

impl Written {
    fn head(&self) -> ApiResult<Vec<u8>> {
        let mut writer = self.writer();
        writer.write_record(self.columns.iter().map(|column| column.name())).map_err(unwritable)?;
        writer.into_inner().map_err(|_| broke_off())
    }

    fn writer(&self) -> csv::Writer<Vec<u8>> {
        csv::WriterBuilder::new()
            .delimiter(self.separator)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new())
    }
}

/// What the lines of a CSV file are made with.
struct Sheet {
    stores: HashMap<StoreId, String>,
    written: Written,
}

impl Sheet {
    fn lines(&self, customers: &[WholeCustomer]) -> ApiResult<Vec<u8>> {
        let Written { columns, profile, separator } = &self.written;
        let mut writer = self.written.writer();
        for customer in customers {
            let customer = whole_dto(customer, &self.stores)?;
            for column in columns {
                let cell = match profile {
                    ExportProfile::Exact => column.exact(&customer),
                    ExportProfile::Excel => spreadsheet::cell(*column, &customer, *separator == b';'),
                };
                writer.write_field(cell.as_bytes()).map_err(unwritable)?;
            }
            writer.write_record(None::<&[u8]>).map_err(unwritable)?;
        }
        writer.into_inner().map_err(|_| broke_off())
    }
}

fn unwritable(_: csv::Error) -> ApiError {
    broke_off()
}

/// Every cell is text, so that nothing loses a zero or becomes a formula; amounts and counts are numbers.
async fn write_xlsx(
    app: &App,
    ids: &[CustomerId],
    columns: &[Column],
    target: &mut Target,
    progress: &mut Progress<'_>,
) -> ApiResult<()> {
    let path = target.path().to_owned();
    let failed = |error: rust_xlsxwriter::XlsxError| {
        ApiError::new(Code::TargetFailed, format!("the workbook could not be written: {error}"))
            .with("path", path.display().to_string())
    };
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
    let head = rust_xlsxwriter::Format::new().set_bold();
    for (place, column) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, place, column.name(), &head).map_err(failed)?;
    }
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    let mut line = 1_u32;
    let stores = store_names(app).await?;
    for chunk in ids.chunks(ROWS_AT_ONCE) {
        progress.go_on(chunk.len()).await?;
        for customer in load(app, chunk).await? {
            let customer = whole_dto(&customer, &stores)?;
            for (place, column) in (0_u16..).zip(columns) {
                let text = column.exact(&customer);
                match text.parse::<f64>() {
                    Ok(number) if column.is_number() => {
                        sheet.write_number(line, place, number).map_err(failed)?
                    }
                    // A cell of a workbook holds at most this many characters.
                    _ => sheet
                        .write_string(line, place, text.chars().take(32_767).collect::<String>())
                        .map_err(failed)?,
                };
            }
            line += 1;
        }
    }
    workbook.save_to_writer(target).map_err(failed)
}

async fn load(app: &App, ids: &[CustomerId]) -> ApiResult<Vec<WholeCustomer>> {
    let mut connection = app.inner.database.read().await?;
    Ok(whole::customers(&mut connection, ids).await?)
}

async fn store_names(app: &App) -> ApiResult<HashMap<StoreId, String>> {
    let mut connection = app.inner.database.read().await?;
    Ok(store::all(&mut connection).await?.into_iter().map(|store| (store.id, store.name)).collect())
}

/// The customer as people see it.
fn whole_dto(customer: &WholeCustomer, stores: &HashMap<StoreId, String>) -> ApiResult<CustomerDto> {
    let store = stores.get(&customer.store).map_or("", String::as_str);
    let WholeCustomer { id, state, edits, phone_e164, .. } = customer;
    Ok(convert::customer(*id, store, customer.mirror()?, edits, *state, phone_e164.clone()))
}

/// Customers as people see them, for interfaces that print them whole.
pub async fn customers(
    app: &App,
    query: &ListQuery,
    offset: usize,
    limit: usize,
) -> ApiResult<(i64, Vec<CustomerDto>)> {
    let ids = list::ids(app, query).await?;
    let window: Vec<CustomerId> = ids.iter().skip(offset).take(limit).copied().collect();
    let mut rows = Vec::with_capacity(window.len());
    let stores = store_names(app).await?;
    for chunk in window.chunks(ROWS_AT_ONCE) {
        for customer in load(app, chunk).await? {
            rows.push(whole_dto(&customer, &stores)?);
        }
    }
    Ok((ids.len() as i64, rows))
}

fn separator(options: &ExportOptions) -> ApiResult<u8> {
    match (options.separator, options.profile) {
        (Some(';'), _) | (None, ExportProfile::Excel) => Ok(b';'),
        (Some(','), _) | (None, ExportProfile::Exact) => Ok(b','),
        (Some(_), _) => {
            Err(ApiError::new(Code::InvalidInput, "the separator is ; or ,").with("field", "separator"))
        }
    }
}

fn free_name(folder: &Path, name: &str) -> PathBuf {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut path = folder.join(name);
    let mut number = 2;
    while path.exists() {
        path = folder.join(format!("{stem} ({number}).{ending}"));
        number += 1;
    }
    path
}

async fn remember(app: &App, query: &ListQuery, path: &Path, rows: i64) -> ApiResult<()> {
    let what = match (query.text.is_empty(), query.filters.is_empty() && query.store_id.is_none()) {
        (true, true) => "everybody",
        (true, false) => "a filtered list",
        (false, _) => "a searched list",
    };
    note(app, path, rows, what).await?;
    let mut desk = settings::load(app).await?;
    let folder = path.parent().map(|folder| folder.display().to_string());
    if desk.export_folder != folder {
        desk.export_folder = folder;
        settings::save(app, desk).await?;
    }
    Ok(())
}

/// A file with personal data has left the book: that is written down.
async fn note(app: &App, path: &Path, rows: i64, what: &str) -> ApiResult<()> {
    let author = settings::clerk(app).await?;
    let mut transaction = app.inner.database.write().await?;
    let path = path.display().to_string();
    export_entry::insert(&mut transaction, &author, &path, rows, what, app.inner.outside.clock.now()).await?;
    Ok(commit(transaction).await?)
}
