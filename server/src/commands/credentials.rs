//! `hangar credentials`: manages tenants' cloud credentials, beside a running portal. Keys are read from standard
//! input,
//! a file or the environment, never from arguments, which every user of the machine can see.

mod input;

use super::Configuration;
use crate::{keys, vault};
use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    caller::Caller,
    credential::{Credential, CredentialInput, CredentialScope, CredentialState, Provider},
    problem::Problem,
    tenancy::Tenant,
};
use input::KeySource;
use persistence::Database;
use provisioning::vault::Vault;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Store a credential, or replace the secret of an existing one.
    Set {
        provider: Cloud,
        #[command(flatten)]
        target: CredentialTarget,
        #[command(flatten)]
        source: KeySource,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// List stored credentials without their secrets.
    List {
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Delete a credential.
    Remove {
        provider: Cloud,
        #[command(flatten)]
        target: CredentialTarget,
        #[command(flatten)]
        configuration: Configuration,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Cloud {
    Aws,
}

#[derive(Debug, Args)]
struct CredentialTarget {
    /// The tenant's slug.
    #[arg(long, value_name = "SLUG")]
    tenant: String,
    /// Only for this environment; without it, for all environments that have no credential of their own.
    #[arg(long, value_name = "SLUG")]
    environment: Option<String>,
    /// The credential's name; without it, the default credential.
    #[arg(long)]
    name: Option<String>,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    match options.action {
        Action::Set {
            provider: Cloud::Aws,
            target,
            source,
            configuration,
        } => {
            let fields = source.read()?;
            let commands = CredentialCommands::open(&configuration).await?;
            let place = commands.place(&target)?;
            let stored = match commands.find(&target).await? {
                Some(before) => {
                    let version = before.version;
                    commands
                        .vault
                        .replace(&Caller::command_line(), before.id, fields, version)
                        .await
                }
                None => {
                    let input = CredentialInput {
                        scope: CredentialScope {
                            tenant: target.tenant.clone(),
                            environment: target.environment.clone(),
                        },
                        provider: Provider::Aws,
                        name: target.name.clone().unwrap_or_else(|| target.usual_name()),
                        chosen: true,
                        fields,
                    };
                    commands.vault.create(&Caller::command_line(), input).await
                }
            };
            let stored = stored.map_err(|problem| not_stored(&problem))?;
            println!(
                "Stored the AWS credential {} of {place} with the fingerprint {}.",
                stored.name, stored.fingerprint
            );
            commands.close().await;
        }
        Action::List { configuration } => {
            let commands = CredentialCommands::open(&configuration).await?;
            commands.list().await?;
            commands.close().await;
        }
        Action::Remove {
            provider: Cloud::Aws,
            target,
            configuration,
        } => {
            let commands = CredentialCommands::open(&configuration).await?;
            let place = commands.place(&target)?;
            let Some(found) = commands.find(&target).await? else {
                bail!(
                    "{place} has no AWS credential{}; list the existing ones with `hangar credentials list`",
                    match &target.name {
                        Some(name) => format!(" called {name}"),
                        None => String::new(),
                    }
                );
            };
            commands
                .vault
                .delete(&Caller::command_line(), found.id, &found.name)
                .await
                .map_err(command_error)?;
            println!(
                "Deleted the AWS credential {} of {place}. Its sessions expire within the hour.",
                found.name
            );
            commands.close().await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl CredentialTarget {
    /// The default name.
    fn usual_name(&self) -> String {
        match &self.environment {
            Some(environment) => format!("AWS {environment}"),
            None => "AWS".to_owned(),
        }
    }
}

struct CredentialCommands {
    database: Database,
    vault: Vault,
    tenants: Vec<Tenant>,
}

impl CredentialCommands {
    async fn open(configuration: &Configuration) -> Result<Self> {
        let settings = configuration.load()?;
        let keyring = keys::keyring(&settings)?;
        let database = keys::open_database(&settings, &keyring).await?;
        // The configuration may have gained tenants since the portal was started.
        database
            .tenants()
            .seed(&settings.tenants)
            .await
            .context("cannot store the tenants of the configuration")?;
        let tenants = database
            .tenants()
            .active()
            .await
            .context("cannot read the tenants")?;
        let sealer = keys::sealer(&keys::keys(&settings, &keyring)?);
        let vault = vault::vault(&settings, database.clone(), sealer)?;
        Ok(Self {
            database,
            vault,
            tenants,
        })
    }

    async fn close(self) {
        self.database.close().await;
    }

    /// `vision, every environment`; an error if the tenant or environment does not exist.
    fn place(&self, target: &CredentialTarget) -> Result<String> {
        let Some(tenant) = self
            .tenants
            .iter()
            .find(|tenant| tenant.tenant.slug == target.tenant)
        else {
            let known = slugs(self.tenants.iter().map(|tenant| &tenant.tenant.slug));
            bail!(
                "tenant {} does not exist; existing tenants are {known}",
                target.tenant
            );
        };
        let Some(slug) = &target.environment else {
            return Ok(format!("{}, all environments", target.tenant));
        };
        let environments = &tenant.environments;
        if environments.iter().all(|one| one.slug != *slug) {
            let known = slugs(environments.iter().map(|one| &one.slug));
            bail!(
                "environment {slug} does not exist in {}; existing environments are {known}",
                target.tenant
            );
        }
        Ok(format!("{} / {slug}", target.tenant))
    }

    /// The AWS credential of exactly this scope with that name, or else the default one.
    async fn find(&self, target: &CredentialTarget) -> Result<Option<Credential>> {
        let all = self
            .vault
            .list(&Caller::command_line(), &target.tenant)
            .await
            .map_err(command_error)?;
        Ok(all.into_iter().find(|one| {
            let environment = one.environment.as_ref().map(|one| &one.slug);
            one.provider == Provider::Aws
                && environment == target.environment.as_ref()
                && match &target.name {
                    Some(name) => one.name == *name,
                    None => one.chosen,
                }
        }))
    }

    async fn list(&self) -> Result<()> {
        let mut none = true;
        for tenant in &self.tenants {
            let slug = &tenant.tenant.slug;
            let stored = self
                .vault
                .list(&Caller::command_line(), slug)
                .await
                .map_err(command_error)?;
            for credential in stored {
                none = false;
                println!("{}", line(slug, &credential));
            }
        }
        if none {
            eprintln!(
                "No tenant has a credential. Store one with: hangar credentials set aws --tenant SLUG"
            );
        }
        Ok(())
    }
}

fn line(tenant: &str, credential: &Credential) -> String {
    let place = match &credential.environment {
        Some(environment) => format!("{tenant} / {}", environment.slug),
        None => format!("{tenant}, all environments"),
    };
    let state = match credential.state {
        CredentialState::Suspended => ", suspended",
        CredentialState::Active if credential.chosen => "",
        CredentialState::Active => ", not the default",
    };
    let facts: Vec<_> = credential
        .facts
        .iter()
        .map(|fact| fact.value.as_str())
        .collect();
    format!(
        "{place:<40} {:<12} {:<24} {} {} stored {}{state}",
        credential.provider.title(),
        credential.name,
        credential.fingerprint,
        facts.join(" "),
        credential
            .replaced_at
            .unwrap_or(credential.created_at)
            .strftime("%F %H:%M UTC"),
    )
}

fn slugs<'a>(slugs: impl Iterator<Item = &'a String>) -> String {
    slugs.map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn not_stored(problem: &Problem) -> anyhow::Error {
    if problem.fields.is_empty() {
        return anyhow!("{}", problem.detail);
    }
    let faults: Vec<_> = problem
        .fields
        .iter()
        .map(|fault| format!("  {}: {}", fault.field, fault.message))
        .collect();
    anyhow!("cannot store the credential:\n{}", faults.join("\n"))
}

fn command_error(problem: Problem) -> anyhow::Error {
    anyhow!("{}", problem.detail)
}
