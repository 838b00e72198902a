//! What a caller may do with resources of one kind at all, so that a page offers nothing that would be refused.

use domain::access::Action;
use domain::caller::{Caller, TenantScope};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// The caller is in no tenant.
    None,
    View,
    Create,
}

impl Permission {
    /// The most that `caller` may do in any tenant; `create` is the action that creates.
    pub fn of(caller: &Caller, create: Action) -> Self {
        let anywhere = |action| match caller.extent(action) {
            TenantScope::All => true,
            TenantScope::Only(tenants) => !tenants.is_empty(),
        };
        if anywhere(create) {
            Self::Create
        } else if anywhere(Action::ReadTenant) {
            Self::View
        } else {
            Self::None
        }
    }
}
