//! The permission table.

use super::{Action, PlatformAction, PlatformRole, TenantRole};

/// The lowest role in a tenant that may do `action` there.
pub fn least_role(action: Action) -> TenantRole {
    match action {
        Action::ReadCluster | Action::ReadNode | Action::ReadNodeLogs | Action::ReadTenant => {
            TenantRole::Viewer
        }
        Action::OrderCluster
        | Action::ReadKubeconfig
        | Action::DeleteCluster
        | Action::OperateCluster
        | Action::OrderNode
        | Action::ConnectNode
        | Action::OperateNode
        | Action::DeleteNode
        | Action::ReadAudit => TenantRole::Developer,
        Action::ManageMembers
        | Action::ManageEnvironments
        | Action::ReadCredentials
        | Action::ManageCredentials => TenantRole::Admin,
    }
}

/// Whether these roles allow `action` in a tenant (`None`: not a member).
pub fn allows(action: Action, platform: PlatformRole, tenant: Option<TenantRole>) -> bool {
    platform == PlatformRole::Admin || tenant.is_some_and(|role| role >= least_role(action))
}

/// Whether this role allows `action` on the platform.
pub fn allows_on_platform(action: PlatformAction, platform: PlatformRole) -> bool {
    match action {
        PlatformAction::ManageOrphans
        | PlatformAction::ManageHosts
        | PlatformAction::ManageUsers
        | PlatformAction::ManageTenants
        | PlatformAction::ReadPlatformAudit
        | PlatformAction::ManageIdentityProvider
        | PlatformAction::ReadPermissions => platform == PlatformRole::Admin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TenantRole::{Admin, Developer, Viewer};

    /// The table written out: which tenant roles may, besides platform admins.
    const TABLE: [(Action, &[TenantRole]); 17] = [
        (Action::ReadCluster, &[Viewer, Developer, Admin]),
        (Action::OrderCluster, &[Developer, Admin]),
        (Action::ReadKubeconfig, &[Developer, Admin]),
        (Action::DeleteCluster, &[Developer, Admin]),
        (Action::OperateCluster, &[Developer, Admin]),
        (Action::ReadNode, &[Viewer, Developer, Admin]),
        (Action::ReadNodeLogs, &[Viewer, Developer, Admin]),
        (Action::OrderNode, &[Developer, Admin]),
        (Action::ConnectNode, &[Developer, Admin]),
        (Action::OperateNode, &[Developer, Admin]),
        (Action::DeleteNode, &[Developer, Admin]),
        (Action::ReadTenant, &[Viewer, Developer, Admin]),
        (Action::ReadAudit, &[Developer, Admin]),
        (Action::ManageMembers, &[Admin]),
        (Action::ManageEnvironments, &[Admin]),
        (Action::ReadCredentials, &[Admin]),
        (Action::ManageCredentials, &[Admin]),
    ];

    #[test]
    fn every_action_is_allowed_to_exactly_the_roles_of_the_table() {
        assert_eq!(TABLE.map(|(action, _)| action), Action::ALL);
        for (action, roles) in TABLE {
            for role in TenantRole::ALL {
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
