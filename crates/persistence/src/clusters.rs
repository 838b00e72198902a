//! Clusters: reading them, and the port's methods, each told in the file of its subject.

use crate::{
    Cause,
    audit_records::AuditEntry,
    claims, cluster_list, cluster_orders, cluster_progress, cluster_tally, costs,
    error::Stored,
    handles::Clusters,
    list,
    operations::{self, OF_CLUSTERS},
    orders,
    records::{
        Claim, ClusterRecord, ClusterTally, Costs, NewCluster, OrderStored, Progress, RecordPage,
    },
    resource::{self, Resource, select_ordered},
    rows::{
        self, Row, id, json, number, optional_json, optional_text, optional_time, text, time, word,
    },
    sql::query,
    transaction::doing,
};
use domain::{
    caller::TenantScope,
    cluster_name::ClusterName,
    ids::{ClusterId, UserId},
    listing::ClusterQuery,
    operation::Operation,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

impl Clusters<'_> {
    /// Stores an order with its operation and audit entry, due at once; announces it.
    pub async fn create(self, new: NewCluster, audit: AuditEntry) -> Stored<OrderStored> {
        doing("store an order", async {
            Ok(orders::store(self.0, &new, &audit).await?.into())
        })
        .await
    }

    /// Whether a cluster that is not deleted has the name on this host.
    pub async fn name_taken(self, host: &str, name: &ClusterName) -> Stored<bool> {
        doing("look up a cluster's name", async {
            let found = query(
                "SELECT id FROM clusters WHERE host = $1 AND name = $2 AND state <> 'deleted'",
            )
            .bind(host.to_owned())
            .bind(name.as_str().to_owned())
            .fetch_optional(self.0.readers())
            .await?;
            Ok(found.is_some())
        })
        .await
    }

    /// One cluster, also a deleted one.
    pub async fn get(self, id: ClusterId) -> Stored<Option<ClusterRecord>> {
        doing("read a cluster", async {
            resource::one(self.0.readers(), id).await
        })
        .await
    }

    /// A page. `owner` is the person whose clusters `query.mine` means.
    pub async fn list(
        self,
        scope: &TenantScope,
        owner: Option<UserId>,
        query: &ClusterQuery,
    ) -> Stored<RecordPage> {
        doing(
            "list clusters",
            cluster_list::page(self.0, scope, owner, query),
        )
        .await
    }

    /// Clusters in `scope` that end before `before` and are not being deleted, soonest first.
    pub async fn ending_before(
        self,
        scope: &TenantScope,
        before: Timestamp,
        limit: u32,
    ) -> Stored<Vec<ClusterRecord>> {
        doing(
            "list clusters that end soon",
            list::ending_before(self.0, scope, before, limit),
        )
        .await
    }

    /// What the clusters in `scope` cost from `since`, the start of a month in UTC, until `now`.
    pub async fn costs(
        self,
        scope: &TenantScope,
        since: Timestamp,
        now: Timestamp,
    ) -> Stored<Costs> {
        doing(
            "sum up what clusters cost",
            costs::sum::<ClusterRecord>(self.0, scope, since, now),
        )
        .await
    }

    /// How many clusters of each plan are on each host cluster, by host.
    pub async fn tally(self) -> Stored<Vec<ClusterTally>> {
        doing(
            "count clusters by host and plan",
            cluster_tally::read(self.0),
        )
        .await
    }

    /// Turns a cluster to `Deleting` with `operation`, due at once; announces it. A cluster that is
    /// being deleted already, or is gone, stays as it is and `audit` is not written. Answers the
    /// cluster as it is afterwards; `None`: there is none.
    pub async fn delete(
        self,
        id: ClusterId,
        operation: Operation,
        audit: AuditEntry,
    ) -> Stored<Option<ClusterRecord>> {
        doing(
            "store a deletion",
            cluster_orders::store_deletion(self.0, id, &operation, &audit),
        )
        .await
    }

    /// Claims up to `limit` clusters whose work is due and that nobody holds, until `now + lease`.
    pub async fn claim(
        self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<ClusterRecord>>> {
        doing("claim work", claims::claim(self.0, now, lease, limit)).await
    }

    /// Holds a claim longer. `false`: it is lost.
    pub async fn extend(self, claim: &Claim<ClusterRecord>, until: Timestamp) -> Stored<bool> {
        doing("extend a claim", claims::extend(self.0, claim, until)).await
    }

    /// Writes progress and ends the claim; announces the change if a person can see one. If the
    /// cluster was woken meanwhile it stays due at once. `false`: the claim had been lost and
    /// nothing was written. A cluster turned to `Deleting` meanwhile keeps that state and
    /// its operation; the claim still ends and the cluster is due at once.
    pub async fn record(self, claim: &Claim<ClusterRecord>, progress: Progress) -> Stored<bool> {
        doing(
            "record progress",
            cluster_progress::record(self.0, claim, progress),
        )
        .await
    }

    /// Makes the work on a cluster due at once and announces that work is due.
    pub async fn wake(self, id: ClusterId) -> Stored<()> {
        doing("wake a cluster", claims::wake::<ClusterRecord>(self.0, id)).await
    }

    /// When the next work is due (leases included), if any.
    pub async fn next_due(self) -> Stored<Option<Timestamp>> {
        doing(
            "look when work is due",
            claims::next_due::<ClusterRecord>(self.0),
        )
        .await
    }
}

impl Resource for ClusterRecord {
    const TABLE: &'static str = "clusters";
    const NOUN: &'static str = "cluster";
    const ALIVE: &'static str = "state <> 'deleted'";

    fn select() -> String {
        select_ordered(
            Self::TABLE,
            OF_CLUSTERS.table,
            "r.plan, r.kubernetes_version, r.exposure, r.host, r.endpoint",
        )
    }

    fn from_row(row: &Row) -> Result<Self, Cause> {
        Ok(Self {
            id: id(row, "id")?,
            name: word(row, "name")?,
            tenant: rows::tenant(row)?,
            environment: rows::environment(row)?,
            plan: json(row, "plan")?,
            kubernetes_version: word(row, "kubernetes_version")?,
            exposure: json(row, "exposure")?,
            host: text(row, "host")?,
            state: word(row, "state")?,
            failure: optional_json(row, "failure")?,
            endpoint: optional_text(row, "endpoint")?,
            created_by: id(row, "created_by")?,
            created_by_name: text(row, "created_by_name")?,
            created_at: time(row, "created_at")?,
            ready_at: optional_time(row, "ready_at")?,
            ends_at: optional_time(row, "ends_at")?,
            deleted_at: optional_time(row, "deleted_at")?,
            operation: operations::from_row(row)?,
            version: number(row, "version")?,
        })
    }

    fn id(&self) -> Uuid {
        self.id.into()
    }
}
