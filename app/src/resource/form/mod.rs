//! What the forms that create clusters and nodes share.

pub mod curl;
mod environment_field;
mod lifetime;

use leptos::prelude::*;

use super::Section;
use crate::routes::Crumb;
use crate::ui::{Code, Empty, EmptyState, LinkButton, PageHeader};

pub use environment_field::{EnvironmentField, first_place, quota_at, split_place};
pub use lifetime::{hours, lifetimes};

/// In place of the form, for callers who may not create in any tenant.
#[component]
pub fn NotAllowed(section: &'static Section) -> impl IntoView {
    let noun = section.noun;
    view! {
        <FormHeader section=section />
        <EmptyState
            why=Empty::NoPermission
            title=format!("You cannot create {noun}s")
            text=format!(
                "Creating {noun}s requires the developer or admin role in a tenant. Ask a tenant admin for the role.",
            )
        >
            <LinkButton href=section.list>{format!("Show all {noun}s")}</LinkButton>
        </EmptyState>
    }
}

#[component]
pub fn FormHeader(
    section: &'static Section,
    #[prop(optional, into)] actions: ViewFnOnce,
) -> impl IntoView {
    let back = Crumb {
        href: section.list.into(),
        name: section.title.into(),
    };
    view! { <PageHeader back=back title=format!("New {}", section.noun) actions=actions /> }
}

/// The request of the form as a command.
#[component]
pub fn CopyAsCurl(command: String) -> impl IntoView {
    view! {
        <details class="mt-2.5">
            <summary class="text-muted hover:text-text">"Copy as curl"</summary>
            <div class="mt-2">
                <Code label="Request" text=command capped=true />
            </div>
        </details>
    }
    .into_any()
}
