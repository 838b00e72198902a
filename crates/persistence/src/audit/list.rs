//! Reading the audit log, by sequence.
//!
//! A log grows without end, so each query walks one index in the order of sequences and stops when a
//! page is full: the index of the condition that fewest entries meet (a target, a user, an action, …).
//! Other conditions are checked on the way. Of several values (actions, tenants) each is walked on its
//! own and the newest of all are taken.

use super::changes;
use crate::{
    Cause,
    audit_records::AuditEntries,
    database::Database,
    dialect::Dialect,
    error::Stored,
    handles::Audit,
    rows::{
        Row, id, number, optional_id, optional_number, optional_text, optional_time, text, time,
        word,
    },
    sql::{Sql, Value, containing, query as statement},
    transaction::doing,
    user_records::LatestChange,
};
use domain::{
    audit::{AuditAction, AuditOutcome, AuditQuery, AuditRow},
    caller::TenantScope,
    ids::{AuditId, TenantId},
    overview::ActivityEntry,
    tenancy::TenantRef,
};
use uuid::Uuid;

/// Up to this many values are each walked on their own.
const SEVERAL: usize = 40;

const SELECT: &str = "SELECT entry.*, tenant.slug AS tenant_slug, tenant.name AS tenant_name, \
    COALESCE(repeats.times, 1) AS times, repeats.last_at FROM audit_entries entry \
    LEFT JOIN tenants tenant ON tenant.id = entry.tenant_id \
    LEFT JOIN audit_repeats repeats ON repeats.entry_id = entry.id";

/// Which part of the log, and in which direction.
struct Part {
    /// Sequences after this one.
    after: i64,
    /// Sequences up to and including this one.
    through: i64,
    newest_first: bool,
    limit: i64,
}

/// A query with its scope narrowed to the tenant it names.
struct Filter<'a> {
    query: &'a AuditQuery,
    scope: TenantScope,
}

impl Audit<'_> {
    /// The newest entries about clusters and nodes of `scope`, newest first.
    pub async fn recent(self, scope: &TenantScope, limit: u32) -> Stored<Vec<ActivityEntry>> {
        doing("read recent audit entries", async {
            let sql = recent(scope, limit);
            let rows = sql.query().fetch_all(self.0.readers()).await?;
            rows.iter().map(activity).collect()
        })
        .await
    }

    /// The newest of these actions on `target` (`user/0197…`).
    pub async fn latest_change(
        self,
        target: &str,
        actions: &[AuditAction],
    ) -> Stored<Option<LatestChange>> {
        doing("read the latest change", async {
            let mut sql = Sql::new("SELECT who, at FROM audit_entries WHERE target = ");
            sql.bind(target)
                .push(" AND outcome = 'done' AND action IN ")
                .bind_list(actions.iter().map(|action| action.as_str()))
                .push(" ORDER BY sequence DESC LIMIT 1");
            let row = sql.query().fetch_optional(self.0.readers()).await?;
            row.map(|row| {
                Ok(LatestChange {
                    who: text(&row, "who")?,
                    at: time(&row, "at")?,
                })
            })
            .transpose()
        })
        .await
    }

    /// A page of the entries about tenants of `scope` (all: also those about no tenant), newest first.
    pub async fn list(self, scope: &TenantScope, query: &AuditQuery) -> Stored<AuditEntries> {
        doing("list the audit log", async {
            let size = i64::from(query.page_size());
            let part = Part {
                after: 0,
                through: query.before.map_or(i64::MAX, |before| before - 1),
                newest_first: true,
                // One more tells whether there is another page.
                limit: size + 1,
            };
            let mut items = found(self.0, scope, query, part).await?;
            let mut next = None;
            if items.len() > usize::try_from(size)? {
                items.truncate(usize::try_from(size)?);
                next = items.last().map(|last| last.sequence);
            }
            Ok(AuditEntries { items, next })
        })
        .await
    }

    /// One entry of `scope`.
    pub async fn get(self, scope: &TenantScope, id: AuditId) -> Stored<Option<AuditRow>> {
        doing("read an audit entry", async {
            let mut sql = Sql::new(SELECT);
            sql.push(" WHERE entry.id = ").bind(id);
            if let TenantScope::Only(tenants) = scope {
                sql.push(" AND entry.tenant_id IN ")
                    .bind_list(tenants.iter().copied());
            }
            let row = sql.query().fetch_optional(self.0.readers()).await?;
            row.as_ref().map(record).transpose()
        })
        .await
    }

    /// The sequence of the newest entry; 0 if the log is empty.
    pub async fn end(self) -> Stored<i64> {
        doing("read the audit log's end", async {
            let row = statement("SELECT COALESCE(MAX(sequence), 0) AS sequence FROM audit_entries")
                .fetch_one(self.0.readers())
                .await?;
            number(&row, "sequence")
        })
        .await
    }

    /// Entries that match `query` (without its page) with sequences after `after` and up to `through`,
    /// oldest first, at most `limit`.
    pub async fn batch(
        self,
        scope: &TenantScope,
        query: &AuditQuery,
        after: i64,
        through: i64,
        limit: u32,
    ) -> Stored<Vec<AuditRow>> {
        doing("export the audit log", async {
            let part = Part {
                after,
                through,
                newest_first: false,
                limit: i64::from(limit),
            };
            found(self.0, scope, query, part).await
        })
        .await
    }
}

/// Of several tenants each is walked on its own, as in [`sequences`].
fn recent(scope: &TenantScope, limit: u32) -> Sql {
    let push = |sql: &mut Sql, tenants: &[TenantId]| {
        sql.push(
            "SELECT sequence, at, who, action, target_name FROM audit_entries \
             WHERE (target LIKE 'cluster/%' OR target LIKE 'node/%')",
        );
        if !tenants.is_empty() {
            sql.push(" AND tenant_id IN ")
                .bind_list(tenants.iter().copied());
        }
        sql.push(" ORDER BY sequence DESC LIMIT ")
            .bind(i64::from(limit));
    };
    let mut sql = Sql::new("");
    match scope {
        TenantScope::All => push(&mut sql, &[]),
        TenantScope::Only(tenants) if tenants.is_empty() => {
            sql.push("SELECT at, who, action, target_name FROM audit_entries WHERE 1 = 0");
        }
        TenantScope::Only(tenants) if tenants.len() > SEVERAL => push(&mut sql, tenants),
        TenantScope::Only(tenants) => {
            let mut before = "SELECT at, who, action, target_name FROM (";
            for tenant in tenants {
                sql.push(before).push("SELECT * FROM (");
                push(&mut sql, std::slice::from_ref(tenant));
                sql.push(") AS one");
                before = " UNION ALL ";
            }
            sql.push(") AS several ORDER BY sequence DESC LIMIT ")
                .bind(i64::from(limit));
        }
    }
    sql
}

fn activity(row: &Row) -> Result<ActivityEntry, Cause> {
    Ok(ActivityEntry {
        at: time(row, "at")?,
        who: text(row, "who")?,
        did: did(&text(row, "action")?),
        target: text(row, "target_name")?,
    })
}

/// Entries are never changed, so two reads see the same of them.
async fn found(
    database: &Database,
    scope: &TenantScope,
    query: &AuditQuery,
    mut part: Part,
) -> Result<Vec<AuditRow>, Cause> {
    let scope = narrowed(database, scope, query).await?;
    if matches!(&scope, TenantScope::Only(tenants) if tenants.is_empty()) {
        return Ok(Vec::new());
    }
    let filter = Filter { query, scope };
    bound_by_time(database, query, &mut part).await?;
    if part.after >= part.through {
        return Ok(Vec::new());
    }
    let rows = sequences(database.dialect(), &filter, &part)
        .query()
        .fetch_all(database.readers())
        .await?;
    let sequences: Vec<i64> = rows
        .iter()
        .map(|row| number(row, "sequence"))
        .collect::<Result<_, _>>()?;
    if sequences.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE entry.sequence IN ")
        .bind_list(sequences)
        .push(" ORDER BY entry.sequence")
        .push(part.direction());
    let rows = sql.query().fetch_all(database.readers()).await?;
    rows.iter().map(record).collect()
}

/// The tenants of `scope` that `query` asks about.
async fn narrowed(
    database: &Database,
    scope: &TenantScope,
    query: &AuditQuery,
) -> Result<TenantScope, Cause> {
    let Some(slug) = &query.tenant else {
        return Ok(scope.clone());
    };
    let row = statement("SELECT id FROM tenants WHERE slug = $1")
        .bind(slug.clone())
        .fetch_optional(database.readers())
        .await?;
    let asked: Option<TenantId> = row.as_ref().map(|row| id(row, "id")).transpose()?;
    let mut tenants = Vec::from_iter(asked);
    if let TenantScope::Only(visible) = scope {
        tenants.retain(|tenant| visible.contains(tenant));
    }
    Ok(TenantScope::Only(tenants))
}

/// Times follow sequences closely but not strictly, since a time is taken before the entry gets its
/// sequence. So the bounds are looked up by the index of times.
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
        let first = optional_number(&row, "bound")?;
        part.after = part.after.max(first.map_or(i64::MAX, |first| first - 1));
    }
    if let Some(until) = query.until {
        let row = statement("SELECT MAX(sequence) AS bound FROM audit_entries WHERE at < $1")
            .bind(until)
            .fetch_one(database.readers())
            .await?;
        let last = optional_number(&row, "bound")?;
        part.through = part.through.min(last.unwrap_or(0));
    }
    Ok(())
}

impl Part {
    fn direction(&self) -> &'static str {
        if self.newest_first { " DESC" } else { "" }
    }
}

/// The sequences of the entries, in order.
fn sequences(dialect: Dialect, filter: &Filter<'_>, part: &Part) -> Sql {
    let (column, values) = filter.way();
    let mut sql = Sql::new("");
    if values.len() <= 1 {
        push_sequences(&mut sql, dialect, filter, part, column, values.first());
        return sql;
    }
    sql.push("SELECT sequence FROM (");
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            sql.push(" UNION ALL ");
        }
        sql.push("SELECT sequence FROM (");
        push_sequences(&mut sql, dialect, filter, part, column, Some(value));
        sql.push(") AS one");
    }
    sql.push(") AS several ORDER BY sequence")
        .push(part.direction())
        .push(" LIMIT ")
        .bind(part.limit);
    sql
}

fn push_sequences(
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
    /// The column whose index is walked, and its values; no values: the sequence itself.
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
        match &self.scope {
            TenantScope::Only(tenants) if tenants.len() <= SEVERAL => {
                ("tenant_id", tenants.iter().map(|id| (*id).into()).collect())
            }
            _ => ("", Vec::new()),
        }
    }

    /// Every condition but the one on the column `done`, which is in the index that is walked.
    fn push(&self, sql: &mut Sql, dialect: Dialect, done: &str) {
        let query = self.query;
        // SQLite would walk the index of any of these instead.
        let passing = dialect.not_looked_up();
        if done != "target"
            && let Some(target) = &query.target
        {
            // A kind of target. Neither kinds nor ids contain wildcards.
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
            && let TenantScope::Only(tenants) = &self.scope
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
        changes: changes(row)?,
        hash: text(row, "hash")?,
        times: u64::try_from(number(row, "times")?)?,
        last_at: optional_time(row, "last_at")?,
    })
}

/// An action in words. An action of a later version is shown by its name.
pub(crate) fn did(action: &str) -> String {
    let words = AuditAction::ALL
        .into_iter()
        .find(|known| known.as_str() == action)
        .map(AuditAction::phrase);
    words.map_or_else(|| action.replace('_', " "), str::to_owned)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod plan_tests;
