//! What lists and limits count is kept in the transactions that write clusters and nodes.

use crate::{backend::Backend, fixtures::*};
use domain::caller::TenantScope;
use domain::cluster::{ClusterQuery, ClusterState};
use domain::usage::UsageState;
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

const WRONG_PLANS: &str = "SELECT COUNT(*) FROM (\
    SELECT host, state, COUNT(*) AS n, \
    SUM(CASE WHEN ready_at IS NULL THEN 0 ELSE price_per_hour END) AS price FROM clusters \
    GROUP BY host, state) c FULL JOIN \
    (SELECT host, state, SUM(count) AS n, SUM(charged_per_hour) AS price FROM plan_tally \
    GROUP BY host, state HAVING SUM(count) <> 0 OR SUM(charged_per_hour) <> 0) t \
    ON t.host = c.host AND t.state = c.state \
    WHERE t.n IS NULL OR c.n IS NULL OR t.n <> c.n OR t.price <> c.price";

const WRONG_CHARGES: &str = "SELECT COUNT(*) FROM (\
    SELECT tenant_id, SUM(price_per_hour) AS price FROM usage \
    WHERE ended_at IS NULL GROUP BY tenant_id) c FULL JOIN \
    (SELECT tenant_id, SUM(price_per_hour) AS price FROM charges WHERE kind = 'clusters' \
    GROUP BY tenant_id HAVING SUM(price_per_hour) <> 0) t ON t.tenant_id = c.tenant_id \
    WHERE t.price IS NULL OR c.price IS NULL OR t.price <> c.price";

const WRONG_TOTALS: &str = "SELECT COUNT(*) FROM (\
    SELECT kind, month, SUM(price_per_hour) AS price, SUM(price_seconds) AS seconds FROM charges \
    GROUP BY kind, month) c FULL JOIN \
    (SELECT kind, month, SUM(price_per_hour) AS price, SUM(price_seconds) AS seconds \
    FROM platform_charges GROUP BY kind, month) t ON t.kind = c.kind AND t.month = c.month \
    WHERE c.price IS NULL OR t.price IS NULL OR c.price <> t.price OR c.seconds <> t.seconds";

async fn nothing_is_wrong(backend: &Backend, when: &str) {
    for statement in [WRONG, WRONG_PLANS, WRONG_CHARGES, WRONG_TOTALS] {
        assert_eq!(backend.count(statement).await, 0, "{when}: {statement}");
    }
}

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
                    if progress.state == ClusterState::Ready {
                        progress.ready_at = Some(after(claim.fence));
                        progress.findings.charged = Some(UsageState::Running);
                        progress.findings.at = after(claim.fence);
                    }
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
    nothing_is_wrong(backend, "after all writers").await;
    assert_eq!(
        backend
            .count("SELECT COUNT(*) FROM charges WHERE price_per_hour > 0")
            .await,
        1
    );
    let mut raw = backend.raw().await;
    for statement in [
        "UPDATE clusters SET price_per_hour = price_per_hour + 1",
        "UPDATE clusters SET ready_at = NULL WHERE name < 'ci-2'",
        "UPDATE clusters SET host = 'another'",
        "UPDATE usage SET price_per_hour = price_per_hour + 1",
        "DELETE FROM usage",
        "BEGIN; DELETE FROM operations; DELETE FROM clusters; COMMIT",
    ] {
        raw.execute(statement).await.unwrap();
        nothing_is_wrong(backend, statement).await;
    }
    let left = "SELECT COUNT(*) FROM charges WHERE price_per_hour <> 0 OR price_seconds <> 0";
    assert_eq!(backend.count(left).await, 0);
}
