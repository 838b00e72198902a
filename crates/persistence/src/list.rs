//! Lists of resources: searched, filtered, sorted and paged in the database.

use crate::{
    Cause,
    connection::Transaction,
    database::Database,
    dialect::Dialect,
    resource::{Resource, several},
    rows::{Row, id, number, text},
    sql::{Sql, containing},
};
use domain::{caller::Extent, ids::UserId};
use jiff::Timestamp;
use uuid::Uuid;

/// Up to so many rows are looked up and sorted. More of them lie close enough in an index that has
/// them in order for a page to be full before long.
const FEW: u64 = 1000;

/// A resource that belongs to an environment, was ordered by somebody, and has states.
pub(crate) trait Listed: Resource {
    /// The columns with texts in lower case that a search looks at, beside owner and place.
    const SEARCHED: &'static [&'static str];

    /// Its states, `deleted` among them.
    fn states() -> Vec<&'static str>;
}

/// What a list is sorted by.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    /// A column; rows where it is empty come last in both directions.
    pub column: &'static str,
    /// Whether it can be empty.
    pub nullable: bool,
    pub descending: bool,
}

/// A question for one page.
pub(crate) struct Question<'a> {
    pub scope: &'a Extent,
    /// Show only what this person ordered; nothing if there is nobody.
    pub ordered_by: Option<Option<UserId>>,
    pub search: &'a str,
    /// Slug of the one tenant to show.
    pub tenant: Option<&'a str>,
    /// Slug of the one environment to show.
    pub environment: Option<&'a str>,
    /// States to show; empty: all but `deleted`.
    pub states: Vec<&'static str>,
    pub order: Order,
    /// Which page, from 1.
    pub page: u32,
    pub per_page: u32,
}

pub(crate) struct Page<R> {
    pub items: Vec<R>,
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
    let rows = counting::<R>(dialect, question)
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
    let ids = fetch_ids(
        &mut reading,
        ids_of_page::<R>(dialect, question, &shown, total),
    )
    .await?;
    let items = several(&mut reading, ids).await?;
    reading.commit().await?;
    Ok(Page {
        items,
        total,
        counts,
    })
}

/// How many match in each state.
fn counting<R: Listed>(dialect: Dialect, question: &Question<'_>) -> Sql {
    let mut sql = Sql::new(format!(
        "SELECT r.state, COUNT(*) AS matching FROM {} r ",
        R::TABLE
    ));
    let through = dialect.not_looked_up();
    // Somebody's own are looked up by whose they are.
    let mine = question.ordered_by.is_some();
    push_filter::<R>(&mut sql, question, if mine { through } else { "" });
    sql.push(" GROUP BY ");
    if !question.search.is_empty() {
        // The index of states would be in order, but has not what is searched.
        sql.push(through);
    }
    sql.push("r.state");
    sql
}

/// The ids of the rows on a page, of `total` on all pages.
fn ids_of_page<R: Listed>(
    dialect: Dialect,
    question: &Question<'_>,
    shown: &[&'static str],
    total: u64,
) -> Sql {
    let lookup = if total > FEW || question.ordered_by.is_some() {
        dialect.not_looked_up()
    } else {
        ""
    };
    let mut sql = Sql::new(format!("SELECT r.id FROM {} r ", R::TABLE));
    push_filter::<R>(&mut sql, question, lookup);
    push_states(&mut sql, &R::states(), shown, lookup);
    push_order(&mut sql, question.order);
    let per_page = i64::from(question.per_page);
    sql.push(" LIMIT ")
        .bind(per_page)
        .push(" OFFSET ")
        .bind(i64::from(question.page.saturating_sub(1)) * per_page);
    sql
}

/// Those that end before `before` and are not being deleted, soonest first.
pub(crate) async fn ending_before<R: Listed>(
    database: &Database,
    scope: &Extent,
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
    scope: &Extent,
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

/// `WHERE …`: everything asked for but the states.
fn push_filter<R: Listed>(sql: &mut Sql, question: &Question<'_>, lookup: &str) {
    sql.push("WHERE ");
    push_scope(sql, question.scope, lookup);
    match question.ordered_by {
        Some(Some(owner)) => {
            sql.push(" AND r.created_by = ").bind(owner);
        }
        Some(None) => {
            sql.push(" AND 1 = 0");
        }
        None => {}
    }
    let words = [Some(question.search), question.tenant, question.environment];
    if words.into_iter().flatten().any(|word| word.contains('\0')) {
        // Nothing stored holds one, and PostgreSQL refuses to be asked.
        sql.push(" AND 1 = 0");
        return;
    }
    if let Some(tenant) = question.tenant {
        sql.push(" AND ")
            .push(lookup)
            .push("r.tenant_id IN (SELECT id FROM tenants WHERE slug = ")
            .bind(tenant)
            .push(")");
    }
    if let Some(environment) = question.environment {
        sql.push(" AND ")
            .push(lookup)
            .push("r.environment_id IN (SELECT id FROM environments WHERE slug = ")
            .bind(environment)
            .push(")");
    }
    if !question.search.is_empty() {
        push_search(sql, R::SEARCHED, question.search);
    }
}

/// Owners and places that match are few and found first; then each row needs only itself.
fn push_search(sql: &mut Sql, columns: &[&str], search: &str) {
    let pattern = containing(&search.to_lowercase());
    sql.push(" AND (");
    for column in columns {
        sql.push("r.");
        push_like(sql, column, &pattern);
        sql.push(" OR ");
    }
    sql.push("r.created_by IN (SELECT id FROM users WHERE ");
    push_like(sql, "name_folded", &pattern);
    sql.push(
        ") OR r.environment_id IN (SELECT e.id FROM environments e \
         JOIN tenants t ON t.id = e.tenant_id WHERE ",
    );
    let mut or = "";
    for column in ["e.name_folded", "e.slug", "t.name_folded", "t.slug"] {
        sql.push(or);
        push_like(sql, column, &pattern);
        or = " OR ";
    }
    sql.push("))");
}

fn push_like(sql: &mut Sql, column: &str, pattern: &str) {
    sql.push(column)
        .push(" LIKE ")
        .bind(pattern)
        .push(r" ESCAPE '\'");
}

/// Whether `r` is in scope; `lookup` as [`Dialect::not_looked_up`]
/// or empty.
pub(crate) fn push_scope(sql: &mut Sql, scope: &Extent, lookup: &str) {
    match scope {
        Extent::Everything => sql.push("1 = 1"),
        Extent::Tenants(tenants) => sql
            .push(lookup)
            .push("r.tenant_id IN ")
            .bind_list(tenants.iter().copied()),
    };
}

/// The id breaks ties, so that pages neither overlap nor leave anything out.
fn push_order(sql: &mut Sql, order: Order) {
    let direction = if order.descending { " DESC" } else { "" };
    sql.push(" ORDER BY r.").push(order.column).push(direction);
    if order.nullable {
        sql.push(" NULLS LAST");
    }
    sql.push(", r.id").push(direction);
}

#[cfg(test)]
#[path = "list_plan_tests.rs"]
mod plan_tests;
