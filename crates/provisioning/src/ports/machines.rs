//! The machines behind nodes, on a SkyPilot API server. One small step at a time. What can be
//! repeated says so; what cannot is looked up by the machine's name before it is asked for again.

use async_trait::async_trait;
use domain::{
    ids::WorkspaceId,
    node::{
        catalogue::Offer,
        job::Job,
        log::NodeLog,
        order::Autostop,
        view::{NodeEvent, Placement},
    },
};
use futures::stream::BoxStream;
use jiff::Timestamp;
use secrecy::SecretString;

/// A tenant's environment on the server: with whom and where everything is done for it.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Our id of it.
    pub id: WorkspaceId,
    /// Its name there, see [`domain::node::machine_name::workspace_name`].
    pub name: String,
    /// Its service account; `None` on a server without service accounts.
    pub account: Option<ServiceAccount>,
}

/// The one user of a workspace.
#[derive(Clone, Debug)]
pub struct ServiceAccount {
    /// The server's id of the account: `sa-…`.
    pub user_id: String,
    /// The server's id of its token, for rotation.
    pub token_id: String,
    pub token: SecretString,
}

/// How a machine's last request to the server stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestState {
    Open,
    Succeeded,
    Failed(MachineError),
    /// Somebody cancelled it.
    Cancelled,
    /// The server does not know it (any more): it forgets requests when it restarts.
    Unknown,
}

/// A machine's state in SkyPilot's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineState {
    /// On its way up.
    Launching,
    /// It was up and is not healthy.
    Unhealthy,
    Up,
    /// Up and about to stop by itself.
    Autostopping,
    Stopped,
}

impl MachineState {
    /// The word in the database and on pages for admins.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Launching => "launching",
            Self::Unhealthy => "unhealthy",
            Self::Up => "up",
            Self::Autostopping => "autostopping",
            Self::Stopped => "stopped",
        }
    }
}

/// A machine as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    pub name: String,
    /// The workspace it is in.
    pub workspace: String,
    pub state: MachineState,
    /// What the server says about the state.
    pub reason: Option<String>,
    /// When it stops by itself.
    pub autostop: Option<Autostop>,
    /// Where it is; cloud in lower case.
    pub placement: Option<Placement>,
    /// What it is, in SkyPilot's words: `1x(gpus=H100:1, p5.4xlarge, ...)`.
    pub resources: String,
    /// When it was launched or started last.
    pub launched_at: Option<Timestamp>,
    /// Whether it has ever been up.
    pub ever_up: bool,
}

/// What is known of one node's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineObservation {
    /// The machine; `None`: the server does not list it.
    pub machine: Option<Machine>,
    /// The request that was asked about.
    pub request: Option<RequestState>,
    /// What happened, oldest first; only of a machine on its way up.
    pub events: Vec<NodeEvent>,
    /// The address for SSH (`host:port`); only of a machine that is up and where the cloud gives one.
    pub address: Option<String>,
}

/// A kind of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineErrorKind {
    /// It does not answer, or not in time, or is too busy.
    Unreachable,
    /// The answer to a call that must not be repeated was lost: look before asking again.
    Unclear,
    /// 401, or the portal's own account lacks a right.
    Unauthorized,
    /// The server speaks another version.
    VersionMismatch,
    /// There is no such machine, job or request.
    NotFound,
    /// The machine is not up.
    NotUp,
    /// No place that was tried has such a machine.
    NoCapacity,
    /// The workspace has no cloud where this could run.
    NoCloudAccess,
    /// The cloud does not accept the credential.
    CloudCredential,
    /// The task, name or request is not accepted.
    Invalid,
    /// Commands on the machine failed.
    CommandFailed,
    /// Anything else the server says.
    Other,
}

/// The server refused, failed or did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MachineError {
    pub kind: MachineErrorKind,
    /// In people's words with the server's own message, without terminal codes; no secret.
    pub message: String,
    /// The server's own name for the error: `ResourcesUnavailableError`.
    pub server_type: Option<String>,
    /// Each place that was tried in vain, in the server's words.
    pub tried: Vec<String>,
    /// More for the log.
    pub detail: Option<String>,
}

pub type Served<T> = Result<T, MachineError>;

/// A handle to a request on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The server, as `hangar check` tells about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHealth {
    /// Its version: `0.14.1`.
    pub version: String,
    /// The number of its protocol.
    pub api_version: u32,
    /// Whether it has service accounts, so that tenants are kept apart by the server too.
    pub service_accounts: bool,
    /// Whether the portal may administer it.
    pub may_administer: bool,
}

/// How to get onto a machine.
#[derive(Clone, Debug)]
pub struct MachineKey {
    pub user: String,
    pub private_key: SecretString,
}

/// A SkyPilot API server.
#[async_trait]
pub trait Machines: Send + Sync {
    /// Asks how the server is.
    async fn health(&self) -> Served<ServerHealth>;

    /// Makes sure that the workspace is there as wanted: private where the server has service
    /// accounts, with its account (of the workspace's name) as the only user, and with the clouds'
    /// configuration. Answers the account with its token if `workspace.account` was `None` and the
    /// server has accounts: an account of the name that is there already gets its token rotated, so
    /// that a crash between making and storing is mended. May be repeated.
    async fn ensure_workspace(&self, workspace: &Workspace) -> Served<Option<ServiceAccount>>;

    /// The clouds where the workspace can run things (`aws`), asked anew from the clouds.
    async fn enabled_clouds(&self, workspace: &Workspace) -> Served<Vec<String>>;

    /// Everything with accelerators that can be launched on any cloud, every region. Slow.
    async fn catalogue(&self) -> Served<Vec<Offer>>;

    /// Whether the server accepts the task. [`MachineErrorKind::Invalid`] says what is wrong.
    async fn validate(&self, workspace: &Workspace, task_yaml: &str) -> Served<()>;

    /// Asks for a machine, once: a launch of the machine that the server took since `since` and
    /// that has not failed is answered instead (`/api/status` tells requests by the machine's name),
    /// so that a lost answer, or a crash before it was written down, is not a second launch.
    async fn launch(
        &self,
        workspace: &Workspace,
        machine: &str,
        task_yaml: &str,
        since: Timestamp,
    ) -> Served<RequestId>;

    /// Asks for a stopped machine to be started. Fine if it is up.
    async fn start(
        &self,
        workspace: &Workspace,
        machine: &str,
        autostop: Option<Autostop>,
    ) -> Served<RequestId>;

    /// Asks for a machine to be stopped. Fine if it is stopped.
    async fn stop(&self, workspace: &Workspace, machine: &str) -> Served<RequestId>;

    /// Cancels launches of the machine that are under way, then asks for it to be taken down. Fine if
    /// it is gone.
    async fn delete(&self, workspace: &Workspace, machine: &str) -> Served<RequestId>;

    /// Sets when a machine that is up stops by itself, and waits for the answer. May be repeated.
    async fn set_autostop(
        &self,
        workspace: &Workspace,
        machine: &str,
        autostop: Option<Autostop>,
    ) -> Served<()>;

    /// Cancels a request, such as a launch under way. Fine if it is over or unknown.
    async fn cancel_request(&self, workspace: &Workspace, request: &RequestId) -> Served<()>;

    /// Looks at one machine, and at the request made for it. Changes nothing.
    async fn observe(
        &self,
        workspace: &Workspace,
        machine: &str,
        request: Option<&RequestId>,
    ) -> Served<MachineObservation>;

    /// Every machine of the workspace; `fresh` asks the clouds instead of the server's memory.
    async fn machines(&self, workspace: &Workspace, fresh: bool) -> Served<Vec<Machine>>;

    /// Every machine on the server whose name begins with
    /// [`PREFIX`](domain::node::machine_name::PREFIX), or whose workspace's does, asked as admin.
    async fn all_machines(&self) -> Served<Vec<Machine>>;

    /// Takes down a machine in whatever workspace, as admin.
    async fn delete_orphan(&self, workspace_name: &str, machine: &str) -> Served<()>;

    /// The key of a machine, read anew.
    async fn key(&self, workspace: &Workspace, machine: &str) -> Served<MachineKey>;

    /// What happened to a machine, oldest first.
    async fn events(&self, workspace: &Workspace, machine: &str) -> Served<Vec<NodeEvent>>;

    /// The jobs of a machine, newest first.
    async fn jobs(&self, workspace: &Workspace, machine: &str) -> Served<Vec<Job>>;

    /// Puts a task into the queue of a machine and waits until it is accepted.
    async fn submit_job(&self, workspace: &Workspace, machine: &str, task_yaml: &str)
    -> Served<()>;

    /// Cancels a job and waits for the answer.
    async fn cancel_job(&self, workspace: &Workspace, machine: &str, job: u64) -> Served<()>;

    /// A log: chunks of whole lines without terminal codes and heartbeats, each ending in a line end.
    /// `tail`: only the last so many lines. `follow`: until the job or the launch ends. The log of
    /// a launch under way is that of `request`, if the server knows it.
    async fn log(
        &self,
        workspace: &Workspace,
        machine: &str,
        request: Option<&RequestId>,
        log: NodeLog,
        follow: bool,
        tail: Option<u32>,
    ) -> Served<BoxStream<'static, Served<String>>>;
}
