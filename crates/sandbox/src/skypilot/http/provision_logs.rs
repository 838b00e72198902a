//! What provisioning said, and says as long as it goes on.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::authentication::Caller;
use super::body::Body;
use super::refusal::Refusal;
use super::streaming::{text_stream, written};
use crate::skypilot::Server;
use crate::skypilot::clusters::Status;
use crate::skypilot::requests::last_lines;

const LOOK: u32 = 1;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default = "yes")]
    follow: bool,
    /// All of it if it is zero or less.
    #[serde(default)]
    tail: i64,
}

fn yes() -> bool {
    true
}

/// The log of a cluster that is there or, if none is, of the last one of that name. As with the real server, it is not asked
/// whose it is.
pub async fn provision_logs(
    State(server): State<Arc<Server>>,
    Extension(_): Extension<Caller>,
    Query(asked): Query<Asked>,
    mut body: Body,
) -> Result<Response, Refusal> {
    let name = body.required_text("cluster_name");
    body.check()?;
    let Some((so_far, _)) = provision_log(&server, &name) else {
        return Err(Refusal::not_found(
            "Provision log path is not recorded for this cluster. Please relaunch to generate provisioning logs.",
        ));
    };
    let tail = usize::try_from(asked.tail).ok().filter(|tail| *tail > 0);
    let watched = server.clone();
    let log = written(move |sink| async move {
        let mut sent = so_far.len();
        sink.send(match tail {
            Some(count) => last_lines(&so_far, count),
            None => so_far,
        })
        .await?;
        if !asked.follow {
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
            watched.pause_at_least(LOOK).await;
        }
        Ok(())
    });
    Ok(text_stream(&server, log))
}

fn provision_log(server: &Server, name: &str) -> Option<(String, bool)> {
    let launching = server.requests.is_launching(name);
    server.store.read(|state| match state.clusters.get(name) {
        Some(cluster) => {
            let grows = cluster.status == Status::Init && launching;
            Some((cluster.provision_log.clone(), grows))
        }
        None => state
            .history
            .iter()
            .rev()
            .find(|past| past.name == name)
            .map(|past| (past.provision_log.clone(), false)),
    })
}
