//! What really goes on in the clouds, and when SkyPilot notices: idle clusters that stop by themselves, machines that are
//! ended behind its back.

use std::sync::Arc;

use serde_json::Value;

use super::lifecycle::{stopped, take_down};
use super::view::{Shown, record};
use super::{Cluster, Status, WaitFor};
use crate::skypilot::Server;
use crate::skypilot::clock::now_precise;
use crate::skypilot::http::Context;
use crate::skypilot::jobs;
use crate::skypilot::store::State;

const IDLE_CHECK: u32 = 2;
const STOPPING: u32 = 3;
/// How often the server looks at the clouds by itself, once a minute in the real one.
const DAEMON_ROUND: u32 = 120;
const SECONDS_PER_MINUTE: f64 = 60.0;
/// At the default pace a unit is half a second.
const UNITS_PER_SECOND: f64 = 2.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Not at all.
    None,
    /// For clusters that may have changed: those that stop by themselves and spot machines.
    Auto,
    Force,
}

pub fn look(state: &mut State, name: &str) -> bool {
    let Some(cluster) = state.clusters.get(name) else {
        return false;
    };
    let Some(id) = cluster.machine.clone() else {
        return true;
    };
    match state.machines.get(&id).map(|machine| machine.running) {
        // Its machine is gone, so SkyPilot cleans up after it.
        None => {
            take_down(
                state,
                name,
                "All nodes terminated, cleaning up the cluster.",
            );
            false
        }
        Some(running) => {
            let was_up = cluster.status == Status::Up;
            if let Some(cluster) = state.clusters.get_mut(name)
                && was_up
                && !running
            {
                cluster.note("All nodes stopped, cleaning up the cluster.");
                stopped(cluster);
            }
            true
        }
    }
}

/// The rows of the clusters that a caller may see, after a look at the clouds if they want it.
pub async fn refreshed(
    context: &Context,
    names: Option<Vec<String>>,
    refresh: Refresh,
    own_only: bool,
    shown: Shown,
) -> Value {
    let server = &context.server;
    let chosen = server.store.read(|state| {
        state
            .clusters
            .values()
            .filter(|cluster| state.may_use(&context.caller.id, &cluster.workspace))
            .filter(|cluster| !own_only || cluster.user_id == context.caller.id)
            .filter(|cluster| match &names {
                Some(names) => names.iter().any(|name| matches(name, &cluster.name)),
                None => true,
            })
            .map(|cluster| cluster.name.clone())
            .collect::<Vec<_>>()
    });
    if refresh != Refresh::None {
        for name in &chosen {
            // Without access to the cloud the row stays as it is, however old, and nothing is said.
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
                    look(state, name);
                }
            });
        }
    }
    server.store.read(|state| {
        let mut rows: Vec<&Cluster> = chosen
            .iter()
            .filter_map(|name| state.clusters.get(name))
            .collect();
        rows.sort_by_key(|cluster| std::cmp::Reverse(cluster.launched_at));
        rows.into_iter()
            .map(|cluster| record(state, cluster, shown))
            .collect()
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    let (mut p, mut n) = (pattern.chars(), name.chars());
    match p.next() {
        None => name.is_empty(),
        Some('*') => {
            let rest = p.as_str();
            name.char_indices()
                .map(|(at, _)| &name[at..])
                .chain([""])
                .any(|tail| matches(rest, tail))
        }
        Some('?') => n.next().is_some() && matches(p.as_str(), n.as_str()),
        Some(c) => n.next() == Some(c) && matches(p.as_str(), n.as_str()),
    }
}

/// Runs for as long as the server does: jobs go on, idle clusters stop, and now and then the server looks at the clouds.
pub async fn watch_over(server: Arc<Server>) {
    let jobs = jobs::run_all(server.clone());
    let idle = stop_idle(server.clone());
    let daemon = look_around(server);
    tokio::join!(jobs, idle, daemon);
}

async fn look_around(server: Arc<Server>) {
    loop {
        server.pause_at_least(DAEMON_ROUND).await;
        let names = server
            .store
            .read(|state| state.clusters.keys().cloned().collect::<Vec<_>>());
        for name in names {
            let is_gone = |state: &State| {
                let machine = state.clusters.get(&name)?.machine.as_ref()?;
                Some(!state.machines.contains_key(machine))
            };
            // Only where there is something to see, so that nobody is asked for credentials all the time.
            let gone = server.store.read(|state| is_gone(state) == Some(true));
            let sees = server.store.read(|state| {
                // Credentials came with the launch and are gone with it.
                let cluster = state.clusters.get(&name);
                cluster.is_some_and(|cluster| cluster.owner.is_none())
            });
            if gone && sees && !server.requests.is_launching(&name) {
                let lock = server.lock(&name);
                let _guard = lock.lock().await;
                server.store.change_if(|state| {
                    let gone = is_gone(state) == Some(true);
                    if gone {
                        look(state, &name);
                    }
                    gone
                });
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
                tokio::select! {
                    () = stop_by_itself(&server, &name) => {}
                    () = stop.cancelled() => {}
                }
            });
        }
    }
}

fn is_due(server: &Server, cluster: &Cluster) -> bool {
    let autostop = &cluster.autostop;
    if cluster.status != Status::Up || autostop.idle_minutes < 0 {
        return false;
    }
    if autostop.wait_for != WaitFor::None && jobs::is_busy(cluster) {
        return false;
    }
    if autostop.wait_for == WaitFor::JobsAndSsh && server.has_visitors(&cluster.name) {
        return false;
    }
    let since = match autostop.wait_for {
        WaitFor::None => autostop.since,
        _ => jobs::last_activity(cluster).max(autostop.since),
    };
    // Minutes of a cluster's life are far from what a float cannot hold.
    #[expect(clippy::cast_precision_loss)]
    let minutes = autostop.idle_minutes as f64;
    now_precise() - since >= server.seconds(minutes * SECONDS_PER_MINUTE * UNITS_PER_SECOND)
}

async fn stop_by_itself(server: &Server, name: &str) {
    let lock = server.lock(name);
    let _guard = lock.lock().await;
    let begun = server.store.change(|state| {
        let Some(cluster) = state.clusters.get_mut(name) else {
            return false;
        };
        if !is_due(server, cluster) {
            return false;
        }
        cluster.enter(Status::Autostopping);
        cluster.note("Cluster is autostopping.");
        true
    });
    if !begun {
        return;
    }
    server.pause(STOPPING).await;
    server.store.change(|state| {
        let Some(cluster) = state.clusters.get_mut(name) else {
            return;
        };
        if cluster.autostop.down {
            take_down(state, name, "Cluster was autodowned (idle timeout).");
            return;
        }
        cluster.note("All nodes stopped, cleaning up the cluster.");
        stopped(cluster);
        if let Some(id) = cluster.machine.clone()
            && let Some(machine) = state.machines.get_mut(&id)
        {
            machine.running = false;
        }
    });
}
