//! Clusters, SkyPilot's term for the machines that it launches.

use super::{Acting, Answer, RequestId, SkyPilot, call::Call, fields};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The state of a cluster in SkyPilot's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClusterState {
    /// A launch is in progress, failed or was cancelled; or the machine is unhealthy.
    Init,
    Pending,
    /// Usable, as far as SkyPilot knows.
    Up,
    /// Idle for long enough, and being stopped or deleted.
    Autostopping,
    /// Stopped; its disk is kept.
    Stopped,
    /// A state that SkyPilot 0.14.1 does not have.
    #[serde(other)]
    Unknown,
}

/// The meaning of [`ClusterState::Init`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitKind {
    /// A launch is in progress, or ended early.
    Launching,
    /// The machine was up and is unhealthy.
    Unhealthy,
    /// A kind that SkyPilot 0.14.1 does not have.
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Cluster {
    /// Unique on the server.
    pub name: String,
    pub status: ClusterState,
    /// Differs for another cluster of the same name.
    #[serde(default)]
    pub cluster_hash: String,
    #[serde(default)]
    pub workspace: String,
    /// The user that launched it.
    #[serde(default)]
    pub user_hash: String,
    #[serde(default)]
    pub user_name: String,
    /// The time of the last launch or start.
    #[serde(default, deserialize_with = "fields::time")]
    pub launched_at: Option<Timestamp>,
    /// When the state was last written. Missing in a summary.
    #[serde(default, deserialize_with = "fields::time")]
    pub status_updated_at: Option<Timestamp>,
    #[serde(default)]
    pub cluster_ever_up: bool,
    /// Idle minutes until it is stopped or deleted; negative: never.
    #[serde(default)]
    pub autostop: i64,
    /// Whether an idle cluster is deleted instead of stopped.
    #[serde(default)]
    pub to_down: bool,
    /// The latest event.
    #[serde(default, deserialize_with = "fields::text")]
    pub last_event: Option<String>,
    /// The meaning of `Init`.
    #[serde(default)]
    pub init_kind: Option<InitKind>,
    /// The reason for `Init`.
    #[serde(default, deserialize_with = "fields::text")]
    pub init_status_reason: Option<String>,
    /// The cloud's display name in SkyPilot: `AWS`.
    #[serde(default, deserialize_with = "fields::text")]
    pub cloud: Option<String>,
    #[serde(default, deserialize_with = "fields::text")]
    pub region: Option<String>,
    /// A summary in SkyPilot's notation: `1x(gpus=H100:1, p5.4xlarge, ...)`.
    #[serde(default, deserialize_with = "fields::text")]
    pub resources_str: Option<String>,
    /// In full: `1x(gpus=H100:1, cpus=16, mem=256, p5.4xlarge, disk=256)`.
    #[serde(default, deserialize_with = "fields::text")]
    pub resources_str_full: Option<String>,
    /// The accelerators in Python notation: `{'H100': 1}`.
    #[serde(default, deserialize_with = "fields::text")]
    pub accelerators: Option<String>,
    /// The name in the cloud.
    #[serde(default, deserialize_with = "fields::text")]
    pub cluster_name_on_cloud: Option<String>,
    /// Pages of the cloud's console, by label.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub links: BTreeMap<String, String>,
    /// SSH access, if requested and available.
    #[serde(default)]
    pub credentials: Option<SshCredentials>,
}

/// SSH access to a cluster. [`SkyPilot::endpoints`] returns the address.
#[derive(Clone, Debug, Deserialize)]
pub struct SshCredentials {
    pub ssh_user: String,
    /// In PEM.
    #[serde(default, deserialize_with = "fields::maybe_secret")]
    pub ssh_private_key_content: Option<SecretString>,
}

/// Whether SkyPilot queries the cloud before it responds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Refresh {
    /// Returns the database's state. SkyPilot's daemon updates it about once a minute.
    #[default]
    None,
    /// Queries the cloud if SkyPilot expects a change.
    Auto,
    /// Queries the cloud. If the cloud does not respond, or the credentials are wrong, the state silently stays the
    /// same; only the request's log shows that.
    Force,
}

#[derive(Clone, Debug, Default)]
pub struct StatusQuery<'a> {
    /// `None`: all that the identity may see.
    pub names: Option<&'a [&'a str]>,
    pub refresh: Refresh,
    /// Whether to include private keys.
    pub credentials: bool,
    /// Whether fields that a list does not need may be missing: times, events, reasons.
    pub summary: bool,
}

/// What happens to an idle cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Autostop {
    /// `None`: nothing happens.
    pub idle_minutes: Option<u32>,
    /// Delete it instead of stopping it.
    pub down: bool,
}

/// An event of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ClusterEvent {
    /// For example `Instances launched on aws in us-east-1`.
    pub reason: String,
    #[serde(default, deserialize_with = "fields::time")]
    pub transitioned_at: Option<Timestamp>,
}

impl SkyPilot {
    /// Clusters and their state. Clusters that do not exist are missing in the result.
    pub async fn status(
        &self,
        acting: Acting<'_>,
        query: &StatusQuery<'_>,
    ) -> Answer<Vec<Cluster>> {
        self.call(acting, &status(&acting, query)).await
    }

    /// The same as a request: querying clouds about many clusters takes long, and the request's log shows which of
    /// them did not respond. The result is a `Vec` of [`Cluster`].
    pub async fn submit_status(
        &self,
        acting: Acting<'_>,
        query: &StatusQuery<'_>,
    ) -> Answer<RequestId> {
        self.submit(acting, &status(&acting, query)).await
    }

    /// Starts a stopped cluster. The result is empty.
    pub async fn submit_start(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        autostop: Option<Autostop>,
    ) -> Answer<RequestId> {
        let body = json!({
            "cluster_name": cluster_name,
            "idle_minutes_to_autostop": autostop.and_then(|autostop| autostop.idle_minutes),
            "down": autostop.is_some_and(|autostop| autostop.down),
            "retry_until_up": false,
        });
        self.submit(
            acting,
            &Call::post("start", "start a machine", &acting, body),
        )
        .await
    }

    /// Stops a cluster and keeps its disk. The result is empty.
    pub async fn submit_stop(&self, acting: Acting<'_>, cluster_name: &str) -> Answer<RequestId> {
        let body = json!({"cluster_name": cluster_name});
        self.submit(acting, &Call::post("stop", "stop a machine", &acting, body))
            .await
    }

    /// Deletes a cluster with its machine and disk. The result is empty.
    pub async fn submit_down(&self, acting: Acting<'_>, cluster_name: &str) -> Answer<RequestId> {
        let body = json!({"cluster_name": cluster_name, "purge": false});
        self.submit(
            acting,
            &Call::post("down", "delete a machine", &acting, body),
        )
        .await
    }

    /// Changes the autostop of a cluster. The result is empty.
    pub async fn submit_autostop(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        autostop: Autostop,
    ) -> Answer<RequestId> {
        let body = json!({
            "cluster_name": cluster_name,
            "idle_minutes": autostop.idle_minutes.map_or(-1, i64::from),
            "down": autostop.down,
        });
        self.submit(
            acting,
            &Call::post(
                "autostop",
                "change the autostop of a machine",
                &acting,
                body,
            ),
        )
        .await
    }

    /// The events of a cluster, oldest first, including deleted clusters.
    pub async fn cluster_events(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
    ) -> Answer<Vec<ClusterEvent>> {
        let body = json!({
            "cluster_name": cluster_name,
            "event_type": "STATUS_CHANGE,LAUNCH_PROGRESS",
            "include_timestamps": true,
        });
        let call = Call::post("cluster_events", "list a machine's events", &acting, body);
        self.call(acting, &call).await
    }

    /// The external address of a cluster's port: `{22: "203.0.113.7:22"}`. Empty while the port is closed, or if the
    /// task did not request it.
    pub async fn endpoints(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        port: u16,
    ) -> Answer<BTreeMap<u16, String>> {
        let body = json!({"cluster": cluster_name, "port": port});
        let call = Call::post(
            "endpoints",
            "return the address of a machine",
            &acting,
            body,
        );
        self.call(acting, &call).await
    }
}

fn status(acting: &Acting<'_>, query: &StatusQuery<'_>) -> Call {
    let body = json!({
        "cluster_names": query.names,
        "refresh": query.refresh,
        "all_users": true,
        "include_credentials": query.credentials,
        "include_handle": false,
        "summary_response": query.summary,
    });
    Call::post("status", "list the machines", acting, body)
}
