//! Restore: puts right what others changed on the host, and resumes a cluster that was stopped there.

use super::Clusters;
use crate::{
    errors::RestoreError,
    resources::{audit_entry, view},
};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    cluster::{Cluster, ClusterKind, ClusterState},
    drift::summary,
    failure::FailureCode,
    ids::ClusterId,
    operation::{Operation, OperationKind},
    problem::Problem,
};
use jiff::Timestamp;
use persistence::{new_id, records::ClusterRecord};

/// How often the request is stored again that the reconciler's writes came before.
const ATTEMPTS: usize = 5;

impl Clusters {
    /// Restores it: the reconciler puts everything right on the host. Restoring it again is not an error.
    ///
    /// # Errors
    /// Not found, forbidden, or not possible in its state.
    pub async fn restore(&self, caller: &Caller, id: ClusterId) -> Result<Cluster, Problem> {
        let (action, recorded) = (Action::RestoreCluster, AuditAction::RestoreCluster);
        for _ in 0..ATTEMPTS {
            let cluster = self.authorized_change(caller, action, recorded, id).await?;
            let now = Timestamp::now();
            let kind = OperationKind::RestoreCluster;
            if cluster.operation.kind == kind && cluster.operation.finished_at.is_none() {
                return Ok(view(cluster, caller, now));
            }
            if !can_restore(&cluster) {
                let (name, state) = (cluster.name.to_string(), cluster.state);
                return Err(RestoreError::WrongState { name, state }.into());
            }
            let mut audit = audit_entry::<ClusterKind>(caller, recorded, &cluster);
            let found = &cluster.drift.found;
            audit.detail = (!found.is_empty()).then(|| summary(found));
            let operation = Operation::begin(new_id(), kind, now);
            let clusters = self.db.clusters();
            if let Some(restoring) = clusters
                .restore(id, cluster.version, operation, audit)
                .await?
            {
                return Ok(view(restoring, caller, now));
            }
        }
        Err(RestoreError::KeepsChanging.into())
    }
}

/// Whether it can be used, or could be until it was stopped on the host.
pub(super) fn can_restore(cluster: &ClusterRecord) -> bool {
    let failure = cluster.failure.as_ref();
    let is_stopped = failure.is_some_and(|failure| failure.code == FailureCode::Stopped);
    match cluster.state {
        ClusterState::Ready | ClusterState::Degraded => true,
        ClusterState::Failed => is_stopped,
        _ => false,
    }
}
