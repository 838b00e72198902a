//! The tenants somebody is in.

use domain::access::PlatformRole;
use domain::people::TenantGrant;
use leptos::prelude::*;

use super::page::Known;
use crate::routes;
use crate::ui::Card;
use crate::users::Why;

/// Each role in a tenant, with why.
#[component]
pub fn TenantsCard(known: Known) -> impl IntoView {
    let list = move || {
        known.detail.with(|detail| {
            if detail.tenant_grants.is_empty() {
                let why = match detail.person.platform_role {
                    PlatformRole::Admin => {
                        "A member of no tenant; as platform admin they see all of them."
                    }
                    PlatformRole::User => {
                        "A member of no tenant, so there is nothing they can order or see. \
                         Tenants are joined by invitation or by a claim rule."
                    }
                };
                return view! { <p class="text-muted">{why}</p> }.into_any();
            }
            let lines = detail
                .tenant_grants
                .iter()
                .cloned()
                .map(line)
                .collect_view();
            view! { <ul class="grid gap-2.5">{lines}</ul> }.into_any()
        })
    };
    view! { <Card title="Tenants">{list}</Card> }.into_any()
}

fn line(grant: TenantGrant) -> impl IntoView {
    view! {
        <li>
            <a class="font-semibold hover:text-accent-text" href=routes::tenant(&grant.tenant.slug)>
                {grant.tenant.name.clone()}
            </a>
            <span class="text-muted">" " {grant.role.as_str()}</span>
            <small class="block text-muted break-words">
                <Why source=Some(grant.source) />
            </small>
        </li>
    }
}
