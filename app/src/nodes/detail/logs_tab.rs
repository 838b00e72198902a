//! What was written while the node came up, what its jobs write, and what happened to its machine.

use domain::ids::{NodeId, OperationId};
use domain::node::view::{Node, NodeEvent};
use domain::operation::OperationKind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::load_node_events;
use super::log_view::LogView;
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{
    Card, Cell, Chip, Chips, Clock, Empty, EmptyState, HeaderCell, Notice, RelativeTime, Row,
    Skeleton, Table, Tone, waiting,
};

/// What the address asks to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Provisioning,
    Job(u64),
    Events,
}

/// The choice, then what is chosen.
#[component]
pub fn LogsTab(node: RwSignal<Node>) -> impl IntoView {
    let id = node.with_untracked(|node| node.id);
    let query = use_query_map();
    let shown = Memo::new(move |_| {
        query.with(|query| {
            let job = query.get("job").and_then(|job| job.parse().ok());
            match (job, query.get("show").as_deref()) {
                (Some(job), _) => Shown::Job(job),
                (None, Some("events")) => Shown::Events,
                _ => Shown::Provisioning,
            }
        })
    });
    let readable = Memo::new(move |_| node.with(|node| node.allowed.logs));
    // Each launch and each start writes a log of its own.
    let written_by = Memo::new(move |earlier: Option<&Option<OperationId>>| {
        node.with(|node| match node.operation.kind {
            OperationKind::LaunchNode | OperationKind::StartNode => Some(node.operation.id),
            _ => earlier.copied().flatten(),
        })
    });
    let content = move || {
        if !readable.get() {
            return view! {
                <Notice tone=Tone::Idle title="The logs are not for you">
                    <p>"Reading them takes a role in this tenant. Ask an admin of it."</p>
                </Notice>
            }
            .into_any();
        }
        match shown.get() {
            Shown::Provisioning => {
                written_by.track();
                view! { <LogView node=node job=None /> }.into_any()
            }
            Shown::Job(job) => view! { <LogView node=node job=Some(job) /> }.into_any(),
            Shown::Events => view! { <Events node=node /> }.into_any(),
        }
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5">
            {move || view! { <Chips label="What to show" chips=chips(id, shown.get()) /> }}
            {content}
        </div>
    }
    .into_any()
}

fn chips(id: NodeId, shown: Shown) -> Vec<Chip> {
    let page = routes::node_tab(id, "logs");
    let chip = |label, href, chosen| Chip {
        label,
        count: None,
        href,
        chosen,
    };
    let provisioning = chip("How it came up", page.clone(), shown == Shown::Provisioning);
    let events = chip(
        "Events",
        routes::with_query(&page, [("show", "events")]),
        shown == Shown::Events,
    );
    let job = match shown {
        Shown::Job(job) => Chip {
            count: Some(job),
            ..chip("Job", routes::job_log_page(id, job), true)
        },
        // The jobs are listed there, each with its log.
        _ => chip("Jobs →", routes::node_tab(id, "jobs"), false),
    };
    vec![provisioning, events, job]
}

/// Looks again whenever the node changes.
#[component]
fn Events(node: RwSignal<Node>) -> impl IntoView {
    let clock = Clock::in_context();
    let id = node.with_untracked(|node| node.id);
    let version = Memo::new(move |_| node.with(|node| node.version));
    let events = Resource::new_blocking(move || version.get(), move |_| load_node_events(id));
    let content = move || {
        Suspend::new(async move {
            match events.await {
                Ok(events) if events.events.is_empty() => view! {
                    <EmptyState
                        why=Empty::NothingYet
                        title="No events"
                        text="SkyPilot tells of a machine once it looks for one."
                    />
                }
                .into_any(),
                Ok(events) => {
                    clock.sync(events.now);
                    view! { <EventTable events=events.events /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! {
        <Card title="What SkyPilot tells about the machine" flush=true>
            <Transition fallback=|| view! { <Skeleton lines=5 /> }>{waiting(content)}</Transition>
        </Card>
    }
    .into_any()
}

#[component]
fn EventTable(events: Vec<NodeEvent>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"What happened"</HeaderCell>
            <HeaderCell number=true>"When"</HeaderCell>
        }
        .into_any()
    };
    let row = |event: NodeEvent| {
        view! {
            <Row>
                <Cell>
                    <span class="break-words">{event.message}</span>
                </Cell>
                <Cell number=true>
                    <span class="text-muted whitespace-nowrap">
                        <RelativeTime at=event.at />
                    </span>
                </Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Events of this machine, newest first" head=Box::new(head)>
            {events.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}
