//! Measures what a person waits for, with as many customers as a store can have, beside plain SQLite on the same ones.
//!
//! Every row of the table is a piece of work that the app does through the functions that the window calls, and that the `sqlite3`
//! shell does on a file without a cipher that holds the same customers. Both take turns in one run, so that a slow machine is slow
//! for both. Nothing here fails because something took long.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the figures are for people")]

mod figures;
mod people;
mod reference;
mod stage;
#[cfg(target_os = "linux")]
mod window;
mod work;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

use crate::figures::Table;
use crate::stage::Stage;

#[derive(Parser)]
struct Arguments {
    /// How many customers; several sizes tell how each work grows
    #[arg(long, value_delimiter = ',', default_value = "100000")]
    customers: Vec<usize>,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
    /// Where the files are made; they are removed afterwards
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Work whose name has one of these in it; all work when there is none
    work: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut table = Table::default();
    for customers in &arguments.customers {
        let folder = match &arguments.folder {
            Some(folder) => tempfile::Builder::new().prefix("clientela-bench").tempdir_in(folder)?,
            None => tempfile::Builder::new().prefix("clientela-bench").tempdir()?,
        };
        let stage = Stage::set(folder.path(), *customers, &mut table).await?;
        work::all(&stage, &arguments.work, &mut table).await?;
        #[cfg(target_os = "linux")]
        let texts = work::texts(&stage).await?;
        let store = stage.close_book().await;
        #[cfg(target_os = "linux")]
        window::all(folder.path(), *customers, &texts, &arguments.work, &mut table).await?;
        drop(store);
    }
    match arguments.json {
        true => println!("{}", serde_json::to_string(&table.of_work(&arguments.work))?),
        false => table.of_work(&arguments.work).print(),
    }
    Ok(())
}
