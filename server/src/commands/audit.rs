//! `hangar audit`: verifies and exports the audit log.

use super::Configuration;
use crate::{http::audit_export::Format, keys};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use domain::{
    audit::{AuditQuery, AuditQueryInput},
    caller::Caller,
};
use futures::StreamExt as _;
use persistence::{Chain, ChainHead, ChainVerdict};
use provisioning::audit_log::AuditLog;
use std::{
    fs::{self, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Verify the hash chains: report whether an entry was changed, removed or inserted.
    ///
    /// Prints the head of each chain. Keep this output outside the database: a later verification with --expect
    /// finds an older copy of the log, or one that was shortened.
    Verify {
        /// The output of an earlier verification, which the log must continue.
        #[arg(long, value_name = "FILE")]
        expect: Option<PathBuf>,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Export the log, oldest entry first. The export is recorded in the log.
    Export(Box<Export>),
}

#[derive(Debug, Args)]
struct Export {
    /// The file format.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Only entries of this tenant.
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
    /// Only entries from this day or time on, in UTC: 2026-11-21 or 2026-11-21T10:30Z.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only entries up to this day (inclusive) or time.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// A new file, readable only by its owner [default: standard output].
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    configuration: Configuration,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    match options.action {
        Action::Verify {
            expect,
            configuration,
        } => verify(expect.as_deref(), &configuration).await,
        Action::Export(export) => {
            write_export(&export).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn verify(expect: Option<&Path>, configuration: &Configuration) -> Result<ExitCode> {
    let expected = expect.map(expected_heads).transpose()?.unwrap_or_default();
    let settings = configuration.load()?;
    let database = keys::open_database(&settings, &keys::keyring(&settings)?).await?;
    let verification = database.verify_chains(&expected).await;
    database.close().await;
    let verification = verification.context("cannot read the audit log")?;
    for chain in &verification.chains {
        match &chain.verdict {
            ChainVerdict::Intact { entries } => {
                println!("{}: {entries} entries, unchanged.", name_of(chain));
            }
            ChainVerdict::Broken { number, reason } => {
                println!("{}: broken at entry {number}: {reason}.", name_of(chain));
            }
        }
    }
    for fault in &verification.faults {
        println!("The whole log: {fault}.");
    }
    for head in verification
        .chains
        .iter()
        .filter_map(|chain| chain.head.as_ref())
    {
        println!("{head}");
    }
    if verification.is_intact() {
        println!("The audit log is unchanged.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("The audit log was changed outside the portal.");
    Ok(ExitCode::FAILURE)
}

/// The heads in the output of an earlier verification.
fn expected_heads(file: &Path) -> Result<Vec<ChainHead>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = text.lines().filter(|line| line.starts_with("head "));
    let heads: Vec<ChainHead> = lines
        .map(|line| {
            line.parse()
                .with_context(|| format!("{}: {line}", file.display()))
        })
        .collect::<Result<_>>()?;
    if heads.is_empty() {
        bail!(
            "{} contains no heads; give the output of `hangar audit verify`",
            file.display()
        );
    }
    Ok(heads)
}

fn name_of(chain: &Chain) -> String {
    match (chain.tenant, &chain.slug) {
        (None, _) => "Platform".to_owned(),
        (Some(_), Some(slug)) => format!("Tenant {slug}"),
        (Some(id), None) => format!("Tenant {id}"),
    }
}

async fn write_export(export: &Export) -> Result<()> {
    let query = question(export)?;
    let settings = export.configuration.load()?;
    let database = keys::open_database(&settings, &keys::keyring(&settings)?).await?;
    let mut file = output(export.output.as_deref())?;
    let mut rows = AuditLog::new(database.clone())
        .export(&Caller::command_line(), query)
        .await?;
    file.write_all(export.format.head().as_bytes())?;
    while let Some(row) = rows.next().await {
        let line = export.format.line(&row?);
        file.write_all(line.as_bytes())
            .context("cannot write the export")?;
    }
    file.flush().context("cannot write the export")?;
    database.close().await;
    Ok(())
}

fn question(export: &Export) -> Result<AuditQuery> {
    let input = AuditQueryInput {
        tenant: export.tenant.clone(),
        since: export.since.clone(),
        until: export.until.clone(),
        ..AuditQueryInput::default()
    };
    input.validate().or_else(|errors| {
        let errors: Vec<String> = errors
            .iter()
            .map(|error| format!("--{}: {}", error.field, error.message))
            .collect();
        bail!("{}", errors.join("\n"))
    })
}

fn output(path: Option<&Path>) -> Result<Box<dyn Write + Send>> {
    let Some(path) = path else {
        return Ok(Box::new(BufWriter::new(io::stdout())));
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(path)
        .with_context(|| format!("cannot create {}", path.display()))?;
    Ok(Box::new(BufWriter::new(file)))
}
