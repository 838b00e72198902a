//! `/nodes/orphans`: machines on the SkyPilot API server that nobody ordered here.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;
use crate::ui::PageHeader;

/// For platform admins.
#[component]
pub fn OrphansPage() -> impl IntoView {
    view! {
        <Title text="Orphans" />
        <PageHeader back=routes::TO_NODES title="Orphans" />
    }
    .into_any()
}
