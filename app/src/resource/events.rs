//! What happened to a resource on the system that it runs on.

use domain::problem::Problem;
use leptos::prelude::*;

use crate::problem_page::ProblemPanel;
use crate::ui::{Card, Column, Empty, EmptyState, Table};

/// No event stream reports events of resources.
pub const EVENTS_REFRESH_SECONDS: u32 = 10;

/// Newest first.
#[component]
pub fn Events(
    rows: Result<Vec<AnyView>, Problem>,
    columns: &'static [Column],
    /// Why there may be no events.
    empty: &'static str,
) -> impl IntoView {
    let content = match rows {
        Ok(rows) => {
            let empty =
                move || view! { <EmptyState why=Empty::NothingYet title="No events" text=empty /> };
            view! { <Table caption="Events, newest first" columns=columns rows=rows empty=empty /> }
                .into_any()
        }
        Err(problem) => view! { <ProblemPanel problem=problem /> }.into_any(),
    };
    view! {
        <Card title="Events" flush=true>
            {content}
        </Card>
    }
    .into_any()
}
