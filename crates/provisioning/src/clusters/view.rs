//! A stored cluster as one caller sees it.

use domain::{
    access::Action,
    caller::Caller,
    cluster::{AllowedActions, Cluster, ClusterDetails, ClusterState, UserRef},
};
use persistence::records::ClusterRecord;

/// The wire form of `record`, with what `caller` may do to it now.
pub(crate) fn cluster(record: ClusterRecord, caller: &Caller) -> Cluster {
    let allowed = AllowedActions {
        kubeconfig: has_kubeconfig(record.state)
            && caller.may(Action::ReadKubeconfig, record.tenant.id),
        delete: !matches!(record.state, ClusterState::Deleting | ClusterState::Deleted)
            && caller.may(Action::DeleteCluster, record.tenant.id),
    };
    Cluster {
        details: ClusterDetails {
            namespace: record.name.namespace(),
            plan: record.plan,
            kubernetes_version: record.kubernetes_version,
            exposure: record.exposure,
            host: record.host,
            endpoint: record.endpoint,
            allowed,
        },
        id: record.id,
        name: record.name,
        tenant: record.tenant,
        environment: record.environment,
        state: record.state,
        failure: record.failure,
        created_by: UserRef {
            id: record.created_by,
            name: record.created_by_name,
        },
        created_at: record.created_at,
        ready_at: record.ready_at,
        ends_at: record.ends_at,
        operation: record.operation,
        version: record.version,
    }
}

/// Whether a kubeconfig can be asked for in `state`.
pub(super) fn has_kubeconfig(state: ClusterState) -> bool {
    matches!(state, ClusterState::Ready | ClusterState::Degraded)
}
