//! Who may do what: the one table, action by role. [`allows`] is the only reader.

use serde::{Deserialize, Serialize};

/// A person's role on the whole platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlatformRole {
    /// May do what their tenant roles allow.
    #[default]
    User,
    /// Runs the platform.
    Admin,
}

/// A person's role in one tenant; each includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TenantRole {
    /// Sees what there is.
    Viewer,
    /// Orders, uses and deletes.
    Developer,
    /// Runs the tenant.
    Admin,
}

impl PlatformRole {
    /// The word in the database and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

impl TenantRole {
    /// The word in the database and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::Admin => "admin",
        }
    }
}

/// Everything that can be done to something of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
}

/// Everything that concerns the whole platform and no single tenant; for platform admins only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PlatformAction {
    /// See machines that nobody ordered here, and take them down.
    ManageOrphans,
}

impl PlatformAction {
    /// Every action.
    pub const ALL: [Self; 1] = [Self::ManageOrphans];

    /// In words, after “You may not …”.
    pub fn words(self) -> &'static str {
        match self {
            Self::ManageOrphans => "manage machines that nobody ordered here",
        }
    }
}

/// Whether somebody with this role may do `action` on the platform.
pub fn allows_on_platform(action: PlatformAction, platform: PlatformRole) -> bool {
    match action {
        PlatformAction::ManageOrphans => platform == PlatformRole::Admin,
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 10] = [
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
        }
    }
}

/// Whether somebody with these roles may do `action` in a tenant (`None`: not a member of it).
pub fn allows(action: Action, platform: PlatformRole, tenant: Option<TenantRole>) -> bool {
    let least = match action {
        Action::ReadCluster | Action::ReadNode | Action::ReadNodeLogs => TenantRole::Viewer,
        Action::OrderCluster
        | Action::ReadKubeconfig
        | Action::DeleteCluster
        | Action::OrderNode
        | Action::ConnectNode
        | Action::OperateNode
        | Action::DeleteNode => TenantRole::Developer,
    };
    platform == PlatformRole::Admin || tenant.is_some_and(|role| role >= least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use TenantRole::{Admin, Developer, Viewer};

    /// The table written out: which tenant roles may, besides platform admins.
    const TABLE: [(Action, &[TenantRole]); 10] = [
        (Action::ReadCluster, &[Viewer, Developer, Admin]),
        (Action::OrderCluster, &[Developer, Admin]),
        (Action::ReadKubeconfig, &[Developer, Admin]),
        (Action::DeleteCluster, &[Developer, Admin]),
        (Action::ReadNode, &[Viewer, Developer, Admin]),
        (Action::ReadNodeLogs, &[Viewer, Developer, Admin]),
        (Action::OrderNode, &[Developer, Admin]),
        (Action::ConnectNode, &[Developer, Admin]),
        (Action::OperateNode, &[Developer, Admin]),
        (Action::DeleteNode, &[Developer, Admin]),
    ];

    #[test]
    fn every_action_is_allowed_to_exactly_the_roles_of_the_table() {
        assert_eq!(TABLE.map(|(action, _)| action), Action::ALL);
        for (action, roles) in TABLE {
            for role in [Viewer, Developer, Admin] {
                assert_eq!(
                    allows(action, PlatformRole::User, Some(role)),
                    roles.contains(&role),
                    "{action:?} {role:?}"
                );
            }
            assert!(!allows(action, PlatformRole::User, None), "{action:?}");
            assert!(allows(action, PlatformRole::Admin, None), "{action:?}");
        }
    }

    #[test]
    fn what_concerns_the_whole_platform_is_for_its_admins() {
        for action in PlatformAction::ALL {
            assert!(allows_on_platform(action, PlatformRole::Admin));
            assert!(!allows_on_platform(action, PlatformRole::User));
        }
    }
}
