//! The store of people as admins see and change them. Each method is one transaction; whatever it
//! announces, it announces after commit.

use super::stores::Stored;
use crate::audit::{AuditAction, AuditEntry};
use async_trait::async_trait;
use domain::{
    access::PlatformRole,
    ids::UserId,
    listing::Paging,
    people::{PeopleCount, PeopleQuery, Person, PersonDetail},
};
use jiff::Timestamp;

/// One page of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleRecordPage {
    /// The people of the page.
    pub items: Vec<Person>,
    /// Which page this is.
    pub paging: Paging,
    /// How many match altogether.
    pub total: u64,
    /// How many match the search with each filter.
    pub counts: Vec<PeopleCount>,
}

/// What became of a change of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonChanged {
    /// It is stored, with its audit entry.
    Done,
    /// They were so already; nothing was written.
    AlreadySo,
    /// There is nobody with this id.
    Missing,
    /// They are no longer as in the version that was named.
    Stale,
    /// It would have left the platform without an admin who is not suspended.
    LastAdmin,
}

/// Who last changed something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestChange {
    /// Their name at the time.
    pub who: String,
    /// When.
    pub at: Timestamp,
}

/// People, for those who administer them.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// A page. Roles in archived tenants do not count.
    async fn people(&self, query: &PeopleQuery) -> Stored<PeopleRecordPage>;

    /// One person; tokens that end after `now` are counted.
    async fn person(&self, id: UserId, now: Timestamp) -> Stored<Option<PersonDetail>>;

    /// Grants a platform role by hand, or takes the granted one away (`User`), if they are as in
    /// `version` (`None`: however they are); announces it. The entry's `who` and `at` are kept as by
    /// whom and when; what changed is added to it.
    async fn set_platform_role(
        &self,
        id: UserId,
        role: PlatformRole,
        version: Option<i64>,
        audit: AuditEntry,
    ) -> Stored<PersonChanged>;

    /// Suspends or restores somebody and, when suspending, ends their sessions; announces it.
    async fn set_suspended(
        &self,
        id: UserId,
        suspended: bool,
        audit: AuditEntry,
    ) -> Stored<PersonChanged>;

    /// Ends every session of somebody; announces it. The entry is written if there is such a person.
    async fn end_sessions(&self, id: UserId, audit: AuditEntry) -> Stored<()>;

    /// The newest of these actions that was done to `target` (`user/0197…`).
    async fn latest_change(
        &self,
        target: &str,
        actions: &[AuditAction],
    ) -> Stored<Option<LatestChange>>;
}
