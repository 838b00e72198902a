//! `cargo xtask build`: the server and the site it serves.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::site::{self, Manifest, fingerprint};
use crate::{cargo, lanes, process, script, styles, wasm, workspace};

/// What `cargo xtask build` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Make what production runs, in target/dist: optimised, small, compressed.
    #[arg(long)]
    release: bool,
    /// Only the site, not the server.
    #[arg(long)]
    site: bool,
}

/// Builds the server and the site, both at once.
pub fn run(options: &Options) -> Result<()> {
    match (options.site, options.release) {
        (true, true) => site_only(&workspace::distribution().join("site"), true),
        (true, false) => site_only(&workspace::development_site(), false),
        (false, true) => release(),
        (false, false) => development().map(|_| ()),
    }
}

fn site_only(site: &Path, release: bool) -> Result<()> {
    let built = lanes::timed(|| build_site(site, release));
    report(site, &built.result?, built.took)
}

/// A development build; returns the server's binary. The sandbox's is beside it.
pub fn development() -> Result<PathBuf> {
    println!("Building the server, and the browser part beside it (the first time takes minutes).");
    let (server, browser) = lanes::beside(
        || run_cargo(&["build"], &cargo::SANDBOX_BINARY),
        || build_site(&workspace::development_site(), false),
    );
    server.result.context("the server does not compile")?;
    report(
        &workspace::development_site(),
        &browser.result?,
        browser.took,
    )?;
    Ok(workspace::target().join("debug/hangar"))
}

/// A release, in target/dist.
pub fn release() -> Result<()> {
    println!("Building a release: the server, and the browser part beside it.");
    let distribution = workspace::distribution();
    let site = distribution.join("site");
    let (server, browser) = lanes::beside(
        || run_cargo(&["build", "--release"], &[]),
        || build_site(&site, true),
    );
    server.result.context("the server does not compile")?;
    report(&site, &browser.result?, browser.took)?;
    let binary = distribution.join("hangar");
    fs::copy(workspace::target().join("release/hangar"), &binary)
        .with_context(|| format!("cannot write {}", binary.display()))?;
    println!(
        "  {}  {}",
        binary.display(),
        megabytes(fs::metadata(&binary)?.len())
    );
    Ok(())
}

fn run_cargo(arguments: &[&str], more: &[&str]) -> Result<()> {
    process::run(
        cargo::cargo(arguments)
            .args(cargo::SERVER_SIDE)
            .args(cargo::SERVER_BINARY)
            .args(more),
    )
}

/// Compiles the browser part and the style sheet and puts them together, unless nothing changed.
pub fn build_site(site: &Path, release: bool) -> Result<Manifest> {
    let compiled = wasm::compile(release)?;
    let styles = styles()?;
    let script = script::bundle(&workspace::root().join("frontend/script"))?;

    let stamp_file = workspace::scratch().join(if release {
        "release.stamp"
    } else {
        "development.stamp"
    });
    let program =
        fs::read(&compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    let everything: Vec<String> = [&program, &script, &styles.sheet]
        .into_iter()
        .chain(styles.assets.values())
        .map(|content| fingerprint(content))
        .collect();
    let stamp = everything.join(" ");
    if let Some(manifest) = site::read(site)
        && fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp)
    {
        return Ok(manifest);
    }
    let manifest = site::write(
        site,
        &script,
        &wasm::bind(&compiled, release)?,
        &styles.sheet,
        &styles.assets,
        release,
    )?;
    fs::write(&stamp_file, stamp)?;
    Ok(manifest)
}

/// What style/ makes.
struct Styles {
    /// The style sheet.
    sheet: Vec<u8>,
    /// Files that browsers ask for by name.
    assets: BTreeMap<String, Vec<u8>>,
}

fn styles() -> Result<Styles> {
    let folder = workspace::scratch().join("style");
    let css = styles::build(workspace::root(), &folder).context("cannot make the style sheet")?;
    ensure!(css.bytes > 0, "the style sheet is empty");
    for class in &css.unknown {
        println!(
            "warning: the class `{}` has no rule ({:?})",
            class.name, class.files
        );
    }
    let mut assets = BTreeMap::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path != css.path
            && let Some(name) = path.file_name()
        {
            assets.insert(name.to_string_lossy().into_owned(), fs::read(&path)?);
        }
    }
    Ok(Styles {
        sheet: fs::read(&css.path)?,
        assets,
    })
}

/// Prints where the site is and how large its parts are.
pub fn report(site: &Path, manifest: &Manifest, took: Duration) -> Result<()> {
    println!(
        "The site is in {} ({:.0} s):",
        site.display(),
        took.as_secs_f64()
    );
    for (name, plain, brotli) in site::sizes(site, manifest)? {
        match brotli {
            Some(brotli) => println!(
                "  {name}  {}, {} as brotli",
                megabytes(plain),
                megabytes(brotli)
            ),
            None => println!("  {name}  {}", megabytes(plain)),
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}
