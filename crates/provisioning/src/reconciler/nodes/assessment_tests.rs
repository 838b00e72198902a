use super::*;
use crate::ports::machines::{MachineError, MachineErrorKind};
use domain::{
    cluster::UserRef,
    money::MicroDollars,
    node::order::NodeSpec,
    tenancy::{EnvironmentRef, TenantRef},
};
use persistence::{new_id, node_records::NodeColumns};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A node ordered at second 0.
fn ordered() -> NodeRecord {
    NodeRecord {
        id: new_id(),
        name: "trainer".parse().unwrap(),
        tenant: TenantRef {
            id: new_id(),
            slug: "vision".into(),
            name: "Vision".into(),
        },
        environment: EnvironmentRef {
            id: new_id(),
            slug: "dev".into(),
            name: "dev".into(),
        },
        state: NodeState::Pending,
        failure: None,
        created_by: UserRef {
            id: new_id(),
            name: "Ada".into(),
        },
        created_at: at(0),
        ready_at: None,
        ends_at: None,
        deleted_at: None,
        operation: Operation::begin(new_id(), OperationKind::LaunchNode, at(0)),
        version: 1,
        details: NodeColumns {
            price_per_hour: Some(MicroDollars(3_000_000)),
            ..NodeColumns::ordered(
                NodeSpec {
                    accelerator: Some("H100".into()),
                    count: 1,
                    ..NodeSpec::default()
                },
                "run: a\n".into(),
                "hgr-00000000-trainer".into(),
            )
        },
    }
}

/// The node with this operation, whose request is made.
fn under_way(kind: OperationKind, state: NodeState) -> NodeRecord {
    let mut node = ordered();
    node.operation = Operation::begin(new_id(), kind, at(10));
    mark_requested(&mut node.operation, at(10));
    node.request = Some("r-1".into());
    node.state = state;
    node
}

/// The node after its launch has gone well.
fn ready() -> NodeRecord {
    let mut node = under_way(OperationKind::LaunchNode, NodeState::Provisioning);
    let assessment = assess(&node, &up(RequestState::Succeeded), at(60));
    node.state = assessment.progress.state;
    node.operation = assessment.progress.operation;
    node.ready_at = assessment.progress.ready_at;
    node.details.address = assessment.progress.findings.address;
    node.details.seen = assessment.progress.findings.seen;
    node.details.placement = assessment.progress.findings.placement;
    assert_eq!(node.state, NodeState::Ready);
    node
}

fn machine(state: MachineState) -> Machine {
    Machine {
        name: "hgr-00000000-trainer".into(),
        workspace: "hgr-vision-dev".into(),
        state,
        reason: None,
        autostop: None,
        placement: Some(Placement {
            cloud: "aws".into(),
            region: "us-east-1".into(),
            instance_type: Some("p5.4xlarge".into()),
        }),
        resources: "1x(gpus=H100:1)".into(),
        launched_at: Some(at(20)),
        ever_up: state == MachineState::Up,
    }
}

fn nothing() -> MachineObservation {
    MachineObservation {
        machine: None,
        request: None,
        events: Vec::new(),
        address: None,
    }
}

fn seen(state: MachineState, request: RequestState) -> MachineObservation {
    MachineObservation {
        machine: Some(machine(state)),
        request: Some(request),
        ..nothing()
    }
}

fn up(request: RequestState) -> MachineObservation {
    MachineObservation {
        address: Some("203.0.113.7:22".into()),
        ..seen(MachineState::Up, request)
    }
}

fn with_events(mut observation: MachineObservation, events: &[&str]) -> MachineObservation {
    observation.events = events
        .iter()
        .map(|message| NodeEvent {
            at: at(20),
            message: (*message).into(),
        })
        .collect();
    observation
}

fn error(kind: MachineErrorKind) -> MachineError {
    MachineError {
        kind,
        message: "No machine was to be had.".into(),
        server_type: None,
        tried: vec!["AWS (us-east-1)".into(), "AWS (us-west-2)".into()],
        detail: None,
    }
}

fn steps_done(operation: &Operation) -> usize {
    operation.progress().0
}

#[test]
fn a_fresh_order_is_asked_for() {
    let assessment = assess(&ordered(), &nothing(), at(1));
    assert_eq!(assessment.next, Move::Launch);
    assert_eq!(assessment.progress.state, NodeState::Provisioning);
    assert_eq!(steps_done(&assessment.progress.operation), 2);
}

#[test]
fn a_launch_that_is_under_way_is_waited_for() {
    let node = under_way(OperationKind::LaunchNode, NodeState::Provisioning);
    let observation = MachineObservation {
        request: Some(RequestState::Open),
        ..nothing()
    };
    let assessment = assess(&node, &observation, at(11));
    assert_eq!(assessment.next, Move::Wait);
    assert_eq!(steps_done(&assessment.progress.operation), 3);
    assert!(!assessment.progress.charged);
}

#[test]
fn steps_follow_what_skypilot_tells_and_charging_begins_with_the_machine() {
    let node = under_way(OperationKind::LaunchNode, NodeState::Provisioning);
    let launching = |events: &[&str]| {
        let observation = with_events(seen(MachineState::Launching, RequestState::Open), events);
        assess(&node, &observation, at(30)).progress
    };
    let looking = launching(&["Provisioning on aws in us-east-1"]);
    assert_eq!(
        (steps_done(&looking.operation), looking.charged),
        (3, false)
    );
    let detail = looking.operation.current().unwrap().detail.clone();
    assert_eq!(detail.as_deref(), Some("Provisioning on aws in us-east-1"));

    let found = launching(&["Instances launched on aws in us-east-1"]);
    assert_eq!((steps_done(&found.operation), found.charged), (4, true));

    let runtime = launching(&[
        "Instances launched on aws in us-east-1",
        "Cluster successfully provisioned with 1 nodes",
    ]);
    assert_eq!(steps_done(&runtime.operation), 5);
}

#[test]
fn it_is_ready_when_the_launch_is_over_and_the_address_is_known() {
    let node = under_way(OperationKind::LaunchNode, NodeState::Provisioning);
    let setting_up = assess(&node, &up(RequestState::Open), at(40)).progress;
    assert_eq!(setting_up.state, NodeState::Provisioning);
    let done = assess(&node, &up(RequestState::Succeeded), at(50)).progress;
    assert_eq!(done.state, NodeState::Ready);
    assert_eq!(done.ready_at, Some(at(50)));
    assert_eq!(done.address.as_deref(), Some("203.0.113.7:22"));
    assert!(done.operation.finished_at.is_some());
}

#[test]
fn a_cloud_that_tells_no_address_is_waited_for_a_minute() {
    let mut node = under_way(OperationKind::LaunchNode, NodeState::Provisioning);
    let silent = seen(MachineState::Up, RequestState::Succeeded);
    let first = assess(&node, &silent, at(50)).progress;
    assert_eq!(first.state, NodeState::Provisioning);
    node.operation = first.operation;
    assert_eq!(
        assess(&node, &silent, at(100)).progress.state,
        NodeState::Provisioning
    );
    assert_eq!(
        assess(&node, &silent, at(111)).progress.state,
        NodeState::Ready
    );
}

#[test]
fn a_server_that_forgot_the_request_is_asked_again_unless_the_machine_is_up() {
    let node = under_way(OperationKind::LaunchNode, NodeState::Provisioning);
    let forgotten = |state| assess(&node, &seen(state, RequestState::Unknown), at(40));
    assert_eq!(forgotten(MachineState::Launching).next, Move::Launch);
    let lost = MachineObservation {
        request: Some(RequestState::Unknown),
        ..nothing()
    };
    assert_eq!(assess(&node, &lost, at(40)).next, Move::Launch);
    let done = assess(&node, &up(RequestState::Unknown), at(40));
    assert_eq!(
        (done.next, done.progress.state),
        (Move::Wait, NodeState::Ready)
    );
}

#[test]
fn a_lack_of_capacity_ends_the_launch_and_names_each_place() {
    let node = under_way(OperationKind::LaunchNode, NodeState::Provisioning);
    let failed = MachineObservation {
        request: Some(RequestState::Failed(error(MachineErrorKind::NoCapacity))),
        ..nothing()
    };
    let progress = assess(&node, &failed, at(40)).progress;
    assert_eq!(progress.state, NodeState::Failed);
    let failure = progress.failure.unwrap();
    assert_eq!(failure.code, FailureCode::NoCapacity);
    assert!(!failure.retrying);
    for place in ["AWS (us-east-1)", "AWS (us-west-2)"] {
        assert!(failure.message.contains(place), "{}", failure.message);
    }
    assert!(progress.operation.finished_at.is_some());
}

#[test]
fn a_machine_whose_set_up_failed_is_up_and_says_so_until_it_is_started_anew() {
    let mut node = under_way(OperationKind::LaunchNode, NodeState::Provisioning);
    let failed = up(RequestState::Failed(error(MachineErrorKind::CommandFailed)));
    let progress = assess(&node, &failed, at(40)).progress;
    assert_eq!(progress.state, NodeState::Degraded);
    assert!(progress.charged);
    node.state = progress.state;
    node.operation = progress.operation;
    let later = assess(&node, &up(RequestState::Unknown), at(90)).progress;
    assert_eq!(later.state, NodeState::Degraded);
    assert_eq!(later.failure.unwrap().code, FailureCode::SetupFailed);
}

#[test]
fn what_a_failed_launch_left_running_is_charged_and_called_failed() {
    let mut node = under_way(OperationKind::LaunchNode, NodeState::Failed);
    let left = with_events(
        seen(
            MachineState::Launching,
            RequestState::Failed(error(MachineErrorKind::Other)),
        ),
        &["Instances launched on aws in us-east-1"],
    );
    let progress = assess(&node, &left, at(40)).progress;
    assert_eq!(
        (progress.state, progress.charged),
        (NodeState::Failed, true)
    );
    node.operation = progress.operation.clone();
    node.seen = progress.seen.clone();
    node.failure = progress.failure;
    let gone = assess(&node, &nothing(), at(90)).progress;
    assert_eq!((gone.state, gone.charged), (NodeState::Failed, false));
    assert_eq!(gone.failure.unwrap().code, FailureCode::ServerRefused);
}

#[test]
fn stopping_asks_once_and_ends_when_it_is_stopped() {
    let mut node = ready();
    node.state = NodeState::Stopping;
    node.operation = Operation::begin(new_id(), OperationKind::StopNode, at(100));
    // The request of the launch is still there; it is not the stop's.
    node.request = Some("r-1".into());
    assert_eq!(
        assess(&node, &up(RequestState::Succeeded), at(101)).next,
        Move::Stop
    );
    mark_requested(&mut node.operation, at(101));
    let waiting = assess(&node, &up(RequestState::Open), at(102));
    assert_eq!(
        (waiting.next, waiting.progress.state),
        (Move::Wait, NodeState::Stopping)
    );
    let stopped = assess(
        &node,
        &seen(MachineState::Stopped, RequestState::Succeeded),
        at(110),
    )
    .progress;
    assert_eq!(
        (stopped.state, stopped.charged),
        (NodeState::Stopped, false)
    );
    assert_eq!(stopped.address, None);
}

#[test]
fn a_stopped_node_is_started_again_and_a_refusal_leaves_it_stopped() {
    let mut node = ready();
    node.state = NodeState::Starting;
    node.operation = Operation::begin(new_id(), OperationKind::StartNode, at(200));
    let stopped = |request| seen(MachineState::Stopped, request);
    assert_eq!(
        assess(&node, &stopped(RequestState::Succeeded), at(201)).next,
        Move::Start
    );
    mark_requested(&mut node.operation, at(201));
    assert_eq!(
        assess(&node, &stopped(RequestState::Open), at(202)).next,
        Move::Wait
    );
    let refused = assess(
        &node,
        &stopped(RequestState::Failed(error(MachineErrorKind::NoCapacity))),
        at(203),
    )
    .progress;
    assert_eq!(refused.state, NodeState::Stopped);
    assert_eq!(refused.failure.unwrap().code, FailureCode::NoCapacity);
    let done = assess(&node, &up(RequestState::Succeeded), at(230)).progress;
    assert_eq!(done.state, NodeState::Ready);
}

#[test]
fn taking_down_is_asked_for_even_if_nothing_is_listed_yet() {
    let mut node = under_way(OperationKind::LaunchNode, NodeState::Deleting);
    node.operation = Operation::begin(new_id(), OperationKind::DeleteNode, at(50));
    assert_eq!(assess(&node, &nothing(), at(51)).next, Move::Delete);
}

#[test]
fn taking_down_ends_only_when_nothing_is_listed_any_more() {
    let mut node = ready();
    node.state = NodeState::Deleting;
    node.operation = Operation::begin(new_id(), OperationKind::DeleteNode, at(300));
    mark_requested(&mut node.operation, at(300));
    for (observation, next, state) in [
        (up(RequestState::Open), Move::Wait, NodeState::Deleting),
        // Done, says the request; the list says otherwise, and the list counts.
        (
            up(RequestState::Succeeded),
            Move::Delete,
            NodeState::Deleting,
        ),
        (up(RequestState::Unknown), Move::Delete, NodeState::Deleting),
        (
            MachineObservation {
                request: Some(RequestState::Open),
                ..nothing()
            },
            Move::Wait,
            NodeState::Deleting,
        ),
        (
            MachineObservation {
                request: Some(RequestState::Succeeded),
                ..nothing()
            },
            Move::Wait,
            NodeState::Deleted,
        ),
    ] {
        let assessment = assess(&node, &observation, at(310));
        assert_eq!(
            (assessment.next, assessment.progress.state),
            (next, state),
            "{observation:?}"
        );
    }
}

#[test]
fn deletion_attempts_come_at_growing_distances() {
    let mut node = ready();
    node.state = NodeState::Deleting;
    node.operation = Operation::begin(new_id(), OperationKind::DeleteNode, at(300));
    mark_requested(&mut node.operation, at(300));
    for attempt in 1..5 {
        let failed = up(RequestState::Failed(error(
            MachineErrorKind::CloudCredential,
        )));
        node.operation = assess(&node, &failed, at(310)).progress.operation;
        assert_eq!(node.operation.attempts, attempt);
        node.operation = assess(&node, &up(RequestState::Open), at(311))
            .progress
            .operation;
        assert_eq!(node.operation.attempts, attempt);
    }
}

#[test]
fn a_machine_that_was_ended_outside_is_said_to_be_gone() {
    let progress = assess(&ready(), &nothing(), at(400)).progress;
    assert_eq!(
        (progress.state, progress.charged),
        (NodeState::Failed, false)
    );
    assert_eq!(progress.failure.unwrap().code, FailureCode::MachineGone);
}

#[test]
fn a_node_that_goes_down_when_idle_is_deleted_when_it_is_gone() {
    let mut node = ready();
    node.autostop = Some(Autostop {
        idle_minutes: 10,
        then: IdleAction::Delete,
    });
    let progress = assess(&node, &nothing(), at(700)).progress;
    assert_eq!(progress.state, NodeState::Deleted);
    assert_eq!(progress.deleted_at, Some(at(700)));
    let too_early = assess(&node, &nothing(), at(400)).progress;
    assert_eq!(
        too_early.state,
        NodeState::Failed,
        "it cannot have been idle for so long"
    );
    assert_eq!(too_early.failure.unwrap().code, FailureCode::MachineGone);
}

#[test]
fn a_node_that_stopped_by_itself_is_stopped() {
    let progress = assess(
        &ready(),
        &seen(MachineState::Stopped, RequestState::Unknown),
        at(400),
    )
    .progress;
    assert_eq!(
        (progress.state, progress.charged),
        (NodeState::Stopped, false)
    );
}

#[test]
fn an_idle_rule_that_differs_is_set() {
    let mut node = ready();
    let rule = Some(Autostop {
        idle_minutes: 10,
        then: IdleAction::Stop,
    });
    node.autostop = rule;
    let assessment = assess(&node, &up(RequestState::Unknown), at(400));
    assert_eq!(assessment.next, Move::SetAutostop(rule));
    assert_eq!(assessment.progress.state, NodeState::Ready);
}

#[test]
fn an_unhealthy_machine_is_degraded_in_the_servers_words_and_recovers() {
    let node = ready();
    let mut observation = seen(MachineState::Unhealthy, RequestState::Unknown);
    observation.machine.as_mut().unwrap().reason = Some("ray is unhealthy".into());
    let progress = assess(&node, &observation, at(400)).progress;
    assert_eq!(progress.state, NodeState::Degraded);
    assert!(
        progress
            .failure
            .unwrap()
            .message
            .contains("ray is unhealthy")
    );
    let again = assess(&node, &up(RequestState::Unknown), at(500)).progress;
    assert_eq!((again.state, again.failure), (NodeState::Ready, None));
}
