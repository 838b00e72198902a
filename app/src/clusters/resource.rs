//! What the shared pages of resources show of a cluster.

use domain::access::Action;
use domain::cluster::{Cluster, ClusterDetails, ClusterKind, ClusterState};
use leptos::prelude::*;

use crate::resource::{self, Access, PageKind, Section, State};
use crate::routes;
use crate::ui::{Cell, Column, Tone};

pub static SECTION: Section = Section {
    noun: "cluster",
    title: "Clusters",
    summary: "Virtual Kubernetes clusters in your tenants",
    search: "Search name, owner, tenant",
    purpose: "A cluster is ready about a minute after you create it and is deleted when its lifetime ends.",
    list: routes::CLUSTERS,
    new: routes::NEW_CLUSTER,
    events: routes::CLUSTERS_EVENTS,
    create: Action::OrderCluster,
    tabs: &[
        ("Overview", ""),
        ("Connect", "connect"),
        ("Events", "events"),
        ("Settings", "settings"),
    ],
};

const COLUMNS: [Column; 6] = {
    let [name, state, environment, creator, expires] = resource::COLUMNS;
    [name, state, environment, creator, expires, resource::PRICE]
};

impl PageKind for ClusterKind {
    const SECTION: &'static Section = &SECTION;

    const FILTERS: &'static [(&'static str, &'static [ClusterState])] = &[
        ("Ready", &[ClusterState::Ready]),
        (
            "In progress",
            &[
                ClusterState::Pending,
                ClusterState::Provisioning,
                ClusterState::Pausing,
                ClusterState::Resuming,
                ClusterState::Deleting,
            ],
        ),
        (
            "Needs attention",
            &[ClusterState::Failed, ClusterState::Degraded],
        ),
        ("Paused", &[ClusterState::Paused]),
    ];

    const COLUMNS: &'static [Column] = &COLUMNS;

    fn state(state: ClusterState) -> State {
        State {
            title: state.title(),
            tone: tone(state),
            is_moving: state.is_moving(),
            is_deleting: matches!(state, ClusterState::Deleting | ClusterState::Deleted),
            is_up: state.is_up(),
        }
    }

    fn access(details: &ClusterDetails) -> Access {
        Access {
            connect: details.allowed.kubeconfig,
            delete: details.allowed.delete,
        }
    }

    fn description(details: &ClusterDetails) -> String {
        format!("{} · {}", details.kubernetes_version, details.plan.title)
    }

    fn list_row(cluster: &Cluster) -> AnyView {
        resource::list_row(cluster.into(), None, price(cluster))
    }

    fn overview_row(cluster: &Cluster) -> AnyView {
        resource::overview_row(cluster.into(), price(cluster))
    }
}

const fn tone(state: ClusterState) -> Tone {
    match state {
        ClusterState::Ready => Tone::Ok,
        ClusterState::Failed | ClusterState::Degraded => Tone::Bad,
        ClusterState::Paused | ClusterState::Deleted => Tone::Idle,
        _ => Tone::Busy,
    }
}

fn price(cluster: &Cluster) -> AnyView {
    let price = format!("{}/h", cluster.cost.price_per_hour.unwrap_or_default());
    view! {
        <Cell number=true not_on_small=true>
            {price}
        </Cell>
    }
    .into_any()
}
