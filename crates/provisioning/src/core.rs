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
    /// Clusters.
    pub clusters: Clusters,
    /// Nodes, their jobs and logs, and the catalogue.
    pub nodes: Nodes,
    /// The caller's own profile and API tokens.
    pub account: Account,
    /// The audit log.
    pub audit: AuditLog,
    /// Users, and trying claim rules.
    pub users: Users,
    /// Tenants, their environments and their members.
    pub tenants: Tenants,
    /// The users of Cognito user pools.
    pub user_pools: UserPools,
    /// Host clusters and plans.
    pub platform: Platform,
    /// The vault of cloud credentials.
    pub credentials: Vault,
    pub(crate) db: Database,
}

/// What the core is built from.
pub struct Parts {
    /// The database.
    pub db: Database,
    /// The host clusters.
    pub hosts: Arc<dyn HostClusters>,
    /// The SkyPilot API server; `None`: there are no nodes.
    pub skypilot: Option<SkyPilotBackend>,
    /// The vault of cloud credentials.
    pub credentials: Vault,
    /// The plans to choose from.
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
