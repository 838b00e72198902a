//! What the host tells about the cluster: pods, images, volumes.

use domain::cluster::{Cluster, ClusterEvent};
use leptos::prelude::*;

use crate::clusters::api::load_events;
use crate::problem_page::ProblemPanel;
use crate::ui::{
    Badge, Card, Cell, Clock, Empty, EmptyState, HeaderCell, RelativeTime, Row, Skeleton, Table,
    Tone, waiting,
};

/// Looks again whenever the cluster changes.
#[component]
pub fn EventsTab(cluster: RwSignal<Cluster>) -> impl IntoView {
    let clock = Clock::in_context();
    let id = cluster.with_untracked(|cluster| cluster.id);
    let version = Memo::new(move |_| cluster.with(|cluster| cluster.version));
    let events = Resource::new_blocking(move || version.get(), move |_| load_events(id));
    let content = move || {
        Suspend::new(async move {
            match events.await {
                Ok(events) if events.events.is_empty() => view! {
                    <EmptyState
                        why=Empty::NothingYet
                        title="No events"
                        text="The host keeps events for about an hour. Nothing has happened lately."
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
        <Card title="Events" flush=true>
            <Transition fallback=|| view! { <Skeleton lines=5 /> }>{waiting(content)}</Transition>
        </Card>
    }
    .into_any()
}

#[component]
fn EventTable(events: Vec<ClusterEvent>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"Reason"</HeaderCell>
            <HeaderCell number=true>"Last seen"</HeaderCell>
            <HeaderCell>"What happened"</HeaderCell>
        }
        .into_any()
    };
    view! {
        <Table caption="Events of this cluster, newest first" head=Box::new(head)>
            {events.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}

fn row(event: ClusterEvent) -> impl IntoView {
    let tone = if event.warning { Tone::Bad } else { Tone::Idle };
    let times = (event.count > 1).then(|| format!(" · {} times", event.count));
    view! {
        <Row>
            <Cell>
                <Badge tone=tone label=event.reason />
            </Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">
                    <RelativeTime at=event.at />
                </span>
            </Cell>
            <Cell wide_on_phone=true>
                <span class="break-words">{event.message}</span>
                <small class="block text-faint break-words">{event.object} {times}</small>
            </Cell>
        </Row>
    }
}
