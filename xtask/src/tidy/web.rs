//! The arrows inside the interface that its own linter only sees by the look of an import.

const INTERFACE: &str = "ui/src/";
const TAURI: &str = "@tauri-apps";

pub(super) fn findings(path: &str, text: &str) -> Vec<String> {
    let Some(inside) = path.strip_prefix(INTERFACE) else { return Vec::new() };
    let mut findings = Vec::new();
    for module in imports(text) {
        if module.starts_with(TAURI) && !inside.starts_with("api/") {
            findings.push(format!("{path}: only {INTERFACE}api speaks to Tauri, not by {module}"));
        }
        if let (Some(here), Some(there)) = (view(inside), resolve(inside, module).as_deref().and_then(view))
            && here != there
        {
            findings.push(format!("{path}: the view {here} imports the view {there}"));
        }
    }
    findings
}

/// What stands between quotes after `from`, `import` or `import(`.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    ["from ", "import ", "import("].into_iter().flat_map(move |word| {
        text.match_indices(word).filter_map(move |(at, _)| {
            let rest = text[at + word.len()..].trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            rest[1..].split(quote).next()
        })
    })
}

/// `views/customers/List.svelte` belongs to the view "customers".
fn view(inside: &str) -> Option<&str> {
    inside.strip_prefix("views/")?.split('/').next()
}

/// A relative import as a path below `ui/src`; packages have none.
fn resolve(from: &str, module: &str) -> Option<String> {
    if !module.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in module.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::findings;

    #[test]
    fn only_the_api_folder_speaks_to_tauri() {
        let text = "import { invoke } from \"@tauri-apps/api/core\";";
        assert!(findings("ui/src/api/tauri.ts", text).is_empty());
        assert_eq!(findings("ui/src/state/stores.svelte.ts", text).len(), 1);
        assert_eq!(findings("ui/src/main.ts", "const core = await import('@tauri-apps/api/core')").len(), 1);
        assert!(findings("ui/src/main.ts", "// not @tauri-apps here").is_empty());
    }

    #[test]
    fn a_view_imports_no_other_view() {
        let from = |module: &str| format!("import X from \"{module}\";");
        let at = "ui/src/views/customers/List.svelte";
        assert_eq!(findings(at, &from("../stores/StoreForm.svelte")).len(), 1);
        assert_eq!(findings(at, &from("../../views/stores/StoreForm.svelte")).len(), 1);
        assert!(findings(at, &from("./Row.svelte")).is_empty());
        assert!(findings(at, &from("../../parts/Button.svelte")).is_empty());
        assert!(findings("ui/src/App.svelte", &from("./views/stores/Stores.svelte")).is_empty());
    }
}
