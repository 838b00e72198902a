//! `cargo xtask test`: every check and every test, and one line at the end that says how it went.
//!
//! Order: what is quick and often wrong first, then two lanes side by side. In front the server side: linted and
//! compiled at once, tested on SQLite and PostgreSQL with that build. Behind it the islands. The browser tests
//! come last and use what both lanes made. A part that fails does not stop the others, so one run tells everything.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use crate::lanes::{self, Lane, timed};
use crate::outcome::{self, Counts, Part};
use crate::postgres::Postgres;
use crate::process::{run as run_command, tee};
use crate::site::Manifest;
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
    print!("{}", outcome::summary(&parts));
    match outcome::total(&parts).failed {
        0 => Ok(()),
        failed => bail!("{failed} failed"),
    }
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
    let (server_side, site) = lanes::beside(|| Ok(server_side()), browser_part);
    let (server_parts, server) = server_side.result.unwrap_or_default();
    parts.extend(server_parts);
    let site_took = site.took;
    let (site, site_error) = match site.result {
        Ok(site) => (Some(site), None),
        Err(error) => (None, Some(error)),
    };
    parts.push(Part {
        name: "browser part",
        counts: None,
        error: site_error,
        took: site_took,
    });
    parts.push(check(
        "types of the script",
        timed(browser_tests::check_script),
    ));
    parts.push(tests("xtask's tests", timed(xtask)));
    parts.push(tests(
        "browser tests",
        timed(|| {
            let server = server.ok_or_else(|| anyhow!("there is no server to test"))?;
            site.ok_or_else(|| anyhow!("there is no browser part to test"))?;
            heading("browser tests");
            browser_tests::run(&server, &[])
        }),
    ));
    parts
}

/// The lane in front: lint, compile, test. Returns the server's binary where there is one.
fn server_side() -> (Vec<Part>, Option<PathBuf>) {
    let mut parts = Vec::new();
    let compiled = timed(|| {
        heading("linting and compiling the server side and its tests");
        let targets = ["--lib", "--bins", "--tests", "--benches"];
        cargo::build_without_warnings(&[&cargo::SERVER_SIDE[..], &targets].concat())
    });
    let server = compiled
        .result
        .is_ok()
        .then(|| workspace::target().join("debug/hangar"));
    parts.push(check("lint and compile", compiled));
    if server.is_some() {
        parts.push(tests("tests (databases, SkyPilot)", timed(with_real_parts)));
        if documents_with_examples(workspace::root()) {
            parts.push(tests("documentation tests", timed(documentation)));
        }
    }
    (parts, server)
}

/// The lane behind: the site for the browser tests, with the islands linted as they are compiled.
fn browser_part() -> Result<Manifest> {
    build::build_site(&workspace::development_site(), false)
}

fn formatting() -> Result<()> {
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

fn xtask() -> Result<Counts> {
    heading("xtask's own lints and tests");
    cargo::build_without_warnings(&[&cargo::XTASK[..], &["--tests"]].concat())?;
    let mut command = cargo::cargo(&["nextest", "run", "--locked", "--no-fail-fast"]);
    Ok(nextest(command.args(cargo::XTASK))?.0)
}

/// What came of the tests, and what nextest wrote.
fn nextest(command: &mut std::process::Command) -> Result<(Counts, String)> {
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

fn heading(what: &str) {
    println!("\n== {what}");
}

fn check<T>(name: &'static str, lane: Lane<T>) -> Part {
    Part {
        name,
        counts: None,
        error: lane.result.err(),
        took: lane.took,
    }
}

fn tests(name: &'static str, lane: Lane<Counts>) -> Part {
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
