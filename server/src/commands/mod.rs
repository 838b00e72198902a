//! The command line.

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
    data_directory, log,
};
use anyhow::{Context as _, Result, anyhow};
use clap::{Args, Parser};
use std::{path::PathBuf, process::ExitCode};

/// A self-service portal for virtual Kubernetes clusters and GPU nodes.
#[derive(Debug, Parser)]
#[command(name = "hangar", version, about)]
pub enum Command {
    /// Run the portal.
    Serve(serve::Options),
    /// Migrate the database and exit.
    Migrate(Configuration),
    /// Grant and restore platform admins, beside a running portal.
    Admin(admin::Options),
    /// Verify and export the audit log.
    Audit(audit::Options),
    /// Manage tenants' cloud credentials, beside a running portal.
    Credentials(credentials::Options),
    /// Show and change the key-encryption keys, beside a running portal.
    Keys(keys::Options),
    /// Admit SkyPilot API servers, and fetch short-lived credentials on their machines.
    Broker(broker::Options),
    /// Test the configuration: database, keys, sign-in, site, host clusters, SkyPilot, AWS.
    Check(check::Options),
    /// Print the OpenAPI document.
    Openapi,
}

#[derive(Clone, Debug, Args)]
pub struct Configuration {
    /// The configuration file, in TOML.
    #[arg(long, env = "HANGAR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the SQLite file and the keys [default: .hangar].
    #[arg(long, env = "HANGAR_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub struct Site {
    /// The folder of the site's files [default: the folder `site` beside the program].
    #[arg(long, env = "HANGAR_SITE_DIR", value_name = "DIR")]
    site_dir: Option<PathBuf>,
}

/// Runs the command. The error says what happened and what to do.
pub fn run(command: Command) -> Result<ExitCode> {
    // Another crate may have installed a provider; it can only be the same one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
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
        data_directory::prepare(&settings.data_dir)?;
        Ok(settings)
    }
}

impl Site {
    /// The folder given, or the first of the default places that exists.
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
        // A release has the site beside the program; a checkout has it in the parent folder.
        let above = beside.join("../site");
        let release = beside.join("site");
        if !release.exists() && above.exists() {
            above
        } else {
            release
        }
    }
}
