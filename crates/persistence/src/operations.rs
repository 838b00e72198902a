//! Operations: the newest of each resource, and those before it.

use crate::{
    Cause,
    connection::Transaction,
    rows::{Row, as_stored, id, json, number, optional_json, optional_time, time, word},
    sql::{json_value, optional_json_value, query},
};
use domain::operation::Operation;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// A table of operations, and its column for what they are on.
#[derive(Clone, Copy)]
pub struct Operations {
    pub table: &'static str,
    pub of: &'static str,
}

impl Operations {
    /// Stores an operation, or how far it is.
    pub async fn write(
        self,
        connection: &mut Transaction,
        on: impl Into<Uuid>,
        operation: &Operation,
    ) -> Result<(), Cause> {
        query(AssertSqlSafe(format!(
            "INSERT INTO {} (id, {}, kind, started_at, finished_at, attempts, steps, failure) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (id) DO UPDATE SET finished_at = excluded.finished_at, \
             attempts = excluded.attempts, steps = excluded.steps, failure = excluded.failure",
            self.table, self.of
        )))
        .bind(operation.id)
        .bind(on.into())
        .bind(operation.kind.as_str())
        .bind(operation.started_at)
        .bind(operation.finished_at)
        .bind(i64::from(operation.attempts))
        .bind(json_value(&operation.steps)?)
        .bind(optional_json_value(operation.failure.as_ref())?)
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// From `operation_id` and the other columns that begin so.
pub(crate) fn from_row(row: &Row) -> Result<Operation, Cause> {
    Ok(Operation {
        id: id(row, "operation_id")?,
        kind: word(row, "operation_kind")?,
        started_at: time(row, "operation_started_at")?,
        finished_at: optional_time(row, "operation_finished_at")?,
        attempts: u32::try_from(number(row, "operation_attempts")?)?,
        steps: json(row, "operation_steps")?,
        failure: optional_json(row, "operation_failure")?,
    })
}

/// The operation with its times as they will be when read again; steps are kept to the nanosecond.
pub(crate) fn operation_as_stored(mut operation: Operation) -> Operation {
    operation.started_at = as_stored(operation.started_at);
    operation.finished_at = operation.finished_at.map(as_stored);
    operation
}
