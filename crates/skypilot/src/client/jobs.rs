//! Jobs: tasks that run on a cluster one after another.

use super::{Acting, Answer, RequestId, SkyPilot, call::Call, fields};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobState {
    Init,
    /// Waiting for resources.
    Pending,
    /// The setup commands are running.
    SettingUp,
    Running,
    Succeeded,
    Failed,
    FailedSetup,
    /// SkyPilot's job driver on the machine failed.
    FailedDriver,
    Cancelled,
    /// A state that SkyPilot 0.14.1 does not have.
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Job {
    /// The number on the cluster, starting at 1.
    pub job_id: u64,
    #[serde(default, deserialize_with = "fields::text")]
    pub job_name: Option<String>,
    pub status: JobState,
    #[serde(default, deserialize_with = "fields::text")]
    pub username: Option<String>,
    #[serde(default, deserialize_with = "fields::time")]
    pub submitted_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "fields::time")]
    pub start_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "fields::time")]
    pub end_at: Option<Timestamp>,
}

impl SkyPilot {
    /// The jobs of a cluster that is up, newest first. SkyPilot queries the machine, which takes seconds.
    pub async fn queue(&self, acting: Acting<'_>, cluster_name: &str) -> Answer<Vec<Job>> {
        let body = json!({"cluster_name": cluster_name, "skip_finished": false, "all_users": true});
        self.call(acting, &Call::post("queue", "list the jobs", &acting, body))
            .await
    }

    /// Cancels jobs. The result is empty and takes half a minute.
    pub async fn submit_cancel(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        job_ids: &[u64],
    ) -> Answer<RequestId> {
        // Whoever submitted them. `all_users` would cancel every job on the cluster (`cancel_jobs` in
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
