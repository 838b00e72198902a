//! The intervals in which each node is charged, each at one price.

use crate::{
    Cause,
    connection::Transaction,
    node_records::NodeRecord,
    rows::{as_stored, time},
    sql::query,
};
use domain::money::MicroDollars;
use jiff::Timestamp;

/// Ends the open interval of `node` and begins the next one, as far as what is charged changes.
/// Answers what it has spent in intervals that are closed, and since when it is charged.
pub(crate) async fn charge(
    connection: &mut Transaction,
    node: &NodeRecord,
    price: Option<MicroDollars>,
    charged: bool,
    at: Timestamp,
) -> Result<(MicroDollars, Option<Timestamp>), Cause> {
    let mut spent = node.spent;
    match node.charged_since {
        Some(since) if charged && price == node.price_per_hour => return Ok((spent, Some(since))),
        Some(since) => spent = spent + close(connection, node, since, as_stored(at)).await?,
        None => {}
    }
    let since = if charged {
        Some(open(connection, node, price, at).await?)
    } else {
        None
    };
    Ok((spent, since))
}

/// Ends the open interval and answers what it cost. One without length is forgotten; clocks of two
/// replicas may differ, so that it can seem to end before it began.
async fn close(
    connection: &mut Transaction,
    node: &NodeRecord,
    since: Timestamp,
    at: Timestamp,
) -> Result<MicroDollars, Cause> {
    if at <= since {
        query("DELETE FROM node_usage WHERE node_id = $1 AND ended_at IS NULL")
            .bind(node.id)
            .execute(connection)
            .await?;
        return Ok(MicroDollars(0));
    }
    query("UPDATE node_usage SET ended_at = $2 WHERE node_id = $1 AND ended_at IS NULL")
        .bind(node.id)
        .bind(at)
        .execute(connection)
        .await?;
    let price = node.price_per_hour.unwrap_or_default();
    Ok(price.times_seconds(at.duration_since(since).as_secs()))
}

/// Begins an interval and answers when: not before the end of the one before.
async fn open(
    connection: &mut Transaction,
    node: &NodeRecord,
    price: Option<MicroDollars>,
    at: Timestamp,
) -> Result<Timestamp, Cause> {
    let row = query(
        "INSERT INTO node_usage (node_id, tenant_id, started_at, price_per_hour) \
         SELECT $1, $2, CASE WHEN MAX(ended_at) > $3 THEN MAX(ended_at) ELSE $3 END, $4 \
         FROM node_usage WHERE node_id = $1 RETURNING started_at",
    )
    .bind(node.id)
    .bind(node.tenant.id)
    .bind(at)
    .bind(price.map(|price| price.0))
    .fetch_one(connection)
    .await?;
    time(&row, "started_at")
}
