//! `/admin/permissions`: which roles and scopes permit what, as the core decides.

use domain::access::{PlatformRole, TenantRole, TokenScope};
use domain::permissions::{PlatformPermission, TenantPermission};
use leptos::prelude::*;

use crate::page::{PageRequest, PageResult, hide_forbidden};
use crate::ui::{Card, Cell, HeaderCell, PageHeader, Row, Table, tw};

pub async fn permissions(request: PageRequest) -> PageResult {
    let table = request.core.account.permissions(&request.caller).await;
    let table = table.map_err(hide_forbidden)?;
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
                    {in_tenants(table.in_tenants)}
                </Card>
                <Card title="On the platform" flush=true>
                    {on_platform(table.on_platform)}
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

fn in_tenants(rows: Vec<TenantPermission>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"Permission"</HeaderCell>
            {TenantRole::ALL
                .into_iter()
                .map(|role| view! { <HeaderCell>{role_title(role)}</HeaderCell> })
                .collect_view()}
            <HeaderCell>"Platform admin"</HeaderCell>
            <HeaderCell>"Scope"</HeaderCell>
        }
        .into_any()
    };
    let row = |row: TenantPermission| {
        let roles = TenantRole::ALL
            .into_iter()
            .map(|role| mark(role_title(role), row.roles.contains(&role)))
            .collect_view();
        view! {
            <Row>
                <Cell wide_on_phone=true>
                    <span class="font-semibold">{row.title}</span>
                </Cell>
                {roles}
                {mark("Platform admin", true)}
                <Cell wide_on_phone=true>{scopes(row.scopes)}</Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Permissions in a tenant" head=Box::new(head)>
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
}

fn on_platform(rows: Vec<PlatformPermission>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"Permission"</HeaderCell>
            <HeaderCell>"User"</HeaderCell>
            <HeaderCell>"Platform admin"</HeaderCell>
            <HeaderCell>"Scope"</HeaderCell>
        }
        .into_any()
    };
    let row = |row: PlatformPermission| {
        view! {
            <Row>
                <Cell wide_on_phone=true>
                    <span class="font-semibold">{row.title}</span>
                </Cell>
                {mark("User", row.roles.contains(&PlatformRole::User))}
                {mark("Platform admin", row.roles.contains(&PlatformRole::Admin))}
                <Cell wide_on_phone=true>{scopes(row.scopes)}</Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Permissions on the platform" head=Box::new(head)>
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
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
            <span class="text-muted md:hidden">{role} " "</span>
            <span class=colour>
                <span aria-hidden="true">{mark}</span>
                <span class="sr-only">{word}</span>
            </span>
        </Cell>
    }
}

fn scopes(scopes: Vec<TokenScope>) -> impl IntoView {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    view! {
        <span class="text-muted">
            <span class="md:hidden">"Scope "</span>
            <code>{words.join(" or ")}</code>
        </span>
    }
}

fn role_title(role: TenantRole) -> &'static str {
    match role {
        TenantRole::Viewer => "Viewer",
        TenantRole::Developer => "Developer",
        TenantRole::Admin => "Tenant admin",
    }
}
