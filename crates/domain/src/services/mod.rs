//! What the portal can do, as pages, REST and the command line see it. Every method takes the
//! [`Caller`] and is authorised in the core, not where it is called.

use crate::{
    account::{ApiToken, NewApiToken, Profile, TokenInput},
    caller::Caller,
    cluster::{Cluster, ClusterEvent, DoomedObjects, Kubeconfig},
    ids::{ClusterId, NodeId, TokenId},
    listing::{ClusterPage, ClusterQuery},
    node::{
        catalogue::{OfferPage, OfferQuery},
        connection::SshAccess,
        job::{Job, JobInput},
        listing::{NodePage, NodeQuery},
        order::{AutostopInput, NodeOrderInput, NodeOrderOptions, Quote},
        view::{Node, NodeEvent, Orphan},
    },
    order::{NameCheck, OrderInput, OrderOptions},
    overview::Overview,
    permissions::PermissionTable,
    problem::Problem,
};
mod administration;
mod platform;
mod user_pools;

pub use administration::{AuditLog, AuditStream, Credentials, People, Tenancy};
pub use platform::Platform;
pub use user_pools::UserPools;

use async_trait::async_trait;
use futures_core::Stream;
use std::pin::Pin;

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

/// An accepted order of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeOrdered {
    /// The node.
    pub node: Node,
    /// Whether the same order with the same key had been accepted before.
    pub replayed: bool,
}

/// Which log of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeLog {
    /// What SkyPilot wrote while it launched or started the machine.
    Provisioning,
    /// What a job wrote; `None`: the latest job.
    Job(Option<u64>),
}

/// A piece of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLines {
    /// Whole lines without terminal codes, each ending in a line end; or one line in brackets that
    /// tells of lines that are not shown.
    pub text: String,
    /// How many lines of the log are over with it, shown or not. With `tail` counted from there.
    pub through: u64,
}

/// A log as it is written. It ends with the job or the launch, or with the problem that cut it off.
pub type LogStream = Pin<Box<dyn Stream<Item = Result<LogLines, Problem>> + Send>>;

/// Nodes: find, order, look, use, stop, take down.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// A page of what can be launched, as the caller's tenants' clouds allow.
    async fn catalogue(&self, caller: &Caller, query: OfferQuery) -> Result<OfferPage, Problem>;

    /// What the order form offers this caller.
    async fn order_options(&self, caller: &Caller) -> Result<NodeOrderOptions, Problem>;

    /// What an order would come to, and what is wrong with it; changes nothing. A task of one's own
    /// is also validated by the SkyPilot API server.
    async fn quote(&self, caller: &Caller, input: NodeOrderInput) -> Result<Quote, Problem>;

    /// Accepts an order: desired state, operation and audit entry are in the database when this
    /// returns. The same `idempotency_key` (at most 128 visible ASCII characters) by the same
    /// caller gives the first answer again, and refuses a different order.
    async fn order(
        &self,
        caller: &Caller,
        input: NodeOrderInput,
        idempotency_key: Option<&str>,
    ) -> Result<NodeOrdered, Problem>;

    /// A page of the nodes the caller may see.
    async fn list(&self, caller: &Caller, query: NodeQuery) -> Result<NodePage, Problem>;

    /// One node.
    async fn get(&self, caller: &Caller, id: NodeId) -> Result<Node, Problem>;

    /// What SkyPilot tells about its machine, newest first.
    async fn events(&self, caller: &Caller, id: NodeId) -> Result<Vec<NodeEvent>, Problem>;

    /// A log from its beginning (`tail`: only the last so many lines); `follow` stays until it
    /// ends. Audited first: no audit entry, no log.
    async fn log(
        &self,
        caller: &Caller,
        id: NodeId,
        log: NodeLog,
        follow: bool,
        tail: Option<u32>,
    ) -> Result<LogStream, Problem>;

    /// How to get onto it, read anew and audited first: no audit entry, no key.
    async fn ssh(&self, caller: &Caller, id: NodeId) -> Result<SshAccess, Problem>;

    /// Its jobs, newest first.
    async fn jobs(&self, caller: &Caller, id: NodeId) -> Result<Vec<Job>, Problem>;

    /// Puts a command into its queue.
    async fn submit_job(&self, caller: &Caller, id: NodeId, input: JobInput)
    -> Result<(), Problem>;

    /// Cancels a job.
    async fn cancel_job(&self, caller: &Caller, id: NodeId, job: u64) -> Result<(), Problem>;

    /// Stops it. Asking twice is the same as once.
    async fn stop(&self, caller: &Caller, id: NodeId) -> Result<Node, Problem>;

    /// Starts it again. Asking twice is the same as once.
    async fn start(&self, caller: &Caller, id: NodeId) -> Result<Node, Problem>;

    /// Changes when it stops by itself.
    async fn set_autostop(
        &self,
        caller: &Caller,
        id: NodeId,
        input: AutostopInput,
    ) -> Result<Node, Problem>;

    /// Takes it down; `confirmation` must be its name. Asking twice is the same as once.
    async fn take_down(
        &self,
        caller: &Caller,
        id: NodeId,
        confirmation: &str,
    ) -> Result<Node, Problem>;

    /// Machines on the SkyPilot API server that nobody ordered here.
    async fn orphans(&self, caller: &Caller) -> Result<Vec<Orphan>, Problem>;

    /// Takes such a machine down; `confirmation` must be its name.
    async fn take_down_orphan(
        &self,
        caller: &Caller,
        machine: &str,
        confirmation: &str,
    ) -> Result<(), Problem>;
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

    /// Who may do what; for platform admins.
    async fn permissions(&self, caller: &Caller) -> Result<PermissionTable, Problem>;
}
