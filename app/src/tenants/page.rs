//! `/tenants/{slug}` and its parts: the frame with name, role and tabs.

use domain::problem::{Problem, ProblemKind};
use domain::tenancy::TenantDetail;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};

use super::api::{TenantView, load_tenant};
use super::environments_tab::EnvironmentsTab;
use super::invitations_tab::InvitationsTab;
use super::known::Known;
use super::members_tab::MembersTab;
use super::settings_tab::SettingsTab;
use crate::credentials::CredentialsTab;
use crate::plain_form::provide_returned;
use crate::problem_page::{ProblemPage, ProblemPanel};
use crate::routes;
use crate::ui::{
    Clock, LinkButton, Notice, PageHeader, RelativeTime, Skeleton, Tab, Tabs, Tone, waiting,
};

/// Loads the tenant once for each slug; after that, changes flow into the page without rebuilding it.
#[component]
pub fn TenantPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
    let tab = Memo::new(move |_| params.with(|params| params.get("tab").unwrap_or_default()));
    let tenant = Resource::new_blocking(move || slug.get(), load_tenant);
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match tenant.await {
                Ok(view) => {
                    clock.sync(view.detail.now);
                    view! { <TenantParts view=view tab=tab /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}

#[component]
fn TenantParts(view: TenantView, tab: Memo<String>) -> impl IntoView {
    let known = Known::of(&view);
    provide_returned(view.problem);
    let slug = known.slug();
    let tabs = [
        ("Members", ""),
        ("Invitations", "invitations"),
        ("Environments", "environments"),
        ("Credentials", "credentials"),
        ("Settings", "settings"),
    ];
    let tabs: Vec<_> = tabs
        .into_iter()
        .map(|(label, tab)| Tab {
            label,
            href: routes::tenant_tab(&slug, tab),
        })
        .collect();
    let content = move || match tab.read().as_str() {
        "" => view! { <MembersTab known=known /> }.into_any(),
        "invitations" => view! { <InvitationsTab known=known /> }.into_any(),
        "environments" => view! { <EnvironmentsTab known=known /> }.into_any(),
        "credentials" => {
            let slug = known.slug();
            let may = known.rights.with_untracked(|rights| rights.credentials);
            let archived = known
                .detail
                .with_untracked(|detail| detail.archived_at.is_some());
            view! { <CredentialsTab tenant=slug may=may archived=archived /> }.into_any()
        }
        "settings" => view! { <SettingsTab known=known /> }.into_any(),
        _ => view! { <NoSuchPart /> }.into_any(),
    };
    let name = Memo::new(move |_| known.detail.with(|detail| detail.tenant.name.clone()));
    let summary = move || known.detail.with(summary);
    let slug = known.slug();
    let audit = move || {
        let may = known.rights.with_untracked(|rights| rights.audit);
        may.then(|| view! { <LinkButton href=routes::tenant_audit(&slug)>"Audit log"</LinkButton> })
    };
    let archived = move || {
        let at = known.detail.with(|detail| detail.archived_at)?;
        Some(view! {
            <div class="mb-4">
                <Notice tone=Tone::Idle title="This tenant is archived">
                    <p>"Nothing in it can be changed or ordered. It was archived " <RelativeTime at=at /> "."</p>
                </Notice>
            </div>
        })
    };
    view! {
        <Title text=move || name.get() />
        {move || view! { <PageHeader title=name.get() summary=summary actions=audit.clone() /> }}
        {archived}
        <Tabs label="Parts of this tenant" tabs=tabs current=use_location().pathname />
        {content}
    }
    .into_any()
}

/// “vision · 3 members · 2 environments · you are admin”.
fn summary(detail: &TenantDetail) -> String {
    let members = match detail.members.len() {
        1 => "1 member".to_owned(),
        count => format!("{count} members"),
    };
    let environments = detail
        .environments
        .iter()
        .filter(|environment| environment.archived_at.is_none())
        .count();
    let environments = match environments {
        1 => "1 environment".to_owned(),
        count => format!("{count} environments"),
    };
    let role = detail.my_role.map_or_else(
        || "you see it as platform admin".to_owned(),
        |role| format!("you are {}", role.as_str()),
    );
    format!(
        "{} · {members} · {environments} · {role}",
        detail.tenant.slug
    )
}

#[component]
fn NoSuchPart() -> impl IntoView {
    let problem = Problem::new(
        ProblemKind::NotFound,
        "A tenant's page has no part of this name.",
    );
    view! { <ProblemPanel problem=problem /> }
}
