//! The environments with usage and limits, and the form that creates one.

use domain::tenancy::{EnvironmentDetail, TenantDetail};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::form::Form;
use crate::page::PageRequest;
use crate::routes;
use crate::tenants::functions::CreateEnvironment;
use crate::tenants::limit_meters::{count_meter, price_meter};
use crate::tenants::name_and_slug::NameAndSlug;
use crate::tenants::permissions::TenantPermissions;
use crate::ui::{Badge, Button, ButtonKind, Card, Empty, EmptyState, Tone, tw};

#[component]
pub fn Environments(
    request: PageRequest,
    tenant: TenantDetail,
    permissions: TenantPermissions,
) -> impl IntoView {
    let TenantDetail {
        tenant,
        environments,
        ..
    } = tenant;
    let cards = if environments.is_empty() {
        view! {
            <div class="bg-surface border border-line rounded-card shadow-card">
                <EmptyState
                    why=Empty::NothingYet
                    title="No environments yet"
                    text="Clusters and nodes belong to an environment, such as dev or prod."
                />
            </div>
        }
        .into_any()
    } else {
        let changeable = permissions.manage_environments || permissions.manage_tenant;
        let card = |environment| card(&tenant.slug, environment, changeable);
        environments.into_iter().map(card).collect_view().into_any()
    };
    let (columns, create) = if permissions.manage_environments {
        (
            tw("grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.9fr)_minmax(0,1fr)]"),
            Some(view! { <CreateForm request=request tenant=tenant.id.to_string() /> }),
        )
    } else {
        (tw("grid grid-cols-1 gap-3.5"), None)
    };
    view! {
        <div class=columns>
            <div class="grid grid-cols-1 gap-3.5 min-w-0 md:grid-cols-2">{cards}</div>
            {create}
        </div>
    }
    .into_any()
}

fn card(tenant: &str, environment: EnvironmentDetail, changeable: bool) -> impl IntoView + use<> {
    let archived = environment.archived_at.is_some();
    let reference = environment.environment.clone();
    let href = routes::environment(tenant, &reference.slug);
    let name = reference.name.clone();
    let aside = move || {
        if archived {
            view! { <Badge tone=Tone::Idle label="Archived" /> }.into_any()
        } else if changeable {
            view! {
                <a class="link" href=href>
                    "Change" <span class="sr-only">{format!(" {name}")}</span>
                </a>
            }
            .into_any()
        } else {
            ().into_any()
        }
    };
    view! {
        <Card title=reference.name aside=aside>
            <p class="text-small text-faint mb-3">{reference.slug}</p>
            <Usage environment=environment />
        </Card>
    }
    .into_any()
}

/// What is in an environment, against its limits.
#[component]
pub fn Usage(environment: EnvironmentDetail) -> impl IntoView {
    let limits = environment.limits;
    let price = environment.price_per_hour;
    let count = |label: &'static str, used: u32, limit: Option<u32>| match limit {
        Some(limit) => count_meter(label, used, limit),
        None => unlimited(label, used.to_string()),
    };
    let cost = match limits.max_price_per_hour {
        Some(limit) => price_meter(price, limit),
        None => unlimited("Cost per hour", price.to_string()),
    };
    view! {
        <div class="grid gap-3">
            {count("Clusters", environment.clusters, limits.max_clusters)}
            {count("Nodes", environment.nodes, limits.max_nodes)} {cost}
        </div>
    }
    .into_any()
}

/// Usage without a limit has no bar.
fn unlimited(label: &'static str, used: String) -> AnyView {
    view! {
        <div class="flex justify-between gap-2.5">
            <span>{label}</span>
            <span class="text-muted tabular-nums">{used} ", no limit"</span>
        </div>
    }
    .into_any()
}

#[component]
fn CreateForm(request: PageRequest, tenant: String) -> impl IntoView {
    let form = request.form(CreateEnvironment::url());
    view! {
        <Card title="New environment">
            <Form state=form.clone() preview=true class="grid gap-4">
                <input type="hidden" name="tenant" value=tenant />
                <NameAndSlug form=form name_example="Staging" slug_example="staging" />
                <div>
                    <Button kind=ButtonKind::Primary>"Create environment"</Button>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}
