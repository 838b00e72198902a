//! What every reconciled resource has in common: a table with an id, columns for the work on it,
//! and a statement that reads it with the names of what it refers to.

use crate::{
    Cause,
    connection::Executor,
    rows::{Row, id},
    sql::Sql,
};
use std::collections::HashMap;
use uuid::Uuid;

/// A resource as the core keeps it. In every statement `r` is its own row.
pub(crate) trait Resource: Sized + Send + Sync + 'static {
    /// Its table.
    const TABLE: &'static str;
    /// What one is called in the log.
    const NOUN: &'static str;
    /// What holds of the rows on which there can be work.
    const ALIVE: &'static str;

    /// `SELECT … FROM …`, for [`from_row`](Self::from_row); with `fence` and `wakes`.
    fn select() -> String;

    /// From a row of [`select`](Self::select).
    fn from_row(row: &Row) -> Result<Self, Cause>;

    fn id(&self) -> Uuid;
}

/// `SELECT …` of a resource that belongs to an environment, was ordered by somebody and has an
/// operation: `columns` of its own (beginning with `r.`), and those that the rows of all of them have.
pub(crate) fn select_ordered(table: &str, operations: &str, columns: &str) -> String {
    format!(
        "SELECT {columns}, r.id, r.name, r.state, r.failure, r.created_by, r.created_at, \
         r.ready_at, r.ends_at, r.deleted_at, r.version, r.fence, r.wakes, \
         u.name AS created_by_name, t.id AS tenant_id, t.slug AS tenant_slug, \
         t.name AS tenant_name, e.id AS environment_id, e.slug AS environment_slug, \
         e.name AS environment_name, o.id AS operation_id, o.kind AS operation_kind, \
         o.started_at AS operation_started_at, o.finished_at AS operation_finished_at, \
         o.attempts AS operation_attempts, o.steps AS operation_steps, \
         o.failure AS operation_failure \
         FROM {table} r JOIN tenants t ON t.id = r.tenant_id \
         JOIN environments e ON e.id = r.environment_id JOIN users u ON u.id = r.created_by \
         JOIN {operations} o ON o.id = r.operation_id "
    )
}

/// One of them.
pub(crate) async fn one<'e, R: Resource>(
    connection: impl Into<Executor<'e>>,
    id: impl Into<Uuid>,
) -> Result<Option<R>, Cause> {
    let mut sql = Sql::new(R::select());
    sql.push("WHERE r.id = ").bind(id.into());
    let row = sql.query().fetch_optional(connection).await?;
    row.as_ref().map(R::from_row).transpose()
}

/// The rows with these ids, in this order.
pub(crate) async fn rows_of<'e, R: Resource>(
    connection: impl Into<Executor<'e>>,
    ids: Vec<Uuid>,
) -> Result<Vec<Row>, Cause> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(R::select());
    sql.push("WHERE r.id IN ").bind_list(ids.iter().copied());
    let mut found = HashMap::new();
    for row in sql.query().fetch_all(connection).await? {
        found.insert(id::<Uuid>(&row, "id")?, row);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Those with these ids, in this order.
pub(crate) async fn several<'e, R: Resource>(
    connection: impl Into<Executor<'e>>,
    ids: Vec<Uuid>,
) -> Result<Vec<R>, Cause> {
    let rows = rows_of::<R>(connection, ids).await?;
    rows.iter().map(R::from_row).collect()
}
