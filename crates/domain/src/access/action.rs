//! Everything that can be done.

use serde::{Deserialize, Serialize};

/// Everything that can be done to something of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See a cluster, its state, steps and events, and find it in lists.
    ReadCluster,
    /// Order a cluster.
    OrderCluster,
    /// Be given a kubeconfig.
    ReadKubeconfig,
    /// Delete a cluster.
    DeleteCluster,
    /// See a node, its state, steps, jobs and prices, and find it in lists.
    ReadNode,
    /// Read the logs of a node and its jobs.
    ReadNodeLogs,
    /// Order a node.
    OrderNode,
    /// Be given the key to a node.
    ConnectNode,
    /// Stop and start a node, change when it stops by itself, submit and cancel jobs.
    OperateNode,
    /// Take a node down.
    DeleteNode,
    /// See a tenant, its environments and its members.
    ReadTenant,
    /// Read the audit log of a tenant.
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

/// Everything that concerns the whole platform and no single tenant; for platform admins only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlatformAction {
    /// See machines that nobody ordered here, and take them down.
    ManageOrphans,
    /// See host clusters and plans, and check host clusters.
    ManageHosts,
    /// See everybody, grant platform roles, suspend, restore and sign out.
    ManageUsers,
    /// Create, rename and archive tenants, and set the limits of environments.
    ManageTenants,
    /// Read what the audit log says of the whole platform.
    ReadPlatformAudit,
    /// See and try claim rules, and administer the identity provider's people.
    ManageIdentityProvider,
    /// See the table of who may do what.
    ReadPermissions,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 16] = [
        Self::ReadCluster,
        Self::OrderCluster,
        Self::ReadKubeconfig,
        Self::DeleteCluster,
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

    /// In words, after “You may not …”.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReadCluster => "see this cluster",
            Self::OrderCluster => "order clusters in this tenant",
            Self::ReadKubeconfig => "download kubeconfigs in this tenant",
            Self::DeleteCluster => "delete clusters in this tenant",
            Self::ReadNode => "see this node",
            Self::ReadNodeLogs => "read logs in this tenant",
            Self::OrderNode => "order nodes in this tenant",
            Self::ConnectNode => "connect to nodes in this tenant",
            Self::OperateNode => "operate nodes in this tenant",
            Self::DeleteNode => "take down nodes in this tenant",
            Self::ReadTenant => "see this tenant",
            Self::ReadAudit => "read the audit log of this tenant",
            Self::ManageMembers => "manage the members of this tenant",
            Self::ManageEnvironments => "manage the environments of this tenant",
            Self::ReadCredentials => "see the cloud credentials of this tenant",
            Self::ManageCredentials => "manage the cloud credentials of this tenant",
        }
    }

    /// As a row of the table that people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::ReadCluster => "See clusters",
            Self::OrderCluster => "Order clusters",
            Self::ReadKubeconfig => "Download kubeconfigs",
            Self::DeleteCluster => "Delete clusters",
            Self::ReadNode => "See nodes, jobs and prices",
            Self::ReadNodeLogs => "Read logs of nodes and jobs",
            Self::OrderNode => "Order nodes",
            Self::ConnectNode => "Be given keys to nodes",
            Self::OperateNode => "Stop and start nodes, run jobs",
            Self::DeleteNode => "Take nodes down",
            Self::ReadTenant => "See the tenant, its environments and members",
            Self::ReadAudit => "Read the tenant's audit log",
            Self::ManageMembers => "Manage members and invitations",
            Self::ManageEnvironments => "Manage environments",
            Self::ReadCredentials => "See which cloud credentials there are",
            Self::ManageCredentials => "Store, check and delete cloud credentials",
        }
    }
}

impl PlatformAction {
    /// Every action.
    pub const ALL: [Self; 7] = [
        Self::ManageOrphans,
        Self::ManageHosts,
        Self::ManageUsers,
        Self::ManageTenants,
        Self::ReadPlatformAudit,
        Self::ManageIdentityProvider,
        Self::ReadPermissions,
    ];

    /// In words, after “You may not …”.
    pub fn words(self) -> &'static str {
        match self {
            Self::ManageOrphans => "manage machines that nobody ordered here",
            Self::ManageHosts => "see and check the host clusters and plans of this portal",
            Self::ManageUsers => "manage the people of this portal",
            Self::ManageTenants => "manage the tenants of this portal",
            Self::ReadPlatformAudit => "read the audit log of the platform",
            Self::ManageIdentityProvider => "administer the identity provider",
            Self::ReadPermissions => "see the table of permissions",
        }
    }

    /// As a row of the table that people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::ManageOrphans => "Take down machines that nobody ordered",
            Self::ManageHosts => "See host clusters and plans, check host clusters",
            Self::ManageUsers => "See everybody, grant roles, suspend and sign out",
            Self::ManageTenants => "Create, rename and archive tenants, set limits",
            Self::ReadPlatformAudit => "Read the whole audit log",
            Self::ManageIdentityProvider => "Try claim rules, administer the identity provider",
            Self::ReadPermissions => "See who may do what",
        }
    }
}
