//! Jobs over HTTP.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::body::Body;
use super::call::{Call, Origin, check_workspace};
use super::refusal::Refusal;
use super::streaming::{text_stream, written};
use crate::skypilot::Server;
use crate::skypilot::clusters::check_available;
use crate::skypilot::jobs;
use crate::skypilot::requests::Kind;

pub async fn queue(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let skip_finished = body.flag("skip_finished", false);
    let all_users = body.flag("all_users", false);
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("queue", "queue");
    let name = Some(cluster.clone());
    Ok(call.submit(kind, name, origin, move |context| async move {
        let user = (!all_users).then_some(context.caller.id.as_str());
        context
            .server
            .store
            .read(|state| jobs::queue(state, &cluster, user, skip_finished))
    }))
}

pub async fn job_status(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    body.must_have("job_ids");
    let ids = body.integers("job_ids");
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("job_status", "job_status");
    let name = Some(cluster.clone());
    Ok(call.submit(kind, name, origin, move |context| async move {
        context
            .server
            .store
            .read(|state| jobs::job_status(state, &cluster, ids.as_deref()))
    }))
}

pub async fn cancel(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    body.must_have("job_ids");
    let ids = body.integers("job_ids");
    let all = body.flag("all", false);
    let all_users = body.flag("all_users", false);
    let origin = Origin::of(&mut body);
    body.check()?;
    call.check_write(&cluster)?;
    let kind = Kind::short("cancel", "cancel");
    let name = Some(cluster.clone());
    Ok(call.submit(kind, name, origin, move |context| async move {
        let user = (!all_users).then_some(context.caller.id.as_str());
        context
            .server
            .store
            .change(|state| jobs::cancel(state, &cluster, ids.as_deref(), all || all_users, user))
    }))
}

/// The log of a job, as text; what is wrong with the cluster is told in it.
pub async fn logs(
    State(server): State<Arc<Server>>,
    call: Call,
    mut body: Body,
) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    let job = body.integer("job_id");
    let follow = body.flag("follow", true);
    let tail = body
        .integer("tail")
        .and_then(|tail| usize::try_from(tail).ok())
        .unwrap_or_default();
    body.check()?;
    let caller = call.caller;
    let followed = server.clone();
    let log = written(move |sink| async move {
        let refused = followed.store.read(|state| {
            check_available(state, &cluster, "tailing logs").map(|found| found.workspace.clone())
        });
        let refused = refused
            .and_then(|workspace| check_workspace(&followed, &caller, &workspace))
            .err();
        match refused {
            Some(exception) => sink.send(format!("{exception}\n")).await,
            None => jobs::follow(followed, cluster, job, (follow, tail), sink).await,
        }
    });
    Ok(text_stream(&server, log))
}
