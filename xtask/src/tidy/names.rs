//! Names that say nothing about what is inside, and so collect everything.

const SAY_NOTHING: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "manager"];

pub(super) fn findings(path: &str) -> Vec<String> {
    path.split('/')
        .map(|part| part.split('.').next().unwrap_or(part))
        .filter(|stem| SAY_NOTHING.contains(&stem.to_lowercase().as_str()))
        .map(|stem| format!("{path}: name it by what it is about, not \"{stem}\""))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::findings;

    #[test]
    fn empty_names_are_found_in_folders_and_files() {
        assert_eq!(findings("crates/app/src/utils/money.rs").len(), 1);
        assert_eq!(findings("ui/src/state/manager.svelte.ts").len(), 1);
        assert_eq!(findings("crates/app/src/Helpers.rs").len(), 1);
        assert!(findings("crates/sync/src/schedule.rs").is_empty());
        assert!(findings("docs/commons-licence.md").is_empty(), "only whole names count");
    }
}
