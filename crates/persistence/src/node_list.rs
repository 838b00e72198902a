//! Lists of nodes.

use crate::{
    Cause,
    database::Database,
    keyset::{Kind, Order},
    list::{self, Listed, Question, fetch_ids},
    node_records::{NodeRecord, NodeRecordPage},
    resource::several,
    sql::Sql,
};
use domain::{
    caller::TenantScope,
    ids::{EnvironmentId, UserId},
    node::{
        listing::{NodeQuery, NodeSort, NodeStateCount},
        view::NodeState,
    },
};

impl Listed for NodeRecord {
    const SEARCHED: &'static [&'static str] = &["name", "accelerator_folded"];

    fn states() -> Vec<&'static str> {
        NodeState::ALL.map(NodeState::as_str).to_vec()
    }
}

pub(crate) async fn page(
    database: &Database,
    scope: &TenantScope,
    owner: Option<UserId>,
    query: &NodeQuery,
) -> Result<NodeRecordPage, Cause> {
    let question = Question {
        scope,
        mine: query.mine,
        owner,
        search: &query.search,
        tenant: query.tenant.as_deref(),
        environment: query.environment.as_deref(),
        states: query.states.iter().map(|state| state.as_str()).collect(),
        order: order(query.sort, query.descending),
        position: &query.position,
        per_page: query.per_page,
    };
    let page = list::page(database, &question).await?;
    Ok(NodeRecordPage {
        items: page.items,
        paging: page.paging,
        total: page.total,
        counts: NodeState::ALL
            .into_iter()
            .zip(page.counts)
            .map(|(state, count)| NodeStateCount { state, count })
            .collect(),
    })
}

/// Nodes without end, or whose price is not known, come last.
fn order(sort: NodeSort, descending: bool) -> Order {
    let (column, kind, nullable) = match sort {
        NodeSort::Name => ("name", Kind::Text, false),
        NodeSort::State => ("state", Kind::Text, false),
        NodeSort::Created => ("created_at", Kind::Time, false),
        NodeSort::Ends => ("ends_at", Kind::Time, true),
        NodeSort::Price => ("price_per_hour", Kind::Number, true),
    };
    Order {
        column,
        kind,
        nullable,
        descending,
    }
}

/// Those that are not deleted, by name.
pub(crate) async fn of_environment(
    database: &Database,
    environment: EnvironmentId,
) -> Result<Vec<NodeRecord>, Cause> {
    let mut sql = Sql::new("SELECT r.id FROM nodes r WHERE r.environment_id = ");
    sql.bind(environment)
        .push(" AND r.state <> 'deleted' ORDER BY r.name, r.id");
    let mut reading = database.read().await?;
    let ids = fetch_ids(&mut reading, sql).await?;
    let nodes = several(&mut reading, ids).await?;
    reading.commit().await?;
    Ok(nodes)
}
