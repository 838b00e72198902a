//! `cargo xtask bench`: figures of a release build, as a table for docs/benchmarks.md.
//!
//! A measurement is a function from the release to rows of the table; `PLAN` lists them in order. What a running
//! portal does is measured by the program in `server/benches/portal` and, in Chromium, by `end2end/benches`; both print
//! rows themselves.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process::run as run_command;
use crate::{browser_tests, build, cargo, site, workspace};

/// What `cargo xtask bench` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Only measurements whose name contains this.
    #[arg(long)]
    only: Option<String>,
}

/// What is measured.
pub struct Release {
    /// The folder with the site's files.
    pub site: PathBuf,
    /// The server's binary.
    pub binary: PathBuf,
}

/// One row of the table.
#[derive(Debug)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// The value with its unit.
    pub value: String,
}

/// A measurement: its name and how it is taken.
type Measurement = (&'static str, fn(&Release) -> Result<Vec<Figure>>);

/// Everything that is measured, in the order of the table.
const PLAN: [Measurement; 3] = [
    ("sizes", sizes),
    ("navigation", navigation),
    ("portal", portal),
];

/// Builds a release, takes every measurement and prints the table.
pub fn run(options: &Options) -> Result<()> {
    build::release()?;
    let release = Release {
        site: workspace::distribution().join("site"),
        binary: workspace::distribution().join("hangar"),
    };
    println!("\n| what | figure |\n|---|---|");
    for (name, measure) in PLAN {
        if options
            .only
            .as_ref()
            .is_none_or(|only| name.contains(only.as_str()))
        {
            for figure in measure(&release).with_context(|| format!("cannot measure {name}"))? {
                println!("| {} | {} |", figure.what, figure.value);
            }
        }
    }
    Ok(())
}

/// What a browser has to fetch before the first page is interactive, and what a machine has to hold.
fn sizes(release: &Release) -> Result<Vec<Figure>> {
    let manifest = site::read(&release.site).context("the release has no site")?;
    let mut figures = Vec::new();
    for (name, plain, brotli) in site::sizes(&release.site, &manifest)? {
        let kind = name.rsplit('.').next().unwrap_or_default().to_owned();
        let brotli = brotli.context("the release is not compressed")?;
        figures.push(Figure {
            what: format!("{kind}, as it is"),
            value: kilobytes(plain),
        });
        figures.push(Figure {
            what: format!("{kind}, as brotli"),
            value: kilobytes(brotli),
        });
    }
    let binary = std::fs::metadata(&release.binary)?.len();
    figures.push(Figure {
        what: "server binary".to_owned(),
        value: kilobytes(binary),
    });
    Ok(figures)
}

/// What a click takes in Chromium.
fn navigation(release: &Release) -> Result<Vec<Figure>> {
    run_command(
        cargo::cargo(&["build", "--release", "--locked"])
            .args(cargo::SERVER_SIDE)
            .args(cargo::SERVER_BINARY)
            .args(cargo::SANDBOX_BINARY),
    )?;
    let portal = workspace::target().join("release/hangar");
    browser_tests::bench(&portal, &release.site)?;
    Ok(Vec::new())
}

/// Latency, throughput, speed of provisioning and memory of the running portal.
fn portal(release: &Release) -> Result<Vec<Figure>> {
    run_command(
        cargo::cargo(&["bench", "--locked", "--quiet", "--bench", "portal"])
            .args(cargo::SERVER_SIDE)
            .arg("--")
            .arg("--binary")
            .arg(&release.binary)
            .arg("--site")
            .arg(&release.site),
    )?;
    Ok(Vec::new())
}

fn kilobytes(bytes: u64) -> String {
    format!("{} kB", bytes.div_ceil(1000))
}
