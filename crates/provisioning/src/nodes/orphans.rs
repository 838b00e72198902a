//! Machines on the SkyPilot API server that nobody ordered here.

use super::NodeService;
use crate::{
    audit::{AuditAction, AuditEntry},
    node_records::OrphanRemoval,
};
use domain::{
    access::PlatformAction,
    caller::Caller,
    node::view::Orphan,
    problem::{FieldError, Problem},
};
use jiff::Timestamp;

impl NodeService {
    pub(super) async fn list_orphans(&self, caller: &Caller) -> Result<Vec<Orphan>, Problem> {
        if !caller.may_on_platform(PlatformAction::ManageOrphans) {
            return Err(Problem::forbidden(PlatformAction::ManageOrphans.words()));
        }
        Ok(self.store.orphans().await?)
    }

    pub(super) async fn remove_orphan(
        &self,
        caller: &Caller,
        machine: &str,
        confirmation: &str,
    ) -> Result<(), Problem> {
        let orphan = self
            .list_orphans(caller)
            .await?
            .into_iter()
            .find(|orphan| orphan.machine == machine)
            .ok_or_else(|| Problem::not_found("machine"))?;
        if confirmation.trim() != orphan.machine {
            return Err(Problem::invalid(vec![FieldError::new(
                "confirmation",
                format!("Type {} to confirm.", orphan.machine),
            )]));
        }
        let now = Timestamp::now();
        let audit = AuditEntry::by(
            caller,
            AuditAction::TakeDownOrphan,
            now,
            format!("machine/{}", orphan.machine),
            orphan.machine.clone(),
        )
        .with_detail(format!(
            "{} in workspace {}",
            orphan.resources, orphan.workspace
        ));
        let removal = OrphanRemoval {
            machine: orphan.machine,
            workspace: orphan.workspace,
            asked_at: now,
        };
        self.store.store_orphan_removal(removal, audit).await?;
        Ok(())
    }
}
