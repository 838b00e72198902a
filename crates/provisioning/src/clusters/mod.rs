//! Clusters: create, look, use, delete.

mod create;
mod delete;
mod kubeconfig;
mod listing;
pub(crate) mod view;

use crate::{
    authorization::{authorize, authorize_change},
    errors::CreateError,
    ports::host_clusters::{HostClusters, HostInfo},
};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    cluster::{Cluster, ClusterEvent, ClusterState, DeletionPreview},
    ids::ClusterId,
    plan::Plan,
    problem::Problem,
};
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry, records::ClusterRecord};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    pub cluster: Cluster,
    /// Whether the same order with the same key had been accepted before.
    pub replayed: bool,
}

pub struct Clusters {
    db: Database,
    hosts: Arc<dyn HostClusters>,
    plans: Vec<Plan>,
}

impl Clusters {
    /// Over these ports, with these `plans` to choose from.
    pub fn new(db: Database, hosts: Arc<dyn HostClusters>, plans: Vec<Plan>) -> Self {
        Self { db, hosts, plans }
    }

    /// One cluster.
    ///
    /// # Errors
    /// Not found for a missing one and for one the caller may not see.
    pub async fn get(&self, caller: &Caller, id: ClusterId) -> Result<Cluster, Problem> {
        let cluster = self.authorized(caller, Action::ReadCluster, id).await?;
        Ok(view::cluster(cluster, caller))
    }

    /// The events of its namespace on the host, newest first.
    ///
    /// # Errors
    /// Not found, or the host does not respond.
    pub async fn events(
        &self,
        caller: &Caller,
        id: ClusterId,
    ) -> Result<Vec<ClusterEvent>, Problem> {
        let cluster = self.authorized(caller, Action::ReadCluster, id).await?;
        Ok(self.hosts.events(&(&cluster).into()).await?)
    }

    /// What is deleted with it.
    ///
    /// # Errors
    /// Not found, forbidden, or the host does not respond.
    pub async fn deletion_preview(
        &self,
        caller: &Caller,
        id: ClusterId,
    ) -> Result<Vec<DeletionPreview>, Problem> {
        let cluster = self.authorized(caller, Action::DeleteCluster, id).await?;
        Ok(self.hosts.deletion_preview(&(&cluster).into()).await?)
    }

    /// The cluster, if `caller` may do `action` to it. A deleted one is not found.
    async fn authorized(
        &self,
        caller: &Caller,
        action: Action,
        id: ClusterId,
    ) -> Result<ClusterRecord, Problem> {
        let cluster = self.existing(caller, id).await?;
        authorize(caller, action, cluster.tenant.id, "cluster")?;
        Ok(cluster)
    }

    /// The same for what changes it or hands something out; a refusal is recorded as `recorded`.
    async fn authorized_change(
        &self,
        caller: &Caller,
        action: Action,
        recorded: AuditAction,
        id: ClusterId,
    ) -> Result<ClusterRecord, Problem> {
        let cluster = self.existing(caller, id).await?;
        let attempt = || {
            let target = format!("cluster/{id}");
            AuditEntry::by(
                caller,
                recorded,
                Timestamp::now(),
                target,
                cluster.name.as_str(),
            )
        };
        let tenant = cluster.tenant.id;
        authorize_change(&self.db, caller, action, tenant, "cluster", attempt).await?;
        Ok(cluster)
    }

    /// A deleted cluster is gone for callers who could see it, and not found for others.
    async fn existing(&self, caller: &Caller, id: ClusterId) -> Result<ClusterRecord, Problem> {
        let record = self.db.clusters().get(id).await?;
        let record = record.ok_or_else(|| Problem::not_found("cluster"))?;
        if record.state != ClusterState::Deleted {
            return Ok(record);
        }
        authorize(caller, Action::ReadCluster, record.tenant.id, "cluster")?;
        Err(Problem::gone("cluster", record.name.as_str()))
    }

    /// The host that new clusters go to.
    fn host(&self) -> Result<HostInfo, Problem> {
        let first = self.hosts.hosts().into_iter().next();
        first.ok_or_else(|| CreateError::NoHostCluster.into())
    }
}
