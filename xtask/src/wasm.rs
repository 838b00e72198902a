//! The islands: from Rust to the JavaScript and WebAssembly that a page with an island loads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::process::{find_program, run_logged};
use crate::{cargo, workspace};

/// What the browser loads.
pub struct Browser {
    /// The loader, an ES module whose default export is `init({ module_or_path })`.
    pub javascript: Vec<u8>,
    /// The program.
    pub wasm: Vec<u8>,
    /// JavaScript that crates brought along, by the path the loader imports it from.
    pub snippets: Vec<(PathBuf, Vec<u8>)>,
}

/// Compiles the crate `frontend` and returns the file that rustc wrote.
pub fn compile(release: bool) -> Result<PathBuf> {
    let (profile, folder) = if release {
        (cargo::BROWSER_RELEASE, "wasm-release")
    } else {
        (cargo::BROWSER_DEVELOPMENT, "wasm-dev")
    };
    run_logged(
        cargo::cargo(&["build"]).args(cargo::BROWSER).args(profile),
        &workspace::scratch().join("browser.log"),
    )
    .context("the browser part does not compile")?;
    Ok(workspace::target()
        .join("wasm32-unknown-unknown")
        .join(folder)
        .join("frontend.wasm"))
}

/// Makes the loader for a compiled program, and for a release makes the program small.
pub fn bind(compiled: &Path, release: bool) -> Result<Browser> {
    let work = workspace::scratch().join("browser");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    Bindgen::new()
        .input_path(compiled)
        .out_name("islands")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(&work)
        .context("wasm-bindgen cannot make the browser part's loader")?;
    let program = work.join("islands_bg.wasm");
    if release {
        shrink(&program)?;
    }
    Ok(Browser {
        javascript: fs::read(work.join("islands.js"))?,
        wasm: fs::read(&program)?,
        snippets: files_below(&work, Path::new("snippets"))?,
    })
}

/// Runs Binaryen's optimiser where it can be had; a release without it works, but is larger.
fn shrink(program: &Path) -> Result<()> {
    let npm = workspace::end2end().join("node_modules/.bin");
    let Some(optimiser) = find_program("wasm-opt", &[npm]) else {
        println!(
            "  wasm-opt not found: the wasm stays larger than it need be (`npm ci` in end2end/ brings it)"
        );
        return Ok(());
    };
    // The features that rustc's wasm32 target has on by default, which the stripped file no longer names.
    let features = [
        "--enable-bulk-memory",
        "--enable-multivalue",
        "--enable-mutable-globals",
        "--enable-nontrapping-float-to-int",
        "--enable-reference-types",
        "--enable-sign-ext",
    ];
    run_logged(
        Command::new(optimiser)
            .arg("-Oz")
            .args(features)
            .arg(program)
            .arg("--output")
            .arg(program),
        &workspace::scratch().join("wasm-opt.log"),
    )
    .context("wasm-opt cannot make the browser part smaller")
}

fn files_below(root: &Path, folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    let path = root.join(folder);
    if !path.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(&path)? {
        let entry = entry?;
        let relative = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files.extend(files_below(root, &relative)?);
        } else {
            files.push((relative, fs::read(entry.path())?));
        }
    }
    Ok(files)
}
