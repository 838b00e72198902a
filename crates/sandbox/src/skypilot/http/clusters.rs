//! Clusters over HTTP: launching, looking, stopping, taking down.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::body::Body;
use super::call::{Call, Origin};
use super::refusal::Refusal;
use crate::skypilot::clusters::{self, LaunchOrder, Refresh, Report, Shown, WaitFor};
use crate::skypilot::exception::Exception;
use crate::skypilot::python::repr;
use crate::skypilot::requests::Kind;
use crate::skypilot::users::Role;

const REPORT_DAYS: i64 = 30;
const SSH: u64 = 22;

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

pub async fn exec(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let task = body.required_text("task");
    let cluster = body.required_text("cluster_name");
    let origin = Origin::of(&mut body);
    body.check()?;
    call.check_write(&cluster)?;
    let kind = Kind::long("exec", "exec");
    let name = Some(cluster.clone());
    Ok(call.submit(kind, name, origin, move |context| {
        clusters::exec(context, cluster, task)
    }))
}

pub async fn status(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let names = body.texts("cluster_names");
    let mut refresh = match body.one_of("refresh", &["NONE", "AUTO", "FORCE"], "NONE") {
        "AUTO" => Refresh::Auto,
        "FORCE" => Refresh::Force,
        _ => Refresh::None,
    };
    let own_only = !body.flag("all_users", true);
    let mut shown = Shown {
        summary: body.flag("summary_response", false),
        credentials: body.flag("include_credentials", true),
    };
    let origin = Origin::of(&mut body);
    body.check()?;
    if call.caller.role == Role::Viewer {
        // Viewers change nothing and get no keys.
        refresh = Refresh::None;
        shown.credentials = false;
    }
    let kind = match refresh {
        Refresh::None => Kind::short("status", "status"),
        _ => Kind::long("status", "status"),
    };
    Ok(call.submit(kind, None, origin, move |context| async move {
        Ok(clusters::refreshed(&context, names, refresh, own_only, shown).await)
    }))
}

pub async fn start(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let idle_minutes = body.integer("idle_minutes_to_autostop");
    let down = body.flag("down", false);
    let force = body.flag("force", false);
    let wait_for = wait_for(&mut body);
    let origin = Origin::of(&mut body);
    body.check()?;
    call.check_write(&cluster)?;
    let kind = Kind::long("start", "start");
    let name = Some(cluster.clone());
    let autostop = idle_minutes.map(|minutes| (minutes, down, wait_for));
    Ok(call.submit(kind, name, origin, move |context| async move {
        if down && autostop.is_none() {
            return Err(Exception::value(
                "`idle_minutes_to_autostop` must be set if `down` is True.",
            ));
        }
        clusters::start(context, cluster, autostop, force).await
    }))
}

fn wait_for(body: &mut Body) -> Option<WaitFor> {
    const WORDS: [&str; 3] = ["jobs_and_ssh", "jobs", "none"];
    if body.raw("wait_for").is_null() {
        return None;
    }
    WaitFor::named(body.one_of("wait_for", &WORDS, WORDS[0]))
}

pub async fn stop(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let origin = Origin::of(&mut body);
    body.check()?;
    call.check_write(&cluster)?;
    let name = Some(cluster.clone());
    let kind = Kind::short("stop", "stop");
    Ok(call.submit(kind, name, origin, move |context| {
        clusters::stop(context, cluster)
    }))
}

pub async fn down(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let purge = body.flag("purge", false);
    let origin = Origin::of(&mut body);
    body.check()?;
    call.check_write(&cluster)?;
    let name = Some(cluster.clone());
    let kind = Kind::short("down", "user_initiated_down");
    Ok(call.submit(kind, name, origin, move |context| {
        clusters::down(context, cluster, purge)
    }))
}

pub async fn autostop(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let idle_minutes = body.required_integer("idle_minutes");
    let down = body.flag("down", false);
    let wait_for = wait_for(&mut body);
    let origin = Origin::of(&mut body);
    body.check()?;
    call.check_write(&cluster)?;
    let name = Some(cluster.clone());
    let kind = Kind::short("autostop", "autostop");
    Ok(call.submit(kind, name, origin, move |context| async move {
        clusters::autostop(&context, &cluster, idle_minutes, down, wait_for)
    }))
}

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
            other => {
                let text = other.as_str().unwrap_or_default();
                let number = text.parse::<u64>();
                let wrong = |_| Exception::value(format!("Invalid endpoint {}.", repr(text)));
                Some(number.map_err(wrong)?)
            }
        };
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
            let open = &found.resources.ports;
            let asked = match port {
                Some(port) => vec![port],
                None => open.iter().filter_map(|port| port.parse().ok()).collect(),
            };
            let endpoints = asked
                .into_iter()
                .filter(|port| is_open(open, *port))
                .map(|port| {
                    // Behind the other ports there is nothing in the sandbox.
                    let there = if port == SSH {
                        u64::from(server.ssh_port())
                    } else {
                        port
                    };
                    (port.to_string(), json!(format!("127.0.0.1:{there}")))
                });
            Ok(endpoints.collect::<Map<_, _>>().into())
        })
    }))
}

fn is_open(ports: &[String], port: u64) -> bool {
    ports.iter().any(|ports| {
        let (from, to) = ports.split_once('-').unwrap_or((ports, ports));
        match (from.parse(), to.parse()) {
            (Ok(from), Ok(to)) => (from..=to).contains(&port),
            _ => false,
        }
    })
}

pub async fn events(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let name = body.text("cluster_name");
    let hash = body.text("cluster_hash");
    let types = body.required_text("event_type");
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
