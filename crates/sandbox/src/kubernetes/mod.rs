//! A Kubernetes API server in memory, for the host cluster and for each vCluster. The tests compare its responses with
//! recordings of kube-apiserver 1.36.

pub mod admission;
pub mod apply;
pub mod authentication;
pub mod authorization;
mod bootstrap;
mod defaults;
pub mod deletion;
mod discovery;
pub mod feed;
mod field_error;
pub mod history;
mod http;
pub mod object;
mod openapi;
pub mod operations;
mod prepare;
pub mod quantity;
pub mod resources;
pub mod schema;
pub mod selectors;
pub mod server;
mod service_addresses;
pub mod status;
pub mod store;
mod strategic;
mod table;
pub mod token_request;
mod validation;

pub use authentication::{ClientIdentity, User};
pub use deletion::{Delete, Deletion};
pub use feed::Feed;
pub use history::{Change, ChangeKind, Forgotten};
pub use operations::WriteOptions;
pub use resources::{GroupResource, Resource};
pub use server::{ApiServer, ApiServerOptions, PodLogs, ServiceProxy, ServiceTarget};
pub use status::Refusal;
pub use store::{Key, Store, StoreError, StoreSnapshot};
