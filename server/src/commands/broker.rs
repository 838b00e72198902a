//! `hangar broker`: lets API servers fetch credentials, and does the fetching on their machines.

use super::Configuration;
use crate::broker::{
    self,
    authority::Authority,
    aws_config::{self, Asking},
    client::BrokerClient,
    identities::Identities,
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

/// What to do.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// On the portal's machine: let an API server in, and print the identity it shows.
    Identity {
        /// What to call the API server.
        name: String,
        /// It may ask for this tenant only; may be given several times.
        #[arg(long, value_name = "SLUG")]
        tenant: Vec<String>,
        /// Write the identity to this file, readable by its owner only, instead of printing it.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// On the portal's machine: let an API server in no more, at once.
    Revoke {
        /// The name it was let in by.
        name: String,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// On the portal's machine: list the API servers that may ask.
    Identities {
        #[command(flatten)]
        configuration: Configuration,
    },
    /// On the API server's machine: print a workspace's credentials, as AWS's `credential_process` wants them.
    Credentials {
        #[command(flatten)]
        connection: Connection,
        /// The workspace.
        #[arg(long, value_name = "NAME")]
        workspace: String,
    },
    /// On the API server's machine: write a profile for each workspace into AWS's configuration.
    Configure {
        #[command(flatten)]
        connection: Connection,
        /// AWS's configuration [default: ~/.aws/config].
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Go on, and keep the profiles as the portal has the workspaces.
        #[arg(long)]
        watch: bool,
        /// How often to look for new workspaces, in seconds.
        #[arg(long, value_name = "SECONDS", default_value_t = 15, requires = "watch", value_parser = clap::value_parser!(u64).range(1..))]
        every: u64,
    },
}

/// How the portal is asked.
#[derive(Debug, Args)]
struct Connection {
    /// The broker: https://HOST:PORT, as under [broker] in the portal's configuration.
    #[arg(long, value_name = "URL")]
    portal: Url,
    /// The identity that `hangar broker identity` printed.
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
            // First out, then recorded: whoever is not to ask must not go on asking because the database is away.
            identities.revoke(&name)?;
            let database = Database::open(settings.database.expose()).await?;
            record(&database, AuditAction::RevokeBrokerIdentity, &name, None).await?;
            database.close().await;
            eprintln!("{name} is not let in any more.");
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

/// Writes the audit entry of what the command does.
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
        .context("the audit log cannot be written")
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
        bail!("call the API server by 1 to 64 letters, digits, hyphens, dots and underscores");
    }
    let settings = configuration.load()?;
    let database = Database::open(settings.database.expose()).await?;
    // Those of the configuration may have come in since the portal was last started.
    database
        .tenants()
        .seed(&settings.tenants)
        .await
        .context("the tenants of the configuration cannot be stored")?;
    let known = database
        .tenants()
        .active()
        .await
        .context("the tenants cannot be read")?;
    if let Some(unknown) = tenants
        .iter()
        .find(|slug| known.iter().all(|tenant| tenant.tenant.slug != **slug))
    {
        let known: Vec<_> = known
            .iter()
            .map(|tenant| tenant.tenant.slug.as_str())
            .collect();
        bail!(
            "there is no tenant {unknown}; there are {}",
            known.join(", ")
        );
    }
    let folder = broker::folder(&settings);
    let whose = if tenants.is_empty() {
        "every tenant".to_owned()
    } else {
        tenants.join(", ")
    };
    let issued = Authority::open(&folder)?.issue_client(name)?;
    let ends = issued.ends_at.strftime("%F");
    // No entry, no identity.
    let detail = format!("for {whose}, until {ends}");
    record(
        &database,
        AuditAction::IssueBrokerIdentity,
        name,
        Some(detail),
    )
    .await?;
    database.close().await;
    // First out, then let in: an identity that got lost on its way lets nobody in.
    match output {
        Some(file) => write_private(&file, issued.pem.as_bytes())
            .with_context(|| format!("cannot write {}", file.display()))?,
        None => stdout().write_all(issued.pem.as_bytes())?,
    }
    Identities::new(folder).add(name, tenants, &issued, Timestamp::now())?;
    eprintln!(
        "{name} may ask for the credentials of {whose} until {ends}. Keep the identity where only it can read it."
    );
    Ok(())
}

fn list(configuration: &Configuration) -> Result<()> {
    let identities = Identities::new(broker::folder(&configuration.load()?)).all()?;
    if identities.is_empty() {
        eprintln!("No API server may ask. Let one in with: hangar broker identity NAME");
    }
    for (name, identity) in identities {
        let whose = if identity.tenants.is_empty() {
            "every tenant".to_owned()
        } else {
            identity.tenants.join(", ")
        };
        let last = identity
            .certificates
            .iter()
            .map(|certificate| certificate.ends_at)
            .max();
        let until = last.map_or_else(String::new, |last| last.strftime("%F").to_string());
        println!("{name:<24} {whose:<40} until {until}");
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
            .context("there is no home directory; say with --config where AWS's configuration is")?
            .join(".aws/config"),
    };
    let client = connection.client()?;
    // AWS's libraries start the process from wherever they are.
    let asking = Asking {
        program: std::env::current_exe().context("this program does not know where it is")?,
        identity: std::path::absolute(&connection.identity)?,
        portal: connection.portal,
    };
    let mut stop = signal(SignalKind::terminate()).context("no signals to be had")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("no signals to be had")?;
    loop {
        let looked = look(&client, &path, &asking).await;
        let Some(every) = every else {
            return looked.map(|changed| tell(&path, changed));
        };
        match looked {
            Ok(changed) => tell(&path, changed),
            Err(error) => eprintln!("hangar: {error:#}; the profiles stay as they are"),
        }
        tokio::select! {
            () = sleep(every) => {}
            _ = stop.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
}

fn tell(path: &Path, changed: Option<usize>) {
    if let Some(count) = changed {
        eprintln!("{} has {count} profiles of Hangar's now.", path.display());
    }
}

/// How many profiles there are, if that has changed.
async fn look(client: &BrokerClient, path: &Path, asking: &Asking) -> Result<Option<usize>> {
    let workspaces = client.workspaces().await?;
    let changed = aws_config::update(path, asking, &workspaces)
        .map_err(|error| anyhow::anyhow!(causes(&error)))?;
    Ok(changed.then_some(workspaces.len()))
}

impl Connection {
    fn client(&self) -> Result<BrokerClient> {
        if self.portal.scheme() != "https" {
            bail!(
                "--portal must begin with https://; write it like https://portal.example.com:7443"
            );
        }
        Ok(BrokerClient::new(self.portal.clone(), &self.identity)?)
    }
}
