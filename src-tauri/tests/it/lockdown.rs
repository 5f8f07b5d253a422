//! The doors that stay shut: what a page in the window could reach if something got into it.

use serde_json::{Value, json};

const CONFIGURATION: &str = include_str!("../../tauri.conf.json");
const CAPABILITY: &str = include_str!("../../capabilities/main.json");
const MANIFEST: &str = include_str!("../../Cargo.toml");
const LOCK: &str = include_str!("../../../Cargo.lock");

fn configuration() -> Value {
    serde_json::from_str(CONFIGURATION).unwrap()
}

#[test]
fn the_page_loads_and_runs_only_what_came_with_the_program() {
    let security = configuration()["app"]["security"].clone();
    let policy = security["csp"].as_object().expect("a content security policy, one line a directive");
    for directive in ["default-src", "script-src", "style-src", "font-src", "img-src", "connect-src"] {
        assert!(policy.contains_key(directive), "{directive} would fall back to something wider");
    }
    for directive in ["frame-src", "object-src", "base-uri", "form-action"] {
        assert_eq!(policy[directive], "'none'", "{directive}");
    }
    assert_eq!(policy["default-src"], "'self'");
    assert_eq!(policy["script-src"], "'self'", "neither inline nor evaluated scripts");
    let own = ["'self'", "'none'", "data:", "ipc:", "http://ipc.localhost"];
    for (directive, sources) in policy {
        for source in sources.as_str().unwrap_or_default().split_whitespace() {
            let inline_style = directive == "style-src" && source == "'unsafe-inline'";
            assert!(own.contains(&source) || inline_style, "{directive} lets {source} in");
        }
    }
    assert_eq!(security["freezePrototype"], true);
    let flags = security.as_object().unwrap().keys();
    let dangerous: Vec<_> =
        flags.filter(|flag| flag.starts_with("dangerous") || *flag == "assetProtocol").collect();
    assert!(dangerous.is_empty(), "{dangerous:?}");
}

#[test]
fn nothing_of_tauri_lies_about_in_the_page() {
    let app = configuration()["app"].clone();
    assert_eq!(app["withGlobalTauri"], false);
    assert_eq!(app["windows"], json!([]), "the window is opened by the program, with its navigation guarded");
    assert_eq!(app["security"]["capabilities"], json!(["main"]));
    let names: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/capabilities"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["main.json"], "one window, one list of what it may do");
    let capability: Value = serde_json::from_str(CAPABILITY).unwrap();
    assert_eq!(capability["windows"], json!(["main"]));
    assert_eq!(capability.get("remote"), None, "no page from elsewhere may call anything");
    assert_eq!(capability.get("webviews"), None);
}

#[test]
fn the_program_carries_no_plugin_that_opens_the_machine() {
    let plugins = LOCK.lines().filter_map(|line| line.strip_prefix("name = \"tauri-plugin-"));
    let plugins: Vec<_> = plugins.map(|name| name.trim_end_matches('"')).collect();
    assert_eq!(
        plugins,
        ["opener", "single-instance"],
        "a plugin's commands are new doors: shell, fs and http most of all"
    );
    let granted: Value = serde_json::from_str(CAPABILITY).unwrap();
    for permission in granted["permissions"].as_array().unwrap() {
        let name = permission.as_str().expect("a scope would need a look of its own");
        assert!(name.starts_with("allow-") || name.starts_with("core:event:"), "{name} belongs to a plugin");
    }
    let features = MANIFEST.lines().filter(|line| line.starts_with("tauri.") || line.starts_with("tauri ="));
    for line in features {
        assert!(!line.contains("devtools") && !line.contains("unstable"), "{line}");
    }
}

/// Before 2.11.1 a page from elsewhere could call the program's own commands.
#[test]
fn tauri_is_new_enough() {
    let version =
        LOCK.split("name = \"tauri\"\nversion = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let numbers: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(numbers.as_slice() >= [2, 11, 1].as_slice(), "{version}");
    assert_eq!(numbers[0], 2, "another major version wants these tests read again");
}
