//! Clusters: reading them, and the port's methods, each told in the file of its subject.

use crate::{
    Cause, claims, cluster_list, cluster_orders, cluster_progress, cluster_tally,
    costs::{self, Charged},
    database::Database,
    list,
    operations::{self, OF_CLUSTERS},
    orders,
    resource::{self, Resource, select_ordered},
    rows::{
        self, Row, id, json, number, optional_json, optional_text, optional_time, text, time, word,
    },
    sql::query,
    transaction::doing,
};
use async_trait::async_trait;
use domain::{
    cluster_name::ClusterName,
    ids::{ClusterId, UserId},
    listing::ClusterQuery,
    operation::Operation,
};
use jiff::{SignedDuration, Timestamp};
use provisioning::{
    audit::AuditEntry,
    ports::stores::{ClusterStore, ClusterTally, Costs, Extent, RecordPage, Stored},
    records::{Claim, ClusterRecord, NewCluster, OrderStored, Progress},
};
use uuid::Uuid;

/// A cluster is charged from when it was first usable until it was gone.
const CHARGED: Charged = Charged {
    table: "clusters",
    from: "ready_at",
    until: "deleted_at",
};

#[async_trait]
impl ClusterStore for Database {
    async fn store_order(&self, new: NewCluster, audit: AuditEntry) -> Stored<OrderStored> {
        doing("store an order", async {
            Ok(orders::store(self, &new, &audit).await?.into())
        })
        .await
    }

    async fn name_taken(&self, host: &str, name: &ClusterName) -> Stored<bool> {
        doing("look up a cluster's name", async {
            let found = query(
                "SELECT id FROM clusters WHERE host = $1 AND name = $2 AND state <> 'deleted'",
            )
            .bind(host.to_owned())
            .bind(name.as_str().to_owned())
            .fetch_optional(self.readers())
            .await?;
            Ok(found.is_some())
        })
        .await
    }

    async fn cluster(&self, id: ClusterId) -> Stored<Option<ClusterRecord>> {
        doing("read a cluster", async {
            resource::one(self.readers(), id).await
        })
        .await
    }

    async fn clusters(
        &self,
        scope: &Extent,
        owner: Option<UserId>,
        query: &ClusterQuery,
    ) -> Stored<RecordPage> {
        doing(
            "list clusters",
            cluster_list::page(self, scope, owner, query),
        )
        .await
    }

    async fn ending_before(
        &self,
        scope: &Extent,
        before: Timestamp,
        limit: u32,
    ) -> Stored<Vec<ClusterRecord>> {
        doing(
            "list clusters that end soon",
            list::ending_before(self, scope, before, limit),
        )
        .await
    }

    async fn costs(&self, scope: &Extent, since: Timestamp, now: Timestamp) -> Stored<Costs> {
        doing(
            "sum up what clusters cost",
            costs::sum(self, CHARGED, scope, since, now),
        )
        .await
    }

    async fn tally(&self) -> Stored<Vec<ClusterTally>> {
        doing("count clusters by host and plan", cluster_tally::read(self)).await
    }

    async fn store_deletion(
        &self,
        id: ClusterId,
        operation: Operation,
        audit: AuditEntry,
    ) -> Stored<Option<ClusterRecord>> {
        doing(
            "store a deletion",
            cluster_orders::store_deletion(self, id, &operation, &audit),
        )
        .await
    }

    async fn claim(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<ClusterRecord>>> {
        doing("claim work", claims::claim(self, now, lease, limit)).await
    }

    async fn extend(&self, claim: &Claim<ClusterRecord>, until: Timestamp) -> Stored<bool> {
        doing("extend a claim", claims::extend(self, claim, until)).await
    }

    async fn record(&self, claim: &Claim<ClusterRecord>, progress: Progress) -> Stored<bool> {
        doing(
            "record progress",
            cluster_progress::record(self, claim, progress),
        )
        .await
    }

    async fn wake(&self, id: ClusterId) -> Stored<()> {
        doing("wake a cluster", claims::wake::<ClusterRecord>(self, id)).await
    }

    async fn next_due(&self) -> Stored<Option<Timestamp>> {
        doing(
            "look when work is due",
            claims::next_due::<ClusterRecord>(self),
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
