//! People, tenants and orders that tests begin with.

use domain::{
    access::{PlatformRole, TenantRole, TokenScope},
    audit::{AuditAction, AuditOutcome},
    cluster::ClusterState,
    exposure::Exposure,
    ids::{ClusterId, TenantId, UserId},
    kubernetes_version::KubernetesVersion,
    operation::{Operation, OperationKind},
    plan::Plan,
    tenancy::Tenant,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    audit_records::AuditEntry,
    new_id,
    records::{
        Claim, ClusterRecord, Idempotency, NewCluster, OrderStored, Progress, SignedIn, TenantSeed,
        TokenRecord, UserRecord,
    },
};

pub const HOST: &str = "host-a";

/// A moment that tests count from.
pub fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// The start of the month of [`noon`].
pub fn month() -> Timestamp {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

pub fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

pub struct World {
    pub vision: Tenant,
    pub speech: Tenant,
    pub ada: UserRecord,
    pub brian: UserRecord,
}

/// Tenants `vision` (dev, prod) and `speech` (dev), Ada and Brian.
pub async fn world(database: &Database) -> World {
    let seed = |slug: &str, name: &str, environments: &[(&str, &str)]| TenantSeed {
        slug: slug.into(),
        name: name.into(),
        environments: environments
            .iter()
            .map(|(slug, name)| ((*slug).into(), (*name).into()))
            .collect(),
    };
    database
        .tenants()
        .seed(&[
            seed(
                "vision",
                "Vision team",
                &[("dev", "Development"), ("prod", "Production")],
            ),
            seed("speech", "Speech team", &[("dev", "Development")]),
        ])
        .await
        .unwrap();
    let tenants = database.tenants().active().await.unwrap();
    let tenant = |slug: &str| {
        tenants
            .iter()
            .find(|tenant| tenant.tenant.slug == slug)
            .unwrap()
            .clone()
    };
    World {
        vision: tenant("vision"),
        speech: tenant("speech"),
        ada: sign_in(database, "ada", "Ada Lovelace").await,
        brian: sign_in(database, "brian", "Brian Kernighan").await,
    }
}

pub fn person(subject: &str, name: &str) -> SignedIn {
    SignedIn {
        issuer: "https://id.example".into(),
        subject: subject.into(),
        email: format!("{subject}@example.com"),
        email_verified: true,
        name: name.into(),
        claimed_platform_role: PlatformRole::User,
        claimed_platform_why: None,
        claimed_tenants: Vec::new(),
        source: Some("192.0.2.1".into()),
    }
}

pub fn member(subject: &str, tenants: &[(TenantId, TenantRole)]) -> SignedIn {
    SignedIn {
        claimed_tenants: tenants.iter().copied().map(Into::into).collect(),
        ..person(subject, "Ada Lovelace")
    }
}

pub async fn sign_in(database: &Database, subject: &str, name: &str) -> UserRecord {
    database
        .users()
        .sign_in(person(subject, name), noon())
        .await
        .unwrap()
}

impl World {
    /// An order of Ada's in vision's first environment.
    pub fn order(&self, name: &str) -> NewCluster {
        order_in(&self.vision, 0, self.ada.id, name)
    }

    pub fn keyed_order(&self, name: &str, key: &str) -> NewCluster {
        NewCluster {
            idempotency: Some(Idempotency {
                key: key.into(),
                fingerprint: format!("fingerprint of {name}"),
            }),
            ..self.order(name)
        }
    }
}

pub fn order_in(tenant: &Tenant, environment: usize, owner: UserId, name: &str) -> NewCluster {
    NewCluster {
        id: new_id(),
        name: name.parse().unwrap(),
        tenant_id: tenant.tenant.id,
        environment_id: tenant.environments[environment].id,
        plan: Plan::defaults().remove(1),
        kubernetes_version: KubernetesVersion::ALL[0],
        exposure: Exposure::Ingress {
            host: "ci.example.com".parse().unwrap(),
        },
        host: HOST.into(),
        created_by: owner,
        created_at: noon(),
        ends_at: Some(after(3600)),
        operation: Operation::begin(new_id(), OperationKind::CreateCluster, noon()),
        idempotency: None,
    }
}

/// An audit entry about somebody, by Brian.
pub fn audit_of_user(id: UserId, action: AuditAction) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: noon(),
        user_id: None,
        who: "Brian Kernighan".into(),
        channel: "session".into(),
        source: None,
        action,
        tenant_id: None,
        target: format!("user/{id}"),
        target_name: "Ada Lovelace".into(),
        detail: None,
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

/// An audit entry about a cluster.
pub fn audit_of(order: &NewCluster, action: AuditAction) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: noon(),
        user_id: Some(order.created_by),
        who: "Ada Lovelace".into(),
        channel: "session".into(),
        source: Some("192.0.2.7".into()),
        action,
        tenant_id: Some(order.tenant_id),
        target: format!("cluster/{}", order.id),
        target_name: order.name.as_str().into(),
        detail: None,
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

pub async fn store(database: &Database, order: &NewCluster) -> OrderStored {
    database
        .clusters()
        .create(order.clone(), audit_of(order, AuditAction::OrderCluster))
        .await
        .unwrap()
}

/// The record of an order that is accepted.
pub async fn created(database: &Database, order: &NewCluster) -> ClusterRecord {
    match store(database, order).await {
        OrderStored::Created(record) => record,
        other => panic!("not created: {other:?}"),
    }
}

pub async fn read(database: &Database, id: ClusterId) -> ClusterRecord {
    database.clusters().get(id).await.unwrap().unwrap()
}

/// Claims everything that is due, for a minute.
pub async fn claim_all(database: &Database, now: Timestamp) -> Vec<Claim<ClusterRecord>> {
    database
        .clusters()
        .claim(now, SignedDuration::from_secs(60), 100)
        .await
        .unwrap()
}

/// The one claim there is to be had.
pub async fn claim_one(database: &Database, now: Timestamp) -> Claim<ClusterRecord> {
    let mut claims = claim_all(database, now).await;
    assert_eq!(claims.len(), 1);
    claims.remove(0)
}

/// Progress that changes nothing and plans nothing.
pub fn as_it_is(cluster: &ClusterRecord) -> Progress {
    Progress {
        state: cluster.state,
        failure: cluster.failure.clone(),
        endpoint: cluster.endpoint.clone(),
        ready_at: cluster.ready_at,
        deleted_at: cluster.deleted_at,
        operation: cluster.operation.clone(),
        due_at: None,
        audit: None,
    }
}

/// Takes a cluster to `state`, as a reconciler would.
pub async fn bring_to(database: &Database, id: ClusterId, state: ClusterState, at: Timestamp) {
    let claims = claim_all(database, noon()).await;
    for claim in &claims {
        let mut progress = as_it_is(&claim.record);
        progress.due_at = Some(noon());
        if claim.record.id == id {
            progress.state = state;
            progress.due_at = None;
            match state {
                ClusterState::Ready => progress.ready_at = Some(at),
                ClusterState::Deleted => progress.deleted_at = Some(at),
                _ => {}
            }
        }
        assert!(database.clusters().record(claim, progress).await.unwrap());
    }
    assert_eq!(read(database, id).await.state, state);
}

pub async fn delete(database: &Database, order: &NewCluster) -> ClusterRecord {
    database
        .clusters()
        .delete(
            order.id,
            Operation::begin(new_id(), OperationKind::DeleteCluster, after(10)),
            audit_of(order, AuditAction::DeleteCluster),
        )
        .await
        .unwrap()
        .unwrap()
}

/// A token of somebody that ends an hour after noon.
pub fn token(user: UserId, digest: &str) -> TokenRecord {
    TokenRecord {
        id: new_id(),
        user_id: user,
        name: "ci".into(),
        prefix: "hgr_abcd".into(),
        digest: digest.into(),
        scopes: vec![TokenScope::Read, TokenScope::Nodes],
        tenant: None,
        created_at: noon(),
        expires_at: after(3600),
        last_used_at: None,
    }
}
