//! `/`: the caller's own clusters and nodes, figures over all that the caller may see, limits, and recent activity.

mod figures;

use domain::cluster::ClusterKind;
use domain::node::view::NodeKind;
use domain::overview::{ActivityEntry, Overview};
use domain::quota::LimitedEnvironment;
use leptos::prelude::*;

use self::figures::{Figures, summary};
use crate::page::{PageRequest, PageResult};
use crate::resource::{NoTenant, OVERVIEW_COLUMNS, PageKind, Permission, Section};
use crate::routes;
use crate::tenants::LimitMeters;
use crate::ui::{
    ButtonKind, Card, Empty, EmptyState, Icon, LinkButton, PageHeader, RelativeTime, Symbol, Table,
};

pub async fn overview(request: PageRequest) -> PageResult {
    let overview = request.core.overview(&request.caller).await?;
    let name = request.caller.name.clone();
    let clusters = Permission::of(&request.caller, ClusterKind::SECTION.create);
    let nodes = Permission::of(&request.caller, NodeKind::SECTION.create);
    let view = move || {
        view! {
            <Header name=name overview=overview.clone() clusters=clusters nodes=nodes />
            <Content overview=overview clusters=clusters nodes=nodes />
        }
    };
    let page = request.show("Overview", view);
    Ok(page
        .live(routes::CLUSTERS_EVENTS)
        .live(routes::NODES_EVENTS))
}

#[component]
fn Header(
    name: String,
    overview: Overview,
    clusters: Permission,
    nodes: Permission,
) -> impl IntoView {
    let greeting = match name.split_whitespace().next() {
        Some(first_name) => format!("Hello, {first_name}"),
        None => "Hello".to_owned(),
    };
    let new_node = (nodes == Permission::Create).then(|| {
        view! {
            <LinkButton href=routes::NEW_NODE>
                <Icon symbol=Symbol::Chip size=16 />
                "New node"
            </LinkButton>
        }
    });
    let new_cluster = (clusters == Permission::Create).then(|| {
        view! {
            <LinkButton kind=ButtonKind::Primary href=routes::NEW_CLUSTER>
                <Icon symbol=Symbol::Plus size=16 />
                "New cluster"
            </LinkButton>
        }
    });
    view! {
        <PageHeader
            title=greeting
            summary=move || summary(&overview)
            actions=move || (new_node, new_cluster)
        />
    }
    .into_any()
}

#[component]
fn Content(overview: Overview, clusters: Permission, nodes: Permission) -> impl IntoView {
    let figures = view! { <Figures overview=overview.clone() /> };
    let my_clusters = overview.mine.iter().map(ClusterKind::overview_row);
    let my_nodes = overview.my_nodes.iter().map(NodeKind::overview_row);
    let (my_clusters, my_nodes) = (my_clusters.collect(), my_nodes.collect());
    view! {
        {figures}
        <div class="grid grid-cols-1 gap-3.5 items-start mt-3.5 xl:grid-cols-[minmax(0,2.6fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <Mine
                    section=ClusterKind::SECTION
                    rows=my_clusters
                    permission=clusters
                    create=("Create a cluster", routes::NEW_CLUSTER)
                />
                <Mine
                    section=NodeKind::SECTION
                    rows=my_nodes
                    permission=nodes
                    create=("Find a GPU", routes::CATALOGUE)
                />
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <Limits limited=overview.limited />
                <Card title="Recent activity">
                    <Activity entries=overview.recent />
                </Card>
            </div>
        </div>
    }
    .into_any()
}

/// The caller's resources of one kind.
#[component]
fn Mine(
    section: &'static Section,
    rows: Vec<AnyView>,
    permission: Permission,
    /// Label and address of the link for callers who may create.
    create: (&'static str, &'static str),
) -> impl IntoView {
    let noun = section.noun;
    let title = format!("My {noun}s");
    let empty = move || {
        match permission {
        Permission::Create => view! {
            <EmptyState
                why=Empty::NothingYet
                title=format!("You have no {noun}s yet")
                text=section.purpose
            >
                <LinkButton href=create.1>{create.0}</LinkButton>
            </EmptyState>
        }
        .into_any(),
        Permission::View => view! {
            <EmptyState
                why=Empty::NoPermission
                title=format!("You have no {noun}s")
                text=format!(
                    "You can view the {noun}s of your tenants, but not create any. Creating {noun}s requires the developer or admin role.",
                )
            />
        }
        .into_any(),
        Permission::None => view! { <NoTenant section=section /> }.into_any(),
    }
    };
    let all = move || {
        view! {
            <a href=section.list class="hover:text-text">
                {format!("All {noun}s →")}
            </a>
        }
    };
    view! {
        <Card title=title.clone() flush=true aside=all>
            <Table caption=title columns=OVERVIEW_COLUMNS rows=rows empty=empty />
        </Card>
    }
    .into_any()
}

/// Nothing if no environment has limits.
#[component]
fn Limits(limited: Vec<LimitedEnvironment>) -> impl IntoView {
    let item = |limited: LimitedEnvironment| {
        view! {
            <li>
                <p class="font-semibold mb-2">
                    {format!("{} / {}", limited.tenant.name, limited.environment.name)}
                </p>
                <LimitMeters quota=limited.quota />
            </li>
        }
    };
    (!limited.is_empty()).then(|| {
        view! {
            <Card title="Limits">
                <ul class="grid gap-4.5">{limited.into_iter().map(item).collect_view()}</ul>
            </Card>
        }
    })
}

#[component]
fn Activity(entries: Vec<ActivityEntry>) -> impl IntoView {
    if entries.is_empty() {
        return view! { <p class="text-muted">"No activity yet."</p> }.into_any();
    }
    let item = |entry: ActivityEntry| {
        view! {
            <li>
                <b>{entry.who}</b>
                " "
                <span class="text-muted">{entry.did}</span>
                " "
                <b>{entry.target}</b>
                <small class="block text-faint">
                    <RelativeTime at=entry.at />
                </small>
            </li>
        }
    };
    view! { <ul class="grid gap-2.5">{entries.into_iter().map(item).collect_view()}</ul> }
        .into_any()
}
