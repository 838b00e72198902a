//! `/clusters/new`: the form, and beside it a summary of what it creates. The page is previewed as the user types.

mod draft;
mod exposure_fields;
mod name_field;
mod plan_field;
mod summary;

use domain::order::{NameCheck, OrderOptions};
use domain::quota::QuotaRequest;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub use self::draft::Draft;
use self::exposure_fields::ExposureFields;
use self::name_field::NameField;
use self::plan_field::PlanField;
use self::summary::Summary;
use super::functions::CreateCluster;
use super::resource::SECTION;
use crate::form::{Form, FormState};
use crate::page::{PageRequest, PageResult};
use crate::resource::form::{
    CopyAsCurl, EnvironmentField, FormHeader, NotAllowed, curl, lifetimes, quota_at,
};
use crate::ui::{Button, ButtonKind, Choice, Field, PreviewButton, Select};

pub async fn new(request: PageRequest) -> PageResult {
    let clusters = &request.core.clusters;
    let options = clusters.create_options(&request.caller).await?;
    if options.tenants.is_empty() {
        return Ok(request.show("New cluster", || view! { <NotAllowed section=&SECTION /> }));
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
            <FormHeader section=&SECTION />
            <NewCluster options=options form=form draft=draft name=name public_url=public_url.to_string() />
        }
    };
    Ok(request.show("New cluster", view))
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
    let added = QuotaRequest::Cluster(plan.map(|plan| plan.price_per_hour).unwrap_or_default());
    let usage_after = quota_at(&draft.place, &options.tenants, &options.quotas)
        .map(|(_, quota)| quota.with(added).summary());
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
    let lifetimes = lifetimes(&draft.time_to_live_hours);
    let (version, lifetime) = (
        draft.kubernetes_version.clone(),
        draft.time_to_live_hours.clone(),
    );
    let exposure = view! {
        <ExposureFields
            form=form.clone()
            exposures=options.exposures.clone()
            ingress_domain=options.ingress_domain.clone()
            draft=draft.clone()
        />
    };
    let fields = view! {
        <NameField form=form.clone() name=draft.name.clone() check=name />
        <EnvironmentField
            form=form.clone()
            tenants=options.tenants.clone()
            quotas=options.quotas.clone()
            added=added
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
            <Select choices=lifetimes chosen=lifetime />
        </Field>
        {exposure}
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
                    <CopyAsCurl command=curl />
                </Summary>
            </div>
        </Form>
    }
    .into_any()
}
