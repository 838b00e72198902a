//! Lists of clusters.

use crate::{
    Cause,
    database::Database,
    keyset::{Kind, Order},
    list::{self, Listed, Question},
    records::{ClusterRecord, RecordPage},
};
use domain::{
    caller::TenantScope,
    cluster::ClusterState,
    ids::UserId,
    listing::{ClusterQuery, ClusterSort, StateCount},
};

impl Listed for ClusterRecord {
    const SEARCHED: &'static [&'static str] = &["name"];

    fn states() -> Vec<&'static str> {
        ClusterState::ALL.map(ClusterState::as_str).to_vec()
    }
}

pub(crate) async fn page(
    database: &Database,
    scope: &TenantScope,
    owner: Option<UserId>,
    query: &ClusterQuery,
) -> Result<RecordPage, Cause> {
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
    Ok(RecordPage {
        items: page.items,
        paging: page.paging,
        total: page.total,
        counts: ClusterState::ALL
            .into_iter()
            .zip(page.counts)
            .map(|(state, count)| StateCount { state, count })
            .collect(),
    })
}

/// Clusters without end come last.
fn order(sort: ClusterSort, descending: bool) -> Order {
    let (column, kind, nullable) = match sort {
        ClusterSort::Name => ("name", Kind::Text, false),
        ClusterSort::State => ("state", Kind::Text, false),
        ClusterSort::Created => ("created_at", Kind::Time, false),
        ClusterSort::Ends => ("ends_at", Kind::Time, true),
    };
    Order {
        column,
        kind,
        nullable,
        descending,
    }
}
