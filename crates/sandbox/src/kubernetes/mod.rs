//! A Kubernetes API server that lives in memory and speaks the real protocol.
//!
//! Built for the sandbox's host cluster and for each virtual cluster's own small API. What it answers
//! was compared with a real kube-apiserver 1.36; the tests replay recordings of one.

pub mod deletion;
pub mod feed;
pub mod history;
pub mod object;
pub mod resources;
pub mod store;

pub use deletion::{Delete, Deletion};
pub use feed::Feed;
pub use history::{Change, ChangeKind, Forgotten};
pub use resources::{GroupResource, Registry, Resource};
pub use store::{Key, Store, StoreError};
