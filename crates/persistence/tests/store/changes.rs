//! The feed between replicas. What each method announces is told with the method.

use crate::{
    backend::{Backend, heard_until},
    fixtures::audit_of_user,
    nodes::fixtures::*,
};
use domain::audit::AuditAction;
use persistence::change::Change;
use sqlx::Executor;

#[tokio::test(flavor = "multi_thread")]
async fn replicas_on_postgres_hear_each_other() {
    let backend = Backend::postgres().await;
    let other = backend.another().await;
    let world = world(&backend.database).await;
    let mut changes = other.subscribe();
    let order = world.order("payments-ci");
    created(&backend.database, &order).await;
    let heard = heard_until(&mut changes, Change::WorkDue).await;
    let cluster = Change::Cluster {
        id: order.id,
        tenant_id: order.tenant_id,
    };
    assert!(heard.contains(&cluster));
    let node = world.node("trainer");
    created(&backend.database, &node).await;
    let heard = heard_until(&mut changes, Change::WorkDue).await;
    let node = Change::Node {
        id: node.id,
        tenant_id: node.tenant_id,
    };
    assert!(heard.contains(&node));
    other.close().await;
    backend.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_connection_everything_is_announced() {
    let backend = Backend::postgres().await;
    let world = world(&backend.database).await;
    let order = world.order("payments-ci");
    created(&backend.database, &order).await;
    let mut changes = backend.listen().await;

    backend
        .raw()
        .await
        .execute(
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    // Nothing was written meanwhile, so this can only come from listening again.
    heard_until(&mut changes, Change::Everything).await;

    // And it hears again.
    backend.database.clusters().wake(order.id).await.unwrap();
    heard_until(&mut changes, Change::WorkDue).await;
    backend
        .database
        .users()
        .sign_out_everywhere(
            world.ada.id,
            false,
            audit_of_user(world.ada.id, AuditAction::SignOutEverywhere),
        )
        .await
        .unwrap();
    let user_id = world.ada.id;
    heard_until(&mut changes, Change::Access { user_id }).await;
    backend.end().await;
}
