//! Stopping, starting, taking down, and when to do so without being told.

use serde_json::Value;

use super::launch::provision_again;
use super::{Autostop, Cluster, Status, WaitFor, check_available_mut};
use crate::skypilot::clock::now_precise;
use crate::skypilot::exception::Exception;
use crate::skypilot::http::Context;
use crate::skypilot::jobs;
use crate::skypilot::python::repr;
use crate::skypilot::requests::PICKLED_NONE;
use crate::skypilot::store::State;

const TEARDOWN: u32 = 4;

pub async fn stop(context: Context, name: String) -> Result<Value, Exception> {
    let reason = user_action(&context, "stopped");
    context.change(&name, |cluster, _| cluster.note(reason))?;
    let (workspace, refusal) = context.change(&name, |cluster, _| {
        (cluster.workspace.clone(), stop_refusal(cluster))
    })?;
    if let Some(why) = refusal {
        return Err(Exception::new(
            "NotSupportedError",
            format!(
                "\u{1b}[33mStopping cluster {}... skipped.\u{1b}[0m\n  {why}.\n  To terminate the cluster instead, run: \
                 \u{1b}[1msky down {name}",
                repr(&name)
            ),
        ));
    }
    context.check_workspace_of(&name, &workspace)?;
    let server = &context.server;
    server.requests.make_way(&name, &context.request).await;
    let lock = server.lock(&name);
    let _guard = lock.lock().await;
    context.check_cloud_access(&name).await?;
    server.pause(TEARDOWN).await;
    context.change(&name, |cluster, machines| {
        if let Some(machine) = cluster.machine.as_ref().and_then(|id| machines.get_mut(id)) {
            machine.running = false;
        }
        stopped(cluster);
    })?;
    Ok(Value::Null)
}

/// What becomes of a cluster whose machine does not run any more.
pub(super) fn stopped(cluster: &mut Cluster) {
    jobs::abandon(cluster);
    cluster.end_usage();
    cluster.enter(Status::Stopped);
}

fn stop_refusal(cluster: &Cluster) -> Option<String> {
    let resources = &cluster.resources;
    if !resources.cloud.can_stop() {
        return Some(format!(
            "Stopping is currently not supported on {}",
            resources.cloud.name()
        ));
    }
    (resources.spot && resources.cloud != super::Cloud::Gcp).then(|| {
        format!(
            "Stopping spot instances is currently not supported on {}",
            resources.cloud.name()
        )
    })
}

pub async fn down(context: Context, name: String, purge: bool) -> Result<Value, Exception> {
    let reason = user_action(&context, "terminated");
    let known = context.server.store.read(|state| {
        state
            .clusters
            .get(&name)
            .map(|cluster| cluster.workspace.clone())
    });
    let Some(workspace) = known else {
        return Err(Exception::no_cluster(&name));
    };
    context.check_workspace_of(&name, &workspace)?;
    let server = &context.server;
    server.requests.make_way(&name, &context.request).await;
    let lock = server.lock(&name);
    let _guard = lock.lock().await;
    // The launch that had to make way may have ended with nothing.
    if server
        .store
        .read(|state| !state.clusters.contains_key(&name))
    {
        return Ok(Value::Null);
    }
    if !purge {
        context.check_cloud_access(&name).await?;
    }
    server.pause(TEARDOWN).await;
    server
        .store
        .change(|state| take_down(state, &name, &reason));
    Ok(Value::Null)
}

pub(super) fn take_down(state: &mut State, name: &str, reason: &str) {
    let Some(mut cluster) = state.clusters.remove(name) else {
        return;
    };
    if let Some(machine) = &cluster.machine {
        state.machines.remove(machine);
    }
    cluster.note(reason);
    if !cluster.usage.is_empty() {
        state.history.push(cluster.into_past());
    }
}

pub async fn start(
    context: Context,
    name: String,
    autostop: Option<(i64, bool, Option<WaitFor>)>,
    force: bool,
) -> Result<Value, Exception> {
    let lock = context.server.lock(&name);
    let _guard = lock.lock().await;
    let known = context.server.store.read(|state| {
        let cluster = state.clusters.get(&name)?;
        Some((cluster.workspace.clone(), cluster.status))
    });
    let Some((workspace, status)) = known else {
        return Err(Exception::no_cluster(&name));
    };
    context.check_workspace_of(&name, &workspace)?;
    if status == Status::Up && !force {
        context.say(&format!("Cluster {} is already up.", repr(&name)));
        return Ok(PICKLED_NONE.into());
    }
    context.check_cloud_access(&name).await?;
    provision_again(&context, &name).await?;
    context.change(&name, |cluster, _| {
        let (idle_minutes, down, wait_for) = autostop.unwrap_or((
            // What was set before holds again, unless it was at once.
            if cluster.autostop.idle_minutes > 0 {
                cluster.autostop.idle_minutes
            } else {
                -1
            },
            cluster.autostop.down,
            None,
        ));
        cluster.autostop = Autostop {
            idle_minutes: idle_minutes.max(-1),
            down,
            wait_for: wait_for.unwrap_or(cluster.autostop.wait_for),
            since: now_precise(),
        };
    })?;
    Ok(PICKLED_NONE.into())
}

pub fn autostop(
    context: &Context,
    name: &str,
    idle_minutes: i64,
    down: bool,
    wait_for: Option<WaitFor>,
) -> Result<Value, Exception> {
    let verb = if idle_minutes < 0 {
        "Cancelling"
    } else {
        "Scheduling"
    };
    let option = match (idle_minutes < 0, down) {
        (true, _) => "{stop,down}",
        (false, true) => "down",
        (false, false) => "stop",
    };
    let operation = format!("{verb} auto{option}");
    context.server.store.change(|state| {
        let cluster = check_available_mut(state, name, &operation)?;
        if idle_minutes >= 0
            && !down
            && let Some(why) = stop_refusal(cluster)
        {
            return Err(Exception::new(
                "NotSupportedError",
                format!(
                    "\u{1b}[33m{operation} on cluster {}...skipped.\u{1b}[0m\n  Auto{option} is not supported on {} - {why}.",
                    repr(name),
                    cluster.resources.cloud.name()
                ),
            ));
        }
        cluster.autostop = Autostop {
            idle_minutes: idle_minutes.max(-1),
            down: down && idle_minutes >= 0,
            wait_for: wait_for.unwrap_or_default(),
            since: now_precise(),
        };
        Ok(Value::Null)
    })
}

fn user_action(context: &Context, action: &str) -> String {
    format!(
        "Cluster was {action} by user {} (request {}).",
        context.caller.name, context.request.id
    )
}
