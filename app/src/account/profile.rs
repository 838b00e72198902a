//! The caller's profile and roles.

use domain::access::{PlatformRole, TenantRole};
use domain::account::{Profile, TenantMembership};
use leptos::prelude::*;

use crate::ui::{Card, Fact, Facts};

#[component]
pub fn ProfileCard(profile: Profile) -> impl IntoView {
    let role = match profile.platform_role {
        PlatformRole::Admin => "Admin",
        PlatformRole::User => "User",
    };
    view! {
        <Card title="Profile">
            <Facts>
                <Fact name="Name">{profile.name}</Fact>
                <Fact name="Email">{profile.email}</Fact>
                <Fact name="Identity provider">{profile.issuer}</Fact>
                <Fact name="Platform role">{role}</Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

#[component]
pub fn TenantsCard(tenants: Vec<TenantMembership>) -> impl IntoView {
    if tenants.is_empty() {
        return view! {
            <Card title="Tenants">
                <p class="text-muted">
                    "You are not a member of a tenant. Ask your platform team to add you to one."
                </p>
            </Card>
        }
        .into_any();
    }
    let tenant = |membership: TenantMembership| {
        let environments = membership.environments.into_iter();
        let environments: Vec<_> = environments.map(|environment| environment.name).collect();
        view! {
            <li>
                <b>{membership.tenant.name}</b>
                <span class="text-muted">" " {environments.join(", ")}</span>
                <small class="block text-muted">{role(membership.role)}</small>
            </li>
        }
    };
    view! {
        <Card title="Tenants">
            <ul class="grid gap-2.5">{tenants.into_iter().map(tenant).collect_view()}</ul>
        </Card>
    }
    .into_any()
}

const fn role(role: Option<TenantRole>) -> &'static str {
    match role {
        Some(TenantRole::Viewer) => "viewer: can view clusters and nodes",
        Some(TenantRole::Developer) => "developer: can create, use and delete clusters and nodes",
        Some(TenantRole::Admin) => "admin: can manage the tenant",
        None => "as platform admin",
    }
}
