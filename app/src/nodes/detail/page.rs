//! `/nodes/{id}`.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;
use crate::ui::PageHeader;

/// A node.
#[component]
pub fn NodePage() -> impl IntoView {
    view! {
        <Title text="Node" />
        <PageHeader back=routes::TO_NODES title="Node" />
    }
    .into_any()
}
