//! What clusters and nodes cost, from the charges that triggers add up by tenant and month.

use crate::{
    Cause,
    database::Database,
    list::push_scope,
    records::Costs,
    resource::StoredKind,
    rows::{number, time},
    sql::Sql,
};
use domain::{caller::TenantScope, money::MicroDollars};
use jiff::{Timestamp, tz::TimeZone};

/// Seconds in the unit that prices are for.
const HOUR: i128 = 3600;

/// Charges that began or ended in one month.
struct Month {
    begins: Timestamp,
    /// What those that began cost an hour, less what those that ended did.
    price_per_hour: i128,
    /// Of each, its price times the seconds between the start of the month and the charge's.
    price_seconds: i128,
}

/// What those in scope cost from `since`, the start of a month in UTC, until `now`. No charge may
/// begin or end after `now` in the month of `now`.
pub(crate) async fn sum<K: StoredKind>(
    database: &Database,
    scope: &TenantScope,
    since: Timestamp,
    now: Timestamp,
) -> Result<Costs, Cause> {
    let month = since.to_zoned(TimeZone::UTC).first_of_month()?;
    if month.start_of_day()?.timestamp() != since {
        return Err(
            format!("{since} is not the start of a month, and costs are kept by month").into(),
        );
    }
    let table = match scope {
        TenantScope::All => "platform_charges",
        TenantScope::Only(_) => "charges",
    };
    let mut sql = Sql::new(format!(
        "SELECT r.month, CAST(SUM(r.price_per_hour) AS BIGINT) AS price_per_hour, \
         CAST(SUM(r.price_seconds) AS BIGINT) AS price_seconds \
         FROM {table} r WHERE r.kind = '{}' AND r.month < ",
        K::TABLE
    ));
    sql.bind(now).push(" AND ");
    push_scope(&mut sql, scope, "");
    sql.push(" GROUP BY r.month");
    let rows = sql.query().fetch_all(database.readers()).await?;
    let months = rows
        .iter()
        .map(|row| {
            Ok(Month {
                begins: time(row, "month")?,
                price_per_hour: number(row, "price_per_hour")?.into(),
                price_seconds: number(row, "price_seconds")?.into(),
            })
        })
        .collect::<Result<Vec<_>, Cause>>()?;
    let price_per_hour: i128 = months.iter().map(|month| month.price_per_hour).sum();
    let spent = (price_seconds_until(&months, now) - price_seconds_until(&months, since)) / HOUR;
    Ok(Costs {
        price_per_hour: MicroDollars(price_per_hour.try_into()?),
        spent: MicroDollars(spent.try_into()?),
    })
}

/// The sum of price times seconds charged, from the beginning of time. Whole seconds.
fn price_seconds_until(months: &[Month], until: Timestamp) -> i128 {
    let before = months.iter().filter(|month| month.begins < until);
    before
        .map(|month| {
            let seconds = until.as_second() - month.begins.as_second();
            month.price_per_hour * i128::from(seconds) - month.price_seconds
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// One charge of 7 an hour since 31 October, 23:00, that ended on 2 November, 00:00, and one of
    /// 5 an hour since 1 November, 10:00.
    fn months() -> Vec<Month> {
        let day = 24 * HOUR;
        vec![
            Month {
                begins: at("2026-10-01T00:00:00Z"),
                price_per_hour: 7,
                price_seconds: 7 * (31 * day - HOUR),
            },
            Month {
                begins: at("2026-11-01T00:00:00Z"),
                price_per_hour: 5 - 7,
                price_seconds: 5 * 10 * HOUR - 7 * day,
            },
        ]
    }

    #[test]
    fn a_charge_grows_with_time_over_the_end_of_a_month() {
        for (until, hours_of_7, hours_of_5) in [
            ("2026-10-01T00:00:00Z", 0, 0),
            ("2026-11-01T00:00:00Z", 1, 0),
            ("2026-11-02T00:00:00Z", 25, 14),
            ("2026-11-02T01:00:00Z", 25, 15),
            ("2026-12-01T00:00:00Z", 25, 29 * 24 + 14),
            ("2027-01-01T00:00:00Z", 25, 60 * 24 + 14),
        ] {
            assert_eq!(
                price_seconds_until(&months(), at(until)),
                HOUR * (7 * hours_of_7 + 5 * hours_of_5),
                "{until}"
            );
        }
    }
}
