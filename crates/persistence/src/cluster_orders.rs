//! What people want of clusters: orders and deletions, each with its operation and audit entry.

use crate::{
    Cause, audit,
    audit_records::AuditEntry,
    change::Change,
    claims::AT_ONCE,
    database::Database,
    operations::{OF_CLUSTERS, Operations},
    orders::{Order, Outcome, key_columns},
    records::{ClusterRecord, Idempotency, NewCluster, OrderStored},
    resource::one,
    sql::{Query, json_value, query},
};
use domain::{
    ids::{ClusterId, EnvironmentId, UserId},
    operation::Operation,
    quota::QuotaRequest,
};
use uuid::Uuid;

impl Order for NewCluster {
    type Resource = ClusterRecord;
    const OPERATIONS: Operations = OF_CLUSTERS;

    fn id(&self) -> Uuid {
        self.id.into()
    }

    fn ordered_by(&self) -> UserId {
        self.created_by
    }

    fn environment(&self) -> EnvironmentId {
        self.environment_id
    }

    fn quota_request(&self) -> QuotaRequest {
        QuotaRequest::Cluster(self.plan.price_per_hour)
    }

    fn idempotency(&self) -> Option<&Idempotency> {
        self.idempotency.as_ref()
    }

    fn operation(&self) -> &Operation {
        &self.operation
    }

    fn change(&self) -> Change {
        Change::Cluster {
            id: self.id,
            tenant_id: self.tenant_id,
        }
    }

    fn insert(&self) -> Result<Query, Cause> {
        let (key, fingerprint) = key_columns(self.idempotency.as_ref());
        Ok(query(
            "INSERT INTO clusters (id, name, tenant_id, environment_id, plan, price_per_hour, \
             kubernetes_version, exposure, host, state, created_by, created_at, ends_at, \
             operation_id, idempotency_key, idempotency_fingerprint, due_at, fence, wakes, \
             version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $11, $12, $13, \
             $14, $15, $16, 0, 0, 1) ON CONFLICT DO NOTHING",
        )
        .bind(self.id)
        .bind(self.name.as_str().to_owned())
        .bind(self.tenant_id)
        .bind(self.environment_id)
        .bind(json_value(&self.plan)?)
        .bind(self.plan.price_per_hour.0)
        .bind(self.kubernetes_version.as_str())
        .bind(json_value(&self.exposure)?)
        .bind(self.host.clone())
        .bind(self.created_by)
        .bind(self.created_at)
        .bind(self.ends_at)
        .bind(self.operation.id)
        .bind(key)
        .bind(fingerprint)
        .bind(AT_ONCE))
    }
}

impl From<Outcome<ClusterRecord>> for OrderStored {
    fn from(outcome: Outcome<ClusterRecord>) -> Self {
        match outcome {
            Outcome::Created(record) => Self::Created(record),
            Outcome::Replayed(record) => Self::Replayed(record),
            Outcome::KeyReused => Self::KeyReused,
            Outcome::NameTaken => Self::NameTaken,
            Outcome::QuotaExceeded(quota) => Self::QuotaExceeded(quota),
        }
    }
}

/// Turns a cluster to `Deleting`.
pub(crate) async fn store_deletion(
    database: &Database,
    id: ClusterId,
    operation: &Operation,
    audit: &AuditEntry,
) -> Result<Option<ClusterRecord>, Cause> {
    let mut writing = database.write().await?;
    let turned = query(
        "UPDATE clusters SET state = 'deleting', failure = NULL, operation_id = $2, due_at = $3, \
         wakes = wakes + 1, version = version + 1 \
         WHERE id = $1 AND state NOT IN ('deleting', 'deleted')",
    )
    .bind(id)
    .bind(operation.id)
    .bind(AT_ONCE)
    .execute(writing.connection())
    .await?;
    if turned == 0 {
        return one(writing.connection(), id).await;
    }
    OF_CLUSTERS
        .write(writing.connection(), id, operation)
        .await?;
    let record: ClusterRecord = one(writing.connection(), id)
        .await?
        .ok_or("the cluster just written is not there")?;
    audit::append(writing.connection(), audit).await?;
    writing.announce(Change::Cluster {
        id,
        tenant_id: record.tenant.id,
    });
    writing.announce(Change::WorkDue);
    writing.commit().await?;
    Ok(Some(record))
}
