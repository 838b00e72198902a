//! Orders: a resource that is wanted, with its operation and audit entry, once for each key.

use crate::{
    Cause, audit,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    database::Database,
    limits,
    operations::Operations,
    records::{Idempotency, QuotaCheck},
    resource::{Resource, one},
    rows::{id, text},
    sql::{Query, query},
};
use domain::{
    ids::{EnvironmentId, UserId},
    operation::Operation,
    quota::QuotaRequest,
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// A resource to be stored.
pub(crate) trait Order: Sync {
    type Resource: Resource;
    /// Where its operations are.
    const OPERATIONS: Operations;

    fn id(&self) -> Uuid;
    fn ordered_by(&self) -> UserId;
    fn environment(&self) -> EnvironmentId;
    /// What it takes of the environment's limits.
    fn quota_request(&self) -> QuotaRequest;
    fn idempotency(&self) -> Option<&Idempotency>;
    fn operation(&self) -> &Operation;
    /// What is announced.
    fn change(&self) -> Change;
    /// `INSERT … ON CONFLICT DO NOTHING`, due at once.
    fn insert(&self) -> Result<Query, Cause>;
    /// Makes other work due that the insert gives rise to.
    fn wake(&self) -> Option<Query> {
        None
    }
}

/// What became of an attempt to store an order.
pub(crate) enum Outcome<R> {
    Created(R),
    Replayed(R),
    KeyReused,
    NameTaken,
    QuotaExceeded(QuotaCheck),
}

/// Stores an order, unless its key or its name is in use or its environment is full. The unique indexes decide, not a look
/// beforehand: of several at the same time one is stored, and the others find it.
pub(crate) async fn store<O: Order>(
    database: &Database,
    new: &O,
    audit: &AuditEntry,
) -> Result<Outcome<O::Resource>, Cause> {
    let mut writing = database.write().await?;
    // Before anything else, so that of several at the same time with one key the others find it.
    let quota = limits::quota(
        database,
        writing.connection(),
        new.environment(),
        new.quota_request(),
    )
    .await?;
    if let Some(outcome) = earlier(writing.connection(), new).await? {
        return Ok(outcome);
    }
    if quota != QuotaCheck::Enough {
        return Ok(Outcome::QuotaExceeded(quota));
    }
    let inserted = new.insert()?.execute(writing.connection()).await?;
    if inserted == 0 {
        let outcome = earlier(writing.connection(), new).await?;
        return Ok(outcome.unwrap_or(Outcome::NameTaken));
    }
    if let Some(wake) = new.wake() {
        wake.execute(writing.connection()).await?;
    }
    O::OPERATIONS
        .write(writing.connection(), new.id(), new.operation())
        .await?;
    let record = one(writing.connection(), new.id())
        .await?
        .ok_or("what was just stored is not there")?;
    audit::append(writing.connection(), audit).await?;
    writing.announce(new.change());
    writing.announce(Change::WorkDue);
    writing.commit().await?;
    Ok(Outcome::Created(record))
}

/// What the order's key stands for already.
async fn earlier<O: Order>(
    connection: &mut Transaction,
    new: &O,
) -> Result<Option<Outcome<O::Resource>>, Cause> {
    let Some(idempotency) = new.idempotency() else {
        return Ok(None);
    };
    let found = query(AssertSqlSafe(format!(
        "SELECT id, idempotency_fingerprint FROM {} \
         WHERE created_by = $1 AND idempotency_key = $2",
        O::Resource::TABLE
    )))
    .bind(new.ordered_by())
    .bind(idempotency.key.clone())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = found else {
        return Ok(None);
    };
    if text(&row, "idempotency_fingerprint")? != idempotency.fingerprint {
        return Ok(Some(Outcome::KeyReused));
    }
    let record = one(connection, id::<Uuid>(&row, "id")?).await?;
    Ok(record.map(Outcome::Replayed))
}

/// The columns `idempotency_key` and `idempotency_fingerprint`.
pub(crate) fn key_columns(idempotency: Option<&Idempotency>) -> (Option<String>, Option<String>) {
    idempotency
        .map(|idempotency| (idempotency.key.clone(), idempotency.fingerprint.clone()))
        .unzip()
}
