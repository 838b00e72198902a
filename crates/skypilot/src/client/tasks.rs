//! Tasks: launching one on a new cluster, running one on a cluster that is there, and asking whether one is valid.

use super::{Acting, Answer, Identity, RequestId, SkyPilot, call::Call};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// A cluster to be launched with its first task.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// The cluster's name.
    pub cluster_name: &'a str,
    /// The task in YAML. What idleness does stands in its `resources.autostop`.
    pub task: &'a str,
    /// Only say whether a place can be found.
    pub dryrun: bool,
    /// Leave out the task's set-up commands.
    pub no_setup: bool,
}

/// What a launch or exec returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Launched {
    /// The job, if there is anything to run.
    #[serde(default)]
    pub job_id: Option<u64>,
}

impl SkyPilot {
    /// Launches. The result is [`Launched`]; see [`Self::launched`].
    ///
    /// Sent once: on [`Unclear`](super::ErrorKind::Unclear) look for the cluster with [`Self::status`] and for the
    /// request with [`Self::requests_about`] before doing it again.
    pub async fn submit_launch(
        &self,
        acting: Acting<'_>,
        launch: &Launch<'_>,
    ) -> Answer<RequestId> {
        let body = json!({
            "task": launch.task,
            "cluster_name": launch.cluster_name,
            "dryrun": launch.dryrun,
            "no_setup": launch.no_setup,
            "retry_until_up": false,
        });
        let call = Call::post("launch", "launch a machine", &acting, body);
        self.submit(acting, &call.never_repeated()).await
    }

    /// Runs a task on a cluster that is up. The result is [`Launched`]. Sent once, as a launch is.
    pub async fn submit_exec(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        task: &str,
    ) -> Answer<RequestId> {
        let body = json!({"task": task, "cluster_name": cluster_name});
        let call = Call::post("exec", "run a job", &acting, body);
        self.submit(acting, &call.never_repeated()).await
    }

    /// What a launch or exec returned, within `limit`. [`Self::result`] says how it can fail.
    pub async fn launched(
        &self,
        identity: &Identity,
        id: &RequestId,
        limit: Duration,
    ) -> Answer<Launched> {
        self.outcome(identity, id, "launch it", limit).await
    }

    /// Asks whether a task is valid. Fails with [`InvalidTask`](super::ErrorKind::InvalidTask) or
    /// [`Rejected`](super::ErrorKind::Rejected) and the server's words if it is not.
    pub async fn validate(&self, acting: Acting<'_>, task: &str) -> Answer<()> {
        let body = json!({"dag": task, "request_options": Value::Null});
        let call = Call::post("validate", "check the task", &acting, body);
        self.answer(acting.identity, &call).await
    }
}
