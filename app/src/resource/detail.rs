//! The page of one resource: header, state, tabs.

use std::str::FromStr;

use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use serde::Deserialize;

use super::ResourceView;
use crate::page::{Page, PageError, PageRequest};
use crate::routes::Crumb;
use crate::ui::{Badge, Icon, LinkButton, PageHeader, RelativeTime, Symbol, Tab, Tabs};

/// The parameters of the path of a page with tabs.
#[derive(Deserialize)]
pub struct TabPath {
    #[serde(alias = "slug")]
    pub id: String,
    /// Empty for the first tab.
    #[serde(default)]
    pub tab: String,
}

impl TabPath {
    /// Text that is no id cannot be found either.
    pub fn id<T: FromStr>(&self, noun: &str) -> Result<T, Problem> {
        self.id.parse().map_err(|_| Problem::not_found(noun))
    }
}

/// The problem at the address of a tab that does not exist.
pub fn no_such_tab(noun: &str) -> PageError {
    Problem::new(
        ProblemKind::NotFound,
        format!("The page of a {noun} has no such tab."),
    )
    .into()
}

/// The page with the tab `content`, which follows the resource live. `actions` are buttons of the header.
pub fn detail(
    request: &PageRequest,
    resource: ResourceView,
    actions: ViewFnOnce,
    content: ViewFnOnce,
) -> Page {
    let events = format!("{}/{}", resource.section.events, resource.id);
    let name = resource.name.clone();
    let view = move || {
        view! {
            <Header resource=resource actions=actions />
            {content.run()}
        }
    };
    request.show(name, view).live(events)
}

#[component]
fn Header(resource: ResourceView, actions: ViewFnOnce) -> impl IntoView {
    let section = resource.section;
    let tabs = section.tabs.iter().map(|(label, segment)| Tab {
        label,
        href: resource.tab(segment),
    });
    let tabs = tabs.collect();
    let state = resource.state;
    let connect = resource.access.connect.then(|| {
        view! {
            <LinkButton href=resource.tab("connect")>
                <Icon symbol=Symbol::Key size=16 />
                "Connect"
            </LinkButton>
        }
    });
    let about = format!(
        "{} · {} / {} · created by {} ",
        resource.description, resource.tenant.name, resource.environment.name, resource.created_by,
    );
    let back = Crumb {
        href: section.list.into(),
        name: section.title.into(),
    };
    view! {
        <PageHeader
            back=back
            title=resource.name
            badge=move || view! { <Badge tone=state.tone label=state.title /> }
            summary=move || view! { {about} <RelativeTime at=resource.created_at /> }
            actions=move || (actions.run(), connect)
        />
        // The script announces a new state.
        <p class="sr-only" role="status" data-resource-state="">
            {format!("State: {}", state.title)}
        </p>
        <Tabs label=format!("Parts of this {}", section.noun) tabs=tabs />
    }
    .into_any()
}
