//! What was measured, as a table and as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

/// One piece of work at one size. In every ratio smaller is better.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) work: String,
    pub(crate) customers: usize,
    pub(crate) unit: &'static str,
    pub(crate) ours: f64,
    pub(crate) reference: Option<f64>,
    pub(crate) ratio: Option<f64>,
    /// The largest ratio that is good enough, or the largest figure where there is nothing to compare with.
    pub(crate) target: Option<f64>,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Work beside the same work of the reference.
    pub(crate) fn compare(
        &mut self,
        work: &str,
        customers: usize,
        unit: &'static str,
        ours: f64,
        reference: f64,
        target: Option<f64>,
    ) {
        let ratio = Some(ours / reference);
        self.note(Row {
            work: work.to_owned(),
            customers,
            unit,
            ours,
            reference: Some(reference),
            ratio,
            target,
        });
    }

    /// A figure that stands by itself.
    pub(crate) fn figure(
        &mut self,
        work: &str,
        customers: usize,
        unit: &'static str,
        ours: f64,
        target: Option<f64>,
    ) {
        self.note(Row { work: work.to_owned(), customers, unit, ours, reference: None, ratio: None, target });
    }

    fn note(&mut self, row: Row) {
        eprintln!("{}", line(&row));
        self.rows.push(row);
    }

    /// The rows of chosen work.
    pub(crate) fn of_work(&self, chosen: &[String]) -> Self {
        let is_chosen = |row: &&Row| is_chosen(&row.work, chosen);
        Self { rows: self.rows.iter().filter(is_chosen).cloned().collect() }
    }

    pub(crate) fn print(&self) {
        println!("{HEAD}");
        for row in &self.rows {
            println!("{}", line(row));
        }
        let growth = self.growth();
        if !growth.is_empty() {
            println!(
                "\ngrowth from the smallest to the largest: 0 does not grow, 1 grows as the customers do"
            );
            for (work, exponent) in growth {
                println!("{work:<44} {exponent:>6.2}");
            }
        }
    }

    /// The exponent with which each work grows with the customers, in the order of the table.
    fn growth(&self) -> Vec<(&str, f64)> {
        let mut grown: Vec<(&str, f64)> = Vec::new();
        for row in &self.rows {
            if grown.iter().all(|(work, _)| *work != row.work) {
                grown.extend(self.exponent(&row.work).map(|exponent| (row.work.as_str(), exponent)));
            }
        }
        grown
    }

    fn exponent(&self, work: &str) -> Option<f64> {
        let sizes: BTreeMap<usize, f64> =
            self.rows.iter().filter(|row| row.work == work).map(|row| (row.customers, row.ours)).collect();
        let ((small, first), (large, last)) = (sizes.first_key_value()?, sizes.last_key_value()?);
        let is_measured = small < large && *first > 0.0 && *last > 0.0;
        is_measured.then(|| (last / first).ln() / (*large as f64 / *small as f64).ln())
    }
}

/// Whether this work was asked for.
pub(crate) fn is_chosen(work: &str, chosen: &[String]) -> bool {
    chosen.is_empty() || chosen.iter().any(|part| work.contains(part.as_str()))
}

const HEAD: &str =
    "work                                         customers       ours  reference unit        ratio  target";

fn line(row: &Row) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), short);
    format!(
        "{:<44} {:>9} {:>10} {:>10} {:<10} {:>6} {:>7}",
        row.work,
        row.customers,
        short(row.ours),
        number(row.reference),
        row.unit,
        number(row.ratio),
        number(row.target)
    )
}

fn short(value: f64) -> String {
    match value.abs() {
        0.0..0.1 => format!("{value:.4}"),
        0.1..100.0 => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}

/// Times of the same work, done again and again.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// In milliseconds; `share` of all are not slower.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort();
        let place = (sorted.len() as f64 * share).ceil() as usize;
        let at = sorted.get(place.saturating_sub(1)).or(sorted.last());
        at.map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    }

    /// Which share took longer than so many milliseconds.
    pub(crate) fn share_over(&self, milliseconds: f64) -> f64 {
        let longer = self.0.iter().filter(|took| took.as_secs_f64() * 1_000.0 > milliseconds).count();
        longer as f64 / self.0.len().max(1) as f64
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(0.5)
    }

    pub(crate) fn p99(&self) -> f64 {
        self.percentile(0.99)
    }
}
