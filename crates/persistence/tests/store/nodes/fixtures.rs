//! Work on nodes that tests begin with.

pub use crate::fixtures::*;
use domain::{
    audit::AuditAction,
    money::MicroDollars,
    node::view::{NodeKind, NodeState},
    operation::{Operation, OperationKind},
};
use jiff::Timestamp;
use persistence::{
    Database, new_id,
    node_records::{NewNode, NodeChange, NodeProgress, NodeRecord},
};

/// $3.60 an hour: 1,000 micro-dollars a second.
pub const PRICE: MicroDollars = <NodeKind as Example>::PRICE;

/// Claims the node, which is woken for it, and records what `change` makes of it at `at`.
pub async fn work_on(
    database: &Database,
    order: &NewNode,
    at: Timestamp,
    change: impl FnOnce(&mut NodeProgress),
) -> NodeRecord {
    database.nodes().wake(order.id).await.unwrap();
    let claims = claim_all::<NodeKind>(database, noon()).await;
    let mut change = Some(change);
    for claim in &claims {
        let mut progress = as_it_is::<NodeKind>(&claim.record);
        if claim.record.id == order.id {
            progress.at = at;
            (change.take().unwrap())(&mut progress);
        } else {
            progress.due_at = Some(noon());
        }
        assert!(record(database, claim, progress).await);
    }
    assert!(change.is_none(), "the node was claimed");
    read(database, order).await
}

pub fn stop() -> NodeChange {
    let operation = Operation::begin(new_id(), OperationKind::StopNode, after(10));
    NodeChange::Turn(NodeState::Stopping, operation)
}

/// Asks for something of a node as it is now.
pub async fn ask(database: &Database, order: &NewNode, change: NodeChange) -> NodeRecord {
    let version = read(database, order).await.version;
    database
        .nodes()
        .change(
            order.id,
            version,
            change,
            audit_of(order, AuditAction::StopNode),
        )
        .await
        .unwrap()
        .expect("the version is right")
}
