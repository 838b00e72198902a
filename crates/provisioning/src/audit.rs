//! Audit entries: who did what to what, from where, with what outcome.

use domain::{
    caller::Caller,
    ids::{AuditId, TenantId, UserId},
};
use jiff::Timestamp;

/// What can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// Somebody signed in.
    SignIn,
    /// Somebody signed out.
    SignOut,
    /// A cluster was ordered.
    OrderCluster,
    /// A cluster became usable.
    ClusterReady,
    /// A kubeconfig was handed out.
    ReadKubeconfig,
    /// Somebody (or its end time) asked for a cluster to be deleted.
    DeleteCluster,
    /// A cluster was gone.
    ClusterDeleted,
    /// An API token was made.
    CreateToken,
    /// An API token was ended.
    RevokeToken,
    /// A platform role was granted.
    GrantRole,
    /// A node was ordered.
    OrderNode,
    /// A node became usable.
    NodeReady,
    /// Somebody asked for a node to be stopped.
    StopNode,
    /// Somebody asked for a node to be started.
    StartNode,
    /// Somebody changed when a node stops by itself.
    ChangeAutostop,
    /// Somebody (or its end time) asked for a node to be taken down.
    TakeDownNode,
    /// A node was gone.
    NodeTakenDown,
    /// The key to a node was handed out.
    ReadNodeKey,
    /// A log of a node was read.
    ReadNodeLog,
    /// A job was submitted to a node.
    SubmitJob,
    /// A job on a node was cancelled.
    CancelJob,
    /// Somebody asked for a machine that nobody ordered to be taken down.
    TakeDownOrphan,
    /// A cloud credential was used.
    UseCredential,
    /// A cloud credential was stored or removed.
    ChangeCredential,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 24] = [
        Self::SignIn,
        Self::SignOut,
        Self::OrderCluster,
        Self::ClusterReady,
        Self::ReadKubeconfig,
        Self::DeleteCluster,
        Self::ClusterDeleted,
        Self::CreateToken,
        Self::RevokeToken,
        Self::GrantRole,
        Self::OrderNode,
        Self::NodeReady,
        Self::StopNode,
        Self::StartNode,
        Self::ChangeAutostop,
        Self::TakeDownNode,
        Self::NodeTakenDown,
        Self::ReadNodeKey,
        Self::ReadNodeLog,
        Self::SubmitJob,
        Self::CancelJob,
        Self::TakeDownOrphan,
        Self::UseCredential,
        Self::ChangeCredential,
    ];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignOut => "sign_out",
            Self::OrderCluster => "order_cluster",
            Self::ClusterReady => "cluster_ready",
            Self::ReadKubeconfig => "read_kubeconfig",
            Self::DeleteCluster => "delete_cluster",
            Self::ClusterDeleted => "cluster_deleted",
            Self::CreateToken => "create_token",
            Self::RevokeToken => "revoke_token",
            Self::GrantRole => "grant_role",
            Self::OrderNode => "order_node",
            Self::NodeReady => "node_ready",
            Self::StopNode => "stop_node",
            Self::StartNode => "start_node",
            Self::ChangeAutostop => "change_autostop",
            Self::TakeDownNode => "take_down_node",
            Self::NodeTakenDown => "node_taken_down",
            Self::ReadNodeKey => "read_node_key",
            Self::ReadNodeLog => "read_node_log",
            Self::SubmitJob => "submit_job",
            Self::CancelJob => "cancel_job",
            Self::TakeDownOrphan => "take_down_orphan",
            Self::UseCredential => "use_credential",
            Self::ChangeCredential => "change_credential",
        }
    }

    /// In words, between who and what: “ordered”.
    pub fn words(self) -> &'static str {
        match self {
            Self::SignIn => "signed in",
            Self::SignOut => "signed out",
            Self::OrderCluster => "ordered",
            Self::ClusterReady => "brought up",
            Self::ReadKubeconfig => "downloaded the kubeconfig of",
            Self::DeleteCluster => "asked to delete",
            Self::ClusterDeleted => "took down",
            Self::CreateToken => "made the API token",
            Self::RevokeToken => "revoked the API token",
            Self::GrantRole => "granted a role to",
            Self::OrderNode => "ordered",
            Self::NodeReady => "brought up",
            Self::StopNode => "stopped",
            Self::StartNode => "started",
            Self::ChangeAutostop => "changed the idle time of",
            Self::TakeDownNode => "asked to take down",
            Self::NodeTakenDown => "took down",
            Self::ReadNodeKey => "was given the key to",
            Self::ReadNodeLog => "read a log of",
            Self::SubmitJob => "submitted a job to",
            Self::CancelJob => "cancelled a job on",
            Self::TakeDownOrphan => "asked to take down the orphan",
            Self::UseCredential => "used the cloud credential of",
            Self::ChangeCredential => "changed the cloud credential of",
        }
    }
}

/// One entry, as written. The store adds its place in the chain of hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who; `None` is the portal or the command line.
    pub user_id: Option<UserId>,
    /// Their name at the time.
    pub who: String,
    /// `session`, `api_token`, `portal`, `command_line`, or that of an API server:
    /// `client_certificate`, `credential_handle`.
    pub channel: String,
    /// The address it came from.
    pub source: Option<String>,
    /// What was done.
    pub action: AuditAction,
    /// The tenant it concerns.
    pub tenant_id: Option<TenantId>,
    /// The kind and id of what it was done to: `cluster/0197…`.
    pub target: String,
    /// Its name at the time.
    pub target_name: String,
    /// More, in words; never a secret.
    pub detail: Option<String>,
}

impl AuditEntry {
    /// An entry about something `caller` does.
    pub fn by(
        caller: &Caller,
        action: AuditAction,
        at: Timestamp,
        target: impl Into<String>,
        target_name: impl Into<String>,
    ) -> Self {
        Self {
            id: crate::new_id(),
            at,
            user_id: caller.user_id,
            who: caller.name.clone(),
            channel: caller.channel.as_str().to_owned(),
            source: caller.source.clone(),
            action,
            tenant_id: None,
            target: target.into(),
            target_name: target_name.into(),
            detail: None,
        }
    }

    /// Names the tenant it concerns.
    #[must_use]
    pub fn in_tenant(mut self, tenant: TenantId) -> Self {
        self.tenant_id = Some(tenant);
        self
    }

    /// Adds more in words.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
