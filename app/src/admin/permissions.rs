//! `/admin/permissions`: which roles and scopes permit what, as the core decides.

use domain::access::{PlatformRole, TenantRole, TokenScope};
use domain::permissions::{PlatformPermission, TenantPermission};
use leptos::prelude::*;

use crate::page::{PageRequest, PageResult, hide_forbidden};
use crate::ui::{Card, Cell, Column, PageHeader, Row, Table, tw};

pub async fn permissions(request: PageRequest) -> PageResult {
    let table = request.core.account.permissions(&request.caller).await;
    let table = table.map_err(hide_forbidden)?;
    let in_tenants = table.in_tenants.into_iter().map(in_tenant).collect();
    let on_platforms = table.on_platform.into_iter().map(on_platform).collect();
    let view = move || {
        view! {
            <PageHeader
                title="Permissions"
                summary=|| {
                    "Each role includes the permissions of the roles before it. Platform admins have all permissions. An API token also needs one of the scopes."
                }
            />
            <div class="grid grid-cols-1 gap-3.5">
                <Card title="In a tenant" flush=true>
                    <Table caption="Permissions in a tenant" columns=TENANT_COLUMNS rows=in_tenants />
                </Card>
                <Card title="On the platform" flush=true>
                    <Table caption="Permissions on the platform" columns=PLATFORM_COLUMNS rows=on_platforms />
                </Card>
                <Card title="Scopes of API tokens">
                    <dl class="grid gap-2">{TokenScope::ALL.into_iter().map(scope).collect_view()}</dl>
                </Card>
            </div>
        }
    };
    Ok(request.show("Permissions", view))
}

fn scope(scope: TokenScope) -> impl IntoView {
    view! {
        <div>
            <dt class="font-semibold">
                <code>{scope.as_str()}</code>
            </dt>
            <dd class="text-muted">{scope.title()}</dd>
        </div>
    }
}

const TENANT_COLUMNS: &[Column] = &[
    Column::text("Permission"),
    Column::text(role_title(TenantRole::ALL[0])),
    Column::text(role_title(TenantRole::ALL[1])),
    Column::text(role_title(TenantRole::ALL[2])),
    Column::text("Platform admin"),
    Column::text("Scope"),
];

const PLATFORM_COLUMNS: &[Column] = &[
    Column::text("Permission"),
    Column::text("User"),
    Column::text("Platform admin"),
    Column::text("Scope"),
];

fn in_tenant(permission: TenantPermission) -> AnyView {
    let roles = TenantRole::ALL.map(|role| (role_title(role), permission.roles.contains(&role)));
    let marks = roles.into_iter().chain([("Platform admin", true)]);
    row(permission.title, marks, permission.scopes)
}

fn on_platform(permission: PlatformPermission) -> AnyView {
    let roles = [
        ("User", PlatformRole::User),
        ("Platform admin", PlatformRole::Admin),
    ];
    let marks = roles.map(|(title, role)| (title, permission.roles.contains(&role)));
    row(permission.title, marks.into_iter(), permission.scopes)
}

/// `marks` are roles with whether they have the permission.
fn row(
    title: String,
    marks: impl Iterator<Item = (&'static str, bool)>,
    scopes: Vec<TokenScope>,
) -> AnyView {
    let marks = marks
        .map(|(role, permitted)| mark(role, permitted))
        .collect_view();
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    view! {
        <Row>
            <Cell wide_on_small=true>
                <span class="font-semibold">{title}</span>
            </Cell>
            {marks}
            <Cell wide_on_small=true>
                <span class="text-muted">
                    <span class="lg:hidden">"Scope "</span>
                    <code>{scopes.join(" or ")}</code>
                </span>
            </Cell>
        </Row>
    }
    .into_any()
}

/// A mark and a word, and on a phone the role beside it.
fn mark(role: &'static str, permitted: bool) -> impl IntoView {
    let (mark, word) = if permitted {
        ("✓", "yes")
    } else {
        ("–", "no")
    };
    let colour = if permitted {
        tw("text-ok font-semibold")
    } else {
        tw("text-faint")
    };
    view! {
        <Cell>
            <span class="text-muted lg:hidden">{role} " "</span>
            <span class=colour>
                <span aria-hidden="true">{mark}</span>
                <span class="sr-only">{word}</span>
            </span>
        </Cell>
    }
}

const fn role_title(role: TenantRole) -> &'static str {
    match role {
        TenantRole::Viewer => "Viewer",
        TenantRole::Developer => "Developer",
        TenantRole::Admin => "Tenant admin",
    }
}
