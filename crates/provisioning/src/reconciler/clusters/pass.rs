//! One pass over one cluster: observe, decide, act, record.

use super::{
    assessment::{Assessment, Move, assess, unchanged},
    drift,
    power::{self, SwitchOutcome},
};
use crate::{
    ports::host_clusters::{HostClusters, HostError, HostErrorKind, VirtualCluster},
    reconciler::{backoff, failures},
    resources::{delete_expired, outcome},
};
use domain::{
    cluster::{ClusterKind, ClusterState},
    error::causes,
    operation::StepState,
    usage::UsageState,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    error::StoreError,
    records::{Claim, ClusterProgress, ClusterRecord, usage_state},
};

/// After this many failures in a row a cluster that was ready is shown as degraded.
const DEGRADED_AFTER: u32 = 3;

/// How often a resumption is tried that a limit keeps from happening.
const AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// Works on a claimed cluster and writes the outcome, which ends the claim.
pub(super) async fn run(
    db: &Database,
    hosts: &dyn HostClusters,
    claim: &Claim<ClusterRecord>,
) -> Result<(), StoreError> {
    let cluster = &claim.record;
    let now = Timestamp::now();
    if delete_expired::<ClusterKind>(db, cluster, now).await? {
        // Ends the claim; the deletion just stored stays and is due at once.
        db.clusters().record(claim, unchanged(cluster, now)).await?;
        return Ok(());
    }
    let refused = match power::switch(db, cluster, now).await? {
        SwitchOutcome::Nothing => None,
        SwitchOutcome::Done => {
            db.clusters().record(claim, unchanged(cluster, now)).await?;
            return Ok(());
        }
        SwitchOutcome::Refused(failure) => Some(failure),
    };
    let mut progress = match step(hosts, cluster, now).await {
        Ok(progress) => progress,
        Err((reached, error)) => after_host_error(cluster, reached, &error),
    };
    if let Some(failure) = refused {
        progress.failure.get_or_insert(failure);
        let again = now + AGAIN;
        progress.due_at = Some(progress.due_at.map_or(again, |due| due.min(again)));
    }
    progress.findings.charged = charged(&progress);
    progress.audit = outcome(cluster, &progress)
        .or_else(|| power::entry(cluster, &progress))
        .or_else(|| drift::entry(cluster, &progress));
    if !db.clusters().record(claim, progress).await? {
        tracing::info!("claim was lost; another worker goes on");
    }
    Ok(())
}

/// Looks at the cluster and does the next thing.
async fn step(
    hosts: &dyn HostClusters,
    cluster: &ClusterRecord,
    now: Timestamp,
) -> Result<ClusterProgress, (ClusterProgress, HostError)> {
    let wanted = VirtualCluster::from(cluster);
    let observation = hosts.observe(&wanted).await;
    let observation = observation.map_err(|error| (unchanged(cluster, now), error))?;
    let Assessment { next, mut progress } = assess(cluster, &observation, now);
    if progress.operation.id != cluster.operation.id {
        // What was done on the host changes what is wanted; it is stored before anything is done about it.
        return Ok(progress);
    }
    let outcome = match &next {
        Move::Wait => return Ok(progress),
        Move::MakeNamespace => hosts.make_namespace(&wanted).await,
        Move::Apply => hosts.apply(&wanted).await.map(drop),
        Move::Restore(drift) => hosts.restore(&wanted, drift).await,
        Move::StopWorkloads => hosts.stop_workloads(&wanted).await,
        Move::Delete => hosts.delete(&wanted).await,
    };
    if let Err(error) = outcome {
        return Err((progress, error));
    }
    if let Move::Restore(restored) = next {
        drift::note(&mut progress.findings.drift, restored, now);
    }
    // Something was done: look again at once.
    progress.due_at = Some(Timestamp::now());
    Ok(progress)
}

/// A cluster is charged from when it was first ready until it is gone.
fn charged(progress: &ClusterProgress) -> Option<UsageState> {
    let is_charged = progress.ready_at.is_some() && progress.state != ClusterState::Deleted;
    is_charged.then(|| usage_state(progress.state, progress.findings.power.as_ref()))
}

/// What is written when the host refused or did not answer after some steps were reached.
fn after_host_error(
    cluster: &ClusterRecord,
    reached: ClusterProgress,
    error: &HostError,
) -> ClusterProgress {
    let attempts = cluster.operation.attempts.saturating_add(1);
    let failure = failures::of_host_error(error);
    let lasting = match error.kind {
        // What the host finds wrong by itself does not pass by waiting; say so at once.
        HostErrorKind::Invalid
        | HostErrorKind::QuotaExceeded
        | HostErrorKind::UnknownHost
        | HostErrorKind::Conflict => true,
        // One of several API servers may have just started.
        HostErrorKind::Forbidden | HostErrorKind::Unauthorized => attempts > 1,
        _ => false,
    };
    let state = match cluster.state {
        ClusterState::Deleting => ClusterState::Deleting,
        ClusterState::Ready | ClusterState::Degraded if attempts >= DEGRADED_AFTER => {
            ClusterState::Degraded
        }
        ClusterState::Pending | ClusterState::Provisioning if lasting => ClusterState::Failed,
        state => state,
    };
    let mut progress = ClusterProgress {
        operation: reached.operation,
        findings: reached.findings,
        ..unchanged(cluster, Timestamp::now())
    };
    progress.operation.attempts = attempts;
    progress.operation.failure = Some(failure.clone());
    if let Some(step) = progress
        .operation
        .steps
        .iter_mut()
        .find(|step| step.state != StepState::Done)
        && progress.operation.finished_at.is_none()
    {
        step.state = if lasting {
            StepState::Failed
        } else {
            StepState::Running
        };
        step.detail = Some(failure.message.clone());
    }
    // A settled cluster that is merely out of sight for a moment is not shown as failing.
    let settled = matches!(state, ClusterState::Ready | ClusterState::Paused);
    progress.failure = (!settled).then_some(failure);
    progress.state = state;
    progress.due_at = Some(Timestamp::now() + backoff::pause(attempts));
    if attempts == 1 {
        tracing::warn!(
            host = %cluster.host, kind = ?error.kind,
            error = %causes(error), "host cluster"
        );
    }
    progress
}
