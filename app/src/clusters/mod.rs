//! Clusters: the list, the order form and a cluster's own page.

mod api;
mod detail;
mod list_page;
mod new;
mod rows;
mod state;

pub use detail::ClusterPage;
pub use list_page::ClustersPage;
pub use new::NewClusterPage;
pub use rows::ClusterRows;
pub use state::note;
