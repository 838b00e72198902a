//! One pass over one node: observe, decide, act, record.

use super::{
    PassError,
    assessment::{Assessment, Move, assess, mark_requested, unchanged},
};
use crate::{
    nodes::SkyPilotBackend,
    ports::machines::{MachineError, MachineErrorKind, RequestId, Workspace},
    reconciler::{backoff, failures},
    resources::{delete_expired, outcome},
};
use domain::{
    audit::AuditAction,
    failure::Failure,
    node::view::{NodeKind, NodeState},
    operation::{OperationKind, StepState},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    audit_records::AuditEntry,
    error::StoreError,
    node_records::{NodeProgress, NodeRecord},
    records::Claim,
};

/// After this many failures in a row a node that was ready is shown as degraded.
const DEGRADED_AFTER: u32 = 3;
/// How often a workspace that is not ready yet is looked at for its nodes.
const FOR_WORKSPACE: SignedDuration = SignedDuration::from_millis(250);

/// Works on a claimed node and writes the outcome, which ends the claim.
pub(super) async fn run(
    db: &Database,
    skypilot: &SkyPilotBackend,
    claim: &Claim<NodeRecord>,
) -> Result<(), StoreError> {
    let node = &claim.record;
    let now = Timestamp::now();
    if delete_expired::<NodeKind>(db, node, now).await? {
        // Ends the claim; the deletion just stored stays and is due at once.
        let mut progress = unchanged(node, now);
        progress.due_at = Some(now);
        db.nodes().record(claim, progress).await?;
        return Ok(());
    }
    let mut progress = match advance(db, skypilot, claim, now).await {
        Ok(progress) => progress,
        Err(PassError::Server(error)) => after_machine_error(node, &error, now),
        Err(PassError::Seal(error)) => {
            without_workspace(node, Some(failures::of_seal_error(&error)), now)
        }
        Err(PassError::Store(error)) => return Err(error),
    };
    if let Some(placement) = &progress.placement {
        let offers = skypilot.catalogue.current();
        progress.price_per_hour = offers
            .price(&node.spec, placement)
            .or(progress.price_per_hour);
    }
    progress.audit = audit(node, &progress);
    if !db.nodes().record(claim, progress).await? {
        tracing::info!("claim was lost; another worker goes on");
    }
    Ok(())
}

/// Takes the node one step further in its workspace.
async fn advance(
    db: &Database,
    skypilot: &SkyPilotBackend,
    claim: &Claim<NodeRecord>,
    now: Timestamp,
) -> Result<NodeProgress, PassError> {
    let node = &claim.record;
    let record = db.workspaces().of_environment(node.environment.id).await?;
    let Some(record) = record else {
        db.workspaces().seed().await?;
        return Ok(without_workspace(node, None, now));
    };
    if !record.ready {
        return Ok(without_workspace(node, record.failure, now));
    }
    let workspace = skypilot.open(&record).await?;
    step(db, skypilot, &workspace, claim, now).await
}

/// A node whose workspace is not ready waits for it. It has no machine in there yet.
fn without_workspace(node: &NodeRecord, failure: Option<Failure>, now: Timestamp) -> NodeProgress {
    let mut progress = unchanged(node, now);
    progress.due_at = Some(now + FOR_WORKSPACE);
    if node.state == NodeState::Deleting && node.request.is_none() && node.seen.is_none() {
        progress.state = NodeState::Deleted;
        progress.deleted_at = Some(now);
        for step in &mut progress.operation.steps {
            step.state = StepState::Done;
            step.started_at.get_or_insert(now);
            step.finished_at.get_or_insert(now);
        }
        progress.operation.finished_at = Some(now);
        progress.failure = None;
        progress.due_at = None;
        return progress;
    }
    if node.state == NodeState::Pending {
        progress.state = NodeState::Provisioning;
    }
    if node.state.is_moving() {
        if let Some(step) = progress
            .operation
            .steps
            .iter_mut()
            .find(|step| step.state != StepState::Done)
        {
            step.state = StepState::Running;
            step.detail = failure.as_ref().map(|failure| failure.message.clone());
        }
        progress.failure = failure;
    }
    progress
}

/// Looks at the node's machine and does the next thing.
async fn step(
    db: &Database,
    skypilot: &SkyPilotBackend,
    workspace: &Workspace,
    claim: &Claim<NodeRecord>,
    now: Timestamp,
) -> Result<NodeProgress, PassError> {
    let node = &claim.record;
    let machines = &*skypilot.machines;
    let under_way = node.request.clone().map(RequestId);
    let seen = machines
        .observe(workspace, &node.machine, under_way.as_ref())
        .await?;
    let Assessment { next, mut progress } = assess(node, &seen, now);
    let request = match next {
        Move::Wait => return Ok(progress),
        Move::SetAutostop(wanted) => {
            machines
                .set_autostop(workspace, &node.machine, wanted)
                .await?;
            return Ok(progress);
        }
        Move::Launch => {
            machines
                .launch(
                    workspace,
                    &node.machine,
                    &node.task_yaml,
                    node.operation.started_at,
                )
                .await?
        }
        Move::Start => {
            machines
                .start(workspace, &node.machine, node.autostop)
                .await?
        }
        Move::Stop => machines.stop(workspace, &node.machine).await?,
        Move::Delete => {
            if let Some(request) = &under_way {
                machines.cancel_request(workspace, request).await?;
            }
            machines.delete(workspace, &node.machine).await?
        }
    };
    // The request is written down before anything else can go wrong.
    mark_requested(&mut progress.operation, Timestamp::now());
    let noted = db
        .nodes()
        .note_request(claim, &request.0, &progress.operation)
        .await?;
    if !noted {
        tracing::info!(request = %request.0, "requested while the desired state changed");
    }
    progress.request = Some(request.0);
    progress.due_at = Some(Timestamp::now());
    Ok(progress)
}

/// What is written when the server refused or did not answer.
fn after_machine_error(node: &NodeRecord, error: &MachineError, now: Timestamp) -> NodeProgress {
    let attempts = node.operation.attempts.saturating_add(1);
    let mut failure = failures::of_machine_error(error);
    // What the server finds wrong with the order itself does not pass by waiting.
    let ends = error.kind == MachineErrorKind::Invalid
        && matches!(node.operation.kind, OperationKind::LaunchNode)
        && node.operation.finished_at.is_none();
    let lasting = ends
        || matches!(
            error.kind,
            MachineErrorKind::Unauthorized
                | MachineErrorKind::VersionMismatch
                | MachineErrorKind::CloudCredential
        );
    failure.retrying = !ends;
    let state = match node.state {
        NodeState::Ready | NodeState::Degraded if attempts >= DEGRADED_AFTER => NodeState::Degraded,
        NodeState::Pending | NodeState::Provisioning if lasting => NodeState::Failed,
        state => state,
    };
    let mut progress = unchanged(node, now);
    progress.operation.attempts = attempts;
    if progress.operation.finished_at.is_none() {
        progress.operation.failure = Some(failure.clone());
        if let Some(step) = progress
            .operation
            .steps
            .iter_mut()
            .find(|step| step.state != StepState::Done)
        {
            step.state = if lasting {
                StepState::Failed
            } else {
                StepState::Running
            };
            step.detail = Some(failure.message.clone());
        }
        if ends {
            progress.operation.finished_at = Some(now);
        }
    }
    // A node that is merely out of sight for a moment is not shown as failing.
    let settled = matches!(state, NodeState::Ready | NodeState::Stopped);
    if !settled && !matches!(node.state, NodeState::Failed) || ends {
        progress.failure = Some(failure);
    }
    progress.state = state;
    progress.due_at = Some(now + backoff::pause(attempts));
    if attempts == 1 {
        tracing::warn!(
            machine = %node.machine, kind = ?error.kind, %error,
            detail = ?error.detail, "SkyPilot API server"
        );
    }
    progress
}

/// The audit entry that an outcome is worth.
fn audit(node: &NodeRecord, progress: &NodeProgress) -> Option<AuditEntry> {
    let entry = outcome(node, progress)?;
    if entry.action == AuditAction::NodeDeleted
        && progress.operation.kind != OperationKind::DeleteNode
    {
        return Some(entry.with_detail(
            "SkyPilot no longer lists the machine: it was idle, or it was terminated outside Hangar",
        ));
    }
    Some(entry)
}
