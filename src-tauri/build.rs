//! Declares every command to Tauri: a command that is not declared would be open to every window.

fn main() {
    let commands: &[&str] = include!("command_names.rs");
    println!("cargo::rerun-if-changed=command_names.rs");
    // The list lives as long as the build.
    let manifest = tauri_build::AppManifest::new().commands(commands.to_vec().leak());
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
    }
}
