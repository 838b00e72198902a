//! What can be done to the server and its clouds from outside, besides the switches.

use std::sync::Arc;

use uuid::Uuid;

use super::catalog::cheapest;
use super::clock::now;
use super::clusters::{Autostop, Cluster, Machine, Resources, Status};
use super::server::Server;
use super::ssh_key::SshKey;
use super::users::FIRST_ADMIN;
use crate::faults::SkypilotActions;

pub struct Actions(pub Arc<Server>);

impl SkypilotActions for Actions {
    fn cut_streams(&self) {
        self.0.cut_streams();
    }

    fn restart(&self) {
        self.0.restart();
    }

    fn end_machine(&self, cluster: &str) -> bool {
        self.0.store.change(|state| {
            let machine = state
                .clusters
                .get(cluster)
                .and_then(|cluster| cluster.machine.clone());
            machine.is_some_and(|machine| state.machines.remove(&machine).is_some())
        })
    }

    fn make_orphan(&self, workspace: &str, cluster: &str) -> bool {
        let Some(stray) = stray(workspace, cluster) else {
            return false;
        };
        self.0.store.change(|state| {
            if state.workspace(workspace).is_none() || state.clusters.contains_key(cluster) {
                return false;
            }
            if let Some(machine) = &stray.machine {
                let machine_of = Machine {
                    cluster: cluster.to_owned(),
                    running: true,
                };
                state.machines.insert(machine.clone(), machine_of);
            }
            state.clusters.insert(cluster.to_owned(), stray);
            true
        })
    }
}

/// A cluster on the cheapest L4 there is, up, of nobody in particular.
fn stray(workspace: &str, name: &str) -> Option<Cluster> {
    let offer = cheapest("L4")?;
    let key = SshKey::generate(name).ok()?;
    let now = now();
    let mut cluster = Cluster {
        name: name.to_owned(),
        hash: Uuid::new_v4().to_string(),
        user_id: FIRST_ADMIN.0.to_owned(),
        workspace: workspace.to_owned(),
        status: Status::Init,
        launched_at: now,
        status_updated_at: now,
        ever_up: true,
        last_use: "sky launch".to_owned(),
        autostop: Autostop::default(),
        owner: None,
        resources: Resources::of(offer, false),
        yaml: String::new(),
        command: "sky launch".to_owned(),
        events: Vec::new(),
        usage: vec![(now, None)],
        jobs: Vec::new(),
        provision_log: String::new(),
        machine: Some(format!("i-{}", &Uuid::new_v4().simple().to_string()[..17])),
        private_key: key.private,
        public_key: key.public,
        unhealthy: None,
    };
    cluster.note("Cluster successfully provisioned with 1 nodes");
    cluster.enter(Status::Up);
    Some(cluster)
}
