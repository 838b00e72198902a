//! `hangar keys`: manages the key-encryption keys, beside a running portal.

use super::Configuration;
use crate::{config::Settings, keys};
use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use domain::caller::Caller;
use persistence::Database;
use provisioning::{
    key_rotation::{KeyRotation, RotationReport},
    ports::sealing::Sealer,
};
use secrets::{Keyring, Keys};
use std::{
    collections::BTreeSet,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the keys and the number of secrets that each protects.
    Status {
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Create a new current key in the data directory. The previous key still decrypts.
    New {
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Wrap the data keys of all secrets with the current key. Can be stopped and started again.
    Rotate {
        #[command(flatten)]
        configuration: Configuration,
    },
}

pub async fn run(options: Options) -> Result<ExitCode> {
    match options.action {
        Action::Status { configuration } => {
            let commands = KeyCommands::open(&configuration).await?;
            commands.status().await?;
            commands.close().await;
            Ok(ExitCode::SUCCESS)
        }
        Action::New { configuration } => new_key(&configuration.load()?),
        Action::Rotate { configuration } => {
            let commands = KeyCommands::open(&configuration).await?;
            let code = commands.rotate().await?;
            commands.close().await;
            Ok(code)
        }
    }
}

fn new_key(settings: &Settings) -> Result<ExitCode> {
    if settings.keys.current.is_some() || settings.keys.kms.is_some() {
        anyhow::bail!(
            "the configuration names the current key, so a key in the data directory would not be used; \
             change [keys] instead"
        );
    }
    let made = keys::directory(settings).replace_current()?;
    println!("Created {made}. The previous key still decrypts.");
    println!(
        "Restart the portal so that it uses the new key, then run: hangar keys rotate\n\
         Copy the file first to replicas that do not share this data directory."
    );
    Ok(ExitCode::SUCCESS)
}

struct KeyCommands {
    settings: Settings,
    database: Database,
    keys: Arc<Keys>,
    sealer: Arc<dyn Sealer>,
    rotation: KeyRotation,
    keyring: Arc<Keyring>,
}

impl KeyCommands {
    async fn open(configuration: &Configuration) -> Result<Self> {
        let settings = configuration.load()?;
        let keyring = keys::keyring(&settings)?;
        let keys = keys::keys(&settings, &keyring)?;
        let database = keys::open_database(&settings, &keyring).await?;
        let sealer = keys::sealer(&keys);
        let rotation = KeyRotation::new(database.clone(), sealer.clone());
        Ok(Self {
            settings,
            database,
            keys,
            sealer,
            rotation,
            keyring,
        })
    }

    async fn close(self) {
        self.database.close().await;
    }

    async fn status(&self) -> Result<()> {
        let uses = self
            .rotation
            .status()
            .await
            .context("cannot read the secrets")?;
        let current = self.sealer.current_key();
        let known = self.keys.ids();
        let mut ids: BTreeSet<&str> = known.iter().map(String::as_str).collect();
        ids.extend(uses.iter().map(|found| found.key_id.as_str()));
        for id in ids {
            let state = if id == current {
                "current"
            } else if known.iter().any(|known| known == id) {
                "decrypts only"
            } else {
                "MISSING"
            };
            let count: u64 = uses
                .iter()
                .filter(|found| found.key_id == id)
                .map(|found| found.count)
                .sum();
            println!("{id:<84} {state:<10} {count} secrets");
        }
        Ok(())
    }

    async fn rotate(&self) -> Result<ExitCode> {
        keys::tried(&*self.sealer).await?;
        let stopped = stopped()?;
        let report = self
            .rotation
            .run(&Caller::command_line(), print_progress, || {
                !stopped.load(Ordering::Relaxed)
            })
            .await
            .context("the rotation was interrupted; run it again to continue")?;
        for failure in &report.failed {
            eprintln!("Unchanged: {failure}");
        }
        println!("Heads of the audit log signed again: {}.", report.heads);
        println!(
            "Done: {}. Skipped because they changed meanwhile: {}. Failed: {}.",
            report.done,
            report.skipped,
            report.failed.len()
        );
        let uses = self
            .rotation
            .status()
            .await
            .context("cannot read the secrets")?;
        let current = self.sealer.current_key();
        let left: u64 = uses
            .iter()
            .filter(|found| found.key_id != current)
            .map(|found| found.count)
            .sum();
        if left > 0 {
            println!(
                "{left} secrets are not yet protected by {current}. Run the command again to continue."
            );
            return Ok(ExitCode::FAILURE);
        }
        let own = keys_left(&self.database, &self.keyring).await?;
        keys::directory(&self.settings).forget_others(&own)?;
        println!(
            "All secrets are protected by {current}. Remove previous keys after every replica was restarted."
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Becomes true on SIGTERM or SIGINT.
fn stopped() -> Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let mut stop = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let set = flag.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = stop.recv() => {}
            _ = interrupt.recv() => {}
        }
        set.store(true, Ordering::Relaxed);
    });
    Ok(flag)
}

fn print_progress(report: &RotationReport) {
    eprintln!("{} wrapped again", report.done);
}

/// The local keys that are needed after a rotation to the current key: it signs the audit log even if a key in AWS KMS
/// encrypts secrets, and a head that is not authentic still names the key it was signed with.
async fn keys_left(database: &Database, keyring: &Keyring) -> Result<Vec<String>> {
    let mut ids = database
        .audit()
        .keys_in_use()
        .await
        .context("cannot read the keys of the audit log")?;
    ids.push(keyring.current().id().to_owned());
    ids.sort();
    ids.dedup();
    Ok(ids)
}
