//! Clusters: create, look, use, delete.

mod create;
mod kubeconfig;
pub(crate) mod view;

use crate::{
    ports::host_clusters::{HostClusters, HostError, HostErrorKind, HostInfo},
    resources::Resources,
};
use domain::{
    access::Action,
    caller::Caller,
    cluster::{Cluster, ClusterEvent, ClusterKind, DeletionPreview},
    ids::ClusterId,
    plan::Plan,
    problem::{Problem, ProblemKind},
};
use persistence::Database;
use std::sync::Arc;

/// An accepted order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The cluster.
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
        self.backend
            .hosts
            .events(&(&cluster).into())
            .await
            .map_err(|error| host_problem(&error))
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
        self.backend
            .hosts
            .deletion_preview(&(&cluster).into())
            .await
            .map_err(|error| host_problem(&error))
    }

    /// The host that new clusters go to.
    fn host(&self) -> Result<HostInfo, Problem> {
        self.backend
            .hosts
            .hosts()
            .into_iter()
            .next()
            .ok_or_else(|| {
                Problem::new(
                    ProblemKind::Unavailable,
                    "No host cluster is configured, so no cluster can be made.",
                )
                .next("Ask your platform team to add a host cluster to the configuration.")
            })
    }
}

/// What a person is told when a host cluster refuses or does not answer while they wait.
fn host_problem(error: &HostError) -> Problem {
    tracing::warn!(error = %domain::error::causes(error), kind = ?error.kind, "host cluster");
    match error.kind {
        HostErrorKind::NotFound => Problem::new(ProblemKind::NotReady, error.message.clone())
            .next("Wait until the cluster is ready and try again."),
        HostErrorKind::Unreachable => Problem::new(ProblemKind::Unavailable, error.message.clone())
            .next("Try again in a minute; the portal keeps trying by itself."),
        _ => Problem::new(ProblemKind::Unavailable, error.message.clone())
            .next("Show this to your platform team."),
    }
}
