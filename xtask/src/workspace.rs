//! Where things are: the checkout and what is built from it.

use std::path::{Path, PathBuf};

/// The root of the checkout.
pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Cargo's target folder, which `CARGO_TARGET_DIR` may have moved.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The site that a development build serves.
pub fn development_site() -> PathBuf {
    target().join("site")
}

/// What a release consists of: the binary and the site beside it.
pub fn distribution() -> PathBuf {
    target().join("dist")
}

/// Logs and stamps of xtask itself.
pub fn scratch() -> PathBuf {
    target().join("xtask")
}

/// The browser tests.
pub fn end2end() -> PathBuf {
    root().join("end2end")
}
