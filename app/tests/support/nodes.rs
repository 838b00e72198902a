//! A node in each common state, and machines without a node.

use domain::{
    audit::AuditAction,
    failure::{Failure, FailureCode},
    money::MicroDollars,
    node::{
        job::{Job, JobState},
        order::{Autostop, IdleAction, NodeSpec},
        view::{NodeState, Orphan, Placement},
    },
    operation::{Operation, OperationKind},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    new_id,
    node_records::{NewNode, NodeColumns, NodeFindings, NodeProgress, OrphanRemoval},
};
use std::sync::atomic::Ordering;
use uuid::Uuid;

use super::clusters::advance;
use super::{MARKUP, TestPortal};

/// The ready node, trainer.
pub const READY_NODE: Uuid = Uuid::from_u128(201);
/// The one that is launching, notebook.
pub const LAUNCHING_NODE: Uuid = Uuid::from_u128(202);
/// The failed one, big-run.
pub const FAILED_NODE: Uuid = Uuid::from_u128(203);
/// The stopped one, weekend.
pub const STOPPED_NODE: Uuid = Uuid::from_u128(204);

impl TestPortal {
    /// Adds trainer (ready), notebook (launching), big-run (failed) and weekend (stopped), all created by Ada in
    /// vision/dev; with three jobs and a log of 300 lines.
    pub async fn with_nodes(self) -> Self {
        self.core.workspaces_are_ready().await;
        for (id, name, state) in [
            (READY_NODE, "trainer", NodeState::Ready),
            (LAUNCHING_NODE, "notebook", NodeState::Provisioning),
            (FAILED_NODE, "big-run", NodeState::Failed),
            (STOPPED_NODE, "weekend", NodeState::Stopped),
        ] {
            self.node(id, name, state).await;
        }
        let now = Timestamp::now();
        let job = |id, name: &str, state, ago, took: Option<i64>| {
            let started = now - SignedDuration::from_mins(ago);
            Job {
                id,
                name: name.into(),
                state,
                submitted_at: started,
                started_at: Some(started),
                ended_at: took.map(|seconds| started + SignedDuration::from_secs(seconds)),
            }
        };
        *self.core.machines.queue.lock().unwrap() = vec![
            job(3, "train", JobState::Running, 2, None),
            job(2, "smoke", JobState::Failed, 9, Some(75)),
            job(1, "", JobState::Succeeded, 20, Some(6)),
        ];
        *self.core.machines.log.lock().unwrap() = (1..=300)
            .map(|line| format!("line {line}: <b>epoch</b> done\n"))
            .collect();
        self
    }

    async fn node(&self, id: Uuid, name: &str, state: NodeState) {
        let started = Timestamp::now() - SignedDuration::from_mins(30);
        let new = NewNode {
            id: id.into(),
            name: name.parse().unwrap(),
            tenant_id: self.tenant,
            environment_id: self.dev,
            created_by: self.ada,
            created_at: started,
            ends_at: Some(started + SignedDuration::from_mins(402)),
            operation: Operation::begin(new_id(), OperationKind::LaunchNode, started),
            details: NodeColumns {
                autostop: Some(Autostop {
                    idle_minutes: 30,
                    then: IdleAction::Delete,
                }),
                price_per_hour: Some(MicroDollars(55_040_000)),
                ..NodeColumns::ordered(
                    NodeSpec {
                        accelerator: Some("H100".into()),
                        count: 8,
                        cloud: Some("aws".into()),
                        region: Some("us-east-1".into()),
                        ..NodeSpec::default()
                    },
                    format!("name: {name}\nresources:\n  accelerators: H100:8\n"),
                    format!("hgr-0000000a-{name}"),
                )
            },
            idempotency: None,
        };
        let caller = self.admin_caller();
        let audit = AuditEntry::by(
            &caller,
            AuditAction::OrderNode,
            started,
            format!("node/{id}"),
            name,
        )
        .in_tenant(self.tenant);
        let failure = (state == NodeState::Failed).then(|| Failure {
            code: FailureCode::NoCapacity,
            message: format!("No capacity available in 3 locations:\nAWS (us-east-1): no capacity for p5.48xlarge\nAWS (us-west-2): no capacity for p5.48xlarge\nAWS (eu-west-1): {MARKUP}"),
            next_step: "Choose another region or accelerator, or try again later.".into(),
            retrying: false,
        });
        let up = matches!(state, NodeState::Ready | NodeState::Stopped);
        let stored = self.core.stored(new, audit, |record| {
            let mut operation = record.operation.clone();
            let done = if up { operation.steps.len() } else { 3 };
            advance(&mut operation, started, done);
            operation.failure.clone_from(&failure);
            NodeProgress {
                state,
                failure,
                findings: NodeFindings {
                    placement: up.then(|| Placement {
                        cloud: "aws".into(),
                        region: "us-east-1".into(),
                        instance_type: Some("p5.48xlarge".into()),
                    }),
                    address: (state == NodeState::Ready).then(|| "203.0.113.7:22".into()),
                    price_per_hour: Some(MicroDollars(55_040_000)),
                    charged: state == NodeState::Ready,
                    at: started,
                    request: None,
                    seen: None,
                },
                ready_at: up.then(|| started + SignedDuration::from_mins(4)),
                deleted_at: None,
                operation,
                due_at: None,
                audit: None,
            }
        });
        stored.await;
    }

    /// Adds a machine without a node that is up, and one that is being deleted.
    pub async fn with_orphans(self) -> Self {
        let orphan = |machine: &str, state: &str| Orphan {
            machine: machine.into(),
            workspace: "hgr-vision-dev".into(),
            state: state.into(),
            resources: "1x(gpus=H100:1, p5.4xlarge, ...)".into(),
            place: Some("aws/us-east-1".into()),
            launched_at: Some("2026-11-19T07:30:00Z".parse().unwrap()),
            going: false,
        };
        let (forgotten, leaving) = ("hgr-3f2a77aa-forgotten", "hgr-77aa3f2a-leaving");
        let database = &self.core.database;
        let orphans = [orphan(forgotten, "up"), orphan(leaving, "stopped")];
        database
            .server_reports()
            .set_orphans(&orphans)
            .await
            .unwrap();
        let (now, action) = (Timestamp::now(), AuditAction::DeleteOrphan);
        let removal = OrphanRemoval {
            machine: leaving.into(),
            workspace: "hgr-vision-dev".into(),
            asked_at: now,
        };
        let audit = AuditEntry::by(
            &self.admin_caller(),
            action,
            now,
            "machine/leaving",
            leaving,
        );
        database
            .server_reports()
            .delete_orphan(removal, audit)
            .await
            .unwrap();
        self
    }

    /// Makes the SkyPilot API server unreachable.
    pub fn without_skypilot(self) -> Self {
        self.core.machines.unreachable.store(true, Ordering::SeqCst);
        self
    }
}
