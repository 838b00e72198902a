//! One-time faults of the clouds.

use super::catalog::OFFERS;
use super::clusters::{Cluster, Machine, Resources, Status};
use super::server::Server;
use super::users::FIRST_ADMIN;

impl Server {
    /// Ends a cluster's machine without SkyPilot's knowing. Whether there is such a cluster with a machine.
    pub fn end_machine(&self, cluster: &str) -> bool {
        self.store.change(|state| {
            let machine = state
                .clusters
                .get(cluster)
                .and_then(|cluster| cluster.machine.clone());
            machine.is_some_and(|machine| state.machines.remove(&machine).is_some())
        })
    }

    /// Makes a cluster that was not launched by the portal. Whether there is such a workspace and no such cluster.
    pub fn make_orphan(&self, workspace: &str, name: &str) -> bool {
        let by = (FIRST_ADMIN.0, workspace, "sky launch");
        let orphan = OFFERS
            .iter()
            .find(|offer| offer.accelerator == Some(("L4", 1.0)))
            .and_then(|offer| Cluster::new(name, by, Resources::of(offer, false)).ok());
        let Some(mut orphan) = orphan else {
            return false;
        };
        let (id, machine) = Machine::start(name);
        orphan.machine = Some(id.clone());
        orphan.note("Cluster successfully provisioned with 1 nodes");
        orphan.enter(Status::Up);
        self.store.change(|state| {
            if state.workspace(workspace).is_none() || state.clusters.contains_key(name) {
                return false;
            }
            state.machines.insert(id, machine);
            state.clusters.insert(name.to_owned(), orphan);
            true
        })
    }
}
