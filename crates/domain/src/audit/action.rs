//! What the audit log records.

use serde::{Deserialize, Serialize};

/// What can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
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
    DeleteNode,
    /// A node was gone.
    NodeDeleted,
    /// The key to a node was handed out.
    ReadNodeKey,
    /// A log of a node was read.
    ReadNodeLog,
    /// A job was submitted to a node.
    SubmitJob,
    /// A job on a node was cancelled.
    CancelJob,
    /// Somebody asked for a machine that nobody ordered to be taken down.
    DeleteOrphan,
    /// A cloud credential was used.
    UseCredential,
    /// A cloud credential was stored or removed.
    ChangeCredential,
    /// A role was taken away.
    RevokeRole,
    /// Somebody was suspended.
    SuspendUser,
    /// Somebody suspended was restored.
    RestoreUser,
    /// Every session of somebody was ended.
    SignOutEverywhere,
    /// A tenant was created.
    CreateTenant,
    /// A tenant was renamed.
    ChangeTenant,
    /// A tenant was archived.
    ArchiveTenant,
    /// An environment was created.
    CreateEnvironment,
    /// An environment was renamed, or its limits were changed.
    ChangeEnvironment,
    /// An environment was archived.
    ArchiveEnvironment,
    /// Somebody was given a role in a tenant.
    GrantMembership,
    /// Somebody's role in a tenant was taken away.
    RevokeMembership,
    /// An address was invited.
    Invite,
    /// An invitation was withdrawn.
    CancelInvitation,
    /// Somebody who had been invited signed in for the first time.
    AcceptInvitation,
    /// A cloud credential was stored.
    CreateCredential,
    /// The secret of a cloud credential was replaced.
    ReplaceCredential,
    /// A cloud credential was renamed or made the default.
    RenameCredential,
    /// A cloud credential was suspended.
    SuspendCredential,
    /// A suspended cloud credential was restored.
    RestoreCredential,
    /// A cloud credential was deleted.
    DeleteCredential,
    /// A cloud credential was tried with its provider.
    CheckCredential,
    /// A host cluster was asked about the portal's permissions.
    CheckHost,
    /// Secrets were wrapped anew under another key.
    RotateKeys,
    /// An API server was given a certificate for the broker.
    IssueBrokerIdentity,
    /// An API server's certificate for the broker was revoked.
    RevokeBrokerIdentity,
    /// The audit log was exported.
    ExportAudit,
    /// People of the identity provider were looked at.
    ReadPool,
    /// Somebody was invited at the identity provider.
    InviteToPool,
    /// Somebody was disabled at the identity provider.
    DisableInPool,
    /// Somebody was enabled at the identity provider.
    EnableInPool,
    /// Somebody's password at the identity provider was reset.
    ResetPasswordInPool,
    /// Somebody was put into a group at the identity provider.
    JoinGroupInPool,
    /// Somebody was taken out of a group at the identity provider.
    LeaveGroupInPool,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 58] = [
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
        Self::DeleteNode,
        Self::NodeDeleted,
        Self::ReadNodeKey,
        Self::ReadNodeLog,
        Self::SubmitJob,
        Self::CancelJob,
        Self::DeleteOrphan,
        Self::UseCredential,
        Self::ChangeCredential,
        Self::RevokeRole,
        Self::SuspendUser,
        Self::RestoreUser,
        Self::SignOutEverywhere,
        Self::CreateTenant,
        Self::ChangeTenant,
        Self::ArchiveTenant,
        Self::CreateEnvironment,
        Self::ChangeEnvironment,
        Self::ArchiveEnvironment,
        Self::GrantMembership,
        Self::RevokeMembership,
        Self::Invite,
        Self::CancelInvitation,
        Self::AcceptInvitation,
        Self::CreateCredential,
        Self::ReplaceCredential,
        Self::RenameCredential,
        Self::SuspendCredential,
        Self::RestoreCredential,
        Self::DeleteCredential,
        Self::CheckCredential,
        Self::CheckHost,
        Self::RotateKeys,
        Self::IssueBrokerIdentity,
        Self::RevokeBrokerIdentity,
        Self::ExportAudit,
        Self::ReadPool,
        Self::InviteToPool,
        Self::DisableInPool,
        Self::EnableInPool,
        Self::ResetPasswordInPool,
        Self::JoinGroupInPool,
        Self::LeaveGroupInPool,
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
            Self::DeleteNode => "delete_node",
            Self::NodeDeleted => "node_deleted",
            Self::ReadNodeKey => "read_node_key",
            Self::ReadNodeLog => "read_node_log",
            Self::SubmitJob => "submit_job",
            Self::CancelJob => "cancel_job",
            Self::DeleteOrphan => "delete_orphan",
            Self::UseCredential => "use_credential",
            Self::ChangeCredential => "change_credential",
            Self::RevokeRole => "revoke_role",
            Self::SuspendUser => "suspend_user",
            Self::RestoreUser => "restore_user",
            Self::SignOutEverywhere => "sign_out_everywhere",
            Self::CreateTenant => "create_tenant",
            Self::ChangeTenant => "change_tenant",
            Self::ArchiveTenant => "archive_tenant",
            Self::CreateEnvironment => "create_environment",
            Self::ChangeEnvironment => "change_environment",
            Self::ArchiveEnvironment => "archive_environment",
            Self::GrantMembership => "grant_membership",
            Self::RevokeMembership => "revoke_membership",
            Self::Invite => "invite",
            Self::CancelInvitation => "cancel_invitation",
            Self::AcceptInvitation => "accept_invitation",
            Self::CreateCredential => "create_credential",
            Self::ReplaceCredential => "replace_credential",
            Self::RenameCredential => "rename_credential",
            Self::SuspendCredential => "suspend_credential",
            Self::RestoreCredential => "restore_credential",
            Self::DeleteCredential => "delete_credential",
            Self::CheckCredential => "check_credential",
            Self::CheckHost => "check_host",
            Self::RotateKeys => "rotate_keys",
            Self::IssueBrokerIdentity => "issue_broker_identity",
            Self::RevokeBrokerIdentity => "revoke_broker_identity",
            Self::ExportAudit => "export_audit",
            Self::ReadPool => "read_pool",
            Self::InviteToPool => "invite_to_pool",
            Self::DisableInPool => "disable_in_pool",
            Self::EnableInPool => "enable_in_pool",
            Self::ResetPasswordInPool => "reset_password_in_pool",
            Self::JoinGroupInPool => "join_group_in_pool",
            Self::LeaveGroupInPool => "leave_group_in_pool",
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
            Self::DeleteNode => "asked to take down",
            Self::NodeDeleted => "took down",
            Self::ReadNodeKey => "was given the key to",
            Self::ReadNodeLog => "read a log of",
            Self::SubmitJob => "submitted a job to",
            Self::CancelJob => "cancelled a job on",
            Self::DeleteOrphan => "asked to take down the orphan",
            Self::UseCredential => "used the credential",
            Self::ChangeCredential => "changed the cloud credential of",
            Self::RevokeRole => "took a role from",
            Self::SuspendUser => "suspended",
            Self::RestoreUser => "restored",
            Self::SignOutEverywhere => "signed out everywhere",
            Self::CreateTenant => "created the tenant",
            Self::ChangeTenant => "changed the tenant",
            Self::ArchiveTenant => "archived the tenant",
            Self::CreateEnvironment => "created the environment",
            Self::ChangeEnvironment => "changed the environment",
            Self::ArchiveEnvironment => "archived the environment",
            Self::GrantMembership => "gave a role in the tenant to",
            Self::RevokeMembership => "took the role in the tenant from",
            Self::Invite => "invited",
            Self::CancelInvitation => "withdrew the invitation of",
            Self::AcceptInvitation => "accepted the invitation to",
            Self::CreateCredential => "stored the credential",
            Self::ReplaceCredential => "replaced the secret of the credential",
            Self::RenameCredential => "changed the credential",
            Self::SuspendCredential => "suspended the credential",
            Self::RestoreCredential => "restored the credential",
            Self::DeleteCredential => "deleted the credential",
            Self::CheckCredential => "checked the credential",
            Self::CheckHost => "checked the host cluster",
            Self::RotateKeys => "wrapped the secrets anew under",
            Self::IssueBrokerIdentity => "issued the broker identity",
            Self::RevokeBrokerIdentity => "revoked the broker identity",
            Self::ExportAudit => "exported",
            Self::ReadPool => "looked at the people of",
            Self::InviteToPool => "invited at the identity provider",
            Self::DisableInPool => "disabled at the identity provider",
            Self::EnableInPool => "enabled at the identity provider",
            Self::ResetPasswordInPool => "reset the password of",
            Self::JoinGroupInPool => "put into a group",
            Self::LeaveGroupInPool => "took out of a group",
        }
    }
}
