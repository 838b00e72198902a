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
        use domain::access::Action;
        use domain::caller::Extent;
        let somewhere = |action| match caller.extent(action) {
            Extent::Everything => true,
            Extent::Tenants(tenants) => !tenants.is_empty(),
        };
        if somewhere(order) {
            Self::Order
        } else if somewhere(Action::ReadTenant) {
            Self::View
        } else {
            Self::None
        }
    }
}
