//! What an environment may hold, looked at where something is put into it. Its row stays locked until
//! the transaction ends: of several orders at the same time one goes first, and the next sees it.

use crate::{
    Cause,
    database::Database,
    rows::{number, optional_number, optional_time},
    sql::Sql,
};
use domain::{
    ids::EnvironmentId,
    money::MicroDollars,
    tenancy::{EnvironmentLimits, EnvironmentUse},
};
use provisioning::records::{LimitReached, Room};
use sqlx::{AnyConnection, any::AnyRow};

/// What is to be put into an environment.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    Cluster(MicroDollars),
    Node(Option<MicroDollars>),
}

/// Locks the environment and says whether there is room for one more. One that does not exist has
/// room: storing what refers to it fails by itself.
pub(crate) async fn room(
    database: &Database,
    connection: &mut AnyConnection,
    environment: EnvironmentId,
    wanted: Wanted,
) -> Result<Room, Cause> {
    let mut sql = Sql::new(
        "SELECT archived_at, max_clusters, max_nodes, max_price_per_hour FROM environments \
         WHERE id = ",
    );
    sql.bind(environment.to_string())
        .push(database.dialect().lock_referred_rows());
    let Some(row) = sql.query().fetch_optional(&mut *connection).await? else {
        return Ok(Room::Enough);
    };
    if optional_time(&row, "archived_at")?.is_some() {
        return Ok(Room::Archived);
    }
    let limits = limits(&row)?;
    if limits == EnvironmentLimits::default() {
        return Ok(Room::Enough);
    }
    let used = in_use(connection, environment).await?;
    Ok(match reached(&limits, &used, wanted) {
        Some(reached) => Room::LimitReached(reached),
        None => Room::Enough,
    })
}

fn reached(
    limits: &EnvironmentLimits,
    used: &EnvironmentUse,
    wanted: Wanted,
) -> Option<LimitReached> {
    let (price, things) = match wanted {
        Wanted::Cluster(price) => (
            price,
            limits
                .max_clusters
                .filter(|limit| used.clusters >= *limit)
                .map(|limit| LimitReached::Clusters {
                    limit,
                    in_use: used.clusters,
                }),
        ),
        Wanted::Node(price) => (
            price.unwrap_or_default(),
            limits
                .max_nodes
                .filter(|limit| used.nodes >= *limit)
                .map(|limit| LimitReached::Nodes {
                    limit,
                    in_use: used.nodes,
                }),
        ),
    };
    things.or_else(|| {
        limits
            .max_price_per_hour
            .filter(|limit| used.price_per_hour + price > *limit)
            .map(|limit| LimitReached::Price {
                limit,
                in_use: used.price_per_hour,
                wanted: price,
            })
    })
}

/// From `max_clusters`, `max_nodes` and `max_price_per_hour`.
pub(crate) fn limits(row: &AnyRow) -> Result<EnvironmentLimits, Cause> {
    let count = |column| -> Result<Option<u32>, Cause> {
        Ok(optional_number(row, column)?
            .map(u32::try_from)
            .transpose()?)
    };
    Ok(EnvironmentLimits {
        max_clusters: count("max_clusters")?,
        max_nodes: count("max_nodes")?,
        max_price_per_hour: optional_number(row, "max_price_per_hour")?.map(MicroDollars),
    })
}

/// What is in an environment. A node whose price nobody knows counts as free.
pub(crate) async fn in_use(
    connection: &mut AnyConnection,
    environment: EnvironmentId,
) -> Result<EnvironmentUse, Cause> {
    let row = sqlx::query(
        "SELECT c.clusters, n.nodes, \
         CAST(c.price + n.price AS BIGINT) AS price_per_hour FROM \
         (SELECT COUNT(*) AS clusters, COALESCE(SUM(price_per_hour), 0) AS price FROM clusters \
         WHERE environment_id = $1 AND state <> 'deleted') c CROSS JOIN \
         (SELECT COUNT(*) AS nodes, COALESCE(SUM(price_per_hour), 0) AS price FROM nodes \
         WHERE environment_id = $1 AND state <> 'deleted') n",
    )
    .bind(environment.to_string())
    .fetch_one(connection)
    .await?;
    Ok(EnvironmentUse {
        clusters: u32::try_from(number(&row, "clusters")?)?,
        nodes: u32::try_from(number(&row, "nodes")?)?,
        price_per_hour: MicroDollars(number(&row, "price_per_hour")?),
    })
}
