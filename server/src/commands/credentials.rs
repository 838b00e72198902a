//! `hangar credentials`: tenants' cloud credentials, beside a running portal. Keys come by standard input, a file or the
//! environment, never as arguments: those can be read by everybody on the machine.

mod input;

use super::Configuration;
use crate::{broker, config::Settings, keys};
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    caller::Caller,
    tenancy::{EnvironmentRef, Tenant},
};
use input::Given;
use jiff::Timestamp;
use persistence::Database;
use provisioning::{
    audit::{AuditAction, AuditEntry},
    aws_keys,
    error::causes,
    ports::{
        cloud_credentials::AwsKeys,
        stores::{AuditStore as _, TenantStore as _},
    },
};
use secrets::{Scope, SealedCredentials};
use std::process::ExitCode;

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
        provider: Provider,
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
        provider: Provider,
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        configuration: Configuration,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Provider {
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
}

pub async fn run(options: Options) -> Result<ExitCode> {
    match options.action {
        Action::Set {
            provider: Provider::Aws,
            whose,
            given,
            configuration,
        } => {
            let keys = given.read()?;
            let faults = aws_keys::faults(&keys);
            if !faults.is_empty() {
                let faults: Vec<_> = faults
                    .iter()
                    .map(|fault| format!("  {} {}", fault.field, fault.message))
                    .collect();
                bail!("the credential cannot be stored:\n{}", faults.join("\n"));
            }
            let desk = Desk::open(&configuration).await?;
            let place = desk.place(&whose).await?;
            desk.audit(&place, format!("stored AWS keys {}", described(&keys)))
                .await?;
            desk.credentials
                .store_aws(place.scope, &keys, Timestamp::now())
                .await
                .map_err(said)?;
            println!("Stored the AWS credential of {}.", place.words);
            desk.close().await;
        }
        Action::List { configuration } => {
            let desk = Desk::open(&configuration).await?;
            desk.list().await?;
            desk.close().await;
        }
        Action::Remove {
            provider: Provider::Aws,
            whose,
            configuration,
        } => {
            let desk = Desk::open(&configuration).await?;
            let place = desk.place(&whose).await?;
            desk.audit(&place, "removed AWS keys".to_owned()).await?;
            if !desk.credentials.remove_aws(place.scope).map_err(said)? {
                bail!(
                    "{} has no AWS credential; `hangar credentials list` shows those there are",
                    place.words
                );
            }
            println!(
                "Removed the AWS credential of {}. Sessions made of it end within the hour.",
                place.words
            );
            desk.close().await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What the commands work with.
struct Desk {
    database: Database,
    credentials: SealedCredentials,
    tenants: Vec<Tenant>,
}

/// What a credential is for, found by name.
struct Place {
    tenant: Tenant,
    scope: Scope,
    words: String,
}

impl Desk {
    async fn open(configuration: &Configuration) -> Result<Self> {
        let settings: Settings = configuration.load()?;
        let credentials = broker::credentials(&settings, keys::sealer(&keys::keyring(&settings)?));
        let database = Database::open(settings.database.expose()).await?;
        // Those of the configuration may have come in since the portal was last started.
        database
            .seed_tenants(&settings.tenants)
            .await
            .context("the tenants of the configuration cannot be stored")?;
        let tenants = database
            .tenants()
            .await
            .context("the tenants cannot be read")?;
        Ok(Self {
            database,
            credentials,
            tenants,
        })
    }

    async fn close(self) {
        self.database.close().await;
    }

    async fn place(&self, whose: &Whose) -> Result<Place> {
        let Some(tenant) = self
            .tenants
            .iter()
            .find(|tenant| tenant.tenant.slug == whose.tenant)
        else {
            let known: Vec<_> = self
                .tenants
                .iter()
                .map(|tenant| tenant.tenant.slug.as_str())
                .collect();
            bail!(
                "there is no tenant {}; there are {}",
                whose.tenant,
                known.join(", ")
            );
        };
        let id = tenant.tenant.id;
        let (scope, words) = match &whose.environment {
            None => (
                Scope::Tenant(id),
                format!("{}, every environment", whose.tenant),
            ),
            Some(slug) => {
                let environment = environment(tenant, slug)?;
                (
                    Scope::Environment(id, environment.id),
                    format!("{} / {slug}", whose.tenant),
                )
            }
        };
        Ok(Place {
            tenant: tenant.clone(),
            scope,
            words,
        })
    }

    /// No entry, no change.
    async fn audit(&self, place: &Place, detail: String) -> Result<()> {
        let tenant = &place.tenant.tenant;
        let mut entry = AuditEntry::by(
            &Caller::portal(),
            AuditAction::ChangeCredential,
            Timestamp::now(),
            format!("tenant/{}", tenant.id),
            tenant.name.clone(),
        )
        .in_tenant(tenant.id)
        .with_detail(format!("{} ({})", detail, place.words));
        entry.who = "Command line".to_owned();
        entry.channel = "command_line".to_owned();
        self.database
            .append(entry)
            .await
            .context("the audit log cannot be written, so nothing was changed")
    }

    async fn list(&self) -> Result<()> {
        let summaries = self.credentials.list().map_err(said)?;
        if summaries.is_empty() {
            eprintln!(
                "No tenant has a credential. Store one with: hangar credentials set aws --tenant SLUG"
            );
        }
        for summary in summaries {
            let keys = match self.credentials.aws(summary.scope).await {
                Ok(Some(keys)) => described(&keys),
                Ok(None) => continue,
                Err(error) => causes(&error),
            };
            let stored = summary.stored_at.strftime("%F %H:%M UTC");
            println!(
                "{:<40} {keys:<60} stored {stored}",
                self.words(summary.scope)
            );
        }
        Ok(())
    }

    fn words(&self, scope: Scope) -> String {
        let (tenant, environment) = match scope {
            Scope::Tenant(tenant) => (tenant, None),
            Scope::Environment(tenant, environment) => (tenant, Some(environment)),
        };
        let Some(found) = self.tenants.iter().find(|one| one.tenant.id == tenant) else {
            return format!("{tenant} (gone)");
        };
        let slug = &found.tenant.slug;
        match environment {
            None => format!("{slug}, every environment"),
            Some(id) => match found.environments.iter().find(|one| one.id == id) {
                Some(environment) => format!("{slug} / {}", environment.slug),
                None => format!("{slug} / {id} (gone)"),
            },
        }
    }
}

fn environment<'a>(tenant: &'a Tenant, slug: &str) -> Result<&'a EnvironmentRef> {
    let found = tenant
        .environments
        .iter()
        .find(|environment| environment.slug == slug);
    found.with_context(|| {
        let known: Vec<_> = tenant
            .environments
            .iter()
            .map(|environment| environment.slug.as_str())
            .collect();
        format!(
            "{} has no environment {slug}; it has {}",
            tenant.tenant.slug,
            known.join(", ")
        )
    })
}

/// Keys in words: the end of the access key's id, the role, the region.
fn described(keys: &AwsKeys) -> String {
    let id = &keys.access_key_id;
    let mut text = format!("…{}", &id[id.len().saturating_sub(4)..]);
    if let Some(role) = &keys.role {
        text.push_str(&format!(" as {}", role.arn));
    }
    if let Some(region) = &keys.region {
        text.push_str(&format!(" in {region}"));
    }
    text
}

fn said(error: provisioning::ports::cloud_credentials::CredentialError) -> anyhow::Error {
    anyhow::anyhow!(causes(&error))
}
