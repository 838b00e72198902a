//! The audit log as it is kept.

use super::stores::{Extent, Stored};
use crate::audit::AuditEntry;
use async_trait::async_trait;
use domain::{
    audit::{AuditQuery, AuditRow},
    ids::AuditId,
    overview::Happening,
};

/// A page of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditEntries {
    /// The entries.
    pub items: Vec<AuditRow>,
    /// Where the next page begins: before this number. `None`: this is the last.
    pub next: Option<i64>,
}

/// The audit log.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// Appends an entry on its own.
    async fn append(&self, entry: AuditEntry) -> Stored<()>;

    /// The newest entries about clusters and nodes of `scope`, newest first.
    async fn lately(&self, scope: &Extent, limit: u32) -> Stored<Vec<Happening>>;

    /// A page of the entries that concern tenants of `scope` (everything: also those that concern no
    /// tenant), newest first.
    async fn audit_page(&self, scope: &Extent, query: &AuditQuery) -> Stored<AuditEntries>;

    /// One entry of `scope`.
    async fn audit_entry(&self, scope: &Extent, id: AuditId) -> Stored<Option<AuditRow>>;

    /// The number of the newest entry; 0: there is none.
    async fn audit_end(&self) -> Stored<i64>;

    /// Entries that match `query` (but for its place and size), with numbers after `after` and up to
    /// `through`, oldest first, at most `limit` of them.
    async fn audit_batch(
        &self,
        scope: &Extent,
        query: &AuditQuery,
        after: i64,
        through: i64,
        limit: u32,
    ) -> Stored<Vec<AuditRow>>;
}
