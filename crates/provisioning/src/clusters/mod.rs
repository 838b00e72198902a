//! Clusters: the use cases behind [`domain::services::Clusters`].

mod deletion;
mod kubeconfig;
mod listing;
mod ordering;
mod overview;
mod view;

use crate::{
    audit::{AuditAction, AuditEntry},
    authorization::{authorize, authorize_change},
    ports::{
        host_clusters::{HostClusters, HostError, HostErrorKind, HostInfo},
        stores::Store,
    },
    records::ClusterRecord,
};
use async_trait::async_trait;
use domain::{
    access::Action,
    caller::Caller,
    cluster::{Cluster, ClusterEvent, ClusterState, DoomedObjects, Kubeconfig},
    ids::ClusterId,
    listing::{ClusterPage, ClusterQuery},
    order::{NameCheck, OrderInput, OrderOptions},
    overview::Overview,
    plan::Plan,
    problem::{Problem, ProblemKind},
    services::{Clusters, Ordered},
};
use jiff::Timestamp;
use std::sync::Arc;

/// The use cases on clusters.
pub struct ClusterService {
    store: Arc<dyn Store>,
    hosts: Arc<dyn HostClusters>,
    plans: Vec<Plan>,
}

impl ClusterService {
    /// A service over these ports that offers `plans`.
    pub fn new(store: Arc<dyn Store>, hosts: Arc<dyn HostClusters>, plans: Vec<Plan>) -> Self {
        Self {
            store,
            hosts,
            plans,
        }
    }

    /// The cluster, if `caller` may do `action` to it. A deleted one is not found.
    async fn authorized(
        &self,
        caller: &Caller,
        action: Action,
        id: ClusterId,
    ) -> Result<ClusterRecord, Problem> {
        let cluster = self.existing(id).await?;
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
        let cluster = self.existing(id).await?;
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
        authorize_change(&*self.store, caller, action, tenant, "cluster", attempt).await?;
        Ok(cluster)
    }

    async fn existing(&self, id: ClusterId) -> Result<ClusterRecord, Problem> {
        self.store
            .cluster(id)
            .await?
            .filter(|cluster| cluster.state != ClusterState::Deleted)
            .ok_or_else(|| Problem::not_found("cluster"))
    }

    /// The host that new clusters go to.
    fn host(&self) -> Result<HostInfo, Problem> {
        self.hosts.hosts().into_iter().next().ok_or_else(|| {
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
    tracing::warn!(error = %crate::error::causes(error), kind = ?error.kind, "host cluster");
    match error.kind {
        HostErrorKind::NotFound => Problem::new(ProblemKind::NotReady, error.message.clone())
            .next("Wait until the cluster is ready and try again."),
        HostErrorKind::Unreachable => Problem::new(ProblemKind::Unavailable, error.message.clone())
            .next("Try again in a minute; the portal keeps trying by itself."),
        _ => Problem::new(ProblemKind::Unavailable, error.message.clone())
            .next("Show this to your platform team."),
    }
}

#[async_trait]
impl Clusters for ClusterService {
    async fn order_options(&self, caller: &Caller) -> Result<OrderOptions, Problem> {
        self.options(caller).await
    }

    async fn check_name(&self, _caller: &Caller, name: &str) -> Result<NameCheck, Problem> {
        self.name_check(name).await
    }

    async fn order(
        &self,
        caller: &Caller,
        input: OrderInput,
        idempotency_key: Option<&str>,
    ) -> Result<Ordered, Problem> {
        self.place_order(caller, &input, idempotency_key).await
    }

    async fn list(&self, caller: &Caller, query: ClusterQuery) -> Result<ClusterPage, Problem> {
        self.page(caller, query).await
    }

    async fn get(&self, caller: &Caller, id: ClusterId) -> Result<Cluster, Problem> {
        let cluster = self.authorized(caller, Action::ReadCluster, id).await?;
        Ok(view::cluster(cluster, caller))
    }

    async fn events(&self, caller: &Caller, id: ClusterId) -> Result<Vec<ClusterEvent>, Problem> {
        let cluster = self.authorized(caller, Action::ReadCluster, id).await?;
        self.hosts
            .events(&(&cluster).into())
            .await
            .map_err(|error| host_problem(&error))
    }

    async fn kubeconfig(&self, caller: &Caller, id: ClusterId) -> Result<Kubeconfig, Problem> {
        self.read_kubeconfig(caller, id).await
    }

    async fn doomed(&self, caller: &Caller, id: ClusterId) -> Result<Vec<DoomedObjects>, Problem> {
        let cluster = self.authorized(caller, Action::DeleteCluster, id).await?;
        self.hosts
            .doomed(&(&cluster).into())
            .await
            .map_err(|error| host_problem(&error))
    }

    async fn delete(
        &self,
        caller: &Caller,
        id: ClusterId,
        confirmation: &str,
    ) -> Result<Cluster, Problem> {
        self.begin_deletion(caller, id, confirmation).await
    }

    async fn overview(&self, caller: &Caller) -> Result<Overview, Problem> {
        self.dashboard(caller).await
    }
}
