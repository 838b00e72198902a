//! What a caller may do in one tenant, so that a page offers nothing that would be refused.

use domain::access::{Action, PlatformAction};
use domain::caller::Caller;
use domain::tenancy::TenantDetail;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantPermissions {
    pub manage_members: bool,
    pub manage_environments: bool,
    pub read_credentials: bool,
    pub create_credentials: bool,
    pub read_audit: bool,
    /// Rename and archive the tenant, and set the limits of environments.
    pub manage_tenant: bool,
    /// Open the pages of users.
    pub manage_users: bool,
}

impl TenantPermissions {
    /// Nothing can be changed in an archived tenant.
    pub fn of(caller: &Caller, tenant: &TenantDetail) -> Self {
        let (id, archived) = (tenant.tenant.id, tenant.archived_at.is_some());
        let may_change = |action| !archived && caller.may(action, id);
        Self {
            manage_members: may_change(Action::ManageMembers),
            manage_environments: may_change(Action::ManageEnvironments),
            read_credentials: caller.may(Action::ReadCredentials, id),
            create_credentials: may_change(Action::ManageCredentials),
            read_audit: caller.may(Action::ReadAudit, id),
            manage_tenant: !archived && caller.may_on_platform(PlatformAction::ManageTenants),
            manage_users: caller.may_on_platform(PlatformAction::ManageUsers),
        }
    }
}
