//! Clusters: their own columns, and what only clusters have.

use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    claims::AT_ONCE,
    cluster_tally,
    connection::Transaction,
    error::Stored,
    handles::Table,
    operations::Operations,
    records::{ClusterColumns, ClusterFindings, ClusterRecord, ClusterTally},
    resource::{Column, StoredKind},
    resources::written,
    rows::{Row, json, optional_text, text, word},
    sql::{json_value, query},
    transaction::doing,
};
use domain::{
    cluster::ClusterKind,
    cluster_name::ClusterName,
    ids::{ClusterId, TenantId},
    operation::Operation,
    quota::QuotaRequest,
};

impl StoredKind for ClusterKind {
    const TABLE: &'static str = "clusters";
    const OPERATIONS: Operations = Operations {
        table: "operations",
        of: "cluster_id",
    };
    const COLUMNS: &'static [&'static str] = &[
        "plan",
        "kubernetes_version",
        "exposure",
        "host",
        "endpoint",
        "drift",
    ];
    const SEARCHED: &'static [&'static str] = &["name"];

    type Columns = ClusterColumns;
    type Findings = ClusterFindings;

    fn read(row: &Row) -> Result<ClusterColumns, Cause> {
        Ok(ClusterColumns {
            plan: json(row, "plan")?,
            kubernetes_version: word(row, "kubernetes_version")?,
            exposure: json(row, "exposure")?,
            host: text(row, "host")?,
            endpoint: optional_text(row, "endpoint")?,
            drift: json(row, "drift")?,
        })
    }

    fn fixed(columns: &ClusterColumns) -> Result<Vec<Column>, Cause> {
        Ok(vec![
            ("plan", json_value(&columns.plan)?),
            ("price_per_hour", columns.plan.price_per_hour.0.into()),
            (
                "kubernetes_version",
                columns.kubernetes_version.as_str().into(),
            ),
            ("exposure", json_value(&columns.exposure)?),
            ("host", columns.host.clone().into()),
        ])
    }

    fn mutable(columns: &ClusterColumns) -> Result<Vec<Column>, Cause> {
        Ok(vec![
            ("endpoint", columns.endpoint.clone().into()),
            ("drift", json_value(&columns.drift)?),
        ])
    }

    async fn advance(
        _connection: &mut Transaction,
        _before: &ClusterRecord,
        columns: &mut ClusterColumns,
        findings: ClusterFindings,
        _superseded: bool,
    ) -> Result<(), Cause> {
        columns.endpoint = findings.endpoint;
        columns.drift = findings.drift;
        Ok(())
    }

    fn quota_request(columns: &ClusterColumns) -> QuotaRequest {
        QuotaRequest::Cluster(columns.plan.price_per_hour)
    }

    fn change(id: ClusterId, tenant_id: TenantId) -> Change {
        Change::Cluster { id, tenant_id }
    }

    fn changed(change: Change) -> Option<(ClusterId, TenantId)> {
        match change {
            Change::Cluster { id, tenant_id } => Some((id, tenant_id)),
            _ => None,
        }
    }
}

impl Table<'_, ClusterRecord> {
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

    /// Stores a user's request to put a cluster right on its host, with the audit entry; due at once; announces it.
    /// `None`: it is not as it was in `version`, nothing was written.
    pub async fn restore(
        self,
        id: ClusterId,
        version: i64,
        operation: Operation,
        audit: AuditEntry,
    ) -> Stored<Option<ClusterRecord>> {
        doing("store the restoration of a cluster", async {
            let mut writing = self.0.write().await?;
            let stored = query(
                "UPDATE clusters SET operation_id = $3, due_at = $4, wakes = wakes + 1, \
                 version = version + 1 WHERE id = $1 AND version = $2",
            )
            .bind(id)
            .bind(version)
            .bind(operation.id)
            .bind(AT_ONCE)
            .execute(writing.connection())
            .await?;
            if stored == 0 {
                return Ok(None);
            }
            let record = written::<ClusterKind>(&mut writing, id, Some(&operation), &audit).await?;
            writing.commit().await?;
            Ok(Some(record))
        })
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
}
