//! A cluster's own page, in four parts that each have an address.

mod connect_tab;
mod copy_kubeconfig;
mod events_tab;
mod overview_tab;
mod page;
mod settings_tab;

pub use page::ClusterPage;
