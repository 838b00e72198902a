//! Clusters as rows of a table, on the overview and in the list.

use domain::cluster::{Cluster, ClusterState};
use leptos::prelude::*;

use super::state::{StateBadge, note};
use crate::routes;
use crate::ui::{Cell, Remaining, Row};

/// Columns: name, state, environment, ends in, price.
#[component]
pub fn ClusterRows(clusters: Vec<Cluster>) -> impl IntoView {
    clusters.into_iter().map(row).collect_view()
}

fn row(cluster: Cluster) -> impl IntoView {
    let note = note(&cluster);
    let ends = match (cluster.state, cluster.ends_at) {
        (ClusterState::Deleting | ClusterState::Deleted, _) => "—".into_any(),
        (_, Some(at)) => view! { <Remaining until=at /> }.into_any(),
        (_, None) => "no end".into_any(),
    };
    view! {
        <Row>
            <Cell>
                <a
                    href=routes::cluster(cluster.id)
                    class="block max-md:truncate md:[overflow-wrap:anywhere] font-semibold hover:text-accent-text"
                >
                    {cluster.name.to_string()}
                </a>
                <small class="block text-faint">
                    {format!("{} · {}", cluster.kubernetes_version, cluster.plan.title)}
                </small>
            </Cell>
            <Cell>
                <StateBadge state=cluster.state />
                {note.map(|note| view! { <small class="block text-muted mt-0.5">{note}</small> })}
            </Cell>
            <Cell>
                <span class="text-muted">{cluster.environment.name}</span>
                <small class="max-md:hidden block text-faint">{cluster.tenant.name}</small>
            </Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">{ends}</span>
            </Cell>
            <Cell number=true not_on_phone=true>
                {format!("{}/h", cluster.plan.price_per_hour)}
            </Cell>
        </Row>
    }
    .into_any()
}
