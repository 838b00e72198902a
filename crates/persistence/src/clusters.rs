//! Clusters: reading them, and the port's methods, each told in the file of its subject.

use crate::{
    Cause, claims, cluster_list,
    database::Database,
    orders,
    rows::{self, CLUSTER},
    sql::Sql,
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
    ports::stores::{ClusterStore, Costs, RecordPage, Scope, Stored},
    records::{Claim, ClusterRecord, NewCluster, OrderStored, Progress},
};
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::collections::HashMap;

#[async_trait]
impl ClusterStore for Database {
    async fn store_order(&self, new: NewCluster, audit: AuditEntry) -> Stored<OrderStored> {
        doing("store an order", orders::store(self, &new, &audit)).await
    }

    async fn name_taken(&self, host: &str, name: &ClusterName) -> Stored<bool> {
        doing("look up a cluster's name", async {
            let found = sqlx::query(
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
            let mut connection = self.readers().acquire().await?;
            one(&mut connection, id).await
        })
        .await
    }

    async fn clusters(
        &self,
        scope: &Scope,
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
        scope: &Scope,
        before: Timestamp,
        limit: u32,
    ) -> Stored<Vec<ClusterRecord>> {
        doing(
            "list clusters that end soon",
            cluster_list::ending_before(self, scope, before, limit),
        )
        .await
    }

    async fn costs(&self, scope: &Scope, since: Timestamp, now: Timestamp) -> Stored<Costs> {
        doing(
            "sum up what clusters cost",
            cluster_list::costs(self, scope, since, now),
        )
        .await
    }

    async fn store_deletion(
        &self,
        id: ClusterId,
        operation: Operation,
        audit: AuditEntry,
    ) -> Stored<Option<ClusterRecord>> {
        doing(
            "store a deletion",
            orders::store_deletion(self, id, &operation, &audit),
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
        doing("record progress", claims::record(self, claim, progress)).await
    }

    async fn wake(&self, id: ClusterId) -> Stored<()> {
        doing("wake a cluster", claims::wake(self, id)).await
    }

    async fn next_due(&self) -> Stored<Option<Timestamp>> {
        doing("look when work is due", claims::next_due(self)).await
    }
}

/// One cluster.
pub(crate) async fn one(
    connection: &mut AnyConnection,
    id: ClusterId,
) -> Result<Option<ClusterRecord>, Cause> {
    let mut sql = Sql::new(CLUSTER);
    sql.push("WHERE c.id = ").bind(id.to_string());
    let row = sql.query().fetch_optional(connection).await?;
    row.as_ref().map(rows::cluster).transpose()
}

/// The rows of these clusters, in this order.
pub(crate) async fn rows_of(
    connection: &mut AnyConnection,
    ids: Vec<String>,
) -> Result<Vec<AnyRow>, Cause> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(CLUSTER);
    sql.push("WHERE c.id IN ").bind_list(ids.iter().cloned());
    let mut found = HashMap::new();
    for row in sql.query().fetch_all(connection).await? {
        found.insert(row.try_get::<String, _>("id")?, row);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// These clusters, in this order.
pub(crate) async fn several(
    connection: &mut AnyConnection,
    ids: Vec<String>,
) -> Result<Vec<ClusterRecord>, Cause> {
    let rows = rows_of(connection, ids).await?;
    rows.iter().map(rows::cluster).collect()
}
