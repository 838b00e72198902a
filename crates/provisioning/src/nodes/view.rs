//! A stored node as one caller sees it.

use domain::{
    access::Action,
    caller::Caller,
    cluster::UserRef,
    money::MicroDollars,
    node::{
        machine_name::workspace_name,
        order::cannot_stop,
        view::{AllowedNodeActions, Node, NodeCost, NodeDetails, NodeState},
    },
    operation::OperationKind,
};
use jiff::Timestamp;
use persistence::node_records::NodeRecord;

/// The wire form of `record` at `now`, with what `caller` may do to it.
pub(crate) fn node(record: NodeRecord, caller: &Caller, now: Timestamp) -> Node {
    let may = |action| caller.may(action, record.tenant.id);
    let operate = may(Action::OperateNode);
    let state = record.state;
    let cloud = record
        .placement
        .as_ref()
        .map(|placement| placement.cloud.as_str())
        .or(record.spec.cloud.as_deref());
    let stoppable = cannot_stop(cloud, record.spec.spot).is_none();
    let allowed = AllowedNodeActions {
        connect: state.is_up() && record.address.is_some() && may(Action::ConnectNode),
        logs: may(Action::ReadNodeLogs),
        jobs: state.is_up() && operate,
        stop: state.is_up() && stoppable && operate,
        start: (state == NodeState::Stopped || can_retry(&record)) && operate,
        autostop: (state.is_up() || state == NodeState::Stopped) && operate,
        delete: !matches!(state, NodeState::Deleting | NodeState::Deleted)
            && may(Action::DeleteNode),
    };
    let cost = NodeCost {
        price_per_hour: record.price_per_hour,
        so_far: so_far(&record, now),
        running: record.charged_since.is_some(),
    };
    Node {
        details: NodeDetails {
            workspace: workspace_name(
                &record.tenant.slug,
                &record.environment.slug,
                record.environment.id,
            ),
            spec: record.spec,
            task_yaml: record.task_yaml,
            machine: record.machine,
            placement: record.placement,
            address: record.address,
            autostop: record.autostop,
            cost,
            allowed,
            now,
        },
        id: record.id,
        name: record.name,
        tenant: record.tenant,
        environment: record.environment,
        state,
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

/// Whether a launch has failed for good and left nothing, so that it can be tried once more.
pub(super) fn can_retry(record: &NodeRecord) -> bool {
    record.state == NodeState::Failed
        && record.seen.is_none()
        && record.operation.kind == OperationKind::LaunchNode
        && record.operation.finished_at.is_some()
}

fn so_far(record: &NodeRecord, now: Timestamp) -> MicroDollars {
    let open = match (record.charged_since, record.price_per_hour) {
        (Some(since), Some(price)) => {
            price.times_seconds(now.duration_since(since).as_secs().max(0))
        }
        _ => MicroDollars(0),
    };
    record.spent + open
}
