//! What an API token may do at most, whatever its owner may.

use super::Action;
use crate::ids::TenantId;
use serde::{Deserialize, Serialize};

/// A part of what can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// See everything, change nothing, and be given no kubeconfig and no key.
    Read,
    /// Clusters: see, order, use, delete.
    Clusters,
    /// Nodes: see, order, use, take down.
    Nodes,
    /// Tenants, people, credentials, the audit log and the platform.
    Admin,
}

impl TokenScope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Clusters, Self::Nodes, Self::Admin];

    /// The word in the database and in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Clusters => "clusters",
            Self::Nodes => "nodes",
            Self::Admin => "admin",
        }
    }

    /// What it gives, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "See everything, change nothing",
            Self::Clusters => "Clusters: see, order, use, delete",
            Self::Nodes => "Nodes: see, order, use, take down",
            Self::Admin => "Tenants, people, credentials, audit log",
        }
    }

    /// Whether a token with this scope may do `action` where its owner may.
    pub fn includes(self, action: Action) -> bool {
        match action {
            Action::ReadCluster => {
                matches!(self, Self::Read | Self::Clusters)
            }
            Action::ReadNode | Action::ReadNodeLogs => {
                matches!(self, Self::Read | Self::Nodes)
            }
            // What a tenant is called, whoever orders has to know.
            Action::ReadTenant => true,
            Action::ReadAudit | Action::ReadCredentials => matches!(self, Self::Read | Self::Admin),
            Action::OrderCluster | Action::ReadKubeconfig | Action::DeleteCluster => {
                self == Self::Clusters
            }
            Action::OrderNode | Action::ConnectNode | Action::OperateNode | Action::DeleteNode => {
                self == Self::Nodes
            }
            Action::ManageMembers | Action::ManageEnvironments | Action::ManageCredentials => {
                self == Self::Admin
            }
        }
    }
}

/// How far a token reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenReach {
    /// What it may do.
    pub scopes: Vec<TokenScope>,
    /// The one tenant it is for; `None`: all of its owner's.
    pub tenant_id: Option<TenantId>,
}

impl TokenReach {
    /// Whether it reaches to `action` in `tenant`.
    pub fn includes(&self, action: Action, tenant: TenantId) -> bool {
        self.tenant_id.is_none_or(|only| only == tenant)
            && self.scopes.iter().any(|scope| scope.includes(action))
    }

    /// Whether it reaches to what concerns the whole platform.
    pub fn includes_platform(&self) -> bool {
        self.tenant_id.is_none() && self.scopes.contains(&TokenScope::Admin)
    }
}
