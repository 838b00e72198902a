//! How many clusters of which plan are on which host cluster.

use crate::{
    Cause,
    database::Database,
    records::ClusterTally,
    rows::{Row, json, number, text},
    sql::Sql,
};
use domain::{cluster::ClusterState, money::MicroDollars};

/// Plans are compared as they are stored: the same document is the same plan, and there are few of them.
pub(crate) async fn read(database: &Database) -> Result<Vec<ClusterTally>, Cause> {
    let need_attention = ClusterState::ALL
        .into_iter()
        .filter(|state| state.needs_attention())
        .map(ClusterState::as_str);
    let mut sql = Sql::new(
        "SELECT r.host, r.plan, CAST(SUM(r.count) AS BIGINT) AS clusters, \
         CAST(SUM(CASE WHEN r.state IN ",
    );
    sql.bind_list(need_attention).push(
        " THEN r.count ELSE 0 END) AS BIGINT) AS need_attention, \
         CAST(SUM(r.charged_per_hour) AS BIGINT) AS price_per_hour \
         FROM plan_tally r WHERE r.state <> 'deleted' \
         GROUP BY r.host, r.plan HAVING SUM(r.count) > 0 ORDER BY r.host, r.plan",
    );
    let rows = sql.query().fetch_all(database.readers()).await?;
    rows.iter().map(tally).collect()
}

fn tally(row: &Row) -> Result<ClusterTally, Cause> {
    Ok(ClusterTally {
        host: text(row, "host")?,
        plan: json(row, "plan")?,
        clusters: u64::try_from(number(row, "clusters")?)?,
        need_attention: u64::try_from(number(row, "need_attention")?)?,
        price_per_hour: MicroDollars(number(row, "price_per_hour")?),
    })
}
