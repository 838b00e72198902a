//! Audit entries: who did what to what, from where, with what outcome.

use domain::{
    audit::{AuditAction, AuditChange, AuditOutcome, AuditRow},
    caller::Caller,
    ids::{AuditId, TenantId, UserId},
};
use jiff::Timestamp;

/// One entry, as written. The store adds its place in the chain of hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who; `None` is the portal or the command line.
    pub user_id: Option<UserId>,
    /// Their name at the time.
    pub who: String,
    /// `session`, `api_token`, `portal`, `command_line`, or that of an API server:
    /// `client_certificate`, `credential_handle`.
    pub channel: String,
    /// The address it came from.
    pub source: Option<String>,
    /// What was done.
    pub action: AuditAction,
    /// The tenant it concerns.
    pub tenant_id: Option<TenantId>,
    /// The kind and id of what it was done to: `cluster/0197…`.
    pub target: String,
    /// Its name at the time.
    pub target_name: String,
    /// How it went.
    pub outcome: AuditOutcome,
    /// More, in words; never a secret.
    pub detail: Option<String>,
    /// What changed; never a secret.
    pub changes: Vec<AuditChange>,
}

impl AuditEntry {
    /// An entry about something `caller` does.
    pub fn by(
        caller: &Caller,
        action: AuditAction,
        at: Timestamp,
        target: impl Into<String>,
        target_name: impl Into<String>,
    ) -> Self {
        Self {
            id: crate::new_id(),
            at,
            user_id: caller.user_id,
            who: caller.name.clone(),
            channel: caller.channel.as_str().to_owned(),
            source: caller.source.clone(),
            action,
            tenant_id: None,
            target: target.into(),
            target_name: target_name.into(),
            outcome: AuditOutcome::Done,
            detail: None,
            changes: Vec::new(),
        }
    }

    /// Names the tenant it concerns.
    #[must_use]
    pub fn in_tenant(mut self, tenant: TenantId) -> Self {
        self.tenant_id = Some(tenant);
        self
    }

    /// Adds more in words.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Says how it went.
    #[must_use]
    pub fn with_outcome(mut self, outcome: AuditOutcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Adds what changed; fields that stayed as they were are left out.
    #[must_use]
    pub fn with_changes(mut self, changes: impl IntoIterator<Item = AuditChange>) -> Self {
        let changed = |change: &AuditChange| change.before != change.after;
        self.changes.extend(changes.into_iter().filter(changed));
        self
    }
}

/// A page of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditEntries {
    /// The entries.
    pub items: Vec<AuditRow>,
    /// Where the next page begins: before this number. `None`: this is the last.
    pub next: Option<i64>,
}
