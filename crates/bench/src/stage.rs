//! A store with as many customers as were asked for, a book that has read it, and a plain file with the same customers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use clientela_app::command::{EditRequest, RowsRequest, SyncRequest};
use clientela_app::dto::edit::FieldChange;
use clientela_app::dto::export::{ExportOptions, ExportProfile};
use clientela_app::dto::query::ListQuery;
use clientela_app::dto::store::AddStore;
use clientela_app::event::NoEvents;
use clientela_app::outside::{RealSleep, SystemClock, SystemRandom};
use clientela_app::secrets::FileSecrets;
use clientela_app::{App, Outside, customers, export, list, stores, sync};
use clientela_sandbox::{RateMode, Sandbox, SandboxOptions};

use crate::figures::{Table, Times};
use crate::reference::Reference;

/// The platform with the largest pages and a list of changes.
const PLATFORM: &str = "tiendanube";
/// The file of the book's key and the store's token, in the stage's folder.
pub(crate) const SECRETS: &str = "secrets";

pub(crate) struct Stage {
    pub(crate) customers: usize,
    pub(crate) app: App,
    pub(crate) reference: Reference,
    pub(crate) folder: PathBuf,
    sandbox: Sandbox,
}

impl Stage {
    /// Reads the store for the first time, which is the first thing that is measured, and makes the reference of what came in.
    pub(crate) async fn set(folder: &Path, customers: usize, table: &mut Table) -> Result<Self> {
        let options = SandboxOptions {
            customers,
            platforms: vec![PLATFORM.to_owned()],
            // The connector keeps to what it is told.
            variants: [("tiendanube.rate_plan".to_owned(), "endless".to_owned())].into(),
            rate: RateMode::Documented,
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::start(options).await?;
        let outside = Outside {
            clock: Arc::new(SystemClock::new()),
            sleep: Arc::new(RealSleep),
            random: Arc::new(SystemRandom),
            export_folder: folder.to_owned(),
        };
        let book = folder.join("book");
        // A file, so that the window can open the same book.
        let secrets = Arc::new(FileSecrets::new(folder.join(SECRETS)));
        let app = App::open(&book, secrets, outside, Arc::new(NoEvents)).await;
        let app = app.map_err(|error| anyhow!("the book does not open: {error:?}"))?;
        connect(&app, &sandbox).await?;
        let (took, edits) = first_pass(&app).await?;
        let csv = folder.join("all.csv");
        export_all(&app, &csv).await?;
        let reference = Reference::make(folder, &csv)?;
        let seconds = reference.made_in.as_secs_f64();
        table.compare("first pass", customers, "s", took.as_secs_f64(), seconds, Some(2.0));
        table.figure(
            "edit saved during the first pass, p95",
            customers,
            "ms",
            edits.percentile(0.95),
            Some(30.0),
        );
        Ok(Self { customers, app, reference, folder: folder.to_owned(), sandbox })
    }

    /// Lets go of the book, for others to open it. The store stays where it is until what this gives is dropped.
    pub(crate) async fn close_book(self) -> Sandbox {
        self.app.close().await;
        self.sandbox
    }
}

async fn connect(app: &App, sandbox: &Sandbox) -> Result<()> {
    let store = sandbox.ready().stores.first().context("the sandbox has a store")?;
    let how = AddStore {
        platform: PLATFORM.to_owned(),
        name: "bench".to_owned(),
        url: Some(store.url.clone()),
        alias: store.alias.clone(),
        store_id: store.store_id.clone(),
        email: store.email.clone(),
        auth_header: None,
        secret: store.secrets[0].clone(),
        second_secret: None,
    };
    stores::add(app, how).await.map_err(|error| anyhow!("the store is not connected: {error:?}"))?;
    Ok(())
}

/// Reads everything, while somebody edits now and then.
async fn first_pass(app: &App) -> Result<(Duration, Times)> {
    let has_ended = Arc::new(AtomicBool::new(false));
    let editing = tokio::spawn(edit_now_and_then(app.clone(), has_ended.clone()));
    let began = Instant::now();
    let done = sync::start(app, SyncRequest::default()).await;
    let took = began.elapsed();
    has_ended.store(true, Ordering::Relaxed);
    let edits = editing.await??;
    let done = done.map_err(|error| anyhow!("the first pass failed: {error:?}"))?;
    ensure!(done.stores.iter().all(|store| store.complete), "the first pass reaches its end: {done:?}");
    Ok((took, edits))
}

async fn edit_now_and_then(app: App, has_ended: Arc<AtomicBool>) -> Result<Times> {
    let mut times = Times::default();
    let mut number = 0;
    while !has_ended.load(Ordering::Relaxed) {
        wait(Duration::from_millis(200)).await;
        let failed = |error| anyhow!("an edit failed: {error:?}");
        let view = list::open(&app, ListQuery { text: "ana".to_owned(), ..ListQuery::default() })
            .await
            .map_err(failed)?;
        let request = RowsRequest { view: view.view, offset: number % 40, limit: 1 };
        let rows = list::rows(&app, request).await.map_err(failed)?.rows;
        let Some(row) = rows.first() else { continue };
        number += 1;
        let change =
            FieldChange { field: "note".to_owned(), value: Some(format!("line {number}")), seen: None };
        let began = Instant::now();
        customers::save_edits(&app, EditRequest { id: row.id, changes: vec![change] })
            .await
            .map_err(failed)?;
        times.add(began.elapsed());
    }
    Ok(times)
}

#[expect(clippy::disallowed_methods, reason = "measures real time")]
async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// All customers and all columns.
pub(crate) async fn export_all(app: &App, to: &Path) -> Result<Duration> {
    let options = ExportOptions { profile: ExportProfile::Exact, ..ExportOptions::default() };
    let began = Instant::now();
    let done = export::to_path(app, &ListQuery::default(), &options, to).await;
    done.map_err(|error| anyhow!("the export failed: {error:?}"))?;
    Ok(began.elapsed())
}
