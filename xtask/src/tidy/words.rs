//! Rules on the text of source files.

/// A file is read in one sitting.
const LONGEST: usize = 600;

const SOURCE: &[&str] = &["rs", "ts", "svelte"];
const ALSO_CODE: &[&str] = &["css", "sql", "js", "html", "toml", "yml", "sh"];

// Written in pieces, so that this file keeps its own rules.
const LATER: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
const LATER_MACRO: &str = concat!("to", "do!");
const ALLOW: &[&str] = &[concat!("#[", "allow("), concat!("#![", "allow(")];

pub(super) fn findings(path: &str, text: &str) -> Vec<String> {
    let ending = path.rsplit('.').next().unwrap_or_default();
    let mut findings = Vec::new();
    if SOURCE.contains(&ending) {
        let lines = text.lines().count();
        if lines > LONGEST {
            findings.push(format!("{path}: {lines} lines; past {LONGEST} it wants to be two files"));
        }
    }
    if SOURCE.contains(&ending) || ALSO_CODE.contains(&ending) {
        for (number, line) in text.lines().enumerate() {
            if LATER.iter().any(|word| has_word(line, word)) || line.contains(LATER_MACRO) {
                findings.push(format!("{path}:{}: do it, or open an issue that says it", number + 1));
            }
        }
    }
    if ending == "rs" {
        findings.extend(
            lints_silenced_without_reason(text)
                .map(|line| format!("{path}:{line}: a silenced lint needs `reason = \"..\"`")),
        );
    }
    findings
}

/// Whole words only, and only in capitals: in Spanish and Portuguese "todo" is a word like any other.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let ends = |neighbour: Option<char>| !neighbour.is_some_and(|c| c.is_alphanumeric() || c == '_');
        ends(line[..at].chars().next_back()) && ends(line[at + word.len()..].chars().next())
    })
}

fn lints_silenced_without_reason(text: &str) -> impl Iterator<Item = usize> {
    ALLOW
        .iter()
        .flat_map(|start| text.match_indices(start))
        .filter(|(at, _)| {
            let attribute = text[*at..].split(")]").next().unwrap_or_default();
            !attribute.contains("reason")
        })
        .map(|(at, _)| text[..at].lines().count().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(inside: &str) -> String {
        format!("fn a() {{}}\n{}{inside})]\nfn b() {{}}\n", ALLOW[0])
    }

    #[test]
    fn a_silenced_lint_needs_a_reason() {
        assert_eq!(findings("a.rs", &allow("dead_code")).len(), 1);
        assert!(findings("a.rs", &allow("dead_code, reason = \"of the platform\"")).is_empty());
        assert!(findings("a.rs", &allow("\n    dead_code,\n    reason = \"over lines\"\n")).is_empty());
        assert!(findings("a.md", &allow("dead_code")).is_empty(), "a text may speak of it");
    }

    #[test]
    fn postponed_work_is_found_as_a_word() {
        let later = LATER[0];
        assert_eq!(findings("a.ts", &format!("// {later}: this\n")).len(), 1);
        assert_eq!(findings("a.rs", &format!("    {LATER_MACRO}()\n")).len(), 1);
        assert!(findings("a.ts", &format!("const x = \"{later}S\";\n")).is_empty(), "another word");
        assert!(findings("a.ts", "const all = \"todo\";\n").is_empty(), "Spanish for all");
        assert!(findings("a.md", &format!("{later}\n")).is_empty());
    }

    #[test]
    fn only_source_files_can_be_too_long() {
        let long = "\n".repeat(LONGEST + 1);
        assert_eq!(findings("a.svelte", &long).len(), 1);
        assert!(findings("a.svelte", &long[1..]).is_empty());
        assert!(findings("messages.json", &long).is_empty());
    }
}
