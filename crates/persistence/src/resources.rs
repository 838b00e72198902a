//! Resources of every kind: stored, read, listed, deleted, and what came of the work on them.

use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    claims::{self, AT_ONCE},
    connection::Transaction,
    costs,
    error::Stored,
    handles::Table,
    limits, list,
    operations::operation_as_stored,
    records::{Claim, Costs, Idempotency, OrderStored, Progress, QuotaCheck},
    resource::{Column, NewResource, Record, StoredKind, one},
    rows::{as_stored, id, text},
    sql::{Query, Sql, Value, optional_json_value, query},
    transaction::{Writing, doing},
};
use domain::{
    caller::TenantScope,
    ids::{OperationId, UserId},
    listing::{ListPage, ListQuery},
    operation::Operation,
    resource::{Resource, State},
};
use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

impl<K: StoredKind> Table<'_, Resource<K, K::Columns>> {
    /// Stores an order with its operation and audit entry, due at once; announces it. The unique indexes decide
    /// whether key and name are free, not a look beforehand: of several orders at the same time one is stored, and
    /// the others find it.
    pub async fn create(self, new: NewResource<K>, audit: AuditEntry) -> Stored<OrderStored<K>> {
        doing("store an order", async {
            let mut writing = self.0.write().await?;
            // Before anything else, so that of several at the same time with one key the others find it.
            let quota = limits::quota(
                self.0,
                writing.connection(),
                new.environment_id,
                K::quota_request(&new.details),
            )
            .await?;
            if let Some(outcome) = earlier(writing.connection(), &new).await? {
                return Ok(outcome);
            }
            if quota != QuotaCheck::Enough {
                return Ok(OrderStored::QuotaExceeded(quota));
            }
            let inserted = insert(&new)?.execute(writing.connection()).await?;
            if inserted == 0 {
                let outcome = earlier(writing.connection(), &new).await?;
                return Ok(outcome.unwrap_or(OrderStored::NameTaken));
            }
            if let Some(wake) = K::wake(new.environment_id) {
                wake.execute(writing.connection()).await?;
            }
            let record = written::<K>(&mut writing, new.id, Some(&new.operation), &audit).await?;
            writing.commit().await?;
            Ok(OrderStored::Created(record))
        })
        .await
    }

    /// One resource, also a deleted one.
    pub async fn get(self, id: K::Id) -> Stored<Option<Record<K>>> {
        doing("read a resource", one(self.0.readers(), id)).await
    }

    /// A page. `owner` is the user whose resources `query.mine` means.
    pub async fn list(
        self,
        scope: &TenantScope,
        owner: Option<UserId>,
        query: &ListQuery<K>,
    ) -> Stored<ListPage<K, K::Columns>> {
        doing("list resources", list::page(self.0, scope, owner, query)).await
    }

    /// Those in `scope` that end before `before` and are not being deleted, soonest first.
    pub async fn ending_before(
        self,
        scope: &TenantScope,
        before: Timestamp,
        limit: u32,
    ) -> Stored<Vec<Record<K>>> {
        doing(
            "list resources that end soon",
            list::ending_before::<K>(self.0, scope, before, limit),
        )
        .await
    }

    /// The newest of those in `scope` that `owner` created and that are not deleted.
    pub async fn newest_of(
        self,
        scope: &TenantScope,
        owner: UserId,
        limit: u32,
    ) -> Stored<Vec<Record<K>>> {
        doing(
            "list a user's newest resources",
            list::newest_of::<K>(self.0, scope, owner, limit),
        )
        .await
    }

    /// What those in `scope` cost from `since`, the start of a month in UTC, until `now`.
    pub async fn costs(
        self,
        scope: &TenantScope,
        since: Timestamp,
        now: Timestamp,
    ) -> Stored<Costs> {
        doing("sum up costs", costs::sum::<K>(self.0, scope, since, now)).await
    }

    /// Turns a resource to `Deleting` with `operation`, due at once; announces it. One that is being deleted already,
    /// or is gone, stays as it is and `audit` is not written. Answers the resource as it is afterwards; `None`: there
    /// is none.
    pub async fn delete(
        self,
        id: K::Id,
        operation: Operation,
        audit: AuditEntry,
    ) -> Stored<Option<Record<K>>> {
        doing("store a deletion", async {
            let mut writing = self.0.write().await?;
            let turned = query(AssertSqlSafe(format!(
                "UPDATE {} SET state = 'deleting', failure = NULL, operation_id = $2, \
                 due_at = $3, wakes = wakes + 1, version = version + 1 \
                 WHERE id = $1 AND state NOT IN ('deleting', 'deleted')",
                K::TABLE
            )))
            .bind::<Uuid>(id.into())
            .bind(operation.id)
            .bind(AT_ONCE)
            .execute(writing.connection())
            .await?;
            if turned == 0 {
                return one(writing.connection(), id).await;
            }
            let record = written::<K>(&mut writing, id, Some(&operation), &audit).await?;
            writing.commit().await?;
            Ok(Some(record))
        })
        .await
    }

    /// Writes progress and ends the claim; announces the change if a caller can see one. If the resource was woken
    /// meanwhile it stays due at once. `false`: the claim had been lost and nothing was written. A resource to which
    /// a user gave another operation meanwhile keeps that operation and its state; the claim still ends and the
    /// resource is due at once.
    pub async fn record(self, claim: &Claim<Record<K>>, progress: Progress<K>) -> Stored<bool> {
        doing("record progress", async {
            let mut writing = self.0.write().await?;
            let Some(held) = claims::held(self.0, &mut writing, claim).await? else {
                return Ok(false);
            };
            let before = held.now;
            let superseded = is_superseded(&before, claim, progress.operation.id);
            let mut after = before.clone();
            after.ready_at = progress.ready_at.map(as_stored);
            if !superseded {
                after.state = progress.state;
                after.failure = progress.failure;
                after.deleted_at = progress.deleted_at.map(as_stored);
                after.operation = operation_as_stored(progress.operation);
            }
            K::advance(
                writing.connection(),
                &before,
                &mut after.details,
                progress.findings,
                superseded,
            )
            .await?;
            if after.operation != before.operation {
                K::OPERATIONS
                    .write(writing.connection(), after.id, &after.operation)
                    .await?;
            }
            announce_if_visible(&mut writing, &before, &mut after);
            // A user's change wakes too. A deleted resource has no work left.
            let at_once = (held.woken || superseded) && after.state != K::State::DELETED;
            let due_at = claims::due_at(&mut writing, progress.due_at, at_once);
            update(&after, due_at)?
                .execute(writing.connection())
                .await?;
            if let Some(audit) = &progress.audit {
                writing.append(audit).await?;
            }
            writing.commit().await?;
            Ok(true)
        })
        .await
    }
}

/// Whether a user gave the resource another operation since it was claimed. The worker itself may have begun the
/// operation that it writes.
pub(crate) fn is_superseded<K: StoredKind>(
    now: &Record<K>,
    claim: &Claim<Record<K>>,
    writes: OperationId,
) -> bool {
    now.operation.id != claim.record.operation.id && now.operation.id != writes
}

/// Counts up the version and announces the change, if callers can see one.
pub(crate) fn announce_if_visible<K: StoredKind>(
    writing: &mut Writing<'_>,
    before: &Record<K>,
    after: &mut Record<K>,
) {
    let mut shown = after.clone();
    K::hide(&mut shown.details, &before.details);
    if shown != *before {
        after.version += 1;
        writing.announce(K::change(after.id, after.tenant.id));
    }
}

/// Finishes the transaction of a user's change, up to its commit: writes operation and audit entry, and announces the
/// resource and that work is due.
pub(crate) async fn written<K: StoredKind>(
    writing: &mut Writing<'_>,
    id: K::Id,
    operation: Option<&Operation>,
    audit: &AuditEntry,
) -> Result<Record<K>, Cause> {
    if let Some(operation) = operation {
        K::OPERATIONS
            .write(writing.connection(), id, operation)
            .await?;
    }
    let record: Record<K> = one(writing.connection(), id)
        .await?
        .ok_or("what was just written is not there")?;
    writing.append(audit).await?;
    writing.announce(K::change(id, record.tenant.id));
    writing.announce(Change::WorkDue);
    Ok(record)
}

/// What the order's key stands for already.
async fn earlier<K: StoredKind>(
    connection: &mut Transaction,
    new: &NewResource<K>,
) -> Result<Option<OrderStored<K>>, Cause> {
    let Some(Idempotency { key, fingerprint }) = &new.idempotency else {
        return Ok(None);
    };
    let found = query(AssertSqlSafe(format!(
        "SELECT id, idempotency_fingerprint FROM {} \
         WHERE created_by = $1 AND idempotency_key = $2",
        K::TABLE
    )))
    .bind(new.created_by)
    .bind(key.clone())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = found else {
        return Ok(None);
    };
    if text(&row, "idempotency_fingerprint")? != *fingerprint {
        return Ok(Some(OrderStored::KeyReused));
    }
    let record = one(connection, id::<Uuid>(&row, "id")?).await?;
    Ok(record.map(OrderStored::Replayed))
}

fn insert<K: StoredKind>(new: &NewResource<K>) -> Result<Query, Cause> {
    let (key, fingerprint) = new
        .idempotency
        .clone()
        .map(|idempotency| (idempotency.key, idempotency.fingerprint))
        .unzip();
    let mut columns: Vec<Column> = vec![
        ("id", Value::Id(Some(new.id.into()))),
        ("name", new.name.to_string().into()),
        ("tenant_id", new.tenant_id.into()),
        ("environment_id", new.environment_id.into()),
        ("state", K::State::PENDING.word().into()),
        ("created_by", new.created_by.into()),
        ("created_at", new.created_at.into()),
        ("ends_at", new.ends_at.into()),
        ("operation_id", new.operation.id.into()),
        ("idempotency_key", key.into()),
        ("idempotency_fingerprint", fingerprint.into()),
        ("due_at", AT_ONCE.into()),
        ("fence", 0.into()),
        ("wakes", 0.into()),
        ("version", 1.into()),
    ];
    columns.extend(K::fixed(&new.details)?);
    columns.extend(K::mutable(&new.details)?);
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let mut sql = Sql::new(format!(
        "INSERT INTO {} ({}) VALUES ",
        K::TABLE,
        names.join(", ")
    ));
    sql.bind_list(columns.into_iter().map(|(_, value)| value))
        .push(" ON CONFLICT DO NOTHING");
    Ok(sql.query())
}

/// Writes what a reconciler may change, and ends the claim.
fn update<K: StoredKind>(record: &Record<K>, due_at: Option<Timestamp>) -> Result<Query, Cause> {
    let mut columns: Vec<Column> = vec![
        ("state", record.state.word().into()),
        ("failure", optional_json_value(record.failure.as_ref())?),
        ("ready_at", record.ready_at.into()),
        ("deleted_at", record.deleted_at.into()),
        ("operation_id", record.operation.id.into()),
        ("version", record.version.into()),
        ("due_at", due_at.into()),
        ("leased_until", Value::Time(None)),
    ];
    columns.extend(K::mutable(&record.details)?);
    let mut sql = Sql::new(format!("UPDATE {} SET ", K::TABLE));
    let mut comma = "";
    for (name, value) in columns {
        sql.push(comma).push(name).push(" = ").bind(value);
        comma = ", ";
    }
    sql.push(" WHERE id = ").bind::<Uuid>(record.id.into());
    Ok(sql.query())
}
