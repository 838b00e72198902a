//! What one caller sees of a node.

use super::NodeBackend;
use crate::{
    Core,
    resources::{ManagedKind, Resources, cost},
};
use domain::{
    access::Action,
    caller::Caller,
    node::{
        machine_name::workspace_name,
        order::cannot_stop,
        view::{AllowedNodeActions, NodeDetails, NodeKind, NodeState},
    },
    operation::OperationKind,
};
use jiff::Timestamp;
use persistence::node_records::NodeRecord;

impl ManagedKind for NodeKind {
    type Backend = NodeBackend;

    fn resources(core: &Core) -> &Resources<Self> {
        &core.nodes
    }

    fn details(record: &NodeRecord, caller: &Caller, now: Timestamp) -> NodeDetails {
        let may = |action| caller.may(action, record.tenant.id);
        let operate = may(Action::OperateNode);
        let state = record.state;
        let cloud = record
            .placement
            .as_ref()
            .map(|placement| placement.cloud.as_str())
            .or(record.spec.cloud.as_deref());
        let stoppable = cannot_stop(cloud, record.spec.spot).is_none();
        NodeDetails {
            spec: record.spec.clone(),
            task_yaml: record.task_yaml.clone(),
            machine: record.machine.clone(),
            workspace: workspace_name(
                &record.tenant.slug,
                &record.environment.slug,
                record.environment.id,
            ),
            placement: record.placement.clone(),
            address: record.address.clone(),
            autostop: record.autostop,
            cost: cost(record, record.price_per_hour, now),
            allowed: AllowedNodeActions {
                connect: state.is_up() && record.address.is_some() && may(Action::ConnectNode),
                logs: may(Action::ReadNodeLogs),
                jobs: state.is_up() && operate,
                stop: state.is_up() && stoppable && operate,
                start: (state == NodeState::Stopped || can_retry(record)) && operate,
                autostop: (state.is_up() || state == NodeState::Stopped) && operate,
                delete: !matches!(state, NodeState::Deleting | NodeState::Deleted)
                    && may(Action::DeleteNode),
            },
            now,
        }
    }
}

/// Whether a launch has failed for good and left nothing, so that it can be tried once more.
pub(super) fn can_retry(record: &NodeRecord) -> bool {
    record.state == NodeState::Failed
        && record.seen.is_none()
        && record.operation.kind == OperationKind::LaunchNode
        && record.operation.finished_at.is_some()
}
