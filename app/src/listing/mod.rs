//! Lists of things that belong to tenants: search, filter, order and page are in the address, and work by plain links
//! and a GET form.

mod address;
mod chips;
mod paging;

pub use address::ListAddress;
pub use chips::{Filter, chips};
pub use paging::Paging;
