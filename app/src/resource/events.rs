//! What happened to a resource on the system that it runs on.

use domain::event_page::EventPage;
use domain::problem::Problem;
use leptos::prelude::*;

use crate::page::Rendering;
use crate::problem_page::ProblemPanel;
use crate::ui::{Card, Column, Empty, EmptyState, Paging, Table};

/// No event stream reports events of resources.
pub const EVENTS_REFRESH_SECONDS: u32 = 10;

/// A page of events as rows.
#[component]
pub fn Events(
    page: Result<EventPage<AnyView>, Problem>,
    columns: &'static [Column],
    /// Why there may be no events.
    empty: &'static str,
) -> impl IntoView {
    let content = match page {
        Ok(page) => view! { <Rows page=page columns=columns empty=empty /> }.into_any(),
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
fn Rows(
    page: EventPage<AnyView>,
    columns: &'static [Column],
    empty: &'static str,
) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let truncated = page.truncated.then(|| {
        let text = format!(
            "There are more than {} events. Some recent ones may be missing here.",
            page.total
        );
        view! { <p class="px-4 py-2.5 border-b border-line text-small text-muted">{text}</p> }
    });
    let shown = page.items.len();
    let paging = Paging::by_key(&page.paging, page.per_page, page.total);
    let links = (shown > 0).then(|| paging.links(shown, &address));
    let empty = move || view! { <EmptyState why=Empty::NothingYet title="No events" text=empty /> };
    view! {
        {truncated}
        <Table caption="Events, newest first" columns=columns rows=page.items empty=empty />
        {links}
    }
    .into_any()
}
