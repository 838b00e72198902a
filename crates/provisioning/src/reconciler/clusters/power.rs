//! Pausing and resuming, asked for in the portal or done on the host.
//!
//! What is done on the host counts too: a cluster that the vcluster command line pauses there is paused for the portal,
//! and one that it resumes is resumed. Neither is undone.

use super::assessment::{
    Assessment, Move, WHILE_STARTING, answers, moving, settled, too_long, upkeep,
};
use crate::{
    clusters::operating::{self, can_pause, can_resume},
    ports::host_clusters::{NamespaceState, Observation, Stopped},
    reconciler::steps::{Reached, mark},
    resources::audit_entry,
};
use domain::{
    audit::AuditAction,
    caller::Caller,
    cluster::{ClusterKind, ClusterState, PowerCause, PowerChange},
    failure::{Failure, FailureCode},
    operation::{Operation, OperationKind},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    audit_records::AuditEntry,
    error::StoreError,
    new_id,
    records::{ClusterChangeStored, ClusterProgress, ClusterRecord},
};

/// How long pausing or resuming may take before the page says so.
const LIMIT: SignedDuration = SignedDuration::from_mins(10);

/// Stops the control plane, then the workloads.
pub(super) fn pausing(cluster: &ClusterRecord, seen: &Observation, now: Timestamp) -> Assessment {
    let mut assessment = upkeep(cluster, seen, now);
    let operation = &mut assessment.progress.operation;
    if seen.namespace != NamespaceState::Ours {
        // Nothing is left to pause; the failure says so.
        operation.finished_at = Some(now);
        return assessment;
    }
    let stopped = seen.objects_current && seen.replicas_gone;
    let pods = seen.workloads.running + seen.workloads.ending;
    let empty = stopped && pods == 0;
    let step = |done, detail| Reached { done, detail };
    let left = match pods {
        1 => "1 pod left".to_owned(),
        many => format!("{many} pods left"),
    };
    let workloads = step(empty, (stopped && !empty).then_some(left));
    mark(
        operation,
        [step(true, None), step(stopped, None), workloads],
        false,
        now,
    );
    if assessment.next == Move::Wait && seen.workloads.running > 0 {
        assessment.next = Move::StopWorkloads;
    }
    let is_late = !empty && now.duration_since(operation.started_at) > LIMIT;
    let failure = is_late.then(|| too_long(operation, LIMIT));
    operation.failure.clone_from(&failure);
    let progress = &mut assessment.progress;
    progress.failure = failure;
    progress.state = match empty {
        true => ClusterState::Paused,
        false => ClusterState::Pausing,
    };
    progress.due_at = Some(match empty {
        true => settled(cluster, now),
        // No watch tells of the workloads.
        false => now + WHILE_STARTING,
    });
    assessment
}

/// A cluster that is paused stays so, unless it was resumed on the host.
pub(super) fn paused(cluster: &ClusterRecord, seen: &Observation, now: Timestamp) -> Assessment {
    let mut assessment = upkeep(cluster, seen, now);
    if seen.namespace != NamespaceState::Ours {
        return assessment;
    }
    if seen.objects_current && seen.stopped.is_none() {
        turn(&mut assessment.progress, OperationKind::ResumeCluster, now);
        return assessment;
    }
    if assessment.next == Move::Wait && seen.workloads.running > 0 {
        assessment.next = Move::StopWorkloads;
    }
    assessment.progress.state = ClusterState::Paused;
    assessment.progress.failure = None;
    assessment.progress.due_at = Some(settled(cluster, now));
    assessment
}

/// Starts the control plane, which starts the workloads, and waits until the cluster can be used.
pub(super) fn resuming(cluster: &ClusterRecord, seen: &Observation, now: Timestamp) -> Assessment {
    let mut assessment = upkeep(cluster, seen, now);
    let operation = &mut assessment.progress.operation;
    if seen.namespace != NamespaceState::Ours {
        operation.finished_at = Some(now);
        return assessment;
    }
    let answers = seen.objects_current && answers(seen);
    let usable = answers && seen.kubeconfig && seen.endpoint.is_some();
    let step = |done| Reached { done, detail: None };
    let steps = [
        step(true),
        step(seen.objects_current),
        step(answers),
        step(usable),
    ];
    mark(operation, steps, false, now);
    let progress = &mut assessment.progress;
    if usable {
        return assessment;
    }
    let is_late = now.duration_since(progress.operation.started_at) > LIMIT;
    progress.state = ClusterState::Resuming;
    if is_late {
        let late = || too_long(&progress.operation, LIMIT);
        progress.failure = Some(progress.failure.take().unwrap_or_else(late));
        progress.state = ClusterState::Degraded;
    } else {
        // While it is starting, that it does not answer is no failure.
        let is_failure = |failure: &Failure| failure.code != FailureCode::NotAnswering;
        progress.failure = progress.failure.take().filter(is_failure);
    }
    progress.operation.failure.clone_from(&progress.failure);
    progress.due_at = Some(moving(seen, now));
    assessment
}

/// What came of the schedule of a cluster.
pub(super) enum SwitchOutcome {
    Nothing,
    Done,
    /// A limit is in the way of its resumption.
    Refused(Failure),
}

/// Pauses or resumes a cluster whose schedule says so, as a user would.
pub(super) async fn switch(
    db: &Database,
    cluster: &ClusterRecord,
    now: Timestamp,
) -> Result<SwitchOutcome, StoreError> {
    let changed = cluster.power.as_ref().map(|power| power.at);
    let schedule = cluster.schedule.as_ref();
    let Some(due) = schedule.and_then(|schedule| schedule.due(changed, now)) else {
        return Ok(SwitchOutcome::Nothing);
    };
    let (is_possible, action) = match due.paused {
        true => (can_pause(cluster), AuditAction::PauseCluster),
        false => (can_resume(cluster), AuditAction::ResumeCluster),
    };
    if !is_possible {
        return Ok(SwitchOutcome::Nothing);
    }
    let change = operating::switch(due.paused, PowerCause::Schedule, now);
    let audit = audit_entry::<ClusterKind>(&Caller::portal(), action, cluster);
    let audit = audit.with_detail(PowerCause::Schedule.to_string());
    let clusters = db.clusters();
    let stored = clusters.change(cluster.id, cluster.version, change, audit);
    Ok(match stored.await? {
        // What changed it meanwhile has made it due again.
        ClusterChangeStored::Changed(_) | ClusterChangeStored::Stale => SwitchOutcome::Done,
        ClusterChangeStored::LimitReached(reached) => SwitchOutcome::Refused(Failure {
            code: FailureCode::LimitReached,
            message: reached.reason(&cluster.environment.name),
            next_step: reached.next_step().to_owned(),
            retrying: true,
        }),
    })
}

/// Whether a running cluster was paused on the host, by which it is paused.
pub(super) fn is_paused_on_host(seen: &Observation) -> bool {
    seen.objects_current && seen.stopped == Some(Stopped::PausedOnHost)
}

/// Begins the operation that goes with what was done on the host.
pub(super) fn turn(progress: &mut ClusterProgress, kind: OperationKind, now: Timestamp) {
    let paused = kind == OperationKind::PauseCluster;
    progress.operation = Operation::begin(new_id(), kind, now);
    progress.state = match paused {
        true => ClusterState::Pausing,
        false => ClusterState::Resuming,
    };
    progress.failure = None;
    progress.findings.power = Some(PowerChange {
        paused,
        at: now,
        by: PowerCause::Host,
    });
    progress.due_at = Some(now);
}

/// What the audit log is told of what was done on the host.
pub(super) fn entry(cluster: &ClusterRecord, progress: &ClusterProgress) -> Option<AuditEntry> {
    let power = progress.findings.power.as_ref()?;
    if cluster.power.as_ref() == Some(power) {
        return None;
    }
    let action = match power.paused {
        true => AuditAction::PauseCluster,
        false => AuditAction::ResumeCluster,
    };
    let entry = audit_entry::<ClusterKind>(&Caller::portal(), action, cluster);
    Some(entry.with_detail(power.by.to_string()))
}
