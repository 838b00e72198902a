//! Looking things up in the audit log, by number.
//!
//! A log grows without end, so each question goes through one index in the order of numbers and
//! stops when a page is full: that of what names the fewest entries (a target, a person, an action,
//! …); everything else is looked at on the way. Of several values (actions, tenants) each is gone
//! through on its own and the newest of them all are taken.

use crate::{
    Cause, audit,
    audit_records::AuditEntries,
    database::Database,
    dialect::Dialect,
    rows::{Row, id, number, optional_id, optional_text, text, time, word},
    sql::{Sql, Value, containing, query as statement},
};
use domain::{
    audit::{AuditAction, AuditOutcome, AuditQuery, AuditRow},
    caller::TenantScope,
    ids::{AuditId, TenantId},
    tenancy::TenantRef,
};
use uuid::Uuid;

/// Up to so many values are each gone through on their own.
const SEVERAL: usize = 40;

const SELECT: &str = "SELECT entry.*, tenant.slug AS tenant_slug, tenant.name AS tenant_name \
     FROM audit_entries entry LEFT JOIN tenants tenant ON tenant.id = entry.tenant_id";

/// Which part of the log, and from which end.
struct Part {
    /// Numbers after this.
    after: i64,
    /// Numbers up to this.
    through: i64,
    newest_first: bool,
    limit: i64,
}

/// What is asked of the entries, with what the database alone knows filled in.
struct Filter<'a> {
    query: &'a AuditQuery,
    /// The tenants it may be about; `None`: any and none.
    tenants: Option<Vec<TenantId>>,
}

pub(crate) async fn page(
    database: &Database,
    scope: &TenantScope,
    query: &AuditQuery,
) -> Result<AuditEntries, Cause> {
    let size = i64::from(query.page_size());
    let part = Part {
        after: 0,
        through: query.before.map_or(i64::MAX, |before| before - 1),
        newest_first: true,
        // One more tells whether there is another page.
        limit: size + 1,
    };
    let mut items = found(database, scope, query, part).await?;
    let mut next = None;
    if items.len() > usize::try_from(size)? {
        items.truncate(usize::try_from(size)?);
        next = items.last().map(|last| last.sequence);
    }
    Ok(AuditEntries { items, next })
}

pub(crate) async fn batch(
    database: &Database,
    scope: &TenantScope,
    query: &AuditQuery,
    (after, through): (i64, i64),
    limit: u32,
) -> Result<Vec<AuditRow>, Cause> {
    let part = Part {
        after,
        through,
        newest_first: false,
        limit: i64::from(limit),
    };
    found(database, scope, query, part).await
}

pub(crate) async fn entry(
    database: &Database,
    scope: &TenantScope,
    id: AuditId,
) -> Result<Option<AuditRow>, Cause> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE entry.id = ").bind(id);
    if let TenantScope::Only(tenants) = scope {
        sql.push(" AND entry.tenant_id IN ")
            .bind_list(tenants.iter().copied());
    }
    let row = sql.query().fetch_optional(database.readers()).await?;
    row.as_ref().map(record).transpose()
}

pub(crate) async fn end(database: &Database) -> Result<i64, Cause> {
    let row = statement("SELECT COALESCE(MAX(sequence), 0) AS sequence FROM audit_entries")
        .fetch_one(database.readers())
        .await?;
    number(&row, "sequence")
}

/// Entries are never changed, so two reads see the same of them.
async fn found(
    database: &Database,
    scope: &TenantScope,
    query: &AuditQuery,
    mut part: Part,
) -> Result<Vec<AuditRow>, Cause> {
    let Some(tenants) = tenants(database, scope, query).await? else {
        return Ok(Vec::new());
    };
    let filter = Filter { query, tenants };
    bound_by_time(database, query, &mut part).await?;
    if part.after >= part.through {
        return Ok(Vec::new());
    }
    let rows = numbers(database.dialect(), &filter, &part)
        .query()
        .fetch_all(database.readers())
        .await?;
    let numbers: Vec<i64> = rows
        .iter()
        .map(|row| number(row, "sequence"))
        .collect::<Result<_, _>>()?;
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE entry.sequence IN ")
        .bind_list(numbers)
        .push(" ORDER BY entry.sequence")
        .push(part.direction());
    let rows = sql.query().fetch_all(database.readers()).await?;
    rows.iter().map(record).collect()
}

/// The tenants that may be asked about; `None`: there is none.
#[allow(clippy::option_option, reason = "nobody's and everybody's differ")]
async fn tenants(
    database: &Database,
    scope: &TenantScope,
    query: &AuditQuery,
) -> Result<Option<Option<Vec<TenantId>>>, Cause> {
    let mut tenants = match scope {
        TenantScope::All => None,
        TenantScope::Only(tenants) => Some(tenants.clone()),
    };
    if let Some(slug) = &query.tenant {
        let row = statement("SELECT id FROM tenants WHERE slug = $1")
            .bind(slug.clone())
            .fetch_optional(database.readers())
            .await?;
        let Some(asked) = row.as_ref().map(|row| id(row, "id")).transpose()? else {
            return Ok(None);
        };
        match tenants.as_mut() {
            Some(tenants) => tenants.retain(|tenant| *tenant == asked),
            None => tenants = Some(vec![asked]),
        }
    }
    Ok(match tenants {
        Some(tenants) if tenants.is_empty() => None,
        tenants => Some(tenants),
    })
}

/// Times follow numbers closely but not strictly, since they are taken before an entry finds its
/// place. So the bounds in numbers are looked up, by the index of times.
async fn bound_by_time(
    database: &Database,
    query: &AuditQuery,
    part: &mut Part,
) -> Result<(), Cause> {
    if let Some(since) = query.since {
        let row = statement("SELECT MIN(sequence) AS bound FROM audit_entries WHERE at >= $1")
            .bind(since)
            .fetch_one(database.readers())
            .await?;
        let first = crate::rows::optional_number(&row, "bound")?;
        part.after = part.after.max(first.map_or(i64::MAX, |first| first - 1));
    }
    if let Some(until) = query.until {
        let row = statement("SELECT MAX(sequence) AS bound FROM audit_entries WHERE at < $1")
            .bind(until)
            .fetch_one(database.readers())
            .await?;
        let last = crate::rows::optional_number(&row, "bound")?;
        part.through = part.through.min(last.unwrap_or(0));
    }
    Ok(())
}

impl Part {
    fn direction(&self) -> &'static str {
        if self.newest_first { " DESC" } else { "" }
    }
}

/// The numbers of the entries, in order.
fn numbers(dialect: Dialect, filter: &Filter<'_>, part: &Part) -> Sql {
    let (column, values) = filter.way();
    let mut sql = Sql::new("");
    if values.len() <= 1 {
        push_numbers(&mut sql, dialect, filter, part, column, values.first());
        return sql;
    }
    sql.push("SELECT sequence FROM (");
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            sql.push(" UNION ALL ");
        }
        sql.push("SELECT sequence FROM (");
        push_numbers(&mut sql, dialect, filter, part, column, Some(value));
        sql.push(") AS one");
    }
    sql.push(") AS several ORDER BY sequence")
        .push(part.direction())
        .push(" LIMIT ")
        .bind(part.limit);
    sql
}

fn push_numbers(
    sql: &mut Sql,
    dialect: Dialect,
    filter: &Filter<'_>,
    part: &Part,
    column: &str,
    value: Option<&Value>,
) {
    sql.push("SELECT sequence FROM audit_entries WHERE sequence > ")
        .bind(part.after)
        .push(" AND sequence <= ")
        .bind(part.through);
    if let Some(value) = value {
        sql.push(" AND ")
            .push(column)
            .push(" = ")
            .bind(value.clone());
    }
    filter.push(sql, dialect, value.map_or("", |_| column));
    sql.push(" ORDER BY sequence")
        .push(part.direction())
        .push(" LIMIT ")
        .bind(part.limit);
}

impl Filter<'_> {
    /// The column with an index that the entries are gone through by, and its values; none: by their
    /// numbers alone.
    fn way(&self) -> (&'static str, Vec<Value>) {
        let query = self.query;
        let target = query.target.as_ref().filter(|target| target.contains('/'));
        if let Some(target) = target {
            return ("target", vec![target.clone().into()]);
        }
        if let Some(user) = query.user_id {
            return ("user_id", vec![user.into()]);
        }
        if (1..=SEVERAL).contains(&query.actions.len()) {
            let words = query.actions.iter().map(|action| action.as_str().into());
            return ("action", words.collect());
        }
        if let Some(outcome) = query
            .outcome
            .filter(|outcome| *outcome != AuditOutcome::Done)
        {
            return ("outcome", vec![outcome.as_str().into()]);
        }
        match &self.tenants {
            Some(tenants) if tenants.len() <= SEVERAL => {
                ("tenant_id", tenants.iter().map(|id| (*id).into()).collect())
            }
            _ => ("", Vec::new()),
        }
    }

    /// Everything else that is asked, but for what `done` has asked already.
    fn push(&self, sql: &mut Sql, dialect: Dialect, done: &str) {
        let query = self.query;
        // SQLite would take any of these for the way to go through the log.
        let passing = dialect.not_looked_up();
        if done != "target"
            && let Some(target) = &query.target
        {
            // A kind; ids have no wildcards, kinds of ours neither.
            sql.push(" AND target LIKE ")
                .bind(format!("{}/%", target.replace(['%', '_', '\\'], "")));
        }
        if done != "user_id"
            && let Some(user) = query.user_id
        {
            sql.push(" AND ")
                .push(passing)
                .push("user_id = ")
                .bind(user);
        }
        if done != "action" && !query.actions.is_empty() {
            sql.push(" AND ")
                .push(passing)
                .push("action IN ")
                .bind_list(query.actions.iter().map(|action| action.as_str()));
        }
        match query.outcome {
            Some(outcome) if done != "outcome" => {
                sql.push(" AND ")
                    .push(passing)
                    .push("outcome = ")
                    .bind(outcome.as_str());
            }
            _ => {}
        }
        if done != "tenant_id"
            && let Some(tenants) = &self.tenants
        {
            sql.push(" AND ")
                .push(passing)
                .push("tenant_id IN ")
                .bind_list(tenants.iter().copied());
        }
        if let Some(since) = query.since {
            sql.push(" AND ").push(passing).push("at >= ").bind(since);
        }
        if let Some(until) = query.until {
            sql.push(" AND ").push(passing).push("at < ").bind(until);
        }
        if !query.search.is_empty() {
            let like = dialect.like_in_any_case();
            let pattern = containing(&query.search);
            sql.push(" AND (who ")
                .push(like)
                .push(" ")
                .bind(pattern.clone());
            sql.push(" ESCAPE '\\' OR target_name ")
                .push(like)
                .push(" ")
                .bind(pattern);
            sql.push(" ESCAPE '\\')");
        }
    }
}

fn record(row: &Row) -> Result<AuditRow, Cause> {
    let action = text(row, "action")?;
    let tenant = match optional_text(row, "tenant_slug")? {
        Some(slug) => Some(TenantRef {
            id: id(row, "tenant_id")?,
            slug,
            name: text(row, "tenant_name")?,
        }),
        None => None,
    };
    Ok(AuditRow {
        id: id(row, "id")?,
        sequence: number(row, "sequence")?,
        at: time(row, "at")?,
        user_id: match optional_id::<Uuid>(row, "user_id")? {
            Some(_) => Some(id(row, "user_id")?),
            None => None,
        },
        who: text(row, "who")?,
        channel: text(row, "channel")?,
        source: optional_text(row, "source")?,
        did: did(&action),
        action,
        tenant,
        target: text(row, "target")?,
        target_name: text(row, "target_name")?,
        outcome: word(row, "outcome")?,
        detail: optional_text(row, "detail")?,
        changes: audit::changes(row)?,
        hash: text(row, "hash")?,
    })
}

/// An action in words. One of a later version is better named than left out.
pub(crate) fn did(action: &str) -> String {
    let words = AuditAction::ALL
        .into_iter()
        .find(|known| known.as_str() == action)
        .map(AuditAction::words);
    words.map_or_else(|| action.replace('_', " "), str::to_owned)
}

#[cfg(test)]
#[path = "audit_plan_tests.rs"]
mod tests;
