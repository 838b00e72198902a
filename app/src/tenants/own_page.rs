//! `/tenants`: one's own. Who is in one tenant alone is led to it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

use super::api::list_tenants;
use super::list_page::TenantTable;
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{Empty, EmptyState, PageHeader, Skeleton, waiting};

/// The tenants one may see.
#[component]
pub fn TeamsPage() -> impl IntoView {
    let tenants = Resource::new_blocking(|| false, list_tenants);
    let list = move || {
        Suspend::new(async move {
            match tenants.await {
                Ok(list) => match list.tenants.as_slice() {
                    [] => view! {
                        <EmptyState
                            why=Empty::NoPermission
                            title="You are not in a tenant yet"
                            text="Ask your platform team, or an admin of a tenant, to invite you to one."
                        />
                    }
                    .into_any(),
                    [only] => {
                        view! { <Redirect path=routes::tenant(&only.tenant.slug) /> }.into_any()
                    }
                    _ => view! { <TenantTable tenants=list.tenants /> }.into_any(),
                },
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Teams" />
        <PageHeader title="Teams" summary=|| "The tenants that you can see" />
        <section
            aria-label="List of tenants"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            <Transition fallback=|| view! { <Skeleton lines=6 /> }>{waiting(list)}</Transition>
        </section>
    }
    .into_any()
}
