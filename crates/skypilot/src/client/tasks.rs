//! Tasks: launch one on a new cluster, run one on an existing cluster, or validate one.

use super::{Acting, Answer, Identity, RequestId, SkyPilot, call::Call};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// A cluster to launch, with its first task.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    pub cluster_name: &'a str,
    /// In YAML; `resources.autostop` sets the autostop.
    pub task: &'a str,
    /// Only check whether a place can be found.
    pub dryrun: bool,
    /// Skip the setup commands.
    pub no_setup: bool,
}

/// The result of a launch or exec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Launched {
    /// The job, if there is something to run.
    #[serde(default)]
    pub job_id: Option<u64>,
}

impl SkyPilot {
    /// Launches a cluster. The result is [`Launched`]; see [`Self::launched`].
    ///
    /// Not retried: on [`Unclear`](super::ErrorKind::Unclear) search for the cluster with [`Self::status`] and for
    /// the request with [`Self::requests_about`] before repeating it.
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

    /// Runs a task on a cluster that is up. The result is [`Launched`]. Not retried.
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

    /// The result of a launch or exec, within `limit`. See [`Self::result`] for errors.
    pub async fn launched(
        &self,
        identity: &Identity,
        id: &RequestId,
        limit: Duration,
    ) -> Answer<Launched> {
        self.outcome(identity, id, "launch a machine", limit).await
    }

    /// Validates a task. Fails with [`InvalidTask`](super::ErrorKind::InvalidTask) or
    /// [`Rejected`](super::ErrorKind::Rejected) and the server's message.
    pub async fn validate(&self, acting: Acting<'_>, task: &str) -> Answer<()> {
        let body = json!({"dag": task, "request_options": Value::Null});
        let call = Call::post("validate", "validate the task", &acting, body);
        self.answer(acting.identity, &call).await
    }
}
