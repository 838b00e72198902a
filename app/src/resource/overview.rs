//! The first tab of a resource: failure, progress, facts, and how to use it.

use leptos::prelude::*;

use super::ResourceView;
use super::failure::FailureCard;
use super::progress::{Progress, heading};
use super::state::step_summary;
use crate::ui::{Card, Code, Fact, Remaining};

#[component]
pub fn Overview(
    resource: ResourceView,
    #[prop(optional, into)] below_failure: ViewFnOnce,
    /// Cards beside the progress.
    children: Children,
) -> impl IntoView {
    let operation = resource.operation;
    let progress = resource.state.is_moving.then(|| step_summary(&operation));
    let heading = heading(&operation);
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                {resource.failure.map(|failure| view! { <FailureCard failure=failure /> })}
                {below_failure.run()}
                <Card title=heading aside=move || progress>
                    <Progress steps=operation.steps />
                </Card>
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">{children()}</div>
        </div>
    }
    .into_any()
}

/// When the resource expires.
#[component]
pub fn ExpiryFact(resource: ResourceView) -> impl IntoView {
    let expires = match resource.expires_at() {
        Some(at) => view! { "in " <Remaining until=at /> }.into_any(),
        None if resource.state.is_deleting => "—".into_any(),
        None => "never".into_any(),
    };
    view! { <Fact name="Expires">{expires}</Fact> }
}

/// The shortest way to a first response.
#[component]
pub fn UsageCard(
    resource: ResourceView,
    /// Before the command.
    #[prop(into)]
    text: ViewFnOnce,
    command: String,
) -> impl IntoView {
    view! {
        <Card title=format!("Use the {}", resource.section.noun)>
            <p class="text-muted mb-2">{text.run()}</p>
            <Code label="Command" text=command />
        </Card>
    }
    .into_any()
}
