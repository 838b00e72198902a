//! Between rows and records.

use crate::Cause;
use domain::{
    cluster_name::ClusterName,
    ids::UserId,
    operation::Operation,
    tenancy::{EnvironmentRef, TenantRef},
};
use jiff::Timestamp;
use provisioning::records::{ClusterRecord, TokenRecord};
use serde::de::{DeserializeOwned, IntoDeserializer, value};
use sqlx::{Row, any::AnyRow};

/// A column holds what this version of Hangar does not understand.
#[derive(Debug, thiserror::Error)]
#[error("column {column} cannot be read: {reason}")]
struct Unreadable {
    column: &'static str,
    reason: String,
}

fn unreadable(column: &'static str, reason: impl ToString) -> Cause {
    Unreadable {
        column,
        reason: reason.to_string(),
    }
    .into()
}

/// Anything that is one word on the wire: an id, a name, a state, a role.
pub(crate) fn word<T: DeserializeOwned>(row: &AnyRow, column: &'static str) -> Result<T, Cause> {
    from_word(&text(row, column)?).map_err(|error| unreadable(column, error))
}

fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, value::Error> {
    T::deserialize(word.into_deserializer())
}

pub(crate) fn text(row: &AnyRow, column: &'static str) -> Result<String, Cause> {
    Ok(row.try_get(column)?)
}

pub(crate) fn optional_text(row: &AnyRow, column: &'static str) -> Result<Option<String>, Cause> {
    Ok(row.try_get(column)?)
}

pub(crate) fn number(row: &AnyRow, column: &'static str) -> Result<i64, Cause> {
    Ok(row.try_get(column)?)
}

pub(crate) fn truth(row: &AnyRow, column: &'static str) -> Result<bool, Cause> {
    Ok(number(row, column)? != 0)
}

pub(crate) fn json<T: DeserializeOwned>(row: &AnyRow, column: &'static str) -> Result<T, Cause> {
    serde_json::from_str(&text(row, column)?).map_err(|error| unreadable(column, error))
}

fn optional_json<T: DeserializeOwned>(
    row: &AnyRow,
    column: &'static str,
) -> Result<Option<T>, Cause> {
    optional_text(row, column)?
        .map(|text| serde_json::from_str(&text).map_err(|error| unreadable(column, error)))
        .transpose()
}

pub(crate) fn time(row: &AnyRow, column: &'static str) -> Result<Timestamp, Cause> {
    Timestamp::from_microsecond(number(row, column)?).map_err(|error| unreadable(column, error))
}

pub(crate) fn optional_time(
    row: &AnyRow,
    column: &'static str,
) -> Result<Option<Timestamp>, Cause> {
    let microseconds: Option<i64> = row.try_get(column)?;
    microseconds
        .map(Timestamp::from_microsecond)
        .transpose()
        .map_err(|error| unreadable(column, error))
}

/// A time as it will be when read again.
pub(crate) fn as_stored(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// The operation with its times as they will be when read again; steps are kept to the nanosecond.
pub(crate) fn operation_as_stored(mut operation: Operation) -> Operation {
    operation.started_at = as_stored(operation.started_at);
    operation.finished_at = operation.finished_at.map(as_stored);
    operation
}

/// The columns that [`cluster`] reads, with the tables they come from.
pub(crate) const CLUSTER: &str = "SELECT c.id, c.name, c.plan, c.kubernetes_version, c.exposure, \
    c.host, c.state, c.failure, c.endpoint, c.created_by, c.created_at, c.ready_at, c.ends_at, \
    c.deleted_at, c.version, c.fence, c.wakes, u.name AS created_by_name, t.id AS tenant_id, \
    t.slug AS tenant_slug, t.name AS tenant_name, e.id AS environment_id, \
    e.slug AS environment_slug, e.name AS environment_name, o.id AS operation_id, \
    o.kind AS operation_kind, o.started_at AS operation_started_at, \
    o.finished_at AS operation_finished_at, o.attempts AS operation_attempts, \
    o.steps AS operation_steps, o.failure AS operation_failure \
    FROM clusters c JOIN tenants t ON t.id = c.tenant_id \
    JOIN environments e ON e.id = c.environment_id JOIN users u ON u.id = c.created_by \
    JOIN operations o ON o.id = c.operation_id ";

pub(crate) fn cluster(row: &AnyRow) -> Result<ClusterRecord, Cause> {
    Ok(ClusterRecord {
        id: word(row, "id")?,
        name: word::<ClusterName>(row, "name")?,
        tenant: tenant(row)?,
        environment: environment(row)?,
        plan: json(row, "plan")?,
        kubernetes_version: word(row, "kubernetes_version")?,
        exposure: json(row, "exposure")?,
        host: text(row, "host")?,
        state: word(row, "state")?,
        failure: optional_json(row, "failure")?,
        endpoint: optional_text(row, "endpoint")?,
        created_by: word::<UserId>(row, "created_by")?,
        created_by_name: text(row, "created_by_name")?,
        created_at: time(row, "created_at")?,
        ready_at: optional_time(row, "ready_at")?,
        ends_at: optional_time(row, "ends_at")?,
        deleted_at: optional_time(row, "deleted_at")?,
        operation: Operation {
            id: word(row, "operation_id")?,
            kind: word(row, "operation_kind")?,
            started_at: time(row, "operation_started_at")?,
            finished_at: optional_time(row, "operation_finished_at")?,
            attempts: u32::try_from(number(row, "operation_attempts")?)?,
            steps: json(row, "operation_steps")?,
            failure: optional_json(row, "operation_failure")?,
        },
        version: number(row, "version")?,
    })
}

/// From `tenant_id`, `tenant_slug` and `tenant_name`.
pub(crate) fn tenant(row: &AnyRow) -> Result<TenantRef, Cause> {
    Ok(TenantRef {
        id: word(row, "tenant_id")?,
        slug: text(row, "tenant_slug")?,
        name: text(row, "tenant_name")?,
    })
}

/// From `environment_id`, `environment_slug` and `environment_name`.
pub(crate) fn environment(row: &AnyRow) -> Result<EnvironmentRef, Cause> {
    Ok(EnvironmentRef {
        id: word(row, "environment_id")?,
        slug: text(row, "environment_slug")?,
        name: text(row, "environment_name")?,
    })
}

pub(crate) fn token(row: &AnyRow) -> Result<TokenRecord, Cause> {
    Ok(TokenRecord {
        id: word(row, "id")?,
        user_id: word(row, "user_id")?,
        name: text(row, "name")?,
        prefix: text(row, "prefix")?,
        digest: text(row, "digest")?,
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
        last_used_at: optional_time(row, "last_used_at")?,
    })
}
