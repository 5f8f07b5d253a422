//! Cells that open right in a spreadsheet. CSV cannot say "this is text", so values are written in a form that a spreadsheet
//! leaves alone: documents with their punctuation, phones with the prefix in brackets, nothing that begins a formula.

use std::borrow::Cow;

use chrono::{DateTime, Local};

use super::columns::{Column, main};
use crate::dto::customer::CustomerDto;

/// Excel counts with this many digits; a longer number would end in zeros.
const DIGITS_OF_EXCEL: usize = 15;

/// The cell of a column. `decimal_comma`: the file is for a region that separates columns with a semicolon and writes 2,50.
pub(super) fn cell(column: Column, customer: &CustomerDto, decimal_comma: bool) -> Cow<'_, str> {
    let exact = column.exact(customer);
    match column {
        Column::TotalSpent | Column::OrdersCount if decimal_comma => exact.replace('.', ",").into(),
        // Amounts below zero begin with a minus and are numbers all the same.
        Column::TotalSpent | Column::OrdersCount => exact,
        Column::Phone | Column::PhoneE164 => phone(&exact, customer.phone_e164.as_deref()).into(),
        Column::Document => text(customer.documents.first().map_or(exact, |main| (&main.formatted).into())),
        Column::PostalCode => {
            let country = main(customer).and_then(|address| address.country.as_deref());
            text(postal_code(&exact, country).into())
        }
        column if column.is_moment() => local(&exact).into(),
        _ => text(exact),
    }
}

/// Disarms what would be counted with: a formula, a number that would lose digits or its leading zero.
fn text(value: Cow<'_, str>) -> Cow<'_, str> {
    let first = value.trim_start_matches(['\u{feff}', ' ']).chars().next();
    let begins_formula = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠' | '|' | '%')
    );
    let is_digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let loses_digits =
        is_digits && (value.len() > DIGITS_OF_EXCEL || (value.len() > 1 && value.starts_with('0')));
    if begins_formula || loses_digits { format!("'{value}").into() } else { value }
}

/// `(+55) 11 98765-4321`: can be read, dialled and copied, and is neither a sum nor a number.
fn phone(exact: &str, e164: Option<&str>) -> String {
    let number = clientela_domain::normalise::phone::display(e164.unwrap_or(exact), None);
    if let Some((prefix, rest)) = number.strip_prefix('+').and_then(|number| number.split_once([' ', '-'])) {
        return format!("(+{prefix}) {rest}");
    }
    let is_digits = exact.len() > 4 && exact.bytes().all(|byte| byte.is_ascii_digit());
    match exact.split_at_checked(exact.len().saturating_sub(4)) {
        Some((head, tail)) if is_digits => format!("{head}-{tail}"),
        _ => match exact.strip_prefix('+') {
            Some(rest) => format!("(+) {rest}"),
            None => text(exact.into()).into_owned(),
        },
    }
}

fn postal_code(exact: &str, country: Option<&str>) -> String {
    let digits = exact.len() == 8 && exact.bytes().all(|byte| byte.is_ascii_digit());
    if digits && country.is_none_or(|country| country == "BR") {
        return format!("{}-{}", &exact[..5], &exact[5..]);
    }
    exact.to_owned()
}

/// The time on the wall, in a form that every spreadsheet knows as a moment.
fn local(exact: &str) -> String {
    match DateTime::parse_from_rfc3339(exact) {
        Ok(moment) => moment.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string(),
        Err(_) => text(exact.into()).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_a_formula() {
        for value in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r", " =1", "\u{feff}=1", "＝1", "|calc"] {
            assert!(text(value.into()).starts_with('\''), "{value:?}");
        }
        assert_eq!(text("Ana".into()), "Ana");
    }

    #[test]
    fn numbers_that_excel_would_cut_are_text() {
        assert_eq!(text("01310100".into()), "'01310100");
        assert_eq!(text("9007199254740993123".into()), "'9007199254740993123");
        assert_eq!(text("101".into()), "101");
    }

    #[test]
    fn phones_stay_usable() {
        assert_eq!(phone("11987654321", Some("+5511987654321")), "(+55) 11 98765-4321");
        assert_eq!(phone("37498000", None), "3749-8000");
        assert_eq!(phone("+99 ramal 3", None), "(+99) ramal 3");
        assert_eq!(phone("+99", None), "(+) 99");
        assert_eq!(phone("", None), "");
        assert_eq!(phone("=cmd", None), "'=cmd");
    }
}
