//! Audit entries: who did what to which target, from where, with what outcome.

use domain::{
    audit::{AuditAction, AuditChange, AuditOutcome, AuditRow},
    caller::Caller,
    ids::{AuditId, TenantId, UserId},
};
use jiff::Timestamp;

/// An entry to append. Its place in the chain is added when it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: Timestamp,
    /// `None`: the portal or the command line.
    pub user_id: Option<UserId>,
    /// The user's name at the time.
    pub who: String,
    /// `session`, `api_token`, `portal`, `command_line`, `claim` (a claim rule at a sign-in), or for an API server
    /// `client_certificate`, `credential_handle`.
    pub channel: String,
    pub source: Option<String>,
    pub action: AuditAction,
    pub tenant_id: Option<TenantId>,
    /// Kind and id: `cluster/0197…`.
    pub target: String,
    /// The target's name at the time.
    pub target_name: String,
    pub outcome: AuditOutcome,
    /// Never a secret.
    pub detail: Option<String>,
    /// Never a secret.
    pub changes: Vec<AuditChange>,
}

impl AuditEntry {
    /// An entry for an action of `caller`, with outcome `Done`.
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

    #[must_use]
    pub fn in_tenant(mut self, tenant: TenantId) -> Self {
        self.tenant_id = Some(tenant);
        self
    }

    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    #[must_use]
    pub fn with_outcome(mut self, outcome: AuditOutcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Adds the fields that changed.
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
    pub items: Vec<AuditRow>,
    /// The next page begins before this sequence. `None`: this is the last page.
    pub next: Option<i64>,
}
