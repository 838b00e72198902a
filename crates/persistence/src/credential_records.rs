//! Records of credentials, and of sealed secrets that a rotation rewraps.

use crate::sealed::{Sealed, SecretOwner};
use domain::{
    audit::AuditChange,
    credential::{CheckResult, CredentialFact, Provider},
    ids::{CredentialId, EnvironmentId, TenantId, UserId},
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub struct CredentialRecord {
    pub id: CredentialId,
    pub tenant: TenantRef,
    /// `None`: all environments of the tenant without a credential of their own.
    pub environment: Option<EnvironmentRef>,
    pub provider: Provider,
    pub name: String,
    /// Whether it is the default for its provider and environment.
    pub chosen: bool,
    pub suspended: bool,
    /// Fields that may be shown.
    pub facts: Vec<CredentialFact>,
    /// A digest of the secret.
    pub fingerprint: String,
    pub sealed: Sealed,
    /// The user's name.
    pub created_by: String,
    pub created_at: Timestamp,
    pub replaced_at: Option<Timestamp>,
    pub uses: u64,
    pub last_used_at: Option<Timestamp>,
    pub last_checked_at: Option<Timestamp>,
    pub check: Option<CheckResult>,
    /// Incremented by every change.
    pub version: i64,
}

/// What the secret of the credential `id` is bound to.
pub fn owner(tenant_id: TenantId, id: CredentialId) -> SecretOwner {
    SecretOwner {
        tenant_id,
        place: format!("credentials/{id}/secret"),
    }
}

impl CredentialRecord {
    /// What its secret is bound to.
    pub fn owner(&self) -> SecretOwner {
        owner(self.tenant.id, self.id)
    }
}

/// A secret with what may be shown of it.
#[derive(Clone, Debug, PartialEq)]
pub struct SealedCredential {
    pub facts: Vec<CredentialFact>,
    pub fingerprint: String,
    pub sealed: Sealed,
}

#[derive(Clone, Debug)]
pub struct NewCredential {
    pub id: CredentialId,
    pub tenant_id: TenantId,
    pub environment_id: Option<EnvironmentId>,
    pub provider: Provider,
    pub name: String,
    /// Whether it becomes the default; the first one does in any case.
    pub chosen: bool,
    pub secret: SealedCredential,
    /// `None`: the portal or the command line.
    pub created_by: Option<UserId>,
    pub created_by_name: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub enum CredentialCreated {
    /// Stored.
    Created(Box<CredentialRecord>),
    /// Another credential of the tenant and provider has the name.
    NameTaken,
    /// A credential with this id exists or was deleted.
    KnownId,
}

#[derive(Clone, Debug)]
pub enum CredentialChange {
    Replace(Box<SealedCredential>),
    Rename(String),
    /// Make it the default.
    Choose,
    /// Suspend (`true`) or restore.
    Suspend(bool),
}

#[derive(Clone, Debug, PartialEq)]
pub enum CredentialChanged {
    /// Stored; the credential as of then.
    Changed(Box<CredentialRecord>),
    /// Nothing to change; nothing was written.
    Unchanged(Box<CredentialRecord>),
    /// Changed since the given version.
    Stale,
    /// Another credential of the tenant and provider has the name.
    NameTaken,
    Gone,
}

/// A change of a credential, from the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastChange {
    pub who: String,
    pub at: Timestamp,
    pub changes: Vec<AuditChange>,
}

/// A column of sealed secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SealedKind {
    /// Cloud credentials: `credentials.secret_*`.
    Credential,
    /// Tokens of the service accounts at SkyPilot API servers: `workspaces.token_*`.
    WorkspaceToken,
}

impl SealedKind {
    pub const ALL: [Self; 2] = [Self::Credential, Self::WorkspaceToken];

    /// The kind of secret in words, to stand before its name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Credential => "the credential",
            Self::WorkspaceToken => "the token of the workspace",
        }
    }
}

/// How many secrets a key wraps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    pub key_id: String,
    pub kind: SealedKind,
    pub count: u64,
    /// The name of one of these secrets.
    pub example: String,
}

/// A sealed secret with what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    pub kind: SealedKind,
    pub id: Uuid,
    pub name: String,
    pub owner: SecretOwner,
    pub sealed: Sealed,
}
