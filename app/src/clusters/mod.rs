//! `/clusters`.

mod detail;
mod form;
mod functions;
mod list;
mod resource;

pub use detail::detail;
pub use form::new;
pub use list::list;
