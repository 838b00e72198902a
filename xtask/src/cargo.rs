//! The one place that says how cargo is called.
//!
//! Cargo resolves features for the packages named in one call. Two calls that name different packages can
//! therefore build the same dependency twice, and `app` cannot have its `ssr` and its `hydrate` side in one
//! call at all. So there are exactly three sets, and everything here uses one of them:
//! the server side, the browser part and xtask itself.

use std::process::Command;

use crate::workspace;

/// Everything that runs on the server, and its tests.
pub const SERVER_SIDE: [&str; 5] = ["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

/// The binary, with its dependencies compiled as the tests need them: asking for examples, of which there is hardly
/// any, makes cargo resolve features with the dependencies of tests. Without it, `start` and `test` would
/// each compile hyper and all that stands on it.
pub const SERVER_BINARY: [&str; 3] = ["--bin", "hangar", "--examples"];

/// The systems behind the portal, to try it. No release has it.
pub const SANDBOX_BINARY: [&str; 2] = ["--bin", "hangar-sandbox"];

/// The browser part. Its profile is chosen by the caller.
pub const BROWSER: [&str; 4] = [
    "--package",
    "frontend",
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
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
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
