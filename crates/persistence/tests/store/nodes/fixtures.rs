//! Nodes that tests begin with.

pub use crate::fixtures::*;
use domain::{
    audit::{AuditAction, AuditOutcome},
    ids::{NodeId, UserId},
    money::MicroDollars,
    node::{
        machine_name::machine_name,
        name::NodeName,
        order::{Autostop, IdleAction, NodeSpec},
        view::NodeState,
    },
    operation::{Operation, OperationKind},
    tenancy::Tenant,
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    audit_records::AuditEntry,
    new_id,
    node_records::{NewNode, NodeChange, NodeOrderStored, NodeProgress, NodeRecord},
    records::{Claim, Idempotency},
};

/// $3.60 an hour: 1,000 micro-dollars a second.
pub const PRICE: MicroDollars = MicroDollars(3_600_000);

pub fn node_in(tenant: &Tenant, environment: usize, owner: UserId, name: &str) -> NewNode {
    let name: NodeName = name.parse().unwrap();
    NewNode {
        id: new_id(),
        machine: machine_name(tenant.tenant.id, &name),
        name,
        tenant_id: tenant.tenant.id,
        environment_id: tenant.environments[environment].id,
        spec: NodeSpec {
            accelerator: Some("H100".into()),
            count: 8,
            cloud: Some("aws".into()),
            run: "python train.py --title “größer”".into(),
            ..NodeSpec::default()
        },
        task_yaml: "resources:\n  accelerators: H100:8\n".into(),
        autostop: Some(Autostop {
            idle_minutes: 30,
            then: IdleAction::Stop,
        }),
        price_per_hour: Some(PRICE),
        created_by: owner,
        created_at: noon(),
        ends_at: Some(after(3600)),
        operation: Operation::begin(new_id(), OperationKind::LaunchNode, noon()),
        idempotency: None,
    }
}

impl World {
    /// A node of Ada's in vision's first environment.
    pub fn node(&self, name: &str) -> NewNode {
        node_in(&self.vision, 0, self.ada.id, name)
    }

    pub fn keyed_node(&self, name: &str, key: &str) -> NewNode {
        NewNode {
            idempotency: Some(Idempotency {
                key: key.into(),
                fingerprint: format!("fingerprint of {name}"),
            }),
            ..self.node(name)
        }
    }
}

/// An audit entry about a node.
pub fn audit_of_node(order: &NewNode, action: AuditAction) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: noon(),
        user_id: Some(order.created_by),
        who: "Ada Lovelace".into(),
        channel: "session".into(),
        source: Some("192.0.2.7".into()),
        action,
        tenant_id: Some(order.tenant_id),
        target: format!("node/{}", order.id),
        target_name: order.name.as_str().into(),
        detail: None,
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

pub async fn store_node(database: &Database, order: &NewNode) -> NodeOrderStored {
    database
        .nodes()
        .create(order.clone(), audit_of_node(order, AuditAction::OrderNode))
        .await
        .unwrap()
}

/// The record of an order that is accepted.
pub async fn launched(database: &Database, order: &NewNode) -> NodeRecord {
    match store_node(database, order).await {
        NodeOrderStored::Created(record) => record,
        other => panic!("not created: {other:?}"),
    }
}

pub async fn read_node(database: &Database, id: NodeId) -> NodeRecord {
    database.nodes().get(id).await.unwrap().unwrap()
}

/// Claims everything that is due, for a minute.
pub async fn claim_nodes(database: &Database, now: Timestamp) -> Vec<Claim<NodeRecord>> {
    database
        .nodes()
        .claim(now, SignedDuration::from_secs(60), 100)
        .await
        .unwrap()
}

/// The one claim there is to be had.
pub async fn claim_node(database: &Database, now: Timestamp) -> Claim<NodeRecord> {
    let mut claims = claim_nodes(database, now).await;
    assert_eq!(claims.len(), 1);
    claims.remove(0)
}

/// Progress at noon that changes nothing and plans nothing.
pub fn node_as_it_is(node: &NodeRecord) -> NodeProgress {
    NodeProgress {
        state: node.state,
        failure: node.failure.clone(),
        placement: node.placement.clone(),
        address: node.address.clone(),
        price_per_hour: node.price_per_hour,
        charged: node.charged_since.is_some(),
        at: noon(),
        request: node.request.clone(),
        seen: node.seen.clone(),
        ready_at: node.ready_at,
        deleted_at: node.deleted_at,
        operation: node.operation.clone(),
        due_at: None,
        audit: None,
    }
}

/// Claims the node, which is woken for it, and records what `change` makes of it at `at`.
pub async fn work_on(
    database: &Database,
    id: NodeId,
    at: Timestamp,
    change: impl FnOnce(&mut NodeProgress),
) -> NodeRecord {
    database.nodes().wake(id).await.unwrap();
    let claims = claim_nodes(database, noon()).await;
    let mut change = Some(change);
    for claim in &claims {
        let mut progress = node_as_it_is(&claim.record);
        if claim.record.id == id {
            progress.at = at;
            (change.take().unwrap())(&mut progress);
        } else {
            progress.due_at = Some(noon());
        }
        assert!(database.nodes().record(claim, progress).await.unwrap());
    }
    assert!(change.is_none(), "the node was claimed");
    read_node(database, id).await
}

/// Takes a node to `state`, as a reconciler would.
pub async fn bring_node_to(
    database: &Database,
    id: NodeId,
    state: NodeState,
    at: Timestamp,
) -> NodeRecord {
    work_on(database, id, at, |progress| {
        progress.state = state;
        match state {
            NodeState::Ready => progress.ready_at = Some(at),
            NodeState::Deleted => progress.deleted_at = Some(at),
            _ => {}
        }
    })
    .await
}

pub fn deletion() -> NodeChange {
    let operation = Operation::begin(new_id(), OperationKind::DeleteNode, after(10));
    NodeChange::Turn(NodeState::Deleting, operation)
}

/// Asks for something of a node as it is now.
pub async fn ask(database: &Database, order: &NewNode, change: NodeChange) -> NodeRecord {
    let version = read_node(database, order.id).await.version;
    database
        .nodes()
        .change(
            order.id,
            version,
            change,
            audit_of_node(order, AuditAction::DeleteNode),
        )
        .await
        .unwrap()
        .expect("the version is right")
}
