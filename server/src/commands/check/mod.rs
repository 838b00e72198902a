//! `hangar check`: tests the systems that the configuration names and reports what is missing.

mod aws;
mod keys;
mod skypilot;

use super::{Configuration, Site};
use crate::{
    config::{PublicUrl, Settings},
    http::{sign_in::Provider, site},
    server,
};
use anyhow::Result;
use clap::Args;
use domain::error::causes;
use persistence::Database;
use provisioning::ports::host_clusters::{HostClusters, PermissionCheck};
use std::{error::Error, path::Path, process::ExitCode};

#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    configuration: Configuration,
    #[command(flatten)]
    site: Site,
}

#[derive(Debug, PartialEq, Eq)]
struct Finding {
    what: String,
    trouble: Option<String>,
    /// The portal works all the same.
    is_warning: bool,
}

impl Finding {
    fn new<T>(what: impl Into<String>, outcome: Result<T, impl Into<String>>) -> Self {
        Self {
            what: what.into(),
            trouble: outcome.err().map(Into::into),
            is_warning: false,
        }
    }

    fn missing(what: impl Into<String>, trouble: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            trouble: Some(trouble.into()),
            is_warning: false,
        }
    }

    fn warning(what: impl Into<String>, trouble: impl Into<String>) -> Self {
        Self {
            is_warning: true,
            ..Self::missing(what, trouble)
        }
    }
}

pub async fn run(options: Options) -> Result<ExitCode> {
    let settings = options.configuration.load()?;
    let mut findings: Vec<_> = settings.public_url.iter().map(encrypts).collect();
    findings.extend([
        site_is_there(&options.site.folder()),
        database_answers(&settings).await,
    ]);
    findings.extend(keys::findings(&settings).await);
    findings.extend(aws::findings(&settings).await);
    for provider in &settings.sign_in.providers {
        let asked = match Provider::new(provider.clone()) {
            Ok(provider) => provider.check().await.map_err(|error| message_of(&error)),
            Err(error) => Err(message_of(&error)),
        };
        findings.push(Finding::new(
            format!("sign-in with {} ({})", provider.slug, provider.issuer_name),
            asked,
        ));
    }
    findings.extend(hosts_permit(&settings).await);
    findings.extend(skypilot::findings(&settings).await);
    print!("{}", table(&findings));
    let missing = findings
        .iter()
        .any(|finding| finding.trouble.is_some() && !finding.is_warning);
    Ok(if missing {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn encrypts(url: &PublicUrl) -> Finding {
    let what = format!("public_url {}", url.origin());
    match url.is_exposed() {
        false => Finding::new(what, Ok::<(), String>(())),
        true => Finding::warning(
            what,
            "http: everybody on the network can read sessions and kubeconfigs; use https://, with TLS in front of the \
             portal",
        ),
    }
}

fn site_is_there(folder: &Path) -> Finding {
    let what = format!("site in {}", folder.display());
    Finding::new(
        what,
        site::assets(folder).map_err(|error| message_of(&error)),
    )
}

async fn database_answers(settings: &Settings) -> Finding {
    let opened = match Database::open(settings.database.expose(), None).await {
        Ok(database) if database.is_read_only() => {
            Err("it is read-only; the portal must be able to write".to_owned())
        }
        Ok(database) => {
            database.close().await;
            Ok(())
        }
        Err(error) => Err(message_of(&error)),
    };
    Finding::new("database", opened)
}

async fn hosts_permit(settings: &Settings) -> Vec<Finding> {
    let hosts = match server::hosts(settings).await {
        Ok(hosts) => hosts,
        Err(error) => {
            return vec![Finding::new(
                "host clusters",
                Err::<(), _>(format!("{error:#}")),
            )];
        }
    };
    let mut findings = Vec::new();
    for host in hosts.hosts() {
        let name = &host.name;
        match hosts.check(name).await {
            Ok(permissions) => findings.extend(permissions_of(name, permissions)),
            Err(error) => findings.push(Finding::new(
                format!("host cluster {name}"),
                Err::<(), _>(message_of(&error)),
            )),
        }
    }
    findings
}

/// Each missing permission, or one finding if none is missing.
fn permissions_of(host: &str, permissions: Vec<PermissionCheck>) -> Vec<Finding> {
    let asked = permissions.len();
    let missing: Vec<_> = permissions
        .into_iter()
        .filter(|check| !check.allowed)
        .map(|check| {
            let reason = check.reason.unwrap_or_else(|| "not allowed".to_owned());
            Finding::new(
                format!("{host}: {}", check.permission),
                Err::<(), _>(reason),
            )
        })
        .collect();
    if missing.is_empty() {
        let what = format!("{host}: all {asked} permissions");
        return vec![Finding::new(what, Ok::<(), String>(()))];
    }
    missing
}

fn message_of(error: &(dyn Error + 'static)) -> String {
    causes(error)
}

fn table(findings: &[Finding]) -> String {
    let width = findings
        .iter()
        .map(|finding| finding.what.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for finding in findings {
        let (mark, trouble) = match &finding.trouble {
            None => ("ok", ""),
            Some(trouble) if finding.is_warning => ("WARNING", trouble.as_str()),
            Some(trouble) => ("MISSING", trouble.as_str()),
        };
        let what = &finding.what;
        text.push_str(format!("{mark:<8} {what:<width$}  {trouble}").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Faults;

    #[test]
    fn only_missing_permissions_are_listed_one_by_one() {
        let check = |permission: &str, allowed| PermissionCheck {
            permission: permission.into(),
            allowed,
            reason: None,
        };
        let all = permissions_of(
            "main",
            vec![check("get pods", true), check("get nodes", true)],
        );
        assert_eq!(table(&all), "ok       main: all 2 permissions\n");
        let some = permissions_of(
            "main",
            vec![check("get pods", true), check("get nodes", false)],
        );
        assert_eq!(table(&some), "MISSING  main: get nodes  not allowed\n");
    }

    #[test]
    fn an_http_address_that_others_reach_is_a_warning() {
        let marks = |url: &str| {
            let url = PublicUrl::read(url, &mut Faults::default()).unwrap();
            table(&[encrypts(&url)])
        };
        for url in ["http://hangar.example.com", "http://10.0.0.1:8080"] {
            assert!(marks(url).starts_with("WARNING"), "{url}");
        }
        for url in ["https://hangar.example.com", "http://127.0.0.1:8080"] {
            assert!(marks(url).starts_with("ok"), "{url}");
        }
    }

    #[test]
    fn the_table_shows_what_is_missing_and_why() {
        let findings = [
            Finding::new("database", Ok::<(), String>(())),
            Finding::new("main: create namespaces", Err::<(), _>("no RBAC rule")),
        ];
        assert_eq!(
            table(&findings),
            "ok       database\nMISSING  main: create namespaces  no RBAC rule\n"
        );
    }
}
