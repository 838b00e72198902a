//! Searching the audit log.

use super::{AuditAction, AuditChange, AuditOutcome};
use crate::{
    ids::{AuditId, UserId},
    tenancy::TenantRef,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRow {
    pub id: AuditId,
    /// Its number; there are no gaps.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// `None`: the portal, the command line or an API server.
    pub user_id: Option<UserId>,
    /// The name of the user at that time.
    pub who: String,
    /// `session`, `api_token`, `portal`, `command_line`, `claim` (a claim rule at a sign-in), `client_certificate` or
    /// `credential_handle`.
    pub channel: String,
    /// The client's address.
    pub source: Option<String>,
    /// The action's name. Unknown names of a later version are kept.
    pub action: String,
    /// The action as a verb phrase between user and target: “created”.
    pub did: String,
    pub tenant: Option<TenantRef>,
    /// Kind and id of the target: `cluster/0197…`.
    pub target: String,
    /// The name of the target at that time.
    pub target_name: String,
    pub outcome: AuditOutcome,
    pub detail: Option<String>,
    pub changes: Vec<AuditChange>,
    /// The hash that chains the entry to the previous one.
    pub hash: String,
    /// How often this was refused within a minute; 1 for other entries. Not part of the hash.
    pub times: u64,
    /// The last time it was refused.
    pub last_at: Option<Timestamp>,
}

/// A valid query of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// A part of a user's or target's name; case-insensitive.
    pub search: String,
    /// Only actions of this user.
    pub user_id: Option<UserId>,
    /// Only these actions; empty: all.
    pub actions: Vec<AuditAction>,
    /// The kind (`cluster`), or kind and id (`cluster/0197…`), of the target.
    pub target: Option<String>,
    /// The slug of a tenant.
    pub tenant: Option<String>,
    pub outcome: Option<AuditOutcome>,
    /// Inclusive.
    pub since: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
    /// Only entries with a lower sequence; `None`: the newest.
    pub before: Option<i64>,
    /// The number of entries, 1 to 200; 0: 50.
    pub limit: u32,
}

impl AuditQuery {
    pub const MAX_LIMIT: u32 = 200;
    /// The number of entries on a page by default.
    pub const USUAL_LIMIT: u32 = 50;

    pub fn page_size(&self) -> u32 {
        match self.limit {
            0 => Self::USUAL_LIMIT,
            limit => limit.min(Self::MAX_LIMIT),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// Newest first.
    pub items: Vec<AuditRow>,
    /// `before` for the next page; `None`: this page is the last.
    pub next: Option<i64>,
    /// The server's time.
    pub now: Timestamp,
}
