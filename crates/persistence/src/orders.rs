//! What people want: orders and deletions, each with its operation and audit entry.

use crate::{
    Cause, audit,
    claims::AT_ONCE,
    clusters,
    database::Database,
    rows::{text, word},
};
use domain::{ids::ClusterId, operation::Operation};
use jiff::Timestamp;
use provisioning::{
    audit::AuditEntry,
    ports::changes::Change,
    records::{ClusterRecord, NewCluster, OrderStored},
};
use sqlx::AnyConnection;

/// Stores an order, unless its key or its name is in use. The unique indexes decide, not a look
/// beforehand: of several at the same time one is stored, and the others find it.
pub(crate) async fn store(
    database: &Database,
    new: &NewCluster,
    audit: &AuditEntry,
) -> Result<OrderStored, Cause> {
    let mut writing = database.write().await?;
    if let Some(outcome) = earlier(writing.connection(), new).await? {
        return Ok(outcome);
    }
    if !insert(writing.connection(), new).await? {
        let outcome = earlier(writing.connection(), new).await?;
        return Ok(outcome.unwrap_or(OrderStored::NameTaken));
    }
    write_operation(writing.connection(), new.id, &new.operation).await?;
    let record = clusters::one(writing.connection(), new.id)
        .await?
        .ok_or("the cluster just stored is not there")?;
    audit::append(writing.connection(), audit).await?;
    writing.announce(Change::Cluster {
        id: new.id,
        tenant_id: new.tenant_id,
    });
    writing.announce(Change::WorkDue);
    writing.commit().await?;
    Ok(OrderStored::Created(record))
}

/// What the order's key stands for already.
async fn earlier(
    connection: &mut AnyConnection,
    new: &NewCluster,
) -> Result<Option<OrderStored>, Cause> {
    let Some(idempotency) = &new.idempotency else {
        return Ok(None);
    };
    let found = sqlx::query(
        "SELECT id, idempotency_fingerprint FROM clusters \
         WHERE created_by = $1 AND idempotency_key = $2",
    )
    .bind(new.created_by.to_string())
    .bind(idempotency.key.clone())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = found else {
        return Ok(None);
    };
    if text(&row, "idempotency_fingerprint")? != idempotency.fingerprint {
        return Ok(Some(OrderStored::KeyReused));
    }
    let record = clusters::one(connection, word(&row, "id")?).await?;
    Ok(record.map(OrderStored::Replayed))
}

/// `false`: another cluster has the name on this host, or the key.
async fn insert(connection: &mut AnyConnection, new: &NewCluster) -> Result<bool, Cause> {
    let (key, fingerprint) = new
        .idempotency
        .as_ref()
        .map(|idempotency| (idempotency.key.clone(), idempotency.fingerprint.clone()))
        .unzip();
    let inserted = sqlx::query(
        "INSERT INTO clusters (id, name, tenant_id, environment_id, plan, price_per_hour, \
         kubernetes_version, exposure, host, state, created_by, created_at, ends_at, \
         operation_id, idempotency_key, idempotency_fingerprint, due_at, fence, wakes, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $11, $12, $13, $14, $15, \
         $16, 0, 0, 1) ON CONFLICT DO NOTHING",
    )
    .bind(new.id.to_string())
    .bind(new.name.as_str().to_owned())
    .bind(new.tenant_id.to_string())
    .bind(new.environment_id.to_string())
    .bind(serde_json::to_string(&new.plan)?)
    .bind(new.plan.price_per_hour.0)
    .bind(new.kubernetes_version.as_str())
    .bind(serde_json::to_string(&new.exposure)?)
    .bind(new.host.clone())
    .bind(new.created_by.to_string())
    .bind(new.created_at.as_microsecond())
    .bind(new.ends_at.map(Timestamp::as_microsecond))
    .bind(new.operation.id.to_string())
    .bind(key)
    .bind(fingerprint)
    .bind(AT_ONCE)
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Turns a cluster to `Deleting`.
pub(crate) async fn store_deletion(
    database: &Database,
    id: ClusterId,
    operation: &Operation,
    audit: &AuditEntry,
) -> Result<Option<ClusterRecord>, Cause> {
    let mut writing = database.write().await?;
    let turned = sqlx::query(
        "UPDATE clusters SET state = 'deleting', failure = NULL, operation_id = $2, due_at = $3, \
         wakes = wakes + 1, version = version + 1 \
         WHERE id = $1 AND state NOT IN ('deleting', 'deleted')",
    )
    .bind(id.to_string())
    .bind(operation.id.to_string())
    .bind(AT_ONCE)
    .execute(writing.connection())
    .await?;
    if turned.rows_affected() == 0 {
        return clusters::one(writing.connection(), id).await;
    }
    write_operation(writing.connection(), id, operation).await?;
    let record = clusters::one(writing.connection(), id)
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

/// Stores an operation, or how far it is.
pub(crate) async fn write_operation(
    connection: &mut AnyConnection,
    cluster: ClusterId,
    operation: &Operation,
) -> Result<(), Cause> {
    let failure = operation
        .failure
        .as_ref()
        .map(serde_json::to_string)
        .transpose()?;
    sqlx::query(
        "INSERT INTO operations (id, cluster_id, kind, started_at, finished_at, attempts, steps, \
         failure) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (id) DO UPDATE SET finished_at = excluded.finished_at, \
         attempts = excluded.attempts, steps = excluded.steps, failure = excluded.failure",
    )
    .bind(operation.id.to_string())
    .bind(cluster.to_string())
    .bind(operation.kind.as_str())
    .bind(operation.started_at.as_microsecond())
    .bind(operation.finished_at.map(Timestamp::as_microsecond))
    .bind(i64::from(operation.attempts))
    .bind(serde_json::to_string(&operation.steps)?)
    .bind(failure)
    .execute(connection)
    .await?;
    Ok(())
}
