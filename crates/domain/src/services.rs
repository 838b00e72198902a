//! What the portal can do, as pages, REST and the command line see it. Every method takes the
//! [`Caller`] and is authorised in the core, not where it is called.

use crate::{
    account::{ApiToken, NewApiToken, Profile, TokenInput},
    caller::Caller,
    cluster::{Cluster, ClusterEvent, DoomedObjects, Kubeconfig},
    ids::{ClusterId, TokenId},
    listing::{ClusterPage, ClusterQuery},
    order::{NameCheck, OrderInput, OrderOptions},
    overview::Overview,
    problem::Problem,
};
use async_trait::async_trait;

/// An accepted order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The cluster.
    pub cluster: Cluster,
    /// Whether the same order with the same key had been accepted before.
    pub replayed: bool,
}

/// Clusters: order, look, use, delete.
#[async_trait]
pub trait Clusters: Send + Sync {
    /// What the create form offers this caller.
    async fn order_options(&self, caller: &Caller) -> Result<OrderOptions, Problem>;

    /// Whether a name is valid and free.
    async fn check_name(&self, caller: &Caller, name: &str) -> Result<NameCheck, Problem>;

    /// Accepts an order: desired state, operation and audit entry are in the database when this
    /// returns. The same `idempotency_key` (at most 128 visible ASCII characters) by the same
    /// caller gives the first answer again, and refuses a different order.
    async fn order(
        &self,
        caller: &Caller,
        input: OrderInput,
        idempotency_key: Option<&str>,
    ) -> Result<Ordered, Problem>;

    /// A page of the clusters the caller may see.
    async fn list(&self, caller: &Caller, query: ClusterQuery) -> Result<ClusterPage, Problem>;

    /// One cluster.
    async fn get(&self, caller: &Caller, id: ClusterId) -> Result<Cluster, Problem>;

    /// What its host tells about it, newest first.
    async fn events(&self, caller: &Caller, id: ClusterId) -> Result<Vec<ClusterEvent>, Problem>;

    /// The kubeconfig, read anew from the cluster and audited first: no audit entry, no kubeconfig.
    async fn kubeconfig(&self, caller: &Caller, id: ClusterId) -> Result<Kubeconfig, Problem>;

    /// What dies with it.
    async fn doomed(&self, caller: &Caller, id: ClusterId) -> Result<Vec<DoomedObjects>, Problem>;

    /// Takes it down; `confirmation` must be its name. Asking twice is the same as once.
    async fn delete(
        &self,
        caller: &Caller,
        id: ClusterId,
        confirmation: &str,
    ) -> Result<Cluster, Problem>;

    /// The dashboard.
    async fn overview(&self, caller: &Caller) -> Result<Overview, Problem>;
}

/// The caller's own account.
#[async_trait]
pub trait Account: Send + Sync {
    /// Who they are and what they may.
    async fn profile(&self, caller: &Caller) -> Result<Profile, Problem>;

    /// Their tokens that have not ended, newest first.
    async fn tokens(&self, caller: &Caller) -> Result<Vec<ApiToken>, Problem>;

    /// A new token. Only from a session: a token cannot make tokens.
    async fn create_token(
        &self,
        caller: &Caller,
        input: TokenInput,
    ) -> Result<NewApiToken, Problem>;

    /// Ends a token at once.
    async fn revoke_token(&self, caller: &Caller, id: TokenId) -> Result<(), Problem>;
}
