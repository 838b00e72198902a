//! Pause, resume, restore and the schedule: the request writes what is wanted, the reconciler acts on it.

use super::Clusters;
use crate::{
    errors::ClusterChangeError,
    resources::{audit_entry, view},
};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    cluster::{Cluster, ClusterKind, ClusterState, PowerCause, PowerChange},
    drift::summary,
    failure::FailureCode,
    ids::ClusterId,
    operation::{Operation, OperationKind},
    problem::Problem,
    schedule::{Schedule, ScheduleInput},
};
use jiff::Timestamp;
use persistence::{
    new_id,
    records::{ClusterChange, ClusterChangeStored, ClusterRecord},
};

/// How often the request is stored again that the reconciler's writes came before.
const ATTEMPTS: usize = 5;

impl Clusters {
    /// Restores it: the reconciler puts everything right on the host. Restoring it again is not an error.
    ///
    /// # Errors
    /// Not found, forbidden, or not possible in its state.
    pub async fn restore(&self, caller: &Caller, id: ClusterId) -> Result<Cluster, Problem> {
        let kind = OperationKind::RestoreCluster;
        self.change(caller, AuditAction::RestoreCluster, id, |cluster, now| {
            if is_under_way(cluster, kind) {
                return Ok(None);
            }
            if !can_restore(cluster) {
                return Err(wrong_state(cluster, "restored"));
            }
            let found = &cluster.drift.found;
            let detail = (!found.is_empty()).then(|| summary(found));
            Ok(Some((ClusterChange::Restore(begin(kind, now)), detail)))
        })
        .await
    }

    /// Pauses it: control plane and workloads stop, data and addresses stay. Pausing it again is not an error.
    ///
    /// # Errors
    /// Not found, forbidden, or not possible in its state.
    pub async fn pause(&self, caller: &Caller, id: ClusterId) -> Result<Cluster, Problem> {
        self.change(caller, AuditAction::PauseCluster, id, |cluster, now| {
            if cluster.paused_at().is_some() {
                return Ok(None);
            }
            if !can_pause(cluster) {
                return Err(wrong_state(cluster, "paused"));
            }
            Ok(Some((switch(true, by_user(caller), now), None)))
        })
        .await
    }

    /// Resumes it, if the limits of its environment allow what it costs more. Resuming it again is not an error.
    ///
    /// # Errors
    /// Not found, forbidden, a limit, or not possible in its state.
    pub async fn resume(&self, caller: &Caller, id: ClusterId) -> Result<Cluster, Problem> {
        let kind = OperationKind::ResumeCluster;
        self.change(
            caller,
            AuditAction::ResumeCluster,
            id,
            |cluster, now| match can_resume(cluster) {
                true => Ok(Some((switch(false, by_user(caller), now), None))),
                false if cluster.state.is_up() || is_under_way(cluster, kind) => Ok(None),
                false => Err(wrong_state(cluster, "resumed")),
            },
        )
        .await
    }

    /// Sets when it is paused and resumed by itself; without any time, only people do.
    ///
    /// # Errors
    /// Invalid, not found, or forbidden.
    pub async fn set_schedule(
        &self,
        caller: &Caller,
        id: ClusterId,
        input: &ScheduleInput,
    ) -> Result<Cluster, Problem> {
        let schedule = input.validate(Timestamp::now()).map_err(Problem::invalid)?;
        let detail = schedule
            .as_ref()
            .map_or_else(|| "none".to_owned(), Schedule::summary);
        self.change(caller, AuditAction::ChangeSchedule, id, |cluster, _| {
            let before = cluster.schedule.as_ref().map(Schedule::summary);
            let change = ClusterChange::Schedule(schedule.clone());
            let is_new = before != schedule.as_ref().map(Schedule::summary);
            Ok(is_new.then(|| (change, Some(detail.clone()))))
        })
        .await
    }

    /// Decides on the cluster as it is and stores the change with a detail for the audit log, again if it changed
    /// meanwhile.
    async fn change(
        &self,
        caller: &Caller,
        recorded: AuditAction,
        id: ClusterId,
        decide: impl Fn(&ClusterRecord, Timestamp) -> Result<Option<Change>, Problem> + Send + Sync,
    ) -> Result<Cluster, Problem> {
        let action = Action::OperateCluster;
        for _ in 0..ATTEMPTS {
            let cluster = self.authorized_change(caller, action, recorded, id).await?;
            let now = Timestamp::now();
            let Some((change, detail)) = decide(&cluster, now)? else {
                return Ok(view(cluster, caller, now));
            };
            let mut audit = audit_entry::<ClusterKind>(caller, recorded, &cluster);
            audit.detail = detail;
            let clusters = self.db.clusters();
            match clusters.change(id, cluster.version, change, audit).await? {
                ClusterChangeStored::Changed(changed) => return Ok(view(*changed, caller, now)),
                ClusterChangeStored::Stale => {}
                ClusterChangeStored::LimitReached(reached) => {
                    let environment = cluster.environment.name.clone();
                    return Err(ClusterChangeError::LimitReached {
                        environment,
                        reached,
                    }
                    .into());
                }
            }
        }
        Err(ClusterChangeError::KeepsChanging.into())
    }
}

/// With a detail for the audit log.
type Change = (ClusterChange, Option<String>);

fn begin(kind: OperationKind, now: Timestamp) -> Operation {
    Operation::begin(new_id(), kind, now)
}

/// Pauses or resumes a cluster.
pub(crate) fn switch(paused: bool, by: PowerCause, at: Timestamp) -> ClusterChange {
    let power = PowerChange { paused, at, by };
    match paused {
        true => ClusterChange::Pause(power, begin(OperationKind::PauseCluster, at)),
        false => ClusterChange::Resume(power, begin(OperationKind::ResumeCluster, at)),
    }
}

fn by_user(caller: &Caller) -> PowerCause {
    let name = caller.name.clone();
    PowerCause::User { name }
}

fn is_under_way(cluster: &ClusterRecord, kind: OperationKind) -> bool {
    cluster.operation.kind == kind && cluster.operation.finished_at.is_none()
}

fn wrong_state(cluster: &ClusterRecord, change: &'static str) -> Problem {
    ClusterChangeError::WrongState {
        name: cluster.name.to_string(),
        state: cluster.state,
        change,
    }
    .into()
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

pub(crate) fn can_pause(cluster: &ClusterRecord) -> bool {
    cluster.state.is_up() || cluster.state == ClusterState::Resuming
}

pub(crate) fn can_resume(cluster: &ClusterRecord) -> bool {
    matches!(cluster.state, ClusterState::Paused | ClusterState::Pausing)
}
