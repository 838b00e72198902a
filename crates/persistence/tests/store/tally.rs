//! What lists and limits count is kept in the transactions that write clusters and nodes.

use crate::{backend::Backend, fixtures::*};
use domain::caller::TenantScope;
use domain::cluster::{ClusterQuery, ClusterState};
use jiff::SignedDuration;
use sqlx::Executor;
use tokio::task::JoinSet;

on_both_databases!(parallel_writers_leave_a_tally_that_is_exact);

/// What the tally says that is not so, in rows of state and environment.
const WRONG: &str = "SELECT COUNT(*) FROM (\
    SELECT environment_id, state, COUNT(*) AS n, SUM(price_per_hour) AS price FROM clusters \
    GROUP BY environment_id, state) c FULL JOIN \
    (SELECT environment_id, state, count, price_per_hour FROM tally \
    WHERE kind = 'clusters' AND count <> 0) t \
    ON t.environment_id = c.environment_id AND t.state = c.state \
    WHERE t.count IS NULL OR c.n IS NULL OR t.count <> c.n OR t.price_per_hour <> c.price";

async fn parallel_writers_leave_a_tally_that_is_exact(backend: &Backend) {
    let world = world(&backend.database).await;
    let mut orders = JoinSet::new();
    for number in 0..24 {
        let database = backend.database.clone();
        let order = world.order(&format!("ci-{number}"));
        orders.spawn(async move { created(&database, &order).await });
    }
    orders.join_all().await;
    // Workers move clusters between the same states in both directions.
    let mut workers = JoinSet::new();
    for _ in 0..6 {
        let database = backend.another().await;
        workers.spawn(async move {
            loop {
                let claims = database
                    .clusters()
                    .claim(after(3600), SignedDuration::from_mins(1), 3)
                    .await
                    .unwrap();
                if claims.is_empty() {
                    return;
                }
                for claim in claims {
                    let mut progress = as_it_is(&claim.record);
                    progress.state = match claim.record.state {
                        ClusterState::Pending => ClusterState::Provisioning,
                        ClusterState::Provisioning => ClusterState::Ready,
                        _ => ClusterState::Pending,
                    };
                    progress.due_at = (claim.fence < 4).then(|| after(60));
                    assert!(database.clusters().record(&claim, progress).await.unwrap());
                }
            }
        });
    }
    workers.join_all().await;
    let page = backend
        .database
        .clusters()
        .list(&TenantScope::All, None, &ClusterQuery::default())
        .await
        .unwrap();
    assert_eq!(page.total, 24);
    let counted: u64 = page.counts.iter().map(|entry| entry.count).sum();
    assert_eq!(counted, 24);
    assert_eq!(backend.count(WRONG).await, 0);
    let mut raw = backend.raw().await;
    raw.execute("UPDATE clusters SET price_per_hour = price_per_hour + 1")
        .await
        .unwrap();
    assert_eq!(backend.count(WRONG).await, 0, "of a changed price too");
}
