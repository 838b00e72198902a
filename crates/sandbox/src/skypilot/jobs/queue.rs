//! The queue of a cluster: what is in it, how it stands, and taking something out.

use serde_json::{Map, Value, json};

use super::{Job, Status};
use crate::skypilot::clock::now_precise;
use crate::skypilot::clusters::{check_available, check_available_mut};
use crate::skypilot::exception::Exception;
use crate::skypilot::store::State;

pub fn queue(
    state: &State,
    cluster: &str,
    user_id: Option<&str>,
    skip_finished: bool,
) -> Result<Value, Exception> {
    let jobs = &check_available(state, cluster, "getting the job queue")?.jobs;
    let rows = jobs
        .iter()
        .rev()
        .filter(|job| user_id.is_none_or(|user_id| job.user_id == user_id))
        .filter(|job| !skip_finished || !job.status.is_over())
        .map(|job| {
            json!({
                "job_id": job.id,
                "job_name": job.display_name(),
                "username": state.user_name(&job.user_id),
                "user_hash": job.user_id,
                "submitted_at": job.submitted_at,
                "start_at": job.start_at,
                "end_at": job.end_at,
                "resources": job.resources(),
                "status": job.status,
                "log_path": log_path(job),
                "metadata": {},
                "links": {},
            })
        });
    Ok(rows.collect())
}

fn log_path(job: &Job) -> String {
    // Milliseconds since 1970 fit.
    #[expect(clippy::cast_possible_truncation)]
    let submitted = jiff::Timestamp::from_millisecond((job.submitted_at * 1e3) as i64);
    let when = submitted.map_or_else(
        |_| job.id.to_string(),
        |at| at.strftime("%Y-%m-%d-%H-%M-%S-%6f").to_string(),
    );
    format!("~/sky_logs/sky-{when}")
}

pub fn job_status(state: &State, cluster: &str, ids: Option<&[i64]>) -> Result<Value, Exception> {
    let jobs = &check_available(state, cluster, "getting job status")?.jobs;
    let asked: Vec<Option<i64>> = match ids {
        Some(ids) => ids.iter().copied().map(Some).collect(),
        None => vec![jobs.iter().map(|job| job.id).max()],
    };
    let mut found = Map::new();
    for id in asked {
        let status = jobs
            .iter()
            .find(|job| Some(job.id) == id)
            .map(|job| job.status);
        let key = id.map_or_else(|| "null".to_owned(), |id| id.to_string());
        found.insert(key, json!(status));
    }
    Ok(found.into())
}

/// Cancels jobs: those named, all of a user or of everybody, or the latest that runs.
pub fn cancel(
    state: &mut State,
    cluster: &str,
    ids: Option<&[i64]>,
    all: bool,
    user_id: Option<&str>,
) -> Result<Value, Exception> {
    if all && ids.is_some() {
        return Err(Exception::new(
            "NotSupportedError",
            "Cannot specify both --all and job IDs.",
        ));
    }
    let cluster = check_available_mut(state, cluster, "cancelling jobs")?;
    let latest = cluster
        .jobs
        .iter()
        .filter(|job| !job.status.is_over())
        .map(|job| job.id)
        .max();
    for job in cluster.jobs.iter_mut().filter(|job| !job.status.is_over()) {
        let meant = match ids {
            Some(ids) => ids.contains(&job.id),
            None if all => user_id.is_none_or(|user_id| job.user_id == user_id),
            None => Some(job.id) == latest,
        };
        if meant {
            job.status = Status::Cancelled;
            job.end_at = Some(now_precise());
        }
    }
    Ok(Value::Null)
}
