//! Between rows and records.

use crate::Cause;
use domain::tenancy::{EnvironmentRef, TenantRef};
use jiff::Timestamp;
use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer, value},
};
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

pub(crate) fn optional_number(row: &AnyRow, column: &'static str) -> Result<Option<i64>, Cause> {
    Ok(row.try_get(column)?)
}

pub(crate) fn truth(row: &AnyRow, column: &'static str) -> Result<bool, Cause> {
    Ok(number(row, column)? != 0)
}

pub(crate) fn json<T: DeserializeOwned>(row: &AnyRow, column: &'static str) -> Result<T, Cause> {
    serde_json::from_str(&text(row, column)?).map_err(|error| unreadable(column, error))
}

pub(crate) fn optional_json<T: DeserializeOwned>(
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
    optional_number(row, column)?
        .map(Timestamp::from_microsecond)
        .transpose()
        .map_err(|error| unreadable(column, error))
}

/// A time as it will be when read again.
pub(crate) fn as_stored(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// JSON for a column that may be empty.
pub(crate) fn json_text<T: Serialize>(value: Option<&T>) -> Result<Option<String>, Cause> {
    Ok(value.map(serde_json::to_string).transpose()?)
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
