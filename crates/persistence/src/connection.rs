//! The one place that knows both drivers: pools, transactions, and how a statement is run on either.

use crate::{
    dialect::Dialect,
    rows::Row,
    sql::{Query, Value},
};
use jiff::Timestamp;
use sqlx::{
    PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, postgres::PgArguments,
    sqlite::SqliteArguments, types::Json,
};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Begins a transaction with `statement`.
    pub async fn begin(&self, statement: &'static str) -> sqlx::Result<Transaction> {
        Ok(match self {
            Self::Sqlite(pool) => Transaction::Sqlite(pool.begin_with(statement).await?),
            Self::Postgres(pool) => Transaction::Postgres(pool.begin_with(statement).await?),
        })
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Rolled back unless committed.
pub enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }
}

/// What a statement runs on.
pub enum Executor<'a> {
    SqlitePool(&'a SqlitePool),
    PostgresPool(&'a PgPool),
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl<'a> From<&'a Pool> for Executor<'a> {
    fn from(pool: &'a Pool) -> Self {
        match pool {
            Pool::Sqlite(pool) => Self::SqlitePool(pool),
            Pool::Postgres(pool) => Self::PostgresPool(pool),
        }
    }
}

impl<'a> From<&'a mut Transaction> for Executor<'a> {
    fn from(transaction: &'a mut Transaction) -> Self {
        match transaction {
            Transaction::Sqlite(transaction) => Self::Sqlite(transaction),
            Transaction::Postgres(transaction) => Self::Postgres(transaction),
        }
    }
}

/// Runs `$query` with `$method` of sqlx on whatever `$on` is.
macro_rules! run {
    ($query:expr, $method:ident, $on:expr, $sqlite:expr, $postgres:expr) => {
        match $on.into() {
            Executor::SqlitePool(on) => sqlite($query).$method(on).await.map($sqlite),
            Executor::Sqlite(on) => sqlite($query).$method(on).await.map($sqlite),
            Executor::PostgresPool(on) => postgres($query).$method(on).await.map($postgres),
            Executor::Postgres(on) => postgres($query).$method(on).await.map($postgres),
        }
    };
}

impl Query {
    /// Answers how many rows were written.
    pub async fn execute<'e>(self, on: impl Into<Executor<'e>>) -> sqlx::Result<u64> {
        run!(self, execute, on, |it| it.rows_affected(), |it| it
            .rows_affected())
    }

    pub async fn fetch_one<'e>(self, on: impl Into<Executor<'e>>) -> sqlx::Result<Row> {
        run!(self, fetch_one, on, Row::Sqlite, Row::Postgres)
    }

    pub async fn fetch_optional<'e>(
        self,
        on: impl Into<Executor<'e>>,
    ) -> sqlx::Result<Option<Row>> {
        run!(
            self,
            fetch_optional,
            on,
            |row| row.map(Row::Sqlite),
            |row| row.map(Row::Postgres)
        )
    }

    pub async fn fetch_all<'e>(self, on: impl Into<Executor<'e>>) -> sqlx::Result<Vec<Row>> {
        run!(
            self,
            fetch_all,
            on,
            |rows| rows.into_iter().map(Row::Sqlite).collect(),
            |rows| rows.into_iter().map(Row::Postgres).collect()
        )
    }
}

/// SQLite has no types for ids (text), times (microseconds since 1970), truth (0 or 1) and JSON (text).
fn sqlite(query: Query) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    query
        .values
        .into_iter()
        .fold(sqlx::query(query.text), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
            Value::Truth(truth) => query.bind(truth),
            Value::Id(id) => query.bind(id.map(|id| id.to_string())),
            Value::Time(time) => query.bind(time.map(Timestamp::as_microsecond)),
            Value::Json(json) => query.bind(json.map(|json| json.to_string())),
        })
}

fn postgres(query: Query) -> sqlx::query::Query<'static, Postgres, PgArguments> {
    query
        .values
        .into_iter()
        .fold(sqlx::query(query.text), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
            Value::Truth(truth) => query.bind(truth),
            Value::Id(id) => query.bind::<Option<Uuid>>(id),
            Value::Time(time) => query.bind(time.map(offset_date_time)),
            Value::Json(json) => query.bind(json.map(Json)),
        })
}

/// To the microsecond, as both databases keep times.
fn offset_date_time(time: Timestamp) -> OffsetDateTime {
    let nanoseconds = i128::from(time.as_microsecond()) * 1000;
    // Both types span the years -9999 to 9999.
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
