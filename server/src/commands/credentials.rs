//! `hangar credentials`: tenants' cloud credentials, beside a running portal. Keys come by standard input, a file or the
//! environment, never as arguments: those can be read by everybody on the machine.

mod input;

use super::Configuration;
use crate::{keys, vault};
use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    caller::Caller,
    credential::{
        Credential, CredentialInput, CredentialScope, CredentialState, Provider, SecretText,
    },
    problem::Problem,
    tenancy::Tenant,
};
use input::Given;
use persistence::Database;
use provisioning::{ports::cloud_credentials::AwsKeys, vault::Vault};
use secrecy::ExposeSecret as _;
use std::{collections::BTreeMap, process::ExitCode};

/// What to do.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Store a credential, in place of the one before.
    Set {
        /// The cloud.
        provider: Cloud,
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        given: Given,
        #[command(flatten)]
        configuration: Configuration,
    },
    /// List what is stored; nothing of a secret.
    List {
        #[command(flatten)]
        configuration: Configuration,
    },
    /// Remove a credential.
    Remove {
        /// The cloud.
        provider: Cloud,
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        configuration: Configuration,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Cloud {
    /// Amazon Web Services.
    Aws,
}

#[derive(Debug, Args)]
struct Whose {
    /// The tenant.
    #[arg(long, value_name = "SLUG")]
    tenant: String,
    /// For this environment only; without it, for all that have none of their own.
    #[arg(long, value_name = "SLUG")]
    environment: Option<String>,
    /// What it is called; without it, the one that is taken.
    #[arg(long)]
    name: Option<String>,
}

/// The fields of AWS keys, as the form of the page has them.
fn fields(keys: AwsKeys) -> BTreeMap<String, SecretText> {
    let (role_arn, external_id) = keys
        .role
        .map(|role| (Some(role.arn), role.external_id))
        .unwrap_or_default();
    [
        ("access_key_id", Some(keys.access_key_id)),
        (
            "secret_access_key",
            Some(keys.secret_access_key.expose_secret().to_owned()),
        ),
        ("region", keys.region),
        ("role_arn", role_arn),
        ("external_id", external_id),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?.into())))
    .collect()
}

pub async fn run(options: Options) -> Result<ExitCode> {
    match options.action {
        Action::Set {
            provider: Cloud::Aws,
            whose,
            given,
            configuration,
        } => {
            let fields = fields(given.read()?);
            let commands = CredentialCommands::open(&configuration).await?;
            let place = commands.place(&whose)?;
            let stored = match commands.find(&whose).await? {
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
                            tenant: whose.tenant.clone(),
                            environment: whose.environment.clone(),
                        },
                        provider: Provider::Aws,
                        name: whose.name.clone().unwrap_or_else(|| whose.usual_name()),
                        chosen: true,
                        fields,
                    };
                    commands.vault.create(&Caller::command_line(), input).await
                }
            };
            let stored = stored.map_err(|problem| not_stored(&problem))?;
            println!(
                "Stored the AWS credential {} of {place}; its fingerprint is {}.",
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
            whose,
            configuration,
        } => {
            let commands = CredentialCommands::open(&configuration).await?;
            let place = commands.place(&whose)?;
            let Some(found) = commands.find(&whose).await? else {
                bail!(
                    "{place} has no AWS credential{}; `hangar credentials list` shows those there are",
                    match &whose.name {
                        Some(name) => format!(" called {name}"),
                        None => String::new(),
                    }
                );
            };
            commands
                .vault
                .delete(&Caller::command_line(), found.id, &found.name)
                .await
                .map_err(said)?;
            println!(
                "Removed the AWS credential {} of {place}. Sessions made of it end within the hour.",
                found.name
            );
            commands.close().await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Whose {
    /// A name for people who gave none.
    fn usual_name(&self) -> String {
        match &self.environment {
            Some(environment) => format!("AWS of {environment}"),
            None => "AWS".to_owned(),
        }
    }
}

/// What the commands work with.
struct CredentialCommands {
    database: Database,
    vault: Vault,
    tenants: Vec<Tenant>,
}

impl CredentialCommands {
    async fn open(configuration: &Configuration) -> Result<Self> {
        let settings = configuration.load()?;
        let database = Database::open(settings.database.expose()).await?;
        // Those of the configuration may have come in since the portal was last started.
        database
            .tenants()
            .seed(&settings.tenants)
            .await
            .context("the tenants of the configuration cannot be stored")?;
        let tenants = database
            .tenants()
            .active()
            .await
            .context("the tenants cannot be read")?;
        let sealer = keys::sealer(&keys::keys(&settings, &keys::keyring(&settings)?)?);
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

    /// The tenant and environment, which must be there, in words.
    fn place(&self, whose: &Whose) -> Result<String> {
        let Some(tenant) = self
            .tenants
            .iter()
            .find(|tenant| tenant.tenant.slug == whose.tenant)
        else {
            let known = slugs(self.tenants.iter().map(|tenant| &tenant.tenant.slug));
            bail!("there is no tenant {}; there are {known}", whose.tenant);
        };
        let Some(slug) = &whose.environment else {
            return Ok(format!("{}, every environment", whose.tenant));
        };
        let environments = &tenant.environments;
        if environments.iter().all(|one| one.slug != *slug) {
            let known = slugs(environments.iter().map(|one| &one.slug));
            bail!("{} has no environment {slug}; it has {known}", whose.tenant);
        }
        Ok(format!("{} / {slug}", whose.tenant))
    }

    /// The AWS credential of exactly this scope: the one of that name, or the one that is taken.
    async fn find(&self, whose: &Whose) -> Result<Option<Credential>> {
        let all = self
            .vault
            .list(&Caller::command_line(), &whose.tenant)
            .await
            .map_err(said)?;
        Ok(all.into_iter().find(|one| {
            let environment = one.environment.as_ref().map(|one| &one.slug);
            one.provider == Provider::Aws
                && environment == whose.environment.as_ref()
                && match &whose.name {
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
                .map_err(said)?;
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

/// A credential in one line; nothing of its secret.
fn line(tenant: &str, credential: &Credential) -> String {
    let place = match &credential.environment {
        Some(environment) => format!("{tenant} / {}", environment.slug),
        None => format!("{tenant}, every environment"),
    };
    let state = match credential.state {
        CredentialState::Suspended => ", suspended",
        CredentialState::Active if credential.chosen => "",
        CredentialState::Active => ", not taken",
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
    anyhow!("the credential cannot be stored:\n{}", faults.join("\n"))
}

fn said(problem: Problem) -> anyhow::Error {
    anyhow!("{}", problem.detail)
}
