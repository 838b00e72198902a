//! `cargo xtask check`: the inner loop. Formatting, dependency rules, lints, and the unit tests of what changed since the
//! branch left `main` and of what depends on it. It needs neither PostgreSQL nor a browser.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::Result;
use serde::Deserialize;

use crate::lanes::timed;
use crate::process::output;
use crate::test::{check, formatting, heading, nextest, tests, xtask};
use crate::{browser_tests, cargo, outcome, rules, workspace};

/// Checks what changed, prints the summary, fails unless all holds.
pub fn run() -> Result<()> {
    let changes = Changes::of(&changed_files()?, &packages()?);
    let mut parts = vec![
        check("formatting", timed(formatting)),
        check("dependency rules", timed(rules::run)),
    ];
    if !changes.server_side.is_empty() {
        let linted = timed(|| lint(&changes));
        let compiles = linted.result.is_ok();
        parts.push(check("lint and compile", linted));
        if compiles {
            parts.push(tests("unit tests", timed(|| unit_tests(&changes))));
        }
    }
    if changes.browser {
        let islands = [&cargo::BROWSER[..], &cargo::BROWSER_DEVELOPMENT].concat();
        parts.push(check(
            "islands",
            timed(|| cargo::build_without_warnings("build", &islands)),
        ));
        if browser_tests::installed() {
            parts.push(check(
                "types of the script",
                timed(browser_tests::check_script),
            ));
        }
    }
    if changes.xtask {
        // Without the one that starts PostgreSQL.
        parts.push(tests(
            "xtask's tests",
            timed(|| xtask(&["-E", "not test(postgres)"])),
        ));
    }
    outcome::conclude(&parts)
}

fn lint(changes: &Changes) -> Result<()> {
    heading("linting and compiling what has unit tests");
    let arguments = [&["--no-run"], &cargo::SERVER_SIDE[..], &changes.targets()].concat();
    cargo::build_without_warnings("test", &arguments)
}

fn unit_tests(changes: &Changes) -> Result<outcome::Counts> {
    heading("unit tests of what changed");
    let changed: Vec<String> = changes
        .server_side
        .iter()
        .map(|package| format!("rdeps({package})"))
        .collect();
    let filter = format!("(kind(lib) + kind(bin)) & ({})", changed.join(" + "));
    let mut command = cargo::cargo(&["nextest", "run", "--locked", "--no-fail-fast"]);
    command
        .args(cargo::SERVER_SIDE)
        .args(changes.targets())
        .args(["--status-level", "fail", "-E", &filter]);
    Ok(nextest(&mut command)?.0)
}

/// What the changed files belong to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    /// Packages of the server side.
    server_side: BTreeSet<String>,
    /// Integration tests of packages that changed theirs: they are linted and not run.
    integration_tests: BTreeSet<String>,
    browser: bool,
    xtask: bool,
}

impl Changes {
    fn of(files: &[String], packages: &[Package]) -> Self {
        let mut changes = Self::default();
        for file in files {
            let parts: Vec<&str> = file.split('/').collect();
            let package = match parts[..] {
                ["crates", package, ..] | [package @ ("app" | "server"), ..] => package,
                ["migrations", ..] => "persistence",
                // Every crate depends on it.
                ["Cargo.toml" | "Cargo.lock"] => "domain",
                _ => "",
            };
            changes.browser |= ["frontend", "domain"]
                .iter()
                .any(|name| parts.contains(name));
            changes.xtask |= ["app", "docs", "frontend", "style", "xtask"].contains(&parts[0]);
            // A folder without a Cargo.toml is no package any more.
            let Some(package) = packages.iter().find(|known| known.name == package) else {
                continue;
            };
            changes.server_side.insert(package.name.clone());
            if parts.contains(&"tests") {
                let tests = package
                    .targets
                    .iter()
                    .filter(|target| target.kind == ["test"]);
                changes
                    .integration_tests
                    .extend(tests.map(|target| target.name.clone()));
            }
        }
        changes
    }

    fn targets(&self) -> Vec<&str> {
        let named = self.integration_tests.iter();
        ["--lib", "--bins"]
            .into_iter()
            .chain(named.flat_map(|name| ["--test", name]))
            .collect()
    }
}

/// What differs from `main`, committed or not.
fn changed_files() -> Result<Vec<String>> {
    let git = |arguments: &[&str]| {
        output(
            Command::new("git")
                .current_dir(workspace::root())
                .args(arguments),
        )
    };
    let base = ["origin/main", "main"]
        .iter()
        .find_map(|main| {
            let known = ["rev-parse", "--verify", "--quiet", main];
            git(&known)
                .ok()
                .and_then(|_| git(&["merge-base", "HEAD", main]).ok())
        })
        .unwrap_or_else(|| "HEAD".to_owned());
    let changed = git(&["diff", "--name-only", base.trim()])?;
    let new = git(&["ls-files", "--others", "--exclude-standard"])?;
    Ok(changed
        .lines()
        .chain(new.lines())
        .map(str::to_owned)
        .collect())
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

fn packages() -> Result<Vec<Package>> {
    let json = output(&mut cargo::cargo(&[
        "metadata",
        "--locked",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    let metadata: Metadata = serde_json::from_str(&json)?;
    Ok(metadata.packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_leads_to_its_package_and_its_tests() {
        let package = |name: &str, test: &str| Package {
            name: name.into(),
            targets: vec![Target {
                name: test.into(),
                kind: vec!["test".into()],
            }],
        };
        let packages = [
            package("persistence", "store"),
            package("app", "pages"),
            package("domain", "none"),
        ];
        let of = |files: &[&str]| {
            let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
            Changes::of(&files, &packages)
        };
        let changes = of(&["crates/persistence/tests/store/audit.rs", "app/src/lib.rs"]);
        assert_eq!(changes.targets(), ["--lib", "--bins", "--test", "store"]);
        assert_eq!(
            changes.server_side,
            ["app".to_owned(), "persistence".to_owned()].into()
        );
        assert!(changes.xtask && !changes.browser);
        assert_eq!(
            of(&["migrations/sqlite/0001_initial.sql"]).server_side,
            ["persistence".to_owned()].into()
        );
        assert_eq!(
            of(&["README.md", "crates/removed/src/lib.rs"]),
            Changes::default()
        );
        assert!(of(&["frontend/script/page.js"]).browser);
    }
}
