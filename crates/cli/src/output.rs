//! Printing answers: JSON for programs, tables and lines for people.

use std::io::Write;

use clientela_app::error::ApiError;
use serde::Serialize;
use serde_json::json;

use crate::words::Language;

/// How answers are printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
    pub(crate) language: Language,
}

impl Output {
    /// Prints an answer: the object itself, or lines for people.
    pub(crate) fn answer<T: Serialize>(self, answer: &T, lines: impl FnOnce() -> Vec<String>) {
        if self.json {
            match serde_json::to_string(answer) {
                Ok(text) => line(&text),
                Err(error) => eprintln!("clientela: {error}"),
            }
        } else {
            for line in lines() {
                self::line(&line);
            }
        }
    }

    /// Prints an error: as JSON on standard output, and in words on standard error.
    pub(crate) fn error(self, error: &ApiError) {
        if self.json {
            line(&json!({ "error": error }).to_string());
        }
        eprintln!("clientela: {}", crate::words::sentence(error, self.language));
    }
}

/// Prints a line on standard output. Who listens may leave before the end (`| head`): that is no trouble of ours.
pub(crate) fn line(text: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{text}").and_then(|()| output.flush()).ok();
}

/// For mistakes that are found before there is an app.
pub(crate) fn error_json(code: &str, message: &str) {
    line(&json!({ "error": { "code": code, "message": message, "details": {} } }).to_string());
}

/// Lays out rows under heads, every column as wide as its widest cell.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([heads[column].chars().count()]).max().unwrap_or(0).min(40)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| {
            let cut: String = cell.replace(['\n', '\r', '\t'], " ").chars().take(*width).collect();
            format!("{cut:width$}")
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(heads.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines
}
