//! Jobs: the tasks that run on a cluster, one after the other.

use super::{Acting, Answer, RequestId, SkyPilot, call::Call, fields};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobState {
    /// Submitted.
    Init,
    /// Waits for resources.
    Pending,
    /// Its set-up commands run.
    SettingUp,
    /// It runs.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// Its set-up commands failed.
    FailedSetup,
    /// What drives it on the machine failed.
    FailedDriver,
    /// Somebody cancelled it.
    Cancelled,
    /// A state that SkyPilot 0.14.1 does not have.
    #[serde(other)]
    Unknown,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Job {
    /// Its number on the cluster, from 1.
    pub job_id: u64,
    /// Its name.
    #[serde(default, deserialize_with = "fields::text")]
    pub job_name: Option<String>,
    /// How far it is.
    pub status: JobState,
    /// Who submitted it.
    #[serde(default, deserialize_with = "fields::text")]
    pub username: Option<String>,
    /// When it was submitted.
    #[serde(default, deserialize_with = "fields::time")]
    pub submitted_at: Option<Timestamp>,
    /// When it began.
    #[serde(default, deserialize_with = "fields::time")]
    pub start_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, deserialize_with = "fields::time")]
    pub end_at: Option<Timestamp>,
}

impl SkyPilot {
    /// The jobs of a cluster that is up, newest first. SkyPilot asks the machine, which takes seconds.
    pub async fn queue(&self, acting: Acting<'_>, cluster_name: &str) -> Answer<Vec<Job>> {
        let body = json!({"cluster_name": cluster_name, "skip_finished": false, "all_users": true});
        self.call(acting, &Call::post("queue", "list the jobs", &acting, body))
            .await
    }

    /// How far jobs are; `None` of one that is not there. Without ids: the latest job.
    pub async fn job_status(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        job_ids: Option<&[u64]>,
    ) -> Answer<BTreeMap<u64, Option<JobState>>> {
        let body = json!({"cluster_name": cluster_name, "job_ids": job_ids});
        let call = Call::post("job_status", "say how far the jobs are", &acting, body);
        self.call(acting, &call).await
    }

    /// Cancels jobs. The result is nothing; it takes SkyPilot half a minute.
    pub async fn submit_cancel(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        job_ids: &[u64],
    ) -> Answer<RequestId> {
        // Whoever submitted them. `all_users` would cancel every job on the cluster besides (`cancel_jobs` in
        // sky/skylet/job_lib.py).
        let body = json!({
            "cluster_name": cluster_name,
            "job_ids": job_ids,
            "all": false,
            "all_users": false,
        });
        self.submit(acting, &Call::post("cancel", "cancel jobs", &acting, body))
            .await
    }
}
