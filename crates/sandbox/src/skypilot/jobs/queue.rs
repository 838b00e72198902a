//! The job queue of a cluster.

use serde_json::{Value, json};

use super::{Job, Status};
use crate::skypilot::clock::now_precise;
use crate::skypilot::clusters::{check_available, check_available_mut};
use crate::skypilot::exception::Exception;
use crate::skypilot::store::State;

pub fn queue(state: &State, cluster: &str) -> Result<Value, Exception> {
    let jobs = &check_available(state, cluster, "getting the job queue")?.jobs;
    let rows = jobs.iter().rev().map(|job| {
        json!({
            "job_id": job.id,
            "job_name": job.spec.name.as_deref().unwrap_or("-"),
            "username": state.user_name(&job.spec.user_id),
            "user_hash": job.spec.user_id,
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
    let time = submitted.unwrap_or_default();
    format!("~/sky_logs/sky-{}", time.strftime("%Y-%m-%d-%H-%M-%S-%6f"))
}

pub fn cancel(state: &mut State, cluster: &str, ids: &[i64]) -> Result<Value, Exception> {
    let cluster = check_available_mut(state, cluster, "cancelling jobs")?;
    for job in &mut cluster.jobs {
        if ids.contains(&job.id) && !job.status.is_over() {
            job.status = Status::Cancelled;
            job.end_at = Some(now_precise());
        }
    }
    Ok(Value::Null)
}
