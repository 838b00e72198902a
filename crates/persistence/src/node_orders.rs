//! What people want of nodes: orders and changes, each with its operation and audit entry.

use crate::{
    Cause, audit,
    audit_records::AuditEntry,
    change::Change,
    claims::AT_ONCE,
    database::Database,
    node_records::{NewNode, NodeChange, NodeOrderStored, NodeRecord},
    operations::{OF_NODES, Operations},
    orders::{Order, Outcome, key_columns},
    records::Idempotency,
    resource::one,
    sql::{Query, json_value, optional_json_value, query},
};
use domain::{
    ids::{EnvironmentId, NodeId, UserId},
    operation::Operation,
    quota::QuotaRequest,
};
use uuid::Uuid;

impl Order for NewNode {
    type Resource = NodeRecord;
    const OPERATIONS: Operations = OF_NODES;

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
        QuotaRequest::Node(self.price_per_hour)
    }

    fn idempotency(&self) -> Option<&Idempotency> {
        self.idempotency.as_ref()
    }

    fn operation(&self) -> &Operation {
        &self.operation
    }

    fn change(&self) -> Change {
        Change::Node {
            id: self.id,
            tenant_id: self.tenant_id,
        }
    }

    fn insert(&self) -> Result<Query, Cause> {
        let (key, fingerprint) = key_columns(self.idempotency.as_ref());
        let accelerator = self.spec.accelerator.as_deref();
        Ok(query(
            "INSERT INTO nodes (id, name, tenant_id, environment_id, spec, accelerator_folded, \
             task_yaml, machine, autostop, price_per_hour, created_by, created_at, ends_at, \
             operation_id, idempotency_key, idempotency_fingerprint, due_at, state, spent, fence, \
             wakes, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
             $15, $16, $17, 'pending', 0, 0, 0, 1) ON CONFLICT DO NOTHING",
        )
        .bind(self.id)
        .bind(self.name.as_str().to_owned())
        .bind(self.tenant_id)
        .bind(self.environment_id)
        .bind(json_value(&self.spec)?)
        .bind(accelerator.map(str::to_lowercase))
        .bind(self.task_yaml.clone())
        .bind(self.machine.clone())
        .bind(optional_json_value(self.autostop.as_ref())?)
        .bind(self.price_per_hour.map(|price| price.0))
        .bind(self.created_by)
        .bind(self.created_at)
        .bind(self.ends_at)
        .bind(self.operation.id)
        .bind(key)
        .bind(fingerprint)
        .bind(AT_ONCE))
    }

    /// An empty workspace is seldom looked at; one with a node is, from now on.
    fn wake(&self) -> Option<Query> {
        let wake =
            query("UPDATE workspaces SET due_at = $2, wakes = wakes + 1 WHERE environment_id = $1");
        Some(wake.bind(self.environment_id).bind(AT_ONCE))
    }
}

impl From<Outcome<NodeRecord>> for NodeOrderStored {
    fn from(outcome: Outcome<NodeRecord>) -> Self {
        match outcome {
            Outcome::Created(record) => Self::Created(record),
            Outcome::Replayed(record) => Self::Replayed(record),
            Outcome::KeyReused => Self::KeyReused,
            Outcome::NameTaken => Self::NameTaken,
            Outcome::QuotaExceeded(quota) => Self::QuotaExceeded(quota),
        }
    }
}

/// Writes what a person asks of a node that is as it was in `version`.
pub(crate) async fn store_change(
    database: &Database,
    id: NodeId,
    version: i64,
    change: &NodeChange,
    audit: &AuditEntry,
) -> Result<Option<NodeRecord>, Cause> {
    let mut writing = database.write().await?;
    let statement = match change {
        NodeChange::Turn(state, operation) => query(
            "UPDATE nodes SET due_at = $3, wakes = wakes + 1, version = version + 1, \
             state = $4, operation_id = $5, failure = NULL WHERE id = $1 AND version = $2",
        )
        .bind(id)
        .bind(version)
        .bind(AT_ONCE)
        .bind(state.as_str())
        .bind(operation.id),
        NodeChange::Autostop(autostop) => query(
            "UPDATE nodes SET due_at = $3, wakes = wakes + 1, version = version + 1, \
             autostop = $4 WHERE id = $1 AND version = $2",
        )
        .bind(id)
        .bind(version)
        .bind(AT_ONCE)
        .bind(optional_json_value(autostop.as_ref())?),
    };
    let written = statement.execute(writing.connection()).await?;
    if written == 0 {
        return Ok(None);
    }
    if let NodeChange::Turn(_, operation) = change {
        OF_NODES.write(writing.connection(), id, operation).await?;
    }
    let record: NodeRecord = one(writing.connection(), id)
        .await?
        .ok_or("the node just written is not there")?;
    audit::append(writing.connection(), audit).await?;
    writing.announce(Change::Node {
        id,
        tenant_id: record.tenant.id,
    });
    writing.announce(Change::WorkDue);
    writing.commit().await?;
    Ok(Some(record))
}
