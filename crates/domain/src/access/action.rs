//! The actions that permissions are granted for.

use serde::{Deserialize, Serialize};

/// An action on something that belongs to a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See a cluster, its state, steps and events, and find it in lists.
    ReadCluster,
    OrderCluster,
    /// Download a kubeconfig.
    ReadKubeconfig,
    DeleteCluster,
    /// Pause and resume a cluster, and put its objects on its host right.
    OperateCluster,
    /// See a node, its state, steps, jobs and prices, and find it in lists.
    ReadNode,
    /// Read the logs of a node and of its jobs.
    ReadNodeLogs,
    OrderNode,
    /// Download the SSH key of a node.
    ConnectNode,
    /// Stop and start a node, change its autostop, submit and cancel jobs.
    OperateNode,
    DeleteNode,
    /// See a tenant, its environments and its members.
    ReadTenant,
    ReadAudit,
    /// Add, change and remove members of a tenant, and invite people to it.
    ManageMembers,
    /// Create, rename and archive environments.
    ManageEnvironments,
    /// See which cloud credentials a tenant has; never their secrets.
    ReadCredentials,
    /// Store, check, suspend and delete cloud credentials.
    ManageCredentials,
}

/// An action on the platform as a whole; for platform admins only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlatformAction {
    /// List and delete machines without a node.
    ManageOrphans,
    /// See host clusters and plans, and check host clusters.
    ManageHosts,
    /// List users, grant platform roles, suspend, restore and sign out users.
    ManageUsers,
    /// Create, rename and archive tenants, and set the limits of environments.
    ManageTenants,
    /// Read the audit log of the whole platform.
    ReadPlatformAudit,
    /// See and test claim rules, and manage the identity provider's users.
    ManageIdentityProvider,
    /// See the permission table.
    ReadPermissions,
}

impl Action {
    pub const ALL: [Self; 17] = [
        Self::ReadCluster,
        Self::OrderCluster,
        Self::ReadKubeconfig,
        Self::DeleteCluster,
        Self::OperateCluster,
        Self::ReadNode,
        Self::ReadNodeLogs,
        Self::OrderNode,
        Self::ConnectNode,
        Self::OperateNode,
        Self::DeleteNode,
        Self::ReadTenant,
        Self::ReadAudit,
        Self::ManageMembers,
        Self::ManageEnvironments,
        Self::ReadCredentials,
        Self::ManageCredentials,
    ];

    /// Completes “You may not …”.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::ReadCluster => "see this cluster",
            Self::OrderCluster => "create clusters in this tenant",
            Self::ReadKubeconfig => "download kubeconfigs in this tenant",
            Self::DeleteCluster => "delete clusters in this tenant",
            Self::OperateCluster => "pause, resume and restore clusters in this tenant",
            Self::ReadNode => "see this node",
            Self::ReadNodeLogs => "read logs in this tenant",
            Self::OrderNode => "create nodes in this tenant",
            Self::ConnectNode => "connect to nodes in this tenant",
            Self::OperateNode => "operate nodes in this tenant",
            Self::DeleteNode => "delete nodes in this tenant",
            Self::ReadTenant => "see this tenant",
            Self::ReadAudit => "read the audit log of this tenant",
            Self::ManageMembers => "manage the members of this tenant",
            Self::ManageEnvironments => "manage the environments of this tenant",
            Self::ReadCredentials => "see the cloud credentials of this tenant",
            Self::ManageCredentials => "manage the cloud credentials of this tenant",
        }
    }

    /// A row of the permission table.
    pub fn title(self) -> &'static str {
        match self {
            Self::ReadCluster => "See clusters",
            Self::OrderCluster => "Create clusters",
            Self::ReadKubeconfig => "Download kubeconfigs",
            Self::DeleteCluster => "Delete clusters",
            Self::OperateCluster => "Pause, resume and restore clusters",
            Self::ReadNode => "See nodes, jobs and prices",
            Self::ReadNodeLogs => "Read logs of nodes and jobs",
            Self::OrderNode => "Create nodes",
            Self::ConnectNode => "Connect to nodes by SSH",
            Self::OperateNode => "Stop and start nodes, run jobs",
            Self::DeleteNode => "Delete nodes",
            Self::ReadTenant => "See the tenant, its environments and members",
            Self::ReadAudit => "Read the tenant's audit log",
            Self::ManageMembers => "Manage members and invitations",
            Self::ManageEnvironments => "Manage environments",
            Self::ReadCredentials => "See cloud credentials without their secrets",
            Self::ManageCredentials => "Store, check and delete cloud credentials",
        }
    }
}

impl PlatformAction {
    pub const ALL: [Self; 7] = [
        Self::ManageOrphans,
        Self::ManageHosts,
        Self::ManageUsers,
        Self::ManageTenants,
        Self::ReadPlatformAudit,
        Self::ManageIdentityProvider,
        Self::ReadPermissions,
    ];

    /// Completes “You may not …”.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::ManageOrphans => "manage orphaned machines",
            Self::ManageHosts => "see and check the host clusters and plans of this portal",
            Self::ManageUsers => "manage the users of this portal",
            Self::ManageTenants => "manage the tenants of this portal",
            Self::ReadPlatformAudit => "read the audit log of the platform",
            Self::ManageIdentityProvider => "manage the identity provider",
            Self::ReadPermissions => "see the permission table",
        }
    }

    /// A row of the permission table.
    pub fn title(self) -> &'static str {
        match self {
            Self::ManageOrphans => "See and delete orphaned machines",
            Self::ManageHosts => "See host clusters and plans, check host clusters",
            Self::ManageUsers => "See users, grant platform roles, suspend and sign out users",
            Self::ManageTenants => "Create, rename and archive tenants, set limits",
            Self::ReadPlatformAudit => "Read the whole audit log",
            Self::ManageIdentityProvider => {
                "Test claim rules, manage the identity provider's users"
            }
            Self::ReadPermissions => "See the permission table",
        }
    }
}
