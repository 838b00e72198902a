//! What the portal stands on, for its admins: the host clusters, whether they let it work, and the plans.

mod plan_use;

use crate::{
    authorization::{authorize_on_platform, authorize_platform_change},
    errors::host_not_checked,
    ports::host_clusters::{HostClusters, HostError, HostErrorKind, PermissionCheck},
};
use domain::{
    access::PlatformAction,
    audit::{AuditAction, AuditOutcome},
    caller::Caller,
    error::causes,
    plan::Plan,
    platform::{HostCheck, HostCluster, MissingPermission, PlanUse},
    problem::Problem,
};
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry, records::ClusterTally};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::time::timeout;

/// A host answers all questions together within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Host clusters and plans, for platform admins. Both are configured and only read here.
pub struct Platform {
    db: Database,
    hosts: Arc<dyn HostClusters>,
    plans: Vec<Plan>,
    patience: Duration,
}

impl Platform {
    /// Over these ports, with these `plans` to choose from.
    pub fn new(db: Database, hosts: Arc<dyn HostClusters>, plans: Vec<Plan>) -> Self {
        Self {
            db,
            hosts,
            plans,
            patience: PATIENCE,
        }
    }

    /// Gives up on a host that has not answered in this time.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The host clusters with what is on them: first those of the configuration in its order, then those
    /// that were removed from it.
    ///
    /// # Errors
    /// Forbidden.
    pub async fn host_clusters(&self, caller: &Caller) -> Result<Vec<HostCluster>, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageHosts)?;
        let tallies = self.db.clusters().tally().await?;
        let configured = self.hosts.hosts();
        let known: BTreeSet<&str> = configured.iter().map(|host| host.name.as_str()).collect();
        let gone: BTreeSet<&str> = tallies
            .iter()
            .map(|tally| tally.host.as_str())
            .filter(|host| !known.contains(host))
            .collect();
        // New clusters go to the first.
        let first = configured.first().map(|host| host.name.as_str());
        let there = configured.iter().map(|host| HostCluster {
            configured: true,
            takes_new_clusters: first == Some(host.name.as_str()),
            exposures: host.exposures.clone(),
            ingress_domain: host.ingress_domain.clone(),
            ..what_is_on(&host.name, &tallies)
        });
        let gone = gone.into_iter().map(|host| what_is_on(host, &tallies));
        Ok(there.chain(gone).collect())
    }

    /// Asks a host cluster whether the portal has every permission that it needs there. The result is
    /// audited.
    ///
    /// # Errors
    /// Forbidden, not found, or the host does not respond.
    pub async fn check_host(&self, caller: &Caller, host: &str) -> Result<HostCheck, Problem> {
        let entry = || {
            let (now, recorded) = (Timestamp::now(), AuditAction::CheckHost);
            AuditEntry::by(caller, recorded, now, format!("host/{host}"), host)
        };
        let action = PlatformAction::ManageHosts;
        authorize_platform_change(&self.db, caller, action, entry).await?;
        if !self.hosts.hosts().iter().any(|known| known.name == host) {
            return Err(Problem::not_found("host cluster"));
        }
        let answer = self.ask(host).await;
        let audit = match &answer {
            Ok(check) if check.missing.is_empty() => entry().with_detail(check.summary()),
            Ok(check) => failed(entry(), &check.summary()),
            Err(problem) => failed(entry(), &problem.detail),
        };
        self.db.audit().append(audit).await?;
        answer
    }

    /// The plans with how many clusters have them: first those that are offered, then removed ones.
    ///
    /// # Errors
    /// Forbidden.
    pub async fn plans(&self, caller: &Caller) -> Result<Vec<PlanUse>, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageHosts)?;
        Ok(plan_use::of_all(
            &self.plans,
            &self.db.clusters().tally().await?,
        ))
    }

    /// Asks a configured host.
    async fn ask(&self, host: &str) -> Result<HostCheck, Problem> {
        let asked = timeout(self.patience, self.hosts.check(host)).await;
        let answered = asked.unwrap_or_else(|_| {
            Err(HostError {
                kind: HostErrorKind::Unreachable,
                message: format!(
                    "The host cluster {host} did not respond within {:?}.",
                    self.patience
                ),
                source: None,
            })
        });
        match answered {
            Ok(permissions) => Ok(checked(host, permissions)),
            Err(error) => {
                tracing::warn!(%host, error = %causes(&error), kind = ?error.kind, "not checked");
                Err(host_not_checked(error))
            }
        }
    }
}

/// As a host that is not in the configuration.
fn what_is_on(host: &str, tallies: &[ClusterTally]) -> HostCluster {
    let on_it = || tallies.iter().filter(|tally| tally.host == host);
    HostCluster {
        name: host.to_owned(),
        configured: false,
        takes_new_clusters: false,
        exposures: Vec::new(),
        ingress_domain: None,
        clusters: on_it().map(|tally| tally.clusters).sum(),
        need_attention: on_it().map(|tally| tally.need_attention).sum(),
        price_per_hour: on_it().map(|tally| tally.price_per_hour).sum(),
    }
}

fn checked(host: &str, permissions: Vec<PermissionCheck>) -> HostCheck {
    let asked = permissions.len();
    let missing: Vec<_> = permissions
        .into_iter()
        .filter(|check| !check.allowed)
        .map(|check| MissingPermission {
            permission: check.permission,
            reason: check.reason.filter(|reason| !reason.is_empty()),
        })
        .collect();
    HostCheck {
        host: host.to_owned(),
        permissions: asked,
        next_step: (!missing.is_empty()).then(|| {
            "Apply k8s/rbac.yaml to the host cluster, and bind its ClusterRole to the account that the portal uses \
             there."
                .to_owned()
        }),
        missing,
        checked_at: Timestamp::now(),
    }
}

fn failed(entry: AuditEntry, message: &str) -> AuditEntry {
    entry
        .with_outcome(AuditOutcome::Failed)
        .with_detail(message)
}
