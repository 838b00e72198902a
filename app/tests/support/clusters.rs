//! A cluster in each common state.

use domain::drift::{Drift, DriftChange, DriftReport, Restoration};
use domain::usage::UsageState;
use domain::{
    audit::AuditAction,
    cluster::{ClusterEvent, ClusterState, DeletionPreview},
    exposure::Exposure,
    failure::{Failure, FailureCode},
    operation::{Operation, OperationKind, StepState},
    plan::Plan,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    new_id,
    records::{ClusterColumns, ClusterFindings, ClusterProgress, NewCluster},
};
use uuid::Uuid;

use super::{MARKUP, TestPortal};

/// The ready cluster, checkout-preview.
pub const READY: Uuid = Uuid::from_u128(1);
/// The one that is being provisioned, payments-ci.
pub const WORKING: Uuid = Uuid::from_u128(2);

impl TestPortal {
    /// Adds checkout-preview (ready), payments-ci (being provisioned), search-load (failed) and docs-demo (being deleted), all
    /// created by Ada in vision/dev.
    pub async fn with_clusters(self) -> Self {
        let now = Timestamp::now();
        self.cluster(READY, "checkout-preview", ClusterState::Ready, 7, 0)
            .await;
        self.cluster(WORKING, "payments-ci", ClusterState::Provisioning, 3, 1)
            .await;
        self.cluster(
            Uuid::from_u128(3),
            "search-load",
            ClusterState::Failed,
            4,
            0,
        )
        .await;
        self.cluster(
            Uuid::from_u128(4),
            "docs-demo",
            ClusterState::Deleting,
            0,
            0,
        )
        .await;
        let event = |ago, warning, reason: &str, message: &str, count| ClusterEvent {
            at: now - SignedDuration::from_secs(ago),
            warning,
            reason: reason.into(),
            message: message.into(),
            object: "Pod/checkout-preview-0".into(),
            count,
        };
        *self.core.hosts.events.lock().unwrap() = vec![
            event(12, false, "Started", "Started container syncer", 1),
            event(40, true, "BackOff", "Back-off pulling image", 4),
        ];
        let objects = |kind: &str, name: &str, count| DeletionPreview {
            kind: kind.into(),
            names: vec![name.into()],
            count,
        };
        *self.core.hosts.preview.lock().unwrap() = vec![
            objects("Namespace", "vcluster-checkout-preview", 1),
            objects("Pod", "checkout-preview-0", 6),
        ];
        self
    }

    fn order(&self, id: Uuid, name: &str, plan: Plan, host: &str) -> NewCluster {
        let now = Timestamp::now();
        let started = now - SignedDuration::from_mins(30);
        NewCluster {
            id: id.into(),
            name: name.parse().unwrap(),
            tenant_id: self.tenant,
            environment_id: self.dev,
            created_by: self.ada,
            created_at: started,
            ends_at: Some(now + SignedDuration::from_mins(372)),
            operation: Operation::begin(new_id(), OperationKind::CreateCluster, started),
            details: ClusterColumns::ordered(
                plan,
                "v1.36.0".parse().unwrap(),
                Exposure::LoadBalancer,
                host.into(),
            ),
            idempotency: None,
        }
    }

    pub(super) async fn with_a_cluster_on(&self, host: &str, plan: Plan) {
        let new = self.order(Uuid::from_u128(5), "elsewhere", plan, host);
        let (now, caller) = (Timestamp::now(), self.admin_caller());
        let audit = AuditEntry::by(
            &caller,
            AuditAction::OrderCluster,
            now,
            "cluster/5",
            "elsewhere",
        );
        self.core
            .database
            .clusters()
            .create(new, audit)
            .await
            .unwrap();
    }

    async fn cluster(&self, id: Uuid, name: &str, state: ClusterState, done: usize, plan: usize) {
        let now = Timestamp::now();
        let started = now - SignedDuration::from_mins(30);
        let caller = self.admin_caller();
        let mut new = self.order(id, name, Plan::defaults().remove(plan), "eu-1");
        if state == ClusterState::Deleting {
            new.ends_at = None;
        }
        let audit = AuditEntry::by(
            &caller,
            AuditAction::OrderCluster,
            now,
            format!("cluster/{}", new.id),
            name,
        )
        .in_tenant(self.tenant);
        let failure = (state == ClusterState::Failed).then(|| Failure {
            code: FailureCode::ImagePull,
            message: format!(
                "The image “ghcr.io/loft-sh/vcluster-oss:0.36.1” cannot be pulled: {MARKUP}"
            ),
            next_step: "Check that the host cluster may pull from ghcr.io, or give it a mirror."
                .into(),
            retrying: true,
        });
        let ready = state == ClusterState::Ready;
        let stored = self.core.stored(new, audit, |record| {
            let mut operation = match state {
                ClusterState::Deleting => {
                    Operation::begin(new_id(), OperationKind::DeleteCluster, now)
                }
                _ => record.operation.clone(),
            };
            advance(&mut operation, started, done);
            operation.failure.clone_from(&failure);
            if failure.is_some() {
                operation.steps[done].state = StepState::Failed;
            }
            ClusterProgress {
                state,
                failure,
                findings: ClusterFindings {
                    endpoint: ready.then(|| "https://10.20.0.7:443".into()),
                    drift: if ready {
                        drift(now)
                    } else {
                        DriftReport::default()
                    },
                    power: None,
                    charged: ready.then_some(UsageState::Running),
                    at: started,
                },
                ready_at: ready.then_some(started),
                deleted_at: None,
                operation,
                due_at: None,
                audit: None,
            }
        });
        stored.await;
    }
}

/// A policy that was opened and put right, and a changed image.
fn drift(now: Timestamp) -> DriftReport {
    let changed = |object: &str, isolation| Drift {
        object: object.into(),
        change: DriftChange::Changed,
        fields: vec![format!("spec.{MARKUP}")],
        isolation,
    };
    DriftReport {
        found: vec![changed("StatefulSet/checkout-preview", false)],
        restored: Some(Restoration {
            at: now,
            objects: vec![changed("NetworkPolicy/vc-work-checkout-preview", true)],
            times: 1,
        }),
    }
}

/// `done` steps are over and the next one runs.
pub(super) fn advance(operation: &mut Operation, started: Timestamp, done: usize) {
    let steps = operation.steps.len();
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
    operation.finished_at = (done >= steps).then(|| started + SignedDuration::from_secs(7));
}
