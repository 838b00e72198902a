//! One pass over one workspace: make sure it is there, ask which clouds it may use, and compare its
//! machines with what its nodes were last seen as.

use super::PassError;
use crate::{
    nodes::SkyPilotBackend,
    ports::machines::{MachineErrorKind, Workspace},
    reconciler::{backoff, failures},
};
use domain::operation::OperationKind;
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    error::StoreError,
    node_records::{WorkspaceProgress, WorkspaceRecord},
    records::Claim,
};
use std::collections::HashMap;

/// How often machines are compared where there are nodes: a machine that was ended behind our back
/// has to show within a minute.
const WITH_NODES: SignedDuration = SignedDuration::from_secs(30);
/// How often an empty workspace is looked at.
const EMPTY: SignedDuration = SignedDuration::from_mins(10);
/// How long the clouds' answers hold. Asking takes the server many seconds.
const CLOUDS_HOLD: SignedDuration = SignedDuration::from_mins(30);

/// Works on a claimed workspace and writes the outcome, which ends the claim.
pub(super) async fn run(
    db: &Database,
    skypilot: &SkyPilotBackend,
    claim: &Claim<WorkspaceRecord>,
) -> Result<(), StoreError> {
    let mut progress = unchanged(&claim.record);
    let outcome = look(db, skypilot, &claim.record, &mut progress).await;
    match outcome {
        Ok(()) => {
            progress.failure = None;
            progress.attempts = 0;
        }
        Err(PassError::Store(error)) => return Err(error),
        Err(PassError::Server(error)) => {
            if progress.attempts == 0 {
                tracing::warn!(%error, detail = ?error.detail, "SkyPilot API server");
            }
            progress.failure = Some(failures::of_machine_error(&error));
            again(&mut progress);
        }
        Err(PassError::Seal(error)) => {
            progress.failure = Some(failures::of_seal_error(&error));
            again(&mut progress);
        }
    }
    db.workspaces().record(claim, progress).await?;
    Ok(())
}

fn unchanged(record: &WorkspaceRecord) -> WorkspaceProgress {
    WorkspaceProgress {
        account: record.account.clone(),
        ready: record.ready,
        enabled_clouds: record.enabled_clouds.clone(),
        checked_at: record.checked_at,
        failure: record.failure.clone(),
        attempts: record.attempts,
        due_at: Timestamp::now() + if record.nodes > 0 { WITH_NODES } else { EMPTY },
    }
}

fn again(progress: &mut WorkspaceProgress) {
    progress.attempts = progress.attempts.saturating_add(1);
    progress.due_at = Timestamp::now() + backoff::pause(progress.attempts);
}

async fn look(
    db: &Database,
    skypilot: &SkyPilotBackend,
    record: &WorkspaceRecord,
    progress: &mut WorkspaceProgress,
) -> Result<(), PassError> {
    let machines = &*skypilot.machines;
    let mut workspace = skypilot.open(record).await?;
    let now = Timestamp::now();
    let clouds_are_old = record
        .checked_at
        .is_none_or(|at| now.duration_since(at) > CLOUDS_HOLD);
    if !record.ready || record.failure.is_some() || clouds_are_old {
        if let Some(account) = machines.ensure_workspace(&workspace).await? {
            progress.account = Some(skypilot.seal(record, &account).await?);
            workspace.account = Some(account);
        }
        progress.ready = true;
    }
    if !record.ready {
        // What was just made is written down before anything slow is asked.
        progress.due_at = now;
        return Ok(());
    }
    if clouds_are_old {
        progress.enabled_clouds = machines.enabled_clouds(&workspace).await?;
        progress.checked_at = Some(Timestamp::now());
    }
    if record.nodes > 0 {
        compare(db, skypilot, record, &workspace).await?;
    }
    Ok(())
}

/// Wakes the nodes whose machine is not as it was last seen.
async fn compare(
    db: &Database,
    skypilot: &SkyPilotBackend,
    record: &WorkspaceRecord,
    workspace: &Workspace,
) -> Result<(), PassError> {
    let seen: HashMap<String, &'static str> =
        match skypilot.machines.machines(workspace, true).await {
            Ok(machines) => machines
                .into_iter()
                .map(|machine| (machine.name, machine.state.as_str()))
                .collect(),
            // The clouds did not let themselves be asked; what the server remembers is better than nothing.
            Err(error) if error.kind == MachineErrorKind::CloudCredential => skypilot
                .machines
                .machines(workspace, false)
                .await?
                .into_iter()
                .map(|machine| (machine.name, machine.state.as_str()))
                .collect(),
            Err(error) => return Err(error.into()),
        };
    for node in db.nodes().of_environment(record.environment.id).await? {
        // A node on its way is looked at by itself.
        let settled = node.operation.finished_at.is_some()
            && node.operation.kind != OperationKind::DeleteNode;
        if settled && node.seen.as_deref() != seen.get(&node.machine).copied() {
            db.nodes().wake(node.id).await?;
        }
    }
    Ok(())
}
