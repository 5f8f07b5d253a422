//! The same customers in a plain file, and the `sqlite3` shell on it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// Makes the table that an export fills, without anything in it.
const TABLES: &str = "
CREATE TABLE customer (
    id INTEGER PRIMARY KEY, store TEXT, remote_id TEXT, first_name TEXT, last_name TEXT, company TEXT, email TEXT, phone TEXT,
    phone_e164 TEXT, document TEXT, document_kind TEXT, note TEXT, role TEXT, segment TEXT, groups TEXT, is_active TEXT,
    email_verified TEXT, accepts_marketing TEXT, birthday TEXT, created_at TEXT, updated_at TEXT, total_spent REAL,
    currency TEXT, orders_count INTEGER, last_order_at TEXT, street TEXT, number TEXT, complement TEXT, district TEXT, city TEXT,
    region TEXT, postal_code TEXT, country TEXT, addresses TEXT, extra TEXT, state TEXT);
";

/// What a careful person would index to find and sort the same things.
const INDEXES: &str = "
ALTER TABLE customer ADD COLUMN sort_name TEXT;
UPDATE customer SET sort_name = lower(first_name || ' ' || last_name);
CREATE INDEX by_name ON customer (sort_name, id);
CREATE INDEX by_email ON customer (email, id);
CREATE INDEX by_city ON customer (city, id);
CREATE INDEX by_created ON customer (created_at, id);
CREATE INDEX by_updated ON customer (updated_at, id);
CREATE INDEX by_last_order ON customer (last_order_at, id);
CREATE INDEX by_spent ON customer (total_spent, id);
CREATE INDEX by_orders ON customer (orders_count, id);
CREATE INDEX by_remote ON customer (remote_id);
CREATE VIRTUAL TABLE words USING fts5 (text, content = '', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
INSERT INTO words (rowid, text) SELECT id, first_name || ' ' || last_name || ' ' || company || ' ' || email || ' ' || phone || ' '
    || document || ' ' || note FROM customer;
CREATE VIRTUAL TABLE pieces USING fts5 (text, content = '', tokenize = 'trigram');
INSERT INTO pieces (rowid, text) SELECT id, email || ' ' || phone_e164 || ' ' || document FROM customer;
";

/// A plain file with the same customers.
pub(crate) struct Reference {
    pub(crate) path: PathBuf,
    /// How long it took to bring them in and to index them.
    pub(crate) made_in: Duration,
}

impl Reference {
    /// Reads a file of all columns, as the app exports it.
    pub(crate) fn make(folder: &Path, csv: &Path) -> Result<Self> {
        let path = folder.join("plain.db");
        let began = Instant::now();
        let script = format!(
            "PRAGMA journal_mode = WAL;\n{TABLES}\n.import --csv --skip 1 {} customer\n{INDEXES}\n",
            csv.display()
        );
        run(&path, &script)?;
        Ok(Self { path, made_in: began.elapsed() })
    }

    /// Everything as CSV, the way the shell does it.
    pub(crate) fn export(&self, to: &Path) -> Result<Duration> {
        let columns = "id, store, remote_id, first_name, last_name, company, email, phone, phone_e164, document, document_kind, note,
            role, segment, groups, is_active, email_verified, accepts_marketing, birthday, created_at, updated_at, total_spent,
            currency, orders_count, last_order_at, street, number, complement, district, city, region, postal_code, country,
            addresses, extra, state";
        let began = Instant::now();
        let status = Command::new("sqlite3")
            .arg("-csv")
            .arg(&self.path)
            .arg(format!("SELECT {columns} FROM customer ORDER BY sort_name, id"))
            .stdout(std::fs::File::create(to)?)
            .status()
            .context("the sqlite3 shell could not be started")?;
        ensure!(status.success(), "the sqlite3 shell failed");
        Ok(began.elapsed())
    }
}

fn run(path: &Path, script: &str) -> Result<()> {
    let mut shell = Command::new("sqlite3")
        .arg("-bail")
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .context("the sqlite3 shell could not be started; Debian has it in the package sqlite3")?;
    let mut input = shell.stdin.take().context("the shell has an input")?;
    input.write_all(script.as_bytes())?;
    drop(input);
    ensure!(shell.wait()?.success(), "the sqlite3 shell failed");
    Ok(())
}

/// A shell that stays open, so that starting it is no part of any time.
pub(crate) struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    pub(crate) fn open(reference: &Reference) -> Result<Self> {
        let mut child = Command::new("sqlite3")
            .args(["-readonly", "-bail"])
            .arg(&reference.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the sqlite3 shell could not be started")?;
        let input = child.stdin.take().context("the shell has an input")?;
        let output = BufReader::new(child.stdout.take().context("the shell has an output")?);
        Ok(Self { child, input, output })
    }

    /// Runs a query to its last row. Tells how long that took and how many rows there were.
    pub(crate) fn ask(&mut self, query: &str) -> Result<(Duration, usize)> {
        const END: &str = "-- the end --";
        let began = Instant::now();
        writeln!(self.input, "{query};\n.print '{END}'")?;
        self.input.flush()?;
        let mut rows = 0;
        let mut line = String::new();
        loop {
            line.clear();
            ensure!(self.output.read_line(&mut line)? > 0, "the sqlite3 shell has ended at {query}");
            if line.trim_end() == END {
                return Ok((began.elapsed(), rows));
            }
            rows += 1;
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A text inside a query.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
