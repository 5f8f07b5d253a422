//! Figures over all customers and the file of them.

use chrono::Datelike;
use serde_json::{Value, json};

use crate::clock::{Moment, civil};
use crate::platform::inallweb::book::{Account, Role, SEGMENTS};
use crate::platform::inallweb::choices::{ActiveRateUnit, ExportShape, ExportTitles, ExportType};
use crate::platform::inallweb::{InAllWeb, body};
use crate::server::{Answer, Call};
use crate::text::money;

const TOP: usize = 5;

impl InAllWeb {
    pub(super) fn overview(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        self.at_least(Role::Manager, call, now)?;
        let month = |at: Moment| (civil(at).year(), civil(at).month());
        let customers: Vec<&Account> = self.listed().collect();
        let new =
            customers.iter().filter(|account| account.created_at.is_some_and(|at| month(at) == month(now)));
        let mut segments = serde_json::Map::new();
        for segment in SEGMENTS {
            let count =
                customers.iter().filter(|account| account.segment(&self.choices, now) == segment).count();
            segments.insert(body::segment(segment, &self.choices).to_owned(), count.into());
        }
        let mut best = customers.clone();
        best.sort_by_key(|account| (std::cmp::Reverse(account.spent()), account.id));
        Ok(Answer::json(
            200,
            &json!({
                "total_customers": customers.len(),
                "new_this_month": new.count(),
                "active_rate": self.active_rate(&customers),
                "segments": segments,
                "top_customers": best.into_iter().take(TOP).map(top_customer).collect::<Vec<_>>(),
            }),
        ))
    }

    fn active_rate(&self, customers: &[&Account]) -> f64 {
        let active = customers.iter().filter(|account| account.is_active).count();
        let thousandths = (active * 1_000).checked_div(customers.len()).unwrap_or_default() as f64;
        match self.choices.active_rate_unit {
            ActiveRateUnit::Fraction => thousandths / 1_000.0,
            ActiveRateUnit::Percent => thousandths / 10.0,
        }
    }

    pub(super) fn export(&self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        self.at_least(Role::Manager, call, now)?;
        let (mark, separator) = match self.choices.export_shape {
            ExportShape::EmptyObject => return Ok(Answer::json(200, &json!({}))),
            ExportShape::CsvComma => ("", ','),
            ExportShape::CsvSemicolonBom => ("\u{feff}", ';'),
        };
        let mut file = mark.to_owned();
        let titles = match self.choices.export_titles {
            ExportTitles::Title => {
                ["Name", "Email", "Phone", "Orders", "Total Spent", "Registration Date", "Segment"]
            }
            ExportTitles::Snake => {
                ["name", "email", "phone", "orders", "total_spent", "registration_date", "segment"]
            }
            ExportTitles::Portuguese => {
                ["Nome", "E-mail", "Telefone", "Encomendas", "Total gasto", "Data de registo", "Segmento"]
            }
        };
        push_line(&mut file, &titles.map(str::to_owned), separator);
        for account in self.listed() {
            let line = [
                account.name(),
                account.email.clone(),
                account.phone.clone().unwrap_or_default(),
                account.orders.len().to_string(),
                money(account.spent()),
                account.created_at.map(|at| civil(at).format("%Y-%m-%d").to_string()).unwrap_or_default(),
                body::segment(account.segment(&self.choices, now), &self.choices).to_owned(),
            ];
            push_line(&mut file, &line, separator);
        }
        let kind = match self.choices.export_type {
            ExportType::Csv => "text/csv; charset=utf-8",
            ExportType::Octets => "application/octet-stream",
        };
        Ok(Answer::text(200, kind, file)
            .with("content-disposition", "attachment; filename=\"customers.csv\""))
    }
}

fn top_customer(account: &Account) -> Value {
    json!({
        "id": account.id,
        "name": account.name(),
        "email": account.email,
        "total_orders": account.orders.len(),
        "total_spent": money(account.spent()),
    })
}

fn push_line(file: &mut String, fields: &[String], separator: char) {
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            file.push(separator);
        }
        if field.contains([separator, '"', '\n', '\r']) {
            file.push('"');
            file.push_str(&field.replace('"', "\"\""));
            file.push('"');
        } else {
            file.push_str(field);
        }
    }
    file.push_str("\r\n");
}
