//! The one place that says how cargo is called.
//!
//! Cargo resolves features for the packages named in one call. Two calls that name different packages can
//! therefore build the same dependency twice. So there are exactly three sets, and everything here uses one of them:
//! the server side, the islands and xtask itself.
//!
//! Clippy compiles the code of the workspace: it is rustc with more lints. Linting is thus a part of the one build that
//! the tests run, instead of a second one.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::{process, workspace};

/// Everything that runs on the server, and its tests.
pub const SERVER_SIDE: [&str; 5] = ["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// The binary, with its dependencies compiled as the tests need them: asking for examples, of which there is hardly
/// any, makes cargo resolve features with the dependencies of tests. Without it, `start` and `test` would
/// each compile hyper and all that stands on it.
pub const SERVER_BINARY: [&str; 3] = ["--bin", "hangar", "--examples"];

/// The systems behind the portal, to try it. No release has it.
pub const SANDBOX_BINARY: [&str; 2] = ["--bin", "hangar-sandbox"];

/// The browser part. Its profile is chosen by the caller.
pub const BROWSER: [&str; 6] = [
    "--package",
    "frontend",
    "--features",
    "browser",
    "--target",
    "wasm32-unknown-unknown",
];

/// The profile of the browser part while developing and testing.
pub const BROWSER_DEVELOPMENT: [&str; 2] = ["--profile", "wasm-dev"];

/// The profile of the browser part in a release.
pub const BROWSER_RELEASE: [&str; 2] = ["--profile", "wasm-release"];

/// This program.
pub const XTASK: [&str; 2] = ["--package", "xtask"];

/// `cargo SUBCOMMAND` in the root of the checkout.
pub fn cargo(subcommand: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&program);
    // Clippy stands beside cargo, also where CARGO names a toolchain's own one.
    let clippy = Path::new(&program).with_file_name("clippy-driver");
    let clippy = if clippy.is_file() {
        clippy
    } else {
        "clippy-driver".into()
    };
    command.env("RUSTC_WORKSPACE_WRAPPER", clippy);
    // `cargo run` describes xtask in these variables; handed on, build scripts that watch them would run again.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(&name);
        }
    }
    command.current_dir(workspace::root()).args(subcommand);
    command
}

/// Runs `cargo build` or `cargo test` with these arguments and prints what the compiler says.
///
/// # Errors
/// If it does not compile, or if the compiler warns: cargo repeats the warnings of what was compiled earlier.
pub fn build_without_warnings(subcommand: &str, arguments: &[&str]) -> Result<()> {
    let mut command = cargo(&[subcommand, "--locked", "--message-format=json"]);
    let (succeeded, messages) = process::captured(command.args(arguments))?;
    let mut warnings = 0;
    for message in messages.lines().filter_map(compiler_message) {
        eprint!("{}", message["rendered"].as_str().unwrap_or_default());
        warnings += usize::from(message["level"] == "warning");
    }
    ensure!(succeeded, "it does not compile");
    ensure!(warnings == 0, "there are {warnings} warnings");
    Ok(())
}

fn compiler_message(line: &str) -> Option<serde_json::Value> {
    let mut message: serde_json::Value = serde_json::from_str(line).ok()?;
    (message["reason"] == "compiler-message").then(|| message["message"].take())
}
