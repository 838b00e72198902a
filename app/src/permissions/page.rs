//! `/admin/permissions`.

use domain::access::{PlatformRole, TenantRole, TokenScope};
use domain::permissions::{PermissionTable, PlatformPermission, TenantPermission};
use leptos::prelude::*;
use leptos_meta::Title;

use super::api::load_permissions;
use crate::problem_page::ProblemPage;
use crate::ui::{Card, Cell, HeaderCell, PageHeader, Row, Skeleton, Table, waiting};

/// The table that decides, as it is. Nothing here can be changed.
#[component]
pub fn PermissionsPage() -> impl IntoView {
    let table = Resource::new_blocking(|| (), |()| load_permissions());
    let page = move || {
        Suspend::new(async move {
            match table.await {
                Ok(table) => view! { <Permissions table=table /> }.into_any(),
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=12 /> }>{waiting(page)}</Transition> }
}

#[component]
fn Permissions(table: PermissionTable) -> impl IntoView {
    view! {
        <Title text="Permissions" />
        <PageHeader
            title="Permissions"
            summary=|| {
                "Who may do what. Each role includes the ones before it; platform admins may do all of it. An API token needs one of the scopes besides."
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
                <dl class="grid gap-2">
                    {TokenScope::ALL
                        .into_iter()
                        .map(|scope| {
                            view! {
                                <div>
                                    <dt class="font-semibold">
                                        <code>{scope.as_str()}</code>
                                    </dt>
                                    <dd class="text-muted">{scope.title()}</dd>
                                </div>
                            }
                        })
                        .collect_view()}
                </dl>
            </Card>
        </div>
    }
    .into_any()
}

fn in_tenants(rows: Vec<TenantPermission>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"What"</HeaderCell>
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
        <Table caption="What roles may do in a tenant" head=Box::new(head)>
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
}

fn on_platform(rows: Vec<PlatformPermission>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"What"</HeaderCell>
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
        <Table caption="What roles may do on the platform" head=Box::new(head)>
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
}

/// Whether a role may: a mark and a word, and on a phone the role beside it.
fn mark(role: &'static str, may: bool) -> impl IntoView {
    let (mark, word) = if may { ("✓", "yes") } else { ("–", "no") };
    let colour = if may {
        crate::ui::tw("text-ok font-semibold")
    } else {
        crate::ui::tw("text-faint")
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
