//! Typed ids: a cluster's id cannot be handed over where a tenant's is meant.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// A person known to the portal.
    UserId,
    /// A team or customer that owns things.
    TenantId,
    /// A part of a tenant (dev, staging, prod).
    EnvironmentId,
    /// A vCluster that somebody ordered.
    ClusterId,
    /// A machine with accelerators that somebody ordered.
    NodeId,
    /// A tenant's environment on a SkyPilot API server.
    WorkspaceId,
    /// One long-running change.
    OperationId,
    /// An API token (its handle, not its secret).
    TokenId,
    /// One entry of the audit log.
    AuditId,
    /// An invitation to a tenant.
    InvitationId,
    /// A cloud credential in the vault.
    CredentialId,
}
