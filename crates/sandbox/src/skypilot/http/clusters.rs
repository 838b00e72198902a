//! Clusters over HTTP: launch, look up, stop, terminate; and the machines on offer.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::yes;
use super::call::Call;
use super::refusal::Refusal;
use super::streaming::{text_stream, written};
use crate::skypilot::Server;
use crate::skypilot::catalog::{self, Filter};
use crate::skypilot::clusters::{self, Autostop, Refresh, Status};
use crate::skypilot::exception::Exception;
use crate::skypilot::optimizer;
use crate::skypilot::python::repr;
use crate::skypilot::requests::{Kind, last_lines};
use crate::skypilot::task::Task;

const SSH: u16 = 22;
const LOG_INTERVAL: u32 = 1;

#[derive(Deserialize)]
pub struct Named {
    pub cluster_name: String,
}

#[derive(Deserialize)]
pub struct TaskBody {
    cluster_name: String,
    task: String,
}

pub async fn launch(call: Call<TaskBody>) -> Response {
    call.submit(Kind::long("launch", "launch"), |context, body| {
        clusters::launch(context, body.cluster_name, body.task)
    })
}

pub async fn exec(call: Call<TaskBody>) -> Result<Response, Refusal> {
    call.check_write()?;
    Ok(call.submit(Kind::long("exec", "exec"), |context, body| {
        clusters::exec(context, body.cluster_name, body.task)
    }))
}

#[derive(Deserialize)]
pub struct ValidateBody {
    dag: String,
}

/// Checks a task, without a request.
pub async fn validate(call: Call<ValidateBody>) -> Result<Json<Value>, Refusal> {
    let checked = Task::read(&call.body.dag).and_then(|task| optimizer::check_offers(&task));
    match checked {
        Ok(()) => Ok(Json(Value::Null)),
        Err(exception) => Err(Refusal::bad(json!({
            "type": exception.class,
            "message": exception.message,
            "args": [exception.message],
            "attributes": {},
        }))),
    }
}

#[derive(Deserialize)]
pub struct StatusBody {
    cluster_names: Option<Vec<String>>,
    #[serde(default)]
    refresh: Refresh,
    #[serde(flatten)]
    shown: clusters::Shown,
}

pub async fn status(call: Call<StatusBody>) -> Response {
    let kind = match call.body.refresh {
        Refresh::None => Kind::short("status", "status"),
        _ => Kind::long("status", "status"),
    };
    call.submit(kind, async |context, body| {
        Ok(clusters::refreshed(&context, body.cluster_names, body.refresh, body.shown).await)
    })
}

#[derive(Deserialize)]
pub struct StartBody {
    cluster_name: String,
    idle_minutes_to_autostop: Option<i64>,
    #[serde(default)]
    down: bool,
}

pub async fn start(call: Call<StartBody>) -> Result<Response, Refusal> {
    call.check_write()?;
    Ok(call.submit(Kind::long("start", "start"), |context, body| {
        let autostop = body
            .idle_minutes_to_autostop
            .map(|minutes| Autostop::after(minutes, body.down));
        clusters::start(context, body.cluster_name, autostop)
    }))
}

pub async fn stop(call: Call<Named>) -> Result<Response, Refusal> {
    call.check_write()?;
    Ok(call.submit(Kind::short("stop", "stop"), |context, body| {
        clusters::stop(context, body.cluster_name)
    }))
}

pub async fn down(call: Call<Named>) -> Result<Response, Refusal> {
    call.check_write()?;
    let kind = Kind::short("down", "user_initiated_down");
    Ok(call.submit(kind, |context, body| {
        clusters::down(context, body.cluster_name)
    }))
}

#[derive(Deserialize)]
pub struct AutostopBody {
    cluster_name: String,
    idle_minutes: i64,
    #[serde(default)]
    down: bool,
}

pub async fn autostop(call: Call<AutostopBody>) -> Result<Response, Refusal> {
    call.check_write()?;
    let kind = Kind::short("autostop", "autostop");
    Ok(call.submit(kind, async |context, body| {
        let autostop = Autostop::after(body.idle_minutes, body.down);
        clusters::autostop(&context, &body.cluster_name, autostop)
    }))
}

#[derive(Deserialize)]
pub struct EndpointsBody {
    cluster: String,
    port: u16,
}

pub async fn endpoints(call: Call<EndpointsBody>) -> Response {
    let kind = Kind::short("endpoints", "endpoints");
    call.submit(kind, async |context, EndpointsBody { cluster, port }| {
        let server = &context.server;
        server.store.read(|state| {
            let not_up = |what: &str| {
                let what = format!("Cluster {} {what}.", repr(&cluster));
                Exception::new("ClusterNotUpError", what)
            };
            let found = state
                .clusters
                .get(&cluster)
                .filter(|cluster| state.may_use(&context.caller.id, &cluster.workspace))
                .ok_or_else(|| not_up("not found"))?;
            if !found.status.is_usable() {
                return Err(not_up("is not in UP status"));
            }
            if !found.resources.ports.contains(&port.to_string()) {
                return Ok(json!({}));
            }
            // The sandbox serves no other port than SSH.
            let local = if port == SSH { server.ssh_port() } else { port };
            Ok(json!({port.to_string(): format!("127.0.0.1:{local}")}))
        })
    })
}

pub async fn events(call: Call<Named>) -> Response {
    let kind = Kind::short("cluster_events", "get_cluster_events");
    call.submit(kind, async |context, body| {
        let store = &context.server.store;
        store.read(|state| match state.clusters.get(&body.cluster_name) {
            Some(cluster) => Ok(json!(cluster.events)),
            None => Err(Exception::value(format!(
                "Hash for cluster {} not found.",
                body.cluster_name
            ))),
        })
    })
}

#[derive(Deserialize)]
pub struct LogQuery {
    #[serde(default = "yes")]
    follow: bool,
    /// All lines if zero or less.
    #[serde(default)]
    tail: i64,
}

/// The provisioning log of the cluster or, if none of that name exists, of the last one. As in the real server, every
/// caller may read it.
pub async fn provision_logs(
    State(server): State<Arc<Server>>,
    Query(query): Query<LogQuery>,
    call: Call<Named>,
) -> Result<Response, Refusal> {
    let name = call.body.cluster_name;
    let Some((log, _)) = provision_log(&server, &name) else {
        return Err(Refusal::not_found(
            "Provision log path is not recorded for this cluster. Please relaunch to generate provisioning logs.",
        ));
    };
    let tail = usize::try_from(query.tail).ok().filter(|tail| *tail > 0);
    let watched = server.clone();
    let lines = written(move |sink| async move {
        let mut sent = log.len();
        sink.send(last_lines(&log, tail)).await?;
        if !query.follow {
            return Ok(());
        }
        while let Some((log, grows)) = provision_log(&watched, &name) {
            if let Some(more) = log.get(sent..).filter(|more| !more.is_empty()) {
                sink.send(more).await?;
                sent = log.len();
            }
            if !grows {
                break;
            }
            watched.pause_at_least(LOG_INTERVAL).await;
        }
        Ok(())
    });
    Ok(text_stream(&server, lines))
}

fn provision_log(server: &Server, name: &str) -> Option<(String, bool)> {
    let launching = server.requests.is_launching(name);
    server.store.read(|state| match state.clusters.get(name) {
        Some(cluster) => {
            let grows = cluster.status == Status::Init && launching;
            Some((cluster.provision_log.clone(), grows))
        }
        None => Some((state.provision_logs.get(name)?.clone(), false)),
    })
}

pub async fn accelerators(call: Call<Filter>) -> Response {
    let kind = Kind::short("list_accelerators", "list_accelerators");
    call.submit(kind, async |_, filter| Ok(catalog::accelerators(&filter)))
}
