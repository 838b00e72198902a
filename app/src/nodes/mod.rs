//! Nodes: the catalogue, the order form, the list, a node's own page, and machines that nobody ordered.

mod api;
mod catalogue;
mod cost;
mod detail;
mod list_api;
mod list_page;
mod new;
mod orphans;
#[cfg(feature = "ssr")]
mod quoting;
mod rows;
mod state;
mod words;

pub use catalogue::CataloguePage;
pub use detail::NodePage;
pub use list_page::NodesPage;
pub use new::NewNodePage;
pub use orphans::OrphansPage;
pub use rows::NodeRows;
pub use state::note;
