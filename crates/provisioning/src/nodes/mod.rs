//! Nodes: the use cases behind [`domain::services::Nodes`].

pub(crate) mod view;

use crate::ports::stores::Scope;
use domain::{
    access::{Action, PlatformRole},
    caller::Caller,
};

/// The nodes `caller` may see.
pub(crate) fn scope(caller: &Caller) -> Scope {
    match caller.platform_role {
        PlatformRole::Admin => Scope::Everything,
        PlatformRole::User => Scope::Tenants(
            caller
                .memberships
                .iter()
                .filter(|membership| caller.may(Action::ReadNode, membership.tenant_id))
                .map(|membership| membership.tenant_id)
                .collect(),
        ),
    }
}
