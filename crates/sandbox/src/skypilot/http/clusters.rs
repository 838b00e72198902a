//! Clusters over HTTP: launching, looking, stopping, taking down.

use axum::extract::Query;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

use super::body::Body;
use super::call::{Call, Origin};
use super::refusal::Refusal;
use super::streaming::text_stream;
use crate::skypilot::Server;
use crate::skypilot::clusters::{
    self, LaunchOrder, Refresh, Report, Shown, WaitFor, check_available, submit,
};
use crate::skypilot::exception::Exception;
use crate::skypilot::python::repr;
use crate::skypilot::requests::{Kind, last_lines};
use crate::skypilot::task::Task;

/// How far a cost report looks back, in days.
const REPORT_DAYS: i64 = 30;
/// Lines of a provisioning log are looked for so often.
const LOOK: u32 = 1;

/// Launches a cluster.
pub async fn launch(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let order = LaunchOrder {
        task: body.required_text("task"),
        cluster: body.required_text("cluster_name"),
        retry_until_up: body.flag("retry_until_up", false),
        dryrun: body.flag("dryrun", false),
        no_setup: body.flag("no_setup", false),
        idle_minutes: body.integer("idle_minutes_to_autostop"),
        down: body.flag("down", false),
    };
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::long("launch", "launch");
    let cluster = Some(order.cluster.clone());
    Ok(call.submit(kind, cluster, origin, move |context| {
        clusters::launch(context, order)
    }))
}

/// Gives a cluster that is up a task.
pub async fn exec(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let task = body.required_text("task");
    let cluster = body.required_text("cluster_name");
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::long("exec", "exec");
    let name = Some(cluster.clone());
    Ok(call.submit(kind, name, origin, move |context| async move {
        let task = Task::read(&task)?;
        let workspace = context.server.store.change(|state| {
            check_available(state, &cluster, "executing tasks")
                .map(|cluster| cluster.workspace.clone())
        })?;
        context.check_workspace_of(&cluster, &workspace)?;
        submit(&context, &cluster, &task, false)
    }))
}

/// The clusters that the caller may see.
pub async fn status(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let names = body.texts("cluster_names");
    let refresh = match body.one_of("refresh", &["NONE", "AUTO", "FORCE"], "NONE") {
        "AUTO" => Refresh::Auto,
        "FORCE" => Refresh::Force,
        _ => Refresh::None,
    };
    let own_only = !body.flag("all_users", true);
    let shown = Shown {
        summary: body.flag("summary_response", false),
        credentials: body.flag("include_credentials", true),
    };
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = match refresh {
        Refresh::None => Kind::short("status", "status"),
        _ => Kind::long("status", "status"),
    };
    Ok(call.submit(kind, None, origin, move |context| async move {
        Ok(clusters::refreshed(&context, names, refresh, own_only, shown).await)
    }))
}

/// Starts a stopped cluster.
pub async fn start(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let idle_minutes = body.integer("idle_minutes_to_autostop");
    let down = body.flag("down", false);
    let force = body.flag("force", false);
    let wait_for = body.text("wait_for").and_then(|word| WaitFor::named(&word));
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::long("start", "start");
    let name = Some(cluster.clone());
    let autostop = idle_minutes.map(|minutes| (minutes, down, wait_for));
    Ok(call.submit(kind, name, origin, move |context| {
        clusters::start(context, cluster, autostop, force)
    }))
}

/// Stops a cluster.
pub async fn stop(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let origin = Origin::of(&mut body);
    body.check()?;
    let name = Some(cluster.clone());
    let kind = Kind::short("stop", "stop");
    Ok(call.submit(kind, name, origin, move |context| {
        clusters::stop(context, cluster)
    }))
}

/// Takes a cluster down.
pub async fn down(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let purge = body.flag("purge", false);
    let origin = Origin::of(&mut body);
    body.check()?;
    let name = Some(cluster.clone());
    let kind = Kind::short("down", "down");
    Ok(call.submit(kind, name, origin, move |context| {
        clusters::down(context, cluster, purge)
    }))
}

/// Sets when a cluster stops or goes down by itself.
pub async fn autostop(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let idle_minutes = body.required_integer("idle_minutes");
    let down = body.flag("down", false);
    let wait_for = body.text("wait_for").and_then(|word| WaitFor::named(&word));
    let origin = Origin::of(&mut body);
    body.check()?;
    let name = Some(cluster.clone());
    let kind = Kind::short("autostop", "autostop");
    Ok(call.submit(kind, name, origin, move |context| async move {
        clusters::autostop(&context, &cluster, idle_minutes, down, wait_for)
    }))
}

/// Where a port of a cluster is, if the task asked for it.
pub async fn endpoints(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster");
    let port = body.raw("port");
    let origin = Origin::of(&mut body);
    body.check()?;
    let name = Some(cluster.clone());
    let kind = Kind::short("endpoints", "endpoints");
    Ok(call.submit(kind, name, origin, move |context| async move {
        let port = match &port {
            Value::Null => None,
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let server = &context.server;
        server.store.read(|state| {
            let not_up = |what: String| Exception::new("ClusterNotUpError", what);
            let Some(found) = state.clusters.get(&cluster) else {
                return Err(not_up(format!("Cluster {} not found.", repr(&cluster))));
            };
            if !found.status.is_usable() {
                return Err(not_up(format!(
                    "Cluster {} is not in UP status.",
                    repr(&cluster)
                )));
            }
            let ssh = found.resources.ports.iter().any(|open| open == "22");
            if ssh && port.is_none_or(|port| port == 22) {
                Ok(json!({"22": format!("127.0.0.1:{}", server.ssh_port())}))
            } else {
                Ok(json!({}))
            }
        })
    }))
}

/// What happened to a cluster.
pub async fn events(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let name = body.text("cluster_name");
    let hash = body.text("cluster_hash");
    let types = body
        .text("event_type")
        .unwrap_or_else(|| "STATUS_CHANGE".to_owned());
    let with_times = body.flag("include_timestamps", false);
    let limit = body
        .integer("limit")
        .and_then(|limit| usize::try_from(limit).ok());
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("cluster_events", "get_cluster_events");
    Ok(
        call.submit(kind, name.clone(), origin, move |context| async move {
            context.server.store.read(|state| {
                clusters::cluster_events(
                    state,
                    name.as_deref(),
                    hash.as_deref(),
                    &types,
                    with_times,
                    limit,
                )
            })
        }),
    )
}

/// What clusters have cost.
pub async fn cost_report(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let report = Report {
        days: body.integer("days").unwrap_or(REPORT_DAYS),
        hashes: body.texts("cluster_hashes"),
        names: body.texts("cluster_names"),
        summary: body.flag("dashboard_summary_response", false),
    };
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("cost_report", "cost_report");
    Ok(call.submit(kind, None, origin, move |context| async move {
        Ok(context
            .server
            .store
            .read(|state| clusters::cost_report(state, &report)))
    }))
}

#[derive(Deserialize)]
pub struct LogLength {
    #[serde(default = "yes")]
    follow: bool,
    #[serde(default)]
    tail: usize,
}

fn yes() -> bool {
    true
}

/// What was said while a cluster was provisioned.
pub async fn provision_logs(
    State(server): State<Arc<Server>>,
    Query(length): Query<LogLength>,
    mut body: Body,
) -> Result<Response, Refusal> {
    let name = body.required_text("cluster_name");
    body.check()?;
    let known = server
        .store
        .read(|state| state.clusters.contains_key(&name));
    if !known {
        return Err(Refusal::not_found("Provision log path does not exist"));
    }
    let watched = server.clone();
    let log = super::streaming::written(move |sink| async move {
        let mut sent = 0;
        loop {
            let (log, over) = watched.store.read(|state| {
                state.clusters.get(&name).map_or_else(
                    || (String::new(), true),
                    |cluster| {
                        let over = cluster.status != clusters::Status::Init;
                        (cluster.provision_log.clone(), over)
                    },
                )
            });
            if sent == 0 && length.tail > 0 {
                sink.send(last_lines(&log, length.tail)).await?;
            } else if let Some(more) = log.get(sent..)
                && !more.is_empty()
            {
                sink.send(more).await?;
            }
            sent = sent.max(log.len());
            if over || !length.follow {
                return Ok(());
            }
            watched.pause_at_least(LOOK).await;
        }
    });
    Ok(text_stream(&server, log))
}

/// Whether a task makes sense. Answered at once.
pub async fn validate(_call: Call, mut body: Body) -> Result<Response, Refusal> {
    let dag = body.required_text("dag");
    body.must_have("request_options");
    body.check()?;
    match Task::read(&dag) {
        Ok(_) => Ok(axum::Json(Value::Null).into_response()),
        Err(exception) => Err(Refusal::bad(json!({
            "type": exception.class,
            "message": exception.message,
            "args": [exception.message],
            "attributes": {},
            "stacktrace": format!("Traceback (most recent call last):\n{exception}\n"),
            "cause": null,
        }))),
    }
}
