//! What happens in the clouds and when SkyPilot notices: idle clusters stop, machines are terminated from outside.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::lifecycle::{stopped, terminate};
use super::view::{Shown, record};
use super::{Cluster, Status};
use crate::skypilot::Server;
use crate::skypilot::clock::now_precise;
use crate::skypilot::http::Context;
use crate::skypilot::jobs;
use crate::skypilot::store::State;

const IDLE_CHECK: u32 = 2;
const STOPPING: u32 = 3;
/// The interval of the server's own look at the clouds; a minute in the real one.
const DAEMON_INTERVAL: u32 = 120;
const SECONDS_PER_MINUTE: f64 = 60.0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Refresh {
    #[default]
    None,
    /// Only clusters that may have changed: with autostop, and spot machines.
    Auto,
    Force,
}

/// Updates a cluster's record from the state of its machine.
fn update(state: &mut State, name: &str) {
    let Some(cluster) = state.clusters.get_mut(name) else {
        return;
    };
    let Some(id) = &cluster.machine else {
        return;
    };
    match state.machines.get(id).map(|machine| machine.running) {
        None => terminate(
            state,
            name,
            "All nodes terminated, cleaning up the cluster.",
        ),
        Some(false) if cluster.status == Status::Up => {
            cluster.note("All nodes stopped, cleaning up the cluster.");
            stopped(cluster);
        }
        Some(_) => {}
    }
}

/// The records of the clusters that the caller may see, after asking the clouds.
pub async fn refreshed(
    context: &Context,
    names: Option<Vec<String>>,
    refresh: Refresh,
    shown: Shown,
) -> Value {
    let server = &context.server;
    let chosen = server.store.read(|state| {
        state
            .clusters
            .values()
            .filter(|cluster| state.may_use(&context.caller.id, &cluster.workspace))
            .filter(|cluster| {
                names
                    .as_ref()
                    .is_none_or(|names| names.contains(&cluster.name))
            })
            .map(|cluster| cluster.name.clone())
            .collect::<Vec<_>>()
    });
    if refresh != Refresh::None {
        for name in &chosen {
            // Without access to the cloud the record stays as it is, without an error.
            if server.requests.is_launching(name) || context.check_cloud_access(name).await.is_err()
            {
                continue;
            }
            let lock = server.lock(name);
            let _guard = lock.lock().await;
            server.store.change(|state| {
                let may_have_changed = state.clusters.get(name).is_some_and(|cluster| {
                    cluster.autostop.idle_minutes >= 0 || cluster.resources.spot
                });
                if refresh == Refresh::Force || may_have_changed {
                    update(state, name);
                }
            });
        }
    }
    server.store.read(|state| {
        let mut clusters: Vec<&Cluster> = chosen
            .iter()
            .filter_map(|name| state.clusters.get(name))
            .collect();
        clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.launched_at));
        clusters
            .into_iter()
            .map(|cluster| record(state, cluster, shown))
            .collect()
    })
}

/// Runs for as long as the server: advances jobs, stops idle clusters, and looks at the clouds.
pub async fn watch_over(server: Arc<Server>) {
    let jobs = jobs::run_all(server.clone());
    let idle = stop_idle(server.clone());
    let daemon = look_at_clouds(server);
    tokio::join!(jobs, idle, daemon);
}

async fn look_at_clouds(server: Arc<Server>) {
    loop {
        server.pause_at_least(DAEMON_INTERVAL).await;
        // The credentials of a launch went with it: the daemon only sees machines of the server's own account.
        let is_lost = |state: &State, cluster: &Cluster| {
            let machine = cluster.machine.as_ref();
            cluster.owner.is_none() && machine.is_some_and(|id| !state.machines.contains_key(id))
        };
        let lost: Vec<String> = server.store.read(|state| {
            let lost = state.clusters.values().filter(|c| is_lost(state, c));
            lost.map(|cluster| cluster.name.clone()).collect()
        });
        for name in lost {
            if !server.requests.is_launching(&name) {
                let lock = server.lock(&name);
                let _guard = lock.lock().await;
                server.store.change(|state| update(state, &name));
            }
        }
    }
}

async fn stop_idle(server: Arc<Server>) {
    loop {
        server.pause_at_least(IDLE_CHECK).await;
        let due = server.store.read(|state| {
            let idle = state
                .clusters
                .values()
                .filter(|cluster| is_due(&server, cluster));
            idle.map(|cluster| cluster.name.clone()).collect::<Vec<_>>()
        });
        for name in due {
            let server = server.clone();
            let stop = server.stop.clone();
            tokio::spawn(async move {
                stop.run_until_cancelled(autostop(&server, &name)).await;
            });
        }
    }
}

fn is_due(server: &Server, cluster: &Cluster) -> bool {
    let autostop = &cluster.autostop;
    if cluster.status != Status::Up || autostop.idle_minutes < 0 || jobs::is_busy(cluster) {
        return false;
    }
    let since = jobs::last_activity(cluster).max(autostop.since);
    // Minutes of a cluster's life are far from what a float cannot hold.
    #[expect(clippy::cast_precision_loss)]
    let minutes = autostop.idle_minutes as f64;
    now_precise() - since >= server.real_seconds(minutes * SECONDS_PER_MINUTE)
}

async fn autostop(server: &Server, name: &str) {
    let lock = server.lock(name);
    let _guard = lock.lock().await;
    let begun = server.store.change(|state| {
        let cluster = state.clusters.get_mut(name)?;
        is_due(server, cluster).then(|| {
            cluster.enter(Status::Autostopping);
            cluster.note("Cluster is autostopping.");
        })
    });
    if begun.is_none() {
        return;
    }
    server.pause(STOPPING).await;
    server.store.change(|state| {
        let Some(cluster) = state.clusters.get_mut(name) else {
            return;
        };
        if cluster.autostop.down {
            terminate(state, name, "Cluster was autodowned (idle timeout).");
            return;
        }
        cluster.note("All nodes stopped, cleaning up the cluster.");
        stopped(cluster);
        if let Some(id) = &cluster.machine
            && let Some(machine) = state.machines.get_mut(id)
        {
            machine.running = false;
        }
    });
}
