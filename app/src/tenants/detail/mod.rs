//! `/tenants/{slug}` and its tabs.

mod archive;
mod environment;
mod environments;
mod invitations;
mod member_row;
mod members;
mod settings;

use axum::extract::Path;
use domain::problem::Problem;
use domain::tenancy::TenantDetail;
use leptos::prelude::*;

use self::environment::Environment;
use self::environments::Environments;
use self::invitations::Invitations;
use self::members::Members;
use self::settings::Settings;
use super::permissions::TenantPermissions;
use crate::page::{PageRequest, PageResult};
use crate::resource::{TabPath, no_such_tab};
use crate::routes;
use crate::tenants::credentials::Credentials;
use crate::ui::{LinkButton, Notice, PageHeader, RelativeTime, Tab, Tabs, Tone};

pub async fn detail(
    Path(TabPath { id: slug, tab }): Path<TabPath>,
    request: PageRequest,
) -> PageResult {
    let tenants = &request.core.tenants;
    let tenant = tenants.get(&request.caller, &slug).await?;
    let permissions = TenantPermissions::of(&request.caller, &tenant);
    let content: ViewFnOnce = match tab.as_str() {
        "" => {
            let (request, tenant) = (request.clone(), tenant.clone());
            (move || view! { <Members request=request tenant=tenant permissions=permissions /> })
                .into()
        }
        "invitations" => {
            let (request, tenant) = (request.clone(), tenant.clone());
            (move || view! { <Invitations request=request tenant=tenant permissions=permissions /> }).into()
        }
        "environments" => environments(&request, &tenant, permissions).await?,
        "credentials" => {
            let credentials = match permissions.read_credentials {
                true => Some(
                    request
                        .core
                        .credentials
                        .list(&request.caller, &slug)
                        .await?,
                ),
                false => None,
            };
            let create = permissions.create_credentials;
            (move || view! { <Credentials tenant=slug credentials=credentials create=create /> })
                .into()
        }
        "settings" => {
            let obstacles = match permissions.manage_tenant {
                true => Some(
                    tenants
                        .obstacles(&request.caller, tenant.tenant.id, None)
                        .await,
                ),
                false => None,
            };
            let (request, tenant) = (request.clone(), tenant.clone());
            (move || view! { <Settings request=request tenant=tenant obstacles=obstacles /> })
                .into()
        }
        _ => return Err(no_such_tab("tenant")),
    };
    let title = tenant.tenant.name.clone();
    let view = move || {
        view! {
            <Header tenant=tenant permissions=permissions />
            {content.run()}
        }
    };
    Ok(request.show(title, view))
}

/// The list of environments, or the one in the address.
async fn environments(
    request: &PageRequest,
    tenant: &TenantDetail,
    permissions: TenantPermissions,
) -> Result<ViewFnOnce, Problem> {
    let (request, tenant) = (request.clone(), tenant.clone());
    let Some(slug) = request.address.get("environment") else {
        let list = move || {
            view! { <Environments request=request tenant=tenant permissions=permissions /> }
        };
        return Ok(list.into());
    };
    let mut found = tenant.environments.iter();
    let environment = found
        .find(|environment| environment.environment.slug == slug)
        .cloned()
        .ok_or_else(|| Problem::not_found("environment"))?;
    let obstacles = match permissions.manage_environments && environment.archived_at.is_none() {
        true => {
            let id = Some(environment.environment.id);
            Some(
                request
                    .core
                    .tenants
                    .obstacles(&request.caller, tenant.tenant.id, id)
                    .await,
            )
        }
        false => None,
    };
    let view = move || {
        view! {
            <Environment
                request=request
                tenant=tenant.tenant
                environment=environment
                permissions=permissions
                obstacles=obstacles
            />
        }
    };
    Ok(view.into())
}

#[component]
fn Header(tenant: TenantDetail, permissions: TenantPermissions) -> impl IntoView {
    let slug = tenant.tenant.slug.clone();
    let tab = |label, segment| Tab {
        label,
        href: routes::tenant_tab(&slug, segment),
    };
    let tabs = [
        Some(tab("Members", "")),
        permissions
            .manage_members
            .then(|| tab("Invitations", "invitations")),
        Some(tab("Environments", "environments")),
        permissions
            .read_credentials
            .then(|| tab("Credentials", "credentials")),
        Some(tab("Settings", "settings")),
    ];
    let tabs = tabs.into_iter().flatten().collect();
    let audit = permissions.read_audit.then(|| {
        view! { <LinkButton href=routes::tenant_audit(&slug)>"Audit log"</LinkButton> }
    });
    let archived = tenant.archived_at.map(|at| {
        view! {
            <div class="mb-4" data-state="archived">
                <Notice tone=Tone::Idle title="This tenant is archived">
                    <p>
                        "It was archived " <RelativeTime at=at />
                        ". Nothing can be created or changed in an archived tenant."
                    </p>
                </Notice>
            </div>
        }
    });
    let summary = summary(&tenant);
    view! {
        <PageHeader title=tenant.tenant.name summary=move || summary actions=move || audit />
        {archived}
        <Tabs label="Parts of this tenant" tabs=tabs />
    }
    .into_any()
}

/// “vision · 3 members · 2 environments · your role is admin”.
fn summary(tenant: &TenantDetail) -> String {
    let count = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    };
    let active = tenant
        .environments
        .iter()
        .filter(|environment| environment.archived_at.is_none());
    let role = tenant.my_role.map_or_else(
        || "you view it as a platform admin".to_owned(),
        |role| format!("your role is {}", role.as_str()),
    );
    format!(
        "{} · {} · {} · {role}",
        tenant.tenant.slug,
        count(tenant.members.len(), "member"),
        count(active.count(), "environment"),
    )
}
