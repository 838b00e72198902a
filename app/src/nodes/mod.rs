//! `/nodes`.

mod catalogue;
mod detail;
mod form;
mod functions;
mod list;
mod quantity;
mod resource;

pub use catalogue::catalogue;
pub use detail::detail;
pub use form::new;
pub use list::list;
