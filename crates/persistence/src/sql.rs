//! Statements built at run time. Values never become part of the text: each is bound to a numbered
//! placeholder, which both databases understand.

use crate::Cause;
use domain::ids::{
    AuditId, ClusterId, CredentialId, EnvironmentId, InvitationId, NodeId, OperationId, TenantId,
    TokenId, UserId, WorkspaceId,
};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::fmt::Write;
use uuid::Uuid;

/// A value of one of the types that columns have. `None` is NULL of that type.
#[derive(Clone)]
pub enum Value {
    Text(Option<String>),
    Number(Option<i64>),
    Truth(bool),
    Id(Option<Uuid>),
    Time(Option<Timestamp>),
    Json(Option<serde_json::Value>),
}

macro_rules! value {
    ($($variant:ident: $($type:ty),+;)+) => {$($(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(Some(value.into()))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map(Into::into))
            }
        }
    )+)+};
}

value! {
    Text: String, &str;
    Number: i64;
    Time: Timestamp;
    Id: Uuid, AuditId, ClusterId, CredentialId, EnvironmentId, InvitationId, NodeId, OperationId,
        TenantId, TokenId, UserId, WorkspaceId;
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

pub(crate) fn json_value<T: Serialize + ?Sized>(document: &T) -> Result<Value, Cause> {
    let mut document = serde_json::to_value(document)?;
    without_nul(&mut document);
    Ok(Value::Json(Some(document)))
}

pub(crate) fn optional_json_value<T: Serialize>(document: Option<&T>) -> Result<Value, Cause> {
    document.map_or(Ok(Value::Json(None)), json_value)
}

/// PostgreSQL's text cannot contain this character, and no document needs it.
fn without_nul(document: &mut serde_json::Value) {
    match document {
        serde_json::Value::String(text) => text.retain(|character| character != '\0'),
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_nul),
        serde_json::Value::Object(members) => {
            if members.keys().any(|key| key.contains('\0')) {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(key, value)| (key.replace('\0', ""), value))
                    .collect();
            }
            members.values_mut().for_each(without_nul);
        }
        _ => {}
    }
}

/// A statement and the values of its placeholders.
pub struct Query {
    pub text: SqlStr,
    pub values: Vec<Value>,
}

/// A statement; values are bound to its placeholders in order.
pub(crate) fn query(text: impl SqlSafeStr) -> Query {
    Query {
        text: text.into_sql_str(),
        values: Vec::new(),
    }
}

impl Query {
    pub fn bind<V: Into<Value>>(mut self, value: V) -> Self {
        self.values.push(value.into());
        self
    }
}

/// A statement under construction.
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            values: Vec::new(),
        }
    }

    /// Adds trusted text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a placeholder for `value`.
    pub fn bind<V: Into<Value>>(&mut self, value: V) -> &mut Self {
        self.values.push(value.into());
        // Writing into a String cannot fail.
        let _ = write!(self.text, "${}", self.values.len());
        self
    }

    /// Adds `(…, …)` with a placeholder for each value.
    pub fn bind_list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        let mut before = "(";
        for value in values {
            self.push(before).bind(value);
            before = ", ";
        }
        if before == "(" {
            // PostgreSQL refuses `IN ()`.
            self.push("(NULL");
        }
        self.push(")")
    }

    /// Turns the statement into a question for its plan.
    #[cfg(test)]
    pub fn explained(mut self) -> Self {
        self.text.insert_str(0, "EXPLAIN QUERY PLAN ");
        self
    }

    pub fn query(self) -> Query {
        Query {
            text: AssertSqlSafe(self.text).into_sql_str(),
            values: self.values,
        }
    }
}

/// A pattern for `LIKE … ESCAPE '\'` that finds `part` anywhere, taken literally.
pub(crate) fn containing(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for character in part.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_a_search_stand_for_themselves() {
        assert_eq!(containing(r"50%_a\b"), r"%50\%\_a\\b%");
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        let mut sql = Sql::new("a IN ");
        sql.bind_list(Vec::<String>::new());
        assert_eq!(sql.text, "a IN (NULL)");
    }
}
