//! Tenant and environment in one choice, so that no pair can be chosen that does not exist.

use domain::quota::{QuotaRequest, QuotaUsage};
use domain::tenancy::Tenant;
use leptos::prelude::*;

use crate::form::FormState;
use crate::ui::{Choice, Field, Select};

/// Environments grouped by tenant, with the usage of the chosen one's limits.
#[component]
pub fn EnvironmentField(
    form: FormState,
    tenants: Vec<Tenant>,
    /// The environments with limits.
    quotas: Vec<QuotaUsage>,
    /// What the new resource adds to the usage.
    added: QuotaRequest,
    #[prop(into)] chosen: String,
) -> impl IntoView {
    let (usage, exceeded) = quota_at(&chosen, &tenants, &quotas)
        .map(|(name, quota)| {
            let exceeded = quota
                .limits
                .reached(&quota.in_use, added)
                .map(|limit| format!("{} {}", limit.reason(&name), limit.next_step()));
            (format!("In use: {}.", quota.summary()), exceeded)
        })
        .unzip();
    let choices = tenants
        .iter()
        .flat_map(|tenant| {
            tenant.environments.iter().map(|environment| Choice {
                value: place(&tenant.tenant.slug, &environment.slug),
                label: format!("{} / {}", tenant.tenant.name, environment.name),
                group: Some(tenant.tenant.name.clone()),
            })
        })
        .collect();
    view! {
        <Field
            form=form
            name="place"
            label="Tenant and environment"
            also=&["tenant", "environment"]
            hint=move || usage
            error=exceeded.flatten()
        >
            <Select choices=choices chosen=chosen />
        </Field>
    }
    .into_any()
}

/// The environment at a [`place`], if it has limits: its name and the usage of its limits.
pub fn quota_at(
    place: &str,
    tenants: &[Tenant],
    quotas: &[QuotaUsage],
) -> Option<(String, QuotaUsage)> {
    let (tenant, environment) = split_place(place);
    let tenant = tenants.iter().find(|found| found.tenant.slug == tenant)?;
    let mut environments = tenant.environments.iter();
    let environment = environments.find(|found| found.slug == environment)?;
    let mut quotas = quotas.iter();
    let quota = quotas.find(|quota| quota.environment_id == environment.id)?;
    Some((environment.name.clone(), *quota))
}

/// `tenant/environment`, by their slugs.
fn place(tenant: &str, environment: &str) -> String {
    format!("{tenant}/{environment}")
}

/// The place that a form proposes.
pub fn first_place(tenants: &[Tenant]) -> Option<String> {
    tenants.iter().find_map(|tenant| {
        let environment = tenant.environments.first()?;
        Some(place(&tenant.tenant.slug, &environment.slug))
    })
}

/// Tenant and environment of a [`place`].
pub fn split_place(place: &str) -> (&str, &str) {
    place.split_once('/').unwrap_or((place, ""))
}
