//! The list of nodes.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;
use crate::ui::{ButtonKind, Icon, LinkButton, PageHeader, Symbol};

/// `/nodes`.
#[component]
pub fn NodesPage() -> impl IntoView {
    let actions = || {
        view! {
            <LinkButton href=routes::CATALOGUE>"Catalogue"</LinkButton>
            <LinkButton kind=ButtonKind::Primary href=routes::NEW_NODE>
                <Icon symbol=Symbol::Plus size=16 />
                "New node"
            </LinkButton>
        }
    };
    view! {
        <Title text="Nodes" />
        <PageHeader title="Nodes" summary=|| "GPU machines that you can see" actions=actions />
    }
    .into_any()
}
