//! Events of the cluster on its host: pods, images, volumes.

use domain::cluster::ClusterEvent;
use domain::problem::Problem;
use leptos::prelude::*;

use crate::problem_page::ProblemPanel;
use crate::ui::{Badge, Card, Cell, Empty, EmptyState, HeaderCell, RelativeTime, Row, Table, Tone};

#[component]
pub fn Events(events: Result<Vec<ClusterEvent>, Problem>) -> impl IntoView {
    let content = match events {
        Ok(events) if events.is_empty() => view! {
            <EmptyState
                why=Empty::NothingYet
                title="No events"
                text="The host cluster keeps events for about an hour. Nothing happened in that time."
            />
        }
        .into_any(),
        Ok(events) => view! { <EventTable events=events /> }.into_any(),
        Err(problem) => view! { <ProblemPanel problem=problem /> }.into_any(),
    };
    view! {
        <Card title="Events" flush=true>
            {content}
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
            <HeaderCell>"Message"</HeaderCell>
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
