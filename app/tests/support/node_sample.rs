//! Made-up offers and nodes.

use domain::cluster::PersonRef;
use domain::failure::{Failure, FailureCode};
use domain::money::MicroDollars;
use domain::node::catalogue::Offer;
use domain::node::job::{Job, JobState};
use domain::node::order::{Autostop, IdleAction, NodeSpec};
use domain::node::view::{AllowedNodeActions, Node, NodeCost, NodeState, Orphan, Placement};
use domain::operation::{Operation, OperationKind, StepState};
use jiff::SignedDuration;
use uuid::Uuid;

use super::sample;

/// The node that is ready.
pub const READY_NODE: Uuid = Uuid::from_u128(201);
/// The one that is on its way up.
pub const LAUNCHING_NODE: Uuid = Uuid::from_u128(202);
/// The one that finds no machine.
pub const FAILED_NODE: Uuid = Uuid::from_u128(203);
/// The one that is stopped.
pub const STOPPED_NODE: Uuid = Uuid::from_u128(204);

/// What three clouds have.
pub fn offers() -> Vec<Offer> {
    let offer = |accelerator: &str, count, cloud: &str, region: &str, price, spot| Offer {
        accelerator: accelerator.into(),
        count,
        device_memory_gib: Some(if accelerator == "L4" { 24.0 } else { 80.0 }),
        cloud: cloud.into(),
        region: region.into(),
        instance_type: format!("{cloud}-{accelerator}-{count}").to_lowercase(),
        vcpus: Some(16.0),
        memory_gib: Some(256.0),
        price_per_hour: Some(MicroDollars(price)),
        spot_price_per_hour: spot,
    };
    vec![
        offer(
            "L4",
            1,
            "gcp",
            "us-central1",
            700_000,
            Some(MicroDollars(280_000)),
        ),
        offer("H100", 1, "lambda", "us-south-1", 2_990_000, None),
        offer(
            "H100",
            1,
            "aws",
            "us-east-1",
            6_880_000,
            Some(MicroDollars(2_200_000)),
        ),
        offer(
            "H100",
            8,
            "aws",
            "us-east-1",
            55_040_000,
            Some(MicroDollars(17_600_000)),
        ),
        offer(
            "H100",
            8,
            "aws",
            "us-west-2",
            56_000_000,
            Some(MicroDollars(19_000_000)),
        ),
    ]
}

/// One for each state that a person meets most.
pub fn nodes() -> Vec<Node> {
    let ready = node(READY_NODE, "trainer", NodeState::Ready);
    let launching = node(LAUNCHING_NODE, "notebook", NodeState::Provisioning);
    let mut failed = node(FAILED_NODE, "big-run", NodeState::Failed);
    failed.failure = Some(Failure {
        code: FailureCode::NoCapacity,
        message: "No machine was to be had in any of the 2 places that were tried:\nAWS (us-east-1): no capacity for p5.48xlarge\nAWS (us-west-2): no capacity for p5.48xlarge".into(),
        next_step: "Order another region, another accelerator, or try again later.".into(),
        retrying: false,
    });
    failed.operation.failure.clone_from(&failed.failure);
    let stopped = node(STOPPED_NODE, "weekend", NodeState::Stopped);
    vec![ready, launching, failed, stopped]
}

fn node(id: Uuid, name: &str, state: NodeState) -> Node {
    let started = sample::now() - SignedDuration::from_mins(30);
    let up = matches!(state, NodeState::Ready | NodeState::Stopped);
    let mut operation = Operation::begin(
        Uuid::from_u128(230).into(),
        OperationKind::LaunchNode,
        started,
    );
    for (position, step) in operation.steps.iter_mut().enumerate() {
        if up || position < 3 {
            step.state = StepState::Done;
            step.started_at = Some(started);
            step.finished_at = Some(started + SignedDuration::from_secs(20));
        }
    }
    operation.finished_at = up.then(|| started + SignedDuration::from_mins(4));
    Node {
        id: id.into(),
        name: name.parse().expect("a valid name"),
        tenant: sample::tenant(),
        environment: sample::environment("dev"),
        spec: NodeSpec {
            accelerator: Some("H100".into()),
            count: 8,
            cloud: Some("aws".into()),
            region: Some("us-east-1".into()),
            ..NodeSpec::default()
        },
        task_yaml: format!("name: {name}\nresources:\n  accelerators: H100:8\n"),
        machine: format!("hgr-0000000a-{name}"),
        workspace: "hgr-vision-dev".into(),
        state,
        failure: None,
        placement: up.then(|| Placement {
            cloud: "aws".into(),
            region: "us-east-1".into(),
            instance_type: Some("p5.48xlarge".into()),
        }),
        address: (state == NodeState::Ready).then(|| "203.0.113.7:22".into()),
        autostop: Some(Autostop {
            idle_minutes: 30,
            then: IdleAction::TakeDown,
        }),
        cost: NodeCost {
            price_per_hour: Some(MicroDollars(55_040_000)),
            so_far: MicroDollars(27_520_000),
            running: state == NodeState::Ready,
        },
        created_by: PersonRef {
            id: sample::ADA.into(),
            name: "Ada Keller".into(),
        },
        created_at: started,
        ready_at: up.then(|| started + SignedDuration::from_mins(4)),
        ends_at: Some(sample::now() + SignedDuration::from_mins(372)),
        operation,
        version: 3,
        allowed: AllowedNodeActions {
            connect: state == NodeState::Ready,
            logs: true,
            jobs: state == NodeState::Ready,
            stop: state == NodeState::Ready,
            start: state == NodeState::Stopped,
            autostop: state == NodeState::Ready,
            delete: true,
        },
        now: sample::now(),
    }
}

/// One that runs and one that is on its way down.
pub fn orphans() -> Vec<Orphan> {
    let orphan = |machine: &str, state: &str, going| Orphan {
        machine: machine.into(),
        workspace: "hgr-vision-dev".into(),
        state: state.into(),
        resources: "1x(gpus=H100:1, p5.4xlarge, ...)".into(),
        place: Some("aws/us-east-1".into()),
        launched_at: Some(sample::now() - SignedDuration::from_hours(50)),
        going,
    };
    vec![
        orphan("hgr-3f2a77aa-forgotten", "up", false),
        orphan("hgr-77aa3f2a-leaving", "stopped", true),
    ]
}

/// One that runs and two that are over.
pub fn jobs() -> Vec<Job> {
    let job = |id, name: &str, state, ago, took: Option<i64>| {
        let started = sample::now() - SignedDuration::from_mins(ago);
        Job {
            id,
            name: name.into(),
            state,
            submitted_at: started,
            started_at: Some(started),
            ended_at: took.map(|seconds| started + SignedDuration::from_secs(seconds)),
        }
    };
    vec![
        job(3, "train", JobState::Running, 2, None),
        job(2, "smoke", JobState::Failed, 9, Some(75)),
        job(1, "", JobState::Succeeded, 20, Some(6)),
    ]
}

/// The lines of a log.
pub fn log_lines() -> Vec<String> {
    (1..=300)
        .map(|line| format!("line {line}: <b>epoch</b> done\n"))
        .collect()
}
