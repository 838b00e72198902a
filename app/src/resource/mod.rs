//! What the pages of every resource share: the list with its search, filters, order and paging.

mod cells;
mod detail;
mod list;
mod permission;

pub use cells::{EnvironmentCell, ExpiryCell, NameCell, StateCell};
pub use detail::{ResourceHeader, deleted, no_such_tab};
pub use list::{Column, EmptyList, Paging, ResourceList, filter_chips, headers, paging_links};
pub use permission::Permission;
