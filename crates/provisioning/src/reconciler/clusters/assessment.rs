//! What an observation means: the state to show, the steps reached and the next move. Pure, so
//! that every case can be tried without a cluster.

use super::{drift, power};
use crate::{
    ports::host_clusters::{ApiAnswer, NamespaceState, Observation, Stopped, Trouble},
    reconciler::{
        failures,
        steps::{Reached, mark},
    },
};
use domain::{
    cluster::ClusterState,
    drift::{Drift, DriftReport},
    failure::{Failure, FailureCode},
    operation::{Operation, OperationKind},
};
use jiff::{SignedDuration, Timestamp};
use persistence::records::{ClusterFindings, ClusterProgress, ClusterRecord};

/// How long a creation may take before it is called a failure.
const CREATION_LIMIT: SignedDuration = SignedDuration::from_mins(15);
/// How long a namespace may terminate before the page shows what blocks it.
const DELETION_LIMIT: SignedDuration = SignedDuration::from_mins(10);
/// How often to look while the control plane's pod is ready and its API does not answer yet, which no watch tells.
pub(super) const WHILE_STARTING: SignedDuration = SignedDuration::from_secs(2);
/// How often to look while something moves on the host. Watches tell of it; this is for the time that passes.
const WHILE_MOVING: SignedDuration = SignedDuration::from_secs(20);
/// How often to look at what is settled, more or less, so that looks at many clusters spread.
const WHILE_SETTLED: SignedDuration = SignedDuration::from_mins(30);

/// The next thing to do on the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Nothing: wait for a change.
    Wait,
    MakeNamespace,
    Apply,
    /// Put these objects right.
    Restore(Vec<Drift>),
    StopWorkloads,
    Delete,
}

/// The outcome of looking at a cluster.
#[derive(Debug)]
pub(super) struct Assessment {
    pub next: Move,
    /// What to write, if the move goes well.
    pub progress: ClusterProgress,
}

/// What `observation` of `cluster` means at `now`.
pub(super) fn assess(
    cluster: &ClusterRecord,
    observation: &Observation,
    now: Timestamp,
) -> Assessment {
    match cluster.operation.kind {
        OperationKind::DeleteCluster => deletion(cluster, observation, now),
        OperationKind::CreateCluster if cluster.operation.finished_at.is_none() => {
            creation(cluster, observation, now)
        }
        OperationKind::RestoreCluster if cluster.operation.finished_at.is_none() => {
            restoration(cluster, observation, now)
        }
        OperationKind::PauseCluster if cluster.operation.finished_at.is_none() => {
            power::pausing(cluster, observation, now)
        }
        OperationKind::ResumeCluster if cluster.operation.finished_at.is_none() => {
            power::resuming(cluster, observation, now)
        }
        _ if cluster.paused_at().is_some() => power::paused(cluster, observation, now),
        // Nothing but clusters' operations is stored with a cluster.
        _ => {
            let mut assessment = upkeep(cluster, observation, now);
            if power::is_paused_on_host(observation) {
                power::turn(&mut assessment.progress, OperationKind::PauseCluster, now);
            }
            assessment
        }
    }
}

/// What is to be written when nothing has changed.
pub(super) fn unchanged(cluster: &ClusterRecord, now: Timestamp) -> ClusterProgress {
    let findings = ClusterFindings {
        endpoint: cluster.endpoint.clone(),
        drift: cluster.drift.clone(),
        power: cluster.power.clone(),
        charged: None,
        at: now,
    };
    ClusterProgress::unchanged(cluster, findings)
}

fn creation(cluster: &ClusterRecord, seen: &Observation, now: Timestamp) -> Assessment {
    let mut operation = fresh(&cluster.operation);
    let trouble = trouble(seen);
    let late = now.duration_since(operation.started_at) > CREATION_LIMIT;

    let (next, failure, lasting) = match &seen.namespace {
        NamespaceState::Missing => (Move::MakeNamespace, None, false),
        NamespaceState::Foreign => (Move::Wait, Some(foreign(cluster)), true),
        NamespaceState::Terminating(_) => (
            Move::Wait,
            Some(failures::of(
                FailureCode::DeletionHeld,
                format!(
                    "The namespace {} is still being deleted on the host.",
                    cluster.name.namespace()
                ),
            )),
            false,
        ),
        NamespaceState::Ours if !seen.objects_current => (Move::Apply, None, false),
        NamespaceState::Ours => match (trouble, seen.stopped) {
            (None, Some(how)) => (Move::Wait, Some(stopped(how)), true),
            (trouble, _) => (
                Move::Wait,
                trouble.map(failures::of_trouble),
                trouble.is_some_and(|trouble| trouble.lasting || failed_by(cluster, trouble)),
            ),
        },
    };
    let (next, restored_at) = put_right(cluster, seen, next, now);
    mark(&mut operation, creation_steps(cluster, seen), lasting, now);
    let ready = operation.finished_at.is_some();
    let (state, failure) = if ready {
        (ClusterState::Ready, None)
    } else if lasting {
        (ClusterState::Failed, failure)
    } else if late {
        let failure = failure.unwrap_or_else(|| too_long(&operation, CREATION_LIMIT));
        (ClusterState::Failed, Some(failure))
    } else {
        (ClusterState::Provisioning, failure)
    };
    operation.failure.clone_from(&failure);
    Assessment {
        next,
        progress: ClusterProgress {
            state,
            failure,
            findings: ClusterFindings {
                endpoint: seen.endpoint.clone(),
                ..findings(cluster, seen, now)
            },
            ready_at: ready.then_some(now),
            operation,
            due_at: Some(restored_at.unwrap_or_else(|| match ready {
                true => settled(cluster, now),
                false => moving(seen, now),
            })),
            ..unchanged(cluster, now)
        },
    }
}

/// Whether this very trouble has failed the cluster already. A kubelet goes back and forth between
/// trying and waiting; pages show one failure until it is over.
fn failed_by(cluster: &ClusterRecord, trouble: &Trouble) -> bool {
    let failure = cluster.failure.as_ref();
    cluster.state == ClusterState::Failed
        && failure.is_some_and(|failure| failure.code == trouble.code)
}

/// What keeps the cluster from working: the pod's own trouble, or what keeps it from being made.
fn trouble(seen: &Observation) -> Option<&Trouble> {
    let pod = seen.pod.as_ref();
    seen.trouble
        .as_ref()
        .or_else(|| pod.and_then(|pod| pod.trouble.as_ref()))
}

fn creation_steps(cluster: &ClusterRecord, seen: &Observation) -> [Reached; 7] {
    let pod = seen.pod.as_ref();
    let namespace = seen.namespace == NamespaceState::Ours;
    let objects = namespace && seen.objects_current;
    let scheduled = objects && (seen.replicas_ready || pod.is_some_and(|pod| pod.node.is_some()));
    let pulled = scheduled && (seen.replicas_ready || pod.is_some_and(|pod| pod.images_pulled));
    let answers = pulled && answers(seen);
    let kubeconfig = answers && seen.kubeconfig && seen.endpoint.is_some();
    let step = |done, detail| Reached { done, detail };
    [
        step(true, None),
        step(namespace, namespace.then(|| cluster.name.namespace())),
        step(
            objects,
            objects.then(|| {
                format!(
                    "{} objects in {}",
                    seen.object_count,
                    cluster.name.namespace()
                )
            }),
        ),
        step(
            scheduled,
            pod.and_then(|pod| pod.node.as_ref())
                .map(|node| format!("on {node}"))
                .or_else(|| trouble(seen).map(|trouble| trouble.message.clone())),
        ),
        step(
            pulled,
            pod.and_then(|pod| match (&pod.trouble, &pod.pulling) {
                (Some(trouble), _) if !pulled => Some(trouble.message.clone()),
                (_, Some(image)) if !pulled => Some(format!("pulling {image}")),
                _ => None,
            }),
        ),
        step(
            answers,
            match &seen.api {
                ApiAnswer::ReadyByProbeOnly(why) => Some(format!(
                    "the pod's own probe says so; the portal cannot reach it: {why}"
                )),
                ApiAnswer::Not(why) => Some(why.clone()),
                ApiAnswer::Ok | ApiAnswer::NotAsked => None,
            },
        ),
        step(
            kubeconfig,
            match &seen.endpoint {
                Some(endpoint) => Some(endpoint.clone()),
                None if answers => Some(format!(
                    "waiting for an address ({})",
                    cluster.exposure.title()
                )),
                None => None,
            },
        ),
    ]
}

pub(super) fn upkeep(cluster: &ClusterRecord, seen: &Observation, now: Timestamp) -> Assessment {
    let trouble = trouble(seen);
    let gone = |what: &str| {
        (
            ClusterState::Failed,
            Some(Failure {
                retrying: false,
                ..failures::of(FailureCode::ObjectsMissing, what)
            }),
        )
    };
    let (mut next, mut restored_at) = (Move::Wait, None);
    // A namespace that vanished is not created again: the cluster's data went with it, and an empty
    // cluster under the old name would hide that.
    let (state, failure) = match &seen.namespace {
        NamespaceState::Missing => {
            gone("Its namespace was deleted on the host cluster, outside the portal.")
        }
        NamespaceState::Terminating(_) => {
            gone("Its namespace is being deleted on the host cluster, outside the portal.")
        }
        NamespaceState::Foreign => (ClusterState::Failed, Some(foreign(cluster))),
        NamespaceState::Ours if !seen.objects_current => {
            next = Move::Apply;
            (cluster.state, cluster.failure.clone())
        }
        NamespaceState::Ours => {
            (next, restored_at) = put_right(cluster, seen, Move::Wait, now);
            let failure = match (&seen.api, trouble) {
                (_, Some(trouble)) if !seen.replicas_ready => Some(failures::of_trouble(trouble)),
                _ if !seen.replicas_ready && seen.stopped.is_some() => seen.stopped.map(stopped),
                _ if !seen.replicas_ready => Some(failures::of(
                    FailureCode::NotAnswering,
                    "The control plane's pod is not ready.",
                )),
                (ApiAnswer::Not(why), _) => {
                    Some(failures::of(FailureCode::NotAnswering, why.clone()))
                }
                _ if !seen.kubeconfig => Some(failures::of(
                    FailureCode::NotAnswering,
                    "The Secret with its kubeconfig is missing on the host.",
                )),
                _ if seen.endpoint.is_none() => Some(failures::of(
                    FailureCode::NoAddress,
                    format!("It has lost its address ({}).", cluster.exposure.title()),
                )),
                _ => None,
            };
            let state = if failure.is_some() {
                ClusterState::Degraded
            } else {
                ClusterState::Ready
            };
            (state, failure)
        }
    };
    let due_at = restored_at.unwrap_or_else(|| {
        if state == ClusterState::Degraded {
            moving(seen, now)
        } else {
            settled(cluster, now)
        }
    });
    Assessment {
        next,
        progress: ClusterProgress {
            state,
            failure,
            findings: findings(cluster, seen, now),
            operation: fresh(&cluster.operation),
            due_at: Some(due_at),
            ..unchanged(cluster, now)
        },
    }
}

/// Puts everything right that a user asked for, and waits until the cluster can be used.
fn restoration(cluster: &ClusterRecord, seen: &Observation, now: Timestamp) -> Assessment {
    let mut assessment = upkeep(cluster, seen, now);
    if seen.namespace != NamespaceState::Ours {
        // Nothing is left to restore; the failure says so.
        assessment.progress.operation.finished_at = Some(now);
        return assessment;
    }
    let as_wanted = seen.objects_current && seen.drift.is_empty();
    if seen.objects_current && !as_wanted {
        assessment.next = Move::Restore(seen.drift.clone());
    }
    let answers = as_wanted && answers(seen);
    let usable = answers && seen.kubeconfig && seen.endpoint.is_some();
    let step = |done| Reached { done, detail: None };
    let operation = &mut assessment.progress.operation;
    mark(
        operation,
        [step(true), step(as_wanted), step(answers), step(usable)],
        false,
        now,
    );
    operation.failure.clone_from(&assessment.progress.failure);
    let progress = &mut assessment.progress;
    if progress.operation.finished_at.is_some() {
        progress.ready_at = progress.ready_at.or(Some(now));
    } else {
        progress.due_at = Some(moving(seen, now));
        if progress.ready_at.is_none() {
            progress.state = ClusterState::Provisioning;
        }
    }
    assessment
}

/// Whether the control plane is ready and its API answers.
pub(super) fn answers(seen: &Observation) -> bool {
    seen.replicas_ready && matches!(seen.api, ApiAnswer::Ok | ApiAnswer::ReadyByProbeOnly(_))
}

/// What was found, with what was put right last. How it is charged follows from the state in the end.
fn findings(cluster: &ClusterRecord, seen: &Observation, now: Timestamp) -> ClusterFindings {
    ClusterFindings {
        endpoint: seen.endpoint.clone().or_else(|| cluster.endpoint.clone()),
        drift: DriftReport {
            found: seen.drift.clone(),
            restored: cluster.drift.restored.clone(),
        },
        power: cluster.power.clone(),
        charged: None,
        at: now,
    }
}

/// The restoration of what is put right without being asked, instead of waiting; or when it is due, if not yet.
fn put_right(
    cluster: &ClusterRecord,
    seen: &Observation,
    next: Move,
    now: Timestamp,
) -> (Move, Option<Timestamp>) {
    let automatic = drift::automatic(&seen.drift);
    if next != Move::Wait || automatic.is_empty() {
        return (next, None);
    }
    let due_at = drift::next_restoration(&cluster.drift, now);
    if due_at <= now {
        (Move::Restore(automatic), None)
    } else {
        (Move::Wait, Some(due_at))
    }
}

fn stopped(how: Stopped) -> Failure {
    let message = match how {
        Stopped::Paused | Stopped::PausedOnHost => {
            "The control plane is paused: its StatefulSet on the host has the annotation loft.sh/paused, which the vcluster command line sets."
        }
        Stopped::ScaledToZero => {
            "The control plane is stopped: its StatefulSet was scaled to 0 replicas on the host."
        }
    };
    Failure {
        retrying: false,
        ..failures::of(FailureCode::Stopped, message)
    }
}

/// When to look again at what is not settled.
pub(super) fn moving(seen: &Observation, now: Timestamp) -> Timestamp {
    let pod_is_ready = seen.pod.as_ref().is_some_and(|pod| pod.ready);
    let pause = match pod_is_ready && seen.endpoint.is_some() {
        true => WHILE_STARTING,
        false => WHILE_MOVING,
    };
    now + pause
}

fn deletion(cluster: &ClusterRecord, seen: &Observation, now: Timestamp) -> Assessment {
    let mut operation = fresh(&cluster.operation);
    let (next, started, gone, holds) = match &seen.namespace {
        NamespaceState::Missing | NamespaceState::Foreign => (Move::Wait, true, true, None),
        NamespaceState::Ours => (Move::Delete, false, false, None),
        NamespaceState::Terminating(holds) => (Move::Wait, true, false, holds.clone()),
    };
    let late = !gone && now.duration_since(operation.started_at) > DELETION_LIMIT;
    let failure = late.then(|| {
        failures::of(
            FailureCode::DeletionHeld,
            match &holds {
                Some(holds) => format!("The host cluster still holds it: {holds}"),
                None => "The host cluster takes long to delete the namespace.".to_owned(),
            },
        )
    });
    let step = |done, detail| Reached { done, detail };
    let namespace = Some(cluster.name.namespace());
    mark(
        &mut operation,
        [
            step(true, None),
            step(started, namespace),
            step(gone, holds),
        ],
        late,
        now,
    );
    operation.failure.clone_from(&failure);
    Assessment {
        next,
        progress: ClusterProgress {
            state: if gone {
                ClusterState::Deleted
            } else {
                ClusterState::Deleting
            },
            failure,
            deleted_at: gone.then_some(now),
            operation,
            due_at: (!gone).then(|| now + WHILE_MOVING),
            ..unchanged(cluster, now)
        },
    }
}

/// The operation as it is after an answer of the host: no attempts in a row failed.
fn fresh(operation: &Operation) -> Operation {
    Operation {
        attempts: 0,
        failure: None,
        ..operation.clone()
    }
}

pub(super) fn settled(cluster: &ClusterRecord, now: Timestamp) -> Timestamp {
    let spread = rand::random_range(800..=1200);
    let later = now + WHILE_SETTLED * spread / 1000;
    let schedule = cluster.schedule.as_ref();
    let switch = schedule.and_then(|schedule| schedule.next(now));
    [cluster.ends_at, switch.map(|switch| switch.at)]
        .into_iter()
        .flatten()
        .fold(later, Timestamp::min)
}

fn foreign(cluster: &ClusterRecord) -> Failure {
    failures::of(
        FailureCode::NamespaceTaken,
        format!(
            "The namespace {} exists on {} and does not belong to this cluster.",
            cluster.name.namespace(),
            cluster.host
        ),
    )
}

pub(super) fn too_long(operation: &Operation, limit: SignedDuration) -> Failure {
    let step = operation
        .current()
        .map_or("the last step", |step| step.name.title());
    failures::of(
        FailureCode::TakesTooLong,
        format!("“{step}” is not reached after {} minutes.", limit.as_mins()),
    )
}

#[cfg(test)]
#[path = "assessment_tests.rs"]
mod tests;
