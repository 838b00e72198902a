//! `cargo xtask test`: every check and every test, and one line at the end that says how it went.
//!
//! Order: what is quick and often wrong first. Then two lanes compile side by side, the server side (linted and compiled at
//! once) and the islands. Then the server side is tested on SQLite and PostgreSQL, and after it the pages in a browser. A
//! part that fails does not stop the others, so one run tells everything.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::lanes::{self, Lane, timed};
use crate::outcome::{self, Counts, Part};
use crate::postgres::Postgres;
use crate::process::{run as run_command, tee};
use crate::{browser_tests, build, cargo, rules, workspace};

/// What `cargo xtask test` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Only the browser tests, with these arguments for Playwright.
    #[arg(long, num_args = 0.., allow_hyphen_values = true)]
    browser: Option<Vec<String>>,
}

/// Runs everything, prints the summary, fails unless all holds.
pub fn run(options: &Options) -> Result<()> {
    let parts = match &options.browser {
        Some(arguments) => browser_only(arguments)?,
        None => everything(),
    };
    outcome::conclude(&parts)
}

fn browser_only(arguments: &[String]) -> Result<Vec<Part>> {
    let server = build::development()?;
    Ok(vec![tests(
        "browser tests",
        timed(|| browser_tests::run(&server, arguments)),
    )])
}

fn everything() -> Vec<Part> {
    let mut parts = vec![
        check("formatting", timed(formatting)),
        check("dependency rules", timed(rules::run)),
    ];
    let (compiled, islands) = lanes::beside(server_side, browser_part);
    let built = compiled.result.is_ok();
    let site = islands.result.is_ok();
    parts.extend([
        check("lint and compile", compiled),
        check("browser part", islands),
        check("types of the script", timed(browser_tests::check_script)),
        tests("xtask's tests", timed(|| xtask(&[]))),
    ]);
    if !built {
        return parts;
    }
    // One after the other: each keeps two cores busy, and what waits for a portal would miss its deadline.
    parts.push(tests("tests (databases, SkyPilot)", timed(with_real_parts)));
    parts.push(tests(
        "browser tests",
        timed(|| {
            ensure!(site, "there is no browser part to test");
            browser_tests::run(&workspace::target().join("debug/hangar"), &[])
        }),
    ));
    if documents_with_examples(workspace::root()) {
        parts.push(tests("documentation tests", timed(documentation)));
    }
    parts
}

fn server_side() -> Result<()> {
    heading("linting and compiling the server side and its tests");
    let targets = ["--lib", "--bins", "--tests", "--benches"];
    cargo::build_without_warnings("build", &[&cargo::SERVER_SIDE[..], &targets].concat())
}

/// The site for the browser tests.
fn browser_part() -> Result<()> {
    let islands = [&cargo::BROWSER[..], &cargo::BROWSER_DEVELOPMENT].concat();
    cargo::build_without_warnings("build", &islands)?;
    build::build_site(&workspace::development_site(), false)?;
    Ok(())
}

pub fn formatting() -> Result<()> {
    heading("formatting");
    run_command(&mut cargo::cargo(&["fmt", "--all", "--check"])).context("run `cargo fmt --all`")
}

/// The binary whose tests start the SkyPilot API server that HANGAR_TEST_PYTHON leads to.
const SKYPILOT_TESTS: &str = "skypilot::api_server";

/// Each test that stores something runs on both databases; PostgreSQL's log tells whether they really did. Those of
/// the SkyPilot adapter run against a real server; nextest's output tells how many did.
fn with_real_parts() -> Result<Counts> {
    heading("tests on SQLite and PostgreSQL, and against a SkyPilot API server");
    let postgres = Postgres::start()?;
    let mut command = cargo::cargo(&[
        "nextest",
        "run",
        "--locked",
        "--no-fail-fast",
        "--lib",
        "--bins",
        "--tests",
    ]);
    command
        .args(cargo::SERVER_SIDE)
        .env("HANGAR_TEST_POSTGRES_URL", postgres.url());
    let (counts, output) = nextest(&mut command)?;
    if postgres.connections()? == 0 {
        bail!(
            "no test connected to PostgreSQL (HANGAR_TEST_POSTGRES_URL), so nothing was tested on it"
        );
    }
    match outcome::passed_in(&output, SKYPILOT_TESTS) {
        0 => bail!("no test held against a real SkyPilot API server (HANGAR_TEST_PYTHON)"),
        passed => println!("{passed} of them against a real SkyPilot API server"),
    }
    Ok(counts)
}

/// `filter` leaves some out.
pub fn xtask(filter: &[&str]) -> Result<Counts> {
    heading("xtask's own lints and tests");
    cargo::build_without_warnings("build", &[&cargo::XTASK[..], &["--tests"]].concat())?;
    let mut command = cargo::cargo(&["nextest", "run", "--locked", "--no-fail-fast"]);
    Ok(nextest(command.args(cargo::XTASK).args(filter))?.0)
}

/// What came of the tests, and what nextest wrote.
pub fn nextest(command: &mut std::process::Command) -> Result<(Counts, String)> {
    let (succeeded, output) = tee(command)?;
    let counts = outcome::nextest(&output).context("the tests did not run to an end")?;
    if !succeeded && counts.failed == 0 {
        bail!("nextest failed although no test did");
    }
    Ok((counts, output))
}

/// Whether any documentation comment of the server side holds code: compiling for none would only cost time.
fn documents_with_examples(root: &Path) -> bool {
    ["app", "crates", "server"]
        .iter()
        .any(|folder| holds_example(&root.join(folder)))
}

fn holds_example(path: &Path) -> bool {
    if path.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        return entries
            .map(|entry| entry.path())
            .any(|path| holds_example(&path));
    }
    path.extension().is_some_and(|ending| ending == "rs")
        && fs::read_to_string(path).is_ok_and(|text| {
            text.lines()
                .map(str::trim_start)
                .any(|line| line.starts_with("/// ```") || line.starts_with("//! ```"))
        })
}

/// Examples in documentation comments.
fn documentation() -> Result<Counts> {
    heading("documentation tests");
    let (succeeded, output) =
        tee(cargo::cargo(&["test", "--locked", "--doc"]).args(cargo::SERVER_SIDE))?;
    let counts = outcome::doctests(&output);
    if !succeeded && counts.failed == 0 {
        bail!("the documentation tests did not run to an end");
    }
    Ok(counts)
}

pub fn heading(what: &str) {
    println!("\n== {what}");
}

pub fn check<T>(name: &'static str, lane: Lane<T>) -> Part {
    Part {
        name,
        counts: None,
        error: lane.result.err(),
        took: lane.took,
    }
}

pub fn tests(name: &'static str, lane: Lane<Counts>) -> Part {
    let (counts, error) = match lane.result {
        Ok(counts) => (counts, None),
        Err(error) => (Counts::default(), Some(error)),
    };
    Part {
        name,
        counts: Some(counts),
        error,
        took: lane.took,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_anywhere_in_a_crate_is_found() {
        let root = std::env::temp_dir().join(format!("xtask-examples-{}", std::process::id()));
        let sources = root.join("crates/domain/src");
        fs::create_dir_all(&sources).unwrap();
        fs::write(
            sources.join("lib.rs"),
            "/// Plain words.\npub struct Plan;\n",
        )
        .unwrap();
        assert!(!documents_with_examples(&root));
        fs::write(
            sources.join("plan.rs"),
            "    /// ```\n    /// assert!(true);\n    /// ```\n",
        )
        .unwrap();
        assert!(documents_with_examples(&root));
        fs::remove_dir_all(root).unwrap();
    }
}
