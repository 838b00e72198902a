//! What `hangar` can be told to do.

mod admin;
mod audit;
mod broker;
mod check;
mod credentials;
mod keys;
mod migrate;
mod openapi;
mod serve;

use crate::{
    config::{ConfigurationError, Settings, Sources},
    log,
};
use anyhow::{Context as _, Result, anyhow};
use clap::{Args, Parser};
use std::{path::PathBuf, process::ExitCode};

/// Virtual Kubernetes clusters for your teams.
#[derive(Debug, Parser)]
#[command(name = "hangar", version, about)]
pub enum Command {
    /// Run the portal.
    Serve(serve::Options),
    /// Bring the database up to date and end.
    Migrate(Configuration),
    /// Do what admins do, beside a running portal.
    Admin(admin::Options),
    /// Verify and export the audit log.
    Audit(audit::Options),
    /// Store tenants' cloud credentials, beside a running portal.
    Credentials(credentials::Options),
    /// Show and change the keys that secrets lie under, beside a running portal.
    Keys(keys::Options),
    /// Let SkyPilot API servers fetch short-lived credentials, and fetch them there.
    Broker(broker::Options),
    /// Try the configuration: database, providers, site, permissions on the host clusters.
    Check(check::Options),
    /// Print the OpenAPI document.
    Openapi,
}

/// Where the configuration is.
#[derive(Clone, Debug, Args)]
pub struct Configuration {
    /// The configuration, a TOML file.
    #[arg(long, env = "HANGAR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the SQLite file and the keys are [default: .hangar].
    #[arg(long, env = "HANGAR_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Where the site is.
#[derive(Clone, Debug, Args)]
pub struct Site {
    /// The folder of the site's files [default: the folder `site` beside the program].
    #[arg(long, env = "HANGAR_SITE_DIR", value_name = "DIR")]
    site_dir: Option<PathBuf>,
}

/// Does what the command says.
///
/// # Errors
/// Says what went wrong and what to do about it.
pub fn run(command: Command) -> Result<ExitCode> {
    // Another crate may have chosen already; it can only have chosen the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no threads to be had")?;
    runtime.block_on(async {
        match command {
            Command::Serve(options) => serve::run(options).await,
            Command::Migrate(configuration) => migrate::run(&configuration).await,
            Command::Admin(options) => admin::run(options).await,
            Command::Audit(options) => audit::run(options).await,
            Command::Credentials(options) => credentials::run(options).await,
            Command::Keys(options) => keys::run(options).await,
            Command::Broker(options) => broker::run(options).await,
            Command::Check(options) => check::run(options).await,
            Command::Openapi => openapi::run(),
        }
    })
}

impl Configuration {
    fn load(&self) -> Result<Settings> {
        self.load_with(Sources::default())
    }

    fn load_with(&self, sources: Sources) -> Result<Settings> {
        let settings = Settings::load(Sources {
            file: self.config.clone(),
            data_dir: self.data_dir.clone(),
            ..sources
        })
        .map_err(|error: ConfigurationError| anyhow!(error))?;
        log::start(&settings.log);
        settings.make_data_directory()?;
        Ok(settings)
    }
}

impl Site {
    /// The folder given, or the first of the places where a site is looked for.
    fn folder(&self) -> PathBuf {
        if let Some(folder) = &self.site_dir {
            return folder.clone();
        }
        let beside = std::env::current_exe()
            .ok()
            .and_then(|program| Some(program.parent()?.to_owned()));
        let Some(beside) = beside else {
            return PathBuf::from("site");
        };
        // A release has the site beside the program; a checkout has it one folder up.
        let above = beside.join("../site");
        let release = beside.join("site");
        if !release.exists() && above.exists() {
            above
        } else {
            release
        }
    }
}
