//! `cargo xtask start`: a portal to try, from this checkout, with the sandbox beside it.

use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};

use crate::{build, workspace};

/// What `cargo xtask start` hands on.
#[derive(clap::Args)]
pub struct Options {
    /// The address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where portal and sandbox keep their data.
    #[arg(long, value_name = "DIR", default_value = ".hangar")]
    data_dir: PathBuf,
    /// More arguments for `hangar serve`.
    #[arg(last = true)]
    serve: Vec<String>,
}

/// Builds, then becomes the sandbox, which runs `hangar serve` beside itself and ends with it: one log, one Ctrl-C, and
/// the exit code is the portal's.
pub fn run(options: &Options) -> Result<()> {
    let portal = build::development()?;
    let sandbox = portal.with_file_name("hangar-sandbox");
    let error = Command::new(&sandbox)
        .current_dir(workspace::root())
        .env("HANGAR_SITE_DIR", workspace::development_site())
        .arg("--data-dir")
        .arg(&options.data_dir)
        .args(["--portal", &options.listen.to_string(), "--"])
        .arg(&portal)
        .arg("serve")
        .args(&options.serve)
        .exec();
    Err(anyhow!("cannot start {}: {error}", sandbox.display()))
}
