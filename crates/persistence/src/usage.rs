//! The usage ledger: the intervals in which each resource is charged, each at one price. The price is the one at which
//! it was ordered; later prices of a plan do not change what was.

use crate::{
    Cause,
    connection::Transaction,
    resource::{Record, StoredKind},
    rows::{as_stored, time},
    sql::query,
};
use domain::{money::MicroDollars, usage::UsageState};
use jiff::Timestamp;

/// How a resource is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    pub state: UsageState,
    /// `None`: the price is unknown.
    pub price_per_hour: Option<MicroDollars>,
}

/// What a resource was charged up to a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spending {
    /// The sum of the intervals that are over.
    pub spent: MicroDollars,
    /// Since when it is charged, and how; `None`: it is not.
    pub since: Option<(Timestamp, Charge)>,
}

impl Spending {
    /// What it has cost up to `now`, as far as prices are known.
    pub fn until(&self, now: Timestamp) -> MicroDollars {
        let open = self.since.map(|(since, charge)| {
            let seconds = now.duration_since(since).as_secs().max(0);
            charge
                .price_per_hour
                .unwrap_or_default()
                .times_seconds(seconds)
        });
        self.spent + open.unwrap_or_default()
    }
}

/// Charges `record` as `charge` says from `at` on, and not any more if it says nothing: ends the open interval and
/// begins the next one, as far as anything changes.
pub(crate) async fn charge<K: StoredKind>(
    connection: &mut Transaction,
    record: &Record<K>,
    charge: Option<Charge>,
    at: Timestamp,
) -> Result<(MicroDollars, Option<Timestamp>), Cause> {
    let Spending { mut spent, since } = K::spending(record);
    match since {
        Some((since, open)) if charge == Some(open) => return Ok((spent, Some(since))),
        Some(open) => spent = spent + close::<K>(connection, record, open, as_stored(at)).await?,
        None => {}
    }
    let since = match charge {
        Some(charge) => Some(open::<K>(connection, record, charge, at).await?),
        None => None,
    };
    Ok((spent, since))
}

/// Ends the open interval and answers what it cost. One without length is forgotten; clocks of two
/// replicas may differ, so that it can seem to end before it began.
async fn close<K: StoredKind>(
    connection: &mut Transaction,
    record: &Record<K>,
    (since, charge): (Timestamp, Charge),
    at: Timestamp,
) -> Result<MicroDollars, Cause> {
    if at <= since {
        query("DELETE FROM usage WHERE resource_id = $1 AND ended_at IS NULL")
            .bind::<uuid::Uuid>(record.id.into())
            .execute(connection)
            .await?;
        return Ok(MicroDollars(0));
    }
    query("UPDATE usage SET ended_at = $2 WHERE resource_id = $1 AND ended_at IS NULL")
        .bind::<uuid::Uuid>(record.id.into())
        .bind(at)
        .execute(connection)
        .await?;
    let price = charge.price_per_hour.unwrap_or_default();
    Ok(price.times_seconds(at.duration_since(since).as_secs()))
}

/// Begins an interval and answers when: not before the end of the one before.
async fn open<K: StoredKind>(
    connection: &mut Transaction,
    record: &Record<K>,
    charge: Charge,
    at: Timestamp,
) -> Result<Timestamp, Cause> {
    let row = query(
        "INSERT INTO usage (kind, resource_id, tenant_id, environment_id, user_id, name, size, state, started_at, \
         price_per_hour) \
         SELECT $2, $1, $3, $4, $5, $6, $7, $8, CASE WHEN MAX(ended_at) > $9 THEN MAX(ended_at) ELSE $9 END, $10 \
         FROM usage WHERE resource_id = $1 RETURNING started_at",
    )
    .bind::<uuid::Uuid>(record.id.into())
    .bind(K::TABLE)
    .bind(record.tenant.id)
    .bind(record.environment.id)
    .bind(record.created_by.id)
    .bind(record.name.to_string())
    .bind(K::size(&record.details))
    .bind(charge.state.as_str())
    .bind(at)
    .bind(charge.price_per_hour.map(|price| price.0))
    .fetch_one(connection)
    .await?;
    time(&row, "started_at")
}
