//! Lists of resources: searched, filtered, sorted and paged in the database.

use crate::{
    Cause,
    connection::Transaction,
    database::Database,
    dialect::Dialect,
    keyset::{Keyset, Kind, Order, Stretch},
    resource::{Record, StoredKind, several},
    rows::{Row, id, number, word},
    sql::{Sql, containing, query},
};
use domain::{
    caller::TenantScope,
    ids::{TenantId, UserId},
    listing::{ListPage, ListQuery, Sort, StateCount},
    resource::State,
};
use jiff::Timestamp;
use uuid::Uuid;

/// Up to so many rows are looked up and sorted. More of them lie close enough in an index that has
/// them in order for a page to be full before long.
const FEW: u64 = 1000;
/// Up to so many tenants are each gone through on their own.
const SEVERAL: usize = 20;
/// Where there is no tally at most so many rows are counted.
const MOST_COUNTED: i64 = 10_000;

/// One page with its counts, all of the same moment.
pub(crate) async fn page<K: StoredKind>(
    database: &Database,
    scope: &TenantScope,
    owner: Option<UserId>,
    query: &ListQuery<K>,
) -> Result<ListPage<K, K::Columns>, Cause> {
    let shown: Vec<K::State> = if query.states.is_empty() {
        let states = K::State::EVERY.iter().copied();
        states.filter(|state| *state != K::State::DELETED).collect()
    } else {
        query.states.clone()
    };
    let mut reading = database.read().await?;
    let filter = Filter {
        dialect: database.dialect(),
        tenants: tenants(&mut reading, scope, query.tenant.as_deref()).await?,
        owner,
        query,
    };
    let rows = counting(&filter).query().fetch_all(&mut reading).await?;
    let counts = counts::<K>(&rows)?;
    let total = counts
        .iter()
        .filter(|count| shown.contains(&count.state))
        .map(|count| count.count)
        .sum();
    let keyset = Keyset {
        order: order(query.sort, query.descending),
        position: &query.position,
        per_page: query.per_page,
        total,
    };
    let found = keyset
        .find(&mut reading, |stretch| {
            ids_of_page(&filter, &shown, stretch, total)
        })
        .await?;
    let items = several(&mut reading, found.ids).await?;
    reading.commit().await?;
    Ok(ListPage {
        items,
        total,
        paging: found.paging,
        per_page: query.per_page,
        counts,
        now: Timestamp::now(),
    })
}

/// A query with what the database alone knows filled in.
struct Filter<'a, K: StoredKind> {
    dialect: Dialect,
    query: &'a ListQuery<K>,
    /// The user whose resources `query.mine` means; nothing is theirs if there is no user.
    owner: Option<UserId>,
    /// The tenants whose rows may be shown; `None`: all.
    tenants: Option<Vec<TenantId>>,
}

async fn tenants(
    connection: &mut Transaction,
    scope: &TenantScope,
    slug: Option<&str>,
) -> Result<Option<Vec<TenantId>>, Cause> {
    let mut tenants = match scope {
        TenantScope::All => None,
        TenantScope::Only(tenants) => Some(tenants.clone()),
    };
    if let Some(slug) = slug {
        // Nothing stored holds one, and PostgreSQL refuses to be asked.
        let row = match slug.contains('\0') {
            true => None,
            false => {
                query("SELECT id FROM tenants WHERE slug = $1")
                    .bind(slug)
                    .fetch_optional(connection)
                    .await?
            }
        };
        let asked: Option<TenantId> = row.map(|row| id(&row, "id")).transpose()?;
        match tenants.as_mut() {
            Some(tenants) => tenants.retain(|tenant| Some(*tenant) == asked),
            None => tenants = Some(asked.into_iter().collect()),
        }
    }
    Ok(tenants)
}

/// How many match in each state: from the tally, unless something is asked for that it does not know.
fn counting<K: StoredKind>(filter: &Filter<'_, K>) -> Sql {
    if filter.query.search.is_empty() && !filter.query.mine {
        let mut sql = Sql::new(format!(
            "SELECT r.state, CAST(SUM(r.count) AS BIGINT) AS matching FROM tally r \
             WHERE r.kind = '{}' AND ",
            K::TABLE
        ));
        filter.push_place(&mut sql, filter.tenants.as_deref(), "");
        sql.push(" GROUP BY r.state");
        return sql;
    }
    let mut sql = Sql::new(format!(
        "SELECT found.state, COUNT(*) AS matching FROM (SELECT r.state FROM {} r WHERE ",
        K::TABLE
    ));
    // A user's own rows are looked up by the user.
    let lookup = if filter.query.mine {
        filter.dialect.not_looked_up()
    } else {
        ""
    };
    filter.push(&mut sql, filter.tenants.as_deref(), lookup);
    sql.push(" LIMIT ")
        .bind(MOST_COUNTED)
        .push(") AS found GROUP BY found.state");
    sql
}

/// The ids of the rows of a stretch, of `total` in the whole list.
fn ids_of_page<K: StoredKind>(
    filter: &Filter<'_, K>,
    shown: &[K::State],
    stretch: &Stretch<'_>,
    total: u64,
) -> Result<Sql, Cause> {
    let column = stretch.order.column;
    let select = |sql: &mut Sql, tenants: Option<&[TenantId]>, lookup: &str| {
        sql.push(&format!(
            "SELECT r.id, r.{column} FROM {} r WHERE ",
            K::TABLE
        ));
        filter.push(sql, tenants, lookup);
        push_states(sql, shown, lookup);
        stretch.push_condition(sql, "r")
    };
    let mut sql = Sql::new("");
    let tenants = filter.tenants.as_deref();
    if total <= FEW {
        // KeysetPage first and then sorted, whatever the database would rather do.
        sql.push("WITH found AS MATERIALIZED (");
        select(&mut sql, tenants, "")?;
        sql.push(&format!(") SELECT id, {column} FROM found"));
        stretch.push_order(&mut sql, "");
        return Ok(sql);
    }
    let lookup = filter.dialect.not_looked_up();
    match tenants {
        // Each tenant has an index in the order of the list; of several the foremost rows are merged.
        Some(tenants) if tenants.len() <= SEVERAL && !filter.query.mine => {
            sql.push(&format!("SELECT id, {column} FROM ("));
            for (place, tenant) in tenants.iter().enumerate() {
                if place > 0 {
                    sql.push(" UNION ALL ");
                }
                sql.push(&format!("SELECT id, {column} FROM ("));
                select(&mut sql, Some(std::slice::from_ref(tenant)), lookup)?;
                stretch.push_order(&mut sql, "r.");
                sql.push(") AS one");
            }
            sql.push(") AS found");
            stretch.push_order(&mut sql, "");
        }
        _ => {
            select(&mut sql, tenants, lookup)?;
            stretch.push_order(&mut sql, "r.");
        }
    }
    Ok(sql)
}

/// Rows without end, or without a known price, come last.
pub(crate) fn order(sort: Sort, descending: bool) -> Order {
    let (column, kind, nullable) = match sort {
        Sort::Name => ("name", Kind::Text, false),
        Sort::State => ("state", Kind::Text, false),
        Sort::Created => ("created_at", Kind::Time, false),
        Sort::Ends => ("ends_at", Kind::Time, true),
        Sort::Price => ("price_per_hour", Kind::Number, true),
    };
    Order {
        column,
        kind,
        nullable,
        descending,
    }
}

/// Those that end before `before` and are not being deleted, soonest first.
pub(crate) async fn ending_before<K: StoredKind>(
    database: &Database,
    scope: &TenantScope,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Record<K>>, Cause> {
    let sql = ids_of_ending::<K>(database.dialect(), scope, before, limit);
    records(database, sql).await
}

/// The newest that `owner` created and that are not deleted.
pub(crate) async fn newest_of<K: StoredKind>(
    database: &Database,
    scope: &TenantScope,
    owner: UserId,
    limit: u32,
) -> Result<Vec<Record<K>>, Cause> {
    let sql = ids_of_newest::<K>(database.dialect(), scope, owner, limit);
    records(database, sql).await
}

async fn records<K: StoredKind>(database: &Database, sql: Sql) -> Result<Vec<Record<K>>, Cause> {
    let mut reading = database.read().await?;
    let ids = fetch_ids(&mut reading, sql).await?;
    let records = several(&mut reading, ids).await?;
    reading.commit().await?;
    Ok(records)
}

fn ids_of_newest<K: StoredKind>(
    dialect: Dialect,
    scope: &TenantScope,
    owner: UserId,
    limit: u32,
) -> Sql {
    let lookup = dialect.not_looked_up();
    let mut sql = Sql::new(format!(
        "SELECT r.id FROM {} r WHERE r.created_by = ",
        K::TABLE
    ));
    sql.bind(owner)
        .push(" AND ")
        .push(lookup)
        .push("r.state <> 'deleted' AND ");
    push_scope(&mut sql, scope, lookup);
    sql.push(" ORDER BY r.created_at DESC, r.id DESC LIMIT ")
        .bind(i64::from(limit));
    sql
}

fn ids_of_ending<K: StoredKind>(
    dialect: Dialect,
    scope: &TenantScope,
    before: Timestamp,
    limit: u32,
) -> Sql {
    let mut sql = Sql::new(format!(
        "SELECT r.id FROM {} r WHERE r.ends_at < ",
        K::TABLE
    ));
    // In the words of the index that leaves those out.
    sql.bind(before)
        .push(" AND r.state <> 'deleting' AND r.state <> 'deleted' AND ");
    push_scope(&mut sql, scope, dialect.not_looked_up());
    sql.push(" ORDER BY r.ends_at, r.id LIMIT ")
        .bind(i64::from(limit));
    sql
}

/// In the order of the states; those with none too.
fn counts<K: StoredKind>(rows: &[Row]) -> Result<Vec<StateCount<K::State>>, Cause> {
    let mut counts: Vec<_> = K::State::EVERY
        .iter()
        .map(|state| StateCount {
            state: *state,
            count: 0,
        })
        .collect();
    for row in rows {
        let state = word(row, "state")?;
        let matching = u64::try_from(number(row, "matching")?)?;
        if let Some(count) = counts.iter_mut().find(|count| count.state == state) {
            count.count = matching;
        }
    }
    Ok(counts)
}

pub(crate) async fn fetch_ids(connection: &mut Transaction, sql: Sql) -> Result<Vec<Uuid>, Cause> {
    let rows = sql.query().fetch_all(connection).await?;
    rows.iter().map(|row| id(row, "id")).collect()
}

/// Where most states are shown, those left out are named instead, and not looked up at all.
fn push_states<S: State>(sql: &mut Sql, shown: &[S], lookup: &str) {
    let (shown, hidden): (Vec<S>, Vec<S>) = S::EVERY
        .iter()
        .copied()
        .partition(|state| shown.contains(state));
    let (operator, states) = if hidden.len() < shown.len() {
        ("r.state NOT IN ", hidden)
    } else {
        ("r.state IN ", shown)
    };
    if !states.is_empty() {
        sql.push(" AND ")
            .push(lookup)
            .push(operator)
            .bind_list(states.into_iter().map(S::word));
    }
}

impl<K: StoredKind> Filter<'_, K> {
    /// Tenant and environment. A single tenant is always looked up.
    fn push_place(&self, sql: &mut Sql, tenants: Option<&[TenantId]>, lookup: &str) {
        match tenants {
            None => sql.push("1 = 1"),
            Some([tenant]) => sql.push("r.tenant_id = ").bind(*tenant),
            Some(tenants) => sql
                .push(lookup)
                .push("r.tenant_id IN ")
                .bind_list(tenants.iter().copied()),
        };
        match self.query.environment.as_deref() {
            // Nothing stored holds one, and PostgreSQL refuses to be asked.
            Some(slug) if slug.contains('\0') => {
                sql.push(" AND 1 = 0");
            }
            Some(slug) => {
                sql.push(" AND ")
                    .push(lookup)
                    .push("r.environment_id IN (SELECT id FROM environments WHERE slug = ")
                    .bind(slug)
                    .push(")");
            }
            None => {}
        }
    }

    /// Everything asked for but the states.
    fn push(&self, sql: &mut Sql, tenants: Option<&[TenantId]>, lookup: &str) {
        self.push_place(sql, tenants, lookup);
        match self.owner {
            Some(owner) if self.query.mine => {
                sql.push(" AND r.created_by = ").bind(owner);
            }
            None if self.query.mine => {
                sql.push(" AND 1 = 0");
            }
            _ => {}
        }
        if self.query.search.contains('\0') {
            sql.push(" AND 1 = 0");
        } else if !self.query.search.is_empty() {
            push_search(sql, self.dialect, K::SEARCHED, &self.query.search);
        }
    }
}

/// Owners and places that match are few and found first; then each row needs only itself.
fn push_search(sql: &mut Sql, dialect: Dialect, columns: &[&str], search: &str) {
    let pattern = containing(&search.to_lowercase());
    sql.push(" AND (");
    for column in columns {
        sql.push("r.");
        push_like(sql, column, &pattern);
        sql.push(" OR ");
    }
    let (is_one, end) = dialect.is_one_of();
    sql.push("r.created_by")
        .push(is_one)
        .push("SELECT id FROM users WHERE ");
    push_like(sql, "name_folded", &pattern);
    sql.push(end)
        .push(" OR r.environment_id")
        .push(is_one)
        .push("SELECT e.id FROM environments e JOIN tenants t ON t.id = e.tenant_id WHERE ");
    let mut or = "";
    for column in ["e.name_folded", "e.slug", "t.name_folded", "t.slug"] {
        sql.push(or);
        push_like(sql, column, &pattern);
        or = " OR ";
    }
    sql.push(end).push(")");
}

fn push_like(sql: &mut Sql, column: &str, pattern: &str) {
    sql.push(column)
        .push(" LIKE ")
        .bind(pattern)
        .push(r" ESCAPE '\'");
}

/// Whether `r` is in scope; `lookup` as [`Dialect::not_looked_up`]
/// or empty.
pub(crate) fn push_scope(sql: &mut Sql, scope: &TenantScope, lookup: &str) {
    match scope {
        TenantScope::All => sql.push("1 = 1"),
        TenantScope::Only(tenants) => sql
            .push(lookup)
            .push("r.tenant_id IN ")
            .bind_list(tenants.iter().copied()),
    };
}

#[cfg(test)]
#[path = "list_plan_tests.rs"]
mod plan_tests;
