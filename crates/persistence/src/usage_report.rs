//! Reports over the usage ledger, by day.
//!
//! Each interval counts as two changes, where it begins and where it ends: what is charged rises by its price and falls
//! again. The database adds the changes up by group and day, so that a report reads each interval once, however many
//! days it goes on; what each day costs follows from the running sum.

use crate::{
    Cause,
    dialect::Dialect,
    error::Stored,
    handles::Usage,
    list::push_scope,
    rows::{Row, id, number, text, time},
    sql::Sql,
    transaction::doing,
};
use domain::{
    caller::TenantScope,
    usage_report::{ResourceFacts, UsageChange, UsageGroup, UsagePeriod, UsageTotals},
};
use uuid::Uuid;

impl Usage<'_> {
    /// What changed in `period` in the use by those in `scope`, by group and day, in this order. What was in use at the
    /// start is a change of the first day; what is in use at the end ends there.
    pub async fn changes(
        self,
        scope: &TenantScope,
        period: UsagePeriod,
        by: UsageGroup,
    ) -> Stored<Vec<UsageChange>> {
        doing("add up usage", async {
            let mut sql = Sql::new("WITH r AS (SELECT ");
            sql.push(key(by)).push(
                " AS id, r.started_at, r.state, r.price_per_hour, CASE WHEN r.started_at < ",
            );
            sql.bind(period.from).push(" THEN ").bind(period.from);
            sql.push(" ELSE r.started_at END AS begins, CASE WHEN r.ended_at IS NULL OR r.ended_at > ");
            sql.bind(period.until).push(" THEN ").bind(period.until);
            sql.push(" ELSE r.ended_at END AS ends FROM usage r WHERE r.started_at < ");
            sql.bind(period.until);
            sql.push(" AND (r.ended_at IS NULL OR r.ended_at > ");
            sql.bind(period.from).push(") AND ");
            push_scope(&mut sql, scope, "");
            let (day, offset) = day(self.0.dialect());
            sql.push(&format!(
                "), c AS (SELECT id, started_at, state, begins AS at, 1 AS sign, price_per_hour FROM r \
                 UNION ALL SELECT id, started_at, state, ends, -1, price_per_hour FROM r), \
                 d AS (SELECT id, MIN(started_at) AS first, {day} AS day"
            ));
            for (sum, product, value) in MEASURES {
                sql.push(&format!(
                    ", CAST(SUM({value}) AS BIGINT) AS {sum}, \
                     CAST(SUM({value} * {offset}) AS BIGINT) AS {product}"
                ));
            }
            sql.push(&format!(" FROM c GROUP BY id, {day}) SELECT d.*"));
            sql.push(names(by)).push(" ORDER BY label, id, day");
            let rows = sql.query().fetch_all(self.0.readers()).await?;
            rows.iter()
                .map(|row| {
                    let read = |[price, running, paused, unpriced]: [&'static str; 4]| {
                        Ok::<_, Cause>(UsageTotals {
                            price: number(row, price)?.into(),
                            running: number(row, running)?.into(),
                            paused: number(row, paused)?.into(),
                            unpriced: number(row, unpriced)?.into(),
                        })
                    };
                    Ok(UsageChange {
                        id: match by {
                            UsageGroup::Plan => text(row, "id")?,
                            _ => id::<Uuid>(row, "id")?.to_string(),
                        },
                        name: text(row, "label")?,
                        resource: match by {
                            UsageGroup::Resource => Some(resource(row)?),
                            _ => None,
                        },
                        day: time(row, "day")?,
                        change: read(MEASURES.map(|measure| measure.0))?,
                        seconds: read(MEASURES.map(|measure| measure.1))?,
                    })
                })
                .collect()
        })
        .await
    }
}

fn resource(row: &Row) -> Result<ResourceFacts, Cause> {
    Ok(ResourceFacts {
        kind: text(row, "kind")?,
        size: text(row, "size")?,
        tenant: text(row, "tenant")?,
        environment: text(row, "environment")?,
        owner: text(row, "owner")?,
    })
}

/// What is added up, with the sign of each change: by itself, and times the seconds since the day began.
const MEASURES: [(&str, &str, &str); 4] = [
    ("price", "price_at", "sign * COALESCE(price_per_hour, 0)"),
    (
        "running",
        "running_at",
        "sign * CASE WHEN state = 'running' THEN 1 ELSE 0 END",
    ),
    (
        "paused",
        "paused_at",
        "sign * CASE WHEN state = 'paused' THEN 1 ELSE 0 END",
    ),
    (
        "unpriced",
        "unpriced_at",
        "sign * CASE WHEN price_per_hour IS NULL THEN 1 ELSE 0 END",
    ),
];

fn key(by: UsageGroup) -> &'static str {
    match by {
        UsageGroup::Tenant => "r.tenant_id",
        UsageGroup::Environment => "r.environment_id",
        UsageGroup::User => "r.user_id",
        UsageGroup::Plan => "r.size",
        UsageGroup::Resource => "r.resource_id",
    }
}

/// Joins what groups are called, and where resources belong.
fn names(by: UsageGroup) -> &'static str {
    match by {
        UsageGroup::Tenant => ", n.name AS label FROM d JOIN tenants n ON n.id = d.id",
        UsageGroup::User => ", n.name AS label FROM d JOIN users n ON n.id = d.id",
        UsageGroup::Environment => {
            ", t.name || ' / ' || n.name AS label FROM d JOIN environments n ON n.id = d.id \
             JOIN tenants t ON t.id = n.tenant_id"
        }
        UsageGroup::Plan => ", d.id AS label FROM d",
        UsageGroup::Resource => {
            ", o.name AS label, o.kind, o.size, t.name AS tenant, e.name AS environment, \
             u.name AS owner FROM d JOIN usage o ON o.resource_id = d.id AND o.started_at = d.first \
             JOIN tenants t ON t.id = o.tenant_id JOIN environments e ON e.id = o.environment_id \
             JOIN users u ON u.id = o.user_id"
        }
    }
}

/// The day (UTC) of `at`, and the whole seconds since it began.
fn day(dialect: Dialect) -> (&'static str, &'static str) {
    match dialect {
        Dialect::Sqlite => ("(at - at % 86400000000)", "((at % 86400000000) / 1000000)"),
        Dialect::Postgres => (
            "date_trunc('day', at, 'UTC')",
            "FLOOR(EXTRACT(EPOCH FROM at - date_trunc('day', at, 'UTC')))::BIGINT",
        ),
    }
}
