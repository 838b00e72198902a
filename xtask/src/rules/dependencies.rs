//! What cargo says about dependencies: the direct ones of our crates, and everything that ends up in a build.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::cargo;
use crate::process::output;

/// Our crates and what each names in its Cargo.toml.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Names of our crates.
    pub crates: BTreeSet<String>,
    /// Direct dependencies.
    pub edges: Vec<Edge>,
}

/// One line of a Cargo.toml.
#[derive(Debug)]
pub struct Edge {
    /// Our crate.
    pub from: String,
    /// What it uses.
    pub to: String,
    /// What for.
    pub kind: Kind,
}

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The crate itself, or its build script.
    Normal,
    /// Its tests.
    Test,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Normal => "",
            Self::Test => " in tests",
        })
    }
}

/// Everything that a build compiles.
#[derive(Debug, Default)]
pub struct Tree {
    /// Name and version of each package.
    pub packages: BTreeSet<(String, String)>,
}

impl Tree {
    /// The versions of a package that are incompatible with each other.
    pub fn majors(&self, name: &str) -> Vec<&str> {
        let majors: BTreeSet<&str> = self
            .packages
            .iter()
            .filter(|(package, _)| package == name)
            .map(|(_, version)| major(version))
            .collect();
        majors.into_iter().collect()
    }

    /// Reads `cargo tree --prefix none --format '{p}'`: a name and `vVERSION` to begin each line.
    fn parse(text: &str) -> Self {
        let packages = text
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let name = words.next()?;
                let version = words.next()?.strip_prefix('v')?;
                Some((name.to_owned(), version.to_owned()))
            })
            .collect();
        Self { packages }
    }
}

/// The part of a version that cargo regards as incompatible when it differs: `1` of 1.2.3, `0.8` of 0.8.9.
fn major(version: &str) -> &str {
    let parts = if version.starts_with("0.") { 2 } else { 1 };
    version
        .match_indices('.')
        .nth(parts - 1)
        .map_or(version, |(end, _)| &version[..end])
}

/// Everything that the browser part compiles, without what runs at build time.
pub fn browser() -> Result<Tree> {
    let mut tree = cargo::cargo(&["tree", "--locked", "--edges", "normal,no-proc-macro"]);
    tree.args(cargo::BROWSER)
        .args(["--prefix", "none", "--format", "{p}"]);
    Ok(Tree::parse(&output(&mut tree)?))
}

/// Everything that the server side compiles on this machine.
pub fn server() -> Result<Tree> {
    let mut tree = cargo::cargo(&["tree", "--locked", "--edges", "normal,build"]);
    tree.args(cargo::SERVER_SIDE)
        .args(["--prefix", "none", "--format", "{p}"]);
    Ok(Tree::parse(&output(&mut tree)?))
}

/// Our crates as their Cargo.toml files describe them.
pub fn workspace() -> Result<Workspace> {
    let json = output(&mut cargo::cargo(&[
        "metadata",
        "--locked",
        "--no-deps",
        "--format-version",
        "1",
    ]))?;
    parse(&json).context("cannot read what `cargo metadata` says")
}

fn parse(json: &str) -> Result<Workspace> {
    let metadata: Metadata = serde_json::from_str(json)?;
    let crates = metadata
        .packages
        .iter()
        .map(|package| package.name.clone())
        .collect();
    let edges = metadata
        .packages
        .into_iter()
        .flat_map(|package| {
            package
                .dependencies
                .into_iter()
                .map(move |dependency| Edge {
                    from: package.name.clone(),
                    to: dependency.name,
                    kind: if dependency.kind.as_deref() == Some("dev") {
                        Kind::Test
                    } else {
                        Kind::Normal
                    },
                })
        })
        .collect();
    Ok(Workspace { crates, edges })
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_incompatibly_counts_as_a_major_version() {
        assert_eq!(
            [
                major("1.2.3"),
                major("0.8.9"),
                major("0.29.0"),
                major("12.0.0-rc.1")
            ],
            ["1", "0.8", "0.29", "12"]
        );
    }

    #[test]
    fn a_tree_lists_each_package_once() {
        let tree = Tree::parse(
            "server v0.1.0 (/somewhere/server)\nhttp v1.4.0\nhttp v0.2.12 (*)\nhttp v1.4.0 (*)\n\n",
        );
        assert_eq!(tree.packages.len(), 3);
        assert_eq!(tree.majors("http"), ["0.2", "1"]);
    }

    #[test]
    fn test_dependencies_are_told_apart() {
        let json = r#"{"packages":[{"name":"sandbox","dependencies":[
            {"name":"axum","kind":null},{"name":"kube","kind":"dev"},{"name":"cc","kind":"build"}]}]}"#;
        let kinds: Vec<Kind> = parse(json)
            .unwrap()
            .edges
            .iter()
            .map(|edge| edge.kind)
            .collect();
        assert_eq!(kinds, [Kind::Normal, Kind::Test, Kind::Normal]);
    }
}
