//! What may be shown of a credential: everything but its secret.

use super::Provider;
use crate::{
    ids::CredentialId,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CredentialState {
    /// It can.
    Active,
    /// Somebody suspended it: it opens for nobody until it is restored.
    Suspended,
}

/// A field that is no secret: “Role to assume”, “arn:aws:iam::…”.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialFact {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// What the provider said when it was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckResult {
    /// Whether it was accepted.
    pub accepted: bool,
    /// The account or cluster it leads to.
    pub account: Option<String>,
    /// Who one is with it: an ARN, a user name.
    pub identity: Option<String>,
    /// What happened, as a sentence.
    pub message: String,
    /// What to do about it.
    pub next_step: Option<String>,
}

/// A credential as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// Whose it is.
    pub tenant: TenantRef,
    /// The one environment it is for; `None`: all without one of their own.
    pub environment: Option<EnvironmentRef>,
    /// Who it is for.
    pub provider: Provider,
    /// What people call it.
    pub name: String,
    /// Whether it is the one that is taken, of those with the same tenant, environment and provider.
    pub chosen: bool,
    /// Whether it can be used.
    pub state: CredentialState,
    /// The fields that are no secrets.
    pub facts: Vec<CredentialFact>,
    /// A short digest to tell it by; it gives nothing of the secret away.
    pub fingerprint: String,
    /// Who stored it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When its secret was last replaced.
    pub replaced_at: Option<Timestamp>,
    /// How often it was used.
    pub uses: u64,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was last tried with its provider.
    pub last_checked_at: Option<Timestamp>,
    /// What came of that.
    pub check: Option<CheckResult>,
    /// Whether the provider can be asked at all.
    pub can_be_checked: bool,
    /// Counts up with every change; requests say which one they saw.
    pub version: i64,
}
