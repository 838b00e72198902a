//! Reading columns of rows: the other half of `connection`.

use crate::Cause;
use domain::tenancy::{EnvironmentRef, TenantRef};
use jiff::Timestamp;
use serde::de::{DeserializeOwned, IntoDeserializer, value};
use sqlx::{
    Decode, Postgres, Row as _, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow, types::Json,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// A column that this version of Hangar cannot read.
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

pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A column of a type that both databases have.
fn get<'r, T>(row: &'r Row, column: &'static str) -> sqlx::Result<T>
where
    T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
{
    match row {
        Row::Sqlite(row) => row.try_get(column),
        Row::Postgres(row) => row.try_get(column),
    }
}

/// Anything that is one word on the wire: a name, a state, a role.
pub(crate) fn word<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, Cause> {
    from_word(&text(row, column)?).map_err(|error| unreadable(column, error))
}

fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, value::Error> {
    T::deserialize(word.into_deserializer())
}

pub(crate) fn text(row: &Row, column: &'static str) -> Result<String, Cause> {
    Ok(get(row, column)?)
}

pub(crate) fn optional_text(row: &Row, column: &'static str) -> Result<Option<String>, Cause> {
    Ok(get(row, column)?)
}

pub(crate) fn number(row: &Row, column: &'static str) -> Result<i64, Cause> {
    Ok(get(row, column)?)
}

pub(crate) fn optional_number(row: &Row, column: &'static str) -> Result<Option<i64>, Cause> {
    Ok(get(row, column)?)
}

pub(crate) fn truth(row: &Row, column: &'static str) -> Result<bool, Cause> {
    Ok(get(row, column)?)
}

pub(crate) fn id<T: From<Uuid>>(row: &Row, column: &'static str) -> Result<T, Cause> {
    optional_id(row, column)?.ok_or_else(|| unreadable(column, "it is empty"))
}

pub(crate) fn optional_id<T: From<Uuid>>(
    row: &Row,
    column: &'static str,
) -> Result<Option<T>, Cause> {
    let id = match row {
        Row::Sqlite(row) => row
            .try_get::<Option<String>, _>(column)?
            .map(|id| Uuid::parse_str(&id))
            .transpose()
            .map_err(|error| unreadable(column, error))?,
        Row::Postgres(row) => row.try_get::<Option<Uuid>, _>(column)?,
    };
    Ok(id.map(T::from))
}

pub(crate) fn json<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, Cause> {
    optional_json(row, column)?.ok_or_else(|| unreadable(column, "it is empty"))
}

pub(crate) fn optional_json<T: DeserializeOwned>(
    row: &Row,
    column: &'static str,
) -> Result<Option<T>, Cause> {
    match row {
        Row::Sqlite(_) => optional_text(row, column)?
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| unreadable(column, error)),
        Row::Postgres(row) => Ok(row
            .try_get::<Option<Json<T>>, _>(column)?
            .map(|Json(document)| document)),
    }
}

pub(crate) fn time(row: &Row, column: &'static str) -> Result<Timestamp, Cause> {
    optional_time(row, column)?.ok_or_else(|| unreadable(column, "it is empty"))
}

pub(crate) fn optional_time(row: &Row, column: &'static str) -> Result<Option<Timestamp>, Cause> {
    match row {
        Row::Sqlite(_) => optional_number(row, column)?.map(Timestamp::from_microsecond),
        Row::Postgres(row) => row
            .try_get::<Option<OffsetDateTime>, _>(column)?
            .map(|time| Timestamp::from_nanosecond(time.unix_timestamp_nanos())),
    }
    .transpose()
    .map_err(|error| unreadable(column, error))
}

/// A time with the precision of the database, microseconds.
pub(crate) fn as_stored(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// From `tenant_id`, `tenant_slug` and `tenant_name`.
pub(crate) fn tenant(row: &Row) -> Result<TenantRef, Cause> {
    Ok(TenantRef {
        id: id(row, "tenant_id")?,
        slug: text(row, "tenant_slug")?,
        name: text(row, "tenant_name")?,
    })
}

/// From `environment_id`, `environment_slug` and `environment_name`.
pub(crate) fn environment(row: &Row) -> Result<EnvironmentRef, Cause> {
    Ok(EnvironmentRef {
        id: id(row, "environment_id")?,
        slug: text(row, "environment_slug")?,
        name: text(row, "environment_name")?,
    })
}
