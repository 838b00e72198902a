//! Nodes: the list, the catalogue, the page of one, the form that creates one.

mod catalogue;
mod cost;
mod detail;
mod form;
mod functions;
mod list;
mod rows;
mod state;
mod words;

pub use catalogue::catalogue;
pub use detail::detail;
pub use form::new;
pub use list::list;
pub use rows::NodeRows;
pub use state::note;
