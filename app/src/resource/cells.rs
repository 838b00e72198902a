//! Cells that rows of every resource have.

use domain::tenancy::{EnvironmentRef, TenantRef};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::ui::{Cell, Remaining};

/// The name, which leads to the page of the resource, and what the resource is.
#[component]
pub fn NameCell(
    #[prop(into)] name: String,
    #[prop(into)] href: String,
    #[prop(into)] note: String,
) -> impl IntoView {
    view! {
        <Cell>
            <a
                href=href
                class="block max-md:truncate md:[overflow-wrap:anywhere] font-semibold hover:text-accent-text"
            >
                {name}
            </a>
            <small class="block text-faint">{note}</small>
        </Cell>
    }
    .into_any()
}

/// The badge of the state, and below it progress or failure.
#[component]
pub fn StateCell(note: Option<String>, children: Children) -> impl IntoView {
    view! {
        <Cell>
            {children()}
            {note.map(|note| view! { <small class="block text-muted mt-0.5">{note}</small> })}
        </Cell>
    }
    .into_any()
}

#[component]
pub fn EnvironmentCell(tenant: TenantRef, environment: EnvironmentRef) -> impl IntoView {
    view! {
        <Cell>
            <span class="text-muted">{environment.name}</span>
            <small class="max-md:hidden block text-faint">{tenant.name}</small>
        </Cell>
    }
    .into_any()
}

/// How long the resource still lives.
#[component]
pub fn ExpiryCell(ends_at: Option<Timestamp>, is_deleting: bool) -> impl IntoView {
    let expiry = match ends_at {
        _ if is_deleting => "—".into_any(),
        Some(at) => view! { <Remaining until=at /> }.into_any(),
        None => "never".into_any(),
    };
    view! {
        <Cell number=true>
            <span class="text-muted whitespace-nowrap">{expiry}</span>
        </Cell>
    }
    .into_any()
}
