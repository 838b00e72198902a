//! What holds of resources of every kind.

mod claims;
mod listing;
mod orders;

use crate::fixtures::*;
use domain::{
    audit::{AuditAction, AuditOutcome},
    cluster::{ClusterKind, ClusterState},
    exposure::Exposure,
    ids::{TenantId, UserId},
    kubernetes_version::KubernetesVersion,
    money::MicroDollars,
    node::{
        machine_name::machine_name,
        name::NodeName,
        order::{Autostop, IdleAction, NodeSpec},
        view::{NodeKind, NodeState},
    },
    operation::{Operation, OperationKind},
    plan::Plan,
    resource::State,
    tenancy::Tenant,
    usage::UsageState,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    audit_records::AuditEntry,
    new_id,
    node_records::{NodeColumns, NodeFindings},
    records::{
        Claim, ClusterColumns, ClusterFindings, Idempotency, NewResource, OrderStored, Progress,
        Record, StoredKind,
    },
};

/// A kind with examples of what is stored of it.
pub trait Example: StoredKind {
    const ORDERED: AuditAction;
    const CREATION: OperationKind;
    const READY_STATE: Self::State;
    const FAILED_STATE: Self::State;
    /// What each costs an hour.
    const PRICE: MicroDollars;

    fn columns(tenant: TenantId, name: &str) -> Self::Columns;

    /// Findings that change nothing.
    fn findings(record: &Record<Self>) -> Self::Findings;

    /// Begins or ends a charge.
    fn charge(findings: &mut Self::Findings, at: Timestamp, charged: bool);
}

impl Example for ClusterKind {
    const ORDERED: AuditAction = AuditAction::OrderCluster;
    const CREATION: OperationKind = OperationKind::CreateCluster;
    const READY_STATE: ClusterState = ClusterState::Ready;
    const FAILED_STATE: ClusterState = ClusterState::Failed;
    const PRICE: MicroDollars = MicroDollars(210_000);

    fn columns(_tenant: TenantId, _name: &str) -> ClusterColumns {
        ClusterColumns::ordered(
            Plan::defaults().remove(1),
            KubernetesVersion::ALL[0],
            Exposure::Ingress {
                host: "ci.example.com".parse().unwrap(),
            },
            HOST.into(),
        )
    }

    fn findings(record: &Record<Self>) -> ClusterFindings {
        ClusterFindings {
            endpoint: record.endpoint.clone(),
            drift: record.drift.clone(),
            power: record.power.clone(),
            charged: record.charged_since.map(|_| UsageState::Running),
            at: noon(),
        }
    }

    fn charge(findings: &mut ClusterFindings, at: Timestamp, charged: bool) {
        findings.at = at;
        findings.charged = charged.then_some(UsageState::Running);
    }
}

impl Example for NodeKind {
    const ORDERED: AuditAction = AuditAction::OrderNode;
    const CREATION: OperationKind = OperationKind::LaunchNode;
    const READY_STATE: NodeState = NodeState::Ready;
    const FAILED_STATE: NodeState = NodeState::Failed;
    const PRICE: MicroDollars = MicroDollars(3_600_000);

    fn columns(tenant: TenantId, name: &str) -> NodeColumns {
        let name: NodeName = name.parse().unwrap();
        NodeColumns {
            autostop: Some(Autostop {
                idle_minutes: 30,
                then: IdleAction::Stop,
            }),
            price_per_hour: Some(Self::PRICE),
            ..NodeColumns::ordered(
                NodeSpec {
                    accelerator: Some("H100".into()),
                    count: 8,
                    cloud: Some("aws".into()),
                    run: "python train.py --title “größer”".into(),
                    ..NodeSpec::default()
                },
                "resources:\n  accelerators: H100:8\n".into(),
                machine_name(tenant, &name),
            )
        }
    }

    fn findings(record: &Record<Self>) -> NodeFindings {
        NodeFindings {
            placement: record.placement.clone(),
            address: record.address.clone(),
            price_per_hour: record.price_per_hour,
            charged: record.charged_since.is_some(),
            at: noon(),
            request: record.request.clone(),
            seen: record.seen.clone(),
        }
    }

    fn charge(findings: &mut NodeFindings, at: Timestamp, charged: bool) {
        (findings.at, findings.charged) = (at, charged);
    }
}

pub fn example_in<K: Example>(
    tenant: &Tenant,
    environment: usize,
    owner: UserId,
    name: &str,
) -> NewResource<K> {
    NewResource {
        id: new_id(),
        name: name.parse().unwrap(),
        tenant_id: tenant.tenant.id,
        environment_id: tenant.environments[environment].id,
        created_by: owner,
        created_at: noon(),
        ends_at: Some(after(3600)),
        operation: Operation::begin(new_id(), K::CREATION, noon()),
        details: K::columns(tenant.tenant.id, name),
        idempotency: None,
    }
}

/// An order of Ada's in vision's first environment.
pub fn example<K: Example>(world: &World, name: &str) -> NewResource<K> {
    example_in(&world.vision, 0, world.ada.id, name)
}

pub fn with_key<K: Example>(order: NewResource<K>, key: &str) -> NewResource<K> {
    let fingerprint = format!("fingerprint of {}", order.name);
    NewResource {
        idempotency: Some(Idempotency {
            key: key.into(),
            fingerprint,
        }),
        ..order
    }
}

pub fn audit_of<K: Example>(order: &NewResource<K>, action: AuditAction) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: noon(),
        user_id: Some(order.created_by),
        who: "Ada Lovelace".into(),
        channel: "session".into(),
        source: Some("192.0.2.7".into()),
        action,
        tenant_id: Some(order.tenant_id),
        target: format!("{}/{}", K::NOUN, order.id),
        target_name: order.name.to_string(),
        detail: None,
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

pub async fn store<K: Example>(database: &Database, order: &NewResource<K>) -> OrderStored<K> {
    let audit = audit_of(order, K::ORDERED);
    database.table().create(order.clone(), audit).await.unwrap()
}

/// The record of an order that is accepted.
pub async fn created<K: Example>(database: &Database, order: &NewResource<K>) -> Record<K> {
    match store(database, order).await {
        OrderStored::Created(record) => record,
        other => panic!("not created: {other:?}"),
    }
}

pub async fn read<K: Example>(database: &Database, order: &NewResource<K>) -> Record<K> {
    database.table().get(order.id).await.unwrap().unwrap()
}

/// Claims everything that is due, for a minute.
pub async fn claim_all<K: Example>(database: &Database, now: Timestamp) -> Vec<Claim<Record<K>>> {
    let minute = SignedDuration::from_secs(60);
    database.table().claim(now, minute, 100).await.unwrap()
}

/// The only claim that can be made.
pub async fn claim_one<K: Example>(database: &Database, now: Timestamp) -> Claim<Record<K>> {
    let mut claims = claim_all(database, now).await;
    assert_eq!(claims.len(), 1);
    claims.remove(0)
}

/// Progress that changes nothing and plans nothing.
pub fn as_it_is<K: Example>(record: &Record<K>) -> Progress<K> {
    Progress::unchanged(record, K::findings(record))
}

pub async fn record<K: Example>(
    database: &Database,
    claim: &Claim<Record<K>>,
    progress: Progress<K>,
) -> bool {
    let table = database.table::<Record<K>>();
    table.record(claim, progress).await.unwrap()
}

pub async fn next_due<K: Example>(database: &Database) -> Option<Timestamp> {
    database.table::<Record<K>>().next_due().await.unwrap()
}

/// Takes a resource to `state`, as a reconciler would; what is ready is charged.
pub async fn bring_to<K: Example>(
    database: &Database,
    order: &NewResource<K>,
    state: K::State,
    at: Timestamp,
) -> Record<K> {
    database.table::<Record<K>>().wake(order.id).await.unwrap();
    for claim in &claim_all::<K>(database, noon()).await {
        let mut progress = as_it_is(&claim.record);
        progress.due_at = Some(noon());
        if claim.record.id == order.id {
            K::charge(&mut progress.findings, at, state == K::READY_STATE);
            progress.state = state;
            progress.due_at = None;
            if state == K::READY_STATE {
                progress.ready_at = Some(at);
            } else if state == K::State::DELETED {
                progress.deleted_at = Some(at);
            }
        }
        assert!(record(database, claim, progress).await);
    }
    let record = read(database, order).await;
    assert_eq!(record.state, state);
    record
}

pub async fn delete<K: Example>(database: &Database, order: &NewResource<K>) -> Record<K> {
    let operation = Operation::begin(new_id(), K::DELETION, after(10));
    let audit = audit_of(order, K::DELETED);
    let deleted = database.table().delete(order.id, operation, audit).await;
    deleted.unwrap().unwrap()
}
