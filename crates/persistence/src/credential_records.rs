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

/// A credential as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialRecord {
    /// Its id.
    pub id: CredentialId,
    /// Whose it is.
    pub tenant: TenantRef,
    /// The one environment it is for.
    pub environment: Option<EnvironmentRef>,
    /// Who it is for.
    pub provider: Provider,
    /// What people call it.
    pub name: String,
    /// Whether it is the one that is taken.
    pub chosen: bool,
    /// Whether it opens for nobody.
    pub suspended: bool,
    /// The fields that may be shown.
    pub facts: Vec<CredentialFact>,
    /// What it is told by.
    pub fingerprint: String,
    /// The secret.
    pub sealed: Sealed,
    /// Who stored it, by name.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When the secret was last replaced.
    pub replaced_at: Option<Timestamp>,
    /// How often it was used.
    pub uses: u64,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was last tried with its provider.
    pub last_checked_at: Option<Timestamp>,
    /// What came of that.
    pub check: Option<CheckResult>,
    /// Counts up with every change.
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
    /// The fields that may be shown.
    pub facts: Vec<CredentialFact>,
    /// What it is told by.
    pub fingerprint: String,
    /// The secret.
    pub sealed: Sealed,
}

/// A credential to be stored.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// Its id.
    pub id: CredentialId,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// The one environment it is for.
    pub environment_id: Option<EnvironmentId>,
    /// Who it is for.
    pub provider: Provider,
    /// What people call it.
    pub name: String,
    /// Whether it is taken from now on; where none is, it is in any case.
    pub chosen: bool,
    /// The secret.
    pub secret: SealedCredential,
    /// Who stores it; `None`: the portal or the command line.
    pub created_by: Option<UserId>,
    /// Their name.
    pub created_by_name: String,
    /// When.
    pub at: Timestamp,
}

/// What came of storing a credential.
#[derive(Clone, Debug, PartialEq)]
pub enum CredentialCreated {
    /// Stored.
    Created(Box<CredentialRecord>),
    /// Another of the tenant and provider has the name.
    NameTaken,
    /// One with this id is there, or was and has been deleted.
    KnownId,
}

/// A change of a credential.
#[derive(Clone, Debug)]
pub enum CredentialChange {
    /// Another secret.
    Replace(Box<SealedCredential>),
    /// Another name.
    Rename(String),
    /// It is the one that is taken.
    Choose,
    /// It opens for nobody, or it does again.
    Suspend(bool),
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum CredentialChanged {
    /// Stored; the credential as of then.
    Changed(Box<CredentialRecord>),
    /// It was so already; nothing was written.
    Unchanged(Box<CredentialRecord>),
    /// It is no longer as in the version that was named.
    Stale,
    /// Another of the tenant and provider has the name.
    NameTaken,
    /// It is not there any more.
    Gone,
}

/// Somebody's change of a credential, as the audit log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastChange {
    /// Who.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub changes: Vec<AuditChange>,
}

/// A place where secrets lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SealedKind {
    /// Cloud credentials: `credentials.secret_*`.
    Credential,
    /// Tokens of the service accounts at SkyPilot API servers: `workspaces.token_*`.
    WorkspaceToken,
}

impl SealedKind {
    /// Every place.
    pub const ALL: [Self; 2] = [Self::Credential, Self::WorkspaceToken];

    /// What lies there, before its name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Credential => "the credential",
            Self::WorkspaceToken => "the token of the workspace",
        }
    }
}

/// How much lies under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key.
    pub key_id: String,
    /// What lies under it.
    pub kind: SealedKind,
    /// How many.
    pub count: u64,
    /// The name of one of them.
    pub example: String,
}

/// A sealed secret with what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// Where it lies.
    pub kind: SealedKind,
    /// The row.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is bound to.
    pub owner: SecretOwner,
    /// The secret.
    pub sealed: Sealed,
}
