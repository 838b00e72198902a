//! `hangar broker`: admits SkyPilot API servers on the portal's machine, and fetches credentials on theirs.

use super::Configuration;
use crate::{
    broker::{
        self,
        authority::Authority,
        aws_config::{self, ProfileSettings},
        client::BrokerClient,
        identities::Identities,
    },
    keys,
};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use domain::{audit::AuditAction, caller::Caller, error::causes};
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry};
use secrets::write_private;
use std::{
    io::{Write as _, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::sleep,
};
use url::Url;

#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// On the portal's machine: admit an API server and print its identity.
    Identity {
        /// A name for the API server.
        name: String,
        /// Only issue credentials of this tenant; can be repeated.
        #[arg(long, value_name = "SLUG")]
        tenant: Vec<String>,
        /// Write the identity to this file, readable only by its owner, instead of printing it.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// On the portal's machine: revoke an API server's access immediately.
    Revoke {
        /// The name of the API server.
        name: String,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// On the portal's machine: list the admitted API servers.
    Identities {
        #[command(flatten)]
        configuration: Configuration,
    },
    /// On the API server's machine: print a workspace's credentials in the format of AWS's `credential_process`.
    Credentials {
        #[command(flatten)]
        connection: Connection,
        /// The name of the workspace.
        #[arg(long, value_name = "NAME")]
        workspace: String,
    },
    /// On the API server's machine: write a profile for each workspace to the AWS configuration.
    Configure {
        #[command(flatten)]
        connection: Connection,
        /// The AWS configuration file [default: ~/.aws/config].
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Keep running and add a profile for each new workspace.
        #[arg(long)]
        watch: bool,
        /// The interval between requests for new workspaces, in seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 15, requires = "watch", value_parser = clap::value_parser!(u64).range(1..))]
        every: u64,
    },
}

#[derive(Debug, Args)]
struct Connection {
    /// The broker's address: https://HOST:PORT, as under [broker] in the portal's configuration.
    #[arg(long, value_name = "URL")]
    portal: Url,
    /// The file with the identity that `hangar broker identity` printed.
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    match options.action {
        Action::Identity {
            name,
            tenant,
            output,
            configuration,
        } => identity(&name, &tenant, output, &configuration).await?,
        Action::Revoke {
            name,
            configuration,
        } => {
            let settings = configuration.load()?;
            let identities = Identities::new(broker::folder(&settings));
            // Revoked before it is recorded, so that a failing database does not leave the access open.
            identities.revoke(&name)?;
            let database = keys::open_database(&settings, &keys::keyring(&settings)?).await?;
            record(&database, AuditAction::RevokeBrokerIdentity, &name, None).await?;
            database.close().await;
            eprintln!("The access of {name} is revoked.");
        }
        Action::Identities { configuration } => list(&configuration)?,
        Action::Credentials {
            connection,
            workspace,
        } => {
            let answer = connection.client()?.aws(&workspace).await?;
            stdout().write_all(answer.as_bytes())?;
        }
        Action::Configure {
            connection,
            config,
            watch,
            every,
        } => {
            let every = watch.then(|| Duration::from_secs(every));
            configure(connection, config, every).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn record(
    database: &Database,
    action: AuditAction,
    name: &str,
    detail: Option<String>,
) -> Result<()> {
    let mut entry = AuditEntry::by(
        &Caller::command_line(),
        action,
        Timestamp::now(),
        format!("broker_identity/{name}"),
        name,
    );
    entry.detail = detail;
    database
        .audit()
        .append(entry)
        .await
        .context("cannot write the audit log")
}

async fn identity(
    name: &str,
    tenants: &[String],
    output: Option<PathBuf>,
    configuration: &Configuration,
) -> Result<()> {
    let fits = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if !fits {
        bail!("invalid name: use 1 to 64 letters, digits, hyphens, dots and underscores");
    }
    let settings = configuration.load()?;
    let database = keys::open_database(&settings, &keys::keyring(&settings)?).await?;
    // The configuration may have gained tenants since the portal was started.
    database
        .tenants()
        .seed(&settings.tenants)
        .await
        .context("cannot store the tenants of the configuration")?;
    let known = database
        .tenants()
        .active()
        .await
        .context("cannot read the tenants")?;
    if let Some(unknown) = tenants
        .iter()
        .find(|slug| known.iter().all(|tenant| tenant.tenant.slug != **slug))
    {
        let known: Vec<_> = known
            .iter()
            .map(|tenant| tenant.tenant.slug.as_str())
            .collect();
        bail!(
            "tenant {unknown} does not exist; existing tenants are {}",
            known.join(", ")
        );
    }
    let folder = broker::folder(&settings);
    let scope = if tenants.is_empty() {
        "all tenants".to_owned()
    } else {
        tenants.join(", ")
    };
    let issued = Authority::open(&folder)?.issue_client(name)?;
    let ends = issued.ends_at.strftime("%F");
    // Recorded first: there must be no identity without an audit entry.
    let detail = format!("for {scope}, until {ends}");
    record(
        &database,
        AuditAction::IssueBrokerIdentity,
        name,
        Some(detail),
    )
    .await?;
    database.close().await;
    // Printed before it is admitted: an identity that was lost on the way gives no access.
    match output {
        Some(file) => write_private(&file, issued.pem.as_bytes())
            .with_context(|| format!("cannot write {}", file.display()))?,
        None => stdout().write_all(issued.pem.as_bytes())?,
    }
    Identities::new(folder).add(name, tenants, &issued, Timestamp::now())?;
    eprintln!(
        "{name} can fetch the credentials of {scope} until {ends}. Only {name} must be able to read the identity."
    );
    Ok(())
}

fn list(configuration: &Configuration) -> Result<()> {
    let identities = Identities::new(broker::folder(&configuration.load()?)).all()?;
    if identities.is_empty() {
        eprintln!("No API server is admitted. Admit one with: hangar broker identity NAME");
    }
    for (name, identity) in identities {
        let scope = if identity.tenants.is_empty() {
            "all tenants".to_owned()
        } else {
            identity.tenants.join(", ")
        };
        let last = identity
            .certificates
            .iter()
            .map(|certificate| certificate.ends_at)
            .max();
        let until = last.map_or_else(String::new, |last| last.strftime("%F").to_string());
        println!("{name:<24} {scope:<40} until {until}");
    }
    Ok(())
}

async fn configure(
    connection: Connection,
    config: Option<PathBuf>,
    every: Option<Duration>,
) -> Result<()> {
    let path = match config {
        Some(path) => path,
        None => std::env::home_dir()
            .context("there is no home directory; pass the AWS configuration file with --config")?
            .join(".aws/config"),
    };
    let client = connection.client()?;
    // AWS's libraries start the process in any directory.
    let settings = ProfileSettings {
        program: std::env::current_exe().context("cannot find the path of this program")?,
        identity: std::path::absolute(&connection.identity)?,
        portal: connection.portal,
    };
    let mut stop = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    loop {
        let updated = update_profiles(&client, &path, &settings).await;
        let Some(every) = every else {
            return updated.map(|changed| report(&path, changed));
        };
        match updated {
            Ok(changed) => report(&path, changed),
            Err(error) => eprintln!("hangar: {error:#}; the profiles are unchanged"),
        }
        tokio::select! {
            () = sleep(every) => {}
            _ = stop.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
}

fn report(path: &Path, changed: Option<usize>) {
    if let Some(count) = changed {
        eprintln!(
            "{} now contains {count} profiles of Hangar.",
            path.display()
        );
    }
}

/// The number of profiles, if it has changed.
async fn update_profiles(
    client: &BrokerClient,
    path: &Path,
    settings: &ProfileSettings,
) -> Result<Option<usize>> {
    let workspaces = client.workspaces().await?;
    let changed = aws_config::update(path, settings, &workspaces)
        .map_err(|error| anyhow::anyhow!(causes(&error)))?;
    Ok(changed.then_some(workspaces.len()))
}

impl Connection {
    fn client(&self) -> Result<BrokerClient> {
        if self.portal.scheme() != "https" {
            bail!("--portal must begin with https://, for example https://portal.example.com:7443");
        }
        Ok(BrokerClient::new(self.portal.clone(), &self.identity)?)
    }
}
