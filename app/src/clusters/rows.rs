//! Clusters as rows of a table, on the overview and in the list.

use domain::cluster::{Cluster, ClusterState};
use leptos::prelude::*;

use super::state::{StateBadge, note};
use crate::resource::{EnvironmentCell, ExpiryCell, NameCell, StateCell};
use crate::routes;
use crate::ui::{Cell, Row};

/// Columns: name, state, environment, expires in, price.
#[component]
pub fn ClusterRows(clusters: Vec<Cluster>) -> impl IntoView {
    clusters.into_iter().map(row).collect_view()
}

fn row(cluster: Cluster) -> impl IntoView {
    let is_deleting = matches!(
        cluster.state,
        ClusterState::Deleting | ClusterState::Deleted
    );
    let note = note(&cluster);
    let version_and_plan = format!("{} · {}", cluster.kubernetes_version, cluster.plan.title);
    let price = format!("{}/h", cluster.plan.price_per_hour);
    view! {
        <Row id=format!("cluster-{}", cluster.id)>
            <NameCell
                name=cluster.name.to_string()
                href=routes::cluster(cluster.id)
                note=version_and_plan
            />
            <StateCell note=note>
                <StateBadge state=cluster.state />
            </StateCell>
            <EnvironmentCell tenant=cluster.tenant environment=cluster.environment />
            <ExpiryCell ends_at=cluster.ends_at is_deleting=is_deleting />
            <Cell number=true not_on_phone=true>
                {price}
            </Cell>
        </Row>
    }
    .into_any()
}
