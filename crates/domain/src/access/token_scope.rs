//! Scopes of API tokens, which restrict the permissions of their owners.

use super::Action;
use crate::ids::TenantId;
use serde::{Deserialize, Serialize};

/// A group of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// See everything, change nothing, and download neither kubeconfigs nor keys.
    Read,
    /// Clusters: see, create, use, delete.
    Clusters,
    /// Nodes: see, create, use, delete.
    Nodes,
    /// Tenants, users, credentials, the audit log and the platform.
    Admin,
}

impl TokenScope {
    pub const ALL: [Self; 4] = [Self::Read, Self::Clusters, Self::Nodes, Self::Admin];

    /// As stored, and as written in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Clusters => "clusters",
            Self::Nodes => "nodes",
            Self::Admin => "admin",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "See everything, change nothing",
            Self::Clusters => "Clusters: see, create, use, delete",
            Self::Nodes => "Nodes: see, create, use, delete",
            Self::Admin => "Tenants, users, credentials, audit log",
        }
    }

    /// Whether the scope includes `action`; the owner's roles must allow it too.
    pub fn includes(self, action: Action) -> bool {
        match action {
            Action::ReadCluster => {
                matches!(self, Self::Read | Self::Clusters)
            }
            Action::ReadNode | Action::ReadNodeLogs => {
                matches!(self, Self::Read | Self::Nodes)
            }
            // Creating a resource requires the names of tenants and environments.
            Action::ReadTenant => true,
            Action::ReadAudit | Action::ReadCredentials => matches!(self, Self::Read | Self::Admin),
            Action::OrderCluster
            | Action::ReadKubeconfig
            | Action::DeleteCluster
            | Action::OperateCluster => self == Self::Clusters,
            Action::OrderNode | Action::ConnectNode | Action::OperateNode | Action::DeleteNode => {
                self == Self::Nodes
            }
            Action::ManageMembers | Action::ManageEnvironments | Action::ManageCredentials => {
                self == Self::Admin
            }
        }
    }
}

/// The restrictions of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenReach {
    pub scopes: Vec<TokenScope>,
    /// The only tenant that the token is valid for; `None`: all tenants of its owner.
    pub tenant_id: Option<TenantId>,
}

impl TokenReach {
    /// Whether the restrictions include `action` in `tenant`.
    pub fn includes(&self, action: Action, tenant: TenantId) -> bool {
        self.tenant_id.is_none_or(|only| only == tenant)
            && self.scopes.iter().any(|scope| scope.includes(action))
    }

    /// Whether the restrictions include platform actions.
    pub fn includes_platform(&self) -> bool {
        self.tenant_id.is_none() && self.scopes.contains(&TokenScope::Admin)
    }
}
