//! Lists of clusters: searched, filtered, sorted and paged in the database.

use crate::{
    Cause, clusters,
    database::Database,
    rows::{number, word},
    sql::{Sql, containing},
};
use domain::{
    cluster::ClusterState,
    ids::UserId,
    listing::{ClusterQuery, ClusterSort, StateCount},
    money::MicroDollars,
};
use jiff::Timestamp;
use provisioning::{
    ports::stores::{Costs, RecordPage, Scope},
    records::ClusterRecord,
};
use sqlx::{AnyConnection, Row};

/// One page with its counts, all of the same moment.
pub(crate) async fn page(
    database: &Database,
    scope: &Scope,
    owner: Option<UserId>,
    query: &ClusterQuery,
) -> Result<RecordPage, Cause> {
    let mut reading = database.read().await?;
    let counts = count(&mut reading, scope, owner, query).await?;
    let shown = shown_states(query);
    let total = counts
        .iter()
        .filter(|entry| shown.contains(&entry.state))
        .map(|entry| entry.count)
        .sum();

    let mut sql = Sql::new("SELECT c.id FROM clusters c ");
    push_filter(&mut sql, scope, owner, query);
    push_states(&mut sql, &shown);
    let per_page = i64::from(query.per_page);
    sql.push(order(query.sort, query.descending))
        .push(" LIMIT ")
        .bind(per_page)
        .push(" OFFSET ")
        .bind(i64::from(query.page.saturating_sub(1)) * per_page);
    let ids = fetch_ids(&mut reading, sql).await?;
    let items = clusters::several(&mut reading, ids).await?;
    reading.commit().await?;
    Ok(RecordPage {
        items,
        total,
        counts,
    })
}

/// Those that end before `before`, soonest first.
pub(crate) async fn ending_before(
    database: &Database,
    scope: &Scope,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<ClusterRecord>, Cause> {
    let mut sql = Sql::new("SELECT c.id FROM clusters c WHERE c.ends_at < ");
    sql.bind(before.as_microsecond())
        .push(" AND c.state NOT IN ('deleting', 'deleted') AND ");
    push_scope(&mut sql, scope);
    sql.push(" ORDER BY c.ends_at, c.id LIMIT ")
        .bind(i64::from(limit));
    let mut reading = database.read().await?;
    let ids = fetch_ids(&mut reading, sql).await?;
    let records = clusters::several(&mut reading, ids).await?;
    reading.commit().await?;
    Ok(records)
}

/// What clusters cost. Seconds before prices: both sums stay within 64 bits.
pub(crate) async fn costs(
    database: &Database,
    scope: &Scope,
    since: Timestamp,
    now: Timestamp,
) -> Result<Costs, Cause> {
    let (since, now) = (since.as_microsecond(), now.as_microsecond());
    let mut sql = Sql::new(
        "SELECT CAST(COALESCE(SUM(CASE WHEN c.deleted_at IS NULL THEN c.price_per_hour ELSE 0 \
         END), 0) AS BIGINT) AS price_per_hour, \
         CAST(COALESCE(SUM(c.price_per_hour * ((CASE WHEN c.deleted_at < ",
    );
    sql.bind(now)
        .push(" THEN c.deleted_at ELSE ")
        .bind(now)
        .push(" END - CASE WHEN c.ready_at > ")
        .bind(since)
        .push(" THEN c.ready_at ELSE ")
        .bind(since)
        .push(
            " END) / 1000000) / 3600), 0) AS BIGINT) AS spent \
             FROM clusters c WHERE c.ready_at < ",
        )
        .bind(now)
        .push(" AND (c.deleted_at IS NULL OR c.deleted_at > ")
        .bind(since)
        .push(") AND ");
    push_scope(&mut sql, scope);
    let row = sql.query().fetch_one(database.readers()).await?;
    Ok(Costs {
        price_per_hour: MicroDollars(number(&row, "price_per_hour")?),
        spent: MicroDollars(number(&row, "spent")?),
    })
}

/// How many match in each state, in the order of [`ClusterState::ALL`]; those with none too.
async fn count(
    connection: &mut AnyConnection,
    scope: &Scope,
    owner: Option<UserId>,
    query: &ClusterQuery,
) -> Result<Vec<StateCount>, Cause> {
    let mut sql = Sql::new("SELECT c.state, COUNT(*) AS matching FROM clusters c ");
    push_filter(&mut sql, scope, owner, query);
    sql.push(" GROUP BY c.state");
    let mut counts = ClusterState::ALL.map(|state| StateCount { state, count: 0 });
    for row in sql.query().fetch_all(connection).await? {
        let state: ClusterState = word(&row, "state")?;
        let count = u64::try_from(number(&row, "matching")?)?;
        for entry in counts.iter_mut().filter(|entry| entry.state == state) {
            entry.count = count;
        }
    }
    Ok(counts.to_vec())
}

async fn fetch_ids(connection: &mut AnyConnection, sql: Sql) -> Result<Vec<String>, Cause> {
    let rows = sql.query().fetch_all(connection).await?;
    rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
}

fn shown_states(query: &ClusterQuery) -> Vec<ClusterState> {
    if query.states.is_empty() {
        ClusterState::ALL
            .into_iter()
            .filter(|state| *state != ClusterState::Deleted)
            .collect()
    } else {
        query.states.clone()
    }
}

/// Few states are looked up. Where most are shown, those left out are named instead: an index of
/// states is no help then, and SQLite goes through the list in its order and stops at the page's end.
fn push_states(sql: &mut Sql, shown: &[ClusterState]) {
    let (hidden, shown): (Vec<_>, Vec<_>) = ClusterState::ALL
        .into_iter()
        .partition(|state| !shown.contains(state));
    let (operator, states) = if hidden.len() < shown.len() {
        (" AND c.state NOT IN ", hidden)
    } else {
        (" AND c.state IN ", shown)
    };
    if !states.is_empty() {
        sql.push(operator)
            .bind_list(states.into_iter().map(ClusterState::as_str));
    }
}

/// `WHERE …`: everything asked for but the states.
fn push_filter(sql: &mut Sql, scope: &Scope, owner: Option<UserId>, query: &ClusterQuery) {
    sql.push("WHERE ");
    push_scope(sql, scope);
    if query.mine {
        match owner {
            Some(owner) => sql.push(" AND c.created_by = ").bind(owner.to_string()),
            None => sql.push(" AND 1 = 0"),
        };
    }
    let words = [
        Some(&query.search),
        query.tenant.as_ref(),
        query.environment.as_ref(),
    ];
    if words.into_iter().flatten().any(|word| word.contains('\0')) {
        // Nothing stored holds one, and PostgreSQL refuses to be asked.
        sql.push(" AND 1 = 0");
        return;
    }
    if let Some(tenant) = &query.tenant {
        sql.push(" AND c.tenant_id IN (SELECT id FROM tenants WHERE slug = ")
            .bind(tenant.as_str())
            .push(")");
    }
    if let Some(environment) = &query.environment {
        sql.push(" AND c.environment_id IN (SELECT id FROM environments WHERE slug = ")
            .bind(environment.as_str())
            .push(")");
    }
    if !query.search.is_empty() {
        push_search(sql, &query.search);
    }
}

/// Owners and places that match are few and found first; then each cluster needs only its own row.
fn push_search(sql: &mut Sql, search: &str) {
    const LIKE: &str = r" ESCAPE '\'";
    sql.push(" AND (c.name LIKE ")
        .bind(containing(&search.to_lowercase()))
        .push(LIKE)
        .push(" OR c.created_by IN (SELECT id FROM users WHERE name_folded LIKE ")
        .again()
        .push(LIKE)
        .push(
            ") OR c.environment_id IN (SELECT e.id FROM environments e \
             JOIN tenants t ON t.id = e.tenant_id WHERE ",
        );
    let mut or = "";
    for column in ["e.name_folded", "e.slug", "t.name_folded", "t.slug"] {
        sql.push(or).push(column).push(" LIKE ").again().push(LIKE);
        or = " OR ";
    }
    sql.push("))");
}

fn push_scope(sql: &mut Sql, scope: &Scope) {
    match scope {
        Scope::Everything => sql.push("1 = 1"),
        Scope::Tenants(tenants) => sql
            .push("c.tenant_id IN ")
            .bind_list(tenants.iter().map(ToString::to_string)),
    };
}

/// The id breaks ties, so that pages neither overlap nor leave anything out. Clusters without end
/// come last in both directions.
fn order(sort: ClusterSort, descending: bool) -> &'static str {
    match (sort, descending) {
        (ClusterSort::Name, false) => " ORDER BY c.name, c.id",
        (ClusterSort::Name, true) => " ORDER BY c.name DESC, c.id DESC",
        (ClusterSort::State, false) => " ORDER BY c.state, c.id",
        (ClusterSort::State, true) => " ORDER BY c.state DESC, c.id DESC",
        (ClusterSort::Created, false) => " ORDER BY c.created_at, c.id",
        (ClusterSort::Created, true) => " ORDER BY c.created_at DESC, c.id DESC",
        (ClusterSort::Ends, false) => " ORDER BY c.ends_at NULLS LAST, c.id",
        (ClusterSort::Ends, true) => " ORDER BY c.ends_at DESC NULLS LAST, c.id DESC",
    }
}
