//! Many clusters in the database, settled, as if they had been there for days.

use crate::portal_process::Outside;
use domain::{
    audit::AuditAction,
    caller::{Caller, Channel},
    cluster::ClusterState,
    drift::DriftReport,
    exposure::Exposure,
    ids::ClusterId,
    kubernetes_version::KubernetesVersion,
    operation::{Operation, OperationKind},
    plan::Plan,
    usage::UsageState,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    new_id,
    records::{ClusterColumns, ClusterFindings, ClusterProgress, NewCluster},
};

/// Stores `count` clusters, most of them ready, some failed.
pub async fn store(outside: &Outside, count: usize) {
    let database = outside.open_database().await;
    let tenants = database.tenants().active().await.expect("tenants");
    let tenant = &tenants[0];
    let people = database.users().by_email("grace@example.com").await;
    let grace = &people.expect("people")[0];
    let caller = Caller {
        user_id: Some(grace.id),
        name: grace.name.clone(),
        channel: Channel::Session,
        token_reach: None,
        ..Caller::portal()
    };
    let plans = Plan::defaults();
    let now = Timestamp::now();
    for number in 0..count {
        let id: ClusterId = new_id();
        let name = format!("team-{:03}-service-{number:05}", number % 137);
        let audit = AuditEntry::by(&caller, AuditAction::OrderCluster, now, "cluster", &name);
        let new = NewCluster {
            id,
            name: name.parse().expect("a valid name"),
            tenant_id: tenant.tenant.id,
            environment_id: tenant.environments[0].id,
            created_by: grace.id,
            created_at: now,
            ends_at: Some(now + SignedDuration::from_hours(48 + number as i64 % 300)),
            operation: Operation::begin(new_id(), OperationKind::CreateCluster, now),
            details: ClusterColumns::ordered(
                plans[number % plans.len()].clone(),
                KubernetesVersion::ALL[number % KubernetesVersion::ALL.len()],
                Exposure::NodePort,
                "eu-1".into(),
            ),
            idempotency: None,
        };
        database
            .clusters()
            .create(new, audit.in_tenant(tenant.tenant.id))
            .await
            .expect("an order");
    }
    settle(&database, now).await;
    database.close().await;
}

async fn settle(database: &persistence::Database, now: Timestamp) {
    loop {
        let claims = database
            .clusters()
            .claim(now, SignedDuration::from_mins(60), 500)
            .await
            .expect("claims");
        if claims.is_empty() {
            return;
        }
        for claim in claims {
            let mut operation = claim.record.operation.clone();
            operation.finished_at = Some(now);
            let failed = claim.record.name.as_str().ends_with("00");
            let progress = ClusterProgress {
                state: if failed {
                    ClusterState::Failed
                } else {
                    ClusterState::Ready
                },
                failure: None,
                findings: ClusterFindings {
                    endpoint: Some("https://203.0.113.7:31443".into()),
                    drift: DriftReport::default(),
                    power: None,
                    charged: Some(UsageState::Running),
                    at: now,
                },
                ready_at: Some(now),
                deleted_at: None,
                operation,
                // Nothing of them is on the host: the portal is to leave them alone.
                due_at: None,
                audit: None,
            };
            database
                .clusters()
                .record(&claim, progress)
                .await
                .expect("recorded");
        }
    }
}
