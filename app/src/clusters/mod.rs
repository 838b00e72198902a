//! Clusters: the list, the page of one, the form that creates one.

mod detail;
mod form;
mod functions;
mod list;
mod rows;
mod state;

pub use detail::detail;
pub use form::new;
pub use list::list;
pub use rows::ClusterRows;
pub use state::note;
