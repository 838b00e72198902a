//! `/nodes/new`.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;
use crate::ui::PageHeader;

/// The order form.
#[component]
pub fn NewNodePage() -> impl IntoView {
    view! {
        <Title text="New node" />
        <PageHeader back=routes::TO_NODES title="New node" />
    }
    .into_any()
}
