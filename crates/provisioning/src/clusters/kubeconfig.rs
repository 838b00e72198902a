//! Kubeconfigs: read from the host each time, audited, never stored.

use super::{Clusters, view::has_kubeconfig};
use crate::errors::{ClusterNotReady, host_problem};
use domain::{
    access::Action, audit::AuditAction, caller::Caller, cluster::Kubeconfig, ids::ClusterId,
    problem::Problem,
};
use jiff::Timestamp;
use persistence::audit_records::AuditEntry;

impl Clusters {
    /// The kubeconfig, read from the cluster each time. Audited first: no audit entry, no
    /// kubeconfig.
    ///
    /// # Errors
    /// Not found, forbidden, not ready, or the host does not respond.
    pub async fn kubeconfig(&self, caller: &Caller, id: ClusterId) -> Result<Kubeconfig, Problem> {
        let recorded = AuditAction::ReadKubeconfig;
        let cluster = self
            .authorized_change(caller, Action::ReadKubeconfig, recorded, id)
            .await?;
        if !has_kubeconfig(cluster.state) {
            return Err(ClusterNotReady {
                name: cluster.name.to_string(),
                state: cluster.state,
            }
            .into());
        }
        let content = self.backend.hosts.kubeconfig(&(&cluster).into()).await;
        let content = content.map_err(|error| host_problem(&cluster, error))?;
        // No entry, no kubeconfig: the entry is committed before anything leaves.
        self.db
            .audit()
            .append(
                AuditEntry::by(
                    caller,
                    AuditAction::ReadKubeconfig,
                    Timestamp::now(),
                    format!("cluster/{id}"),
                    cluster.name.as_str(),
                )
                .in_tenant(cluster.tenant.id),
            )
            .await?;
        Ok(Kubeconfig {
            content,
            file_name: format!("{}.kubeconfig.yaml", cluster.name),
            context: cluster.name.to_string(),
        })
    }
}
