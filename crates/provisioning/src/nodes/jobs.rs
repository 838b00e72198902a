//! Jobs on a node, in SkyPilot's queue on its machine.

use super::Nodes;
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    ids::NodeId,
    node::{
        job::{Job, JobInput},
        task::job_yaml,
    },
    problem::Problem,
};

impl Nodes {
    /// Its jobs, newest first.
    ///
    /// # Errors
    /// Not found, not up, or the SkyPilot API server does not respond.
    pub async fn jobs(&self, caller: &Caller, id: NodeId) -> Result<Vec<Job>, Problem> {
        let node = self.authorized(caller, Action::ReadNode, id).await?;
        Self::require_up(&node, "The job queue is")?;
        let workspace = self.workspace(&node).await?;
        let outcome = self
            .backend()?
            .machines
            .jobs(&workspace, &node.machine)
            .await;
        Ok(outcome?)
    }

    /// Puts a command into its queue.
    ///
    /// # Errors
    /// Not found, forbidden, not up, or the SkyPilot API server does not respond.
    pub async fn submit_job(
        &self,
        caller: &Caller,
        id: NodeId,
        input: JobInput,
    ) -> Result<(), Problem> {
        let recorded = AuditAction::SubmitJob;
        let node = self
            .authorized_change(caller, Action::OperateNode, recorded, id)
            .await?;
        let order = input.validate().map_err(Problem::invalid)?;
        Self::require_up(&node, "The job queue is")?;
        let workspace = self.workspace(&node).await?;
        self.audit(caller, AuditAction::SubmitJob, &node, order.name.clone())
            .await?;
        let outcome = self
            .backend()?
            .machines
            .submit_job(
                &workspace,
                &node.machine,
                &job_yaml(order.name.as_deref(), &order.run),
            )
            .await;
        Ok(outcome?)
    }

    /// Cancels a job.
    ///
    /// # Errors
    /// Not found, forbidden, not up, or the SkyPilot API server does not respond.
    pub async fn cancel_job(&self, caller: &Caller, id: NodeId, job: u64) -> Result<(), Problem> {
        let recorded = AuditAction::CancelJob;
        let node = self
            .authorized_change(caller, Action::OperateNode, recorded, id)
            .await?;
        require_possible(job)?;
        Self::require_up(&node, "The job queue is")?;
        let workspace = self.workspace(&node).await?;
        self.audit(
            caller,
            AuditAction::CancelJob,
            &node,
            Some(format!("job {job}")),
        )
        .await?;
        let outcome = self
            .backend()?
            .machines
            .cancel_job(&workspace, &node.machine, job)
            .await;
        Ok(outcome?)
    }
}

/// SkyPilot numbers jobs with signed 64-bit integers and fails at a larger number, which no job can have.
pub(super) fn require_possible(job: u64) -> Result<(), Problem> {
    match i64::try_from(job) {
        Ok(_) => Ok(()),
        Err(_) => Err(Problem::not_found("job")),
    }
}
