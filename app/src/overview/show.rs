//! The caller's own clusters and nodes, figures over all that the caller may see, limits, and recent activity.

use domain::access::Action;
use domain::overview::{Happening, Overview};
use domain::quota::LimitedEnvironment;
use leptos::prelude::*;

use super::figures::{Figures, summary};
use crate::address::Address;
use crate::clusters::ClusterRows;
use crate::nodes::NodeRows;
use crate::page::{PageRequest, PageResult};
use crate::resource::{Column, Permission, headers};
use crate::routes;
use crate::tenants::LimitMeters;
use crate::ui::{
    ButtonKind, Card, Empty, EmptyState, Icon, LinkButton, PageHeader, RelativeTime, Symbol, Table,
};

/// The columns of the caller's resources of one kind.
const COLUMNS: [Column; 5] = [
    Column {
        label: "Name",
        sort: None,
        number: false,
    },
    Column {
        label: "State",
        sort: None,
        number: false,
    },
    Column {
        label: "Environment",
        sort: None,
        number: false,
    },
    Column {
        label: "Expires in",
        sort: None,
        number: true,
    },
    Column {
        label: "Price",
        sort: None,
        number: true,
    },
];

pub async fn show(request: PageRequest) -> PageResult {
    let overview = request.core.overview(&request.caller).await?;
    let name = request.caller.name.clone();
    let clusters = Permission::of(&request.caller, Action::OrderCluster);
    let nodes = Permission::of(&request.caller, Action::OrderNode);
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
    let my_clusters = (!overview.mine.is_empty())
        .then(|| view! { <ClusterRows clusters=overview.mine /> }.into_any());
    let my_nodes = (!overview.my_nodes.is_empty())
        .then(|| view! { <NodeRows nodes=overview.my_nodes /> }.into_any());
    view! {
        {figures}
        <div class="grid grid-cols-1 gap-3.5 items-start mt-3.5 xl:grid-cols-[minmax(0,2.6fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <Mine
                    noun="cluster"
                    list=routes::CLUSTERS
                    rows=my_clusters
                    permission=clusters
                    invitation="A cluster is ready for kubectl about a minute after you create it."
                    create=("Create a cluster", routes::NEW_CLUSTER)
                />
                <Mine
                    noun="node"
                    list=routes::NODES
                    rows=my_nodes
                    permission=nodes
                    invitation="Choose a GPU by location and price in the catalogue."
                    create=("Find a GPU", routes::CATALOGUE)
                />
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <Limits limited=overview.limited />
                <Card title="Recent activity">
                    <Activity entries=overview.lately />
                </Card>
            </div>
        </div>
    }
    .into_any()
}

/// The caller's resources of one kind.
#[component]
fn Mine(
    /// "cluster".
    noun: &'static str,
    /// The address of the list of all.
    list: &'static str,
    /// `None` if there are none.
    rows: Option<AnyView>,
    permission: Permission,
    invitation: &'static str,
    /// Label and address of the link for callers who may create.
    create: (&'static str, &'static str),
) -> impl IntoView {
    let title = format!("My {noun}s");
    let content = match (rows, permission) {
        (Some(rows), _) => {
            let head = || headers(&COLUMNS, &Address::default(), "");
            view! {
                <Table caption=title.clone() head=Box::new(head)>
                    {rows}
                </Table>
            }
            .into_any()
        }
        (None, Permission::Create) => view! {
            <EmptyState
                why=Empty::NothingYet
                title=format!("You have no {noun}s yet")
                text=invitation
            >
                <LinkButton href=create.1>{create.0}</LinkButton>
            </EmptyState>
        }
        .into_any(),
        (None, Permission::View) => view! {
            <EmptyState
                why=Empty::NoPermission
                title=format!("You have no {noun}s")
                text=format!(
                    "You can view the {noun}s of your tenants, but not create any. Creating {noun}s requires the developer or admin role.",
                )
            />
        }
        .into_any(),
        (None, Permission::None) => view! {
            <EmptyState
                why=Empty::NoPermission
                title="You are not a member of a tenant"
                text=format!("A {noun} belongs to a tenant. Ask your platform team to add you to one.")
            />
        }
        .into_any(),
    };
    let all = move || {
        view! {
            <a href=list class="hover:text-text">
                {format!("All {noun}s →")}
            </a>
        }
    };
    view! {
        <Card title=title flush=true aside=all>
            {content}
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
fn Activity(entries: Vec<Happening>) -> impl IntoView {
    if entries.is_empty() {
        return view! { <p class="text-muted">"No activity yet."</p> }.into_any();
    }
    let item = |entry: Happening| {
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
