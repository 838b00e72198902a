//! `/clusters/{id}` and its parts: the frame with name, state and tabs, which follows the cluster live.

use domain::cluster::{AllowedActions, Cluster, ClusterState};
use domain::operation::StepState;
use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};

use super::connect_tab::ConnectTab;
use super::events_tab::EventsTab;
use super::overview_tab::OverviewTab;
use super::settings_tab::SettingsTab;
use crate::clusters::api::{ClusterView, load_cluster};
use crate::clusters::state::StateBadge;
use crate::live::follow;
use crate::problem_page::{ProblemPage, ProblemPanel, problem_notice};
use crate::routes;
use crate::ui::{
    Clock, Icon, LinkButton, Notice, PageHeader, RelativeTime, Skeleton, Symbol, Tab, Tabs, Tone,
    reload_without_script, waiting,
};

/// Loads the cluster once for each id; after that, changes flow into the page without rebuilding it.
#[component]
pub fn ClusterPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let tab = Memo::new(move |_| params.with(|params| params.get("tab").unwrap_or_default()));
    let cluster = Resource::new_blocking(move || id.get(), load_cluster);
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match cluster.await {
                Ok(view) => {
                    clock.sync(view.now);
                    view! { <LiveCluster view=view tab=tab /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}

#[component]
fn LiveCluster(view: ClusterView, tab: Memo<String>) -> impl IntoView {
    let clock = Clock::in_context();
    let id = view.cluster.id;
    let name = view.cluster.name.to_string();
    let problem = RwSignal::new(view.problem);
    let cluster = RwSignal::new(view.cluster);
    follow(routes::cluster_events(id), move || {
        spawn_local(async move {
            match load_cluster(id.to_string()).await {
                Ok(view) => {
                    clock.sync(view.now);
                    cluster.try_set(view.cluster);
                }
                // The portal forgets a cluster of which nothing is left; who looks at it is told.
                Err(refusal) if refusal.0.kind == ProblemKind::NotFound => {
                    cluster.try_update(gone);
                }
                Err(refusal) if refusal.0.kind == ProblemKind::Unauthenticated => {
                    problem.try_set(Some(refusal.0));
                }
                // Another failed look changes nothing: the page keeps what it knows until the next one.
                Err(_) => {}
            }
        });
    });
    let state = Memo::new(move |_| cluster.with(|cluster| cluster.state));
    let moving = move || state.get().is_moving();
    let kubeconfig = move || cluster.with(|cluster| cluster.allowed.kubeconfig);
    let tabs = [
        ("Overview", routes::cluster(id)),
        ("Connect", routes::cluster_tab(id, "connect")),
        ("Events", routes::cluster_tab(id, "events")),
        ("Settings", routes::cluster_tab(id, "settings")),
    ];
    let tabs = tabs
        .into_iter()
        .map(|(label, href)| Tab { label, href })
        .collect();
    let content = move || match tab.read().as_str() {
        "" => view! { <OverviewTab cluster=cluster /> }.into_any(),
        "connect" => view! { <ConnectTab cluster=cluster /> }.into_any(),
        "events" => view! { <EventsTab cluster=cluster /> }.into_any(),
        "settings" => {
            view! { <SettingsTab cluster=cluster problem=problem.get_untracked() /> }.into_any()
        }
        _ => view! { <NoSuchPart /> }.into_any(),
    };
    view! {
        <Title text=name.clone() />
        {move || moving().then(reload_without_script)}
        <PageHeader
            back=routes::TO_CLUSTERS
            title=name
            badge=move || view! { {move || view! { <StateBadge state=state.get() /> }} }
            summary=move || cluster.with_untracked(summary)
            actions=move || {
                view! {
                    {move || {
                        kubeconfig()
                            .then(|| {
                                view! {
                                    <LinkButton href=routes::cluster_tab(id, "connect")>
                                        <Icon symbol=Symbol::Download size=16 />
                                        "Kubeconfig"
                                    </LinkButton>
                                }
                            })
                    }}
                }
            }
        />
        <p class="sr-only" role="status">
            {move || format!("State: {}", state.get().title())}
        </p>
        <div class="mb-4 empty:hidden">
            {move || {
                problem.get().filter(|problem| problem.fields.is_empty()).map(problem_notice)
            }}
        </div>
        {move || {
            (state.get() == ClusterState::Deleted)
                .then(|| {
                    view! {
                        <div class="mb-4">
                            <Notice tone=Tone::Idle title="This cluster is gone">
                                <p>
                                    "Nothing of it is left on the host, and its name is free again. "
                                    <a class="link" href=routes::CLUSTERS>
                                        "Back to the clusters"
                                    </a>
                                </p>
                            </Notice>
                        </div>
                    }
                })
        }}
        <Tabs label="Parts of this cluster" tabs=tabs current=use_location().pathname />
        {content}
    }
    .into_any()
}

#[component]
fn NoSuchPart() -> impl IntoView {
    let problem = Problem::new(
        ProblemKind::NotFound,
        "A cluster's page has no part of this name.",
    );
    view! { <ProblemPanel problem=problem /> }
}

/// Ends what is shown of a cluster's deletion.
fn gone(cluster: &mut Cluster) {
    cluster.state = ClusterState::Deleted;
    cluster.allowed = AllowedActions::default();
    cluster.failure = None;
    cluster.operation.failure = None;
    for step in &mut cluster.operation.steps {
        step.state = StepState::Done;
        // When it was done is known by the portal only.
        if step.finished_at.is_none() {
            step.started_at = None;
            step.detail = None;
        }
    }
}

/// “v1.36.0 · Medium · Vision team / dev · ordered by Ada 15 s ago”.
fn summary(cluster: &Cluster) -> impl IntoView + use<> {
    let words = format!(
        "Kubernetes {} · {} · {} / {} · ordered by {} ",
        cluster.kubernetes_version,
        cluster.plan.title,
        cluster.tenant.name,
        cluster.environment.name,
        cluster.created_by.name,
    );
    view! {
        {words}
        <RelativeTime at=cluster.created_at />
    }
}
