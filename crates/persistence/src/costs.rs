//! What things cost: sums over the times in which they are charged, made by the database.

use crate::{Cause, database::Database, list::push_scope, records::Costs, rows::number, sql::Sql};
use domain::{caller::TenantScope, money::MicroDollars};
use jiff::Timestamp;

/// A table whose rows are charged `price_per_hour` for a time, and the columns that say which.
pub(crate) struct Charged {
    pub table: &'static str,
    /// Empty: not charged yet.
    pub from: &'static str,
    /// Empty: it goes on.
    pub until: &'static str,
}

/// What those in scope cost. Seconds before prices: both sums stay within 64 bits.
pub(crate) async fn sum(
    database: &Database,
    charged: Charged,
    scope: &TenantScope,
    since: Timestamp,
    now: Timestamp,
) -> Result<Costs, Cause> {
    let Charged { table, from, until } = charged;
    let end = format!("CASE WHEN r.{until} < $1 THEN r.{until} ELSE $1 END");
    let start = format!("CASE WHEN r.{from} > $2 THEN r.{from} ELSE $2 END");
    let seconds = database.dialect().seconds_between(&start, &end);
    let mut sql = Sql::new(format!(
        "SELECT CAST(COALESCE(SUM(CASE WHEN r.{until} IS NULL THEN r.price_per_hour ELSE 0 END), \
         0) AS BIGINT) AS price_per_hour, \
         CAST(COALESCE(SUM(r.price_per_hour * {seconds} / 3600), 0) AS BIGINT) AS spent \
         FROM {table} r WHERE r.{from} < ",
    ));
    sql.bind(now)
        .push(&format!(" AND (r.{until} IS NULL OR r.{until} > "))
        .bind(since)
        .push(") AND ");
    push_scope(&mut sql, scope, database.dialect().not_looked_up());
    let row = sql.query().fetch_one(database.readers()).await?;
    Ok(Costs {
        price_per_hour: MicroDollars(number(&row, "price_per_hour")?),
        spent: MicroDollars(number(&row, "spent")?),
    })
}
