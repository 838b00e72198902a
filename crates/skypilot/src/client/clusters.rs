//! Clusters, which is what SkyPilot calls the machines it launches: their state and what is done to them.

use super::{Acting, Answer, RequestId, SkyPilot, call::Call, fields};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// A cluster's state in SkyPilot's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClusterState {
    /// A launch has begun and not ended well: it goes on, failed, or was cancelled; or the machine is not well.
    Init,
    /// Waits to be launched.
    Pending,
    /// Usable, as far as SkyPilot knows.
    Up,
    /// Idle for long enough, and being stopped or taken down.
    Autostopping,
    /// Stopped; its disk is kept.
    Stopped,
    /// A state that SkyPilot 0.14.1 does not have.
    #[serde(other)]
    Unknown,
}

/// What [`ClusterState::Init`] means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitKind {
    /// It is being launched, or a launch has ended early.
    Launching,
    /// It was up and something is wrong with it.
    Unhealthy,
    /// A kind that SkyPilot 0.14.1 does not have.
    #[serde(other)]
    Unknown,
}

/// A cluster. One that was taken down has no record.
#[derive(Clone, Debug, Deserialize)]
pub struct Cluster {
    /// Its name; unique on the server.
    pub name: String,
    /// Its state.
    pub status: ClusterState,
    /// Another cluster of the same name has another hash.
    #[serde(default)]
    pub cluster_hash: String,
    /// The workspace it is in.
    #[serde(default)]
    pub workspace: String,
    /// Who launched it.
    #[serde(default)]
    pub user_hash: String,
    /// That user's name.
    #[serde(default)]
    pub user_name: String,
    /// When it was last launched or started.
    #[serde(default, deserialize_with = "fields::time")]
    pub launched_at: Option<Timestamp>,
    /// When its state was last written. Not in a summary.
    #[serde(default, deserialize_with = "fields::time")]
    pub status_updated_at: Option<Timestamp>,
    /// Whether it was ever up.
    #[serde(default)]
    pub cluster_ever_up: bool,
    /// Minutes of idleness until it stops or is taken down; negative: never.
    #[serde(default)]
    pub autostop: i64,
    /// Whether idleness takes it down instead of stopping it.
    #[serde(default)]
    pub to_down: bool,
    /// The last thing that happened to it.
    #[serde(default, deserialize_with = "fields::text")]
    pub last_event: Option<String>,
    /// What `Init` means here.
    #[serde(default)]
    pub init_kind: Option<InitKind>,
    /// Why it is in `Init`.
    #[serde(default, deserialize_with = "fields::text")]
    pub init_status_reason: Option<String>,
    /// Its cloud as SkyPilot shows it: `AWS`.
    #[serde(default, deserialize_with = "fields::text")]
    pub cloud: Option<String>,
    /// Its region.
    #[serde(default, deserialize_with = "fields::text")]
    pub region: Option<String>,
    /// What it is, in SkyPilot's words: `1x(gpus=H100:1, p5.4xlarge, ...)`.
    #[serde(default, deserialize_with = "fields::text")]
    pub resources_str: Option<String>,
    /// The same in full: `1x(gpus=H100:1, cpus=16, mem=256, p5.4xlarge, disk=256)`.
    #[serde(default, deserialize_with = "fields::text")]
    pub resources_str_full: Option<String>,
    /// Its accelerators as Python writes them: `{'H100': 1}`.
    #[serde(default, deserialize_with = "fields::text")]
    pub accelerators: Option<String>,
    /// Its name in the cloud.
    #[serde(default, deserialize_with = "fields::text")]
    pub cluster_name_on_cloud: Option<String>,
    /// Pages about it in the cloud's console, by label.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub links: BTreeMap<String, String>,
    /// How to get onto it, if asked for and there is a way.
    #[serde(default)]
    pub credentials: Option<SshCredentials>,
}

/// How to get onto a cluster by SSH. The address is asked for with [`SkyPilot::endpoints`].
#[derive(Clone, Debug, Deserialize)]
pub struct SshCredentials {
    /// The user there.
    pub ssh_user: String,
    /// The private key in PEM.
    #[serde(default, deserialize_with = "fields::maybe_secret")]
    pub ssh_private_key_content: Option<SecretString>,
}

/// Whether SkyPilot asks the cloud before it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Refresh {
    /// No: its database as it is. Its daemon brings that up to date about once a minute.
    #[default]
    None,
    /// Where it thinks that something may have changed.
    Auto,
    /// Yes. If the cloud does not answer, or the credentials are not the right ones, the state stays as it was
    /// without a word; only the request's log tells.
    Force,
}

/// Which clusters, and how much about them.
#[derive(Clone, Debug, Default)]
pub struct StatusQuery<'a> {
    /// These; `None`: all that the identity may see.
    pub names: Option<&'a [&'a str]>,
    /// Whether to ask the cloud.
    pub refresh: Refresh,
    /// Whether to send the private keys.
    pub credentials: bool,
    /// Whether fields may be left out that a list does not show: times, events, reasons.
    pub summary: bool,
}

/// What idleness does to a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Autostop {
    /// After so many minutes; `None`: nothing.
    pub idle_minutes: Option<u32>,
    /// Take it down instead of stopping it.
    pub down: bool,
}

/// Something that happened to a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ClusterEvent {
    /// What: `Instances launched on aws in us-east-1`.
    pub reason: String,
    /// When.
    #[serde(default, deserialize_with = "fields::time")]
    pub transitioned_at: Option<Timestamp>,
}

impl SkyPilot {
    /// Clusters and their state. Those that are not there are not in the answer.
    pub async fn status(
        &self,
        acting: Acting<'_>,
        query: &StatusQuery<'_>,
    ) -> Answer<Vec<Cluster>> {
        self.call(acting, &status(&acting, query)).await
    }

    /// The same in two steps: asking the clouds about many clusters takes a while, and the request's log tells which
    /// of them gave no answer. The result is a `Vec` of [`Cluster`].
    pub async fn submit_status(
        &self,
        acting: Acting<'_>,
        query: &StatusQuery<'_>,
    ) -> Answer<RequestId> {
        self.submit(acting, &status(&acting, query)).await
    }

    /// Starts a stopped cluster. The result is nothing.
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

    /// Stops a cluster and keeps its disk. The result is nothing.
    pub async fn submit_stop(&self, acting: Acting<'_>, cluster_name: &str) -> Answer<RequestId> {
        let body = json!({"cluster_name": cluster_name});
        self.submit(acting, &Call::post("stop", "stop a machine", &acting, body))
            .await
    }

    /// Takes a cluster down: the machine and its disk are gone afterwards. The result is nothing.
    pub async fn submit_down(&self, acting: Acting<'_>, cluster_name: &str) -> Answer<RequestId> {
        let body = json!({"cluster_name": cluster_name, "purge": false});
        self.submit(
            acting,
            &Call::post("down", "take a machine down", &acting, body),
        )
        .await
    }

    /// Changes what idleness does. The result is nothing.
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
            &Call::post("autostop", "set when a machine stops", &acting, body),
        )
        .await
    }

    /// What happened to a cluster, oldest first; also of one that is gone.
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

    /// Where a port of a cluster is reached: `{22: "203.0.113.7:22"}`. Empty while it is not open, or if the task did
    /// not ask for it.
    pub async fn endpoints(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        port: u16,
    ) -> Answer<BTreeMap<u16, String>> {
        let body = json!({"cluster": cluster_name, "port": port});
        let call = Call::post("endpoints", "say where a machine is reached", &acting, body);
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
