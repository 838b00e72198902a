//! Rows of a resource: in its list and on the overview.

use leptos::prelude::*;

use super::{ResourceView, note};
use crate::ui::{Badge, Cell, Column, Remaining, Row};

pub const LOCATION: Column = Column::text("Location");
pub const PRICE: Column = Column::number("Price");

const NAME: Column = Column::text("Name");
const STATE: Column = Column::text("State");
const ENVIRONMENT: Column = Column::text("Environment");
const CREATED_BY: Column = Column::text("Created by");
const EXPIRES: Column = Column::number("Expires in");

/// The columns of every list, to be sorted. A price follows.
pub const COLUMNS: [Column; 5] = [
    NAME.sorted_by("name"),
    STATE.sorted_by("state"),
    ENVIRONMENT,
    CREATED_BY,
    EXPIRES.sorted_by("ends"),
];

/// The columns of [`overview_row`].
pub const OVERVIEW_COLUMNS: &[Column] = &[NAME, STATE, ENVIRONMENT, EXPIRES, PRICE];

/// A row of the list. `location` is a cell after the environment, `price` is the last cell.
pub fn list_row(resource: ResourceView, location: Option<AnyView>, price: AnyView) -> AnyView {
    let creator = resource.created_by.clone();
    let creator = view! {
        <Cell not_on_small=true>
            <span class="text-muted">{creator}</span>
        </Cell>
    };
    row(resource, view! { {location} {creator} }.into_any(), price)
}

/// A row of the caller's own resources.
pub fn overview_row(resource: ResourceView, price: AnyView) -> AnyView {
    row(resource, ().into_any(), price)
}

fn row(resource: ResourceView, own: AnyView, price: AnyView) -> AnyView {
    let note = note(&resource);
    let (page, state) = (resource.page(), resource.state);
    let expiry = match resource.ends_at {
        _ if state.is_deleting => "—".into_any(),
        Some(at) => view! { <Remaining until=at /> }.into_any(),
        None => "never".into_any(),
    };
    view! {
        <Row id=format!("{}-{}", resource.section.noun, resource.id)>
            <Cell>
                <a
                    href=page
                    class="block max-lg:truncate lg:[overflow-wrap:anywhere] font-semibold hover:text-accent-text"
                >
                    {resource.name}
                </a>
                <small class="block text-faint">{resource.description}</small>
            </Cell>
            <Cell>
                <Badge tone=state.tone label=state.title />
                {note.map(|note| view! { <small class="block text-muted mt-0.5">{note}</small> })}
            </Cell>
            <Cell>
                <span class="text-muted">{resource.environment.name}</span>
                <small class="block text-faint">{resource.tenant.name}</small>
            </Cell>
            {own}
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">{expiry}</span>
            </Cell>
            {price}
        </Row>
    }
    .into_any()
}
