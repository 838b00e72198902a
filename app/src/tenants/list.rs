//! `/tenants`, the caller's tenants, and `/admin/tenants`, all tenants and the form that creates one.

use axum::response::{IntoResponse, Redirect, Response};
use domain::access::PlatformAction;
use domain::tenancy::TenantSummary;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::functions::CreateTenant;
use super::name_and_slug::NameAndSlug;
use crate::form::{Form, FormState};
use crate::page::{PageError, PageRequest, PageResult};
use crate::routes;
use crate::ui::{
    Badge, Button, ButtonKind, Card, Cell, Chip, Chips, Column, Empty, EmptyState, PageHeader, Row,
    Table, Tone,
};

const COLUMNS: &[Column] = &[
    Column::text("Tenant"),
    Column::number("Members"),
    Column::text("Environments"),
    Column::number("Clusters"),
    Column::number("Nodes"),
];

/// A caller with one tenant is redirected to its page.
pub async fn list(request: PageRequest) -> Result<Response, PageError> {
    let tenants = request.core.tenants.list(&request.caller, false).await?;
    if let [only] = tenants.as_slice() {
        return Ok(Redirect::to(&routes::tenant(&only.tenant.slug)).into_response());
    }
    let empty = || {
        view! {
            <EmptyState
                why=Empty::NoPermission
                title="You are not a member of a tenant"
                text="Ask your platform team or a tenant admin to invite you."
            />
        }
    };
    let view = move || {
        view! {
            <PageHeader title="Tenants" summary=|| "The tenants you can view" />
            <section
                aria-label="List of tenants"
                class="bg-surface border border-line rounded-card shadow-card"
            >
                <TenantTable tenants=tenants empty=empty />
            </section>
        }
    };
    Ok(request.show("Tenants", view).into_response())
}

pub async fn admin_list(request: PageRequest) -> PageResult {
    request.require(PlatformAction::ManageTenants)?;
    let archived = request.address.get("archived") == Some("true");
    let tenants = request.core.tenants.list(&request.caller, archived).await?;
    let form = request.form(CreateTenant::url());
    let empty = || {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No tenants yet"
                text="Clusters, nodes and credentials belong to tenants. Create the first tenant."
            />
        }
    };
    let view = move || {
        view! {
            <PageHeader title="Tenants" summary=|| "All tenants and their resources" />
            <div class="grid grid-cols-1 gap-3.5 items-start xl:grid-cols-[minmax(0,1.9fr)_minmax(0,1fr)]">
                <section
                    aria-label="List of tenants"
                    class="bg-surface border border-line rounded-card shadow-card min-w-0"
                >
                    <div class="px-4 py-3 border-b border-line">
                        <Chips label="Filters" chips=chips(archived) />
                    </div>
                    <TenantTable tenants=tenants empty=empty />
                </section>
                <CreateForm form=form />
            </div>
        }
    };
    Ok(request.show("Tenants", view))
}

fn chips(archived: bool) -> Vec<Chip> {
    let chip = |label, value, chosen| Chip {
        label,
        count: None,
        href: routes::with_query(routes::ALL_TENANTS, [("archived", value)]),
        chosen,
    };
    vec![
        chip("Active", "", !archived),
        chip("With archived", "true", archived),
    ]
}

#[component]
fn CreateForm(form: FormState) -> impl IntoView {
    view! {
        <Card title="New tenant">
            <Form state=form.clone() preview=true class="grid gap-4">
                <NameAndSlug form=form name_example="Vision team" slug_example="vision" />
                <div>
                    <Button kind=ButtonKind::Primary>"Create tenant"</Button>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

#[component]
fn TenantTable(tenants: Vec<TenantSummary>, #[prop(into)] empty: ViewFnOnce) -> impl IntoView {
    let rows = tenants.into_iter().map(row).collect::<Vec<_>>();
    view! { <Table caption="Tenants" columns=COLUMNS rows=rows empty=empty /> }
}

fn row(summary: TenantSummary) -> AnyView {
    let TenantSummary {
        tenant,
        members,
        environments,
        clusters,
        nodes,
        archived_at,
    } = summary;
    let environments: Vec<_> = environments
        .into_iter()
        .map(|environment| environment.name)
        .collect();
    let environments = if environments.is_empty() {
        "none".to_owned()
    } else {
        environments.join(", ")
    };
    view! {
        <Row id=format!("tenant-{}", tenant.slug)>
            <Cell>
                <a
                    href=routes::tenant(&tenant.slug)
                    class="font-semibold break-words hover:text-accent-text"
                >
                    {tenant.name}
                </a>
                <small class="block text-faint break-words">{tenant.slug.clone()}</small>
                {archived_at.map(|_| view! { <Badge tone=Tone::Idle label="Archived" /> })}
            </Cell>
            <Cell number=true>
                {members}
                <span class="lg:hidden text-muted">{if members == 1 { " member" } else { " members" }}</span>
            </Cell>
            <Cell>
                <span class="text-muted break-words">{environments}</span>
            </Cell>
            <Cell number=true>
                {clusters}
                <span class="lg:hidden text-muted">
                    {if clusters == 1 { " cluster" } else { " clusters" }}
                </span>
            </Cell>
            <Cell number=true not_on_small=true>
                {nodes}
            </Cell>
        </Row>
    }
    .into_any()
}
