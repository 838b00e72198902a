//! Events of the cluster on its host: pods, images, volumes.

use domain::cluster::ClusterEvent;
use domain::event_page::EventPage;
use domain::problem::Problem;
use leptos::prelude::*;

use crate::resource::Events;
use crate::ui::{Badge, Cell, Column, RelativeTime, Row, Tone};

const COLUMNS: &[Column] = &[
    Column::text("Reason"),
    Column::number("Last seen"),
    Column::text("Message"),
];

#[component]
pub fn ClusterEvents(page: Result<EventPage<ClusterEvent>, Problem>) -> impl IntoView {
    let page = page.map(|page| page.map(row));
    let empty = "The host cluster keeps events for about an hour. Nothing happened in that time.";
    view! { <Events page=page columns=COLUMNS empty=empty /> }
}

fn row(event: ClusterEvent) -> AnyView {
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
            <Cell wide_on_small=true>
                <span class="break-words">{event.message}</span>
                <small class="block text-faint break-words">{event.object} {times}</small>
            </Cell>
        </Row>
    }
    .into_any()
}
