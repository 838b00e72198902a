//! Logs as files. First they are fetched to the API server, then downloaded from there in an archive.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, json};
use uuid::Uuid;

use super::authentication::Caller;
use super::body::Body;
use super::call::{Call, Origin};
use super::refusal::Refusal;
use crate::skypilot::Server;
use crate::skypilot::clusters::check_available;
use crate::skypilot::jobs::{job_log, task_log};
use crate::skypilot::requests::Kind;
use crate::skypilot::zip::{self, Entry};

/// Where `~` is on a server that has no disk.
const HOME: &str = "/home/sky";

/// The logs of a job, as they were when they were fetched.
#[derive(Clone)]
pub struct FetchedLogs {
    /// What was printed, with what SkyPilot says between.
    all: String,
    /// What the task printed.
    task: String,
}

/// Where a caller's logs are, without `~/`.
fn folder_of(user_id: &str) -> String {
    format!(".sky/api_server/clients/{user_id}/sky_logs")
}

/// Fetches logs of jobs, of the latest if none are named, and says where they are.
pub async fn download_logs(call: Call, mut body: Body) -> Result<Response, Refusal> {
    let cluster = body.required_text("cluster_name");
    body.must_have("job_ids");
    let ids = body.texts("job_ids");
    let origin = Origin::of(&mut body);
    body.check()?;
    let kind = Kind::short("download_logs", "download_logs");
    let name = Some(cluster.clone());
    Ok(call.submit(kind, name, origin, move |context| async move {
        let server = &context.server;
        let jobs = server.store.read(|state| {
            check_available(state, &cluster, "downloading logs").map(|found| {
                let latest = found.jobs.iter().map(|job| job.id).max();
                let wanted = |id: i64| match &ids {
                    Some(ids) => ids.contains(&id.to_string()),
                    None => Some(id) == latest,
                };
                let jobs = found.jobs.iter().filter(|job| wanted(job.id));
                jobs.cloned().collect::<Vec<_>>()
            })
        })?;
        let mut paths = Map::new();
        for job in jobs {
            let logs = FetchedLogs {
                all: job_log(server, &job),
                task: task_log(server, &job),
            };
            let user_folder = folder_of(&context.caller.id);
            let name = job.name.as_deref().unwrap_or("task");
            let path = format!("{user_folder}/{cluster}/{}-{name}", job.id);
            paths.insert(job.id.to_string(), json!(format!("~/{path}")));
            server.keep_logs(path, logs);
        }
        Ok(paths.into())
    }))
}

#[derive(Deserialize)]
pub struct Naming {
    #[serde(default)]
    relative: String,
}

/// Logs that were fetched, in an archive. With `relative=items` its names begin with the folders', else with the root's.
pub async fn download(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    Query(naming): Query<Naming>,
    mut body: Body,
) -> Result<Response, Refusal> {
    body.must_have("folder_paths");
    let paths = body.texts("folder_paths").unwrap_or_default();
    body.check()?;
    let mut entries = Vec::new();
    for path in &paths {
        let within = path
            .strip_prefix("~/")
            .or_else(|| path.strip_prefix(HOME)?.strip_prefix('/'))
            .map(|path| path.trim_end_matches('/'))
            .filter(|path| path.starts_with(&format!("{}/", folder_of(&caller.id))))
            .filter(|path| !path.split('/').any(|part| part == ".."))
            .ok_or_else(|| Refusal::bad(format!("Invalid folder path: {path}")))?;
        let logs = server
            .kept_logs(within)
            .ok_or_else(|| Refusal::not_found(format!("Folder not found: {path}")))?;
        let root = if naming.relative == "items" {
            within.rsplit('/').next().unwrap_or(within).to_owned()
        } else {
            format!("{}/{within}", HOME.trim_start_matches('/'))
        };
        for (name, content) in [
            ("/", String::new()),
            ("/tasks/", String::new()),
            ("/run.log", logs.all),
            ("/tasks/run.log", logs.task),
        ] {
            entries.push(Entry {
                name: format!("{root}{name}"),
                content: content.into_bytes(),
            });
        }
    }
    let file = format!("folder_{}.zip", Uuid::new_v4().simple());
    let headers = [
        (header::CONTENT_TYPE.as_str(), "application/zip".to_owned()),
        (
            header::CONTENT_DISPOSITION.as_str(),
            format!("attachment; filename=\"{file}\""),
        ),
        ("x-home-path", HOME.to_owned()),
    ];
    Ok((headers, zip::archive(&entries)).into_response())
}
