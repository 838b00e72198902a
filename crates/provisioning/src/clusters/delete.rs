//! Deleting a cluster.

use super::{Clusters, view};
use crate::errors::confirm;
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    cluster::Cluster,
    ids::ClusterId,
    operation::{Operation, OperationKind},
    problem::Problem,
};
use jiff::Timestamp;
use persistence::{audit_records::AuditEntry, new_id};

impl Clusters {
    /// Deletes it; `confirmation` must be its name. Deleting it again is not an error.
    ///
    /// # Errors
    /// Not found, forbidden, or another confirmation.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: ClusterId,
        confirmation: &str,
    ) -> Result<Cluster, Problem> {
        let recorded = AuditAction::DeleteCluster;
        let cluster = self
            .authorized_change(caller, Action::DeleteCluster, recorded, id)
            .await?;
        confirm(confirmation, cluster.name.as_str())?;
        let now = Timestamp::now();
        let audit = AuditEntry::by(
            caller,
            AuditAction::DeleteCluster,
            now,
            format!("cluster/{id}"),
            cluster.name.as_str(),
        )
        .in_tenant(cluster.tenant.id);
        let operation = Operation::begin(new_id(), OperationKind::DeleteCluster, now);
        let deleting = self
            .db
            .clusters()
            .delete(id, operation, audit)
            .await?
            .ok_or_else(|| Problem::not_found("cluster"))?;
        Ok(view::cluster(deleting, caller))
    }
}
