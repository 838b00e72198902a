//! `/clusters/new`: the form, and beside it a summary of what it creates. The page is previewed while one types.

mod draft;
mod name_field;
mod plan_field;
mod reach_fields;
mod summary;

use domain::order::OrderOptions;
use domain::quota::QuotaRequest;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub use self::draft::Draft;
use self::name_field::NameField;
use self::plan_field::PlanField;
use self::reach_fields::ReachFields;
use self::summary::Summary;
use super::functions::CreateCluster;
use crate::form::{Form, FormState};
use crate::ordering::{PlaceField, curl, life_times, quota_at};
use crate::page::{PageRequest, PageResult};
use crate::routes;
use crate::ui::{
    Button, ButtonKind, Choice, Code, Empty, EmptyState, Field, LinkButton, PageHeader,
    PreviewButton, Select,
};
use domain::order::NameCheck;

pub async fn new(request: PageRequest) -> PageResult {
    let clusters = &request.core.clusters;
    let options = clusters.create_options(&request.caller).await?;
    if options.tenants.is_empty() {
        return Ok(request.show("New cluster", || view! { <NotAllowed /> }));
    }
    let form = request
        .form(CreateCluster::url())
        .grouped("draft")
        .kept_in_address();
    let draft = Draft::proposed(&options, &form, &request.address);
    let name = if draft.name.is_empty() {
        None
    } else {
        Some(clusters.check_name(&request.caller, &draft.name).await?)
    };
    let public_url = request.site.public_url.clone();
    let view = move || {
        view! {
            <PageHeader back=routes::TO_CLUSTERS title="New cluster" />
            <NewCluster options=options form=form draft=draft name=name public_url=public_url.to_string() />
        }
    };
    Ok(request.show("New cluster", view))
}

#[component]
fn NotAllowed() -> impl IntoView {
    view! {
        <PageHeader back=routes::TO_CLUSTERS title="New cluster" />
        <EmptyState
            why=Empty::NoPermission
            title="You cannot create clusters"
            text="Creating clusters requires the developer or admin role in a tenant. Ask a tenant admin for the role."
        >
            <LinkButton href=routes::CLUSTERS>"Show all clusters"</LinkButton>
        </EmptyState>
    }
}

#[component]
fn NewCluster(
    options: OrderOptions,
    form: FormState,
    draft: Draft,
    name: Option<NameCheck>,
    public_url: String,
) -> impl IntoView {
    let plan = options.plans.iter().find(|plan| plan.name == draft.plan);
    let wanted = QuotaRequest::Cluster(plan.map(|plan| plan.price_per_hour).unwrap_or_default());
    let usage_after = quota_at(&draft.place, &options.tenants, &options.quotas)
        .map(|(_, quota)| quota.with(wanted).words());
    let key = form.kept("idempotency_key", options.idempotency_key.clone());
    let curl = curl::command(&public_url, "/api/v1/clusters", &draft.to_input(), &key);
    let versions = options
        .kubernetes_versions
        .iter()
        .enumerate()
        .map(|(position, version)| {
            let newest = if position == 0 { " (latest)" } else { "" };
            Choice::new(version.to_string(), format!("{version}{newest}"))
        })
        .collect();
    let life_times = life_times(&draft.time_to_live_hours, "Until deleted");
    let (version, lifetime) = (
        draft.kubernetes_version.clone(),
        draft.time_to_live_hours.clone(),
    );
    let reach = view! {
        <ReachFields
            form=form.clone()
            exposures=options.exposures.clone()
            ingress_domain=options.ingress_domain.clone()
            draft=draft.clone()
        />
    };
    let fields = view! {
        <NameField form=form.clone() name=draft.name.clone() check=name />
        <PlaceField
            form=form.clone()
            tenants=options.tenants.clone()
            quotas=options.quotas.clone()
            wanted=wanted
            chosen=draft.place.clone()
        />
        <PlanField form=form.clone() plans=options.plans.clone() chosen=draft.plan.clone() />
        <Field form=form.clone() name="kubernetes_version" label="Kubernetes version">
            <Select choices=versions chosen=version />
        </Field>
        <Field
            form=form.clone()
            name="time_to_live_hours"
            label="Lifetime"
            hint=|| "The cluster and everything in it is deleted when its lifetime ends."
        >
            <Select choices=life_times chosen=lifetime />
        </Field>
        {reach}
    };
    view! {
        <Form state=form.clone() preview=true>
            <input type="hidden" name="idempotency_key" value=key />
            <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
                <div class="grid gap-4.5 p-4 bg-surface border border-line rounded-card shadow-card min-w-0">
                    {fields}
                </div>
                <Summary options=options draft=draft usage_after=usage_after>
                    <Button kind=ButtonKind::Primary full_width=true>
                        "Create cluster"
                    </Button>
                    <PreviewButton form=form.clone() />
                    <details class="mt-3">
                        <summary class="text-muted text-center hover:text-text">"Copy as curl"</summary>
                        <div class="mt-2">
                            <Code label="Request" text=curl />
                        </div>
                    </details>
                </Summary>
            </div>
        </Form>
    }
    .into_any()
}
