//! Checks the SkyPilot API server.

use super::Finding;
use crate::{config::Settings, skypilot};
use ::skypilot::AwsAccess;
use jiff::{Timestamp, tz::TimeZone};
use persistence::{Database, node_records::WorkspaceRecord};
use provisioning::ports::machines::{Machines as _, ServerHealth};

/// The server and each environment's workspace; empty without a server.
pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let Some(skypilot) = &settings.skypilot else {
        return Vec::new();
    };
    let what = format!("SkyPilot API server {}", skypilot.url);
    // This request does not reach any cloud.
    let machines = match skypilot::machines(skypilot, AwsAccess::OfTheServer) {
        Ok(machines) => machines,
        Err(error) => return vec![Finding::missing(what, format!("{error:#}"))],
    };
    let mut findings = match machines.health().await {
        Ok(health) => of_server(&what, &health),
        Err(error) => vec![Finding::missing(what, error.message)],
    };
    findings.extend(workspaces(settings).await);
    findings
}

fn of_server(what: &str, health: &ServerHealth) -> Vec<Finding> {
    let accounts = if health.service_accounts {
        "with service accounts"
    } else {
        "without service accounts: only the portal separates tenants"
    };
    let version = format!(
        "{what}: {}, protocol {}, {accounts}",
        health.version, health.api_version
    );
    let administered: Result<(), _> = if health.may_administer {
        Ok(())
    } else {
        Err(
            "the portal's service account needs the role admin, to create workspaces and service accounts",
        )
    };
    vec![
        Finding::new(version, Ok::<(), String>(())),
        Finding::new(format!("{what}: admin role"), administered),
    ]
}

/// The state that the portal last recorded for each workspace. The check does not query the clouds itself: a query
/// without the tenant's credential would disable a cloud on the server.
async fn workspaces(settings: &Settings) -> Vec<Finding> {
    let Ok(database) = Database::open(settings.database.expose(), None).await else {
        // Reported by another finding.
        return Vec::new();
    };
    let workspaces = database.workspaces().list().await;
    database.close().await;
    match workspaces {
        Ok(workspaces) => workspaces.iter().map(of_workspace).collect(),
        Err(error) => vec![Finding::missing("workspaces", super::message_of(&error))],
    }
}

fn of_workspace(workspace: &WorkspaceRecord) -> Finding {
    let what = format!(
        "{} of {} ({})",
        workspace.environment.name, workspace.tenant.name, workspace.name
    );
    if let Some(failure) = &workspace.failure {
        return Finding::missing(what, failure.message.clone());
    }
    match workspace.checked_at {
        Some(at) if workspace.ready && !workspace.enabled_clouds.is_empty() => {
            let clouds = workspace.enabled_clouds.join(", ");
            let what = format!("{what}: {clouds}, as of {}", minute(at));
            Finding::new(what, Ok::<(), String>(()))
        }
        Some(at) if workspace.ready => Finding::missing(
            what,
            format!(
                "no cloud is enabled, as of {}: add a credential that the server can use",
                minute(at)
            ),
        ),
        None if workspace.ready => Finding::missing(
            what,
            "its clouds are not known yet: a running portal queries them",
        ),
        _ => Finding::missing(what, "not created yet: a running portal creates it"),
    }
}

fn minute(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%d %H:%M UTC")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        failure::{Failure, FailureCode},
        tenancy::{EnvironmentRef, TenantRef},
    };

    fn workspace() -> WorkspaceRecord {
        WorkspaceRecord {
            id: uuid::Uuid::now_v7().into(),
            tenant: TenantRef {
                id: uuid::Uuid::now_v7().into(),
                slug: "vision".into(),
                name: "Vision".into(),
            },
            environment: EnvironmentRef {
                id: uuid::Uuid::now_v7().into(),
                slug: "dev".into(),
                name: "Dev".into(),
            },
            name: "hgr-vision-dev-0197a0b1".into(),
            account: None,
            ready: true,
            enabled_clouds: vec!["aws".into(), "kubernetes".into()],
            checked_at: Some("2026-11-21T05:20:31Z".parse().unwrap()),
            failure: None,
            attempts: 0,
            nodes: 0,
        }
    }

    #[test]
    fn a_server_where_the_portal_may_not_administer_is_missing_something() {
        let health = ServerHealth {
            version: "0.14.1".into(),
            api_version: 62,
            service_accounts: true,
            may_administer: false,
        };
        let table = super::super::table(&of_server("SkyPilot API server x", &health));
        assert!(table.contains("0.14.1, protocol 62, with service accounts"));
        assert!(
            table.contains("MISSING  SkyPilot API server x: admin role"),
            "{table}"
        );
    }

    #[test]
    fn each_workspace_tells_its_clouds_or_what_keeps_it_from_having_any() {
        let found = of_workspace(&workspace());
        assert_eq!(
            found.what,
            "Dev of Vision (hgr-vision-dev-0197a0b1): aws, kubernetes, as of 2026-11-21 05:20 UTC"
        );
        assert_eq!(found.trouble, None);

        let mut none = workspace();
        none.enabled_clouds.clear();
        assert!(of_workspace(&none).trouble.unwrap().contains("no cloud"));

        let mut failed = workspace();
        failed.failure = Some(Failure {
            code: FailureCode::ServerUnreachable,
            message: "It does not answer.".into(),
            next_step: String::new(),
            retrying: true,
        });
        let trouble = of_workspace(&failed).trouble;
        assert_eq!(trouble.as_deref(), Some("It does not answer."));
    }
}
