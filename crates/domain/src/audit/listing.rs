//! Looking things up in the audit log.

use super::{AuditAction, AuditChange, AuditOutcome};
use crate::{
    ids::{AuditId, UserId},
    tenancy::TenantRef,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An entry as read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRow {
    /// Its id.
    pub id: AuditId,
    /// Its number; there are no gaps.
    pub sequence: i64,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Who; `None`: the portal, the command line or an API server.
    pub user_id: Option<UserId>,
    /// Their name at the time.
    pub who: String,
    /// The way it came in: `session`, `api_token`, `portal`, `command_line`, `client_certificate`, `credential_handle`.
    pub channel: String,
    /// The address it came from.
    pub source: Option<String>,
    /// What was done, as a word; one of a later version is kept as it is.
    pub action: String,
    /// What was done, in words between who and what: “ordered”.
    pub did: String,
    /// The tenant it concerns.
    pub tenant: Option<TenantRef>,
    /// The kind and id of what it was done to: `cluster/0197…`.
    pub target: String,
    /// Its name at the time.
    pub target_name: String,
    /// How it went.
    pub outcome: AuditOutcome,
    /// More, in words.
    pub detail: Option<String>,
    /// What changed.
    pub changes: Vec<AuditChange>,
    /// The hash that chains it to the entry before it.
    pub hash: String,
}

/// A valid question to the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Part of a person's name or of a target's name; any case.
    pub search: String,
    /// What one person did.
    pub user_id: Option<UserId>,
    /// These actions; empty: all.
    pub actions: Vec<AuditAction>,
    /// The kind (`cluster`) or kind and id (`cluster/0197…`) of what it was done to.
    pub target: Option<String>,
    /// The slug of one tenant.
    pub tenant: Option<String>,
    /// How it went.
    pub outcome: Option<AuditOutcome>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Entries before this number: the next page. `None`: the newest.
    pub before: Option<i64>,
    /// How many, 1 to 200; 0: 50.
    pub limit: u32,
}

impl AuditQuery {
    /// The most a page may hold.
    pub const MAX_LIMIT: u32 = 200;
    /// What a page holds unless told otherwise.
    pub const USUAL_LIMIT: u32 = 50;

    /// How many a page holds.
    pub fn page_size(&self) -> u32 {
        match self.limit {
            0 => Self::USUAL_LIMIT,
            limit => limit.min(Self::MAX_LIMIT),
        }
    }
}

/// A page of entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// The entries, newest first.
    pub items: Vec<AuditRow>,
    /// `before` for the next page; `None`: this is the last.
    pub next: Option<i64>,
    /// The server's time.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub now: Timestamp,
}
