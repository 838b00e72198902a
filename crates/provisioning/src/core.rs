//! All use cases of the portal, as pages, REST and the command line call them. Every method takes the
//! [`domain::caller::Caller`] and is authorised here, not where it is called.

use crate::{
    account::Account,
    audit_log::AuditLog,
    clusters::Clusters,
    nodes::{Nodes, SkyPilotBackend},
    platform::Platform,
    ports::host_clusters::HostClusters,
    tenants::Tenants,
    user_pools::{KnownPool, UserPools},
    users::{RuleProvider, Users},
    vault::Vault,
};
use domain::plan::Plan;
use persistence::Database;
use std::sync::Arc;

/// The core, one part per subject.
pub struct Core {
    pub clusters: Clusters,
    /// Nodes, their jobs and logs, and the catalogue.
    pub nodes: Nodes,
    /// The caller's own profile and API tokens.
    pub account: Account,
    pub audit: AuditLog,
    pub users: Users,
    pub tenants: Tenants,
    pub user_pools: UserPools,
    pub platform: Platform,
    pub credentials: Vault,
    pub(crate) db: Database,
}

/// What the core is built from.
pub struct Parts {
    pub db: Database,
    pub hosts: Arc<dyn HostClusters>,
    /// The SkyPilot API server; `None`: there are no nodes.
    pub skypilot: Option<SkyPilotBackend>,
    pub credentials: Vault,
    pub plans: Vec<Plan>,
    /// The identity providers whose rules can be tried.
    pub rule_providers: Vec<RuleProvider>,
    /// The Cognito user pools that can be administered.
    pub user_pools: Vec<KnownPool>,
}

impl Core {
    /// Builds every part over the same database and outside systems.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            db,
            hosts,
            skypilot,
            credentials,
            plans,
            rule_providers,
            user_pools,
        } = parts;
        Self {
            clusters: Clusters::new(db.clone(), hosts.clone(), plans.clone()),
            nodes: Nodes::new(db.clone(), skypilot),
            account: Account::new(db.clone()),
            audit: AuditLog::new(db.clone()),
            users: Users::new(db.clone(), rule_providers),
            tenants: Tenants::new(db.clone()),
            user_pools: UserPools::new(db.clone(), user_pools),
            platform: Platform::new(db.clone(), hosts, plans),
            credentials,
            db,
        }
    }
}
