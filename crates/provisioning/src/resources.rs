//! What can be done to resources of every kind: read, list, delete, and the checks before it.

use crate::{
    Core,
    authorization::{authorize, authorize_change, authorize_listing},
    errors::confirm,
};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    listing::{ListPage, ListQuery},
    money::MicroDollars,
    operation::Operation,
    problem::Problem,
    resource::{Resource, State},
    usage::Cost,
};
use jiff::Timestamp;
use persistence::{
    Database, Table,
    audit_records::AuditEntry,
    error::Stored,
    new_id,
    records::{Progress, Record, StoredKind},
};

/// A kind of resource as the core works with it.
pub trait ManagedKind: StoredKind {
    /// What its use cases need beside the database.
    type Backend: Send + Sync;

    /// The part of the core for this kind.
    fn resources(core: &Core) -> &Resources<Self>;

    /// What `caller` sees of `record` at `now`, with what they may do to it.
    fn details(record: &Record<Self>, caller: &Caller, now: Timestamp) -> Self::Details;
}

/// The use cases on resources of a kind.
pub struct Resources<K: ManagedKind> {
    pub(crate) db: Database,
    pub(crate) backend: K::Backend,
}

impl<K: ManagedKind> Resources<K> {
    pub(crate) fn table(&self) -> Table<'_, Record<K>> {
        self.db.table()
    }

    /// A page of those the caller may see.
    ///
    /// # Errors
    /// Forbidden, or the database fails.
    pub async fn list(&self, caller: &Caller, query: ListQuery<K>) -> Result<ListPage<K>, Problem> {
        authorize_listing(caller, K::READ)?;
        let scope = caller.extent(K::READ);
        let page = self.table().list(&scope, caller.user_id, &query).await?;
        let now = page.now;
        Ok(page.map(|record| view(record, caller, now)))
    }

    /// # Errors
    /// Not found for a missing one and for one the caller may not see; gone if it was deleted.
    pub async fn get(&self, caller: &Caller, id: K::Id) -> Result<Resource<K>, Problem> {
        let record = self.authorized(caller, K::READ, id).await?;
        Ok(view(record, caller, Timestamp::now()))
    }

    /// Deletes it; `confirmation` must be its name. Deleting it again is not an error.
    ///
    /// # Errors
    /// Not found, forbidden, or another confirmation.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: K::Id,
        confirmation: &str,
    ) -> Result<Resource<K>, Problem> {
        let record = self
            .authorized_change(caller, K::DELETE, K::DELETED, id)
            .await?;
        confirm(confirmation, &record.name.to_string())?;
        let deleting = delete(self.table(), caller, &record, None).await?;
        let deleting = deleting.ok_or_else(|| Problem::not_found(K::NOUN))?;
        Ok(view(deleting, caller, Timestamp::now()))
    }

    /// The resource, if `caller` may do `action` to it. A deleted one is not found.
    pub(crate) async fn authorized(
        &self,
        caller: &Caller,
        action: Action,
        id: K::Id,
    ) -> Result<Record<K>, Problem> {
        let record = self.existing(caller, id).await?;
        authorize(caller, action, record.tenant.id, K::NOUN)?;
        Ok(record)
    }

    /// The same for what changes it or gives something out; a refusal is recorded as `recorded`.
    pub(crate) async fn authorized_change(
        &self,
        caller: &Caller,
        action: Action,
        recorded: AuditAction,
        id: K::Id,
    ) -> Result<Record<K>, Problem> {
        let record = self.existing(caller, id).await?;
        let attempt = || audit_entry(caller, recorded, &record);
        let tenant = record.tenant.id;
        authorize_change(&self.db, caller, action, tenant, K::NOUN, attempt).await?;
        Ok(record)
    }

    /// A deleted resource is gone for callers who could see it, and not found for others.
    async fn existing(&self, caller: &Caller, id: K::Id) -> Result<Record<K>, Problem> {
        let record = self.table().get(id).await?;
        let record = record.ok_or_else(|| Problem::not_found(K::NOUN))?;
        if record.state != K::State::DELETED {
            return Ok(record);
        }
        authorize(caller, K::READ, record.tenant.id, K::NOUN)?;
        Err(Problem::gone(K::NOUN, &record.name.to_string()))
    }
}

/// A stored resource as `caller` sees it at `now`.
pub(crate) fn view<K: ManagedKind>(
    record: Record<K>,
    caller: &Caller,
    now: Timestamp,
) -> Resource<K> {
    let details = K::details(&record, caller, now);
    record.with_details(details)
}

/// What a resource has cost up to `now` that costs `price_per_hour` now, or while it runs.
pub(crate) fn cost<K: StoredKind>(
    record: &Record<K>,
    price_per_hour: Option<MicroDollars>,
    now: Timestamp,
) -> Cost {
    let spending = K::spending(record);
    Cost {
        price_per_hour,
        so_far: spending.until(now),
        charged: spending.since.is_some(),
    }
}

/// An entry about something `caller` does to a resource.
pub(crate) fn audit_entry<K: StoredKind>(
    caller: &Caller,
    action: AuditAction,
    record: &Record<K>,
) -> AuditEntry {
    AuditEntry::by(
        caller,
        action,
        Timestamp::now(),
        format!("{}/{}", K::NOUN, record.id),
        record.name.to_string(),
    )
    .in_tenant(record.tenant.id)
}

/// Stores a deletion and its audit entry, with `why`; `None`: there is no such resource.
async fn delete<K: StoredKind>(
    table: Table<'_, Record<K>>,
    caller: &Caller,
    record: &Record<K>,
    why: Option<&str>,
) -> Stored<Option<Record<K>>> {
    let operation = Operation::begin(new_id(), K::DELETION, Timestamp::now());
    let mut audit = audit_entry(caller, K::DELETED, record);
    audit.detail = why.map(str::to_owned);
    table.delete(record.id, operation, audit).await
}

/// Deletes a resource whose time to live is over, as a user would. Answers whether it is.
pub(crate) async fn delete_expired<K: StoredKind>(
    db: &Database,
    record: &Record<K>,
    now: Timestamp,
) -> Stored<bool> {
    let is_expired =
        record.operation.kind != K::DELETION && record.ends_at.is_some_and(|end| end <= now);
    if is_expired {
        let why = Some("its time to live is over");
        delete(db.table(), &Caller::portal(), record, why).await?;
    }
    Ok(is_expired)
}

/// The audit entry that the outcome of a pass is worth.
pub(crate) fn outcome<K: StoredKind>(
    record: &Record<K>,
    progress: &Progress<K>,
) -> Option<AuditEntry> {
    let action = if record.ready_at.is_none() && progress.ready_at.is_some() {
        K::READY
    } else if record.deleted_at.is_none() && progress.deleted_at.is_some() {
        K::GONE
    } else {
        return None;
    };
    Some(audit_entry(&Caller::portal(), action, record))
}
