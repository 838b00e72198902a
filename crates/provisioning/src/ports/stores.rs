//! The stores. Each method is one transaction; whatever it announces, it announces after commit.

pub use super::audit_store::{AuditEntries, AuditStore};
use super::credential_stores::{CredentialStore, SealedRows};
use super::node_stores::{NodeStore, ServerReportStore, WorkspaceStore};
use super::{people_stores::PeopleStore, tenancy_stores::TenancyStore};
use crate::{
    audit::AuditEntry,
    error::StoreError,
    records::{
        Claim, ClusterRecord, NewCluster, OrderStored, Progress, SignedIn, TenantSeed, TokenRecord,
        UserRecord,
    },
};
use async_trait::async_trait;
pub use domain::caller::Extent;
use domain::{
    cluster_name::ClusterName,
    ids::{ClusterId, TokenId, UserId},
    listing::{ClusterQuery, Paging, StateCount},
    money::MicroDollars,
    operation::Operation,
    plan::Plan,
    tenancy::Tenant,
};
use jiff::{SignedDuration, Timestamp};

/// What every method answers with.
pub type Stored<T> = Result<T, StoreError>;

/// One page of records.
#[derive(Clone, Debug)]
pub struct RecordPage {
    /// The clusters of the page.
    pub items: Vec<ClusterRecord>,
    /// Which page this is.
    pub paging: Paging,
    /// How many match altogether.
    pub total: u64,
    /// How many match in each state, whatever states were asked for.
    pub counts: Vec<StateCount>,
}

/// What clusters cost. Each is charged from when it was first usable until it was gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// What those that are charged at the moment cost an hour.
    pub price_per_hour: MicroDollars,
    /// What has been spent in the time asked for, by whole seconds.
    pub spent: MicroDollars,
}

/// Clusters of one plan on one host cluster, without those that are deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterTally {
    /// The host cluster.
    pub host: String,
    /// The plan, as it was when they were ordered.
    pub plan: Plan,
    /// How many there are.
    pub clusters: u64,
    /// How many of them need somebody.
    pub need_somebody: u64,
    /// What those that are charged at the moment cost an hour.
    pub price_per_hour: MicroDollars,
}

/// Clusters, their operations and the work on them.
#[async_trait]
pub trait ClusterStore: Send + Sync {
    /// Stores an order with its operation and audit entry, due at once; announces it.
    async fn store_order(&self, new: NewCluster, audit: AuditEntry) -> Stored<OrderStored>;

    /// Whether a cluster that is not deleted has the name on this host.
    async fn name_taken(&self, host: &str, name: &ClusterName) -> Stored<bool>;

    /// One cluster, also a deleted one.
    async fn cluster(&self, id: ClusterId) -> Stored<Option<ClusterRecord>>;

    /// A page. `owner` is the person whose clusters `query.mine` means.
    async fn clusters(
        &self,
        scope: &Extent,
        owner: Option<UserId>,
        query: &ClusterQuery,
    ) -> Stored<RecordPage>;

    /// Clusters in `scope` that end before `before` and are not being deleted, soonest first.
    async fn ending_before(
        &self,
        scope: &Extent,
        before: Timestamp,
        limit: u32,
    ) -> Stored<Vec<ClusterRecord>>;

    /// What the clusters in `scope` cost between `since` and `now`.
    async fn costs(&self, scope: &Extent, since: Timestamp, now: Timestamp) -> Stored<Costs>;

    /// How many clusters of each plan are on each host cluster, by host.
    async fn tally(&self) -> Stored<Vec<ClusterTally>>;

    /// Turns a cluster to `Deleting` with `operation`, due at once; announces it. A cluster that is
    /// being deleted already, or is gone, stays as it is and `audit` is not written. Answers the
    /// cluster as it is afterwards; `None`: there is none.
    async fn store_deletion(
        &self,
        id: ClusterId,
        operation: Operation,
        audit: AuditEntry,
    ) -> Stored<Option<ClusterRecord>>;

    /// Claims up to `limit` clusters whose work is due and that nobody holds, until `now + lease`.
    async fn claim(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<ClusterRecord>>>;

    /// Holds a claim longer. `false`: it is lost.
    async fn extend(&self, claim: &Claim<ClusterRecord>, until: Timestamp) -> Stored<bool>;

    /// Writes progress and ends the claim; announces the change if a person can see one. If the
    /// cluster was woken meanwhile it stays due at once. `false`: the claim had been lost and
    /// nothing was written. A cluster turned to `Deleting` meanwhile keeps that state and
    /// its operation; the claim still ends and the cluster is due at once.
    async fn record(&self, claim: &Claim<ClusterRecord>, progress: Progress) -> Stored<bool>;

    /// Makes the work on a cluster due at once and announces that work is due.
    async fn wake(&self, id: ClusterId) -> Stored<()>;

    /// When the next work is due (leases included), if any.
    async fn next_due(&self) -> Stored<Option<Timestamp>>;
}

/// People, their roles and their tokens.
#[async_trait]
pub trait UserStore: Send + Sync {
    /// Stores somebody who has just signed in, keyed on issuer and subject, with the audit entry.
    /// Roles granted by people stay; roles given by claims become what they are now. Open invitations
    /// to the address are accepted if it is verified and they are not suspended, each with an entry.
    async fn store_sign_in(&self, person: SignedIn, now: Timestamp) -> Stored<UserRecord>;

    /// One person.
    async fn user(&self, id: UserId) -> Stored<Option<UserRecord>>;

    /// People with this address, over all issuers.
    async fn users_by_email(&self, email: &str) -> Stored<Vec<UserRecord>>;

    /// Stores a token.
    async fn store_token(&self, token: TokenRecord, audit: AuditEntry) -> Stored<()>;

    /// Somebody's tokens that end after `now`, newest first.
    async fn tokens(&self, user: UserId, now: Timestamp) -> Stored<Vec<TokenRecord>>;

    /// The token with this digest that ends after `now`, with its owner.
    async fn token_by_digest(
        &self,
        digest: &str,
        now: Timestamp,
    ) -> Stored<Option<(TokenRecord, UserRecord)>>;

    /// Notes that a token was used.
    async fn note_token_use(&self, id: TokenId, now: Timestamp) -> Stored<()>;

    /// Removes somebody's own token; announces it. `false`: there is none.
    async fn remove_token(&self, user: UserId, id: TokenId, audit: AuditEntry) -> Stored<bool>;
}

/// Tenants and environments.
#[async_trait]
pub trait TenantStore: Send + Sync {
    /// Makes sure these exist; what exists is left as it is, and what was archived stays so.
    async fn seed_tenants(&self, seeds: &[TenantSeed]) -> Stored<()>;

    /// Every tenant that is not archived, with its environments that are not, by name.
    async fn tenants(&self) -> Stored<Vec<Tenant>>;
}

/// Everything the core keeps, in one database.
pub trait Store:
    ClusterStore
    + UserStore
    + TenantStore
    + AuditStore
    + NodeStore
    + WorkspaceStore
    + ServerReportStore
    + CredentialStore
    + SealedRows
    + PeopleStore
    + TenancyStore
{
}
impl<T> Store for T where
    T: ClusterStore
        + UserStore
        + TenantStore
        + AuditStore
        + NodeStore
        + WorkspaceStore
        + ServerReportStore
        + CredentialStore
        + SealedRows
        + PeopleStore
        + TenancyStore
{
}
