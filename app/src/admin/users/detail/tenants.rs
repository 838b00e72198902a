//! The roles of a user in tenants.

use domain::access::PlatformRole;
use domain::users::{TenantGrant, UserDetail};
use leptos::prelude::*;

use crate::admin::users::RoleSource;
use crate::routes;
use crate::ui::Card;

#[component]
pub fn Tenants(user: UserDetail) -> impl IntoView {
    let content = if user.tenant_grants.is_empty() {
        let text = match user.user.platform_role {
            PlatformRole::Admin => {
                "Not a member of a tenant. Platform admins have access to all tenants."
            }
            PlatformRole::User => {
                "Not a member of a tenant, so there is nothing to view or create. \
                 Users join a tenant by invitation or by a claim rule."
            }
        };
        view! { <p class="text-muted">{text}</p> }.into_any()
    } else {
        let lines = user.tenant_grants.into_iter().map(line).collect_view();
        view! { <ul class="grid gap-2.5">{lines}</ul> }.into_any()
    };
    view! { <Card title="Tenants">{content}</Card> }.into_any()
}

fn line(grant: TenantGrant) -> impl IntoView {
    view! {
        <li>
            <a class="font-semibold hover:text-accent-text" href=routes::tenant(&grant.tenant.slug)>
                {grant.tenant.name}
            </a>
            <span class="text-muted">" " {grant.role.as_str()}</span>
            <small class="block text-muted break-words">
                <RoleSource source=Some(grant.source) />
            </small>
        </li>
    }
}
