//! Made-up clusters in every state.

use domain::cluster::{
    AllowedActions, Cluster, ClusterEvent, ClusterState, DoomedObjects, PersonRef,
};
use domain::exposure::Exposure;
use domain::failure::{Failure, FailureCode};
use domain::ids::{ClusterId, OperationId};
use domain::money::MicroDollars;
use domain::operation::{Operation, OperationKind, StepState};
use domain::plan::Plan;
use domain::room::EnvironmentRoom;
use domain::tenancy::{EnvironmentLimits, EnvironmentRef, EnvironmentUse, TenantRef};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// The ready cluster.
pub const READY: Uuid = Uuid::from_u128(1);
/// The one that is on its way up.
pub const WORKING: Uuid = Uuid::from_u128(2);
/// No cluster at all.
pub const UNKNOWN: Uuid = Uuid::from_u128(99);
/// The person who is signed in.
pub const ADA: Uuid = Uuid::from_u128(100);

/// The moment at which everything is looked at.
pub fn now() -> Timestamp {
    "2026-11-21T09:30:00Z".parse().expect("a valid time")
}

pub fn tenant() -> TenantRef {
    TenantRef {
        id: Uuid::from_u128(10).into(),
        slug: "vision".into(),
        name: "Vision team".into(),
    }
}

pub fn environment(slug: &str) -> EnvironmentRef {
    EnvironmentRef {
        id: Uuid::from_u128(20).into(),
        slug: slug.into(),
        name: slug.into(),
    }
}

/// Three of four clusters are in use; nodes and prices have no limit.
pub fn room() -> EnvironmentRoom {
    EnvironmentRoom {
        environment_id: environment("dev").id,
        limits: EnvironmentLimits {
            max_clusters: Some(4),
            ..EnvironmentLimits::default()
        },
        in_use: EnvironmentUse {
            clusters: 3,
            nodes: 2,
            price_per_hour: MicroDollars(290_000),
        },
    }
}

/// One for each state that a person meets.
pub fn clusters() -> Vec<Cluster> {
    let mut ready = cluster(READY, "checkout-preview", ClusterState::Ready, 7);
    ready.endpoint = Some("https://10.20.0.7:443".into());
    let mut working = cluster(WORKING, "payments-ci", ClusterState::Provisioning, 3);
    working.ends_at = Some(now() + SignedDuration::from_hours(24));
    working.plan = Plan::defaults().remove(1);
    working.created_at = now() - SignedDuration::from_secs(15);
    let mut failed = cluster(Uuid::from_u128(3), "search-load", ClusterState::Failed, 4);
    failed.failure = Some(Failure {
        code: FailureCode::ImagePull,
        message: "The image “ghcr.io/loft-sh/vcluster-oss:0.36.1” cannot be pulled: ErrImagePull, unauthorized".into(),
        next_step: "Check that the host cluster may pull from ghcr.io, or give it a mirror.".into(),
        retrying: true,
    });
    failed.operation.failure.clone_from(&failed.failure);
    failed.operation.steps[4].state = StepState::Failed;
    let mut going = cluster(Uuid::from_u128(4), "docs-demo", ClusterState::Deleting, 0);
    going.operation = Operation::begin(
        Uuid::from_u128(44).into(),
        OperationKind::DeleteCluster,
        now(),
    );
    going.ends_at = None;
    vec![ready, working, failed, going]
}

fn cluster(id: Uuid, name: &str, state: ClusterState, done: usize) -> Cluster {
    let id: ClusterId = id.into();
    let started = now() - SignedDuration::from_mins(30);
    let operation_id: OperationId = Uuid::from_u128(30).into();
    let mut operation = Operation::begin(operation_id, OperationKind::CreateCluster, started);
    for (position, step) in operation.steps.iter_mut().enumerate() {
        let at = |offset: usize| started + SignedDuration::from_millis(900 * offset as i64);
        step.started_at = (position <= done).then(|| at(position));
        step.finished_at = (position < done).then(|| at(position + 1));
        step.state = match position {
            position if position < done => StepState::Done,
            position if position == done => StepState::Running,
            _ => StepState::Waiting,
        };
    }
    operation.steps[2].detail = Some(format!("11 objects in vcluster-{name}"));
    let settled = state == ClusterState::Ready;
    operation.finished_at = settled.then(|| started + SignedDuration::from_secs(7));
    Cluster {
        id,
        name: name.parse().expect("a valid name"),
        tenant: tenant(),
        environment: environment("dev"),
        plan: Plan::defaults().remove(0),
        kubernetes_version: "v1.36.0".parse().expect("a known version"),
        exposure: Exposure::LoadBalancer,
        host: "eu-1".into(),
        namespace: format!("vcluster-{name}"),
        state,
        failure: None,
        endpoint: None,
        created_by: PersonRef {
            id: ADA.into(),
            name: "Ada Keller".into(),
        },
        created_at: started,
        ready_at: None,
        ends_at: Some(now() + SignedDuration::from_mins(372)),
        operation,
        version: 3,
        allowed: AllowedActions {
            kubeconfig: settled,
            delete: state != ClusterState::Deleting,
        },
    }
}

pub fn events() -> Vec<ClusterEvent> {
    let event = |ago, warning, reason: &str, message: &str, count| ClusterEvent {
        at: now() - SignedDuration::from_secs(ago),
        warning,
        reason: reason.into(),
        message: message.into(),
        object: "Pod/checkout-preview-0".into(),
        count,
    };
    vec![
        event(12, false, "Started", "Started container syncer", 1),
        event(
            40,
            true,
            "BackOff",
            "Back-off pulling image “ghcr.io/loft-sh/vcluster-oss:0.36.1”",
            4,
        ),
        event(
            95,
            false,
            "Scheduled",
            "Successfully assigned vcluster-checkout-preview/checkout-preview-0 to node-1",
            1,
        ),
    ]
}

pub fn doomed() -> Vec<DoomedObjects> {
    vec![
        DoomedObjects {
            kind: "Namespace".into(),
            names: vec!["vcluster-checkout-preview".into()],
            count: 1,
        },
        DoomedObjects {
            kind: "Pod".into(),
            names: vec![
                "checkout-preview-0".into(),
                "shop-x-default-x-checkout-preview".into(),
            ],
            count: 6,
        },
    ]
}

pub fn api_document() -> Value {
    json!({
        "info": {"version": "1", "description": "Order, look at and delete clusters."},
        "paths": {"/api/v1/clusters": {
            "get": {
                "tags": ["Clusters"], "summary": "List clusters",
                "parameters": [{"name": "search", "in": "query", "description": "Part of a name.", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "A page of them"}, "401": {"description": "Nobody is signed in"}}
            },
            "post": {
                "tags": ["Clusters"], "summary": "Order a cluster", "description": "The same key orders once.",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                "responses": {"201": {"description": "Accepted", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}}
            }
        }},
        "components": {"schemas": {"Order": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "description": "A DNS label."},
            "plan": {"type": "string", "enum": ["small", "medium", "large"]}
        }}}}
    })
}
