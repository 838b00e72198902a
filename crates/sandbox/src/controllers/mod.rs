//! The controllers of a control plane: each compares desired and actual state and takes the next step. They work directly
//! on the store and are woken by its changes.

pub mod conditions;
mod control_loop;
mod deployment;
mod events;
mod garbage;
mod kubelet;
pub mod load_balancer;
mod namespace;
pub mod nodes;
mod pods;
mod quota;
mod scheduler;
mod stateful_set;
mod timers;
mod volumes;
mod work_queue;

use std::sync::Arc;
use std::time::Duration;

pub use control_loop::{ControlLoop, Controller};
pub use events::EventType;
pub use kubelet::{Kubelet, Logs, Workload};

use serde_json::Value;

use crate::faults::Faults;
use crate::kubernetes::ApiServer;
use crate::kubernetes::WriteOptions;
use crate::kubernetes::{GroupResource, Store, object, resources};

/// How fast things happen: users should see the steps, tests should not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    unit: Duration,
}

impl Pace {
    pub const fn of_unit(unit: Duration) -> Self {
        Self { unit }
    }

    pub fn units(self, count: u32) -> Duration {
        self.unit * count
    }
}

impl Default for Pace {
    /// A vCluster is ready after about six seconds.
    fn default() -> Self {
        Self::of_unit(Duration::from_millis(500))
    }
}

#[derive(Clone)]
pub struct Cluster {
    pub api: ApiServer,
    pub store: Store,
    pub faults: Faults,
    pub pace: Pace,
}

impl Cluster {
    pub fn new(api: ApiServer, faults: Faults, pace: Pace) -> Self {
        Self {
            store: api.store().clone(),
            api,
            faults,
            pace,
        }
    }

    /// Creates an object as a client of the API would: with defaults, within limits and quota. The error says why not.
    pub fn admit(
        &self,
        component: &str,
        resource: GroupResource,
        object: Value,
    ) -> Result<Arc<Value>, String> {
        let described =
            resources::get(resource).ok_or_else(|| format!("the API does not serve {resource}"))?;
        let namespace = object::namespace(&object).to_owned();
        self.api
            .create(
                described,
                &namespace,
                object,
                &WriteOptions::controller(component),
            )
            .map(|written| written.object)
            .map_err(|refusal| refusal.message)
    }
}

pub fn control_plane(cluster: &Cluster) -> Vec<Arc<dyn Controller>> {
    vec![
        Arc::new(namespace::NamespaceTermination(cluster.clone())),
        Arc::new(stateful_set::StatefulSets(cluster.clone())),
        Arc::new(deployment::Deployments(cluster.clone())),
        Arc::new(garbage::GarbageCollector(cluster.clone())),
        Arc::new(quota::QuotaStatus(cluster.clone())),
    ]
}

pub fn nodes_and_networks(cluster: &Cluster, kubelet: Arc<Kubelet>) -> Vec<Arc<dyn Controller>> {
    vec![
        Arc::new(scheduler::Scheduler::new(cluster)),
        kubelet,
        Arc::new(volumes::Volumes(cluster.clone())),
        Arc::new(load_balancer::LoadBalancers::new(cluster)),
    ]
}

pub use nodes::create_host_nodes;
