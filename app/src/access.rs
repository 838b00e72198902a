//! What somebody may do at all, so that a page offers nothing that would be refused.

use serde::{Deserialize, Serialize};

/// What somebody may do with things of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    /// Member of no tenant.
    None,
    /// Sees them.
    View,
    /// Orders them.
    Order,
}

#[cfg(feature = "ssr")]
impl Access {
    /// The most that `caller` may do in any tenant; `order` is the action that orders.
    pub fn of(caller: &domain::caller::Caller, order: domain::access::Action) -> Self {
        use domain::access::PlatformRole;
        let may_order =
            |membership: &domain::caller::Membership| caller.may(order, membership.tenant_id);
        if caller.platform_role == PlatformRole::Admin || caller.memberships.iter().any(may_order) {
            Self::Order
        } else if caller.memberships.is_empty() {
            Self::None
        } else {
            Self::View
        }
    }
}
