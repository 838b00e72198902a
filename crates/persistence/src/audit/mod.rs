//! The audit log: append-only, each entry holding the hash of the one before it.
//!
//! Each tenant has a chain, and the platform has one for entries about no tenant, so that tenants do
//! not wait for each other. The entries of a chain are numbered without gaps. A row of `audit_head`
//! holds the last number and hash of a chain; a writer updates it first and so holds its lock until
//! commit. The row is authenticated with a key that is not in the database (see `heads`). Entries are the
//! last rows that a transaction writes, the platform's first and then those of tenants by id, so that
//! transactions do not deadlock.

mod heads;
mod list;
mod repeats;
mod triggers;
mod verify;

pub use heads::{ChainHead, HeadKey, HeadKeys, NotAHead, ResignedHeads};
pub use verify::{Chain, ChainVerdict, Verification};

use crate::{
    Cause,
    audit_records::AuditEntry,
    digest::sha256,
    error::Stored,
    handles::Audit,
    rows::{Row, id, number, optional_id, optional_text, text, time},
    sql::query,
    transaction::{Writing, doing},
};
use domain::{
    audit::AuditChange,
    ids::{AuditId, TenantId, UserId},
};
use jiff::Timestamp;
use uuid::Uuid;

/// What the first entry of a chain follows.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The chain of entries about a tenant, or of those about none.
fn chain(tenant: Option<TenantId>) -> Uuid {
    tenant.map_or(Uuid::nil(), Uuid::from)
}

/// An entry as stored.
struct Link {
    number: i64,
    id: AuditId,
    at: Timestamp,
    user_id: Option<UserId>,
    who: String,
    channel: String,
    source: Option<String>,
    action: String,
    tenant_id: Option<TenantId>,
    target: String,
    target_name: String,
    detail: Option<String>,
    outcome: String,
    /// JSON, byte by byte as it was hashed.
    changes: String,
    previous_hash: String,
}

impl Link {
    fn new(entry: &AuditEntry, number: i64, previous_hash: String) -> Result<Self, Cause> {
        Ok(Self {
            number,
            id: entry.id,
            at: entry.at,
            user_id: entry.user_id,
            who: entry.who.clone(),
            channel: entry.channel.clone(),
            source: entry.source.clone(),
            action: entry.action.as_str().to_owned(),
            tenant_id: entry.tenant_id,
            target: entry.target.clone(),
            target_name: entry.target_name.clone(),
            detail: entry.detail.clone(),
            outcome: entry.outcome.as_str().to_owned(),
            changes: serde_json::to_string(&entry.changes)?,
            previous_hash,
        })
    }

    fn from_row(row: &Row) -> Result<Self, Cause> {
        Ok(Self {
            number: number(row, "number")?,
            id: id(row, "id")?,
            at: time(row, "at")?,
            user_id: optional_id(row, "user_id")?,
            who: text(row, "who")?,
            channel: text(row, "channel")?,
            source: optional_text(row, "source")?,
            action: text(row, "action")?,
            tenant_id: optional_id(row, "tenant_id")?,
            target: text(row, "target")?,
            target_name: text(row, "target_name")?,
            detail: optional_text(row, "detail")?,
            outcome: text(row, "outcome")?,
            changes: text(row, "changes")?,
            previous_hash: text(row, "previous_hash")?,
        })
    }

    /// SHA-256 of all fields as one JSON array, so that no two entries have the same bytes. The first
    /// element names the format.
    fn hash(&self) -> Result<String, Cause> {
        let form = serde_json::to_vec(&(
            "hangar-audit-1",
            &self.previous_hash,
            self.number,
            self.id,
            self.at.as_microsecond(),
            self.user_id,
            &self.who,
            &self.channel,
            &self.source,
            &self.action,
            self.tenant_id,
            &self.target,
            &self.target_name,
            &self.detail,
            &self.outcome,
            &self.changes,
        ))?;
        Ok(sha256(form))
    }
}

impl Writing<'_> {
    /// Appends an entry, which must be the last write of the transaction.
    pub async fn append(&mut self, entry: &AuditEntry) -> Result<(), Cause> {
        let head = self.count_up(chain(entry.tenant_id)).await?;
        let link = Link::new(entry, head.number, head.hash.clone())?;
        let hash = link.hash()?;
        query(
            "INSERT INTO audit_entries (chain, number, id, at, user_id, who, channel, source, \
             action, tenant_id, target, target_name, detail, outcome, changes, previous_hash, \
             hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
             $17)",
        )
        .bind(head.chain)
        .bind(link.number)
        .bind(link.id)
        .bind(link.at)
        .bind(link.user_id)
        .bind(link.who)
        .bind(link.channel)
        .bind(link.source)
        .bind(link.action)
        .bind(link.tenant_id)
        .bind(link.target)
        .bind(link.target_name)
        .bind(link.detail)
        .bind(link.outcome)
        .bind(link.changes)
        .bind(link.previous_hash)
        .bind(hash.clone())
        .execute(self.connection())
        .await?;
        self.advance(head, hash).await
    }
}

/// The column holds text, since its bytes are hashed.
pub(crate) fn changes(row: &Row) -> Result<Vec<AuditChange>, Cause> {
    Ok(serde_json::from_str(&text(row, "changes")?)?)
}

impl Audit<'_> {
    /// Appends an entry in a transaction of its own.
    pub async fn append(self, entry: AuditEntry) -> Stored<()> {
        doing("write an audit entry", async {
            let mut writing = self.0.write().await?;
            writing.append(&entry).await?;
            writing.commit().await
        })
        .await
    }
}
