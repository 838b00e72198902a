//! `/`: what runs, what needs somebody, what ends soon, what it costs; one's own clusters; what happened lately.

use domain::cluster::Cluster;
use domain::overview::{Happening, Overview};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_meta::Title;

use super::api::{Dashboard, load_overview};
use crate::access::Access;
use crate::clusters::{ClusterRows, note};
use crate::live::follow;
use crate::problem_page::ProblemPage;
use crate::routes;
use crate::ui::{
    ButtonKind, Card, Clock, Empty, EmptyState, HeaderCell, Icon, LinkButton, PageHeader,
    RelativeTime, Skeleton, Stat, Symbol, Table, remaining_words,
};

/// Looks again whenever some cluster changes.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let dashboard = Resource::new_blocking(|| (), |()| load_overview());
    let clock = Clock::provide();
    follow(routes::CLUSTERS_EVENTS, move || dashboard.refetch());
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
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>{page}</Transition>
    }
    .into_any()
}

#[component]
fn Content(dashboard: Dashboard) -> impl IntoView {
    let Dashboard {
        name,
        access,
        overview,
    } = dashboard;
    let first_name = name.split_whitespace().next().unwrap_or("you").to_owned();
    let summary = summary(&overview);
    let may_order = access == Access::Order;
    view! {
        <PageHeader
            title=format!("Hello, {first_name}")
            summary=move || summary
            actions=move || {
                may_order
                    .then(|| {
                        view! {
                            <LinkButton kind=ButtonKind::Primary href=routes::NEW_CLUSTER>
                                <Icon symbol=Symbol::Plus size=16 />
                                "New cluster"
                            </LinkButton>
                        }
                    })
            }
        />
        <Figures overview=overview.clone() />
        <div class="grid grid-cols-1 gap-3.5 items-start mt-3.5 lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
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
            <Card title="Lately">
                <Lately happenings=overview.lately />
            </Card>
        </div>
    }
    .into_any()
}

/// Four figures, each with the line that makes it useful.
#[component]
fn Figures(overview: Overview) -> impl IntoView {
    let running = match overview.moving {
        0 => "all settled".to_owned(),
        moving => format!("{moving} on the way up or down"),
    };
    let needs_you = overview.needs_you.first().map_or_else(
        || "nothing is wrong".to_owned(),
        |cluster| format!("{}: {}", cluster.name, note(cluster).unwrap_or_default()),
    );
    let ends_soon = overview.ends_soon.first().map_or_else(
        || "nothing".to_owned(),
        |cluster| first_to_end(cluster, overview.now),
    );
    let month = overview.now.strftime("%B").to_string();
    view! {
        <div class="grid gap-3.5 grid-cols-2 lg:grid-cols-4">
            <Stat label="Running" value=overview.running.to_string() note=running />
            <Stat
                label="Needs you"
                value=overview.needs_you.len().to_string()
                note=needs_you
                alarming=!overview.needs_you.is_empty()
            />
            <Stat
                label="Ends within a day"
                value=overview.ends_soon.len().to_string()
                note=ends_soon
            />
            <Stat
                label=format!("Spent in {month}")
                value=overview.spent_this_month.to_string()
                note=format!("{}/h right now", overview.price_per_hour)
            />
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

/// “3 clusters run, 1 is on its way”.
fn summary(overview: &Overview) -> String {
    let running = match overview.running {
        0 => "No cluster is running".to_owned(),
        1 => "One cluster is running".to_owned(),
        many => format!("{many} clusters are running"),
    };
    match overview.needs_you.len() {
        0 => running,
        1 => format!("{running}, one needs you"),
        many => format!("{running}, {many} need you"),
    }
}

/// “checkout-preview in 6 h 12 min”.
fn first_to_end(cluster: &Cluster, now: Timestamp) -> String {
    let left = cluster
        .ends_at
        .map(|at| remaining_words(at, now))
        .unwrap_or_default();
    format!("{} in {left}", cluster.name)
}
