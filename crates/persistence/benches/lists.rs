//! What lists and the dashboard's queries cost with many clusters.
//!
//! `cargo bench -p persistence -- DATABASE CLUSTERS`; DATABASE is empty, and a PostgreSQL user must be a
//! superuser, so that rows can be written in bulk without triggers.

use domain::caller::TenantScope;
use domain::{
    cluster::ClusterQuery,
    ids::UserId,
    listing::{Position, Sort},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use persistence::Database;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::time::{Duration, Instant};
use uuid::Uuid;

const ROUNDS: usize = 100;
const TENANTS: usize = 1000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).filter(|it| it != "--bench");
    let (Some(location), Some(clusters)) = (arguments.next(), arguments.next()) else {
        println!("give a database and a number of clusters");
        return Ok(());
    };
    let database = Database::open(&location, None).await?;
    if database.tenants().active().await?.is_empty() {
        seed(&location, clusters.parse()?).await?;
    }
    let tenants = database.tenants().active().await?;
    let one = TenantScope::Only(vec![tenants[7].tenant.id]);
    let ten = TenantScope::Only(tenants[..10].iter().map(|it| it.tenant.id).collect());
    let all = TenantScope::All;
    let newest = ClusterQuery::default();
    let mut page = database.clusters().list(&all, None, &newest).await?;
    for _ in 0..20 {
        let next = page.paging.next.clone().ok_or("too few clusters")?;
        let query = ClusterQuery {
            position: Position::After(next),
            ..newest.clone()
        };
        page = database.clusters().list(&all, None, &query).await?;
    }
    let deep = Position::After(page.paging.next.ok_or("too few clusters")?);
    let by = |sort, descending| ClusterQuery {
        sort,
        descending,
        ..ClusterQuery::default()
    };
    let searched = |search: &str| ClusterQuery {
        search: search.into(),
        ..ClusterQuery::default()
    };
    let lists = [
        ("newest, platform", &all, newest.clone()),
        (
            "page 22, platform",
            &all,
            ClusterQuery {
                position: deep,
                ..newest.clone()
            },
        ),
        (
            "last page, platform",
            &all,
            ClusterQuery {
                position: Position::Last,
                ..newest.clone()
            },
        ),
        ("by name, platform", &all, by(Sort::Name, false)),
        ("by end descending, platform", &all, by(Sort::Ends, true)),
        ("by state, platform", &all, by(Sort::State, false)),
        ("newest, one tenant", &one, newest.clone()),
        ("by name, one tenant", &one, by(Sort::Name, false)),
        ("newest, ten tenants", &ten, newest.clone()),
        ("rare search, platform", &all, searched("ci-4242")),
        ("broad search, platform", &all, searched("payments")),
        ("search, one tenant", &one, searched("payments")),
    ];
    for (name, scope, query) in &lists {
        measure(name, async || {
            database.clusters().list(scope, None, query).await.map(drop)
        })
        .await?;
    }
    let now = Timestamp::now();
    let today = now.to_zoned(TimeZone::UTC);
    let month = today.first_of_month()?.start_of_day()?.timestamp();
    measure("plans and host clusters", async || {
        database.clusters().tally().await.map(drop)
    })
    .await?;
    for (name, scope) in [("platform", &all), ("one tenant", &one)] {
        let owner = UserId::from(Uuid::from_u128((3 << 124) | 7));
        measure(&format!("overview, {name}"), async || {
            let failed = "failed"
                .parse()
                .map_err(Box::<dyn std::error::Error>::from)?;
            let failed = ClusterQuery {
                states: vec![failed],
                per_page: 8,
                ..ClusterQuery::default()
            };
            let (clusters, nodes) = (database.clusters(), database.nodes());
            clusters.list(scope, Some(owner), &failed).await?;
            clusters.newest_of(scope, owner, 8).await?;
            let day = SignedDuration::from_hours(24);
            clusters.ending_before(scope, now + day, 8).await?;
            clusters.costs(scope, month, now).await?;
            nodes.costs(scope, month, now).await?;
            database.tenants().quotas(scope).await?;
            database.audit().recent(scope, 8).await?;
            Ok::<_, Box<dyn std::error::Error>>(())
        })
        .await?;
        measure(&format!("costs, {name}"), async || {
            database.clusters().costs(scope, month, now).await.map(drop)
        })
        .await?;
    }
    database.close().await;
    Ok(())
}

async fn measure<E: Into<Box<dyn std::error::Error>>>(
    name: &str,
    work: impl AsyncFn() -> Result<(), E>,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut took = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        work().await.map_err(Into::into)?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    let milliseconds = |it: Duration| it.as_secs_f64() * 1000.0;
    println!(
        "{name:<30} p50 {:7.1} ms  p99 {:7.1} ms",
        milliseconds(took[ROUNDS / 2]),
        milliseconds(took[ROUNDS * 99 / 100 - 1])
    );
    Ok(())
}

/// Writes in bulk: tenants with two environments and one user each, and clusters.
async fn seed(location: &str, clusters: usize) -> Result<(), Box<dyn std::error::Error>> {
    sqlx::any::install_default_drivers();
    let postgres = location.starts_with("postgres");
    let url = match postgres {
        true => location.to_owned(),
        false => format!("sqlite:{location}"),
    };
    let mut raw = AnyConnection::connect(&url).await?;
    // An id from a kind and a number, a time from seconds, and a series of numbers.
    let id = |kind: u8, n: &str| match postgres {
        true => format!("('{kind}' || lpad(to_hex(({n})::bigint), 31, '0'))::uuid"),
        false => format!("printf('{kind}0000000-0000-0000-0000-%012x', {n})"),
    };
    let time = |n: &str| match postgres {
        true => format!("to_timestamp({n})"),
        false => format!("(({n}) * 1000000)"),
    };
    let series = |n: usize| match postgres {
        true => format!("generate_series(1, {n}) AS s (n)"),
        false => format!(
            "(WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {n}) \
             SELECT n FROM c) AS s"
        ),
    };
    let plan = serde_json::to_string(&domain::plan::Plan::defaults()[0])?;
    let exposure = serde_json::to_string(&domain::exposure::Exposure::NodePort)?;
    let drift = serde_json::to_string(&domain::drift::DriftReport::default())?;
    let begun = Timestamp::now().as_second();
    let tenant = format!("(n % {TENANTS}) + 1");
    let environment = format!("(((n % {TENANTS}) + 1) * 2 + (n / {TENANTS}) % 2)");
    let state = "CASE WHEN n % 200 = 0 THEN 'failed' WHEN n % 50 = 1 THEN 'deleted' \
        WHEN n % 97 = 0 THEN 'provisioning' ELSE 'ready' END";
    let (month, into_month, shard) = match postgres {
        true => (
            "date_trunc('month', ready_at, 'UTC')",
            "FLOOR(EXTRACT(EPOCH FROM ready_at - date_trunc('month', ready_at, 'UTC')))::bigint",
            "right(tenant_id::text, 1)",
        ),
        false => (
            "unixepoch(ready_at / 1000000, 'unixepoch', 'start of month') * 1000000",
            "(ready_at / 1000000 - unixepoch(ready_at / 1000000, 'unixepoch', 'start of month'))",
            "substr(tenant_id, -1)",
        ),
    };
    let statements = [
        if postgres {
            "SET session_replication_role = replica".to_owned()
        } else {
            "PRAGMA foreign_keys = OFF".to_owned()
        },
        format!(
            "INSERT INTO tenants (id, slug, name, name_folded, name_key) SELECT {}, 'team-' || n, \
             'Team ' || n, 'team ' || n, 'team ' || n FROM {}",
            id(1, "n"),
            series(TENANTS)
        ),
        format!(
            "INSERT INTO environments (id, tenant_id, slug, name, name_folded) SELECT {}, {}, \
             'env-' || (n % 2), 'Env', 'env' FROM {} WHERE n > 1",
            id(2, "n"),
            id(1, "(n / 2)"),
            series(TENANTS * 2 + 1)
        ),
        format!(
            "INSERT INTO users (id, issuer, subject, email, email_verified, name, name_folded, \
             suspended) SELECT {}, 'i', 's' || n, 'u' || n || '@example.com', TRUE, 'User ' || n, \
             'user ' || n, FALSE FROM {}",
            id(3, "n"),
            series(TENANTS)
        ),
        format!(
            "INSERT INTO clusters (id, name, tenant_id, environment_id, plan, price_per_hour, spent, \
             kubernetes_version, exposure, host, drift, state, created_by, created_at, ready_at, ends_at, \
             operation_id, fence, wakes, version) SELECT {cluster}, \
             CASE n % 3 WHEN 0 THEN 'payments-' WHEN 1 THEN 'ci-' ELSE 'search-' END || n, \
             {}, {}, '{plan}', 100000 + n % 7, 0, 'v1.36.0', '{exposure}', 'host', '{drift}', {state}, {}, {created}, \
             {created}, CASE WHEN n % 3 = 0 THEN {} END, {}, 0, 0, 1 FROM {}",
            id(1, &format!("({tenant})")),
            id(2, &environment),
            id(3, &format!("({tenant})")),
            time(&format!("{begun} + (n % 5000000)")),
            id(5, "n"),
            series(clusters),
            cluster = id(4, "n"),
            created = time(&format!("{begun} - ({clusters} - n) * 40")),
        ),
        format!(
            "INSERT INTO operations (id, cluster_id, kind, started_at, attempts, steps) \
             SELECT {}, {}, 'create_cluster', {}, 1, '[]' FROM {}",
            id(5, "n"),
            id(4, "n"),
            time(&begun.to_string()),
            series(clusters)
        ),
        "DELETE FROM tally".to_owned(),
        "INSERT INTO tally SELECT 'clusters', tenant_id, environment_id, state, COUNT(*), \
         SUM(price_per_hour) FROM clusters GROUP BY tenant_id, environment_id, state"
            .to_owned(),
        "DELETE FROM charges".to_owned(),
        format!(
            "INSERT INTO charges SELECT 'clusters', tenant_id, {month}, SUM(price_per_hour), \
             SUM(price_per_hour * {into_month}) FROM clusters WHERE state <> 'deleted' \
             GROUP BY tenant_id, {month}"
        ),
        "DELETE FROM platform_charges".to_owned(),
        format!(
            "INSERT INTO platform_charges SELECT kind, month, {shard}, SUM(price_per_hour), \
             SUM(price_seconds) FROM charges GROUP BY kind, month, {shard}"
        ),
        "DELETE FROM plan_tally".to_owned(),
        format!(
            "INSERT INTO plan_tally SELECT host, plan, state, {shard}, COUNT(*), \
             SUM(price_per_hour) FROM clusters GROUP BY host, plan, state, {shard}"
        ),
        if postgres {
            "VACUUM ANALYZE"
        } else {
            "ANALYZE"
        }
        .to_owned(),
    ];
    for statement in statements {
        raw.execute(AssertSqlSafe(statement)).await?;
    }
    raw.close().await?;
    Ok(())
}
