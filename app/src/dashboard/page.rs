//! `/`: what runs, what needs somebody, what ends soon, what it costs; one's own clusters and nodes; what happened lately.

use domain::cluster::Cluster;
use domain::node::view::Node;
use domain::overview::Happening;
use domain::room::LimitedEnvironment;
use leptos::prelude::*;
use leptos_meta::Title;

use super::api::{Dashboard, load_overview};
use super::figures::{Figures, summary};
use crate::access::Access;
use crate::clusters::ClusterRows;
use crate::live::follow;
use crate::nodes::NodeRows;
use crate::problem_page::ProblemPage;
use crate::routes;
use crate::tenants::LimitMeters;
use crate::ui::{
    ButtonKind, Card, Clock, Empty, EmptyState, HeaderCell, Icon, LinkButton, PageHeader,
    RelativeTime, Skeleton, Symbol, Table, waiting,
};

/// Looks again whenever some cluster or node changes.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let dashboard = Resource::new_blocking(|| (), |()| load_overview());
    let clock = Clock::provide();
    follow(routes::CLUSTERS_EVENTS, move || dashboard.refetch());
    follow(routes::NODES_EVENTS, move || dashboard.refetch());
    let page = move || {
        Suspend::new(async move {
            match dashboard.await {
                Ok(dashboard) => {
                    clock.sync(dashboard.overview.now);
                    view! { <Content dashboard=dashboard /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Overview" />
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition>
    }
    .into_any()
}

#[component]
fn Content(dashboard: Dashboard) -> impl IntoView {
    let Dashboard {
        name,
        access,
        node_access,
        overview,
    } = dashboard;
    let first_name = name.split_whitespace().next().unwrap_or("you").to_owned();
    let summary = summary(&overview);
    let (may_order, may_order_node) = (access == Access::Order, node_access == Access::Order);
    view! {
        <PageHeader
            title=format!("Hello, {first_name}")
            summary=move || summary
            actions=move || {
                let node = || {
                    view! {
                        <LinkButton href=routes::NEW_NODE>
                            <Icon symbol=Symbol::Chip size=16 />
                            "New node"
                        </LinkButton>
                    }
                };
                let cluster = || {
                    view! {
                        <LinkButton kind=ButtonKind::Primary href=routes::NEW_CLUSTER>
                            <Icon symbol=Symbol::Plus size=16 />
                            "New cluster"
                        </LinkButton>
                    }
                };
                view! {
                    {may_order_node.then(node)}
                    {may_order.then(cluster)}
                }
            }
        />
        <Figures overview=overview.clone() />
        <div class="grid grid-cols-1 gap-3.5 items-start mt-3.5 xl:grid-cols-[minmax(0,2.6fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <Card
                    title="My clusters"
                    flush=true
                    aside=|| {
                        view! {
                            <a href=routes::CLUSTERS class="hover:text-text">
                                "All clusters →"
                            </a>
                        }
                    }
                >
                    <Mine clusters=overview.mine access=access />
                </Card>
                <Card
                    title="My nodes"
                    flush=true
                    aside=|| {
                        view! {
                            <a href=routes::NODES class="hover:text-text">
                                "All nodes →"
                            </a>
                        }
                    }
                >
                    <MyNodes nodes=overview.my_nodes access=node_access />
                </Card>
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <Limits limited=overview.limited />
                <Card title="Lately">
                    <Lately happenings=overview.lately />
                </Card>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Mine(clusters: Vec<Cluster>, access: Access) -> impl IntoView {
    if clusters.is_empty() {
        return match access {
            Access::Order => view! {
                <EmptyState
                    why=Empty::NothingYet
                    title="You have no clusters yet"
                    text="Order one, watch it come up, and use it with kubectl a minute later."
                >
                    <LinkButton href=routes::NEW_CLUSTER>"Order your first one"</LinkButton>
                </EmptyState>
            }
            .into_any(),
            Access::View => view! {
                <EmptyState
                    why=Empty::NoPermission
                    title="You look after no clusters"
                    text="As a viewer you see your tenants' clusters, but do not order any."
                />
            }
            .into_any(),
            Access::None => view! {
                <EmptyState
                    why=Empty::NoPermission
                    title="You are not in a tenant yet"
                    text="Ask your platform team to add you to one. Then you can order clusters here."
                />
            }
            .into_any(),
        };
    }
    let head = || {
        view! {
            <HeaderCell>"Name"</HeaderCell>
            <HeaderCell>"State"</HeaderCell>
            <HeaderCell>"Environment"</HeaderCell>
            <HeaderCell number=true>"Ends in"</HeaderCell>
            <HeaderCell number=true>"Price"</HeaderCell>
        }
        .into_any()
    };
    view! {
        <Table caption="My clusters" head=Box::new(head)>
            <ClusterRows clusters=clusters />
        </Table>
    }
    .into_any()
}

#[component]
fn MyNodes(nodes: Vec<Node>, access: Access) -> impl IntoView {
    if nodes.is_empty() {
        return match access {
            Access::Order => view! {
                <EmptyState
                    why=Empty::NothingYet
                    title="You have no nodes yet"
                    text="See which GPUs are to be had, where and for how much, and order one."
                >
                    <LinkButton href=routes::CATALOGUE>"Find a GPU"</LinkButton>
                </EmptyState>
            }
            .into_any(),
            Access::View => view! {
                <EmptyState
                    why=Empty::NoPermission
                    title="You look after no nodes"
                    text="As a viewer you see your tenants' nodes, but do not order any."
                />
            }
            .into_any(),
            Access::None => view! {
                <EmptyState
                    why=Empty::NoPermission
                    title="Nodes belong to tenants"
                    text="Once you are in one, you can order GPU machines here."
                />
            }
            .into_any(),
        };
    }
    let head = || {
        view! {
            <HeaderCell>"Name"</HeaderCell>
            <HeaderCell>"State"</HeaderCell>
            <HeaderCell>"Environment"</HeaderCell>
            <HeaderCell number=true>"Ends in"</HeaderCell>
            <HeaderCell number=true>"Price"</HeaderCell>
        }
        .into_any()
    };
    view! {
        <Table caption="My nodes" head=Box::new(head)>
            <NodeRows nodes=nodes />
        </Table>
    }
    .into_any()
}

/// Nothing where nothing is limited.
#[component]
fn Limits(limited: Vec<LimitedEnvironment>) -> impl IntoView {
    let one = |limited: LimitedEnvironment| {
        let LimitedEnvironment {
            tenant,
            environment,
            room,
        } = limited;
        view! {
            <li>
                <p class="font-semibold mb-2">{format!("{} / {}", tenant.name, environment.name)}</p>
                <LimitMeters room=room />
            </li>
        }
    };
    (!limited.is_empty()).then(|| {
        view! {
            <Card title="Limits">
                <ul class="grid gap-4.5">{limited.into_iter().map(one).collect_view()}</ul>
            </Card>
        }
    })
}

#[component]
fn Lately(happenings: Vec<Happening>) -> impl IntoView {
    if happenings.is_empty() {
        return view! { <p class="text-muted">"Nothing has happened yet."</p> }.into_any();
    }
    let item = |happening: Happening| {
        view! {
            <li>
                <b>{happening.who}</b>
                " "
                <span class="text-muted">{happening.did}</span>
                " "
                <b>{happening.target}</b>
                <small class="block text-faint">
                    <RelativeTime at=happening.at />
                </small>
            </li>
        }
    };
    view! { <ul class="grid gap-2.5">{happenings.into_iter().map(item).collect_view()}</ul> }
        .into_any()
}
