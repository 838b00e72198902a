//! `/account`.

use domain::access::{PlatformRole, TenantRole};
use domain::account::Profile;
use leptos::prelude::*;
use leptos_meta::Title;

use super::api::load_account;
use super::tokens::Tokens;
use crate::problem_page::ProblemPanel;
use crate::ui::{Card, Clock, Facts, PageHeader, Skeleton, ThemeToggle, waiting};

/// Who one is, what one may, how the portal looks, and tokens for programs.
#[component]
pub fn AccountPage() -> impl IntoView {
    let account = Resource::new_blocking(|| (), |()| load_account());
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match account.await {
                Ok(account) => {
                    clock.sync(account.profile.now);
                    let profile = account.profile.clone();
                    view! {
                        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
                            <Tokens account=account />
                            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                                <You profile=profile.clone() />
                                <Rights profile=profile />
                                <Card title="Theme">
                                    <ThemeToggle />
                                </Card>
                            </div>
                        </div>
                    }
                    .into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Account" />
        <PageHeader title="Account" summary=|| "Who you are here, and tokens for your programs" />
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition>
    }
    .into_any()
}

#[component]
fn You(profile: Profile) -> impl IntoView {
    let role = match profile.platform_role {
        PlatformRole::Admin => "Admin",
        PlatformRole::User => "User",
    };
    let facts = [
        ("Name", profile.name),
        ("E-mail", profile.email),
        ("Signs in at", profile.issuer),
        ("Platform role", role.to_owned()),
    ];
    view! {
        <Card title="You">
            <Facts>
                {facts
                    .into_iter()
                    .map(|(name, value)| {
                        view! {
                            <div class="flex justify-between gap-4">
                                <dt class="text-muted whitespace-nowrap">{name}</dt>
                                <dd class="text-right break-words min-w-0">{value}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </Facts>
        </Card>
    }
    .into_any()
}

#[component]
fn Rights(profile: Profile) -> impl IntoView {
    let membership = |role: Option<TenantRole>| match role {
        Some(TenantRole::Viewer) => "viewer: sees its clusters",
        Some(TenantRole::Developer) => "developer: orders, uses and deletes clusters",
        Some(TenantRole::Admin) => "admin: runs the tenant",
        None => "as platform admin",
    };
    let tenants = profile
        .tenants
        .into_iter()
        .map(|tenant| {
            let environments: Vec<_> = tenant
                .environments
                .into_iter()
                .map(|environment| environment.name)
                .collect();
            view! {
                <li>
                    <b>{tenant.tenant.name}</b>
                    <span class="text-muted">" " {environments.join(", ")}</span>
                    <small class="block text-muted">{membership(tenant.role)}</small>
                </li>
            }
        })
        .collect_view();
    let none = tenants.is_empty();
    view! {
        <Card title="Tenants">
            {none
                .then(|| {
                    view! {
                        <p class="text-muted">
                            "You are in no tenant yet. Your platform team can add you to one."
                        </p>
                    }
                })}
            <ul class="grid gap-2.5">{tenants}</ul>
        </Card>
    }
    .into_any()
}
