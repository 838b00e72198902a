//! Statements whose text depends on what is asked. Values never become text: each is bound and
//! leaves a numbered placeholder, which both databases understand.

use sqlx::{Any, AssertSqlSafe, any::AnyArguments, query::Query};
use std::fmt::Write;

pub(crate) enum Value {
    Text(String),
    Number(i64),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
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

    /// Adds text of ours.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a placeholder for `value`.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
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
            // `IN ()` is no SQL on PostgreSQL.
            self.push("(NULL");
        }
        self.push(")")
    }

    /// Asks how the statement would be run instead.
    #[cfg(test)]
    pub fn explained(mut self) -> Self {
        self.text.insert_str(0, "EXPLAIN QUERY PLAN ");
        self
    }

    /// The finished statement.
    pub fn query(self) -> Query<'static, Any, AnyArguments> {
        self.values
            .into_iter()
            .fold(
                sqlx::query(AssertSqlSafe(self.text)),
                |query, value| match value {
                    Value::Text(text) => query.bind(text),
                    Value::Number(number) => query.bind(number),
                },
            )
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
