//! Host clusters of which one lacks permissions, one is silent and one is not in the configuration any more; and plans.

use async_trait::async_trait;
use domain::access::PlatformAction;
use domain::caller::Caller;
use domain::exposure::ExposureKind;
use domain::money::MicroDollars;
use domain::plan::Plan;
use domain::platform::{HostCheck, HostCluster, MissingPermission, PlanUse};
use domain::problem::{Problem, ProblemKind};
use domain::services::Platform;
use jiff::Timestamp;

/// One of each.
pub struct FourHosts;

/// It lets the portal work.
pub const GOOD: &str = "eu-1";
/// It lacks permissions.
pub const LACKING: &str = "eu-2";
/// It does not answer.
pub const SILENT: &str = "eu-3";
/// It is not in the configuration any more.
pub const GONE: &str = "us-1";

fn admin(caller: &Caller) -> Result<(), Problem> {
    if caller.may_on_platform(PlatformAction::ManageHosts) {
        Ok(())
    } else {
        Err(Problem::forbidden(PlatformAction::ManageHosts.words()))
    }
}

fn host(name: &str) -> HostCluster {
    HostCluster {
        name: name.into(),
        configured: name != GONE,
        takes_new_clusters: name == GOOD,
        exposures: vec![ExposureKind::LoadBalancer, ExposureKind::Ingress],
        ingress_domain: (name == GOOD).then(|| "clusters.example.com".into()),
        clusters: 12,
        need_somebody: u64::from(name == GOOD) * 3,
        price_per_hour: MicroDollars(2_520_000),
    }
}

#[async_trait]
impl Platform for FourHosts {
    async fn host_clusters(&self, caller: &Caller) -> Result<Vec<HostCluster>, Problem> {
        admin(caller)?;
        Ok([GOOD, LACKING, SILENT, GONE].map(host).into())
    }

    async fn check_host(&self, caller: &Caller, host: &str) -> Result<HostCheck, Problem> {
        admin(caller)?;
        let missing = match host {
            GOOD => Vec::new(),
            LACKING => vec![MissingPermission {
                permission: "create namespaces".into(),
                reason: Some("no RBAC policy matched".into()),
            }],
            SILENT => {
                let problem = Problem::new(ProblemKind::Unavailable, "eu-3 does not answer.");
                return Err(problem.next("See whether its API server runs."));
            }
            _ => return Err(Problem::not_found("host cluster")),
        };
        Ok(HostCheck {
            host: host.into(),
            permissions: 125,
            next_step: (!missing.is_empty()).then(|| "Apply k8s/rbac.yaml.".into()),
            missing,
            checked_at: Timestamp::UNIX_EPOCH,
        })
    }

    async fn plans(&self, caller: &Caller) -> Result<Vec<PlanUse>, Problem> {
        admin(caller)?;
        let used = |plan: Plan, offered, clusters, clusters_as_before| PlanUse {
            price_in_30_days: plan.price_per_hour.times_hours(720),
            plan,
            offered,
            clusters,
            clusters_as_before,
        };
        let old = Plan {
            name: "huge".into(),
            title: "Huge".into(),
            ..Plan::defaults().remove(2)
        };
        let medium = Plan::defaults().remove(1);
        Ok(vec![used(medium, true, 17, 4), used(old, false, 1, 0)])
    }
}
