//! Lists of resources: searched, filtered, sorted and paged in the database.

use crate::{
    Cause,
    connection::Transaction,
    database::Database,
    dialect::Dialect,
    keyset::{Keyset, Order, Stretch},
    resource::{Resource, several},
    rows::{Row, id, number, text},
    sql::{Sql, containing, query},
};
use domain::{
    caller::TenantScope,
    ids::{TenantId, UserId},
    listing::{Paging, Position},
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

/// A resource that belongs to an environment, was ordered by somebody, and has states.
pub(crate) trait Listed: Resource {
    /// The columns with texts in lower case that a search looks at, beside owner and place.
    const SEARCHED: &'static [&'static str];

    /// Its states, `deleted` among them.
    fn states() -> Vec<&'static str>;
}

/// A question for one page.
pub(crate) struct Question<'a> {
    pub scope: &'a TenantScope,
    /// Show only resources of `owner`: none if there is no owner.
    pub mine: bool,
    pub owner: Option<UserId>,
    pub search: &'a str,
    /// Slug of the one tenant to show.
    pub tenant: Option<&'a str>,
    /// Slug of the one environment to show.
    pub environment: Option<&'a str>,
    /// States to show; empty: all but `deleted`.
    pub states: Vec<&'static str>,
    pub order: Order,
    pub position: &'a Position,
    pub per_page: u32,
}

pub(crate) struct Page<R> {
    pub items: Vec<R>,
    pub paging: Paging,
    /// How many match altogether.
    pub total: u64,
    /// How many match in each of [`Listed::states`], whatever states were asked for.
    pub counts: Vec<u64>,
}

/// One page with its counts, all of the same moment.
pub(crate) async fn page<R: Listed>(
    database: &Database,
    question: &Question<'_>,
) -> Result<Page<R>, Cause> {
    let (dialect, states) = (database.dialect(), R::states());
    let shown: Vec<&str> = if question.states.is_empty() {
        let kept = states.iter().filter(|state| **state != "deleted");
        kept.copied().collect()
    } else {
        question.states.clone()
    };
    let mut reading = database.read().await?;
    let tenants = tenants(&mut reading, question).await?;
    let filter = Filter {
        dialect,
        question,
        tenants,
    };
    let rows = counting::<R>(&filter)
        .query()
        .fetch_all(&mut reading)
        .await?;
    let counts = counts::<R>(&states, &rows)?;
    let total = states
        .iter()
        .zip(&counts)
        .filter(|(state, _)| shown.contains(state))
        .map(|(_, count)| count)
        .sum();
    let keyset = Keyset {
        order: question.order,
        position: question.position,
        per_page: question.per_page,
        total,
    };
    let found = keyset
        .find(&mut reading, |stretch| {
            ids_of_page::<R>(&filter, &shown, stretch, total)
        })
        .await?;
    let items = several(&mut reading, found.ids).await?;
    reading.commit().await?;
    Ok(Page {
        items,
        paging: found.paging,
        total,
        counts,
    })
}

/// A question with what the database alone knows filled in.
struct Filter<'a> {
    dialect: Dialect,
    question: &'a Question<'a>,
    /// The tenants whose rows may be shown; `None`: all.
    tenants: Option<Vec<TenantId>>,
}

async fn tenants(
    connection: &mut Transaction,
    question: &Question<'_>,
) -> Result<Option<Vec<TenantId>>, Cause> {
    let mut tenants = match question.scope {
        TenantScope::All => None,
        TenantScope::Only(tenants) => Some(tenants.clone()),
    };
    if let Some(slug) = question.tenant {
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
fn counting<R: Listed>(filter: &Filter<'_>) -> Sql {
    let question = filter.question;
    if question.search.is_empty() && !question.mine {
        let mut sql = Sql::new(format!(
            "SELECT r.state, CAST(SUM(r.count) AS BIGINT) AS matching FROM tally r \
             WHERE r.kind = '{}' AND ",
            R::TABLE
        ));
        filter.push_place(&mut sql, filter.tenants.as_deref(), "");
        sql.push(" GROUP BY r.state");
        return sql;
    }
    let mut sql = Sql::new(format!(
        "SELECT found.state, COUNT(*) AS matching FROM (SELECT r.state FROM {} r WHERE ",
        R::TABLE
    ));
    // A user's own rows are looked up by the user.
    let lookup = if question.mine {
        filter.dialect.not_looked_up()
    } else {
        ""
    };
    filter.push::<R>(&mut sql, filter.tenants.as_deref(), lookup);
    sql.push(" LIMIT ")
        .bind(MOST_COUNTED)
        .push(") AS found GROUP BY found.state");
    sql
}

/// The ids of the rows of a stretch, of `total` in the whole list.
fn ids_of_page<R: Listed>(
    filter: &Filter<'_>,
    shown: &[&'static str],
    stretch: &Stretch<'_>,
    total: u64,
) -> Result<Sql, Cause> {
    let column = stretch.order.column;
    let select = |sql: &mut Sql, tenants: Option<&[TenantId]>, lookup: &str| {
        sql.push(&format!(
            "SELECT r.id, r.{column} FROM {} r WHERE ",
            R::TABLE
        ));
        filter.push::<R>(sql, tenants, lookup);
        push_states(sql, &R::states(), shown, lookup);
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
        Some(tenants) if tenants.len() <= SEVERAL && !filter.question.mine => {
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

/// Those that end before `before` and are not being deleted, soonest first.
pub(crate) async fn ending_before<R: Listed>(
    database: &Database,
    scope: &TenantScope,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<R>, Cause> {
    let sql = ids_of_ending::<R>(database.dialect(), scope, before, limit);
    let mut reading = database.read().await?;
    let ids = fetch_ids(&mut reading, sql).await?;
    let records = several(&mut reading, ids).await?;
    reading.commit().await?;
    Ok(records)
}

fn ids_of_ending<R: Listed>(
    dialect: Dialect,
    scope: &TenantScope,
    before: Timestamp,
    limit: u32,
) -> Sql {
    let mut sql = Sql::new(format!(
        "SELECT r.id FROM {} r WHERE r.ends_at < ",
        R::TABLE
    ));
    // In the words of the index that leaves those out.
    sql.bind(before)
        .push(" AND r.state <> 'deleting' AND r.state <> 'deleted' AND ");
    push_scope(&mut sql, scope, dialect.not_looked_up());
    sql.push(" ORDER BY r.ends_at, r.id LIMIT ")
        .bind(i64::from(limit));
    sql
}

/// In the order of `states`; those with none too.
fn counts<R: Listed>(states: &[&str], rows: &[Row]) -> Result<Vec<u64>, Cause> {
    let mut counts = vec![0; states.len()];
    for row in rows {
        let state = text(row, "state")?;
        let place = states
            .iter()
            .position(|known| *known == state)
            .ok_or_else(|| format!("“{state}” is no state of a {}", R::NOUN))?;
        counts[place] = u64::try_from(number(row, "matching")?)?;
    }
    Ok(counts)
}

pub(crate) async fn fetch_ids(connection: &mut Transaction, sql: Sql) -> Result<Vec<Uuid>, Cause> {
    let rows = sql.query().fetch_all(connection).await?;
    rows.iter().map(|row| id(row, "id")).collect()
}

/// Where most states are shown, those left out are named instead, and not looked up at all.
fn push_states(sql: &mut Sql, states: &[&'static str], shown: &[&'static str], lookup: &str) {
    let (hidden, shown): (Vec<&str>, Vec<&str>) =
        states.iter().partition(|state| !shown.contains(state));
    let (operator, states) = if hidden.len() < shown.len() {
        ("r.state NOT IN ", hidden)
    } else {
        ("r.state IN ", shown)
    };
    if !states.is_empty() {
        sql.push(" AND ")
            .push(lookup)
            .push(operator)
            .bind_list(states);
    }
}

impl Filter<'_> {
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
        match self.question.environment {
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
    fn push<R: Listed>(&self, sql: &mut Sql, tenants: Option<&[TenantId]>, lookup: &str) {
        self.push_place(sql, tenants, lookup);
        if self.question.mine {
            match self.question.owner {
                Some(owner) => sql.push(" AND r.created_by = ").bind(owner),
                None => sql.push(" AND 1 = 0"),
            };
        }
        if self.question.search.contains('\0') {
            sql.push(" AND 1 = 0");
        } else if !self.question.search.is_empty() {
            push_search(sql, self.dialect, R::SEARCHED, self.question.search);
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
