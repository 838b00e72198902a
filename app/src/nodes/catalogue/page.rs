//! `/nodes/catalogue`.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::routes;
use crate::ui::PageHeader;

/// The catalogue.
#[component]
pub fn CataloguePage() -> impl IntoView {
    view! {
        <Title text="Catalogue" />
        <PageHeader back=routes::TO_NODES title="Catalogue" />
    }
    .into_any()
}
