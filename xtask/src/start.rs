//! `cargo xtask start`: a portal to try, from this checkout.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Result, anyhow};

use crate::{build, workspace};

/// What `cargo xtask start` hands on.
#[derive(clap::Args)]
pub struct Options {
    /// Arguments for `hangar serve`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    serve: Vec<String>,
}

/// Builds, then becomes `hangar serve`, so that signals and the exit code are the server's.
pub fn run(options: &Options) -> Result<()> {
    let binary = build::development()?;
    let error = Command::new(&binary)
        .current_dir(workspace::root())
        .env("HANGAR_SITE_DIR", workspace::development_site())
        .arg("serve")
        .args(&options.serve)
        .exec();
    Err(anyhow!("cannot start {}: {error}", binary.display()))
}
