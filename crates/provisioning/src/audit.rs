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
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 10] = [
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
    /// `session`, `api_token`, `portal` or `command_line`.
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
