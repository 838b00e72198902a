//! What somebody may do in a tenant, so that a page offers nothing that would be refused.

use serde::{Deserialize, Serialize};

/// What somebody may do in one tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRights {
    /// Add, change and remove members, and invite people.
    pub members: bool,
    /// Create, rename and archive environments.
    pub environments: bool,
    /// See which credentials there are.
    pub credentials: bool,
    /// Read what was done.
    pub audit: bool,
    /// Rename and archive the tenant, and set the limits of environments.
    pub platform: bool,
    /// See people's own pages.
    pub people: bool,
}

#[cfg(feature = "ssr")]
impl TenantRights {
    /// What `caller` may do in `tenant`; in one that is archived nothing can be changed.
    pub fn of(
        caller: &domain::caller::Caller,
        tenant: domain::ids::TenantId,
        archived: bool,
    ) -> Self {
        use domain::access::{Action, PlatformAction};
        let changes = |action| !archived && caller.may(action, tenant);
        Self {
            members: changes(Action::ManageMembers),
            environments: changes(Action::ManageEnvironments),
            credentials: caller.may(Action::ReadCredentials, tenant),
            audit: caller.may(Action::ReadAudit, tenant),
            platform: !archived && caller.may_on_platform(PlatformAction::ManageTenants),
            people: caller.may_on_platform(PlatformAction::ManageUsers),
        }
    }
}
