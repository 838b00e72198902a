//! The browser tests: Playwright with the machine's Chromium against the server that was just built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::outcome::{self, Counts};
use crate::process::{find_program, run as run_command};
use crate::workspace;

/// Whether the packages of end2end/ are there.
pub fn installed() -> bool {
    compiler().is_file()
}

fn compiler() -> PathBuf {
    workspace::end2end().join("node_modules/typescript/bin/tsc")
}

/// Checks the types of frontend/script, which are written in comments.
pub fn check_script() -> Result<()> {
    let node = find_program("node", &[]).context("Node.js is not on this machine")?;
    let mut command = Command::new(node);
    run_command(
        command
            .arg(compiler())
            .arg("-p")
            .arg(workspace::root().join("frontend")),
    )
}

/// Runs every spec in end2end/ and counts the tests; the report tells a failure apart from a crash.
pub fn run(server: &Path, arguments: &[String]) -> Result<Counts> {
    let report = workspace::scratch().join("playwright.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let status = playwright(server, &workspace::development_site())?
        .args(arguments)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .status()
        .context("cannot start Playwright")?;
    let counts = fs::read_to_string(&report)
        .ok()
        .and_then(|report| outcome::playwright(&report))
        .with_context(|| format!("Playwright left no report; it ended with {status}"))?;
    if !status.success() && counts.failed == 0 {
        bail!("Playwright ended with {status}");
    }
    Ok(counts)
}

/// Runs the measurements in end2end/benches/, which print their rows.
pub fn bench(server: &Path, site: &Path) -> Result<()> {
    run_command(playwright(server, site)?.args(["--config", "bench.config.ts"]))
}

fn playwright(server: &Path, site: &Path) -> Result<Command> {
    let folder = workspace::end2end();
    let playwright = folder.join("node_modules/@playwright/test/cli.js");
    ensure!(
        playwright.is_file(),
        "the browser tests' packages are missing; `./dev test` fetches them (by hand: `npm ci` in end2end/)"
    );
    let node = find_program("node", &[]).context("Node.js is not on this machine")?;
    let mut command = Command::new(node);
    command
        .current_dir(&folder)
        .arg(playwright)
        .arg("test")
        .env("HANGAR_BIN", server)
        .env("HANGAR_SITE_DIR", site);
    Ok(command)
}
