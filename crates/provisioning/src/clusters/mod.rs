//! Clusters: create, look, use, delete.

mod create;
mod kubeconfig;
pub(crate) mod operating;
pub(crate) mod view;

use crate::{
    errors::{CreateError, host_problem},
    ports::host_clusters::{HostClusters, HostInfo},
    resources::Resources,
};
use domain::{
    access::Action,
    caller::Caller,
    cluster::{Cluster, ClusterEvent, ClusterKind, DeletionPreview},
    event_page::{EventPage, EventQuery},
    ids::ClusterId,
    plan::Plan,
    problem::Problem,
};
use persistence::Database;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    pub cluster: Cluster,
    /// Whether the same order with the same key had been accepted before.
    pub replayed: bool,
}

/// The use cases on clusters.
pub type Clusters = Resources<ClusterKind>;

/// What they need beside the database.
pub struct ClusterBackend {
    pub(crate) hosts: Arc<dyn HostClusters>,
    /// The plans to choose from.
    pub(crate) plans: Vec<Plan>,
}

impl Clusters {
    pub fn new(db: Database, hosts: Arc<dyn HostClusters>, plans: Vec<Plan>) -> Self {
        let backend = ClusterBackend { hosts, plans };
        Self { db, backend }
    }

    /// A page of the events of its namespace on the host.
    ///
    /// # Errors
    /// Not found, or the host does not respond.
    pub async fn events(
        &self,
        caller: &Caller,
        id: ClusterId,
        query: &EventQuery,
    ) -> Result<EventPage<ClusterEvent>, Problem> {
        let cluster = self.authorized(caller, Action::ReadCluster, id).await?;
        let events = self.backend.hosts.events(&(&cluster).into()).await;
        let events = events.map_err(|error| host_problem(&cluster, error))?;
        Ok(events.page(query))
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
        let hosts = &self.backend.hosts;
        let preview = hosts.deletion_preview(&(&cluster).into()).await;
        preview.map_err(|error| host_problem(&cluster, error))
    }

    /// The host that new clusters go to.
    fn host(&self) -> Result<HostInfo, Problem> {
        let first = self.backend.hosts.hosts().into_iter().next();
        first.ok_or_else(|| CreateError::NoHostCluster.into())
    }
}
