//! `/nodes/{id}` and its parts: the frame with name, state and tabs, which follows the node live.

use domain::node::view::{AllowedNodeActions, Node, NodeState};
use domain::operation::StepState;
use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};

use super::api::{NodeView, load_node};
use super::connect_tab::ConnectTab;
use super::jobs::JobsTab;
use super::logs_tab::LogsTab;
use super::overview_tab::OverviewTab;
use super::settings::SettingsTab;
use crate::live::follow;
use crate::nodes::state::StateBadge;
use crate::problem_page::{ProblemPage, ProblemPanel, problem_notice};
use crate::routes;
use crate::ui::{
    Clock, Icon, LinkButton, Notice, PageHeader, RelativeTime, Skeleton, Symbol, Tab, Tabs, Tone,
    reload_without_script, waiting,
};

/// Loads the node once for each id; after that, changes flow into the page without rebuilding it.
#[component]
pub fn NodePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let tab = Memo::new(move |_| params.with(|params| params.get("tab").unwrap_or_default()));
    let node = Resource::new_blocking(move || id.get(), load_node);
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match node.await {
                Ok(view) => {
                    clock.sync(view.node.now);
                    view! { <LiveNode view=view tab=tab /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}

#[component]
fn LiveNode(view: NodeView, tab: Memo<String>) -> impl IntoView {
    let clock = Clock::in_context();
    let id = view.node.id;
    let name = view.node.name.to_string();
    let problem = RwSignal::new(view.problem);
    let node = RwSignal::new(view.node);
    follow(routes::node_events(id), move || {
        spawn_local(async move {
            match load_node(id.to_string()).await {
                Ok(view) => {
                    clock.sync(view.node.now);
                    node.try_set(view.node);
                }
                // The portal forgets a node of which nothing is left; who looks at it is told.
                Err(refusal) if refusal.0.kind == ProblemKind::NotFound => {
                    node.try_update(gone);
                }
                Err(refusal) if refusal.0.kind == ProblemKind::Unauthenticated => {
                    problem.try_set(Some(refusal.0));
                }
                // Another failed look changes nothing: the page keeps what it knows until the next one.
                Err(_) => {}
            }
        });
    });
    let state = Memo::new(move |_| node.with(|node| node.state));
    let connect = move || node.with(|node| node.allowed.connect);
    let tabs = [
        ("Overview", routes::node(id)),
        ("Connect", routes::node_tab(id, "connect")),
        ("Logs", routes::node_tab(id, "logs")),
        ("Jobs", routes::node_tab(id, "jobs")),
        ("Settings", routes::node_tab(id, "settings")),
    ];
    let tabs = tabs
        .into_iter()
        .map(|(label, href)| Tab { label, href })
        .collect();
    let content = move || match tab.read().as_str() {
        "" => view! { <OverviewTab node=node /> }.into_any(),
        "connect" => view! { <ConnectTab node=node /> }.into_any(),
        "logs" => view! { <LogsTab node=node /> }.into_any(),
        "jobs" => view! { <JobsTab node=node problem=problem.get_untracked() /> }.into_any(),
        "settings" => {
            view! { <SettingsTab node=node problem=problem.get_untracked() /> }.into_any()
        }
        _ => view! { <NoSuchPart /> }.into_any(),
    };
    // What is typed into a form must not be lost without a script, so pages with forms stay as they are.
    let reloads =
        move || state.get().is_moving() && matches!(tab.read().as_str(), "" | "connect" | "logs");
    view! {
        <Title text=name.clone() />
        {move || reloads().then(reload_without_script)}
        <PageHeader
            back=routes::TO_NODES
            title=name
            badge=move || view! { {move || view! { <StateBadge state=state.get() /> }} }
            summary=move || node.with_untracked(summary)
            actions=move || {
                view! {
                    {move || {
                        connect()
                            .then(|| {
                                view! {
                                    <LinkButton href=routes::node_tab(id, "connect")>
                                        <Icon symbol=Symbol::Key size=16 />
                                        "Connect"
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
            (state.get() == NodeState::Deleted)
                .then(|| {
                    view! {
                        <div class="mb-4">
                            <Notice tone=Tone::Idle title="This node is gone">
                                <p>
                                    "Nothing of it is left in the cloud, it costs nothing any more, and its name is free again. "
                                    <a class="link" href=routes::NODES>
                                        "Back to the nodes"
                                    </a>
                                </p>
                            </Notice>
                        </div>
                    }
                })
        }}
        <Tabs label="Parts of this node" tabs=tabs current=use_location().pathname />
        {content}
    }
    .into_any()
}

#[component]
fn NoSuchPart() -> impl IntoView {
    let problem = Problem::new(
        ProblemKind::NotFound,
        "A node's page has no part of this name.",
    );
    view! { <ProblemPanel problem=problem /> }
}

/// Ends what is shown of a node's take-down.
fn gone(node: &mut Node) {
    node.state = NodeState::Deleted;
    node.allowed = AllowedNodeActions::default();
    node.failure = None;
    node.cost.running = false;
    node.operation.failure = None;
    for step in &mut node.operation.steps {
        step.state = StepState::Done;
        // When it was done is known by the portal only.
        if step.finished_at.is_none() {
            step.started_at = None;
            step.detail = None;
        }
    }
}

/// “8× H100 · spot · Vision team / dev · ordered by Ada 15 s ago”.
fn summary(node: &Node) -> impl IntoView + use<> {
    let words = format!(
        "{} · {} / {} · ordered by {} ",
        node.spec.words(),
        node.tenant.name,
        node.environment.name,
        node.created_by.name,
    );
    view! {
        {words}
        <RelativeTime at=node.created_at />
    }
}
