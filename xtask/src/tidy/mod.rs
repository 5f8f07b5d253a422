//! What no compiler checks: who may depend on whom, and how files are named and written.

mod arrows;
mod names;
mod tree;
mod web;
mod words;

use anyhow::{Result, bail};

use crate::surroundings::Surroundings;

pub(crate) fn run(here: &Surroundings) -> Result<()> {
    let mut findings = arrows::broken(&arrows::drawn(&here.root)?);
    let files = tree::files(&here.root)?;
    for file in &files {
        findings.extend(names::findings(&file.path));
        let Some(text) = file.text()? else { continue };
        findings.extend(words::findings(&file.path, &text));
        findings.extend(web::findings(&file.path, &text));
    }
    findings.sort();
    if findings.is_empty() {
        println!("tidy: {} files, nothing to say", files.len());
        return Ok(());
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    bail!("tidy found {} things", findings.len());
}
