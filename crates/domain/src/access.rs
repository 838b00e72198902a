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
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 4] = [
        Self::ReadCluster,
        Self::OrderCluster,
        Self::ReadKubeconfig,
        Self::DeleteCluster,
    ];

    /// In words, after “You may not …”.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReadCluster => "see this cluster",
            Self::OrderCluster => "order clusters in this tenant",
            Self::ReadKubeconfig => "download kubeconfigs in this tenant",
            Self::DeleteCluster => "delete clusters in this tenant",
        }
    }
}

/// Whether somebody with these roles may do `action` in a tenant (`None`: not a member of it).
pub fn allows(action: Action, platform: PlatformRole, tenant: Option<TenantRole>) -> bool {
    let least = match action {
        Action::ReadCluster => TenantRole::Viewer,
        Action::OrderCluster | Action::ReadKubeconfig | Action::DeleteCluster => {
            TenantRole::Developer
        }
    };
    platform == PlatformRole::Admin || tenant.is_some_and(|role| role >= least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use TenantRole::{Admin, Developer, Viewer};

    /// The table written out: which tenant roles may, besides platform admins.
    const TABLE: [(Action, &[TenantRole]); 4] = [
        (Action::ReadCluster, &[Viewer, Developer, Admin]),
        (Action::OrderCluster, &[Developer, Admin]),
        (Action::ReadKubeconfig, &[Developer, Admin]),
        (Action::DeleteCluster, &[Developer, Admin]),
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
}
