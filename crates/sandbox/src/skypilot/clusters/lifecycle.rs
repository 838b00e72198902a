//! Stop, start, terminate and autostop.

use serde_json::Value;

use super::launch::provision_again;
use super::{Autostop, Cluster, Status, check_available_mut};
use crate::skypilot::clouds::Cloud;
use crate::skypilot::exception::Exception;
use crate::skypilot::http::Context;
use crate::skypilot::jobs;
use crate::skypilot::python::repr;
use crate::skypilot::requests::PICKLED_NONE;
use crate::skypilot::store::State;

const TEARDOWN: u32 = 4;

pub async fn stop(context: Context, name: String) -> Result<Value, Exception> {
    let reason = user_action(&context, "stopped");
    let (workspace, refusal) = context.change(&name, |cluster, _| {
        cluster.note(reason);
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
    server.requests.cancel_others(&name, &context.request).await;
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

/// The machine of the cluster has stopped.
pub(super) fn stopped(cluster: &mut Cluster) {
    jobs::abandon(cluster);
    cluster.enter(Status::Stopped);
}

fn stop_refusal(cluster: &Cluster) -> Option<String> {
    let (cloud, spot) = (cluster.resources.cloud, cluster.resources.spot);
    let what = match cloud.can_stop() {
        false => "Stopping",
        true if spot && cloud != Cloud::Gcp => "Stopping spot instances",
        true => return None,
    };
    Some(format!(
        "{what} is currently not supported on {}",
        cloud.name()
    ))
}

pub async fn down(context: Context, name: String) -> Result<Value, Exception> {
    let reason = user_action(&context, "terminated");
    let workspace = context.change(&name, |cluster, _| cluster.workspace.clone())?;
    context.check_workspace_of(&name, &workspace)?;
    let server = &context.server;
    server.requests.cancel_others(&name, &context.request).await;
    let lock = server.lock(&name);
    let _guard = lock.lock().await;
    // A launch that was cancelled may have left nothing.
    if context.change(&name, |_, _| ()).is_err() {
        return Ok(Value::Null);
    }
    context.check_cloud_access(&name).await?;
    server.pause(TEARDOWN).await;
    server
        .store
        .change(|state| terminate(state, &name, &reason));
    Ok(Value::Null)
}

pub(super) fn terminate(state: &mut State, name: &str, reason: &str) {
    let Some(mut cluster) = state.clusters.remove(name) else {
        return;
    };
    if let Some(machine) = &cluster.machine {
        state.machines.remove(machine);
        cluster.provision_line(reason);
        let log = (cluster.name, cluster.provision_log);
        state.provision_logs.extend([log]);
    }
}

pub async fn start(
    context: Context,
    name: String,
    autostop: Option<Autostop>,
) -> Result<Value, Exception> {
    let lock = context.server.lock(&name);
    let _guard = lock.lock().await;
    let (workspace, status) = context.change(&name, |cluster, _| {
        (cluster.workspace.clone(), cluster.status)
    })?;
    context.check_workspace_of(&name, &workspace)?;
    if status == Status::Up {
        context.say(&format!("Cluster {} is already up.", repr(&name)));
        return Ok(PICKLED_NONE.into());
    }
    context.check_cloud_access(&name).await?;
    provision_again(&context, &name).await?;
    context.change(&name, |cluster, _| {
        let before = cluster.autostop;
        let restarted = || Autostop::after(before.idle_minutes, before.down);
        cluster.autostop = autostop.unwrap_or_else(restarted);
    })?;
    Ok(PICKLED_NONE.into())
}

pub fn autostop(context: &Context, name: &str, autostop: Autostop) -> Result<Value, Exception> {
    let option = match (autostop.idle_minutes < 0, autostop.down) {
        (true, _) => "Cancelling auto{stop,down}",
        (false, true) => "Scheduling autodown",
        (false, false) => "Scheduling autostop",
    };
    context.server.store.change(|state| {
        let cluster = check_available_mut(state, name, option)?;
        let stops = autostop.idle_minutes >= 0 && !autostop.down;
        if let Some(why) = stop_refusal(cluster).filter(|_| stops) {
            let name = repr(name);
            return Err(Exception::new(
                "NotSupportedError",
                format!("\u{1b}[33m{option} on cluster {name}...skipped.\u{1b}[0m\n  {why}."),
            ));
        }
        cluster.autostop = autostop;
        Ok(Value::Null)
    })
}

fn user_action(context: &Context, action: &str) -> String {
    format!(
        "Cluster was {action} by user {} (request {}).",
        context.caller.name, context.request.id
    )
}
