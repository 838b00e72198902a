//! `hangar keys`: the keys that secrets lie under, beside a running portal.

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
use secrets::Keys;
use std::{
    collections::BTreeSet,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::signal::unix::{SignalKind, signal};

/// What to do.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show which keys there are, and how much lies under each.
    Status {
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Make a new key in the data directory, in place of the one there, which goes on opening.
    New {
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Wrap everything anew that does not lie under the current key. Can be stopped and started again.
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
            "the key that seals is the one of the configuration, so one in the data directory would seal nothing; \
             change [keys] instead"
        );
    }
    let made = keys::directory(settings).replace_current()?;
    println!("Made {made}. The key before it goes on opening what it sealed.");
    println!(
        "Start the portal anew, so that it seals with it, then run: hangar keys rotate\n\
         Replicas that do not share this data directory need the file first."
    );
    Ok(ExitCode::SUCCESS)
}

/// What the commands work with.
struct KeyCommands {
    settings: Settings,
    database: Database,
    keys: Arc<Keys>,
    sealer: Arc<dyn Sealer>,
    rotation: KeyRotation,
}

impl KeyCommands {
    async fn open(configuration: &Configuration) -> Result<Self> {
        let settings = configuration.load()?;
        let keys = keys::keys(&settings, &keys::keyring(&settings)?)?;
        let database = Database::open(settings.database.expose()).await?;
        let sealer = keys::sealer(&keys);
        let rotation = KeyRotation::new(database.clone(), sealer.clone());
        Ok(Self {
            settings,
            database,
            keys,
            sealer,
            rotation,
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
            .context("nothing can be read")?;
        let current = self.sealer.current_key();
        let known = self.keys.ids();
        let mut ids: BTreeSet<&str> = known.iter().map(String::as_str).collect();
        ids.extend(uses.iter().map(|found| found.key_id.as_str()));
        for id in ids {
            let state = if id == current {
                "seals"
            } else if known.iter().any(|known| known == id) {
                "opens only"
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
            .run(&Caller::command_line(), told, || {
                !stopped.load(Ordering::Relaxed)
            })
            .await
            .context("the rotation was broken off; run it again to go on")?;
        for failure in &report.failed {
            eprintln!("Left as it was: {failure}");
        }
        println!(
            "Done: {}. Skipped, changed meanwhile: {}. Failed: {}.",
            report.done,
            report.skipped,
            report.failed.len()
        );
        let uses = self
            .rotation
            .status()
            .await
            .context("nothing can be read")?;
        let current = self.sealer.current_key();
        let left: u64 = uses
            .iter()
            .filter(|found| found.key_id != current)
            .map(|found| found.count)
            .sum();
        if left > 0 {
            println!("{left} secrets do not lie under {current} yet. Run it again to go on.");
            return Ok(ExitCode::FAILURE);
        }
        // The directory knows of its own kind only.
        let still: Vec<String> =
            Vec::from_iter(Some(current.to_owned()).filter(|id| id.starts_with("key-")));
        keys::directory(&self.settings).forget_others(&still)?;
        println!(
            "Everything lies under {current}. Older keys may be removed once every replica has started since."
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Becomes true when somebody wants the command to end.
fn stopped() -> Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let mut stop = signal(SignalKind::terminate()).context("no signals to be had")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("no signals to be had")?;
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

fn told(report: &RotationReport) {
    eprintln!("{} wrapped anew", report.done);
}
