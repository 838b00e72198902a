//! Machines on the SkyPilot API server that do not belong to a node.

use super::Nodes;
use crate::{
    authorization::{authorize_on_platform, authorize_platform_change},
    errors::confirm,
};
use domain::{
    access::PlatformAction, audit::AuditAction, caller::Caller, node::view::Orphan,
    problem::Problem,
};
use jiff::Timestamp;
use persistence::{audit_records::AuditEntry, node_records::OrphanRemoval};

impl Nodes {
    /// Machines on the SkyPilot API server that do not belong to a node; for platform admins.
    ///
    /// # Errors
    /// Forbidden, or the database fails.
    pub async fn orphans(&self, caller: &Caller) -> Result<Vec<Orphan>, Problem> {
        authorize_on_platform(caller, PlatformAction::ManageOrphans)?;
        Ok(self.db.server_reports().orphans().await?)
    }

    /// Terminates such a machine; `confirmation` must be its name.
    ///
    /// # Errors
    /// Forbidden, not found, or another confirmation.
    pub async fn delete_orphan(
        &self,
        caller: &Caller,
        machine: &str,
        confirmation: &str,
    ) -> Result<(), Problem> {
        let entry = |target: &str| {
            let (now, recorded) = (Timestamp::now(), AuditAction::DeleteOrphan);
            AuditEntry::by(caller, recorded, now, format!("machine/{target}"), target)
        };
        let action = PlatformAction::ManageOrphans;
        authorize_platform_change(&self.db, caller, action, || entry(machine)).await?;
        let orphan = self
            .db
            .server_reports()
            .orphans()
            .await?
            .into_iter()
            .find(|orphan| orphan.machine == machine)
            .ok_or_else(|| Problem::not_found("machine"))?;
        confirm(confirmation, &orphan.machine)?;
        let audit = entry(&orphan.machine).with_detail(format!(
            "{} in workspace {}",
            orphan.resources, orphan.workspace
        ));
        let removal = OrphanRemoval {
            machine: orphan.machine,
            workspace: orphan.workspace,
            asked_at: audit.at,
        };
        self.db
            .server_reports()
            .delete_orphan(removal, audit)
            .await?;
        Ok(())
    }
}
