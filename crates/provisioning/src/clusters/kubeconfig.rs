//! Handing out a kubeconfig: read anew each time, audited, never stored.

use super::{Clusters, host_problem, view::has_kubeconfig};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    cluster::Kubeconfig,
    ids::ClusterId,
    problem::{Problem, ProblemKind},
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
            return Err(Problem::new(
                ProblemKind::NotReady,
                format!(
                    "{} is {}; there is a kubeconfig once it is ready.",
                    cluster.name,
                    cluster.state.title().to_lowercase()
                ),
            )
            .next("Watch the steps on the cluster's page and try again then."));
        }
        let content = self
            .backend
            .hosts
            .kubeconfig(&(&cluster).into())
            .await
            .map_err(|error| host_problem(&error))?;
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
