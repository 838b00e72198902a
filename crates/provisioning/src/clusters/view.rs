//! What one caller sees of a cluster.

use super::{
    ClusterBackend,
    operating::{can_pause, can_restore, can_resume},
};
use crate::{
    Core,
    resources::{ManagedKind, Resources, cost},
};
use domain::{
    access::Action,
    caller::Caller,
    cluster::{AllowedActions, ClusterDetails, ClusterKind, ClusterState},
};
use jiff::Timestamp;
use persistence::records::ClusterRecord;

impl ManagedKind for ClusterKind {
    type Backend = ClusterBackend;

    fn resources(core: &Core) -> &Resources<Self> {
        &core.clusters
    }

    fn details(record: &ClusterRecord, caller: &Caller, now: Timestamp) -> ClusterDetails {
        let may = |action| caller.may(action, record.tenant.id);
        ClusterDetails {
            plan: record.plan.clone(),
            kubernetes_version: record.kubernetes_version,
            exposure: record.exposure.clone(),
            host: record.host.clone(),
            namespace: record.name.namespace(),
            endpoint: record.endpoint.clone(),
            drift: record.drift.clone(),
            power: record.power.clone(),
            schedule: record.schedule.clone(),
            cost: cost(record, Some(record.price_per_hour), now),
            now,
            allowed: AllowedActions {
                kubeconfig: has_kubeconfig(record.state) && may(Action::ReadKubeconfig),
                delete: !matches!(record.state, ClusterState::Deleting | ClusterState::Deleted)
                    && may(Action::DeleteCluster),
                restore: can_restore(record) && may(Action::OperateCluster),
                pause: can_pause(record) && may(Action::OperateCluster),
                resume: can_resume(record) && may(Action::OperateCluster),
            },
        }
    }
}

/// Whether a kubeconfig can be asked for in `state`.
pub(super) fn has_kubeconfig(state: ClusterState) -> bool {
    matches!(state, ClusterState::Ready | ClusterState::Degraded)
}
