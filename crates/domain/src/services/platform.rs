//! What the portal stands on.

use crate::{
    caller::Caller,
    platform::{HostCheck, HostCluster, PlanUse},
    problem::Problem,
};
use async_trait::async_trait;

/// Host clusters and plans, for platform admins. Both are configured; here they are looked at.
#[async_trait]
pub trait Platform: Send + Sync {
    /// The host clusters with what is on them: first those of the configuration in its order, then those that are not
    /// in it any more.
    async fn host_clusters(&self, caller: &Caller) -> Result<Vec<HostCluster>, Problem>;

    /// Asks a host cluster whether the portal has every permission that it needs there. What comes of it is audited.
    async fn check_host(&self, caller: &Caller, host: &str) -> Result<HostCheck, Problem>;

    /// The plans with how many clusters have them: first those that are offered, then those that are not any more.
    async fn plans(&self, caller: &Caller) -> Result<Vec<PlanUse>, Problem>;
}
