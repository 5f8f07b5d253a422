//! Standard input: secrets and confirmations, a line each.

use std::io::{BufRead, IsTerminal};

use clientela_app::dto::edit::FieldChange;
use clientela_app::error::{ApiError, ApiResult, Code};

/// Reads up to this many lines. Fewer come when the input ends.
pub(crate) fn lines(most: usize) -> ApiResult<Vec<String>> {
    let mut lines = Vec::new();
    for line in std::io::stdin().lock().lines().take(most) {
        let line =
            line.map_err(|error| ApiError::new(Code::InvalidInput, format!("standard input: {error}")))?;
        lines.push(line.trim_end_matches('\r').to_owned());
    }
    Ok(lines)
}

/// Reads one secret; without one there is nothing to go on with.
pub(crate) fn secret(what: &str) -> ApiResult<String> {
    prompt(what);
    lines(1)?
        .into_iter()
        .next()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.trim().to_owned())
        .ok_or_else(|| ApiError::new(Code::InvalidInput, format!("{what} is missing on standard input")))
}

/// The lines that are left, blank ones left out. A person at a terminal has given everything already.
pub(crate) fn rest() -> ApiResult<Vec<String>> {
    if std::io::stdin().is_terminal() {
        return Ok(Vec::new());
    }
    let left = lines(usize::MAX)?;
    Ok(left.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
}

/// Asks for a word to be typed, when somebody sits there.
pub(crate) fn confirmation(what: &str) -> ApiResult<String> {
    prompt(what);
    Ok(lines(1)?.into_iter().next().unwrap_or_default())
}

fn prompt(what: &str) {
    if std::io::stdin().is_terminal() {
        eprint!("{what}: ");
    }
}

/// Reads `FIELD=VALUE`. An empty value empties the field.
pub(crate) fn changes(pairs: &[String]) -> ApiResult<Vec<FieldChange>> {
    pairs
        .iter()
        .map(|pair| {
            let (field, value) = pair.split_once('=').ok_or_else(|| {
                ApiError::new(Code::InvalidInput, format!("{pair:?} is not FIELD=VALUE"))
                    .with("field", pair.clone())
            })?;
            Ok(FieldChange { field: field.trim().to_owned(), value: Some(value.to_owned()), seen: None })
        })
        .collect()
}
