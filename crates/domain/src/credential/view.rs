//! A credential without its secret.

use super::Provider;
use crate::{
    ids::CredentialId,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CredentialState {
    Active,
    /// A user suspended it: it cannot be used until it is restored.
    Suspended,
}

/// A field that is not secret: “Role to assume”, “arn:aws:iam::…”.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialFact {
    pub label: String,
    pub value: String,
}

/// The result of a test with the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckResult {
    pub accepted: bool,
    /// The account or cluster of the credential.
    pub account: Option<String>,
    /// The identity of the credential: an ARN or a user name.
    pub identity: Option<String>,
    /// What happened, as a sentence.
    pub message: String,
    /// What to do.
    pub next_step: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credential {
    pub id: CredentialId,
    pub tenant: TenantRef,
    /// The only environment it is for; `None`: every environment without a credential of its own.
    pub environment: Option<EnvironmentRef>,
    pub provider: Provider,
    pub name: String,
    /// Whether it is the default for its tenant, environment and provider.
    pub chosen: bool,
    pub state: CredentialState,
    /// The fields that are not secret.
    pub facts: Vec<CredentialFact>,
    /// A short digest that identifies the secret without revealing it.
    pub fingerprint: String,
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When its secret was last replaced.
    pub replaced_at: Option<Timestamp>,
    /// How often credentials were issued from it.
    pub uses: u64,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was last tried with its provider.
    pub last_checked_at: Option<Timestamp>,
    /// The result of that test.
    pub check: Option<CheckResult>,
    /// Increases with every change; requests state the version they are based on.
    pub version: i64,
}
