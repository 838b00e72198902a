//! What there is to say about the SkyPilot API server.

use super::Finding;
use crate::{config::Settings, skypilot};
use ::skypilot::AwsAccess;
use jiff::{Timestamp, tz::TimeZone};
use persistence::{Database, node_records::WorkspaceRecord};
use provisioning::ports::machines::{Machines as _, ServerHealth};

/// The server and each tenant's place on it; nothing without a server.
pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let Some(skypilot) = &settings.skypilot else {
        return Vec::new();
    };
    let what = format!("SkyPilot API server {}", skypilot.url);
    // No cloud is asked anything here.
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
        "without service accounts: tenants are kept apart by the portal only"
    };
    let version = format!(
        "{what}: {}, protocol {}, {accounts}",
        health.version, health.api_version
    );
    let administered: Result<(), _> = if health.may_administer {
        Ok(())
    } else {
        Err("the portal's account needs the role admin there, to make workspaces and accounts")
    };
    vec![
        Finding::new(version, Ok::<(), String>(())),
        Finding::new(format!("{what}: may administer"), administered),
    ]
}

/// What the portal last found out about each. Asking the clouds is its own work: a question without the tenant's
/// credential would switch a cloud off there.
async fn workspaces(settings: &Settings) -> Vec<Finding> {
    let Ok(database) = Database::open(settings.database.expose()).await else {
        // Told of already.
        return Vec::new();
    };
    let workspaces = database.workspaces().list().await;
    database.close().await;
    match workspaces {
        Ok(workspaces) => workspaces.iter().map(of_workspace).collect(),
        Err(error) => vec![Finding::missing("workspaces", super::said(&error))],
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
                "no cloud is enabled there, as of {}: it needs a credential that the server can use",
                minute(at)
            ),
        ),
        None if workspace.ready => Finding::missing(
            what,
            "its clouds have not been asked yet: a running portal does that by itself",
        ),
        _ => Finding::missing(what, "not made yet: a running portal does that by itself"),
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
            table.contains("MISSING  SkyPilot API server x: may administer"),
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
